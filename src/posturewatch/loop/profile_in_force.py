"""Which profile is in force and which calibration belongs to it: the one that the journal has chosen."""

from __future__ import annotations

import logging
from datetime import datetime

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.observation import Observation
from posturewatch.base.records import CalibrationRow
from posturewatch.core.posture.baselines import REMEMBERED, settled
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.profile_chooser import ProfileChooser
from posturewatch.journal.interface import Journal
from posturewatch.loop.doors import Keeper

_log = logging.getLogger("posturewatch.profiles")


class ProfileInForce:
    """The profile in force is kept over restarts; calibrations lie in the journal."""

    def __init__(self, journal: Journal, keeper: Keeper) -> None:
        self._journal = journal
        self._keeper = keeper
        self.name = keeper.profile()
        self.names: tuple[str, ...] = ()
        self.calibration: Calibration | None = None
        self.calibration_id: int | None = None
        self.calibrated_at: datetime | None = None
        self._chooser: ProfileChooser | None = None
        self._by_hand = False

    def read(self) -> None:
        """Look into the journal again: another process may have calibrated. A damaged row counts as none."""
        try:
            rows, in_force = self._journal.calibrations(), self._journal.calibrations_in_force()
        except PosturewatchError as err:
            _log.warning("calibrations cannot be read: %s", err.message)
            rows, in_force = (), {}
        self.names = tuple(dict.fromkeys(row.profile for row in rows))
        made = {name: read for name, row in in_force.items() if (read := _body(row)) is not None}
        row = in_force.get(self.name)
        self.calibration = self._settled(made.get(self.name), row, rows)
        self.calibration_id = row.id if row is not None and self.calibration is not None else None
        self.calibrated_at = row.at if row is not None and self.calibration is not None else None
        self._chooser = ProfileChooser.of(made.values()) if len(made) > 1 else None

    def _settled(
        self, made: Calibration | None, of: CalibrationRow | None, rows: tuple[CalibrationRow, ...]
    ) -> Calibration | None:
        """Earlier is what was written before it: dates are those of clocks that may have been wrong."""
        if made is None or of is None:
            return None
        before = [row for row in rows if row.profile == self.name and (row.id or 0) < (of.id or 0)]
        before.sort(key=lambda row: row.id or 0, reverse=True)
        earlier = (_body(row) for row in before[:REMEMBERED])
        return settled(made, [known for known in earlier if known is not None])

    def change(self, name: str, *, by_hand: bool) -> None:
        """Use another profile from now on."""
        self.name, self._by_hand = name, by_hand
        self._keeper.keep_profile(name)
        self.read()

    def by_scene(self, seen: Observation) -> str | None:
        """The profile that the picture clearly speaks for, if it is another; None while the user's own choice holds."""
        if self._chooser is None or self._by_hand:
            return None
        return self._chooser.feed(seen, self.name)

    def begin_anew(self) -> None:
        """After time that nobody saw, somebody may sit elsewhere: a choice made by hand holds no longer."""
        self._by_hand = False


def _body(row: CalibrationRow) -> Calibration | None:
    try:
        return Calibration.from_json(row.body)
    except PosturewatchError as err:
        _log.warning("calibration %s cannot be read: %s", row.id, err.message)
        return None
