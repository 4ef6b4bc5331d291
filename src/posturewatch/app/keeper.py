"""The Keeper port: the settings file, the profile in force, the files of a day."""

from __future__ import annotations

import logging
from datetime import date
from typing import TYPE_CHECKING, Final

from posturewatch.base.i18n import _
from posturewatch.base.outside import NAME_MAX, checked_name, cleaned
from posturewatch.config.read import load_settings
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import Folders
from posturewatch.journal.daily_files import DailyFiles

if TYPE_CHECKING:
    from posturewatch.base.settings import Settings
    from posturewatch.journal.writer import SqliteJournal

DEFAULT_PROFILE: Final = "desk"

_log = logging.getLogger("posturewatch.keeper")


class FolderKeeper:
    """Implements ``doors.Keeper`` on this user's folders."""

    def __init__(self, folders: Folders, journal: SqliteJournal, settings: Settings) -> None:
        self._folders = folders
        self._journal = journal
        self._settings = settings
        self._had_file = folders.config_file.exists()
        self._notice = ""

    def settings(self) -> Settings:
        """The settings as the file has them; raises ConfigError.

        Where the file has gone the defaults are in force, but for the camera: another one than that in use would see
        somebody else, or nobody.
        """
        path = self._folders.config_file
        settings = load_settings(path)
        there = path.exists()
        if not there:
            settings = settings.model_copy(update={"camera": self._settings.camera})
        if self._had_file and not there:
            self._notice = _(
                "The settings file is gone: the defaults are in force, and the camera in use stays. "
                "`posturewatch config init` writes a new file."
            )
        self._had_file = there
        self._settings = settings
        return settings

    def notice(self) -> str:
        """What the user should be told about the settings file since the last call; empty: nothing."""
        told, self._notice = self._notice, ""
        return told

    def profile(self) -> str:
        """The profile in force; ``desk`` at first."""
        return read_profile(self._folders)

    def keep_profile(self, name: str) -> None:
        """Use this one from now on, over restarts too. One that cannot be kept is used all the same."""
        try:
            write_atomic(self._folders.profile_file, cleaned(name)[:NAME_MAX] + "\n")
        except OSError as err:
            _log.warning("the profile could not be kept: %s", err.strerror)

    def write_day(self, day: date) -> None:
        """Write the files of the day and its week, where the user wants them, and let go of what is too old.

        Raises DataError.
        """
        from posturewatch.exchange.day_files import day_files, week_of
        from posturewatch.journal.retention import tidy

        daily = DailyFiles(self._folders.days)
        if self._settings.journal.daily_csv:
            week = self._journal.content(*week_of(day))
            daily.write(day_files(day, week, self._settings.user.shown_units))
        tidy(self._journal, daily, self._settings.journal, day)


def read_profile(folders: Folders) -> str:
    """The profile in force; ``desk`` where none is written."""
    try:
        return checked_name(folders.profile_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return DEFAULT_PROFILE
