"""The whole loop (monitor, reminders, breaks, journal) on media time: a recorded day in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Final

from posturewatch.app.calibration import calibration_from, in_force_of
from posturewatch.app.keeper import FolderKeeper, read_profile
from posturewatch.base.codec import read_lines
from posturewatch.base.errors import PosturewatchError, SourceEndedError, SourceUnreadableError
from posturewatch.base.i18n import _
from posturewatch.base.observation import Observation
from posturewatch.base.records import Outcome, Reminder, Response, Snapshot, State
from posturewatch.base.settings import Settings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import row_of
from posturewatch.disk.folders import Folders
from posturewatch.disk.instance import Instance
from posturewatch.journal.writer import SqliteJournal
from posturewatch.loop.loop import Loop
from posturewatch.loop.ports import Ports
from posturewatch.offline.media import MediaClock, MediaInbox, MediaSensor
from posturewatch.offline.script import ScriptedDesktop, ScriptLine
from posturewatch.sensor_client.client import RecordingSensor

EVERY_S: Final = 0.5
"""The recording is looked at this often, in seconds of media time: the fastest that the cadence asks for."""


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """What to replay, and how. ``speed`` None = as fast as it goes; ``rounds``: how often from the beginning.
    ``calibration``: one to keep and use from the beginning; ``quick``: the one that is made first ties the journal's
    own to the recording's day. ``answers``: the observations are a live run's, as
    ``run --record`` writes them, and no film's. ``here``: the wall clock follows this computer's zone through a change
    of summer time; otherwise it keeps to the zone of ``start``."""

    start: datetime
    calibration: Calibration | None = None
    quick: bool = False
    answers: bool = False
    speed: float | None = None
    rounds: int = 1
    scenes: tuple[ScriptLine, ...] = ()
    here: bool = False


@dataclass(slots=True)
class ReplayResult:
    """What came of it, for the summary: seconds by state, reminders, media seconds."""

    media_s: float
    reminders: tuple[tuple[datetime, Reminder], ...]
    states_s: dict[State, float]
    last: Snapshot | None


Hear = Callable[[datetime, Reminder], None]


class ReminderRecorder:
    """Implements ``interface.Notifier`` and ``interface.Display`` by remembering, and by telling who listens."""

    def __init__(self, clock: MediaClock, hear: Hear, told: Callable[[float], None]) -> None:
        self._clock = clock
        self._told = told
        self._hear = hear
        self._responses: list[Response] = []
        self._before_s = 0.0
        self.reminders: list[tuple[datetime, Reminder]] = []
        self.states_s: dict[State, float] = {}
        self.last: Snapshot | None = None

    def send(self, reminder: Reminder) -> None:
        """Keep the reminder; it counts as shown, unless it came muted."""
        self.reminders.append((self._clock.now(), reminder))
        outcome = Outcome.MUTED if reminder.muted is not None else Outcome.SHOWN
        self._responses.append(Response(reminder.key, reminder.kind, outcome))
        self._hear(self._clock.now(), reminder)

    def withdraw(self, key: str) -> None:
        """Nothing is on a screen."""

    def responses(self) -> tuple[Response, ...]:
        """What came back since the last call."""
        out, self._responses = tuple(self._responses), []
        return out

    def show(self, snapshot: Snapshot) -> None:
        """Add up how long each state was shown, in media time."""
        if self.last is not None:
            passed_s = self._clock.t_s - self._before_s
            self.states_s[self.last.state] = self.states_s.get(self.last.state, 0.0) + passed_s
            self._told(passed_s)
        self.last, self._before_s = snapshot, self._clock.t_s

    def close(self) -> None:
        """Nothing is held."""


class NoWindows:
    """Implements ``ports.Launcher`` where nothing is opened."""

    def open(self, *_what: object, **_words: object) -> bool:
        """False: no window is opened."""
        return False

    def follow(self, level: float) -> None:
        """There is no screen that could show it."""

    def shut(self, what: str) -> None:
        """No window is open."""


class _Fixed(FolderKeeper):
    """The keeper with settings that stay as they are for this run."""

    def __init__(self, folders: Folders, journal: SqliteJournal, settings: Settings, clock: MediaClock) -> None:
        super().__init__(folders, journal, settings, clock)
        self._fixed = settings

    def own_settings(self) -> Settings:
        """The settings that this run began with; a plan lies over them on its own days."""
        return self._fixed


def replay_recording(
    source: str,
    calibrate: str | None,
    options: ReplayOptions,
    folders: Folders,
    settings: Settings,
    *,
    hear: Hear = lambda _at, _reminder: None,
    told: Callable[[float], None] = lambda _t_s: None,
) -> ReplayResult:
    """Replay a video, a folder of images, or recorded observations (``.jsonl``); ``calibrate`` from another
    recording first. See :func:`replay`; also raises SourceError, ModelError, CalibrationError."""
    recorded = source.lower().endswith(".jsonl")
    options = replace(options, answers=recorded)
    if recorded and calibrate is None:
        return replay(_lines(Path(source)), options, folders, settings, hear=hear, told=told)
    with RecordingSensor(settings.models, settings.camera.turn) as sensor:
        if calibrate is not None:
            before = in_force_of(folders, read_profile(folders)) if options.quick else None
            options = replace(options, calibration=calibration_from(sensor, calibrate, settings, before=before))
        observations = _lines(Path(source)) if recorded else sensor.observe(source, every_s=EVERY_S)
        return replay(observations, options, folders, settings, hear=hear, told=told)


def replay(
    observations: Iterable[Observation],
    options: ReplayOptions,
    folders: Folders,
    settings: Settings,
    *,
    hear: Hear = lambda _at, _reminder: None,
    told: Callable[[float], None] = lambda _t_s: None,
) -> ReplayResult:
    """Replay observations on their own time into the journal of these folders; ``hear`` gets each reminder,
    ``told`` the media seconds as they pass.

    Raises InstanceError where an app uses these folders now, DataError, and what the observations raise: at their
    beginning before anything is written, later when what came before has been replayed.
    """
    seen = iter(observations)
    first = next(seen, None)
    if first is None:
        raise SourceUnreadableError(_("The recording is empty."), _("Record it again, or name another one."))
    broken: list[PosturewatchError] = []
    whole = chain((first,), _until_broken(seen, broken))
    clock = MediaClock(options.start, here=options.here)
    with ExitStack() as end:
        end.enter_context(Instance(folders.make().state))
        journal = SqliteJournal(folders.journal_file, clock)
        end.callback(journal.close)
        keeper = _Fixed(folders, journal, settings, clock)
        if options.calibration is not None:
            journal.add_calibration(row_of(options.calibration, keeper.profile(), options.start))
        script, recorder = ScriptedDesktop(options.scenes, clock), ReminderRecorder(clock, hear, told)
        sensor = MediaSensor(clock, whole, rounds=options.rounds, answers=options.answers)
        ports = Ports(
            clock,
            sensor,
            journal,
            recorder,
            script,
            recorder,
            MediaInbox(clock, script.due, sensor.over, options.speed, sensor.noticed_in_s),
            keeper,
            NoWindows(),
        )
        with suppress(SourceEndedError):
            Loop(ports, keeper.settings(), recording=True).run()
        if broken:
            raise broken[0]
        return ReplayResult(clock.t_s, tuple(recorder.reminders), recorder.states_s, recorder.last)


def _until_broken(observations: Iterator[Observation], broken: list[PosturewatchError]) -> Iterator[Observation]:
    """The observations up to an error, which goes into ``broken``: the loop would take it for a camera to wait for."""
    try:
        yield from observations
    except PosturewatchError as err:
        broken.append(err)


def _lines(path: Path) -> Iterator[Observation]:
    """Recorded observations, one JSON object a line (``posturewatch.base.codec``)."""
    try:
        with path.open(encoding="utf-8") as file:
            yield from read_lines(file)
    except OSError as err:
        words = _("{path} cannot be read: {why}").format(path=path, why=err.strerror or err)
        raise SourceUnreadableError(words, _("Check the spelling of the source.")) from err
    except UnicodeDecodeError as err:
        raise SourceUnreadableError(_("{path} cannot be read as text.").format(path=path)) from err
