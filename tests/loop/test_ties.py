"""A calibration is taken up by its day: of today until other clothes are seen, of another day as one nobody has tied.

Somebody real sits there: what the sensor saw of the clip that the demo shows, again and again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import pytest

from fakes import empty_chair
from loop.house import House
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import Action, CalibrationRow, EventKind, Outcome, ReminderKind, Response
from posturewatch.base.settings import (
    BreakSettings,
    CalibrationSettings,
    ModelSettings,
    PostureSettings,
    Settings,
    UserSettings,
)
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.offline.demo import CLIP
from posturewatch.sensor_client.client import observations

CALM = Settings(posture=PostureSettings(enabled=False), breaks=BreakSettings(enabled=False))
SEEN = Look(face=True, trunk=True, whole=True, anchor=True, new_anchor=True)


@pytest.fixture(scope="module")
def recorded() -> tuple[Observation, ...]:
    """Ten seconds of sitting upright, as the sensor saw them."""
    return tuple(observations(str(CLIP / "calibration.mp4"), ModelSettings(), look=SEEN))


@pytest.fixture(scope="module")
def made(recorded: tuple[Observation, ...]) -> Calibration:
    """The calibration that they give."""
    calibrator = Calibrator("desk", UserSettings())
    for seen in recorded:
        calibrator.feed(seen)
    return calibrator.result()


@dataclass
class Sitter:
    """Shows the recording over and over. ``lighter``: by how much the chest's tone lies above the recorded one; other
    clothes have a weave that is not known."""

    recorded: Sequence[Observation]
    lighter: float = 0.0
    there: bool = True
    count: int = field(default=0)

    def see(self, t_s: float, look: Look) -> Observation:
        """The next frame, as of now."""
        if not self.there:
            return empty_chair(t_s, look)
        self.count += 1
        seen = replace(self.recorded[self.count % len(self.recorded)], t_s=t_s, frame=self.count)
        if not self.lighter or seen.clothes_tone is None:
            return seen
        blue, green, red = seen.clothes_tone
        tone = (blue + self.lighter, green + self.lighter, red + self.lighter)
        return replace(seen, clothes_tone=tone, texture=None)


class Home(House):
    """A house in which the recorded person sits, and the calibration is so many days old."""

    def __init__(self, recorded: Sequence[Observation], made: Calibration, settings: Settings = CALM) -> None:
        super().__init__(settings)
        self.sitter = Sitter(recorded)
        self.sensor.see = self.sitter.see
        at = self.clock.now()
        self.journal.add_calibration(
            CalibrationRow(at, "desk", made.repeatability_in, made.frames, made.view, made.to_json())
        )


@pytest.fixture
def home(recorded: tuple[Observation, ...], made: Calibration) -> Home:
    """Calibrated today."""
    return Home(recorded, made)


def of_days_ago(house: Home, days: int) -> Home:
    """The same house, its calibration that much older."""
    house.journal.made[:] = [replace(row, at=row.at - timedelta(days=days)) for row in house.journal.made]
    return house


def tied_minutes(house: House) -> list[bool | None]:
    """Of the minutes with a number."""
    return [row.tied for row in house.journal.rows if row.valid_s > 0]


def test_a_calibration_of_today_holds_and_nothing_is_asked(home: Home) -> None:
    """Minutes are tied, the error is small, nobody is asked."""
    house = home.run(300)
    assert set(tied_minutes(house)) == {True}
    assert house.display.last.tied is True
    assert not house.display.last.recalibrate
    assert house.notifier.sent == []


def test_a_calibration_of_yesterday_is_untied_and_asked_about_once(
    home: Home, recorded: tuple[Observation, ...], made: Calibration
) -> None:
    """The error is larger from the first look on, minutes are marked, one question is put, tray and status know."""
    today, before = home.run(60), of_days_ago(Home(recorded, made), 1).run(200)
    assert set(tied_minutes(before)) == {False}
    first = next(one for one in before.display.shown if one.fht_se_in is not None)
    assert (first.fht_se_in or 0.0) > 1.5 * (today.display.last.fht_se_in or 9.0)
    assert [reminder.kind for reminder in before.notifier.sent] == [ReminderKind.RECALIBRATE]
    assert before.display.last.tied is False
    assert before.display.last.recalibrate


@pytest.mark.parametrize(("daily", "wanted"), [("quiet", True), ("off", False)])
def test_quiet_and_off_are_obeyed(
    daily: str, wanted: bool, recorded: tuple[Observation, ...], made: Calibration
) -> None:
    """No notification; quiet says so in the tray."""
    settings = CALM.model_copy(update={"calibration": CalibrationSettings.model_validate({"daily": daily})})
    house = of_days_ago(Home(recorded, made, settings), 1).run(120)
    assert house.notifier.sent == []
    assert house.display.last.recalibrate is wanted


def test_now_takes_some_seconds_and_the_day_is_tied(home: Home) -> None:
    """Pressed on the notification: three seconds to sit up, five to measure; a new calibration is kept and holds."""
    house = of_days_ago(home, 1)
    press = Response("recalibrate", ReminderKind.RECALIBRATE, Outcome.ACTED, Action.TIE)
    house.at(120, lambda: house.notifier.answer(press)).run(260)
    (made,) = house.journal.of(EventKind.CALIBRATION)
    assert (made.outcome, made.detail) == ("done", "tie")
    assert (made.at - house.journal.of(EventKind.START)[0].at).total_seconds() < 135
    assert tied_minutes(house)[-1] is True
    assert house.display.last.tied is True
    assert not house.display.last.recalibrate
    assert sum(reminder.kind is ReminderKind.RECALIBRATE for reminder in house.notifier.sent) == 1


def test_the_tray_s_entry_does_the_same(home: Home) -> None:
    """Without having been asked."""
    house = of_days_ago(home, 3).at(20, CommandKind.CALIBRATE_QUICK).run(60)
    assert [event.detail for event in house.journal.of(EventKind.CALIBRATION)] == ["tie"]
    assert house.display.last.tied is True


def test_while_paused_it_says_why_not(home: Home) -> None:
    """The camera is given back then."""
    house = home.at(10, CommandKind.PAUSE).at(20, CommandKind.CALIBRATE_QUICK).run(60)
    assert house.journal.of(EventKind.CALIBRATION) == []
    assert [reminder.key for reminder in house.notifier.sent] == ["calibration"]
    assert house.notifier.sent[0].body


def test_midnight_in_the_middle_of_a_sitting_changes_nothing(home: Home) -> None:
    """Still tied a quarter of an hour later; untied for whoever sits down after an absence."""
    home.clock.wall = home.clock.wall.replace(hour=23, minute=58)
    home.journal.made[:] = [replace(row, at=home.clock.now()) for row in home.journal.made]
    seen: list[bool | None] = []
    home.at(300, lambda: seen.append(home.display.last.tied))
    home.at(301, lambda: setattr(home.sitter, "there", False)).at(330, lambda: setattr(home.sitter, "there", True))
    home.at(380, lambda: seen.append(home.display.last.tied)).run(381)
    assert seen == [True, False]


def test_new_settings_and_a_pause_keep_what_was_learnt(home: Home) -> None:
    """What was learnt is of hours: neither a changed threshold nor a pause makes the number less certain."""
    errors: list[float | None] = []
    changed = CALM.model_copy(update={"posture": PostureSettings(enabled=False, threshold=1.5)})
    home.journal.made[:] = [replace(row, at=row.at - timedelta(days=1)) for row in home.journal.made]
    first: list[float | None] = []
    home.at(8, lambda: first.append(home.display.last.fht_se_in))
    home.at(300, lambda: errors.append(home.display.last.fht_se_in))
    home.at(301, lambda: setattr(home.keeper, "current", changed)).at(302, CommandKind.RELOAD)
    home.at(330, lambda: errors.append(home.display.last.fht_se_in))
    home.at(340, Command(CommandKind.PAUSE, 60.0))
    home.at(430, lambda: errors.append(home.display.last.fht_se_in)).run(440)
    settled, after_change, after_pause = (error or 9.0 for error in errors)
    assert settled < 0.95 * (first[0] or 0.0)
    assert after_change < 1.1 * settled
    assert after_pause < 1.1 * settled


def test_a_week_of_other_clothes(home: Home) -> None:
    """Calibrated on Monday, other clothes each day, tied by the button on Tuesday and Wednesday, the jacket off at noon
    on Wednesday and tied again, not on Thursday, and from the tray on Friday: the journal knows each minute of it, and
    nobody is asked more often than there was a reason."""
    day_s, monday = 86_400.0, home.clock.now().date()

    def press(action: Action) -> Response:
        return Response("recalibrate", ReminderKind.RECALIBRATE, Outcome.ACTED, action)

    def wear(lighter: float) -> None:
        home.sitter.lighter = lighter

    def night(lighter: float) -> None:
        home.clock.sleep_computer(day_s - 600.0)
        wear(lighter)

    home.at(600, lambda: night(1.2)).at(720, lambda: home.notifier.answer(press(Action.TIE)))
    home.at(1200, lambda: night(-1.2)).at(1320, lambda: home.notifier.answer(press(Action.TIE)))
    home.at(1500, lambda: wear(0.9)).at(1620, lambda: home.notifier.answer(press(Action.TIE)))
    home.at(1800, lambda: night(-2.0)).at(1920, lambda: home.notifier.answer(press(Action.NOT_TODAY)))
    home.at(2400, lambda: night(1.8)).at(2410, CommandKind.CALIBRATE_QUICK).run(3000)

    def on(day: int) -> list[bool | None]:
        wanted: date = monday + timedelta(days=day)
        return [row.tied for row in home.journal.rows if row.start.date() == wanted and row.valid_s > 20]

    asked = [one.at.date() for one in home.journal.of(EventKind.RECALIBRATE_ASKED) if one.outcome == Outcome.SHOWN]
    assert [(one - monday).days for one in asked] == [1, 2, 2, 3]
    assert [event.detail for event in home.journal.of(EventKind.CALIBRATION)] == ["tie"] * 4
    assert set(on(0)) == {True}
    assert on(1)[0] is False
    assert on(1)[-1] is True
    assert (on(2)[0], on(2)[4], on(2)[6], on(2)[-1]) == (False, True, False, True)
    assert set(on(3)) == {False}
    assert on(4)[1:] == [True] * len(on(4)[1:])


def test_a_restart_does_not_ask_again(home: Home) -> None:
    """Asked this morning, and the app was started anew since: nobody is asked a second time on the same day."""
    first = of_days_ago(home, 1).run(200)
    again = first.run(400)
    assert [one.kind for one in again.notifier.sent] == [ReminderKind.RECALIBRATE]
    assert again.display.last.recalibrate


def test_clothes_of_an_earlier_day_are_measured_against_their_own_calibration(home: Home) -> None:
    """Calibrated on Monday in a jacket, tied on Tuesday in a shirt; on Wednesday the jacket is worn again: Monday's
    calibration is measured against, the day is untied, and asked about once. The shirt brings Tuesday's back."""
    day_s = 86_400.0

    def night(lighter: float) -> None:
        home.clock.sleep_computer(day_s - 600.0)
        home.sitter.lighter = lighter

    home.at(600, lambda: night(1.2)).at(620, CommandKind.CALIBRATE_QUICK)
    home.at(1200, lambda: night(0.0)).at(1500, lambda: setattr(home.sitter, "lighter", 1.2)).run(1800)
    minutes = [row for row in home.journal.rows if row.valid_s > 20]
    assert [row.calibration_id for row in minutes if row.start.day == minutes[0].start.day] != []
    wednesday = [row for row in minutes if row.start.date() == minutes[-1].start.date()]
    assert wednesday[1].calibration_id == 1
    assert wednesday[-1].calibration_id == 2
    assert {row.tied for row in wednesday} == {False}
    asked = [one.at.date() for one in home.journal.of(EventKind.RECALIBRATE_ASKED) if one.outcome == Outcome.SHOWN]
    assert asked == [wednesday[0].start.date()]


def test_a_whole_calibration_gives_up_those_before_it(home: Home, made: Calibration) -> None:
    """It may have been made because the old one was bad: its clothes bring nothing back."""
    later = replace(made, clothes_tone=(3.0, 3.0, 3.0))
    row = CalibrationRow(home.clock.now(), "desk", 0.1, made.frames, made.view, later.to_json())
    home.journal.add_calibration(row)
    home.run(200)
    assert {row.calibration_id for row in home.journal.rows} == {2}
    assert set(tied_minutes(home)) == {False}
