"""The tests on a computer that somebody lives in: not root, not English, not UTC, and with a desktop's services.

    sudo python3 tools/lived_in.py                                   # all tests
    sudo python3 tools/lived_in.py --language ja_JP --sound pipewire tests/faults     # with words for pytest
    sudo python3 tools/lived_in.py --language C tests/base                            # where nothing is set

They run as a new user whose home has a blank and an umlaut in its name, in a session with PulseAudio or PipeWire, a
notification service, an open keyring and a screen. All of it lies in an overlay over this system and in a process
namespace that ends with this program, however that ends: nothing is installed, nobody is added and nothing is left.
Needs root, Linux with overlayfs, Debian's packages and what `.ci/run` installs; the last commit is what is tested. Ends
with the exit code of the tests.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
USER: Final = "joerg"
HOME: Final = "/home/Jörg Müller"
CLONE: Final = f"{HOME}/my clone"
SERVICES: Final = ("pulseaudio-utils", "gnome-keyring", "dunst", "dbus", "locales", "xvfb")
SOUND: Final = {"pulseaudio": ("pulseaudio",), "pipewire": ("pipewire", "wireplumber", "pipewire-pulse")}
"""Sound servers: the programs to start, each of a package of its own name."""
BUILT_IN: Final = ("C", "POSIX")
"""Locales that every system has: no language, no country, and letters of ASCII alone."""

SESSION: Final = """
set -e
printf open | gnome-keyring-daemon --unlock --components=secrets >/dev/null
mkdir -p ~/.config/pulse && echo exit-idle-time=-1 > ~/.config/pulse/daemon.conf
for program in $SOUND; do "$program" >"$XDG_RUNTIME_DIR/$program.log" 2>&1 & done
Xvfb -displayfd 1 -screen 0 1280x800x24 2>/dev/null > "$XDG_RUNTIME_DIR/display" &
until [ -s "$XDG_RUNTIME_DIR/display" ]; do sleep 0.1; done
export DISPLAY=":$(cat "$XDG_RUNTIME_DIR/display")"
dunst 2>/dev/null &
until pactl info >/dev/null 2>&1; do sleep 0.1; done
LC_ALL=C pactl info | grep "Server Name"
cd "$CLONE"
"$PYTHON" run.py test "$@"
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
    place = Path("/mnt")
    run("mount", "-t", "tmpfs", "tmpfs", str(place))
    upper, work, root = (place / name for name in ("upper", "work", "root"))
    for folder in (upper, work, root):
        folder.mkdir()
    run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir=/,upperdir={upper},workdir={work}", str(root))
    for name in ("proc", "sys", "dev"):
        run("mount", "--rbind", f"/{name}", str(root / name))
    run("mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", str(root / "tmp"))
    return root


def furnish(root: Path, language: str, sound: str) -> None:
    """Services, language, and the user with a clone of the last commit."""
    chroot = ("chroot", str(root))
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    run(*chroot, "apt-get", "update", "-qq")
    run(*chroot, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *SERVICES, *SOUND[sound])
    if language not in BUILT_IN:
        run(*chroot, "localedef", "-i", language.removesuffix(".UTF-8"), "-f", "UTF-8", language)
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
    """Into namespaces of our own, then what is asked for; the exit code of the tests."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--language", default="de_DE", help="locale of the session (de_DE; C for none)")
    words.add_argument("--zone", default="Asia/Kathmandu", help="time zone of the session")
    words.add_argument("--sound", choices=tuple(SOUND), default="pulseaudio", help="sound server of the session")
    asked, more = words.parse_known_args()
    if os.environ.pop("LIVED_IN", "") != "1":
        # Whoever ends us ends unshare by its death signal, and with it the namespace's first process and all in there;
        # that is a shell, which also takes note of processes whose parents have ended.
        own = (
            *(tool("setpriv"), "--pdeathsig", "KILL"),
            *("unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc"),
            *("bash", "-c", '"$@"; exit $?', "bash", sys.executable, *sys.argv),
        )
        return subprocess.run(own, check=False, env=os.environ | {"LIVED_IN": "1"}).returncode
    language = asked.language if asked.language in BUILT_IN else f"{asked.language}.UTF-8"
    root = overlaid()
    furnish(root, language, asked.sound)
    session = {
        "HOME": HOME,
        "USER": USER,
        "LANG": language,
        "TZ": asked.zone,
        "XDG_RUNTIME_DIR": "/run/lived-in",
        "CI_DESKTOP": "1",
        "SOUND": " ".join(SOUND[asked.sound]),
        "CLONE": CLONE,
        "PYTHON": sys.executable,
    }
    wanted = ("path", "proxy", "bundle")
    kept = {name: os.environ[name] for name in os.environ if name.startswith("PIP_") or name.lower().endswith(wanted)}
    command = ("runuser", "-u", USER, "--", "dbus-run-session", "--", "bash", "-c", SESSION, "tests", *more)
    return subprocess.run((tool("chroot"), str(root), *command), check=False, env=kept | session).returncode


if __name__ == "__main__":
    sys.exit(main())
