"""The folder of daily files: written whole, kept no longer than the journal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.refusals import remedy
from posturewatch.disk.shredding import sweep

_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)\.(csv|txt)")
_WEEK: Final = re.compile(r"(\d{4})-W(\d\d)\.txt")


class DailyFiles:
    """``days/2026-11-22.csv``, ``.txt`` and ``2026-W47.txt`` under the data folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Iterable[tuple[str, bytes]]) -> tuple[Path, ...]:
        """Write (or replace) these files; each is seen whole or not at all. Raises DataError, FolderError."""
        make_folder(self.folder)
        written = []
        for name, content in files:
            path = self.folder / name
            try:
                write_atomic(path, content)
            except OSError as err:
                raise DataError(
                    _("{path} cannot be written: {why}.").format(path=path, why=err.strerror or err),
                    f"{remedy(err)} {_('The journal itself holds the day.')}".strip(),
                ) from err
            written.append(path)
        return tuple(written)

    def before(self, day: date | None) -> tuple[Path, ...]:
        """The files of days before this one (all if None) and of weeks that ended before it, no other people's.

        What interrupted writes left behind goes at once.
        """
        if not self.folder.is_dir():
            return ()
        sweep(self.folder)
        return tuple(self._ours(day))

    def _ours(self, before: date | None) -> Iterator[Path]:
        for path in self.folder.iterdir():
            last = last_day(path.name)
            if last is not None and (before is None or last < before):
                yield path
        dictionary = self.folder / "data_dictionary.csv"
        if before is None and dictionary.exists():
            yield dictionary


def last_day(name: str) -> date | None:
    """The last day that a daily file with this name speaks of; None for a file that is not ours."""
    try:
        if match := _DAY.fullmatch(name):
            return date.fromisoformat(match[1])
        if match := _WEEK.fullmatch(name):
            return date.fromisocalendar(int(match[1]), int(match[2]), 1) + timedelta(days=6)
    except ValueError:
        return None
    return None
