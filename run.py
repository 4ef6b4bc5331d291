#!/usr/bin/env python3
"""From a fresh clone to the demo, the tests or all checks in one command.

    python3 run.py demo     the whole way on the recorded clip that ships with posturewatch
    python3 run.py test     the tests (further words go to pytest)
    python3 run.py lint     style, types, translations, licences
    python3 run.py check    all that must hold before a change lands: lint, then test

Needs Python 3.11 or later, the package index, and the system packages that README.md names. Everything goes
into the folder .venv beside this file; run again, it is used as it is.
"""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
STAMP = VENV / "installed.sha256"
OLDEST = (3, 11)

LINT = [
    ["-m", "ruff", "check", "."],
    ["-m", "mypy", "src"],
    ["tools/catalogue.py", "check"],
    ["tools/release.py", "licences", "--check"],
]
WORKERS = str(2 * (os.cpu_count() or 1))
"""Tests at a time: most of them wait for a process or a window."""

NOTHING_TO_RUN = 5
"""pytest's exit code where the words chose no test."""

TEST = [
    [
        "-m",
        "pytest",
        "--numprocesses",
        WORKERS,
        "--dist",
        "loadfile",
        "--no-loadscope-reorder",
    ],  # long files come early
    ["-m", "pytest", "--alone"],
]
COMMANDS = {"demo": [["-m", "posturewatch", "demo"]], "test": TEST, "lint": LINT, "check": LINT + TEST}
TAKE_WORDS = {"demo", "test"}


def python() -> Path:
    """The environment's own interpreter."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def wanted() -> str:
    """What decides whether the environment is still the right one."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("pyproject.toml", "constraints-hashed.txt"):
        digest.update((HERE / name).read_bytes())
    return digest.hexdigest()


def prepare() -> None:
    """Make the environment and install posturewatch with its pinned, tested dependencies, their hashes checked.

    In two steps: pip cannot check a hash of the source tree itself.
    """
    if STAMP.exists() and STAMP.read_text(encoding="ascii") == wanted() and python().exists():
        return
    print("Setting up .venv (a few minutes the first time) …", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except subprocess.CalledProcessError as err:
        sys.exit(f"The environment could not be made ({err}). On Debian and Ubuntu: sudo apt-get install python3-venv")
    install = [str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*install, "--require-hashes", "-r", "constraints-hashed.txt"], cwd=HERE, check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "-e", "."], cwd=HERE, check=True)
    STAMP.write_text(wanted(), encoding="ascii")


def main() -> int:
    """Prepare, then do what is asked; the exit code is the first that is not zero."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal that is not UTF-8 may lack a sign
    if sys.version_info < OLDEST:
        sys.exit(f"Python {'.'.join(map(str, OLDEST))} or later is needed; this is {sys.version.split()[0]}.")
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        print(__doc__)
        return 2
    try:
        prepare()
    except subprocess.CalledProcessError as err:
        print(f"pip could not install: exit code {err.returncode}. Its own words stand above.", file=sys.stderr)
        return 1
    asked, words = sys.argv[1], sys.argv[2:]
    extra = words if asked in TAKE_WORDS else []
    codes = []
    for command in COMMANDS[asked]:
        if len(COMMANDS[asked]) > 1:
            print("==", *command, flush=True)
        codes.append(subprocess.run([str(python()), *command, *extra], cwd=HERE, check=False).returncode)
    if asked == "test" and NOTHING_TO_RUN in codes and codes != [NOTHING_TO_RUN] * len(codes):
        codes.remove(NOTHING_TO_RUN)  # what was asked for lies in the other round
    return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main())
