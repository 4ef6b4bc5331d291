"""The screen follows the posture through the whole loop: what is told to its window, and when it is gone.

Somebody real sits there: what the sensor saw of the clips that the demo shows, again and again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest

from fakes import empty_chair
from loop.house import House
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import CalibrationRow
from posturewatch.base.settings import BreakSettings, ModelSettings, PostureSettings, Settings, UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.offline.demo import CLIP
from posturewatch.sensor_client.client import observations

SEEN = Look(face=True, trunk=True, whole=True, anchor=True, new_anchor=True)
FORWARD = slice(70, 110)
"""Frames of the demo's test clip in which the head lies more than 2.3 in forward (truth.csv)."""

FOLLOWING = Settings(
    posture=PostureSettings(feedback="dim", hold_s=120, notification=False), breaks=BreakSettings(enabled=False)
)


@pytest.fixture(scope="module")
def upright() -> tuple[Observation, ...]:
    """Ten seconds of sitting upright, as the sensor saw them."""
    return tuple(observations(str(CLIP / "calibration.mp4"), ModelSettings(), look=SEEN))


@pytest.fixture(scope="module")
def forward() -> tuple[Observation, ...]:
    """Eight seconds of a head held forward."""
    return tuple(observations(str(CLIP / "test.mp4"), ModelSettings(), look=SEEN))[FORWARD]


@pytest.fixture(scope="module")
def made(upright: tuple[Observation, ...]) -> Calibration:
    """The calibration that they give."""
    calibrator = Calibrator("desk", UserSettings())
    for seen in upright:
        calibrator.feed(seen)
    return calibrator.result()


@dataclass
class Sitter:
    """Shows one of the two recordings over and over, or an empty chair."""

    shown: Sequence[Observation]
    count: int = field(default=0)

    def see(self, t_s: float, look: Look) -> Observation:
        """The next frame, as of now."""
        self.count += 1
        if not self.shown:
            return empty_chair(t_s, look)
        return replace(self.shown[self.count % len(self.shown)], t_s=t_s, frame=self.count)


class Home(House):
    """Somebody sits upright for half a minute, and then with the head forward."""

    def __init__(
        self, upright: Sequence[Observation], forward: Sequence[Observation], made: Calibration, wish: Settings
    ) -> None:
        super().__init__(wish)
        self.sitter = Sitter(upright)
        self.sensor.see = self.sitter.see
        self.journal.add_calibration(
            CalibrationRow(self.clock.now(), "desk", made.repeatability_in, made.frames, made.view, made.to_json())
        )
        self.at(30, lambda: self.sit(forward))

    def sit(self, how: Sequence[Observation]) -> None:
        """From now on."""
        self.sitter.shown = how


Maker = Callable[..., Home]


@pytest.fixture
def home(upright: tuple[Observation, ...], forward: tuple[Observation, ...], made: Calibration) -> Maker:
    """Makes one."""
    return lambda wish=FOLLOWING: Home(upright, forward, made, wish)


def test_it_grows_while_the_head_is_forward_and_fades_when_it_is_back(
    home: Maker, upright: tuple[Observation, ...]
) -> None:
    """Level by level up to the full, and back to nothing, which its window fades to by itself."""
    house = home()
    house.at(240, lambda: house.sit(upright)).run(300)
    levels = house.launcher.levels
    rising = levels[: levels.index(0.0)]
    assert rising[0] < 0.2
    assert rising[-1] == 1.0
    assert all(after >= before for before, after in pairwise(rising))
    assert set(levels[levels.index(0.0) :]) == {0.0}
    assert "-feedback" not in house.launcher.opened


@pytest.mark.parametrize("what", ["pause", "lock", "call", "full_screen", "away", "break", "snooze"])
def test_it_is_gone_at_once(home: Maker, what: str) -> None:
    """Not by fading: whatever keeps reminders quiet takes it off the screen within a turn (an empty chair within the
    seconds that it takes to be sure of it)."""
    house = home()
    wish: dict[str, Command | CommandKind | Callable[[], None]] = {
        "pause": CommandKind.PAUSE,
        "break": CommandKind.BREAK_NOW,
        "snooze": CommandKind.SNOOZE,
        "lock": lambda: house.desktop.set(locked=True),
        "call": lambda: house.desktop.set(in_call=True),
        "full_screen": lambda: house.desktop.set(full_screen=True),
        "away": lambda: house.sit(()),
    }
    seen: dict[str, list[str]] = {}
    house.at(200, lambda: seen.update(before=list(house.launcher.opened)))
    house.at(200.1, wish[what])
    house.at(
        206 if what == "away" else 205 if what == "snooze" else 202,
        lambda: seen.update(after=list(house.launcher.opened)),
    )
    house.run(260)
    assert house.launcher.levels
    assert "-feedback" not in seen["before"]
    assert seen["after"].count("-feedback") == 1
    assert house.launcher.levels[-1] > 0.5  # and nothing was told since


def test_off_means_nothing_and_a_window_that_cannot_open_is_tried_once(home: Maker) -> None:
    """By default the screen stays as it is; where there is no screen, one slouch is one try."""
    house = home(FOLLOWING.model_copy(update={"posture": PostureSettings(hold_s=120, notification=False)}))
    house.run(200)
    assert house.launcher.levels == []
    house = home()
    house.at(60, Command(CommandKind.WINDOW_FAILED, text="feedback")).run(200)
    assert len(house.launcher.levels) > 0
    assert max(house.launcher.levels) < 0.5


def test_it_is_switched_off_and_on_in_the_file(home: Maker) -> None:
    """While it is on the screen: gone with the setting, and back with it."""
    house = home()
    off = FOLLOWING.model_copy(update={"posture": FOLLOWING.posture.model_copy(update={"feedback": "off"})})
    house.at(120, lambda: setattr(house.keeper, "current", off)).at(120, CommandKind.RELOAD)
    gone: list[str] = []
    house.at(125, lambda: gone.extend(house.launcher.opened))
    house.at(130, lambda: setattr(house.keeper, "current", FOLLOWING)).at(130, CommandKind.RELOAD)
    told: list[float] = []
    house.at(130, lambda: told.extend(house.launcher.levels)).run(200)
    assert "-feedback" in gone
    assert len(house.launcher.levels) > len(told)
