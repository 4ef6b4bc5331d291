"""The README's installation, tried from nothing: a bare Debian 12, a new user, the commands as they stand.

    sudo python3 tools/try_readme.py WORK        # WORK is made anew; 3 GB, some minutes, the package indexes

Needs root, ``debootstrap`` and ``git``. What is installed is the last commit. Beyond a bare system there is what every
desktop has: a session bus, an X server with a window manager and a tray. Ends with 0 if each command worked, the tray
shows the icon with its menu, and of the parts that ``doctor`` looks at only the camera is missing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from cli.readme import blocks  # noqa: E402

SUITE: Final = "bookworm"
USER: Final = "newcomer"
DESKTOP: Final = "sudo ca-certificates xvfb openbox trayer dbus dbus-x11"

SESSION: Final = """
export DISPLAY=:55 LANG=C.UTF-8
Xvfb :55 -screen 0 1366x768x24 2>/dev/null & sleep 2
openbox 2>/dev/null &
trayer --edge top --align right 2>/dev/null & sleep 2
(echo; echo s; yes '' | head -40) | posturewatch setup --no-window  # s: there is no camera to calibrate with
posturewatch doctor
posturewatch start && sleep 8
posturewatch status
posturewatch doctor
posturewatch quit
kill %1
"""
"""What a first session does; its last line but two asks the running app, too."""

WANTED: Final = ("✓ opencv", "✓ models", "✓ mediapipe", "✓ display", "✓ tray: The tray shows the icon with its menu.")


def _tool(name: str) -> str:
    return shutil.which(name) or name


def run(*words: str, **more: object) -> None:
    """Run it, or end with what failed."""
    print("$", *words, flush=True)
    if subprocess.run(words, check=False, **more).returncode:  # type: ignore[call-overload]
        raise SystemExit(f"failed: {' '.join(words)}")


@contextmanager
def bare_system(root: Path) -> Iterator[None]:
    """A bare Debian below ``root``, with the kernel's own file systems, as long as it is used."""
    run("debootstrap", "--variant=minbase", SUITE, str(root))
    for name in ("/etc/resolv.conf", "/etc/hosts"):
        shutil.copy(name, root / name[1:])
    # Who types the commands also says yes to apt.
    (root / "etc/apt/apt.conf.d/90try").write_text('APT::Get::Assume-Yes "true";\n')
    mounted = [root / name for name in ("proc", "sys", "dev")]
    try:
        for place in mounted:
            run("mount", "--rbind", f"/{place.name}", str(place))
            run("mount", "--make-rslave", str(place))
        yield
    finally:
        for place in mounted:
            subprocess.run((_tool("umount"), "--recursive", "--lazy", str(place)), check=False)


def inside(root: Path, script: str) -> str:
    """Run a script as the new user, in a login shell of theirs; what it printed. Ends with what failed."""
    done = subprocess.run(
        (_tool("chroot"), str(root), "su", "-", USER, "-c", "exec bash -l -s"),
        input=script,
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout, done.stderr, flush=True)
    if done.returncode:
        raise SystemExit(f"failed with {done.returncode}")
    return done.stdout


def main() -> None:
    """Do it."""
    if len(sys.argv) != 2 or os.geteuid() != 0:
        raise SystemExit(__doc__)
    root = Path(sys.argv[1]).absolute() / "root"
    if root.exists():
        raise SystemExit(f"{root} is there already; remove it, or name another folder")
    with bare_system(root):
        quiet = {"DEBIAN_FRONTEND": "noninteractive", "PATH": os.environ["PATH"]}
        run("chroot", str(root), "apt-get", "update", "-qq", env=quiet)
        run("chroot", str(root), "apt-get", "install", "-qq", "--no-install-recommends", *DESKTOP.split(), env=quiet)
        certificates = Path("/etc/ssl/certs/ca-certificates.crt")
        if certificates.exists():  # those of a network with its own
            shutil.copy(certificates, root / certificates.relative_to("/"))
        run("chroot", str(root), "useradd", "--create-home", "--groups", "video", "--shell", "/bin/bash", USER)
        (root / "etc/sudoers.d/try").write_text(f"{USER} ALL=(ALL) NOPASSWD:ALL\n")
        clone = root / "home" / USER / "posturewatch"
        run("git", "clone", "-q", "--no-hardlinks", str(ROOT), str(clone))
        run("chroot", str(root), "chown", "-R", f"{USER}:", f"/home/{USER}")
        commands = blocks("Install")[0]
        if commands[-1] != "posturewatch setup":
            raise SystemExit("the README's last command is no longer `posturewatch setup`")
        inside(root, "\n".join(("set -e", "cd posturewatch", "export DEBIAN_FRONTEND=noninteractive", *commands[:-1])))
        said = inside(root, f"cat > session.sh <<'END'\n{SESSION}END\nexec dbus-run-session bash -l session.sh\n")
    missing = [line for line in WANTED if line not in said]
    broken = [line for line in said.splitlines() if line.startswith("✗") and not line.startswith("✗ camera")]
    if missing or broken or "Traceback" in said:
        raise SystemExit(f"missing: {missing}; broken: {broken}")
    print("The README works from nothing.")


if __name__ == "__main__":
    main()
