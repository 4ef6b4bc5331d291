"""The tables of days and of one day's hours."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.report.day_tables import hours_of_day
from report.journals import minute

BERLIN = ZoneInfo("Europe/Berlin")


def _night(day: date, count: int = 240) -> MinuteTable:
    """Minutes from midnight on, one after the other whatever the clock shows."""
    begin = datetime(day.year, day.month, day.day, tzinfo=BERLIN).timestamp()
    return MinuteTable.of([minute(datetime.fromtimestamp(begin + 60 * at, BERLIN), 0.8) for at in range(count)])


def test_no_hour_has_more_than_an_hour() -> None:
    """Where summer time ends, the hour that comes twice has two rows that say which; where it begins one misses."""
    autumn, spring = (
        [row[:2] for row in hours_of_day(_night(day), "in").rows] for day in (date(2026, 10, 25), date(2026, 3, 29))
    )
    names = ["00:00 (+02:00)", "01:00 (+02:00)", "02:00 (+02:00)", "02:00 (+01:00)"]
    assert autumn == [(name, "1\u00a0h\u00a000\u00a0min") for name in names]
    assert [name for name, _valid in spring] == ["00:00", "01:00", "03:00", "04:00"]


def test_a_flight_west_shows_its_hours_in_the_order_in_which_they_were_lived() -> None:
    """Hours of the clock before and after it was set, not laid together."""
    tokyo, los_angeles = ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Los_Angeles")
    begin = datetime(2026, 11, 11, 9, tzinfo=tokyo)
    rows = [minute(begin + timedelta(minutes=at), 0.8) for at in range(60)]
    later = datetime(2026, 11, 11, 8, tzinfo=los_angeles)
    rows += [minute(later + timedelta(minutes=at), 0.8) for at in range(120)]
    told = [row[0] for row in hours_of_day(MinuteTable.of(rows), "in").rows]
    assert told == ["09:00 (+09:00)", "08:00 (-08:00)", "09:00 (-08:00)"]
