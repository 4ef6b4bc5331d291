"""Pictures of our windows, taken of the real program on a screen of its own: name of a window → PNG.

    python tools/screenshots.py OUT                                     # every window once: English, light, 1920 × 1080
    python tools/screenshots.py OUT live settings --language en de --theme light dark --size 1366x768 --scale 1 2
    python tools/screenshots.py OUT --monitors 2 --scale 2 --density GDK_SCALE
    python tools/screenshots.py --list

``OUT/NAME.png``, with what was asked for more than once of in the name: ``settings-de-dark.png``. Camera windows show
the rendered person of the demo, by a stream on this computer. A window that does not come up, or that lies beyond its
screen, is told at the end, with exit code 1. Needs Linux, Xvfb, openbox, picom and xdotool.
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "bench")]

from PIL import Image, ImageGrab  # noqa: E402

from camera_server import CameraServer, camera, playing, silent  # noqa: E402
from generate_journal import generate, write  # noqa: E402
from posturewatch.app.calibration import calibration_from  # noqa: E402
from posturewatch.app.diary_form import entry_of  # noqa: E402
from posturewatch.app.draft_plan import DraftPhase, draft_text, signed_text, write_plan  # noqa: E402
from posturewatch.app.menu import menu_for  # noqa: E402
from posturewatch.app.plan_dialogue import PlanDialogue  # noqa: E402
from posturewatch.app.settings_form import save, settings_view  # noqa: E402
from posturewatch.app.today import DayTeller, Wish  # noqa: E402
from posturewatch.base.child import Said  # noqa: E402
from posturewatch.base.clock import SystemClock  # noqa: E402
from posturewatch.base.errors import DataError  # noqa: E402
from posturewatch.base.i18n import _, set_language  # noqa: E402
from posturewatch.base.quantities import Units  # noqa: E402
from posturewatch.base.records import Load, Snapshot, State  # noqa: E402
from posturewatch.base.settings import CameraSettings, Settings, UserSettings  # noqa: E402
from posturewatch.config.write import init_config  # noqa: E402
from posturewatch.core.reminding.exercises import builtin  # noqa: E402
from posturewatch.disk.folders import Folders  # noqa: E402
from posturewatch.offline.demo import CLIP  # noqa: E402
from posturewatch.report.now_in_words import tooltip  # noqa: E402
from posturewatch.sensor.native import load_opencv  # noqa: E402
from posturewatch.sensor_client.client import RecordingSensor  # noqa: E402
from posturewatch.sensor_client.window import (  # noqa: E402
    SensorWindow,
    open_calibration,
    open_check,
    open_live,
    open_preview,
)
from posturewatch.ui.break_window import BreakView  # noqa: E402
from posturewatch.ui.diary_window import DiaryView  # noqa: E402
from posturewatch.ui.feedback_window import FeedbackView  # noqa: E402
from posturewatch.ui.first_run import Answers, SetupView  # noqa: E402
from posturewatch.ui.help_window import HelpView  # noqa: E402
from posturewatch.ui.open import WindowHandle, menu_view, open_window  # noqa: E402
from posturewatch.ui.tooltip_window import TooltipView  # noqa: E402
from ui.test_places_on_a_desktop import split  # noqa: E402

SETTLE_S: Final = 0.6
"""For so long nothing may change before a window counts as drawn; one with a moving picture is taken all the same."""

BACKGROUND: Final = 0x446688

SHOWN_DAY: Final = date(2026, 11, 19)
"""A whole day of the generated journal, which ends on the day after, early."""

Handle = WindowHandle | SensorWindow


@dataclass(frozen=True)
class Scene:
    """What a window is opened with: settings, the demo person's calibration, folders with a generated journal."""

    settings: Settings
    calibration: str
    folders: Folders


@dataclass(frozen=True)
class Shot:
    """One picture: how the window is opened, keys that are pressed in it, what the app says to it, and for how long to
    wait then. ``whole``: the picture is of the whole screen."""

    open: Callable[[Scene], Handle]
    keys: tuple[str, ...] = ()
    tell: Callable[[Scene], Said] | None = None
    wait_s: float = 0.0
    whole: bool = False
    clip: str = "calibration"


def _now() -> datetime:
    return datetime.now().astimezone().replace(hour=9, minute=41)


