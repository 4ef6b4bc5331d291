"""Our windows on a real screen: seen, used by keyboard, closed from either side."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktop.conftest import PATIENCE_S, Robot, until
from posturewatch.base.child import Said
from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import set_language
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.core.reminding.exercises import builtin
from posturewatch.ui.break_window import BreakView
from posturewatch.ui.diary_window import DiaryView
from posturewatch.ui.first_run import Answers, SetupView, run_in_window
from posturewatch.ui.form import FieldView
from posturewatch.ui.help_window import HelpView
from posturewatch.ui.open import WindowHandle, item_at, menu_heard, menu_view, open_window
from posturewatch.ui.palette import DARK, LIGHT
from posturewatch.ui.plan_form_window import COURSE, EXERCISE, PHASE, PartView, PlanFormView
from posturewatch.ui.settings_window import SettingsView
from ui.test_first_run import Tools

pytestmark = pytest.mark.desktop

Opener = Callable[..., WindowHandle]

ACCENT = (0x00, 0x80, 0x5E)
NOD = builtin()[0]
BREAK = BreakView("Time for a short break", 45, "Look away.", NOD.name, NOD.text, NOD.dose, NOD.picture, dark=False)
ITEMS = (
    MenuItem("Upright", enabled=False),
    MenuItem(),
    MenuItem("Pause", children=(MenuItem("1 hour", Command(CommandKind.PAUSE, 3600)), MenuItem("2 hours"))),
    MenuItem("Quit", Command(CommandKind.QUIT)),
)


def shown(screen: Robot, title: str) -> str:
    """Wait for the window of this title, give it the keyboard, and see that something is drawn in it."""
    window = screen.window(title)
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    left, top, width, height = screen.place(window)

    def drawn() -> bool:
        picture = screen.picture().crop((left, top, left + width, top + height))
        return len(picture.getcolors(1_000_000) or []) > 30

    assert until(drawn)
    keep = os.environ.get("POSTUREWATCH_SCREENSHOTS")
    if keep:
        Path(keep).mkdir(parents=True, exist_ok=True)
        name = "".join(char if char.isalnum() else "-" for char in title.strip("^$"))
        screen.picture().crop((left, top, left + width, top + height)).save(Path(keep) / f"{name}.png")
    return window


@pytest.fixture
def opened() -> Iterator[Callable[..., WindowHandle]]:
    """Opens windows as the app does and closes what a failed test has left."""
    handles: list[WindowHandle] = []

    def open_one(name: str, view: object, heard: Callable[[Said], Said | None] | None = None) -> WindowHandle:
        handles.append(open_window(name, view, heard))  # type: ignore[arg-type]
        return handles[-1]

    yield open_one
    for handle in handles:
        handle.close()


def step(screen: Robot, title: str, cause: str | Callable[[], None]) -> None:
    """Press a key, or do something else to the window, and wait until it shows something else."""
    window = screen.window(title)
    assert window is not None
    left, top, width, height = screen.place(window)
    box = (left, top, left + width, top + height)
    before = screen.picture().crop(box).tobytes()
    if isinstance(cause, str):
        screen.key(cause)
    else:
        cause()
    assert until(lambda: screen.picture().crop(box).tobytes() != before), cause


def lit(screen: Robot, title: str, part: float, *, left_half: bool = False) -> bool:
    """Whether something in the window's lowest ``part`` has the accent's colour: a main button that is awake, or the
    frame of the button that has the keyboard."""
    window = screen.window(title)
    assert window is not None
    left, top, width, height = screen.place(window)
    box = (left, top + round(height * (1 - part)), left + width // (2 if left_half else 1), top + height)
    colours = screen.picture().crop(box).getcolors(1_000_000) or []
    return sum(count for count, colour in colours if colour == ACCENT) > 30


def kinds(handle: WindowHandle) -> list[str]:
    """What the window has said by its end."""
    assert until(lambda: not handle.alive)
    found: list[Said] = []
    assert until(lambda: found.extend(handle.poll()) or (found and found[-1].kind == "closed"))
    return [said.kind for said in found]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("Escape",), ["closed"]),
        (("shift+Tab", "Return"), ["postpone", "closed"]),
        (("shift+Tab", "shift+Tab", "Return"), ["skip", "closed"]),
        (("Return", "Return"), ["take", "closed_early", "closed"]),
    ],
)
def test_a_break_is_answered_by_keyboard(opened: Opener, screen: Robot, keys: tuple[str, ...], said: list[str]) -> None:
    """Postpone, skip, take and finish early, or nothing, without a mouse."""
    handle = opened("break_window", BREAK)
    shown(screen, "^Time for a short break$")
    assert until(lambda: lit(screen, "^Time for a short break$", 0.12))
    screen.key(*keys)
    assert kinds(handle) == said
    handle.close()


def test_somebody_who_types_on_does_not_answer_a_break(opened: Opener, screen: Robot) -> None:
    """Keys that were meant for a text when the window came up neither take, skip nor close it; after a moment's rest
    the buttons wake and the same key counts."""
    title = "^Time for a short break$"
    handle = opened("break_window", BREAK)
    window = screen.window(title)
    assert window is not None
    screen.do("windowfocus", "--sync", window)
    screen.key(*("space", "Return", "Escape", "Tab", "Return") * 4)
    assert handle.alive
    assert handle.poll() == ()
    assert until(lambda: lit(screen, title, 0.12))
    screen.key("Return")
    assert until(lambda: [said.kind for said in handle.poll()] == ["take"])
    handle.close()


def test_a_break_runs_to_its_end(opened: Opener, screen: Robot) -> None:
    """A break that the app began counts down, says done and goes; a strict one begins by itself and says so."""
    handle = opened("break_window", replace(BREAK, seconds=1, begun=True))
    assert kinds(handle) == ["done", "closed"]
    handle = opened("break_window", replace(BREAK, seconds=1, strict=True))
    assert kinds(handle) == ["take", "done", "closed"]
    handle.close()


def test_a_strict_break_cannot_be_escaped(opened: Opener, screen: Robot) -> None:
    """Neither Escape nor the close button ends a strict break, its end does; the app still can."""
    handle = opened("break_window", replace(BREAK, strict=True, seconds=60))
    shown(screen, "^Time for a short break$")
    screen.key("Escape", "Return", "space")
    screen.key("alt+F4")
    assert handle.alive
    handle.close()
    assert not handle.alive


def test_the_diary_by_keyboard(opened: Opener, screen: Robot) -> None:
    """What is typed goes to the app as it stands; a no leaves it there, said twice while it waits it is sent once,
    and a yes closes the form."""
    title = "^Headache diary$"
    handle = opened("diary_window", DiaryView("2026-11-23", "09:05", dark=False))
    shown(screen, title)
    screen.key("Tab", "Tab")
    screen.do("type", "long")
    screen.key("ctrl+Return", "ctrl+Return")
    said = handle.wait(PATIENCE_S)
    assert said is not None
    assert (said.kind, said.get("duration_min")) == ("headache", "long")
    assert handle.poll() == ()
    step(screen, title, lambda: handle.tell("refused", why="Write the duration in minutes."))
    screen.key("ctrl+a", "BackSpace")
    screen.do("type", "45")
    screen.key("Tab", "Tab", "space", "ctrl+Return")
    said = handle.wait(PATIENCE_S)
    assert said is not None
    typed = {name: said.get(name) for name in ("day", "time", "duration_min", "side", "note")}
    assert typed == {"day": "2026-11-23", "time": "09:05", "duration_min": "45", "side": "left", "note": ""}
    assert handle.alive
    handle.tell("kept")
    assert kinds(handle) == ["closed"]
    handle.close()


def test_when_to_seek_help(opened: Opener, screen: Robot) -> None:
    """The list is on the screen and Return closes it."""
    handle = opened("help_window", HelpView(dark=True))
    shown(screen, "^When to seek help$")
    screen.key("Return")
    assert kinds(handle) == ["closed"]
    handle.close()


def test_the_menu_window(opened: Opener, screen: Robot) -> None:
    """Return opens the part, an arrow and Return take its first line, and the caller gets the item."""
    chosen: list[MenuItem] = []
    opened("menu_window", menu_view(ITEMS), menu_heard(ITEMS, chosen.append))
    shown(screen, "^posturewatch$")
    screen.key("Return", "Down", "Return")
    assert until(lambda: chosen)
    assert chosen[0].command == Command(CommandKind.PAUSE, 3600)


def test_the_first_run_in_a_window(screen: Robot) -> None:
    """Nine pages by keyboard; a refused calibration may be repeated; Return takes an answer; they are applied once."""
    tools = Tools(refuse=1)
    results: list[Answers | None] = []
    runner = threading.Thread(target=lambda: results.append(run_in_window(tools, Answers(), "linux")), daemon=True)
    runner.start()
    title = "^Set up posturewatch$"
    shown(screen, title)
    for key in ("Return", "Return", "space"):
        step(screen, title, key)
    assert until(lambda: len(tools.calibrated) == 1)
    # While it calibrates no button has the keyboard; refused, Start has it again; done, Next is the main button.
    assert until(lambda: lit(screen, title, 0.5, left_half=True))
    step(screen, title, "space")
    assert until(lambda: len(tools.calibrated) == 2)
    assert until(lambda: lit(screen, title, 0.15))
    for _page in range(4):
        step(screen, title, "Return")
    for key in ("shift+Tab", "shift+Tab", "shift+Tab", "Return"):  # from Next by Back and No to Yes
        step(screen, title, key)
    step(screen, title, "Return")  # start watching now
    assert until(lambda: tools.applied)
    screen.key("Return")
    runner.join(PATIENCE_S)
    assert results == [Answers(source="0", calibrated=True, autostart=True)]
    assert tools.applied == results


def test_closing_the_first_run_changes_nothing(screen: Robot) -> None:
    """Escape on the way: nothing is applied, and the caller knows."""
    tools = Tools()
    results: list[Answers | None] = []
    runner = threading.Thread(target=lambda: results.append(run_in_window(tools, Answers(), "linux")), daemon=True)
    runner.start()
    shown(screen, "^Set up posturewatch$")
    step(screen, "^Set up posturewatch$", "Return")
    screen.key("Escape")
    runner.join(PATIENCE_S)
    assert results == [None]
    assert tools.applied == []


@dataclass(frozen=True)
class Case:
    """A window to be opened from the app and closed from the app."""

    name: str
    title: str
    view: object


SETTINGS = SettingsView(
    (
        ("Breaks", (FieldView("breaks.every_min", "Every (minutes)", "text", "30", (), "5 to 120"),)),
        ("Calls", (FieldView("courtesy.calls", "Silent in calls", "switch", "yes"),)),
    ),
    dark=True,
)

_NAME = FieldView("name", "Name", "text", "")
PLAN_FORM = PlanFormView(
    "anna.toml",
    (
        PartView(COURSE, "", (("", (FieldView("title", "Title", "text", ""),)),)),
        PartView(PHASE, "1", (("", (_NAME,)),)),
    ),
    PartView(PHASE, "", (("", (_NAME,)),)),
    (("One of your own", PartView(EXERCISE, "", (("", (_NAME, FieldView("phases", "Phases", "days", ""))),))),),
    dark=True,
)


CASES = (
    Case("break_window", "^Time for a short break$", replace(BREAK, strict=True, dark=True)),
    Case("diary_window", "^Headache diary$", DiaryView("2026-11-23", "09:05", dark=True)),
    Case("help_window", "^When to seek help$", HelpView()),
    Case("menu_window", "^posturewatch$", menu_view(ITEMS)),
    Case("plan_form_window", "^Plan: anna.toml$", PLAN_FORM),
    Case("settings_window", "^Settings$", SETTINGS),
    Case("setup_window", "^Set up posturewatch$", SetupView("linux", (("0", "Webcam"),), Answers(), dark=True)),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_app_closes_its_windows(opened: Opener, screen: Robot, case: Case) -> None:
    """Each window goes within two seconds when the app says so, and says closed once."""
    handle = opened(case.name, case.view)
    shown(screen, case.title)
    handle.close()
    assert not handle.alive
    assert [said.kind for said in handle.poll()].count("closed") == 1


def test_settings_are_typed_refused_at_their_field_and_saved(opened: Opener, screen: Robot) -> None:
    """By the keyboard alone: only what was changed is said; a refusal leaves the window open, a yes closes it."""
    handle = opened("settings_window", SETTINGS)
    window = shown(screen, "^Settings$")
    for key in ("Tab", "ctrl+a", "9", "9", "9", "Tab", "Tab", "Tab"):
        step(screen, "^Settings$", key)
    screen.key("Return")
    said = handle.wait(60)
    assert said is not None
    assert (said.kind, said.get("values")) == ("save", {"breaks.every_min": "999"})
    _left, _top, _width, height = screen.place(window)
    handle.tell("refused", problems={"breaks.every_min": "999 is not allowed (a number from 5 to 120)"})
    assert until(lambda: screen.place(window)[3] > height)  # by the line that says why
    screen.key("Return")
    assert (again := handle.wait(60)) is not None
    assert again.kind == "save"
    handle.tell("kept")
    assert until(lambda: not handle.alive)


@pytest.mark.parametrize("dark", [False, True])
def test_the_chosen_answer_looks_chosen(opened: Opener, screen: Robot, dark: bool) -> None:
    """In its middle the chosen circle has the accent's colour, the other one the field's."""
    colour = (DARK if dark else LIGHT).accent
    accent = tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))
    opened("setup_window", SetupView("linux", (("0", "Webcam"), ("2", "Other")), Answers(), dark=dark))
    title = "^Set up posturewatch$"
    window = shown(screen, title)
    step(screen, title, "Return")
    left, top, width, height = screen.place(window)
    # The circles stand in the left margin; the buttons, which have the accent too, at the lower right.
    part = screen.picture().crop((left, top, left + width // 6, top + height * 2 // 3)).convert("RGB")
    places = [(x, y) for x in range(part.width) for y in range(part.height) if part.getpixel((x, y)) == accent]
    rows = sorted({y for _x, y in places})
    middle = rows[len(rows) // 2]
    assert 5 < len(rows) < 30  # one circle, and not two
    across = sorted(x for x, y in places if y == middle)
    assert (across[len(across) // 2], middle) in places
    centre = (min(across) + max(across)) // 2
    assert part.getpixel((centre, middle)) == accent


def accent_in(screen: Robot, window: str, box: tuple[float, float, float, float]) -> int:
    """Pixels of the accent's colour in a part of the window (shares of its width and height)."""
    left, top, width, height = screen.place(window)
    part = tuple(round(at) for at in (box[0] * width, box[1] * height, box[2] * width, box[3] * height))
    picture = screen.picture().crop((left + part[0], top + part[1], left + part[2], top + part[3]))
    return sum(count for count, colour in picture.getcolors(1_000_000) or [] if colour == ACCENT)


