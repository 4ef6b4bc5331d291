"""Every window on small screens and on two monitors: seen whole, on the monitor with the pointer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PIL import Image

from desktop.conftest import Robot, until, window_manager, x_screen
from fakes import MONDAY_NINE
from posturewatch.app.menu import menu_for
from posturewatch.app.settings_form import settings_view
from posturewatch.base.records import Snapshot, State
from posturewatch.base.settings import CameraSettings, Settings
from posturewatch.sensor_client.window import SensorWindow, open_calibration, open_live, open_preview
from posturewatch.ui.day_view import Course, TodayView, WeekLine
from posturewatch.ui.diary_window import DiaryView
from posturewatch.ui.first_run import Answers, SetupView
from posturewatch.ui.help_window import HelpView
from posturewatch.ui.open import WindowHandle, menu_view, open_window
from posturewatch.ui.palette import LIGHT
from ui.test_on_a_desktop import BREAK

pytestmark = pytest.mark.desktop

Opener = Callable[[], SensorWindow | WindowHandle]

NOW = Snapshot(MONDAY_NINE, State.UPRIGHT, None, 0.2, 0.3, None, "desk", ("desk", "laptop", "standing"))
SETTINGS = Settings(camera=CameraSettings(source="99"))


def full_day() -> TodayView:
    """A day with all that a window of a day may hold, in the language with the longest words."""
    course = Course(
        minutes=tuple((at, "v", 1.0, 0.4, True) for at in range(480, 1080)),
        marks=((600, 3, "square", "Kopfschmerzen"),),
        shifts=((480, 0),),
        lanes=("Hinweis", "Pause", "Beobachtung", "Kopfschmerzen"),
        states={"u": "anwesend, keine verlässliche Zahl", "a": "abwesend", "p": "angehalten", "o": "Kamera aus"},
        units="cm",
        limit_in=1.0,
        limit_words="Grenze 2,5 cm",
    )
    line = WeekLine("2026-11-23", "Mo 2026-11-23", "16 h 45 min", "12,4 ± 1,0 cm", (0.2, 0.3, 0.3, 0.2), "14 * ~")
    week = tuple(replace(line, day=f"2026-11-{day}") for day in range(17, 24))
    band = ("5,1 cm und mehr", "3 h 20 min", "61 %", 0.6)
    words = "An diesem Tag nicht abgeglichen: Er zeigt seinen eigenen Verlauf, sein Nullpunkt kann woanders liegen."
    return TodayView(
        "2026-11-23", "Heute, Mo 2026-11-23", (words, words), (words, words), course, (band,) * 4, (words, words), week,
        (words,),
    )  # fmt: skip


WINDOWS: dict[str, Opener] = {
    "^Live view$": lambda: open_live(SETTINGS, "", of_today=False),
    "^Calibrate: desk$": lambda: open_calibration(SETTINGS, "desk"),
    "^What the camera sees$": lambda: open_preview(SETTINGS.camera, SETTINGS.models),
    "^Time for a short break$": lambda: open_window("break_window", BREAK),
    "^Headache diary$": lambda: open_window("diary_window", DiaryView("2026-11-23", "09:05")),
    "^When to seek help$": lambda: open_window("help_window", HelpView()),
    "^Heute, Mo 2026-11-23$": lambda: open_window("today_window", full_day()),
    "^Settings$": lambda: open_window("settings_window", settings_view(SETTINGS)),
    "^Set up posturewatch$": lambda: open_window("setup_window", SetupView("linux", (("0", "Webcam"),), Answers())),
    "^posturewatch$": lambda: open_window("menu_window", menu_view(menu_for(NOW))),
}


@pytest.fixture
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    """A screen of the size that the test asks for, with a window manager."""
    for name in ("WAYLAND_DISPLAY", "GDK_SCALE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    with x_screen(f"{request.param}x24") as display:
        monkeypatch.setenv("DISPLAY", display)
        with window_manager(display):
            yield Robot(display)


def split(display: str, at: int) -> None:
    """Make two monitors of the screen, side by side, as RandR tells of them. (The library's own request for it cannot
    be packed.)"""
    from Xlib.display import Display
    from Xlib.ext import randr
    from Xlib.protocol import rq

    class SetMonitor(rq.Request):  # type: ignore[misc]
        _request = rq.Struct(
            *(rq.Card8("opcode"), rq.Opcode(43), rq.RequestLength(), rq.Window("window"), rq.Card32("name")),
            *(rq.Bool("primary"), rq.Bool("automatic"), rq.LengthOf("outputs", 2)),
            *(rq.Int16("x"), rq.Int16("y"), rq.Card16("wide"), rq.Card16("high")),
            *(rq.Card32("wide_mm"), rq.Card32("high_mm"), rq.List("outputs", rq.Card32Obj)),
        )

    connection = Display(display)
    screen = connection.screen()
    wide, high = screen.width_in_pixels, screen.height_in_pixels
    for name, left, width, outputs in (
        ("left", 0, at, screen.root.xrandr_get_screen_resources().outputs[:1]),
        ("right", at, wide - at, []),
    ):
        SetMonitor(
            connection.display,
            opcode=connection.display.get_extension_major(randr.extname),
            window=screen.root,
            name=connection.intern_atom(name),
            primary=name == "left",
            automatic=False,
            x=left,
            y=0,
            wide=width,
            high=high,
            wide_mm=width // 4,
            high_mm=high // 4,
            outputs=outputs,
        )
    connection.sync()
    assert len(screen.root.xrandr_get_monitors().monitors) == 2
    connection.close()


@pytest.mark.parametrize("small", ["1366x768", "1280x800"], indirect=True)
@pytest.mark.parametrize("title", WINDOWS)
def test_every_window_is_seen_whole_on_a_small_screen(small: Robot, title: str) -> None:
    """Its frame's contents lie on the screen, buttons and all."""
    handle = WINDOWS[title]()
    window = small.window(title)
    assert window is not None
    wide, high = small.picture().size
    left, top, width, height = small.place(window)
    handle.close()
    assert (left, top) >= (0, 0)
    assert left + width <= wide
    assert top + height <= high
    assert width > 300