def _menu(scene: Scene) -> Handle:
    now = Snapshot(
        _now(), State.UPRIGHT, None, 0.2, 0.3, Load(13, 3, "rule"), "desk", ("desk", "laptop"), next_break_s=900
    )
    return open_window("menu_window", menu_view(menu_for(now, scene.settings.user.shown_units)))


def _tooltip(scene: Scene) -> Handle:
    now = Snapshot(_now(), State.UPRIGHT, None, 0.2, 0.3, Load(13, 3, "rule"), "desk", ("desk",), next_break_s=900)
    return open_window("tooltip_window", TooltipView(tooltip(now, scene.settings.user.shown_units)))


def _break(_scene: Scene, *, begun: bool = False, cover: str = "window") -> Handle:
    tip = builtin()[0]
    words = ("", tip.name, tip.text, tip.dose, tip.picture)
    return open_window("break_window", BreakView(_("Time for a short break"), 45, *words, begun=begun, cover=cover))


def _check(scene: Scene) -> Handle:
    return open_check(scene.settings, "desk", scene.calibration, _now())


def _setup(scene: Scene) -> Handle:
    answers = Answers(units=scene.settings.user.shown_units)
    return open_window("setup_window", SetupView("linux", (("0", "Integrated Camera"), ("2", "HD Webcam")), answers))


def _today(scene: Scene) -> Handle:
    wish = Wish(scene.settings.user.shown_units, scene.settings.posture.threshold)
    teller = DayTeller(scene.folders, lambda: wish, lambda _day: None, day=SHOWN_DAY)
    return open_window("today_window", teller.view(), teller.heard)


def _diary(_scene: Scene) -> Handle:
    return open_window("diary_window", DiaryView(_now().date().isoformat(), "09:41"))


def _diary_refusal(_scene: Scene) -> Said:
    """What the app answers to an hour as a word in the field for minutes."""
    typed = dict.fromkeys(("worst", "side", "medication", "trigger", "note"), "")
    try:
        entry_of("headache", typed | {"day": "2026-11-19", "time": "9:41", "duration_min": "an hour"}, _now())
    except DataError as err:
        return Said("refused", {"why": f"{err.message} {err.hint}".strip(), "field": err.field})
    raise SystemExit("an hour as a word was taken as a number of minutes")


def _settings_refusal(scene: Scene) -> Said:
    """What the app answers to a limit and a rhythm that cannot be."""
    file = scene.folders.config_file
    if not file.exists():
        init_config(file)
    return Said("refused", {"problems": save(file, {"posture.threshold": "9 in", "breaks.every_min": "999"})})


def _plan(scene: Scene, *, in_force: bool) -> Handle:
    talk = PlanDialogue(scene.folders, SystemClock())
    talk.heard(Said("remove"))
    if in_force:
        talk.heard(_plan_offer(scene, talk))
        talk.heard(Said("accept"))
    return open_window("plan_window", talk.view())


def _plan_offer(scene: Scene, talk: PlanDialogue | None = None) -> Said:
    """A practice's plan of two phases with two exercises, as the person's window is told of it."""
    file = scene.folders.state / "plan.toml"
    file.unlink(missing_ok=True)
    phases = [DraftPhase("Getting used", 4, "1.5 in", 25), DraftPhase("On your own", 4)]
    today = _now().date()
    write_plan(
        file, draft_text(title="Eight weeks", author="K. Ito", written=today, phases=phases, exercises=("walk",))
    )
    signed, *_more = signed_text(scene.folders, file)
    write_plan(file, signed)
    offer = (talk or PlanDialogue(scene.folders, SystemClock())).heard(Said("open", {"path": str(file)}))
    if offer is None or offer.kind != "offer":
        raise SystemExit(f"the plan was not taken: {offer}")
    return offer


