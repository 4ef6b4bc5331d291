"""A running posturewatch: objects built, signals heard, three threads, and an end in order.

The main thread belongs to the tray (or waits), the loop has its own. Whatever ends the app, it is a QUIT in the
inbox: the loop gives the camera back, writes the minute and the day, and is joined; then the rest is closed.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from posturewatch import __version__
from posturewatch.app.keeper import FolderKeeper
from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
from posturewatch.app.launcher import DesktopLauncher, tray_actions
from posturewatch.app.menu import menu_for
from posturewatch.base.clock import Clock, SystemClock
from posturewatch.base.errors import InstanceError, PosturewatchError, SourceEndedError
from posturewatch.base.i18n import _, set_language
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.pictures import IconName, icon_file
from posturewatch.base.private_process import keep_private
from posturewatch.base.records import Reminder, ReminderKind, Snapshot
from posturewatch.base.settings import Settings, UserSettings
from posturewatch.base.source_names import given_source, is_recording
from posturewatch.config.layers import in_force
from posturewatch.config.watch import ConfigWatch
from posturewatch.control.server import ControlServer
from posturewatch.desktop.interface import Display, Notifier
from posturewatch.desktop.notify.notifications import DesktopNotifications, ways
from posturewatch.desktop.presence.session import make_desktop
from posturewatch.desktop.session_end import SessionEnd
from posturewatch.desktop.tray.display import NullDisplay, TrayDisplay, make_display
from posturewatch.disk.folders import Folders
from posturewatch.disk.instance import Instance
from posturewatch.disk.log_file import start_logging, stop_logging
from posturewatch.journal.writer import SqliteJournal
from posturewatch.loop.loop import Loop
from posturewatch.loop.ports import Consumer, Ports
from posturewatch.report.now_in_words import tooltip
from posturewatch.sensor_client.client import SensorClient
from posturewatch.sensor_client.interface import Sensor
from posturewatch.sensor_client.observation_file import RecordingOfSensor, new_observation_file

QUIT: Final = Command(CommandKind.QUIT)

_log = logging.getLogger("posturewatch.app")


@dataclass(frozen=True, slots=True)
class CliOverrides:
    """What the command line asks for beyond the settings. ``source`` empty = as the settings say."""

    source: str = ""
    tray: bool = True
    verbose: bool = False
    record: Path | None = None
    """Where to write each observation to, or None."""


class Running:
    """Builds everything, runs it, takes it down."""

    def __init__(self, folders: Folders, overrides: CliOverrides) -> None:
        self._folders = folders.make()
        self._overrides = overrides
        self._failure: Exception | None = None
        self._written: Callable[[], None] = lambda: None

    def run(self, greet: Callable[[str], None] = lambda _words: None) -> None:
        """Until QUIT, a signal or the end of a recording. ``greet`` hears what there is to know at the start.

        Raises PosturewatchError for what ended it.
        """
        inbox = QueueInbox()
        _hear_signals(inbox)  # before the first thread: an interrupt in between would leave it running for ever
        with ExitStack() as end:
            session_end = SessionEnd(lambda: inbox.put(QUIT))
            self._written = session_end.written
            end.callback(session_end.close)  # the last to be closed: the end waits for all
            instance = end.enter_context(Instance(self._folders.state))
            start_logging(self._folders.logs, verbose=self._overrides.verbose)
            end.callback(stop_logging)
            keep_private()
            _log.info("posturewatch %s starts", __version__)
            today = SystemClock().now().date()
            settings = overridden(in_force(self._folders, today).settings, self._overrides)
            set_language(settings.user.language)
            self._live(settings, inbox, end, greet, lambda: self._begin_anew(instance, inbox))
        if self._failure is not None and not isinstance(self._failure, SourceEndedError):
            raise self._failure

    def _begin_anew(self, instance: Instance, inbox: QueueInbox) -> None:
        """The folders were removed while it ran: make them anew, with their lock and log; end in order where another
        app has them by now. Raises FolderError where they cannot be made yet."""
        self._folders.make()
        try:
            instance.renew()
        except InstanceError:
            inbox.put(QUIT)
            raise
        stop_logging()
        start_logging(self._folders.logs, verbose=self._overrides.verbose)
        _log.warning("the folders were removed while posturewatch ran; they were made anew")

    def _live(
        self,
        settings: Settings,
        inbox: QueueInbox,
        end: ExitStack,
        greet: Callable[[str], None],
        gone: Callable[[], None],
    ) -> None:
        built = assemble(self._folders, self._overrides, settings, inbox, clock=SystemClock(), end=end, gone=gone)
        loop, display, notifier = built.loop, built.display, built.notifier
        self._greet(display, settings, greet)
        if not built.journal.profiles():
            greet(_("You have not calibrated yet: run `posturewatch setup`, or `posturewatch calibrate`."))
            if self._overrides.tray and not self._folders.config_file.exists():
                built.launcher.open_setup()
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
            self._written()
            display.close()

    def _greet(self, display: TrayDisplay | NullDisplay, settings: Settings, greet: Callable[[str], None]) -> None:
        if self._overrides.tray and settings.tray.enabled and display.trouble:
            greet(f"{display.trouble} {display.hint}".strip())
        if self._overrides.record is not None:
            greet(
                _(
                    "What is seen is written to {path}: points of face and shoulders at each look, never a picture. "
                    "Whoever has the file can tell how you sat."
                ).format(path=self._overrides.record)
            )
        greet(_("posturewatch is watching. `posturewatch status` shows what it sees, `posturewatch quit` ends it."))


@dataclass(frozen=True, slots=True)
class Assembly:
    """What is built of a running app, before any thread of it runs."""

    loop: Loop
    display: TrayDisplay | NullDisplay
    notifier: DesktopNotifications
    launcher: DesktopLauncher
    journal: SqliteJournal


def assemble(
    folders: Folders,
    overrides: CliOverrides,
    settings: Settings,
    inbox: QueueInbox,
    *,
    clock: Clock,
    end: ExitStack,
    gone: Callable[[], None] = lambda: None,
) -> Assembly:
    """Build everything on these folders; ``end`` takes it down, ``gone`` makes them anew once removed.

    Raises JournalError, InstanceError and DesktopError.
    """
    journal = SqliteJournal(folders.journal_file, clock)
    end.callback(_quietly, journal.close)
    noticed = Command(CommandKind.NOTICED)
    sensor = SensorClient(settings.camera, settings.models, clock, wake=lambda: inbox.put(noticed))
    end.callback(sensor.close)
    loop_sensor: Sensor = sensor
    if overrides.record is not None:
        file = new_observation_file(overrides.record)
        end.callback(_close, file)
        loop_sensor = RecordingOfSensor(sensor, file)
    icon = icon_file(IconName.UPRIGHT)
    notifier = DesktopNotifications(ways(settings.notifications.backend, icon))
    end.callback(notifier.close)
    desktop = make_desktop(clock, lambda: inbox.put(noticed))
    end.callback(desktop.close)
    launcher = DesktopLauncher(folders, inbox, settings)
    end.callback(launcher.close)
    words = _TrayWords(settings.user)
    display: TrayDisplay | NullDisplay = NullDisplay()
    if overrides.tray and settings.tray.enabled:
        display = make_display(
            inbox,
            tray_actions(launcher),
            menu=words.menu,
            tooltip=words.tooltip,
            backend=settings.tray.backend,
            told_file=folders.state / "told-no-tray",
        )
    latest = LatestSnapshot(display)
    server = ControlServer(folders.state, clock, ControlAnswers(latest, inbox, display.tray_state).answer, gone)
    end.callback(server.close)
    watch = ConfigWatch((folders.config_file, folders.plan_file), lambda: inbox.put(Command(CommandKind.RELOAD)))
    end.callback(watch.close)
    consumers = (
        Consumer(("user",), lambda changed: set_language(changed.user.language)),
        Consumer(("user",), lambda changed: words.change(changed.user)),
        Consumer(tuple(Settings.model_fields), launcher.change),
        Consumer(("camera", "models"), lambda changed: sensor.configure(changed.camera, changed.models)),
        Consumer(("notifications",), lambda changed: notifier.use(ways(changed.notifications.backend, icon))),
    )
    keeper = _OverriddenKeeper(FolderKeeper(folders, journal, settings, clock), overrides)
    ports = Ports(clock, loop_sensor, journal, notifier, desktop, latest, inbox, keeper, launcher, consumers)
    loop = Loop(ports, settings, recording=is_recording(settings.camera.source))
    return Assembly(loop, display, notifier, launcher, journal)


class _TrayWords:
    """What the tray says, in the user's units."""

    def __init__(self, user: UserSettings) -> None:
        self.user = user

    def change(self, user: UserSettings) -> None:
        """Say it in these units from now on."""
        self.user = user

    def menu(self, snapshot: Snapshot) -> tuple[MenuItem, ...]:
        """The menu's lines for this moment, in the units in force."""
        return menu_for(snapshot, self.user.shown_units)

    def tooltip(self, snapshot: Snapshot) -> str:
        """The icon's words for this moment, in the units in force."""
        return tooltip(snapshot, self.user.shown_units)


