"""The guided first run: camera, calibration, units, limit, breaks, start at login, start. Can be run again at any time.

The pages and their order are pure functions; a window and the terminal (``first_run_terminal.py``) show the same
ones. What they do to the world (cameras, calibration, settings) comes in as :class:`SetupTools`. Nine pages, one
question each.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final, Protocol

from posturewatch.base.child import CLOSED, Said
from posturewatch.base.errors import DesktopError, PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units, length
from posturewatch.base.wording import footer, privacy_words
from posturewatch.ui.open import SHOWN_S, WindowHandle, open_window


class SetupStep(StrEnum):
    """The pages, in order."""

    WELCOME = "welcome"
    CAMERA = "camera"
    CALIBRATE = "calibrate"
    UNITS = "units"
    THRESHOLD = "threshold"
    BREAKS = "breaks"
    LOGIN = "login"
    START = "start"
    DONE = "done"


ORDER: Final = tuple(SetupStep)


@dataclass(frozen=True, slots=True)
class Option:
    """One of several answers: what is kept, and what the user reads."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user has chosen so far. Lengths in inches."""

    source: str = "0"
    calibrated: bool = False
    units: Units = "in"
    threshold_in: float = 1.0
    breaks: bool = True
    exercises: bool = False
    autostart: bool = False
    start: bool = True


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a title, paragraphs, at most one question, at most one thing to do (``camera``, ``calibrate``)."""

    step: SetupStep
    title: str
    text: tuple[str, ...]
    choices: tuple[Option, ...] = ()
    chosen: str = ""
    does: str = ""


class SetupTools(Protocol):
    """What the first run needs from the app."""

    def cameras(self) -> tuple[Option, ...]:
        """The cameras of this computer, each with the ``source`` of the settings."""
        ...

    def show_camera(self, source: str) -> None:
        """Open the sensor's live window for this camera; returns at once. Raises PosturewatchError."""
        ...

    def hide_camera(self) -> None:
        """Close it, if it is open."""
        ...

    def calibrate(self, source: str, tell: Callable[[float, str], None]) -> str:
        """Calibrate (about ten seconds), telling share 0–1 and words; returns the result in words.

        Raises PosturewatchError with the reason.
        """
        ...

    def calibrate_in_window(self, source: str) -> str:
        """As ``calibrate``, in the sensor's window with picture, countdown and Cancel; raises DesktopError where that
        cannot be had, CalibrationError where the user kept none."""
        ...

    def apply(self, answers: Answers) -> None:
        """Write the settings, set start at login, start what is to start now. Raises PosturewatchError."""
        ...


# --------------------------------------------------------------------------- the flow, pure


def page_for(step: SetupStep, answers: Answers, cameras: tuple[Option, ...], platform: str) -> Page:
    """What to show at this step. ``platform`` is ``sys.platform``."""
    pages: dict[SetupStep, Callable[[], Page]] = {
        SetupStep.WELCOME: lambda: Page(step, _("Welcome to posturewatch"), _welcome()),
        SetupStep.CAMERA: lambda: _camera_page(answers, cameras, platform),
        SetupStep.CALIBRATE: lambda: Page(step, _("Your upright posture"), _calibration(), does="calibrate"),
        SetupStep.UNITS: lambda: _units_page(answers),
        SetupStep.THRESHOLD: lambda: _threshold_page(answers),
        SetupStep.BREAKS: lambda: _breaks_page(answers),
        SetupStep.LOGIN: lambda: _login_page(answers),
        SetupStep.START: lambda: _start_page(answers),
        SetupStep.DONE: lambda: Page(step, _("That is all"), _done(answers)),
    }
    return pages[step]()


def _units_page(answers: Answers) -> Page:
    text = _("In which units shall distances and loads be shown?")
    return Page(SetupStep.UNITS, _("Units"), (text,), _unit_choices(), answers.units)


def _unit_choices() -> tuple[Option, ...]:
    return (Option("in", _("Inches and pounds")), Option("cm", _("Centimetres and kilograms")))


def _threshold_page(answers: Answers) -> Page:
    text = _("A reminder comes only when your head stays forward for three minutes, and not often.")
    chosen = f"{answers.threshold_in:g}"
    return Page(SetupStep.THRESHOLD, _("When may I tell you?"), (text,), _limits(answers.units), chosen)


