"""A running posturewatch: objects built, signals heard, two threads, and an end in order.

The main thread belongs to the tray (or waits), the loop has its own. Whatever ends the app, it is a QUIT in the
inbox: the loop gives the camera back, writes the minute and the day, and is joined; then the rest is closed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posturewatch import __version__
from posturewatch.app.actions import Launchpad, tray_actions
from posturewatch.app.board import Board, Counter
from posturewatch.app.household import Household
from posturewatch.drawing import IconName, icon_file
from posturewatch.edges.clock import SystemClock
from posturewatch.edges.config import load_settings
from posturewatch.edges.config_watch import ConfigWatch
from posturewatch.edges.control import ControlServer
from posturewatch.edges.folders import Folders
from posturewatch.edges.inbox import QueueInbox
from posturewatch.edges.instance import Instance
from posturewatch.edges.journal import SqliteJournal
from posturewatch.edges.logging_setup import start_logging, stop_logging
from posturewatch.edges.notify import make_notifier
from posturewatch.edges.presence import make_desktop
from posturewatch.edges.sensor_client import SensorClient
from posturewatch.edges.tray import NullDisplay, TrayDisplay, make_display
from posturewatch.errors import PosturewatchError, SourceEndedError
from posturewatch.i18n import _, set_language
from posturewatch.loop import Doors, Loop
from posturewatch.ports import Display, Notifier
from posturewatch.records import Command, CommandKind, MenuItem, Reminder, ReminderKind, Snapshot
from posturewatch.report.menu import menu_for
from posturewatch.report.status import tooltip
from posturewatch.settings import Settings
from posturewatch.source_names import is_recording

QUIT: Final = Command(CommandKind.QUIT)

_log = logging.getLogger("posturewatch.app")


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for beyond the settings. ``source`` empty = as the settings say."""

    source: str = ""
    tray: bool = True
    verbose: bool = False


class Running:
    """Builds everything, runs it, takes it down."""

    def __init__(self, folders: Folders, wishes: Wishes) -> None:
        self._folders = folders.make()
        self._wishes = wishes
        self._failure: Exception | None = None

    def run(self, greet: Callable[[str], None] = lambda _words: None) -> None:
        """Until QUIT, a signal or the end of a recording. ``greet`` hears what there is to know at the start.

        Raises PosturewatchError for what ended it.
        """
        inbox = QueueInbox()
        _hear_signals(inbox)  # before the first thread: an interrupt in between would leave it running for ever
        with ExitStack() as end:
            end.enter_context(Instance(self._folders.state))
            start_logging(self._folders.logs, verbose=self._wishes.verbose)
            end.callback(stop_logging)
            _harden()
            _log.info("posturewatch %s starts", __version__)
            settings = with_wishes(load_settings(self._folders.config_file), self._wishes)
            set_language(settings.user.language)
            self._live(settings, inbox, end, greet)
        if self._failure is not None and not isinstance(self._failure, SourceEndedError):
            raise self._failure

    def _live(self, settings: Settings, inbox: QueueInbox, end: ExitStack, greet: Callable[[str], None]) -> None:
        clock = SystemClock()
        journal = SqliteJournal(self._folders.journal_file, clock)
        end.callback(_quietly, journal.close)
        sensor = SensorClient(settings.camera, settings.models, clock)
        end.callback(sensor.close)
        notifier = make_notifier(settings.notifications.backend, icon_file(IconName.UPRIGHT))
        end.callback(notifier.close)
        desktop = make_desktop(clock)
        end.callback(desktop.close)
        launchpad = Launchpad(self._folders, inbox, settings)
        end.callback(launchpad.close)
        display = self._display(settings, inbox, launchpad)
        board = Board(display)
        server = ControlServer(self._folders.state, clock, Counter(board, inbox).answer)
        end.callback(server.close)
        watch = ConfigWatch(self._folders.config_file, lambda: inbox.put(Command(CommandKind.RELOAD)))
        end.callback(watch.close)
        household = _Wishful(Household(self._folders, journal, settings), self._wishes)

        def apply(changed: Settings) -> None:
            set_language(changed.user.language)
            sensor.configure(changed.camera, changed.models)
            launchpad.settings = changed

        doors = Doors(clock, sensor, journal, notifier, desktop, board, inbox, household, launchpad, apply)
        loop = Loop(doors, settings, recording=is_recording(settings.camera.source))
        self._greet(display, settings, greet)
        if not journal.profiles():
            greet(_("You have not calibrated yet: run `posturewatch setup`, or `posturewatch calibrate`."))
            if self._wishes.tray and not self._folders.config_file.exists():
                launchpad.open_setup()
        worker = threading.Thread(target=self._work, args=(loop, display, notifier), name="loop")
        _hear_signals(inbox)
        worker.start()
        try:
            display.run()
        finally:
            inbox.put(QUIT)
            worker.join()
            display.close()

    def _work(self, loop: Loop, display: Display, notifier: Notifier) -> None:
        try:
            loop.run()
        except PosturewatchError as err:
            self._failure = err
        except Exception as err:  # a bug must not end it silently, nor with the exit code of all being well
            _log.critical("the loop was ended by %s", type(err).__name__)
            self._failure = err
            notifier.send(_farewell())
        finally:
            display.close()

    def _greet(self, display: TrayDisplay | NullDisplay, settings: Settings, greet: Callable[[str], None]) -> None:
        if self._wishes.tray and settings.tray.enabled and display.trouble:
            greet(f"{display.trouble} {display.hint}".strip())
        greet(_("posturewatch is watching. `posturewatch status` shows what it sees, `posturewatch quit` ends it."))

    def _display(self, settings: Settings, inbox: QueueInbox, launchpad: Launchpad) -> TrayDisplay | NullDisplay:
        if not (self._wishes.tray and settings.tray.enabled):
            return NullDisplay()

        def menu(snapshot: Snapshot) -> tuple[MenuItem, ...]:
            return menu_for(snapshot, launchpad.settings.user.units)

        def words(snapshot: Snapshot) -> str:
            return tooltip(snapshot, launchpad.settings.user.units)

        return make_display(
            inbox,
            tray_actions(launchpad),
            menu=menu,
            tooltip=words,
            backend=settings.tray.backend,
        )