def test_a_switch_that_is_on_is_filled_and_one_that_is_off_is_not(opened: Opener, screen: Robot) -> None:
    """Space turns the switch off and on again: a filled box with a tick, and an empty one."""
    opened("settings_window", replace(SETTINGS, dark=False))
    window = shown(screen, "^Settings$")
    switches = (0.4, 0.15, 1.0, 0.6)
    for key in ("Tab", "Tab"):
        step(screen, "^Settings$", key)
    on = accent_in(screen, window, switches)  # the frame of what has the keyboard included
    step(screen, "^Settings$", "space")
    assert until(lambda: accent_in(screen, window, switches) < on - 100)
    step(screen, "^Settings$", "space")
    assert until(lambda: accent_in(screen, window, switches) == on)


def test_a_refusal_stands_below_its_field_and_over_none(opened: Opener, screen: Robot) -> None:
    """Two fields of a column: the complaint about the first moves the second down by its own height."""
    fields = tuple(FieldView(f"breaks.{name}", name, "text", "30") for name in ("every_min", "length_s"))
    handle = opened("settings_window", SettingsView((("Breaks", fields),), dark=False))
    window = shown(screen, "^Settings$")
    before = screen.place(window)[3]
    handle.tell("refused", problems={"breaks.every_min": "999 is not allowed"})
    assert until(lambda: screen.place(window)[3] > before)
    first = screen.place(window)[3]
    handle.tell("refused", problems={"breaks.every_min": "999 is not allowed", "breaks.length_s": "so is this"})
    assert until(lambda: screen.place(window)[3] > first)


