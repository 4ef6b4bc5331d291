"""A movement check: opened by the person, drawn by the sensor, kept in the journal if they keep it."""

from __future__ import annotations

from posturewatch.app.calibration import keep, row_in_force
from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.keeper import read_profile
from posturewatch.base.clock import SystemClock
from posturewatch.base.movement import MovementRow
from posturewatch.base.settings import Settings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.disk.folders import Folders
from posturewatch.journal.reader import open_reader
from posturewatch.journal.writer import open_beside


def check_with_window(folders: Folders, settings: Settings) -> tuple[MovementRow, ...] | None:
    """Open the window, wait until it is closed, and keep what the person keeps: the rows, and the calibration by which
    sitting upright has tied the day. ``None`` where nothing was kept.

    The running app lends its camera meanwhile. Raises DesktopError without a screen, SourceError, SensorError,
    JournalError.
    """
    from posturewatch.sensor_client.window import check_in_window

    profile, clock = read_profile(folders), SystemClock()
    before = row_in_force(folders, profile)
    at = clock.now().replace(microsecond=0)
    with borrowed_camera(folders.state):
        made = check_in_window(settings, profile, "" if before is None else before.body, at)
        if made is None:
            return None
        if made.calibration is not None:
            keep(folders, settings, profile, Calibration.from_json(made.calibration))
        with open_beside(folders.make().journal_file, clock) as journal:
            journal.add_checks(made.rows)
    return made.rows


def last_check(folders: Folders) -> tuple[MovementRow, ...]:
    """The results of the last two checks, in order of time; none where there is no check yet. Raises JournalError."""
    with open_reader(folders.journal_file) as journal:
        return journal.last_checks(2)