class _Wishful:
    """The household, with what the command line asked for laid over the settings file each time it is read."""

    def __init__(self, household: Household, wishes: Wishes) -> None:
        self._household = household
        self._wishes = wishes
        self.profile = household.profile
        self.keep_profile = household.keep_profile
        self.write_day = household.write_day

    def settings(self) -> Settings:
        """The settings as file and command line have them; raises ConfigError."""
        return with_wishes(self._household.settings(), self._wishes)


def with_wishes(settings: Settings, wishes: Wishes) -> Settings:
    """The settings with the command line's source in place of the file's."""
    if not wishes.source:
        return settings
    camera = settings.camera.model_copy(update={"source": wishes.source})
    return settings.model_copy(update={"camera": camera})


def _farewell() -> Reminder:
    """What the user hears when a bug has ended the watching."""
    return Reminder(
        ReminderKind.TROUBLE,
        "end",
        _("posturewatch has stopped watching"),
        _("An unexpected error ended it; your log is kept. Start it again; `posturewatch doctor` tells more."),
    )


def _harden() -> None:
    """Nothing that we write is for others, and nothing of us is dumped to a disk."""
    os.umask(0o077)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # a dump that goes to a program instead of a file heeds no limit
            Path("/proc/self/coredump_filter").write_text("0")
    if sys.platform != "win32":
        import resource

        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _hear_signals(inbox: QueueInbox) -> None:
    """SIGTERM, SIGINT and the end of the terminal's session: quit in order. SIGHUP: read the settings again."""

    wishes = {"SIGTERM": QUIT, "SIGINT": QUIT, "SIGBREAK": QUIT, "SIGHUP": Command(CommandKind.RELOAD)}

    def heard(number: int, _frame: object) -> None:
        inbox.put(wishes[signal.Signals(number).name])

    for name in wishes:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, heard)


def _quietly(work: Callable[[], None]) -> None:
    """The last thing before the end: what fails here has been said before."""
    try:
        work()
    except PosturewatchError as err:
        _log.warning("%s", err.message)
