"""Which settings hold: taken up while the app runs, or at its next start."""

from __future__ import annotations

import logging
from datetime import datetime

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.base.records import Event, EventKind, ReminderKind
from posturewatch.base.settings import Settings, changed_keys, waits_for_start
from posturewatch.loop.announcer import Announcer
from posturewatch.loop.day_log import DayLog
from posturewatch.loop.ports import Consumer, Keeper

_log = logging.getLogger("posturewatch.loop")


class SettingsInForce:
    """The settings that hold, and everybody who keeps something of them.

    ``consumers``: each with its sections; who is not on this list never hears of a change. The loop itself asks for
    the current ones each time (hours, courtesy, the journal's samples).
    """

    def __init__(
        self, settings: Settings, keeper: Keeper, day_log: DayLog, announcer: Announcer, consumers: tuple[Consumer, ...]
    ) -> None:
        self.current = self._at_start = settings
        self.trouble = ""
        """Why the file was not taken up; empty while it was."""
        self._keeper = keeper
        self._day_log = day_log
        self._announcer = announcer
        self._consumers = consumers

    def reload(self, now: datetime) -> bool:
        """Take the settings file up as it is now; says whether anything has changed. A wrong one leaves the old ones in
        force and says so. What has to wait for the next start is named."""
        try:
            settings = self._keeper.settings()
        except ConfigError as err:
            self.trouble = _("The settings were not taken up: {reason}").format(reason=err.message)
            self._day_log.event(Event(now, EventKind.CONFIG, "refused"))
            return False
        self.trouble = ""
        if words := self._keeper.notice():
            _log.warning("%s", words)
            self._announcer.tell(ReminderKind.TROUBLE, "settings", _("Settings"), words)
        changed = changed_keys(self.current, settings)
        if not changed:
            return False
        sections = {key.partition(".")[0] for key in changed}
        for consumer in self._consumers:
            if sections.intersection(consumer.sections):
                consumer.take_up(settings)
        self.current = settings
        self._day_log.event(Event(now, EventKind.CONFIG, "taken_up"))
        self._tell_what_waits(changed)
        return True

    def _tell_what_waits(self, changed: tuple[str, ...]) -> None:
        unlike = changed_keys(self._at_start, self.current)
        waiting = [key for key in changed if waits_for_start(key) and key in unlike]
        if waiting:
            words = _("Taken up at the next start of posturewatch: {keys}.").format(keys=", ".join(waiting))
            _log.info("%s", words)
            self._announcer.tell(ReminderKind.TROUBLE, "settings", _("Settings"), words)
