"""What posturewatch needs from others, by which licence, read from the installed packages' own metadata."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "constraints-hashed.txt"

FROZEN_LOCK: Final = ROOT / "constraints-package.txt"

FROZEN_ADDS: Final = ("opencv-python-headless>=5.0,<5.1", "pyinstaller>=6.22,<7")
"""OpenCV without windows and Qt (we draw ours with Tk), and what freezes the program."""

FROZEN_WITHOUT: Final = ("opencv-python", "opencv-contrib-python", "matplotlib", "sounddevice")
"""Asked for by us or by MediaPipe, and used by nothing that the frozen program does."""

BUILDERS: Final = ("hatchling", "editables")
"""What builds the package, and what it asks for to install the source tree in place."""

ELSEWHERE: Final = {
    "colorama": "BSD-3-Clause",
    "pyobjc-core": "MIT",
    "pyobjc-framework-cocoa": "MIT",
    "pyobjc-framework-quartz": "MIT",
    "pywin32-ctypes": "BSD-3-Clause",
    "rubicon-objc": "BSD-3-Clause",
    "winrt-runtime": "MIT",
    "winrt-windows-applicationmodel-core": "MIT",
    "winrt-windows-data-xml-dom": "MIT",
    "winrt-windows-foundation": "MIT",
    "winrt-windows-foundation-collections": "MIT",
    "winrt-windows-storage-streams": "MIT",
    "winrt-windows-ui-notifications": "MIT",
}
"""Packages of Windows and macOS alone, which no Linux computer has: as their wheels' METADATA said in 2026."""

SILENT: Final = {"resvg-py": "MIT", "python-bidi": "LGPL-3.0-only"}
"""Packages whose metadata names no licence, or not which version: by the licence file that lies in the wheel."""

SPELLINGS: Final = {
    "Apache 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "BSD license": "BSD-3-Clause",
    "LGPLv3": "LGPL-3.0-only",
    "LGPLv2+": "LGPL-2.1-or-later",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
"""How packages wrote their licence before there were expressions for it."""

FREE: Final = frozenset(
    {"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "HPND", "ISC", "MIT", "MIT-0", "MIT-CMU"}
    | {"PSF-2.0", "Unlicense", "Zlib"}
)
"""May be used and passed on with a notice."""

LIBRARY: Final = frozenset({"LGPL-2.1-or-later", "LGPL-3.0-only", "LGPL-3.0-or-later", "MPL-2.0"})
"""May be used as they are, installed beside us and replaceable by the user; changes to them would have to be shared."""


@dataclass(frozen=True)
class Part:
    """One package. ``licence`` is an SPDX expression, empty where none could be told; ``needs`` are names."""

    name: str
    version: str
    licence: str
    summary: str
    needs: tuple[str, ...]
    marker: str = ""

    @property
    def judged(self) -> str:
        """``free``, ``library`` or ``not allowed``: of several that may be chosen from, the freest counts."""
        ways = [re.findall(r"[\w.+-]+", way.replace(" AND ", " ")) for way in self.licence.strip("()").split(" OR ")]
        if any(way and all(name in FREE for name in way) for way in ways):
            return "free"
        if any(way and all(name in FREE | LIBRARY for name in way) for way in ways):
            return "library"
        return "not allowed"


def plain(name: str) -> str:
    """A package's name in one spelling."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> dict[str, tuple[str, str]]:
    """Name -> (version, marker) of the hashed constraints."""
    out = {}
    for line in LOCK.read_text(encoding="utf-8").splitlines():
        found = re.match(r"([A-Za-z0-9_.-]+)==([^\s;\\]+)\s*(?:;\s*(.*?))?\s*\\?$", line)
        if found:
            out[plain(found[1])] = (found[2], found[3] or "")
    return out


def wanted(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for; with extras, also what builds the package."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = list(asked["project"]["dependencies"])
    for extra in extras:
        lines += asked["project"]["optional-dependencies"][extra]
    if extras:
        lines += BUILDERS
    return [Requirement(line) for line in lines]


def parts(*extras: str) -> list[Part]:
    """Every package that is needed, directly or by another, here or on another platform, in order of name."""
    pinned = locked()
    seen: dict[str, Part] = {}
    _walk(wanted(*extras), seen, pinned)
    for name, (version, marker) in pinned.items():
        if name not in seen and name.startswith(("winrt-", "pyobjc-")):  # needed by what is not installed here
            seen[name] = Part(name, version, ELSEWHERE.get(name, ""), "", (), marker)
    return [seen[name] for name in sorted(seen)]


def _walk(requirements: Iterable[Requirement], seen: dict[str, Part], pinned: dict[str, tuple[str, str]]) -> None:
    for requirement in requirements:
        name = plain(requirement.name)
        if name in seen or name not in pinned:
            continue
        version, marker = pinned[name]
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            seen[name] = Part(name, version, ELSEWHERE.get(name, ""), "", (), marker)
            continue
        inner = [Requirement(line) for line in found.requires or ()]
        mine = [one for one in inner if _counts(one, requirement.extras)]
        needs = tuple(sorted({plain(one.name) for one in mine if plain(one.name) in pinned}))
        licence = licence_of(found) or SILENT.get(name, "")
        seen[name] = Part(name, version, licence, found.metadata.get("Summary", ""), needs, marker)
        _walk(mine, seen, pinned)


def _counts(requirement: Requirement, extras: set[str]) -> bool:
    """Whether this is needed, on whatever platform; what only an extra asks for is not."""
    if requirement.marker is None or "extra" not in str(requirement.marker):
        return True
    return any(requirement.marker.evaluate({"extra": extra}) for extra in extras)


def licence_of(found: metadata.Distribution) -> str:
    """The SPDX expression of an installed package; empty where its metadata names none that we know."""
    head = found.metadata
    said = [head.get("License-Expression") or "", (head.get("License") or "").strip()]
    said += [line.rpartition(" :: ")[2] for line in head.get_all("Classifier") or () if line.startswith("License")]
    for words in said:
        short = words.splitlines()[0].split(" (see")[0] if words else ""
        name = SPELLINGS.get(short, short)
        if re.fullmatch(r"[\w.+() -]+", name) and all(
            word in FREE | LIBRARY | {"AND", "OR"} for word in re.findall(r"[\w.+-]+", name)
        ):
            return name
    return SPELLINGS.get(said[-1].partition(" (LGPL")[0], "")
