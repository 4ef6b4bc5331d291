"""The Debian package in a bare root without Python, seen running: ``python tools/try_deb.py ROOT FILE.deb``; as root.

ROOT is a folder for a Debian 12 (made by debootstrap where it is empty, 300 MB; a gigabyte with package and tray).
Looked at: no Python before and after; the demo; watching a camera with icon, notification and window on a screen of its
own (pictures beside ROOT); ``doctor``; removal and another installation, by which settings and journal stay the same.
Needs ``apt-get install debootstrap xvfb openbox imagemagick xdotool`` and an environment with what posturewatch needs.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

from dependencies import ROOT

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

DISPLAY: Final = ":81"
MOUNTS: Final = ("proc", "sys", "dev")
CLIP: Final = "/usr/lib/posturewatch/_internal/posturewatch/demo_data/calibration.mp4"
SETTINGS: Final = {"posture.hold_s": "10", "calibration.daily": "off", "breaks.window": "false"}

SESSION: Final = """
export DISPLAY={display} LANG=C.UTF-8
trayer --edge bottom --align right --widthtype request --height 32 &
dunst & sleep 2
posturewatch run --source {camera} >run.log 2>&1 & app=$!
sleep 25
posturewatch doctor --no-camera >doctor.txt 2>&1
posturewatch setup --window >/dev/null 2>&1 &
sleep 40
posturewatch status >status.txt 2>&1
posturewatch quit; wait $app; echo "ended with $?" >>run.log
"""


class TrialError(Exception):
    """Something was not seen; the message says what."""


class Root:
    """The bare system."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home" / "anna"

    def make(self) -> None:
        """Debian 12 in its smallest form, where there is none yet."""
        if not (self.folder / "usr").exists():
            run("debootstrap", "--variant=minbase", "bookworm", str(self.folder))
            shutil.copy("/etc/resolv.conf", self.folder / "etc")
            self.run("useradd", "-m", "-s", "/bin/bash", "anna")
            self.apt("update")
            self.apt("install", "--no-install-recommends", "trayer", "dbus")

    def run(self, *words: str) -> str:
        """As root in it."""
        return run("chroot", str(self.folder), *words)

    def apt(self, *words: str) -> str:
        """apt-get, asking nobody."""
        return self.run("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "-qq", *words)

    def anna(self, line: str) -> str:
        """A line of its user's shell."""
        return self.run("su", "-", "anna", "-c", line)

    def pythons(self) -> list[str]:
        """Interpreters in the path."""
        return sorted(path.name for path in (self.folder / "usr" / "bin").glob("python*"))

    def kept(self) -> dict[str, str]:
        """Checksums of what is the user's."""
        files = [
            path for part in (".config", ".local/share") for path in (self.home / part / "posturewatch").rglob("*")
        ]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file()}

    @contextmanager
    def mounted(self) -> Iterator[None]:
        """With the kernel's folders in it."""
        for name in MOUNTS:
            run("mount", "--bind", f"/{name}", str(self.folder / name))
        try:
            yield
        finally:
            for name in reversed(MOUNTS):
                subprocess.run(["umount", "-l", str(self.folder / name)], check=False)  # noqa: S607


def look(root: Root, package: Path) -> Iterator[str]:
    """What was seen, line by line; raises TrialError."""
    root.make()
    see(not root.pythons(), f"Python is there: {root.pythons()}")
    shutil.copy(package, root.folder / "srv")
    inside = f"/srv/{package.name}"
    begin_s = time.monotonic()
    with root.mounted():
        root.apt("install", "--reinstall", inside)
        yield f"installed in {time.monotonic() - begin_s:.0f} s; Python in the path: {root.pythons() or 'none'}"
        yield root.anna("posturewatch --version").strip()
        said = root.anna("posturewatch demo --out demo 2>/dev/null")
        yield next(line for line in said.splitlines() if "Mean error" in line)
        for key, value in SETTINGS.items():
            root.anna(f"posturewatch config set {key} {value}")
        yield root.anna(f"posturewatch calibrate --source {CLIP} 2>/dev/null").splitlines()[0]
        yield from on_a_screen(root)
        before = root.kept()
        see(before, "nothing was written")
        root.apt("remove", "posturewatch")
        see(not (root.folder / "usr" / "lib" / "posturewatch").exists(), "the program is still there")
        see(root.kept() == before, "the user's files changed by the removal")
        root.apt("install", inside)
        see(root.kept() == before, "the user's files changed by the installation")
        yield f"removed and installed again: {len(before)} files of the user's are as they were"
        yield root.anna("posturewatch log day").splitlines()[1]


def on_a_screen(root: Root) -> Iterator[str]:
    """The app with tray, notification and window; a picture every ten seconds beside the root."""
    import cv2

    from camera_server import camera, playing

    film, frames = cv2.VideoCapture(str(ROOT / "src/posturewatch/demo_data/test.mp4")), []
    while (read := film.read())[0]:
        frames.append(cv2.imencode(".jpg", read[1])[1].tobytes())
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    here = os.environ | {"DISPLAY": DISPLAY}
    with ExitStack() as stack:
        eye = stack.enter_context(camera(playing(*frames, fps=5)))
        for words in (["Xvfb", DISPLAY, "-screen", "0", "1280x800x24"], ["openbox"]):
            stack.callback(end, subprocess.Popen(words, env=here, **quiet))
            time.sleep(1)
        (root.home / "session.sh").write_text(SESSION.format(display=DISPLAY, camera=eye.address), encoding="utf-8")
        session = subprocess.Popen(
            ["chroot", str(root.folder), "su", "-", "anna", "-c", "dbus-run-session -- sh session.sh"],  # noqa: S607
            **quiet,
        )
        number = 0
        while session.poll() is None:  # somebody is there: the mouse moves
            subprocess.run(["xdotool", "mousemove", str(300 + number % 90), "300"], env=here, check=False)  # noqa: S607
            if number % 10 == 9:
                shot = root.folder.parent / f"seen-{number // 10}.png"
                subprocess.run(["import", "-window", "root", str(shot)], env=here, check=False)  # noqa: S607
            number += 1
            time.sleep(1)
    doctor = (root.home / "doctor.txt").read_text(encoding="utf-8").splitlines()
    for part in ("display", "tray", "notifications"):
        said = next((line for line in doctor if f" {part}:" in line), f"no word of {part}")
        see(said.startswith("✓"), said)
        yield said
    yield (root.home / "status.txt").read_text(encoding="utf-8").splitlines()[0]
    log = (root.home / "run.log").read_text(encoding="utf-8")
    see("ended with 0" in log, log)


def end(process: subprocess.Popen[bytes]) -> None:
    """Stop a process that we started."""
    process.terminate()
    process.wait()


def see(what: object, otherwise: str) -> None:
    """Raise TrialError unless it is so."""
    if not what:
        raise TrialError(otherwise)


def run(*words: str) -> str:
    """What a program prints; raises TrialError with the end of its complaint."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    see(done.returncode == 0, f"{' '.join(words)}: exit code {done.returncode}\n{done.stderr[-1500:]}")
    return done.stdout


def main(words: list[str]) -> int:
    """Tell what is seen; 1 where something is not."""
    if len(words) != 2 or words[0].startswith("-"):
        print(__doc__)
        return 2
    try:
        for line in look(Root(Path(words[0]).resolve()), Path(words[1]).resolve()):
            print(line, flush=True)
    except TrialError as err:
        print(f"FAILED: {err}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
