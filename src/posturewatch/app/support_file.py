"""The support file: findings, versions and the end of the log, with paths and names taken out."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import Final

from posturewatch.app.doctor import version_of
from posturewatch.base.finding import Finding
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import Folders
from posturewatch.disk.log_file import LOG_NAME
from posturewatch.disk.refusals import or_say_why

LOG_TAIL: Final = 200_000
"""Bytes of the log that go into the file."""


def write_support_file(path: Path, found: tuple[Finding, ...], folders: Folders, scrub: Callable[[str], str]) -> None:
    """A zip with the findings, versions and the log's end. ``scrub`` takes paths and names out. Raises DataError."""
    findings = [
        {"part": each.part, "level": each.level, "says": scrub(each.says), "mend": scrub(each.mend)} for each in found
    ]
    versions = {name: version for name in _family() if (version := version_of(name)) is not None}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("findings.json", json.dumps(findings, indent=2, ensure_ascii=False))
        bundle.writestr("versions.json", json.dumps(versions, indent=2, sort_keys=True))
        bundle.writestr("log.txt", scrub(_log_end(folders.logs / LOG_NAME)))
        for crash in sorted(folders.logs.glob("crash-*.txt"))[-5:]:
            bundle.writestr(crash.name, scrub(crash.read_text(encoding="utf-8", errors="replace")))
    with or_say_why(path):
        write_atomic(path, body.getvalue())


def _family() -> set[str]:
    """The packages that posturewatch leans on, and theirs. What else is installed is nobody's business."""
    seen: set[str] = set()
    waiting = ["posturewatch"]
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            needed = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        waiting += [match[0] for line in needed if "extra ==" not in line and (match := re.match(r"[\w.-]+", line))]
    return seen


def _log_end(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(0, io.SEEK_END)
            file.seek(max(0, file.tell() - LOG_TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