class _OverriddenKeeper:
    """The keeper, with what the command line asked for laid over the settings file each time it is read."""

    def __init__(self, keeper: FolderKeeper, overrides: CliOverrides) -> None:
        self._keeper = keeper
        self._overrides = overrides
        self.notice = keeper.notice
        self.profile = keeper.profile
        self.keep_profile = keeper.keep_profile
        self.write_day = keeper.write_day

    def settings(self) -> Settings:
        """The settings as file and command line have them; raises ConfigError."""
        return overridden(self._keeper.settings(), self._overrides)


def overridden(settings: Settings, overrides: CliOverrides) -> Settings:
    """The settings with the command line's source in place of the file's. Raises UsageError for one that is none."""
    if not overrides.source:
        return settings
    camera = settings.camera.model_copy(update={"source": given_source(overrides.source)})
    return settings.model_copy(update={"camera": camera})


def _farewell() -> Reminder:
    """What the user hears when a bug has ended the watching."""
    return Reminder(
        ReminderKind.TROUBLE,
        "end",
        _("posturewatch has stopped watching"),
        _("An unexpected error ended it; your log is kept. Start it again; `posturewatch doctor` tells more."),
    )


def _hear_signals(inbox: QueueInbox) -> None:
    """SIGTERM, SIGINT and the end of the terminal's session: quit in order. SIGHUP: read the settings again."""

    commands = {"SIGTERM": QUIT, "SIGINT": QUIT, "SIGBREAK": QUIT, "SIGHUP": Command(CommandKind.RELOAD)}

    def heard(number: int, _frame: object) -> None:
        inbox.put(commands[signal.Signals(number).name])

    for name in commands:
        number = getattr(signal, name, None)
        if number is not None:
            signal.signal(number, heard)


def _close(file: TextIO) -> None:
    with suppress(OSError):  # a full disk has been said
        file.close()


def _quietly(work: Callable[[], None]) -> None:
    """The last thing before the end: what fails here has been said before."""
    try:
        work()
    except PosturewatchError as err:
        _log.warning("%s", err.message)
