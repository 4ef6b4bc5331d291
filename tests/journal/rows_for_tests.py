"""Rows for the tests of the store: plain makers, and Hypothesis strategies of what a journal may hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from posturewatch.base.outside import cleaned
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=1)))


def minute(start: datetime = NINE, valid_s: float = 60.0, **other: Any) -> MinuteRow:
    """A minute with ``valid_s`` valid seconds in the band from 1 to 2 in."""
    has = valid_s > 0
    given: dict[str, Any] = {
        "profile": "desk",
        "away_s": 0.0,
        "unreliable_s": 0.0,
        "paused_s": 0.0,
        "off_s": 0.0,
        "frames": 15,
        "fht_median_in": 1.25 if has else None,
        "fht_p10_in": 1.0 if has else None,
        "fht_p90_in": 1.5 if has else None,
        "fht_mean_in": 1.3 if has else None,
        "fht_se_in": 0.2 if has else None,
        "load_index_lb": 23.5 if has else None,
        "band_s": (0.0, 0.0, valid_s, 0.0),
        "calibration_id": 1,
        "tied": True if has else None,
    }
    return MinuteRow(start=start, valid_s=valid_s, **(given | other))


def event(at: datetime = NINE, kind: EventKind = EventKind.NUDGE, outcome: str = "shown") -> Event:
    """An event."""
    return Event(at, kind, outcome)


def headache(at: datetime = NINE, **other: Any) -> DiaryEntry:
    """A headache written down an hour later."""
    given: dict[str, Any] = {"written_at": at + timedelta(hours=1), "worst": 6, "duration_min": 90, "side": "left"}
    return DiaryEntry(at=at, kind="headache", **(given | other))


def calibration(at: datetime = NINE, profile: str = "desk", body: str = "{}") -> CalibrationRow:
    """A calibration."""
    return CalibrationRow(at, profile, 0.12, 40, "front", body)


# --------------------------------------------------------------------------- anything a journal may hold

_offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_moments = st.builds(
    lambda ms, zone: (datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)).astimezone(zone),
    st.integers(0, 20 * 366 * 86_400_000),
    _offsets,
)
_words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co")), max_size=40).map(cleaned).map(str.strip)
"""Any letters and signs, formulas and quotes among them."""

_tricky = st.sampled_from(["=1+1", "+cmd", "-2", "@x", "'quoted", "''", 'say "so", twice', "＝1", "a;b,c", "ünï 頭痛"])
texts = st.one_of(_words, _tricky)

_lines = st.text(max_size=40).map(lambda text: cleaned(text, lines=True))
"""Any text that may enter where several lines may stand, line ends among it."""

_line = st.text(max_size=40).map(cleaned)
"""Any text that may enter elsewhere."""


def _thousandths(low: int, high: int) -> st.SearchStrategy[float]:
    return st.integers(low, high).map(lambda value: value / 1000)


@st.composite
def minutes(draw: st.DrawFn) -> MinuteRow:
    """A minute as the journal gives it back: rounded to its scales."""
    at = draw(_moments)
    start = at.replace(second=0, microsecond=0)
    cuts = sorted(draw(st.lists(st.integers(0, 6050), min_size=5, max_size=5)))
    valid, away, unreliable, paused, off = ((end - begin) / 100 for begin, end in pairwise([0, *cuts]))
    inches = st.one_of(st.none(), _thousandths(-30_000, 30_000))
    band_cuts = sorted(draw(st.lists(st.integers(0, cuts[0]), min_size=4, max_size=4)))
    bands = tuple((end - begin) / 100 for begin, end in pairwise([0, *band_cuts]))
    median = draw(inches)
    return MinuteRow(
        start=start,
        profile=draw(st.one_of(texts, _line)),
        valid_s=valid,
        away_s=away,
        unreliable_s=unreliable,
        paused_s=paused,
        off_s=off,
        frames=draw(st.integers(0, 2**40)),
        fht_median_in=median,
        fht_p10_in=draw(inches),
        fht_p90_in=draw(inches),
        fht_mean_in=draw(inches),
        fht_se_in=draw(st.one_of(st.none(), _thousandths(0, 30_000))),
        load_index_lb=None if median is None else round(11 + 10 * max(median, 0.0), 2),
        band_s=(bands[0], bands[1], bands[2], bands[3]),
        calibration_id=draw(st.one_of(st.none(), st.integers(1, 2**40))),
        tied=draw(st.sampled_from([None, False, True])),
    )


events = st.builds(
    Event,
    at=_moments,
    kind=st.sampled_from(EventKind),
    outcome=st.one_of(texts, _line),
    detail=st.one_of(texts, _lines),
    value=st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False).map(lambda value: value + 0.0)),
)
"""Any event. No minus zero: the database keeps whole numbers as integers, which have no sign for nothing."""

headaches = st.builds(
    lambda at, later, **fields: DiaryEntry(at=at, written_at=at + later, kind="headache", **fields),
    at=_moments,
    later=st.integers(0, 10**9).map(lambda ms: timedelta(milliseconds=ms)),
    duration_min=st.one_of(st.none(), st.integers(0, 10_080)),
    worst=st.one_of(st.none(), st.integers(0, 10)),
    side=st.sampled_from(["", "left", "right", "both"]),
    medication=texts,
    trigger=texts,
    note=texts,
)
"""Any headache."""

calibrations = st.builds(
    CalibrationRow,
    at=_moments,
    profile=st.one_of(texts, _line),
    repeatability_in=st.floats(0, allow_infinity=False).map(lambda value: value + 0.0),
    frames=st.integers(0, 2**40),
    view=st.sampled_from(["front", "oblique", "side"]),
    body=st.one_of(texts, _lines),
)
"""Any calibration."""
