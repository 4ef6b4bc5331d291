"""What may stand in the diary."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from posturewatch.base.errors import DataError
from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.diary import check_entry, is_backfilled

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1)))
ACHE = DiaryEntry(NINE, NINE, "headache", worst=5, duration_min=60, side="left")
SCORE = DiaryEntry(NINE, NINE, "score", score_name="NDI", score=12)


@pytest.mark.parametrize(
    "entry",
    [
        ACHE,
        replace(ACHE, worst=0, duration_min=0, side=""),
        replace(ACHE, worst=10, duration_min=10_080, side="both"),
        replace(ACHE, worst=None, duration_min=None),
        DiaryEntry(NINE, NINE, "none", note="slept well"),
        SCORE,
        replace(SCORE, score=0),
        replace(SCORE, score=50),
        replace(SCORE, score_name="HIT-6", score=36),
        replace(SCORE, score_name="HIT-6", score=78),
    ],
)
def test_what_may_stand_there_is_kept(entry: DiaryEntry) -> None:
    """Limits are in; an entry with nothing but its time is one too."""
    assert check_entry(entry) == entry


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (replace(ACHE, worst=11), "worst"),
        (replace(ACHE, worst=-1), "worst"),
        (replace(ACHE, duration_min=10_081), "duration"),
        (replace(ACHE, side="top"), "side"),
        (replace(ACHE, kind="migraine"), "kind"),
        (replace(ACHE, at=NINE + timedelta(hours=1)), "future"),
        (replace(ACHE, note="x" * 2001), "note"),
        (replace(ACHE, trigger="a\nb"), "trigger"),
        (replace(ACHE, medication="\x1b[31m"), "medication"),
        (replace(ACHE, score=3), "score"),
        (replace(ACHE, at=NINE.replace(tzinfo=None)), "zone"),
        (DiaryEntry(NINE, NINE, "none", worst=3), "headache only"),
        (replace(SCORE, score=None), "total"),
        (replace(SCORE, score=51), "NDI"),
        (replace(SCORE, score=12.5), "NDI"),
        (replace(SCORE, score=float("nan")), "NDI"),
        (replace(SCORE, score_name="HIT-6", score=35), "HIT-6"),
        (replace(SCORE, score_name="PHQ-9"), "score"),
    ],
)
def test_what_may_not_is_named(entry: DiaryEntry, words: str) -> None:
    """The error says which part is wrong."""
    with pytest.raises(DataError, match=words):
        check_entry(entry)


def test_texts_are_brought_into_one_form() -> None:
    """Trimmed, line ends unified, letters composed: the same text is the same bytes."""
    tidy = check_entry(replace(ACHE, trigger="  cafe\u0301 ", note="a\r\nb\r"))
    assert (tidy.trigger, tidy.note) == ("caf\u00e9", "a\nb")


def test_back_filled_means_a_later_local_day() -> None:
    """Written after midnight of the day it speaks of, by that day's own clock."""
    evening = replace(ACHE, at=NINE.replace(hour=23, minute=50))
    assert not is_backfilled(replace(evening, written_at=NINE.replace(hour=23, minute=59)))
    assert is_backfilled(replace(evening, written_at=evening.at + timedelta(minutes=20)))
    elsewhere = timezone(timedelta(hours=-8))
    assert not is_backfilled(replace(ACHE, written_at=(NINE + timedelta(hours=3)).astimezone(elsewhere)))