SHOTS: Final[dict[str, Shot]] = {
    **{
        f"setup-{number}-{name}": Shot(_setup, keys=("Return",) * number if number < 3 else ("Return", "Return", *late))
        for number, (name, late) in enumerate(
            (
                ("welcome", ()),
                ("camera", ()),
                ("calibrate", ()),
                ("units", ("Tab", "Tab", "Return")),
                ("limit", ("Tab", "Tab", "Return", "Return")),
                ("breaks", ("Tab", "Tab", "Return", "Return", "Return")),
                ("login", ("Tab", "Tab", "Return", "Return", "Return", "Return")),
                ("start", ("Tab", "Tab", "Return", "Return", "Return", "Return", "Return")),
                ("done", ("Tab", "Tab", "Return", "Return", "Return", "Return", "Return", "Return")),
            )
        )
    },
    "setup-refused": Shot(
        _setup,
        keys=("Return", "Return"),
        tell=lambda _scene: Said(
            "calibrated", {"ok": False, "words": _("There is no camera at {path}.").format(path="/dev/video0")}
        ),
    ),
    "calibrate": Shot(lambda scene: open_calibration(scene.settings, "desk"), wait_s=4.0),
    "calibrate-done": Shot(lambda scene: open_calibration(scene.settings, "desk"), wait_s=25.0),
    "live": Shot(lambda scene: open_live(scene.settings, scene.calibration, of_today=True), wait_s=9.0, clip="forward"),
    "preview": Shot(lambda scene: open_preview(scene.settings.camera, scene.settings.models), wait_s=5.0),
    "no-camera": Shot(
        lambda scene: open_live(
            scene.settings.model_copy(update={"camera": CameraSettings(source="99")}), "", of_today=False
        ),
        wait_s=5.0,
    ),
    "settings": Shot(lambda scene: open_window("settings_window", settings_view(scene.settings))),
    "settings-refused": Shot(
        lambda scene: open_window("settings_window", settings_view(scene.settings)),
        tell=_settings_refusal,
    ),
    "diary": Shot(_diary),
    "diary-empty": Shot(_diary, keys=("ctrl+Return",)),
    "diary-refused": Shot(_diary, tell=_diary_refusal),
    "break": Shot(_break, wait_s=2.0),
    "break-begun": Shot(lambda scene: _break(scene, begun=True)),
    "break-screen": Shot(lambda scene: _break(scene, cover="screen"), whole=True, wait_s=2.0),
    "break-all": Shot(lambda scene: _break(scene, cover="all"), whole=True, wait_s=2.0),
    "check": Shot(_check, wait_s=3.0),
    "check-going": Shot(_check, keys=("space",), wait_s=6.0),
    "plan-none": Shot(lambda scene: _plan(scene, in_force=False)),
    "plan-offer": Shot(lambda scene: _plan(scene, in_force=False), tell=_plan_offer),
    "plan": Shot(lambda scene: _plan(scene, in_force=True)),
    "today": Shot(_today, wait_s=1.0),
    "help": Shot(lambda _scene: open_window("help_window", HelpView())),
    "menu": Shot(_menu),
    "tooltip": Shot(_tooltip, whole=True),
    "menu-pause": Shot(_menu, keys=("Return",)),
    "menu-more": Shot(_menu, keys=("Up", "Up", "Return")),
    **{
        f"feedback-{look}": Shot(
            lambda _scene, look=look: open_window("feedback_window", FeedbackView(look, 1.0)), whole=True, wait_s=6.0
        )
        for look in ("border", "dim")
    },
}


# --------------------------------------------------------------------------- the screen


@contextmanager
def screen(size: str, scale: float, dark: bool, monitors: int = 1, density: str = "Xft.dpi") -> Iterator[str]:
    """An X server with a window manager and a compositor, as dense and as dark as that; its display name, also in the
    environment. ``size``: of each monitor, of which there are one or two; ``density``: how the desktop says it."""
    wide, high = map(int, size.split("x"))
    size = f"{wide * monitors}x{high}"
    read_end, write_end = os.pipe()
    words = ("Xvfb", "-displayfd", str(write_end), "-screen", "0", f"{size}x24", "-noreset", "-dpi", "96")
    mute = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with ExitStack() as end:
        end.callback(os.environ.update, dict(os.environ))
        server = subprocess.Popen(words, pass_fds=(write_end,), **mute)  # type: ignore[call-overload]
        end.callback(_end, server)
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            display = f":{pipe.readline().strip()}"
        home = Path(end.enter_context(tempfile.TemporaryDirectory()))
        said = home / "gsettings"  # what the desktop answers to who asks whether to be dark
        said.write_text(f"#!/bin/sh\necho \"'{'prefer-dark' if dark else 'default'}'\"\n")
        said.chmod(0o700)
        os.environ.update(DISPLAY=display, PATH=f"{home}{os.pathsep}{os.environ['PATH']}")
        for name in ("WAYLAND_DISPLAY", "GDK_SCALE", "XDG_CURRENT_DESKTOP"):
            os.environ.pop(name, None)
        if density == "GDK_SCALE":
            os.environ["GDK_SCALE"] = f"{scale:g}"
        _prepare(display, scale if density == "Xft.dpi" else 1.0)
        if monitors == 2:
            split(display, wide)
        for words in (("openbox",), ("picom", "--backend", "xrender", "--config", os.devnull)):
            program = subprocess.Popen((shutil.which(words[0]) or words[0], *words[1:]), **mute)  # type: ignore[call-overload]
            end.callback(_end, program)
        time.sleep(0.5)
        yield display


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(5)