@pytest.mark.parametrize(("scale", "least"), [("1", 500), ("1.05", 530), ("3", 530)])
def test_a_dense_screen_gets_a_larger_window_that_still_fits(
    opened: Opener, screen: Robot, monkeypatch: pytest.MonkeyPatch, scale: str, least: int
) -> None:
    """The window grows with the scale, but never beyond the screen."""
    monkeypatch.setenv("GDK_SCALE", scale)
    handle = opened("break_window", BREAK)
    window = shown(screen, "^Time for a short break$")
    _left, _top, width, height = screen.place(window)
    handle.close()
    assert least * 0.9 < width < 700
    assert height < 800


@pytest.mark.parametrize(("language", "title"), [("en", "When to seek help"), ("de", "Wann Sie Hilfe suchen sollten")])
def test_windows_speak_the_user_s_language(opened: Opener, screen: Robot, language: str, title: str) -> None:
    """The window's process takes the language of the app."""
    set_language(language)
    try:
        handle = opened("help_window", HelpView())
        assert screen.window(f"^{title}$") is not None
        handle.close()
    finally:
        set_language("en")


def test_no_screen_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a display no process is started, and the error says what to do."""
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    with pytest.raises(DesktopError) as caught:
        open_window("help_window", HelpView())
    assert caught.value.hint


def test_a_dead_display_ends_the_window_and_nothing_else(opened: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    """A display that cannot be reached: the handle says closed."""
    monkeypatch.setenv("DISPLAY", ":987")
    handle = opened("help_window", HelpView())
    said = handle.wait(PATIENCE_S)
    assert said is not None
    assert said.kind == "closed"
    handle.close()


def test_a_path_outside_the_menu_is_nothing() -> None:
    """Whatever a window says, only lines of the menu are found."""
    for path in ("", "9", "2.9", "x", "2.0.0", "-1", "2..0"):
        assert item_at(ITEMS, path) is None
    assert item_at(ITEMS, "2.1") == MenuItem("2 hours")
