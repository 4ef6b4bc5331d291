"""What lies over the screen: a break over all monitors, a border and a dimming; with a compositor and without one."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.conftest import (
    BACKGROUND,
    PATIENCE_S,
    Robot,
    end,
    need,
    paint_background,
    start,
    until,
    window_manager,
    x_screen,
)
from posturewatch.app import doctor
from posturewatch.app.launcher import DesktopLauncher
from posturewatch.base.child import Said
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.settings import PostureSettings, Settings
from posturewatch.desktop.presence.linux import X11Questions
from posturewatch.disk.folders import Folders
from posturewatch.ui.feedback_window import GROW_S, FeedbackView, step_towards
from posturewatch.ui.open import WindowHandle, open_window
from posturewatch.ui.overlay import edges
from posturewatch.ui.palette import LIGHT
from posturewatch.ui.screens import Box
from ui.test_on_a_desktop import BREAK
from ui.test_places_on_a_desktop import split

WIDE, HALF, HIGH = 2732, 1366, 768
MIDDLES = ((HALF // 2, HIGH // 2), (HALF + HALF // 2, HIGH // 2))
AMBER = (0xE6, 0x9F, 0x00)
PAPER = tuple(int(LIGHT.paper[place : place + 2], 16) for place in (1, 3, 5))

Opener = Callable[..., WindowHandle]


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    """A screen of two monitors side by side, with a window manager; the pointer on the right one."""
    for name in ("WAYLAND_DISPLAY", "GDK_SCALE", "LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    with x_screen(f"{WIDE}x{HIGH}x24") as display:
        monkeypatch.setenv("DISPLAY", display)
        split(display, HALF)
        paint_background(display)
        with window_manager(display):
            robot = Robot(display)
            robot.do("mousemove", "2000", "300")
            yield robot


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Opens windows as the app does, and closes them."""
    with ExitStack() as stack:

        def open_one(name: str, view: object, heard: Callable[[Said], None] | None = None) -> WindowHandle:
            handle = open_window(name, view, heard)  # type: ignore[arg-type]
            stack.callback(handle.close)
            assert handle.shown(PATIENCE_S)
            return handle

        yield open_one


@pytest.fixture
def compositor(two: Robot) -> Iterator[subprocess.Popen[bytes]]:
    """Blends windows, before a background that it knows of."""
    give_wallpaper(two.display)
    process = start(need("picom"), "--backend", "xrender", "--config", "/dev/null")
    assert until(lambda: blends(two.display))
    yield process
    end(process)


def give_wallpaper(display: str) -> None:
    """The background as a picture, by the property that compositors draw it from."""
    from Xlib import X, Xatom
    from Xlib.display import Display

    connection = Display(display)
    root = connection.screen().root
    pixmap = root.create_pixmap(WIDE, HIGH, connection.screen().root_depth)
    red, green, blue = BACKGROUND
    pen = pixmap.create_gc(foreground=(red << 16) | (green << 8) | blue)
    pixmap.fill_rectangle(pen, 0, 0, WIDE, HIGH)
    root.change_property(connection.intern_atom("_XROOTPMAP_ID"), Xatom.PIXMAP, 32, [pixmap.id])
    connection.set_close_down_mode(X.RetainPermanent)
    connection.sync()
    connection.close()


def blends(display: str) -> bool:
    """Whether somebody owns the selection of compositors."""
    from Xlib import X
    from Xlib.display import Display

    connection = Display(display)
    owner = connection.get_selection_owner(connection.intern_atom("_NET_WM_CM_S0"))
    connection.close()
    return bool(owner != X.NONE)


def colour(robot: Robot, at: tuple[int, int]) -> tuple[int, ...]:
    """What is seen there."""
    found = robot.picture().getpixel(at)
    assert isinstance(found, tuple)
    return found


def brightness(robot: Robot, at: tuple[int, int]) -> int:
    """How light it is there, 0 to 765."""
    return sum(colour(robot, at))


# ------------------------------------------------------------------ a break over the screen


@pytest.mark.desktop
def test_a_break_covers_every_monitor_or_one(two: Robot, opened: Opener) -> None:
    """All of them by choice; the one with the pointer; a part of it, as by default."""
    for cover, covered in (("all", (True, True)), ("screen", (False, True)), ("window", (False, False))):
        handle = opened("break_window", replace(BREAK, cover=cover))
        corners = ((4, HIGH - 4), (WIDE - 4, HIGH - 4))
        wanted = tuple(PAPER if each else BACKGROUND for each in covered)
        assert until(lambda wanted=wanted, corners=corners: tuple(colour(two, each) for each in corners) == wanted), (
            cover
        )
        handle.close()
        assert until(lambda: colour(two, MIDDLES[0]) == BACKGROUND)