def _prepare(display: str, scale: float) -> None:
    """One colour behind all, also as the picture that compositors draw, and the density as ``Xft.dpi``."""
    from Xlib import X, Xatom
    from Xlib.display import Display

    connection = Display(display)
    root = connection.screen().root
    root.change_attributes(background_pixel=BACKGROUND)
    root.clear_area()
    size = root.get_geometry()
    wallpaper = root.create_pixmap(size.width, size.height, connection.screen().root_depth)
    wallpaper.fill_rectangle(wallpaper.create_gc(foreground=BACKGROUND), 0, 0, size.width, size.height)
    root.change_property(connection.intern_atom("_XROOTPMAP_ID"), Xatom.PIXMAP, 32, [wallpaper.id])
    connection.set_close_down_mode(X.RetainPermanent)
    resources = f"Xft.dpi:\t{round(96 * scale)}\n".encode()
    root.change_property(connection.intern_atom("RESOURCE_MANAGER"), Xatom.STRING, 8, resources)
    connection.sync()
    connection.close()


def _xdotool(*words: str) -> str:
    done = subprocess.run(
        (shutil.which("xdotool") or "xdotool", *words), capture_output=True, text=True, check=False, timeout=30
    )
    return done.stdout.strip()


def _window(display: str) -> str | None:
    """The number of our largest visible window."""

    def area(window: str) -> int:
        left, top, right, bottom = _box(display, window)
        return (right - left) * (bottom - top)

    return max(_xdotool("search", "--onlyvisible", "--class", "posturewatch").split(), key=area, default=None)


