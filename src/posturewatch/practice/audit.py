"""Who opened what on this machine: one JSON object a line, only ever added to. It names patients by number alone, so
that it may stay when a patient is deleted."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from posturewatch.base.outside import json_value
from posturewatch.disk.files import FILE_MODE
from posturewatch.disk.refusals import or_say_why


def note(log: Path, now: datetime, action: str, patient: int | None = None, **more: int | str) -> None:
    """Add a line. Raises DataError where it cannot be written: what is not noted is not done."""
    line = {"at": now.isoformat(timespec="seconds"), "user": _user(), "action": action, "patient": patient} | more
    with or_say_why(log):
        handle = os.open(log, os.O_RDWR | os.O_CREAT | os.O_APPEND, FILE_MODE)
        with os.fdopen(handle, "ab+") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 1))
            begin = "\n" if file.read(1) not in (b"", b"\n") else ""  # a full disk, or a kill, cut the last one off
            file.write((begin + json.dumps(line, ensure_ascii=True) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())


def lines(log: Path) -> Iterator[dict[str, Any]]:
    """What was noted, oldest first; a line that is none is left aside."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            found = json_value(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found


def _user() -> str:
    """The name that the operating system knows the user by; the environment can be bent, the process's owner not."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return getpass.getuser()
