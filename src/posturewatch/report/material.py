"""What a report is made of: the summary, the rows beneath it, and how to write them. Records only.

The same :class:`Material` feeds the page, the PDF and the FHIR bundle, so that they cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from posturewatch import __version__
from posturewatch.base.quantities import Paper, Units
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.core.history.summary.records import Bouts, DaySummary, PeriodSummary, Posture
from posturewatch.report import words

if TYPE_CHECKING:
    from posturewatch.base.plan import PlanInForce

SHOWN_DAYS: Final = 366
"""Days that a report shows one by one. More would make a page that no mail takes; weeks and the CSV files tell of the
others."""


@dataclass(frozen=True, slots=True)
class Material:
    """A report's content.

    ``content``: what the journal holds of the period. ``made_at``: aware, local. ``zone``: name or offset of the
    writer's time zone. ``person``: the journal's random number. ``notes``: sentences about this report (what was left
    out, which files were joined), shown with the data quality. ``warnings``: reasons not to rely on it, shown first.
    ``diary_shared``: False where the diary was left out, which must not read as "no entries". ``calibrated_at``: when
    the calibration in force was made; None where that is not known. ``plan``: the therapist's plan that was accepted
    last, also once it is over; None where there is none or it was left out. ``paper``: what the PDF is laid out for.
    ``generated``: whether nobody lived these days.
    """

    period: PeriodSummary
    content: JournalContent
    made_at: datetime
    version: str = __version__
    name: str = ""
    units: Units = "in"
    zone: str = ""
    person: str = ""
    notes: tuple[str, ...] = ()
    diary_shared: bool = True
    calibrated_at: datetime | None = None
    plan: PlanInForce | None = None
    warnings: tuple[str, ...] = ()
    paper: Paper = "a4"
    generated: bool = False

    @property
    def one_day(self) -> bool:
        """Whether the period is a single day."""
        return self.period.first == self.period.last

    @property
    def newest_days(self) -> tuple[DaySummary, ...]:
        """The days that tables and charts show one by one: at most a year of them, however long the period."""
        return self.period.days[-SHOWN_DAYS:]

    @property
    def within_a_year(self) -> bool:
        """Whether every day is shown, so that a date without its year is still one day."""
        return len(self.newest_days) == len(self.period.days)

    @property
    def posture(self) -> Posture:
        """Where the head was: over the usable days, or on the one day of a day's report, usable or not."""
        return self.period.days[0].posture if self.one_day else self.period.posture

    @property
    def bouts(self) -> Bouts:
        """Bouts of the usable days, or of the one day."""
        return self.period.days[0].bouts if self.one_day else self.period.bouts


def gather(
    content: JournalContent,
    *,
    first: date,
    last: date,
    made_at: datetime,
    name: str = "",
    units: Units = "in",
    zone: str = "",
    person: str = "",
    notes: tuple[str, ...] = (),
    diary_shared: bool = True,
    calibrated_at: datetime | None = None,
    version: str = __version__,
    since: date | None = None,
    plan: PlanInForce | None = None,
    warnings: tuple[str, ...] = (),
    paper: Paper = "a4",
    only_tables: bool = False,
) -> Material:
    """Summarise the days ``first`` to ``last`` and put everything in one record; ``since``: the date of a visit, before
    and after which a change is told; ``only_tables``: as :func:`summarise_period` has it.

    Rows of other days may be given; they are left aside, except that a generated journal stays marked.
    """
    inside = content.on_days(lambda day: first <= day <= last)
    return Material(
        summarise_period(inside, first=first, last=last, since=since, only_tables=only_tables),
        inside,
        made_at,
        version,
        name,
        units,
        zone or made_at.strftime("%z"),
        person,
        (*notes, *words.unread(inside.unread)),
        diary_shared,
        calibrated_at,
        plan,
        warnings,
        paper,
        inside.generated,
    )