@pytest.mark.parametrize("small", ["1366x768"], indirect=True)
def test_a_refusal_without_room_at_its_field_is_read_below_all_fields(small: Robot) -> None:
    """Where another line would push the window beyond the screen; at once, not only when the field is gone to."""
    handle = WINDOWS["^Settings$"]()
    window = small.window("^Settings$")
    assert window is not None
    left, top, width, height = small.place(window)
    handle.tell("refused", problems={"posture.threshold": "9 in is not allowed (from 0.3 in to 4 in)"})
    below = (left, top + height * 80 // 100, left + width // 2, top + height)

    def told() -> bool:
        colours = small.picture().crop(below).convert("RGB").getcolors(1_000_000) or []
        return any(colour == tuple(bytes.fromhex(LIGHT.error[1:])) for _count, colour in colours)

    assert until(told)
    assert small.place(window)[3] == height
    handle.close()


@pytest.mark.parametrize("small", ["2732x768"], indirect=True)
@pytest.mark.parametrize("pointer", [200, 2500])
@pytest.mark.parametrize("title", ["^Live view$", "^Time for a short break$", "^posturewatch$"])
def test_a_window_lies_on_the_monitor_with_the_pointer(small: Robot, title: str, pointer: int) -> None:
    """Two monitors of 1366 px: never across the seam."""
    split(small.display, 1366)
    small.do("mousemove", str(pointer), "400")
    handle = WINDOWS[title]()
    window = small.window(title)
    assert window is not None
    left, _top, width, _height = small.place(window)
    handle.close()
    near = 0 if pointer < 1366 else 1366
    assert near <= left
    assert left + width <= near + 1366


@pytest.mark.parametrize("small", ["2560x1600"], indirect=True)
@pytest.mark.parametrize("said_by", ["Xft.dpi", "GDK_SCALE"])
def test_a_window_is_twice_as_large_where_the_desktop_says_so(
    small: Robot, said_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In either way that desktops say it: letters, pictures and room between them grow alike."""
    sizes = []
    for scale in (1, 2):
        if said_by == "Xft.dpi":
            say_dpi(small.display, 96 * scale)
        else:
            monkeypatch.setenv("GDK_SCALE", str(scale))
        handle = WINDOWS["^Set up posturewatch$"]()
        window = small.window("^Set up posturewatch$")
        assert window is not None
        sizes.append((small.place(window)[2:], title_height(small.picture())))
        handle.close()
    ((wide, high), letters), ((twice_wide, twice_high), twice_letters) = sizes
    assert twice_wide == pytest.approx(2 * wide, rel=0.02)
    assert twice_high == pytest.approx(2 * high, rel=0.02)
    assert twice_letters == pytest.approx(2 * letters, rel=0.1)


def title_height(picture: Image.Image) -> int:
    """Height of the tallest run of rows with dark letters on the window's paper: its heading."""
    left, right = picture.width // 4, picture.width * 3 // 4
    dark = picture.convert("L").crop((left, 0, right, picture.height)).point(lambda level: 255 if level < 90 else 0)
    paper = picture.convert("L").crop((left, 0, right, picture.height)).point(lambda level: 255 if level > 250 else 0)
    runs, run = [0], 0
    for row in range(picture.height):
        line = (0, row, dark.width, row + 1)
        run = run + 1 if dark.crop(line).getbbox() and paper.crop(line).getbbox() else 0
        runs.append(run)
    return max(runs)


def say_dpi(display: str, dpi: int) -> None:
    """Set the X server's resources as a desktop does."""
    from Xlib.display import Display
    from Xlib.Xatom import RESOURCE_MANAGER, STRING

    connection = Display(display)
    connection.screen().root.change_property(RESOURCE_MANAGER, STRING, 8, f"Xft.dpi:\t{dpi}\n".encode())
    connection.sync()
    connection.close()


@pytest.mark.parametrize("small", ["1280x720"], indirect=True)
def test_the_menu_stays_on_the_screen_whatever_is_unfolded(small: Robot) -> None:
    """Each part unfolded in turn: the window lies on the screen, and the line with the keyboard in the window."""
    small.do("mousemove", "1200", "600")
    handle = WINDOWS["^posturewatch$"]()
    window = small.window("^posturewatch$")
    assert window is not None
    small.do("windowfocus", "--sync", window)
    for _part in range(16):
        small.key("Return", "Up")
        if not handle.alive:
            break
        left, top, width, height = small.place(window)
        assert left + width <= 1280
        assert top + height <= 720
        assert (left, top) >= (0, 0)
    handle.close()
