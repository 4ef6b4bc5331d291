"""What a journal holds, or a part of it: one record for report, export, import and review."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from posturewatch.base.movement import MovementRow
from posturewatch.base.records import GENERATED, CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.minutes import Minutes


@dataclass(frozen=True, slots=True)
class JournalContent:
    """Minutes in order of local day, and of time within it; the others in order of time.

    ``calibrations`` may be older than all else: minutes rest on them. ``unread``: rows of the same days that are not
    here because nobody can read them.
    """

    minutes: Minutes = field(default_factory=MinuteTable)
    events: tuple[Event, ...] = ()
    diary: tuple[DiaryEntry, ...] = ()
    calibrations: tuple[CalibrationRow, ...] = ()
    checks: tuple[MovementRow, ...] = ()
    unread: int = 0

    @classmethod
    def of(
        cls,
        minutes: Iterable[MinuteRow] = (),
        events: Iterable[Event] = (),
        diary: Iterable[DiaryEntry] = (),
        calibrations: Iterable[CalibrationRow] = (),
        checks: Iterable[MovementRow] = (),
    ) -> Self:
        """The content of these rows; minutes in any order."""
        return cls(MinuteTable.of(minutes), tuple(events), tuple(diary), tuple(calibrations), tuple(checks))

    @property
    def generated(self) -> bool:
        """Whether the journal says of itself that it was made up."""
        return any(is_generated_mark(event) for event in self.events)

    def on_days(self, kept: Callable[[date], bool]) -> JournalContent:
        """What belongs to the local days that are kept; all calibrations, and the mark of a made-up journal, stay."""
        return JournalContent(
            self.minutes.on(filter(kept, self.minutes.days())),
            tuple(event for event in self.events if kept(event.at.date()) or is_generated_mark(event)),
            tuple(entry for entry in self.diary if kept(entry.at.date())),
            self.calibrations,
            tuple(row for row in self.checks if kept(row.at.date())),
            self.unread,
        )


def is_generated_mark(event: Event) -> bool:
    """Whether this is the event by which a made-up journal says so."""
    return event.kind is EventKind.JOURNAL and event.outcome == GENERATED
