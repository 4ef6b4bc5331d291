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
