"""The loop against fakes: the camera is given back, the journal may fail, time may leap, commands are obeyed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from fakes import FakeClock, empty_chair
from loop.house import House, inhabited
from posturewatch.base.errors import (
    CameraBusyError,
    CameraMissingError,
    ConfigError,
    SensorError,
    SourceEndedError,
    SourceUnreadableError,
)
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.records import EventKind, MinuteRow, Reason, ReminderKind, State
from posturewatch.base.settings import BreakSettings, PostureSettings, Settings, WatchSettings

QUICK = Settings(watch=WatchSettings(away_s=0.5))


def test_an_empty_chair_is_away_and_written_as_away() -> None:
    """Two minutes without anybody: state AWAY, two minutes of away in the journal, nothing valid."""
    house = House().run(125)
    assert house.display.last.state is State.AWAY
    assert sum(row.away_s for row in house.journal.rows) == pytest.approx(120, abs=6)
    assert all(row.valid_s == 0 and row.fht_median_in is None for row in house.journal.rows)
    assert house.notifier.sent == []


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ({"locked": True}, {"locked": False}),
        ({"suspended": True}, {"suspended": False}),
        ({"lid_closed": True}, {"lid_closed": False}),
        ({"in_call": True}, {"in_call": False}),
    ],
)
def test_the_camera_is_given_back_and_taken_again(begin: dict[str, bool], end: dict[str, bool]) -> None:
    """Within two seconds of a lock, suspend, closed lid or call the sensor is closed; afterwards it is opened anew."""
    house = House()
    closed: list[bool] = []
    house.at(30, lambda: house.desktop.set(**begin))
    house.at(32, lambda: closed.append(house.sensor.running))
    house.at(60, lambda: house.desktop.set(**end))
    house.at(62.5, lambda: closed.append(house.sensor.running))
    house.run(70)
    assert closed == [False, True]
    assert not [t_s for t_s, _look in house.sensor.looks if 1032 < t_s < 1060]


def test_a_pause_gives_the_camera_back_at_once_and_ends_by_itself() -> None:
    """Paused for half a minute: closed within two seconds, written as paused, watching again afterwards."""
    house = House()
    running: list[bool] = []
    house.at(10, Command(CommandKind.PAUSE, 30.0))
    house.at(12, lambda: running.append(house.sensor.running))
    house.at(45, lambda: running.append(house.sensor.running))
    house.run(60)
    assert running == [False, True]
    assert sum(row.paused_s for row in house.journal.rows) == pytest.approx(30, abs=2.5)
    assert [event.outcome for event in house.journal.of(EventKind.RESUME)] == ["by_itself"]
    paused = [snapshot for snapshot in house.display.shown if snapshot.paused]
    assert paused
    assert all(not snapshot.watching and snapshot.paused_until is not None for snapshot in paused)


def test_a_pause_until_resumed_lasts_until_resumed() -> None:
    """Without a time the pause does not end by itself."""
    house = House()
    house.at(10, CommandKind.PAUSE).at(4000, CommandKind.RESUME)
    running: list[bool] = []
    house.at(3990, lambda: running.append(house.sensor.running)).at(4003, lambda: running.append(house.sensor.running))
    house.run(4010)
    assert running == [False, True]


def test_an_hours_pause_is_over_after_an_hour_with_the_lid_closed() -> None:
    """Time slept through counts towards a pause."""
    house = House()
    house.at(10, Command(CommandKind.PAUSE, 3600.0))
    house.at(20, lambda: house.clock.sleep_computer(3600))
    house.run(30)
    assert not house.display.last.paused


def test_a_clock_set_back_does_not_prolong_a_pause() -> None:
    """A pause runs on monotonic time."""
    house = House()
    house.at(10, Command(CommandKind.PAUSE, 60.0))
    house.at(20, lambda: house.clock.set_wall(-7200))
    house.run(80)
    assert not house.display.last.paused
    assert [event.outcome for event in house.journal.of(EventKind.CLOCK)] == ["set_back"]


def test_sleep_is_a_gap_and_the_camera_is_opened_anew() -> None:
    """An hour of suspend is written as an event, counted nowhere, and the sensor is a new one afterwards."""
    house = House()
    house.at(30, lambda: house.clock.sleep_computer(3600))
    house.run(60)
    assert [event.value for event in house.journal.of(EventKind.SUSPEND)] == [pytest.approx(3600, abs=5)]
    assert house.sensor.opened == 2
    assert sum(row.away_s + row.off_s + row.unreliable_s for row in house.journal.rows) < 70


def test_a_flight_is_noted() -> None:
    """Another offset from UTC is an event with the new offset."""
    house = House()
    house.at(30, lambda: house.clock.move_to(timezone(timedelta(hours=-5))))
    house.run(40)
    assert [event.detail for event in house.journal.of(EventKind.CLOCK)] == ["-0500"]


def test_the_day_turns_and_its_files_are_written() -> None:
    """Over midnight the ended day's files are written once, and the day's sums begin anew."""
    house = House(clock=FakeClock(datetime(2026, 11, 22, 23, 58, tzinfo=timezone(timedelta(hours=1)))))
    house.run(300)
    assert [day.isoformat() for day in house.keeper.days] == ["2026-11-22", "2026-11-23"]
    assert house.display.last.today.away_min < 4


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_a_restart_on_the_day_of_a_time_change_counts_that_day_alone(day: str) -> None:
    """At noon of the day on which clocks changed, the day so far is what was lived since its own midnight: without the
    last hour of the day before, with the first of this one."""
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo("Europe/Berlin"))
    midnight = noon.replace(hour=0)
    house = House(clock=FakeClock(noon.astimezone(timezone(noon.utcoffset() or timedelta()))))
    assert noon.utcoffset() != midnight.utcoffset()
    for start, seconds in ((midnight - timedelta(minutes=30), 60.0), (midnight + timedelta(minutes=30), 30.0)):
        fixed = start.astimezone(timezone(start.utcoffset() or timedelta()))
        bands = (seconds, 0.0, 0.0, 0.0)
        house.journal.add_minute(MinuteRow(fixed, "desk", seconds, 0.0, 0.0, 0.0, 0.0, 1, band_s=bands))
    house.run(1)
    assert house.display.last.today.valid_min == pytest.approx(0.5)


def test_a_missing_camera_is_said_once_and_found_again() -> None:
    """No camera for minutes: one notification, one event, few tries; plugged in, it is used, and that is an event."""
    house = House()
    house.sensor.broken = CameraMissingError("There is no camera 0.", "Plug it in.")
    tries: list[int] = []

    def plug_in() -> None:
        tries.append(len(house.journal.happened))
        house.sensor.broken = None

    house.at(300, plug_in)
    house.run(360)
    assert [said.kind for said in house.notifier.sent] == [ReminderKind.CAMERA]
    assert [event.outcome for event in house.journal.of(EventKind.CAMERA)] == ["camera_missing", "back"]
    reasons = {snapshot.reason for snapshot in house.display.shown[:100]}
    assert Reason.CAMERA_MISSING in reasons
    assert house.display.last.state is State.AWAY


def test_a_camera_that_another_program_holds_is_waited_for_quietly() -> None:
    """Busy is shown in the tray and written down; no notification interrupts the meeting."""
    house = House()
    house.sensor.broken = CameraBusyError("Another program uses it.")
    house.run(120)
    assert house.notifier.sent == []
    assert house.display.last.reason is Reason.CAMERA_BUSY
    assert house.display.last.state is State.UNRELIABLE


def test_a_dead_camera_is_not_asked_at_full_speed() -> None:
    """A camera that gives nothing is asked every four seconds, so that one that comes back is used within ten; and no
    more often. (A process that dies at each start waits longer: sensor_client/test_client.py.)"""
    house = House()
    tries: list[float] = []

    def see(t_s: float, look: Look) -> Observation:
        tries.append(t_s)
        raise SensorError("The measuring part stopped.")

    house.sensor.see = see
    house.run(3600)
    assert 60 <= len(tries) <= 910


def test_a_failing_journal_is_loud_and_stops_nothing() -> None:
    """A full disk: trouble in the tray, one notification, watching goes on; with room again the trouble is gone and
    no minute is missing."""
    house = House()
    house.at(30, lambda: setattr(house.journal, "full", True))
    house.at(200, lambda: setattr(house.journal, "full", False))
    house.run(320)
    troubled = [snapshot for snapshot in house.display.shown if snapshot.trouble]
    assert troubled
    assert "disk is full" in troubled[0].trouble
    assert [said.kind for said in house.notifier.sent] == [ReminderKind.TROUBLE]
    assert house.display.last.trouble == ""
    starts = [row.start for row in house.journal.rows]
    assert [(later - earlier).total_seconds() for earlier, later in pairwise(starts)] == [60.0] * 5


def test_new_settings_are_taken_up_and_wrong_ones_are_not() -> None:
    """RELOAD takes a good file up; a wrong one leaves the old in force and says so until it is mended."""
    house = House()
    wider = Settings(posture=PostureSettings(threshold=2.0))

    def spoil() -> None:
        house.keeper.current = ConfigError("config.toml, line 3: no such key")

    def mend() -> None:
        house.keeper.current = wider

    house.at(10, lambda: setattr(house.keeper, "current", wider)).at(11, CommandKind.RELOAD)
    house.at(20, spoil).at(21, CommandKind.RELOAD)
    house.at(40, mend).at(41, CommandKind.RELOAD)
    house.run(60)
    assert house.applied == [wider]
    assert house.display.last.threshold_in == 2.0
    assert [event.outcome for event in house.journal.of(EventKind.CONFIG)] == ["taken_up", "refused"]
    assert any("line 3" in snapshot.trouble for snapshot in house.display.shown)
    assert house.display.last.trouble == ""


def test_the_camera_can_be_lent_and_comes_back_by_itself() -> None:
    """Another window may have the camera; if it never says so, the loop takes it back after the time agreed."""
    house = House()
    running: list[bool] = []
    house.at(10, Command(CommandKind.RELEASE_CAMERA, 30.0))
    house.at(12, lambda: running.append(house.sensor.running))
    house.at(45, lambda: running.append(house.sensor.running))
    house.at(50, Command(CommandKind.RELEASE_CAMERA, 30.0)).at(55, CommandKind.TAKE_CAMERA)
    house.at(58, lambda: running.append(house.sensor.running))
    house.run(60)
    assert running == [False, True, True]


def test_a_recordings_end_ends_the_loop_in_order() -> None:
    """At its end the camera is closed, the minute and the day are written, and the caller hears why."""
    house = House(recording=True)

    def see(t_s: float, look: Look) -> Observation:
        if t_s > 1090:
            raise SourceEndedError("The recording has come to its end.")
        return Observation(t_s, 0, 640, 480, look, lack=Lack.NOBODY, people=())

    house.sensor.see = see
    with pytest.raises(SourceEndedError):
        house.run(1000)
    assert not house.sensor.running
    assert [event.kind for event in house.journal.happened][-1] is EventKind.STOP
    assert house.keeper.days != []


def test_a_file_without_pictures_is_not_waited_for() -> None:
    """A recording that cannot be read ends the loop with its error; a live source with junk is waited for."""
    house = House(recording=True)
    house.sensor.broken = SourceUnreadableError("clip.mp4 is a text file, not a video.")
    with pytest.raises(SourceUnreadableError):
        house.run(100)
    live = House()
    live.sensor.broken = SourceUnreadableError("The stream sends no pictures.")
    assert live.run(60).display.last.state is State.UNRELIABLE


def test_outside_working_hours_nothing_watches() -> None:
    """Before nine the camera stays closed; at nine it opens by itself."""
    settings = Settings.model_validate({"hours": {"start": "09:00", "end": "17:00"}})
    house = House(settings, clock=FakeClock(datetime(2026, 11, 23, 8, 58, tzinfo=timezone(timedelta(0)))))
    house.run(240)
    assert min(t_s for t_s, _look in house.sensor.looks) == pytest.approx(1120, abs=2)


def test_a_break_opens_its_window_and_the_answer_comes_back() -> None:
    """A break asked for opens the break window where there is one; the notification is not shown beside it."""
    house = House(Settings(breaks=BreakSettings(length_s=20)))
    house.launcher.windows.add("break")
    house.at(5, CommandKind.BREAK_NOW)
    house.run(60)
    assert house.launcher.opened[0] == "break"
    assert "-break" in house.launcher.opened
    assert [event.kind for event in house.journal.happened].count(EventKind.BREAK_TAKEN) == 1
    assert house.notifier.sent == []


def test_a_break_s_prompt_leaves_the_screen_when_a_meeting_begins() -> None:
    """The window that asks was there first: it goes with the begin of the call, and the break is offered after it."""
    house = House(Settings(breaks=BreakSettings(every_min=5)))
    house.launcher.windows.add("break")
    house.desktop.set(idle_s=1.0)
    house.sensor.see = lambda t_s, look: replace(empty_chair(t_s, look), lack=Lack.BLACK)  # hands on the keyboard
    house.at(310, lambda: house.desktop.set(in_call=True)).at(700, lambda: house.desktop.set(in_call=False))
    in_the_call: list[str] = []
    house.at(690, lambda: in_the_call.extend(house.launcher.opened))
    house.run(780)
    assert in_the_call == ["break", "-break"]
    assert house.launcher.opened == ["break", "-break", "break"]


def test_without_a_window_a_break_that_begins_is_a_notification() -> None:
    """Where no window can be opened, or none is wanted, the user still sees that the break runs, for as long as it
    does; and the exercise of a due break stays the same when it is taken."""
    for wanted in (True, False):
        house = House(Settings(breaks=BreakSettings(length_s=20, window=wanted, exercises=True)))
        house.at(5, CommandKind.BREAK_NOW).run(10)
        (sent,) = house.notifier.sent
        assert (sent.key, sent.timeout_s, sent.exercise) == ("break", 20, "chin_nod")
        assert house.display.shown[-1].exercise == "chin_nod"


def test_a_break_asked_for_has_its_suggestion() -> None:
    """With exercises on, a break taken from the tray shows the next one, like a break that fell due."""
    for wanted, shown in ((True, "chin_nod"), (False, None)):
        house = House(Settings(breaks=BreakSettings(length_s=20, exercises=wanted)))
        house.launcher.windows.add("break")
        house.at(5, CommandKind.BREAK_NOW).run(10)
        assert [reminder.exercise for reminder in house.launcher.reminders] == [shown]


def test_the_diary_is_one_click() -> None:
    """A headache and a day without one are entered from the tray, and the user is told."""
    house = House()
    house.at(5, Command(CommandKind.DIARY, text="headache")).at(6, Command(CommandKind.DIARY, text="none"))
    house.run(10)
    assert [entry.kind for entry in house.journal.entries] == ["headache", "none"]
    assert len(house.notifier.sent) == 2


def test_profiles_change_and_are_kept() -> None:
    """Another profile is written down as an event and outlives the run."""
    house = House()
    house.at(5, Command(CommandKind.PROFILE, text="laptop"))
    house.run(10)
    assert house.keeper.kept == "laptop"
    assert house.display.last.profile == "laptop"


def test_calibration_without_a_window_ends_with_a_reason_when_nobody_sits_there() -> None:
    """Asked for without a screen, the app calibrates by itself, and gives up on an empty chair with a reason."""
    house = House()
    house.at(5, CommandKind.CALIBRATE)
    house.run(120)
    assert house.launcher.opened == ["calibrate"]
    assert any(snapshot.calibrating is not None for snapshot in house.display.shown)
    assert [event.outcome for event in house.journal.of(EventKind.CALIBRATION)] == ["failed"]
    assert house.display.last.calibrating is None
    assert house.display.last.advice != ""


def test_a_calibration_by_window_is_the_loop_s_own() -> None:
    """The loop opens the window, leaves the camera to it and writes what it made: one row, one event, one writer; then
    it looks on, against the new calibration."""
    house = inhabited()
    house.launcher.windows.add("calibrate")
    held: list[bool] = []
    made = house.journal.calibrations()[0].body
    house.at(5, CommandKind.CALIBRATE)
    house.at(20, lambda: held.append(house.sensor.running))
    house.at(21, Command(CommandKind.CALIBRATED, text=made))
    house.at(21, Command(CommandKind.CAMERA_RETURNED, text="calibrate"))
    house.run(30)
    assert (house.launcher.opened, house.launcher.texts) == (["calibrate"], ["desk"])
    assert held == [False]
    assert house.display.shown[10].quiet != ""
    assert [row.body for row in house.journal.calibrations()[1:]] == [made]
    assert [event.outcome for event in house.journal.of(EventKind.CALIBRATION)] == ["done"]
    assert house.display.last.reason is not Reason.STARTING
    assert house.display.last.quiet == ""


def test_closing_the_calibration_s_window_changes_nothing() -> None:
    """Nothing is written, and the camera is looked through again."""
    house = inhabited()
    house.launcher.windows.add("calibrate")
    house.at(5, CommandKind.CALIBRATE)
    house.at(9, Command(CommandKind.CAMERA_RETURNED, text="calibrate"))
    house.run(20)
    assert len(house.journal.calibrations()) == 1
    assert house.display.last.fht_in is not None


def test_a_calibration_whose_window_does_not_come_up_is_made_without() -> None:
    """A screen that shows nothing swallows no calibration: the loop makes it by itself."""
    house = inhabited()
    house.launcher.windows.add("calibrate")
    house.at(5, Command(CommandKind.CALIBRATE, text="laptop"))
    house.at(9, Command(CommandKind.WINDOW_FAILED, text="calibrate"))
    house.run(12)
    assert house.display.last.calibrating is not None


def test_one_window_at_a_time_has_the_camera_and_none_behind_a_lock() -> None:
    """The live view makes way for a calibration, whose end alone gives the camera back; a lock closes it."""
    house = inhabited()
    house.launcher.windows |= {"calibrate", "live"}
    held: list[bool] = []
    house.at(5, CommandKind.LIVE_VIEW)
    house.at(8, CommandKind.CALIBRATE)
    house.at(10, Command(CommandKind.CAMERA_RETURNED, text="live"))
    house.at(15, lambda: held.append(house.sensor.running))
    house.at(16, lambda: house.desktop.set(locked=True))
    house.run(20)
    assert house.launcher.opened[:3] == ["live", "-live", "calibrate"]
    assert held == [False]
    assert "-calibrate" in house.launcher.opened[3:]


@pytest.mark.parametrize("fact", ["in_call", "full_screen"])
def test_a_break_over_the_screen_makes_way_for_a_call(fact: str) -> None:
    """Whoever has begun a break that covers everything and is called sees the screen again at once: the break goes on
    in a small window, with the time that is left. Begun during the call it covers nothing from the start."""
    house = House(Settings(breaks=BreakSettings(cover="all", length_s=60)))
    house.launcher.windows.add("break")
    house.at(2, CommandKind.BREAK_NOW).at(20, lambda: house.desktop.set(**{fact: True}))
    house.at(120, CommandKind.BREAK_NOW).run(140)
    assert house.launcher.opened[:3] == ["break", "-break", "break"]
    whole, left, later = house.launcher.reminders[:3]
    assert (whole.muted, left.muted is None, later.muted is None) == (None, False, False)
    assert left.timeout_s == pytest.approx(42, abs=3)
    assert house.notifier.sent == []


def test_a_small_window_stays_where_it_is_when_a_call_begins() -> None:
    """It is in nobody's way, and the user has begun it."""
    house = House()
    house.launcher.windows.add("break")
    house.at(2, CommandKind.BREAK_NOW).at(20, lambda: house.desktop.set(in_call=True)).run(30)
    assert house.launcher.opened == ["break"]


def test_a_break_whose_window_does_not_come_up_is_said_by_a_notification() -> None:
    """Nobody saw the window: the same reminder comes another way, once."""
    house = House()
    house.launcher.windows.add("break")
    house.at(2, CommandKind.BREAK_NOW)
    house.at(12, Command(CommandKind.WINDOW_FAILED, text="break"))
    house.run(20)
    assert house.launcher.opened[0] == "break"
    assert [reminder.kind for reminder in house.notifier.sent] == [ReminderKind.BREAK]


def test_the_minute_in_progress_is_written_every_ten_seconds() -> None:
    """A kill loses ten seconds at most: the open minute is in the journal before it is over."""
    house = House()
    seen: list[float] = []
    house.at(35, lambda: seen.append(house.journal.rows[-1].away_s))
    house.run(40)
    assert seen[0] >= 20


def test_quitting_closes_everything_in_order() -> None:
    """Start and stop are the first and last events; the camera is closed and the day written."""
    house = House(QUICK).run(20)
    kinds = [event.kind for event in house.journal.happened]
    assert (kinds[0], kinds[-1]) == (EventKind.START, EventKind.STOP)
    assert not house.sensor.running
    assert len(house.keeper.days) == 1
