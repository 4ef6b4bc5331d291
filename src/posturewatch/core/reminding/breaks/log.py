"""What happened to breaks, waiting for the next feed to be written down with its time."""

from __future__ import annotations

from datetime import datetime

from posturewatch.base.records import Event, EventKind


class BreakLog:
    """Keeps notes between feeds: a button is pressed without a wall clock, an event needs one."""

    def __init__(self) -> None:
        self._notes: list[tuple[EventKind, str, str, float | None]] = []
        self._due_noted = False

    @property
    def due_noted(self) -> bool:
        """Whether the present break has been written down as due."""
        return self._due_noted

    def next_break(self) -> None:
        """What is noted as due from here on is another break."""
        self._due_noted = False

    def note(self, kind: EventKind, outcome: str, detail: str = "", value: float | None = None) -> None:
        """Something happened; see :class:`~posturewatch.base.records.Event`."""
        self._notes.append((kind, outcome, detail, value))

    def note_due(self, outcome: str, detail: str) -> None:
        """A break is due once, however often it is offered or put off."""
        if not self._due_noted:
            self._due_noted = True
            self.note(EventKind.BREAK_DUE, outcome, detail)

    def events(self, now: datetime) -> tuple[Event, ...]:
        """All notes since the last call, as of ``now``."""
        notes, self._notes = self._notes, []
        return tuple(Event(now, kind, outcome, detail, value) for kind, outcome, detail, value in notes)


class DaySitting:
    """How long somebody has sat in the present local day, and whether the limit has been told."""

    def __init__(self, seated_s: float) -> None:
        self.seated_s = seated_s
        self._told = False

    def begin(self) -> None:
        """A new day has begun."""
        self.seated_s, self._told = 0.0, False

    def sat(self, seated_s: float) -> None:
        """Somebody sat for so long (negative: had been counted and did not)."""
        self.seated_s = max(0.0, self.seated_s + seated_s)

    def tell(self, limit_s: float) -> bool:
        """Whether the limit is to be told now; True once a day. A limit of 0 is none."""
        if limit_s <= 0.0 or self._told or self.seated_s < limit_s:
            return False
        self._told = True
        return True
