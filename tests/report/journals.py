"""Small journals by hand for the report's tests; the large ones come from bench/generate_journal.py."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.report.material import Material, gather

ZONE = timezone(timedelta(hours=1))
DAY = date(2026, 11, 20)  # a Friday
MADE = datetime(2026, 11, 20, 18, 0, tzinfo=ZONE)
HOSTILE = "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>=HYPERLINK(1)"


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    """A moment of a day in the tests' zone."""
    return datetime.combine(day, time(hour, minute), ZONE)


def minute(start: datetime, fht_in: float | None = 0.8, *, valid_s: float = 60.0, profile: str = "desk") -> MinuteRow:
    """A minute with this median, or one away."""
    if fht_in is None:
        return MinuteRow(start, profile, 0.0, 60.0, 0.0, 0.0, 0.0, 0)
    place = 0 if fht_in < 0.5 else 1 if fht_in < 1 else 2 if fht_in < 2 else 3
    bands = [0.0] * 4
    bands[place] = valid_s
    return MinuteRow(
        start,
        profile,
        valid_s,
        0.0,
        60.0 - valid_s,
        0.0,
        0.0,
        15,
        fht_in,
        fht_in + 0.2,
        fht_in,
        0.3,
        11 + 10 * max(0.0, fht_in),
        (bands[0], bands[1], bands[2], bands[3]),
        1,
    )


def hours(count: int, fht_in: float = 0.8, day: date = DAY, begin: int = 9, profile: str = "desk") -> list[MinuteRow]:
    """Hours of minutes with the same median."""
    return [
        minute(at(begin, 0, day) + timedelta(minutes=index), fht_in, profile=profile) for index in range(60 * count)
    ]


CALIBRATION = CalibrationRow(at(8, 55), "desk", 0.15, 45, "front", '{"profile":"desk","x":1}', 1)


def diary(day: date = DAY, *, note: str = "", medication: str = "", trigger: str = "") -> list[DiaryEntry]:
    """A headache on this day."""
    when = at(14, 30, day)
    return [DiaryEntry(when, when + timedelta(hours=2), "headache", 90, 6, "left", medication, trigger, note)]


def report(
    minutes: list[MinuteRow],
    events: list[Event] | None = None,
    entries: list[DiaryEntry] | None = None,
    *,
    first: date = DAY,
    last: date = DAY,
    name: str = "",
    units: str = "in",
    person: str = "b0f7",
    calibrations: tuple[CalibrationRow, ...] = (CALIBRATION,),
) -> Material:
    """The material of these rows."""
    return gather(
        JournalContent.of(minutes, events or (), entries or (), calibrations),
        first=first,
        last=last,
        made_at=MADE,
        name=name,
        units="cm" if units == "cm" else "in",
        zone="+01:00",
        person=person,
    )


def nudge(when: datetime, outcome: str) -> Event:
    """A posture reminder."""
    return Event(when, EventKind.NUDGE, outcome, "", 1.3)