def _box(display: str, window: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of the window with the frame that the window manager gave it."""
    from Xlib import Xatom
    from Xlib.display import Display

    connection = Display(display)
    try:
        seen = connection.create_resource_object("window", int(window))
        size, root = seen.get_geometry(), connection.screen().root
        place = root.translate_coords(seen, 0, 0)
        told = seen.get_full_property(connection.intern_atom("_NET_FRAME_EXTENTS"), Xatom.CARDINAL)
    finally:
        connection.close()
    by = list(told.value) if told is not None else [0, 0, 0, 0]
    return place.x - by[0], place.y - by[2], place.x + size.width + by[1], place.y + size.height + by[3]


def _settled(display: str) -> Image.Image:
    """The screen once nothing has changed for a moment, or after three seconds."""
    before, since = ImageGrab.grab(xdisplay=display), time.monotonic()
    end_s = since + 3.0
    while time.monotonic() < min(since + SETTLE_S, end_s):
        time.sleep(0.1)
        picture = ImageGrab.grab(xdisplay=display)
        if picture.tobytes() != before.tobytes():
            before, since = picture, time.monotonic()
    return before.convert("RGB")


# --------------------------------------------------------------------------- the person before the camera


def _frames() -> dict[str, list[bytes]]:
    """The demo's clips as JPEGs: sitting upright, and the moments of the test in which the head is far forward."""
    cv2 = load_opencv()
    found: dict[str, list[bytes]] = {}
    for name, file in (("calibration", "calibration.mp4"), ("forward", "test.mp4")):
        clip = cv2.VideoCapture(str(CLIP / file))
        found[name] = []
        while (read := clip.read())[0]:
            found[name].append(cv2.imencode(".jpg", read[1])[1].tobytes())
        clip.release()
    return found


class Studio:
    """Takes pictures of windows on one screen after the other."""

    def __init__(self, served: CameraServer, home: Path) -> None:
        with RecordingSensor(Settings().models) as sensor:
            self._calibration = calibration_from(sensor, str(CLIP / "calibration.mp4"), Settings()).to_json()
        self._frames = _frames()
        self._served = served
        self.faults: list[str] = []
        self._folders = Folders(home / "config", home / "data", home / "logs", home / "state").make()
        write(generate(weeks=2, until=SHOWN_DAY + timedelta(days=1)), self._folders.data)

    def scene(self, language: str, units: Units) -> Scene:
        """What the windows are opened with."""
        user = UserSettings(language=language, units=units)  # type: ignore[arg-type]
        return Scene(
            Settings(user=user, camera=CameraSettings(source=self._served.address)), self._calibration, self._folders
        )

    def take(self, name: str, scene: Scene, display: str) -> Image.Image:
        """One picture of one window, or of the screen without it where it does not come up."""
        shot = SHOTS[name]
        self._served.scene = playing(*self._frames[shot.clip], fps=15)
        self._served.interrupt()
        handle = shot.open(scene)
        try:
            window = _window(display) if handle.shown(20) else None
            if window is None and not shot.whole:
                self.faults.append(f"{name} did not come up")
                return _settled(display)
            if window is not None:
                _xdotool("windowfocus", "--sync", window)
            for key in shot.keys:
                _settled(display)
                _xdotool("key", "--clearmodifiers", key)
            if shot.tell is not None and isinstance(handle, WindowHandle):
                said = shot.tell(scene)
                handle.tell(said.kind, **said.values)
            time.sleep(shot.wait_s)
            picture = _settled(display)
            if shot.whole or window is None:
                return picture
            left, top, right, bottom = _box(display, window)
            if min(left, top) < 0 or right > picture.width or bottom > picture.height:
                self.faults.append(f"{name} lies beyond the screen: {left, top, right, bottom} of {picture.size}")
            return picture.crop((left, top, right, bottom))
        finally:
            handle.close()


def main() -> None:
    """Take what the command line asks for."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("out", nargs="?", type=Path)
    words.add_argument("windows", nargs="*", help="names, see --list; all where none is given")
    words.add_argument("--language", nargs="+", default=["en"])
    words.add_argument("--theme", nargs="+", default=["light"], choices=["light", "dark"])
    words.add_argument("--size", nargs="+", default=["1920x1080"])
    words.add_argument("--scale", nargs="+", default=[1.0], type=float)
    words.add_argument("--density", default="Xft.dpi", choices=["Xft.dpi", "GDK_SCALE"], help="how the scale is told")
    words.add_argument("--monitors", default=1, type=int, choices=[1, 2], help="of --size each, side by side")
    words.add_argument("--units", choices=["in", "cm"], help="as the language's country has them where none is given")
    words.add_argument("--list", action="store_true")
    asked = words.parse_args()
    if asked.list or asked.out is None:
        print(*SHOTS, sep="\n")
        return
    if missing := [name for name in ("Xvfb", "openbox", "picom", "xdotool") if shutil.which(name) is None]:
        raise SystemExit(f"not installed: {', '.join(missing)}")
    if unknown := set(asked.windows) - set(SHOTS):
        raise SystemExit(f"unknown: {', '.join(sorted(unknown))}; --list tells the names")
    wanted = asked.windows or list(SHOTS)
    asked.out.mkdir(parents=True, exist_ok=True)
    many = (asked.language, asked.theme, asked.size, asked.scale)
    with camera(silent) as served, tempfile.TemporaryDirectory() as home:
        studio = Studio(served, Path(home))
        for language, theme, size, scale in itertools.product(*many):
            set_language(language)
            units = asked.units or ("in" if language == "en" else "cm")
            with screen(size, scale, theme == "dark", asked.monitors, asked.density) as display:
                for name in wanted:
                    each = zip((language, theme, size, f"{scale:g}x"), many, strict=True)
                    parts = [one for one, all_of_it in each if len(all_of_it) > 1]
                    picture = studio.take(name, studio.scene(language, units), display)
                    picture.save(asked.out / f"{'-'.join((name, *parts))}.png")
    if studio.faults:
        raise SystemExit("\n".join(studio.faults))


if __name__ == "__main__":
    main()
