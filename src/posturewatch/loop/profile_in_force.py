"""Which profile is in force and which calibration belongs to it: the one that the journal has chosen."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.observation import Observation
from posturewatch.base.records import CalibrationRow
from posturewatch.core.posture.baselines import REMEMBERED, settled
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.clothes import OTHER, Tone, distance
from posturewatch.core.posture.profile_chooser import ProfileChooser
from posturewatch.core.posture.wardrobe import Outfit, series, worn
from posturewatch.journal.interface import Journal
from posturewatch.loop.ports import Keeper

_log = logging.getLogger("posturewatch.profiles")


class ProfileInForce:
    """The profile in force is kept over restarts; calibrations lie in the journal."""

    def __init__(self, journal: Journal, keeper: Keeper) -> None:
        self._journal = journal
        self._keeper = keeper
        self.name = keeper.profile()
        self.names: tuple[str, ...] = ()
        self._kept: tuple[Outfit, ...] = ()  # the one in force and what was kept before it, newest first
        self._measured: Outfit | None = None
        self._chooser: ProfileChooser | None = None
        self._by_hand = False

    @property
    def calibration(self) -> Calibration | None:
        """The one to measure against; None where there is none."""
        return None if self._measured is None else self._measured.calibration

    @property
    def calibration_id(self) -> int | None:
        """Its number in the journal."""
        return None if self._measured is None else self._measured.number

    @property
    def calibrated_at(self) -> datetime | None:
        """When it was made, by the clock of then."""
        return None if self._measured is None else self._measured.at

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
        self._kept = () if row is None else self._until(row, rows)
        self._measured = self._settled(self._kept[0]) if self._kept else None
        self._chooser = ProfileChooser.of(made.values()) if len(made) > 1 else None

    def _until(self, in_force: CalibrationRow, rows: tuple[CalibrationRow, ...]) -> tuple[Outfit, ...]:
        """The calibration in force and those before it. Earlier is what was written before: dates are those of clocks
        that may have been wrong."""
        own = [row for row in rows if row.profile == self.name and (row.id or 0) <= (in_force.id or 0)]
        own.sort(key=lambda row: row.id or 0, reverse=True)
        known = [Outfit(row.id or 0, row.at, made) for row in own[: 2 * REMEMBERED] if (made := _body(row)) is not None]
        if not known or known[0].number != in_force.id:
            return ()  # what was chosen cannot be read: nothing older takes its place unasked
        return tuple(known)

    def _settled(self, outfit: Outfit) -> Outfit:
        """By those before it; a fit for each, so only where it is going to be measured against."""
        earlier = (kept.calibration for kept in self._kept if kept.number < outfit.number)
        return replace(outfit, calibration=settled(outfit.calibration, earlier))

    def dress(self, tone: Tone | None) -> bool:
        """Measure against the tie that was made in clothes of this tone, if there is one and the present one was not;
        whether another is measured against from now on."""
        present = None if self._measured is None else self._measured.calibration.clothes_tone
        if tone is None or present is None or distance(tone, present) <= OTHER:
            return False
        found = worn(series(self._kept)[:REMEMBERED], tone)
        if found is None:
            return False
        _log.info("these clothes were worn for calibration %d", found.number)
        self._measured = self._settled(found)
        return True

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
