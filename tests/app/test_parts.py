"""The smaller parts of the app: the loan of the camera, scenes, media time, pauses, the lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from fakes import FakeClock
from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
from posturewatch.base.clock import SystemClock
from posturewatch.base.codec import snapshot_from_json, snapshot_to_json
from posturewatch.base.errors import InstanceError, SourceEndedError, UsageError
from posturewatch.base.inbox import CAPACITY, QueueInbox
from posturewatch.base.loop_commands import FROM_WITHIN, Command, CommandKind
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import Load, Reason, Snapshot, State, Today
from posturewatch.control.server import ControlServer
from posturewatch.core.reminding.passage import Passage
from posturewatch.disk.instance import Instance, is_running
from posturewatch.loop.pause import Pause
from posturewatch.offline.media import MediaClock, MediaInbox, MediaSensor
from posturewatch.offline.script import ScriptedDesktop, read_scenes

BERLIN = timezone(timedelta(hours=1))
CITY = ZoneInfo("Europe/Berlin")
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


def snapshot(**keys: Any) -> Snapshot:
    """Some moment."""
    return Snapshot(NINE, State.FORWARD, None, 1.4, 0.3, Load(25.0, 3.2, "rule"), "desk", ("desk", "laptop"), **keys)


class Nowhere:
    """A display that shows nothing."""

    def show(self, snapshot: Snapshot) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def test_a_snapshot_survives_the_socket() -> None:
    """Fields and back: the same record, times and nested records included."""
    whole = snapshot(paused_until=NINE, paused=True, today=Today(valid_min=3.5, band_min=(1.0, 2.0, 0.5, 0.0)))
    assert snapshot_from_json(snapshot_to_json(whole)) == whole
    away = Snapshot(NINE, State.AWAY, Reason.NOBODY, None, None, None, "desk")
    assert snapshot_from_json(snapshot_to_json(away)) == away


def test_the_counter_takes_commands_and_refuses_nonsense() -> None:
    """Known commands go into the inbox; unknown kinds, wrong types and long texts do not."""
    inbox, latest = QueueInbox(), LatestSnapshot(Nowhere())
    counter = ControlAnswers(latest, inbox)
    assert counter.answer({"do": "status"})["ok"] is False
    latest.show(snapshot())
    assert counter.answer({"do": "status"})["snapshot"]["fht_in"] == 1.4
    assert counter.answer({"do": "command", "kind": "pause", "value": 60})["ok"]
    assert inbox.get(0) == Command(CommandKind.PAUSE, 60)
    for junk in (
        {"do": "command", "kind": "explode"},
        {"do": "command", "kind": "pause", "value": "long"},
        {"do": "command", "kind": "pause", "value": True},
        {"do": "command", "kind": "profile", "text": "x" * 500},
        {"do": "dance"},
        {},
    ):
        assert counter.answer(junk)["ok"] is False
    assert inbox.get(0) is None


def test_a_flooded_inbox_still_hears_quit() -> None:
    """Commands beyond the capacity are let go; QUIT always gets in."""
    inbox = QueueInbox()
    for _number in range(CAPACITY * 3):
        inbox.put(Command(CommandKind.PAUSE))
    inbox.put(Command(CommandKind.QUIT))
    heard = [inbox.get(0) for _number in range(CAPACITY + 1)]
    assert heard[-1] == Command(CommandKind.QUIT)
    assert inbox.get(0) is None


def test_one_instance_for_each_folder(tmp_path: Path) -> None:
    """A second lock on the same folder is refused with exit code 8; another folder is free; release frees it."""
    first = Instance(tmp_path / "a")
    with first:
        assert is_running(tmp_path / "a")
        with pytest.raises(InstanceError):
            Instance(tmp_path / "a").take()
        with Instance(tmp_path / "b"):
            pass
    assert not is_running(tmp_path / "a")


def test_the_camera_is_lent_and_handed_back(tmp_path: Path) -> None:
    """The borrower asks for it, waits until it is free, and hands it back even if it fails meanwhile."""
    inbox, latest = QueueInbox(), LatestSnapshot(Nowhere())
    latest.show(snapshot(watching=False))
    server = ControlServer(tmp_path, SystemClock(), ControlAnswers(latest, inbox).answer)

    def borrow_and_fail() -> None:
        with borrowed_camera(tmp_path) as lent:
            asked = inbox.get(0)
            assert lent
            assert asked is not None
            assert asked.kind is CommandKind.RELEASE_CAMERA
            raise ZeroDivisionError

    try:
        with Instance(tmp_path), pytest.raises(ZeroDivisionError):
            borrow_and_fail()
        assert inbox.get(0) == Command(CommandKind.TAKE_CAMERA)
    finally:
        server.close()


def test_without_an_app_nothing_is_borrowed(tmp_path: Path) -> None:
    """Where no app runs the camera is free anyhow."""
    with borrowed_camera(tmp_path) as lent:
        assert not lent


def wall_clock(pause: Pause, begin: datetime, zones: Callable[[datetime], tzinfo] | None = None) -> datetime:
    """Minute by minute until the pause is over: what the clock on the wall says then, in the zone of that moment."""
    moment, zone = begin.astimezone(UTC), begin.tzinfo
    while True:
        moment += timedelta(minutes=1)
        there = zones(moment) if zones is not None else zone
        if pause.passed(Passage(0.0, moment.astimezone(there), watched_s=60.0)):
            return moment.astimezone(there)


@pytest.mark.parametrize(
    ("pressed", "ends"),
    [
        (datetime(2026, 11, 23, 17, 0, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 11, 24, 1, 0, tzinfo=CITY), "2026-11-24T04:00:00+01:00"),
        (datetime(2026, 10, 24, 22, 0, tzinfo=CITY), "2026-10-25T04:00:00+01:00"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=CITY), "2026-10-25T04:00:00+01:00"),
        (datetime(2027, 3, 27, 22, 0, tzinfo=CITY), "2027-03-28T04:00:00+02:00"),
        (datetime(2027, 3, 28, 1, 0, tzinfo=CITY), "2027-03-28T04:00:00+02:00"),
    ],
)
def test_until_tomorrow_ends_at_four_by_the_clock_on_the_wall(pressed: datetime, ends: str) -> None:
    """In the evening or in the night, and in the nights in which the clocks are changed."""
    pause = Pause()
    pause.begin(-1.0, pressed)
    assert wall_clock(pause, pressed).isoformat() == ends
    assert not pause.on
    fixed = Pause()  # as the system's clock tells it: with the offset of the moment and no rules
    fixed.begin(-1.0, datetime.fromisoformat(pressed.isoformat()))
    over = wall_clock(fixed, pressed, lambda moment: timezone(moment.astimezone(CITY).utcoffset() or timedelta()))
    assert over.isoformat() == ends


@pytest.mark.parametrize(("there", "ends"), [("America/New_York", "04:00"), ("Asia/Tokyo", "07:00")])
def test_until_tomorrow_ends_at_four_where_one_has_flown_to(there: str, ends: str) -> None:
    """Pressed in Berlin, landed six hours later; in Tokyo it is seven by then, and the pause is over."""
    pressed = datetime(2026, 11, 23, 17, 0, tzinfo=CITY)
    landed = pressed.astimezone(UTC) + timedelta(hours=6)
    pause = Pause()
    pause.begin(-1.0, pressed)
    over = wall_clock(pause, pressed, lambda moment: CITY if moment < landed else ZoneInfo(there))
    assert f"{over:%H:%M %Z}" == f"{ends} {over.astimezone(ZoneInfo(there)):%Z}"
    assert over.date() == datetime(2026, 11, 24, tzinfo=UTC).date()


def test_a_pause_until_an_hour_ends_then_today_or_tomorrow() -> None:
    """15:00 at two in the afternoon is in an hour, at four it is tomorrow; when it ends is told at once."""
    for pressed, ends in (("14:00", "2026-11-23T15:00"), ("15:00", "2026-11-24T15:00"), ("16:10", "2026-11-24T15:00")):
        pause = Pause()
        now = datetime.fromisoformat(f"2026-11-23T{pressed}:00+01:00").astimezone(CITY)
        pause.begin(None, now, "15:00")
        assert pause.until is not None
        assert pause.until.isoformat().startswith(ends)
        assert wall_clock(pause, now).isoformat().startswith(ends)


def test_a_pause_from_outside_is_of_a_length_that_can_be() -> None:
    """Hours that are none, numbers that are none and a pause of a century reach no loop."""
    good: tuple[dict[str, object], ...] = ({"value": 60}, {"value": -1}, {"text": "15:00"}, {})
    bad: tuple[dict[str, object], ...] = (
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 1e300},
        {"value": -3},
        {"text": "25:00"},
        {"text": "soon"},
    )
    inbox = QueueInbox()
    answers = ControlAnswers(LatestSnapshot(Nowhere()), inbox)
    for fields in good:
        assert answers.answer({"do": "command", "kind": "pause", **fields})["ok"], fields
    for fields in bad:
        assert not answers.answer({"do": "command", "kind": "pause", **fields})["ok"], fields


def test_scenes_are_read_played_and_refused(tmp_path: Path) -> None:
    """Facts hold from their time on, commands come once, sleep moves the wall; a wrong line is named."""
    path = tmp_path / "day.txt"
    path.write_text("0:00:10 call on  # a meeting\n\n20 pause 30\n0:01:00 sleep 3600\n1:10 idle 5\n")
    clock = MediaClock(NINE)
    script = ScriptedDesktop(read_scenes(path), clock)
    clock.advance(10)
    assert script.courtesy().in_call is True
    assert script.due(19.0) == ()
    assert script.due(20.0) == (Command(CommandKind.PAUSE, 30.0),)
    assert script.due(21.0) == ()
    clock.advance(65)
    assert script.courtesy().idle_s == 5.0
    assert clock.now() - NINE == timedelta(seconds=75 + 3600)
    path.write_text("0:00:10 call on\n0:00:20 call perhaps\n")
    with pytest.raises(UsageError, match="line 2"):
        read_scenes(path)


def test_media_time_is_moved_by_waiting_and_looking() -> None:
    """A look gets the first frame at or after now; rounds follow one another without a jump; then it is over."""
    clock = MediaClock(NINE)
    frames = [Observation(number * 0.5, number, 64, 64, Look()) for number in range(4)]
    sensor = MediaSensor(clock, iter(frames), rounds=2)
    inbox = MediaInbox(clock, lambda _t_s: (), sensor.over, None)
    assert sensor.look(Look(), 1.0).frame == 0
    assert inbox.get(0.6) is None
    assert (sensor.look(Look(), 1.0).frame, clock.t_s) == (2, 1.0)
    inbox.get(0.6)
    again = sensor.look(Look(), 1.0)
    assert (again.frame, again.t_s, clock.t_s) == (0, 1.7, 1.7)
    inbox.get(1.4)
    assert sensor.look(Look(), 1.0).frame == 3
    inbox.get(0.4)
    with pytest.raises(SourceEndedError):
        sensor.look(Look(), 1.0)


def test_a_day_that_ends_paused_ends_all_the_same() -> None:
    """With nobody looking, the inbox gives QUIT when the recording's time is over."""
    clock = MediaClock(NINE)
    frames = [Observation(number * 0.5, number, 64, 64, Look()) for number in range(4)]
    sensor = MediaSensor(clock, iter(frames), rounds=1)
    inbox = MediaInbox(clock, lambda _t_s: (), sensor.over, None)
    got = [inbox.get(1.0) for _turn in range(3)]
    assert got[0] is None
    assert got[-1] == Command(CommandKind.QUIT)


def test_summer_time_passes_through_media_time() -> None:
    """Over a change of summer time the wall clock keeps real seconds and shows the local offset."""
    from zoneinfo import ZoneInfo

    clock = MediaClock(datetime(2026, 3, 29, 1, 59, 0, tzinfo=ZoneInfo("Europe/Berlin")))
    clock.advance(120)
    assert clock.now().isoformat() == "2026-03-29T03:01:00+02:00"
    assert FakeClock().now().tzinfo is not None


def test_nobody_outside_gives_news_of_our_windows() -> None:
    """Whoever may command the app may not slip it a calibration, or claim that a window has closed."""
    inbox = QueueInbox()
    counter = ControlAnswers(LatestSnapshot(Nowhere()), inbox)
    for kind in FROM_WITHIN:
        assert not counter.answer({"do": "command", "kind": kind.value, "text": "x"})["ok"]
    assert counter.answer({"do": "command", "kind": "resume"})["ok"]
    assert inbox.get(0) == Command(CommandKind.RESUME)
    assert inbox.get(0) is None