def _breaks_page(answers: Answers) -> Page:
    text = _("A short break each 30 minutes at the desk, a longer one each hour. You can postpone or skip.")
    return Page(SetupStep.BREAKS, _("Breaks"), (text,), _break_choices(), chosen_break(answers))


def _login_page(answers: Answers) -> Page:
    text = _("Shall posturewatch start when you log in?")
    choices = (Option("yes", _("Yes")), Option("no", _("No")))
    return Page(SetupStep.LOGIN, _("Start at login"), (text,), choices, "yes" if answers.autostart else "no")


def _start_page(answers: Answers) -> Page:
    text = _("It runs in the background; `posturewatch quit` or the icon's menu ends it.")
    choices = (Option("yes", _("Start watching now")), Option("no", _("Not yet")))
    return Page(SetupStep.START, _("Start"), (text,), choices, "yes" if answers.start else "no")


def chosen_break(answers: Answers) -> str:
    """Which choice of the page about breaks these answers are."""
    if not answers.breaks:
        return "none"
    return "exercises" if answers.exercises else "breaks"


def _welcome() -> tuple[str, ...]:
    return (
        _("posturewatch estimates how far your head sits in front of your own upright posture, by the camera."),
        privacy_words(),
        _("The set-up takes about two minutes. Everything can be changed later."),
        footer(),
    )


def _camera_page(answers: Answers, cameras: tuple[Option, ...], platform: str) -> Page:
    hints = {
        "win32": _("If the picture stays dark: Settings, Privacy & security, Camera, allow desktop apps."),
        "darwin": _("macOS asks once whether the camera may be used. Later: System Settings, Privacy & Security."),
    }
    hint = hints.get(platform, _("If the camera may not be used: sudo usermod -aG video $USER, then log in again."))
    if not cameras:
        text = (_("No camera was found. Plug one in and come back; you may also go on without."), hint)
        return Page(SetupStep.CAMERA, _("Camera"), text)
    sources = {camera.value for camera in cameras}
    chosen = answers.source if answers.source in sources else cameras[0].value
    text = (_("Which camera sees you from the front or the side, with head and shoulders?"), hint)
    return Page(SetupStep.CAMERA, _("Camera"), text, cameras, chosen, does="camera")


def _calibration() -> tuple[str, ...]:
    return (
        _("Sit upright and at ease, as tall as you can hold without effort, and look at the screen."),
        _("Start, and stay so for about ten seconds. Everything is measured against this posture."),
    )


def _limits(units: Units) -> tuple[Option, ...]:
    return (
        Option("0.7", _("Early: from about {limit} forward").format(limit=length(0.7, units))),
        Option("1", _("Middle: from about {limit} forward").format(limit=length(1.0, units))),
        Option("1.5", _("Late: from about {limit} forward").format(limit=length(1.5, units))),
    )


def _break_choices() -> tuple[Option, ...]:
    return (
        Option("breaks", _("Yes, remind me of breaks")),
        Option("exercises", _("Yes, and suggest a gentle exercise")),
        Option("none", _("No breaks")),
    )


def _done(answers: Answers) -> tuple[str, ...]:
    calibrated = (
        _("The icon in the tray shows how you sit. A click on it has all the rest.")
        if answers.calibrated
        else _("You have not calibrated yet. Choose Calibrate in the tray, or run: posturewatch calibrate")
    )
    begins = (
        _("posturewatch is watching now. Without a tray: posturewatch status")
        if answers.start
        else _("To begin: posturewatch start, or its entry in the application menu.")
    )
    return (begins, calibrated, _("To run this again: posturewatch setup"))


def take(step: SetupStep, answers: Answers, value: str) -> Answers:
    """The answers with this page's choice. A value that the page does not offer changes nothing."""
    match step:
        case SetupStep.CAMERA if value:
            return replace(answers, source=value)
        case SetupStep.UNITS if value in {"in", "cm"}:
            return replace(answers, units="cm" if value == "cm" else "in")
        case SetupStep.THRESHOLD if value in {choice.value for choice in _limits(answers.units)}:
            return replace(answers, threshold_in=float(value))
        case SetupStep.BREAKS if value in {choice.value for choice in _break_choices()}:
            return replace(answers, breaks=value != "none", exercises=value == "exercises")
        case SetupStep.LOGIN | SetupStep.START if value in {"yes", "no"}:
            yes = value == "yes"
            return replace(answers, autostart=yes) if step is SetupStep.LOGIN else replace(answers, start=yes)
        case _:
            return answers


