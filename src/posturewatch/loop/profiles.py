"""Which profile is in force and which calibration belongs to it: the newest that the journal has."""

from __future__ import annotations

import logging

from posturewatch.core.calibration import Calibration
from posturewatch.errors import PosturewatchError
from posturewatch.ports import Journal, Keeper
from posturewatch.records import CalibrationRow

_log = logging.getLogger("posturewatch.profiles")


class Profiles:
    """The profile in force is kept over restarts; calibrations lie in the journal."""

    def __init__(self, journal: Journal, keeper: Keeper) -> None:
        self._journal = journal
        self._keeper = keeper
        self.name = keeper.profile()
        self.names: tuple[str, ...] = ()
        self.calibration: Calibration | None = None
        self.calibration_id: int | None = None

    def read(self) -> None:
        """Look into the journal again: another process may have calibrated. A damaged row counts as none."""
        try:
            rows = self._journal.calibrations()
        except PosturewatchError as err:
            _log.warning("calibrations cannot be read: %s", err.message)
            rows = ()
        self.names = tuple(dict.fromkeys(row.profile for row in rows))
        self.calibration, self.calibration_id = None, None
        for row in sorted(rows, key=lambda row: row.at):
            if row.profile == self.name and (read := _body(row)) is not None:
                self.calibration, self.calibration_id = read, row.id

    def change(self, name: str) -> None:
        """Use another profile from now on."""
        self.name = name
        self._keeper.keep_profile(name)
        self.read()


def _body(row: CalibrationRow) -> Calibration | None:
    try:
        return Calibration.from_json(row.body)
    except PosturewatchError as err:
        _log.warning("calibration %s cannot be read: %s", row.id, err.message)
        return None
