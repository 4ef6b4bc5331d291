"""The break clock under any order of events, and its words and buttons."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.records import Action, Event, EventKind, Reminder, ReminderKind
from posturewatch.base.settings import BreakSettings
from posturewatch.core.reminding.breaks.clock import BreakClock
from posturewatch.core.reminding.breaks.words import duration_words
from posturewatch.core.reminding.passage import Timekeeper
from posturewatch.core.reminding.sitting import Rhythm

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

SLOW_S = 75.0
"""The slowest cadence that the settings allow, and a look."""

things = st.one_of(
    st.tuples(
        st.just("pass"),
        st.floats(0, 200),
        st.sampled_from([True, False, None]),
        st.sampled_from([None, 0.0, 20.0, 90.0, 600.0]),
        st.sampled_from([None, None, None, "call", "full_screen", "locked", "hours", "paused"]),
    ),
    st.tuples(st.sampled_from(["take", "postpone", "skip", "finish_early"])),
    st.tuples(st.just("sleep"), st.floats(0, 40000)),
    st.tuples(st.just("set_clock"), st.floats(-90000, 90000)),
)
breaks = st.builds(
    BreakSettings,
    every_min=st.floats(5, 40),
    long_every_min=st.sampled_from([0, 20, 60]),
    length_s=st.floats(10, 120),
    notice_s=st.sampled_from([0, 10, 60]),
    natural_s=st.floats(20, 300),
    max_skips=st.integers(0, 3),
    strict=st.booleans(),
    exercises=st.booleans(),
    daily_sitting_limit_min=st.sampled_from([0, 10]),
)


@settings(max_examples=200, deadline=None)
@given(settings_=breaks, day=st.lists(things, max_size=80))
def test_whatever_happens_the_books_fit(settings_: BreakSettings, day: list[tuple]) -> None:  # type: ignore[type-arg]
    """No order of presence, buttons, mutes, sleep and set clocks raises, shows what is muted, lets a skip through
    that is not allowed, takes more breaks than there were prompts and presses, or loses the next break."""
    clock, time, now_s, now = BreakClock(settings_), Timekeeper(0.0, NOW, SLOW_S), 0.0, NOW
    counts: Counter[EventKind] = Counter()
    presses = offers = 0
    for what, *how in day:
        if what in ("sleep", "set_clock"):
            now += timedelta(seconds=how[0])
        elif what != "pass":
            could_skip = clock.can_skip
            due = clock.due
            presses += what == "take"
            getattr(clock, what)()
            assert not (what == "skip" and due and not could_skip and not clock.due)
        else:
            seconds, present, idle_s, muted = how
            now_s, now = now_s + seconds, now + timedelta(seconds=seconds)
            for said in clock.feed(present, idle_s, time.read(now_s, now), muted):
                if isinstance(said, Event):
                    counts[said.kind] += 1
                    assert said.at == now
                    assert said.value is None or said.value >= 0.0
                else:
                    assert said.muted == muted
                    offers += said.kind in (ReminderKind.BREAK, ReminderKind.LONG_BREAK) and muted is None
                    assert muted is None or said.kind in (ReminderKind.BREAK, ReminderKind.LONG_BREAK)
                    assert not settings_.strict or Action.SKIP not in said.actions
        left_s = clock.next_break_s
        assert left_s is not None
        assert 0.0 <= left_s <= max(settings_.every_min, settings_.postpone_min) * 60
        assert clock.seated_today_s >= 0.0
        assert (clock.break_left_s is not None) == clock.on_break
        assert clock.break_left_s is None or clock.break_left_s >= 0.0
    assert counts[EventKind.BREAK_TAKEN] <= presses + offers


@given(st.lists(st.floats(0, 3000), max_size=50), breaks)
def test_the_next_break_is_never_further_than_a_short_interval(sat: list[float], settings_: BreakSettings) -> None:
    """However somebody sits and rests, the rhythm asks for a break within ``every_min`` of sitting."""
    rhythm = Rhythm()
    for number, seconds in enumerate(sat):
        rhythm.sat(seconds)
        if rhythm.left_s(settings_) <= 0.0:
            rhythm.restart(long=rhythm.next_is_long(settings_))
        elif number % 3 == 0:
            rhythm.absent(seconds, settings_)
        assert rhythm.left_s(settings_) <= settings_.every_min * 60


def feed(clock: BreakClock, minutes: float, time: Timekeeper | None = None) -> list[Reminder | Event]:
    """Somebody sits for so long."""
    time = time or Timekeeper(0.0, NOW, SLOW_S)
    said: list[Reminder | Event] = []
    for tick in range(int(minutes * 30) + 1):
        said += clock.feed(True, None, time.read(2.0 * tick, NOW + timedelta(seconds=2.0 * tick)), None)
    return said


def test_the_words_are_those_of_the_kind_and_name_the_length() -> None:
    """Short: look away for 45 seconds. Longer: stand and walk for 3 minutes. Notice: in 10 seconds."""
    said = [one for one in feed(BreakClock(BreakSettings(postpone_min=60)), 61) if isinstance(one, Reminder)]
    notice, short = said[0], said[1]
    assert notice.title == "Break in 10 seconds"
    assert "45 seconds" in short.body
    assert short.actions == (Action.TAKE_BREAK, Action.POSTPONE, Action.SKIP)
    longer = [one for one in feed(BreakClock(BreakSettings(long_every_min=30)), 31) if isinstance(one, Reminder)][1]
    assert longer.kind is ReminderKind.LONG_BREAK
    assert longer.title == "Time to stand and walk"
    assert "3 minutes" in longer.body


def test_notifications_fit_where_platforms_cut() -> None:
    """Title at most 63, body at most 255 UTF-16 units, and no leading dash."""
    for one in feed(BreakClock(BreakSettings(daily_sitting_limit_min=20)), 31):
        if isinstance(one, Reminder):
            assert 0 < len(one.title.encode("utf-16-le")) // 2 <= 63
            assert 0 < len(one.body.encode("utf-16-le")) // 2 <= 255
            assert not one.title.startswith("-")


@pytest.mark.parametrize(("seconds", "words"), [(10, "10 seconds"), (119, "119 seconds"), (180, "3 minutes")])
def test_durations_in_words(seconds: float, words: str) -> None:
    """Seconds up to two minutes, minutes from there."""
    assert duration_words(seconds) == words


def test_breaks_switched_off_are_silent_and_begin_from_now_when_switched_on() -> None:
    """Three hours with breaks off, then on: the first break comes half an hour later, not at once."""
    clock = BreakClock(BreakSettings(enabled=False))
    assert feed(clock, 180) == []
    assert clock.next_break_s is None
    clock.change(BreakSettings())
    assert clock.next_break_s == pytest.approx(1800)


def test_sitting_is_carried_over_a_restart_of_the_same_day() -> None:
    """What was sat before a restart counts for today and not for tomorrow."""
    clock, time = BreakClock(BreakSettings(), seated_today_s=3600.0), Timekeeper(0.0, NOW, SLOW_S)
    feed(clock, 1, time)
    assert clock.seated_today_s == pytest.approx(3660)
    clock.feed(True, None, time.read(200.0, NOW + timedelta(days=1)), None)
    assert clock.seated_today_s < 300