@pytest.mark.desktop
def test_a_break_over_the_screen_is_no_program_that_fills_it(two: Robot, opened: Opener) -> None:
    """Or it would mute itself: the app's own question about the active window says no."""
    opened("break_window", replace(BREAK, cover="all"))
    assert until(lambda: two.do("getactivewindow", "getwindowname") == "Time for a short break")
    assert until(lambda: colour(two, (WIDE - 4, HIGH - 4)) == PAPER)
    assert X11Questions().ask().full_screen is False


@pytest.mark.desktop
def test_nobody_is_locked_in(two: Robot, opened: Opener) -> None:
    """A second Escape leaves at once, whatever was typed before; keys that were meant for a text do nothing else; the
    mouse answers without waiting."""
    handle = opened("break_window", replace(BREAK, cover="all"))
    assert until(lambda: two.do("getwindowfocus", "getwindowname") == "Time for a short break")
    # In one go: on a busy computer a program that presses a key may take longer than the rest that wakes the buttons.
    two.do("key", "--delay", "60", "space", "Return", "Tab", "Return", "space", "Escape", "a", "space", "Return", "a")
    assert handle.poll() == ()
    assert handle.alive
    two.do("key", "--delay", "60", "Escape", "Escape")
    assert until(lambda: not handle.alive)
    handle = opened("break_window", replace(BREAK, cover="screen"))
    assert until(lambda: two.find_colour((0x00, 0x80, 0x5E), 0) is not None)
    picture = two.picture().crop((HALF, HIGH * 2 // 3, WIDE, HIGH))
    accent = [
        (x, y) for x in range(picture.width) for y in range(picture.height) if picture.getpixel((x, y)) == (0, 128, 94)
    ]
    x, y = accent[len(accent) // 2]
    two.click(HALF + x, HIGH * 2 // 3 + y)
    said = handle.wait(PATIENCE_S)
    assert said is not None
    assert said.kind == "take"


@pytest.mark.desktop
def test_a_covered_monitor_gives_the_keyboard_back_to_the_break(two: Robot, opened: Opener) -> None:
    """A click on the empty one does not go to what lies below it."""
    handle = opened("break_window", replace(BREAK, cover="all", begun=True))
    assert until(lambda: colour(two, MIDDLES[0]) == PAPER)
    two.click(*MIDDLES[0])
    two.key("Escape")
    assert until(lambda: not handle.alive)


@given(
    st.builds(Box, st.integers(0, 50), st.integers(0, 50), st.integers(1, 60), st.integers(1, 60)),
    st.builds(Box, st.integers(0, 50), st.integers(0, 50), st.integers(1, 60), st.integers(1, 60)),
)
def test_the_rest_of_a_monitor_that_mirrors_another_is_covered_once(box: Box, own: Box) -> None:
    """Each point of it that lies outside the break's own window, and no other one."""
    parts = box.without(own)
    for x in range(0, 115, 3):
        for y in range(0, 115, 3):
            assert sum(part.has(x, y) for part in parts) == (box.has(x, y) and not own.has(x, y))


# ------------------------------------------------------------------ feedback that follows


@pytest.mark.desktop
@pytest.mark.parametrize("look", ["border", "dim"])
def test_without_a_compositor_there_is_a_thin_border_at_most(two: Robot, opened: Opener, look: str) -> None:
    """Opaque, six pixels wide at the very most, on every monitor; what lies inside is as it was."""
    handle = opened("feedback_window", FeedbackView(look, 1.0))
    assert until(lambda: colour(two, (HALF + 5, 400)) == AMBER)
    assert colour(two, (5, 400)) == colour(two, (WIDE - 5, 400)) == colour(two, (300, HIGH - 5)) == AMBER
    for at in (*MIDDLES, (8, 400), (HALF - 8, 8), (HALF + 8, HIGH - 8)):
        assert colour(two, at) == BACKGROUND
    handle.tell("level", look=look, level=0.2)
    assert until(lambda: colour(two, (5, 400)) == BACKGROUND)
    assert colour(two, (0, 400)) == AMBER


@pytest.mark.desktop
def test_with_a_compositor_the_screen_really_darkens(
    two: Robot, compositor: subprocess.Popen[bytes], opened: Opener
) -> None:
    """The middle of both monitors, by about as much as is wished and no more; and it fades to what it was."""
    before = [brightness(two, at) for at in MIDDLES]
    handle = opened("feedback_window", FeedbackView("dim", 1.0))
    assert until(lambda: all(brightness(two, at) < 0.8 * was for at, was in zip(MIDDLES, before, strict=True)))
    time.sleep(GROW_S)
    assert all(brightness(two, at) > 0.65 * was for at, was in zip(MIDDLES, before, strict=True))
    handle.tell("level", look="dim", level=0.0)
    assert until(lambda: not handle.alive)
    assert until(lambda: [brightness(two, at) for at in MIDDLES] == before)


@pytest.mark.desktop
def test_a_compositor_that_dies_leaves_no_black_screen(
    two: Robot, compositor: subprocess.Popen[bytes], opened: Opener
) -> None:
    """The sheet would be opaque from then on: within a second there is a thin border in its place."""
    opened("feedback_window", FeedbackView("dim", 1.0))
    two.do("sleep", "1")
    end(compositor)
    assert until(lambda: colour(two, (0, 400)) == AMBER, 5)
    paint_background(two.display)
    assert until(lambda: all(colour(two, at) == BACKGROUND for at in MIDDLES), 5)


@pytest.mark.desktop
@pytest.mark.usefixtures("two")
def test_doctor_says_where_a_dimming_is_but_a_border(request: pytest.FixtureRequest) -> None:
    """Only to those who want the screen to show it, and only while the desktop blends no windows."""
    wish = PostureSettings(feedback="dim")
    assert "thin border" in doctor.display(wish).says
    assert "thin border" not in doctor.display(PostureSettings()).says
    request.getfixturevalue("compositor")
    found = doctor.display(wish)
    assert (found.level, "thin border" in found.says) == ("ok", False)


@pytest.mark.desktop
@pytest.mark.usefixtures("compositor")
def test_another_look_is_taken_up_while_it_is_seen(two: Robot, tmp_path: Path) -> None:
    """At its full strength, when nothing else would be told: a border becomes a dimming, and shut it is gone."""
    folders = Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()
    pad = DesktopLauncher(folders, QueueInbox(), Settings(posture=PostureSettings(feedback="border")))
    before = brightness(two, MIDDLES[0])
    pad.follow(1.0)
    assert until(lambda: colour(two, (0, 400)) != BACKGROUND)
    assert brightness(two, MIDDLES[0]) == before
    pad.change(Settings(posture=PostureSettings(feedback="dim")))
    assert until(lambda: brightness(two, MIDDLES[0]) < 0.8 * before)
    pad.shut("feedback")
    assert until(lambda: brightness(two, MIDDLES[0]) == before)
    pad.close()


@pytest.mark.desktop
@pytest.mark.usefixtures("compositor")
@pytest.mark.parametrize("look", ["border", "dim"])
def test_mouse_and_keyboard_go_through_it(two: Robot, opened: Opener, look: str) -> None:
    """What lies under the pointer, at the edge and in the middle, is what lies below."""
    window = opened("feedback_window", FeedbackView(look, 1.0))
    time.sleep(GROW_S)
    focus = two.do("getwindowfocus")
    for x, y in ((HALF + 1, 400), (2, 2), *MIDDLES):
        two.click(x, y)
        place = dict(line.split("=") for line in two.do("getmouselocation", "--shell").splitlines())
        name = two.do("getwindowclassname", place["WINDOW"])
        assert "posturewatch" not in name.lower()
    assert two.do("getwindowfocus") == focus
    assert window.alive


@pytest.mark.desktop
def test_closed_by_the_app_it_is_gone_at_once(two: Robot, opened: Opener) -> None:
    """Within half a second, not faded."""
    handle = opened("feedback_window", FeedbackView("border", 1.0))
    assert until(lambda: colour(two, (0, 400)) == AMBER)
    handle.close()
    assert colour(two, (0, 400)) == BACKGROUND


@pytest.mark.desktop
@pytest.mark.usefixtures("compositor")
def test_under_wayland_nothing_see_through_is_tried(
    two: Robot, opened: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There an opacity may be ignored: a thin border is all, even where a compositor owns its selection."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-none")
    before = colour(two, MIDDLES[0])
    opened("feedback_window", FeedbackView("dim", 1.0))
    assert until(lambda: colour(two, (0, 400)) == AMBER)
    assert colour(two, MIDDLES[0]) == before


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 10))
def test_it_moves_smoothly_and_never_beyond(now: float, wanted: float, passed_s: float) -> None:
    """Towards what is wished, never past it, and quicker down than up."""
    after = step_towards(now, wanted, passed_s)
    assert min(now, wanted) <= after <= max(now, wanted)
    assert abs(after - now) <= passed_s * (1 / 1.5) + 1e-9


@given(
    st.builds(Box, st.integers(-99, 99), st.integers(-99, 99), st.integers(40, 99), st.integers(40, 99)),
    st.integers(1, 9),
)
def test_the_bands_lie_along_the_edge_without_overlap(box: Box, width: int) -> None:
    """Each point nearer to the edge than their width lies in exactly one of them, the others in none."""
    for x in range(box.left, box.left + box.width, 7):
        for y in range(box.top, box.top + box.height, 7):
            near = min(x - box.left, y - box.top, box.left + box.width - 1 - x, box.top + box.height - 1 - y) < width
            assert sum(band.has(x, y) for band in edges(box, width)) == near
