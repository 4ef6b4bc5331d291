"""The tests on a computer that somebody lives in: not root, not English, not UTC, and with a desktop's services.

    sudo python3 tools/lived_in.py                                   # all tests
    sudo python3 tools/lived_in.py --language ja_JP tests/faults     # with words for pytest

They run as a new user whose home has a blank and an umlaut in its name, in a session with PulseAudio, a notification
service, an open keyring and a screen. All of it lies in an overlay over this system: nothing is installed, nobody is
added and nothing is left. Needs root, Linux with overlayfs, Debian's packages and what `.ci/run` installs; the last
commit is what is tested. Ends with the exit code of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
USER: Final = "joerg"
HOME: Final = "/home/Jörg Müller"
CLONE: Final = f"{HOME}/my clone"
SERVICES: Final = ("pulseaudio", "pulseaudio-utils", "gnome-keyring", "dunst", "dbus", "locales", "xvfb")

SESSION: Final = """
set -e
printf open | gnome-keyring-daemon --unlock --components=secrets >/dev/null
pulseaudio --start --exit-idle-time=-1
Xvfb -displayfd 1 -screen 0 1280x800x24 2>/dev/null > "$XDG_RUNTIME_DIR/display" &
until [ -s "$XDG_RUNTIME_DIR/display" ]; do sleep 0.1; done
export DISPLAY=":$(cat "$XDG_RUNTIME_DIR/display")"
dunst 2>/dev/null &
pactl info >/dev/null
cd "$CLONE"
set +e
"$PYTHON" run.py test "$@"
code=$?
kill $(jobs -p) 2>/dev/null
pulseaudio --kill
exit $code
"""


def tool(name: str) -> str:
    """Where a program is."""
    return shutil.which(name) or name


def run(*words: str) -> None:
    """Run it, or end with what failed."""
    print("$", *words, flush=True)
    if subprocess.run(words, check=False).returncode:
        raise SystemExit(f"failed: {' '.join(words)}")


def overlaid() -> Path:
    """This system with a layer over it that is in memory and goes with our mount namespace; where it lies."""
    place = Path(tempfile.mkdtemp(prefix="lived-in-"))
    run("mount", "-t", "tmpfs", "tmpfs", str(place))
    upper, work, root = (place / name for name in ("upper", "work", "root"))
    for folder in (upper, work, root):
        folder.mkdir()
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", str(root))
    for name in ("proc", "sys", "dev"):
        run("mount", "--rbind", f"/{name}", str(root / name))
    run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "tmp"))
    return root


def furnish(root: Path, language: str) -> None:
    """Services, language, and the user with a clone of the last commit."""
    chroot = ("chroot", str(root))
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run(*chroot, "apt-get", "update", "-qq")
    run(*chroot, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *SERVICES)
    run(*chroot, "localedef", "-i", language, "-f", "UTF-8", f"{language}.UTF-8")
    for folder in Path(sys.base_prefix).parents:  # Python may lie in root's home
        run(*chroot, "chmod", "o+x", str(folder))
    run(*chroot, "useradd", "--create-home", "--home-dir", HOME, "--shell", "/bin/bash", USER)
    run("git", "-c", "safe.directory=*", "clone", "-q", str(ROOT), f"{root}{CLONE}")
    node = ROOT / "tests/report/node/node_modules"
    if node.is_dir():
        shutil.copytree(node, f"{root}{CLONE}/tests/report/node/node_modules")
    run(*chroot, "chown", "-R", f"{USER}:", HOME)
    run(*chroot, "install", "-d", "-m", "700", "-o", USER, "/run/lived-in")


def main() -> int:
    """Into a mount namespace of our own, then what is asked for; the exit code of the tests."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--language", default="de_DE", help="locale of the session (de_DE)")
    words.add_argument("--zone", default="Asia/Kathmandu", help="time zone of the session")
    asked, more = words.parse_known_args()
    if os.environ.pop("LIVED_IN", "") != "1":
        own = (tool("unshare"), "--mount", "--propagation", "private", sys.executable, *sys.argv)
        return subprocess.run(own, check=False, env=os.environ | {"LIVED_IN": "1"}).returncode
    root = overlaid()
    furnish(root, asked.language)
    session = {
        "HOME": HOME,
        "USER": USER,
        "LANG": f"{asked.language}.UTF-8",
        "TZ": asked.zone,
        "XDG_RUNTIME_DIR": "/run/lived-in",
        "CI_DESKTOP": "1",
        "CLONE": CLONE,
        "PYTHON": sys.executable,
    }
    wanted = ("path", "proxy", "bundle")
    kept = {name: os.environ[name] for name in os.environ if name.startswith("PIP_") or name.lower().endswith(wanted)}
    command = ("runuser", "-u", USER, "--", "dbus-run-session", "--", "bash", "-c", SESSION, "tests", *more)
    return subprocess.run((tool("chroot"), str(root), *command), check=False, env=kept | session).returncode


if __name__ == "__main__":
    sys.exit(main())
