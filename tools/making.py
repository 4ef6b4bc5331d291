"""What every package is made from: the wheel, its version, and the time that its files bear."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from dependencies import ROOT


class PackageError(Exception):
    """A package cannot be made; the message says why and what to do."""


def made_wheel(work: Path) -> Path:
    """posturewatch's own wheel, of the tree as it is."""
    place = work / "wheel"
    shutil.rmtree(place, ignore_errors=True)
    builder = (sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(place))
    run(*builder, cwd=ROOT, env=os.environ | {"SOURCE_DATE_EPOCH": str(stamp())})
    return next(place.glob("*.whl"))


def version() -> str:
    """posturewatch's version."""
    text = (ROOT / "src" / "posturewatch" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'__version__ = "(.+)"', text)[0]


def stamp() -> int:
    """Seconds since 1970 that files inside a package bear: those of the last commit, or of SOURCE_DATE_EPOCH."""
    said = os.environ.get("SOURCE_DATE_EPOCH") or run("git", "log", "-1", "--format=%ct", cwd=ROOT).strip()
    return int(said)


def run(*words: str, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    """What a program prints; raises PackageError with the end of its complaint."""
    try:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError as err:
        raise PackageError(f"{words[0]} is missing; tools/package.py names the packages of Debian.") from err
    if done.returncode != 0:
        said = (done.stderr or done.stdout)[-3000:]
        raise PackageError(f"{' '.join(words[:5])}: exit code {done.returncode}\n{said}")
    return done.stdout
