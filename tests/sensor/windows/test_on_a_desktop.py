"""The windows with the camera's picture, on a screen, moved by a robot."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from camera_server import RENDERS, CameraServer, camera, jpeg, playing
from desktop.conftest import Robot, until
from posturewatch.base.errors import CalibrationError, DesktopError
from posturewatch.base.settings import CameraSettings, ModelSettings, Settings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.sensor_client.client import observations
from posturewatch.sensor_client.window import SensorWindow, calibrate_in_window, open_live, open_preview

GREEN = (0x3F, 0xC7, 0x9A)  # upon the picture, as in the dark palette
ACCENT = (0x00, 0x80, 0x5E)  # of words and buttons, in the light one


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """A camera that shows a person who sits upright."""
    with camera(playing(*(jpeg(f"d1_00{number}") for number in range(3)), fps=10)) as one:
        yield one


@pytest.fixture
def settings(server: CameraServer) -> Settings:
    """Settings with that camera."""
    return Settings(camera=CameraSettings(source=server.address))


class Later:
    """Does something in a thread while the test waits for a window's end."""

    def __init__(self, action: object) -> None:
        import threading

        self._thread = threading.Thread(target=action, daemon=True)  # type: ignore[arg-type]
        self._thread.start()

    def join(self) -> None:
        """Wait for it."""
        self._thread.join(30)


@pytest.mark.desktop
def test_a_calibration_is_made_and_kept_with_the_keyboard(screen: Robot, settings: Settings) -> None:
    """The window finds the person, counts down, measures; Return keeps the calibration, which comes as numbers."""
    seen: list[bool] = []

    def person_at_the_desk() -> None:
        window = screen.window("Calibrate: desk", 20)
        seen.append(window is not None)
        screen.do("windowfocus", window or "")
        # The button Keep turns green once the calibration is done.
        left, top, width, height = screen.place(window or "")
        box = (left, top + height - 70, left + width, top + height)

        def done() -> bool:
            part = screen.picture().crop(box)
            return sum(count for count, colour in part.getcolors(1 << 20) or [] if colour == ACCENT) > 1000

        seen.append(until(done, 40))
        screen.key("Return")

    robot_at_work = Later(person_at_the_desk)
    body = calibrate_in_window(settings, "desk")
    robot_at_work.join()
    assert seen == [True, True]
    assert Calibration.from_json(body).profile == "desk"


@pytest.mark.desktop
def test_escape_keeps_no_calibration(screen: Robot, settings: Settings) -> None:
    """Whoever closes the window has not calibrated, and that is said."""

    def change_of_mind() -> None:
        window = screen.window("Calibrate: desk", 20)
        screen.do("windowfocus", window or "")
        screen.key("Escape")

    robot_at_work = Later(change_of_mind)
    with pytest.raises(CalibrationError):
        calibrate_in_window(settings, "desk")
    robot_at_work.join()


@pytest.mark.desktop
def test_the_live_view_shows_the_estimate(screen: Robot, settings: Settings) -> None:
    """With a calibration of the same person the view says Upright, in green, and Escape closes it."""
    calibrator = Calibrator("desk", settings.user)
    people = [one for one in observations(str(RENDERS), settings.models) if one.name and one.name.startswith("d1")]
    for number in range(60):
        calibrator.feed(replace(people[number % len(people)], t_s=number * 0.2))
    said: list[bool] = []

    def person_at_the_desk() -> None:
        window = screen.window("Live view", 20)
        screen.do("windowfocus", window or "")
        left, top, width, height = screen.place(window or "")
        box = (left, top + height - 200, left + width // 2, top + height - 130)

        def green() -> bool:
            part = screen.picture().crop(box)
            return any(colour == ACCENT for _count, colour in part.getcolors(1 << 20) or [])

        said.append(until(green, 30))
        screen.key("Escape")

    robot_at_work = Later(person_at_the_desk)
    open_live(settings, calibrator.result().to_json(), of_today=True).wait()
    robot_at_work.join()
    assert said == [True]


@pytest.mark.desktop
def test_the_preview_shows_the_camera_and_goes_when_told(screen: Robot, settings: Settings) -> None:
    """First run opens it beside its own window and closes it: picture and lines are there, then nothing."""
    window = open_preview(settings.camera, settings.models)
    assert screen.window("What the camera sees", 20) is not None
    assert until(lambda: screen.find_colour(GREEN) is not None, 20)
    assert until(lambda: len(set(screen.picture().resize((64, 40)).tobytes())) > 100, 20)
    window.close()
    assert not window.alive


@pytest.mark.desktop
def test_a_missing_camera_is_said_in_the_window(screen: Robot) -> None:
    """Camera 99: the window stays and says so; it ends when it is closed."""
    window = open_preview(CameraSettings(source="99"), ModelSettings())
    found = screen.window("What the camera sees", 20)
    assert found is not None
    screen.do("windowfocus", found)
    screen.key("Escape")
    assert window.wait() == {"closed": True}


def test_without_a_screen_the_terminal_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No display: DesktopError that names the way without a window."""
    if os.name == "nt":
        pytest.skip("Windows always has a screen")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    window = open_preview(CameraSettings(source="99"), ModelSettings())
    assert isinstance(window, SensorWindow)
    with pytest.raises(DesktopError) as refused:
        window.wait()
    assert "--no-window" in refused.value.hint or "tk" in refused.value.hint
