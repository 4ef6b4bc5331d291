"""Which profile is in force and which calibration belongs to it: the newest that the journal has."""

from __future__ import annotations

import logging

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
        self._chooser: ProfileChooser | None = None
        self._by_hand = False

    def read(self) -> None:
        """Look into the journal again: another process may have calibrated. A damaged row counts as none."""
        try:
            rows = self._journal.calibrations()
        except PosturewatchError as err:
            _log.warning("calibrations cannot be read: %s", err.message)
            rows = ()
        newest = {row.profile: row for row in sorted(rows, key=lambda row: row.at)}
        self.names = tuple(dict.fromkeys(row.profile for row in rows))
        made = {name: read for name, row in newest.items() if (read := _body(row)) is not None}
        self.calibration = self._settled(made.get(self.name), rows)
        self.calibration_id = newest[self.name].id if self.calibration is not None else None
        self._chooser = ProfileChooser.of(made.values()) if len(made) > 1 else None

    def _settled(self, newest: Calibration | None, rows: tuple[CalibrationRow, ...]) -> Calibration | None:
        if newest is None:
            return None
        of_profile = sorted((row for row in rows if row.profile == self.name), key=lambda row: row.at, reverse=True)
        earlier = (_body(row) for row in of_profile[1 : 1 + REMEMBERED])
        return settled(newest, [known for known in earlier if known is not None])

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
