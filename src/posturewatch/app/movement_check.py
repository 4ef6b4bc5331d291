"""A movement check: opened by the person, led by a window or by the terminal, kept in the journal if they keep it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from posturewatch.app.calibration import keep, looks, row_in_force
from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.keeper import read_profile
from posturewatch.app.terminal_check import Terminal, TerminalCheck
from posturewatch.base.clock import SystemClock
from posturewatch.base.movement import MovementRow
from posturewatch.base.settings import Settings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.movement.run import KEPT_S, CheckStage, MovementRun
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

    profile = read_profile(folders)
    before = row_in_force(folders, profile)
    at = SystemClock().now().replace(microsecond=0)
    with borrowed_camera(folders.state):
        made = check_in_window(settings, profile, "" if before is None else before.body, at)
        if made is None:
            return None
        tied = None if made.calibration is None else Calibration.from_json(made.calibration)
        return _kept(folders, settings, profile, made.rows, tied)


def check_in_terminal(
    folders: Folders,
    settings: Settings,
    terminal: Terminal,
    keeps: Callable[[tuple[MovementRow, ...]], bool],
) -> tuple[MovementRow, ...] | None:
    """As :func:`check_with_window`, led by a :class:`TerminalCheck`; ``keeps``: whether the person keeps what was
    measured. Raises UsageError without a keyboard, SourceError, SensorError, ModelError, CalibrationError,
    JournalError."""
    profile = read_profile(folders)
    before = row_in_force(folders, profile)
    at = SystemClock().now().replace(microsecond=0)
    known = None if before is None else Calibration.from_json(before.body)
    run = MovementRun(profile, settings.user, at, known, turned=settings.camera.turn)
    with borrowed_camera(folders.state):
        with terminal.keys() as pressed, closing(looks(settings, lambda: None, KEPT_S)) as seen_at:
            check = TerminalCheck(run, terminal, pressed)
            for seen, _now_s in seen_at:
                run.feed(seen)
                check.turn()
                if run.stage in (CheckStage.WORKING, CheckStage.DONE):
                    break
        while run.stage is not CheckStage.DONE:  # arithmetic, for which the camera is no longer wanted
            run.feed(seen)
            check.turn()
        if not run.rows or not keeps(run.rows):
            return None
        return _kept(folders, settings, profile, run.rows, run.calibration)


def _kept(
    folders: Folders, settings: Settings, profile: str, made: tuple[MovementRow, ...], tied: Calibration | None
) -> tuple[MovementRow, ...]:
    if tied is not None:
        keep(folders, settings, profile, tied)
    with open_beside(folders.make().journal_file, SystemClock()) as journal:
        journal.add_checks(made)
    return made


def last_check(folders: Folders) -> tuple[MovementRow, ...]:
    """The results of the last two checks, in order of time; none where there is no check yet. Raises JournalError."""
    with open_reader(folders.journal_file) as journal:
        return journal.last_checks(2)
