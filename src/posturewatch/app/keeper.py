"""The Keeper port: the settings file and the plan over it, the profile in force, the files of a day."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from posturewatch.base.clock import Clock
from posturewatch.base.errors import JournalError
from posturewatch.base.i18n import _
from posturewatch.base.outside import NAME_MAX, checked_name, cleaned
from posturewatch.base.plan import PlanInForce, layered
from posturewatch.base.records import Event, EventKind
from posturewatch.config.plan_file import load_accepted
from posturewatch.config.read import load
from posturewatch.disk.files import read_file, write_atomic
from posturewatch.disk.folders import Folders
from posturewatch.journal.daily_files import DailyFiles

if TYPE_CHECKING:
    from posturewatch.base.settings import Settings
    from posturewatch.journal.writer import SqliteJournal

DEFAULT_PROFILE: Final = "desk"

VISIT_AHEAD: Final = timedelta(days=3)
"""The next visit is told of once, from so long before it."""

_log = logging.getLogger("posturewatch.keeper")


class FolderKeeper:
    """Implements ``ports.Keeper`` on this user's folders."""

    def __init__(self, folders: Folders, journal: SqliteJournal, settings: Settings, clock: Clock) -> None:
        self._folders = folders
        self._journal = journal
        self._clock = clock
        self._settings = settings
        self._had_file = folders.config_file.exists()
        self._notice = ""

    def settings(self) -> Settings:
        """The person's own settings with today's part of an accepted plan over them; raises ConfigError."""
        own, plan, now = self.own_settings(), load_accepted(self._folders.plan_file), self._clock.now()
        if plan is not None:
            try:
                self._tell_of(plan, now.date())
            except JournalError as err:
                _log.warning("what the plan brings could not be noted: %s", err.message)
        self._settings = layered(own, plan, now.date())[0]
        return self._settings

    def _tell_of(self, plan: PlanInForce, today: date) -> None:
        """Each turn of the plan is told once and noted in the log, also over restarts."""
        known = {
            (event.outcome, event.detail)
            for event in self._journal.events(self._clock.now() - timedelta(days=800), self._clock.now())
            if event.kind is EventKind.PLAN
        }
        for outcome, detail, words in plan_news(plan, today):
            if (outcome, detail) not in known:
                self._journal.add_event(Event(self._clock.now(), EventKind.PLAN, outcome, detail))
                self._notice = f"{self._notice} {words}".strip()

    def own_settings(self) -> Settings:
        """The settings as the file has them; raises ConfigError.

        Where the file has gone the defaults are in force, but for the camera: another one than that in use would see
        somebody else, or nobody.
        """
        path = self._folders.config_file
        loaded = load(path)
        for note in loaded.notes:
            _log.warning("%s", note.text())
        settings = loaded.settings
        there = path.exists()
        if not there:
            settings = settings.model_copy(update={"camera": self._settings.camera})
        if self._had_file and not there:
            self._notice = _(
                "The settings file is gone: the defaults are in force, and the camera in use stays. "
                "`posturewatch config init` writes a new file."
            )
        self._had_file = there
        return settings

    def notice(self) -> str:
        """What the user should be told about settings file and plan since the last call; empty: nothing."""
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


def plan_news(plan: PlanInForce, today: date) -> tuple[tuple[str, str, str], ...]:
    """What there is to tell of a plan today: outcome and detail of its event, and the words."""
    told: list[tuple[str, str, str]] = []
    number, visit = plan.phase_on(today), plan.plan.next_visit
    if number is not None and number > 1:
        words = _("Phase {number} of your plan has begun: {name}.").format(
            number=number, name=plan.plan.phase[number - 1].name
        )
        told.append(("phase", f"{number} {plan.id}", words))
    if today > plan.last:
        words = _("Your plan has ended on {day}; your own settings are in force.").format(day=plan.last.isoformat())
        told.append(("ended", plan.id, words))
    if visit is not None and visit - VISIT_AHEAD <= today <= visit:
        words = _("Your next visit is on {day}.").format(day=visit.isoformat())
        if plan.plan.check:
            asked = _("If you like, make the movement check before it: in the tray's menu, or `posturewatch check`.")
            words = f"{words} {asked}"
        told.append(("visit", f"{visit.isoformat()} {plan.id}", words))
    return tuple(told)


def read_profile(folders: Folders) -> str:
    """The profile in force; ``desk`` where none is written."""
    try:
        return checked_name(read_file(folders.profile_file).decode())
    except (OSError, ValueError):
        return DEFAULT_PROFILE
