"""What the app makes of the diary's form, before any window is drawn."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from posturewatch.app.diary_form import entry_of, to_complete
from posturewatch.base.clock import local_time
from posturewatch.base.errors import DataError
from posturewatch.base.records import DiaryEntry

FORM = {
    "day": "2026-11-22", "time": "9:05", "duration_min": "", "worst": "", "side": "", "medication": "", "trigger": "",
    "note": "",
}  # fmt: skip


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The evening after, in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return local_time(date(2026, 11, 23), time(18))


@pytest.mark.parametrize(
    ("day", "time", "offset_h"),
    [
        ("2026-10-24", "14:30", 2),
        ("2026-10-25", "01:30", 2),
        ("2026-10-25", "14:30", 1),
        ("2026-11-22", "9:05", 1),
    ],
)
def test_an_entry_has_the_offset_of_its_own_day(now: datetime, day: str, time: str, offset_h: int) -> None:
    """Summer time in October, entered in November, is summer time: not the offset of the day on which it is typed."""
    at = entry_of("headache", FORM | {"day": day, "time": time, "worst": "3"}, now).at
    assert at.utcoffset() == timedelta(hours=offset_h)
    assert f"{at:%Y-%m-%d %H:%M}" == f"{day} {time.zfill(5)}"


def test_a_diary_entry_from_what_was_typed(now: datetime) -> None:
    """Numbers become numbers, empty fields are None, texts are stripped and never cut."""
    entry = entry_of("headache", FORM | {"medication": "  ibuprofen ", "trigger": "x" * 180, "note": "\n"}, now)
    assert (entry.kind, entry.written_at) == ("headache", now)
    assert (entry.duration_min, entry.worst) == (None, None)
    assert (entry.medication, entry.trigger, entry.note) == ("ibuprofen", "x" * 180, "")


def test_a_day_without_headache_keeps_its_note(now: datetime) -> None:
    """The note goes along; what belongs to a headache only is not dropped but refused."""
    entry = entry_of("none", FORM | {"note": "slept well"}, now)
    assert (entry.kind, entry.note, entry.at.hour) == ("none", "slept well", 12)
    with pytest.raises(DataError, match="headache only"):
        entry_of("none", FORM | {"trigger": "wine"}, now)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("day", "yesterday"),
        ("day", "2026-11-24"),
        ("time", "25:00"),
        ("time", ""),
        ("duration_min", "1.5"),
        ("duration_min", "99999999999999"),
        ("duration_min", "10081"),
        ("duration_min", "-5"),
        ("worst", "11"),
        ("worst", "²"),
        ("side", "top"),
        ("medication", "x" * 201),
        ("trigger", "x" * 201),
        ("note", "x" * 2001),
    ],
)
def test_a_diary_entry_that_cannot_be(now: datetime, field: str, text: str) -> None:
    """Each wrong field is refused with a sentence."""
    with pytest.raises(DataError, match=r"\.$"):
        entry_of("headache", FORM | {"worst": "3"} | {field: text}, now)


def test_a_time_that_is_still_to_come_is_refused_and_not_changed(now: datetime) -> None:
    """At six in the evening a headache of eight o'clock is a slip that the user can mend."""
    with pytest.raises(DataError, match="future"):
        entry_of("headache", FORM | {"day": "2026-11-23", "time": "20:00"}, now)


def test_what_there_is_to_complete_is_the_latest_headache_of_today_without_details(now: datetime) -> None:
    """Neither one that has details, nor one of another day or entered for later, nor a day without a headache."""
    bare = DiaryEntry(now - timedelta(hours=1), now - timedelta(hours=1), "headache", id=2)
    earlier = replace(bare, at=now - timedelta(hours=3), id=1)
    assert to_complete((earlier, bare), now) == bare
    assert to_complete((bare, replace(earlier, at=now, worst=4, id=3)), now) == bare
    yesterday = replace(bare, at=now - timedelta(days=1))
    for other in (replace(bare, note="wine"), replace(bare, duration_min=0), yesterday, replace(bare, kind="none")):
        assert to_complete((other,), now) is None


def test_a_completed_entry_keeps_when_it_was_written(now: datetime) -> None:
    """The time of writing and the number stay; so do the seconds of a time that was not changed."""
    noted = DiaryEntry(now - timedelta(seconds=75), now - timedelta(seconds=75), "headache", id=7)
    typed = FORM | {"day": "2026-11-23", "time": f"{noted.at:%H:%M}", "worst": "6"}
    assert entry_of("headache", typed, now, noted) == replace(noted, worst=6)
    assert entry_of("headache", typed | {"time": "07:30"}, now, noted).at == local_time(date(2026, 11, 23), time(7, 30))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("day", "tomorrow"), ("day", "2026-12-24"), ("time", "noon"), ("duration_min", "long"), ("worst", "11"),
        ("medication", "x" * 201), ("trigger", "a\x07"), ("note", "x" * 2001),
    ],
)  # fmt: skip
def test_a_refusal_names_its_field(now: datetime, field: str, typed: str) -> None:
    """What the form shows below a field is what is wrong with that one."""
    with pytest.raises(DataError) as caught:
        entry_of("headache", FORM | {"worst": "3"} | {field: typed}, now)
    assert caught.value.field == field