def following(step: SetupStep, by: int = 1) -> SetupStep:
    """The next page, or the one before; stays at the ends."""
    return ORDER[min(len(ORDER) - 1, max(0, ORDER.index(step) + by))]


# --------------------------------------------------------------------------- in a window


@dataclass(frozen=True, slots=True)
class SetupView:
    """What the set-up window starts from."""

    platform: str
    cameras: tuple[tuple[str, str], ...]
    answers: Answers
    dark: bool | None = None


def run_in_window(tools: SetupTools, answers: Answers, platform: str) -> Answers | None:
    """Go through the pages in a window and apply the answers; None when the user closed it before the end.

    Raises DesktopError where there are no windows, PosturewatchError from applying.
    """
    cameras = tuple((camera.value, camera.text) for camera in tools.cameras())
    handle = open_window("setup_window", SetupView(platform, cameras, answers))
    try:
        if not handle.shown(SHOWN_S):
            raise DesktopError(
                _("The window did not come up on the screen."), _("In the terminal: posturewatch setup --no-window")
            )
        while True:
            said = handle.wait(0.5)
            if said is None:
                continue
            if said.kind == CLOSED:
                return None
            if said.kind == "finish":
                return _finish(tools, handle, answers_from(said, answers))
            _serve(tools, handle, said)
    finally:
        tools.hide_camera()
        handle.close()


def _finish(tools: SetupTools, handle: WindowHandle, answers: Answers) -> Answers:
    """Apply, and leave the last page to the user; a failure is shown there and raised afterwards."""
    trouble: PosturewatchError | None = None
    try:
        tools.apply(answers)
    except PosturewatchError as err:
        trouble = err
        handle.tell("trouble", words=err.in_words)
    while handle.alive:
        handle.wait(0.5)
    if trouble is not None:
        raise trouble
    return answers


def answers_from(said: Said, before: Answers) -> Answers:
    """The answers in a window's message; what is missing or strange stays as it was."""
    answers = take(SetupStep.CAMERA, before, str(said.get("source") or ""))
    answers = take(SetupStep.UNITS, answers, str(said.get("units") or ""))
    answers = take(SetupStep.THRESHOLD, answers, str(said.get("threshold") or ""))
    answers = take(SetupStep.BREAKS, answers, str(said.get("breaks") or ""))
    answers = take(SetupStep.LOGIN, answers, str(said.get("login") or ""))
    answers = take(SetupStep.START, answers, str(said.get("start") or ""))
    return replace(answers, calibrated=bool(said.get("calibrated")))


def _serve(tools: SetupTools, handle: WindowHandle, said: Said) -> None:
    """Do what the window asks for; calibration in a thread, so that closing the window is heard."""
    source = str(said.get("source") or "")
    if said.kind == "show_camera":
        try:
            tools.show_camera(source)
        except PosturewatchError as err:
            handle.tell("trouble", words=err.in_words)
    elif said.kind == "calibrate":
        tools.hide_camera()
        work = threading.Thread(target=calibrate_for, args=(tools, handle, source), name="set-up", daemon=True)
        work.start()


class Listener(Protocol):
    """Hears how it goes: the set-up's window."""

    def tell(self, kind: str, **values: Any) -> None: ...


def calibrate_for(tools: SetupTools, handle: Listener, source: str) -> None:
    """Calibrate in the sensor's window with the picture, or without one where there can be none; tell how it ended."""
    try:
        try:
            words = tools.calibrate_in_window(source)
        except DesktopError:  # without the picture, then
            words = tools.calibrate(source, lambda share, words: handle.tell("calibrating", share=share, words=words))
    except PosturewatchError as err:
        handle.tell("calibrated", ok=False, words=err.in_words)
    else:
        handle.tell("calibrated", ok=True, words=words)
