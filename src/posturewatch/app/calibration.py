"""A calibration outside of the loop: from the camera, borrowed from the app where one runs, or from a recording."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from posturewatch.app.camera_loan import borrowed_camera
from posturewatch.app.keeper import FolderKeeper, read_profile
from posturewatch.base.clock import SystemClock
from posturewatch.base.codec import snapshot_from_json
from posturewatch.base.errors import (
    CalibrationError,
    CameraBusyError,
    CameraForbiddenError,
    CameraMissingError,
    InstanceError,
    ModelError,
    SensorError,
    SourceError,
)
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import NOTHING_YET, Lack, Look, Observation
from posturewatch.base.quantities import Units
from posturewatch.base.records import CalibrationRow, EventKind, Reason, Snapshot
from posturewatch.base.records import Event as Happened
from posturewatch.base.settings import Settings
from posturewatch.base.shell import as_typed
from posturewatch.base.wording import reason_words
from posturewatch.control.client import ask, tell_app
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibration_run import EVERY_S, LOOK, CalibrationRun, done_words, row_of
from posturewatch.core.posture.calibrator import Calibrator, Progress
from posturewatch.disk.folders import Folders
from posturewatch.disk.instance import is_running
from posturewatch.journal.writer import open_beside
from posturewatch.loop.camera import DEADLINE_S
from posturewatch.sensor_client.client import START_S, RecordingSensor, SensorClient

Tell = Callable[[float, str], None]
"""Hears the share done, 0–1, and what to do for it to go on."""

RECORDED = Look(face=True, trunk=True, whole=True, anchor=True, new_anchor=True)
"""What a calibration from a recording sees; its first frame leaves the references for the clothes."""

SURE_S = 3.0
"""A camera that is not there, or may not be used, is not there after this time either; udev needs a moment at times."""

TIE_AT_MOST_S = 120.0
"""Longest that the running app is waited for: to look, to count down and to see somebody sit still."""

PATIENCE_S = 20.0
"""A camera that has not given a picture by then is said to the user; slow ones take up to 20 s to open on Windows."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A calibration that is in the journal now."""

    calibration: Calibration
    profile: str

    def words(self, units: Units) -> str:
        """What came of it, for the user."""
        return done_words(self.calibration, self.profile, units)


def calibrate_live(
    folders: Folders,
    settings: Settings,
    profile: str,
    tell: Tell,
    *,
    quick: bool = False,
    ready: Callable[[], None] = lambda: None,
) -> Kept:
    """About ten seconds of sitting upright before the camera; five with ``quick``, which ties the profile's
    calibration in force to this sitting. ``ready`` is called when the camera gives pictures, and may take its time:
    what is seen before it returns does not count. Raises CalibrationError with the reason, SourceError, ModelError,
    JournalError."""
    before = in_force_of(folders, profile) if quick else None
    with borrowed_camera(folders.state):
        made = _watch(settings, profile, tell, before, ready)
        return keep(folders, settings, profile, made)


def tie_in_app(folders: Folders, profile: str, tell: Tell) -> Kept:
    """Five seconds of sitting upright before the camera of the running app, which knows what it has learnt of the
    person since. Raises InstanceError where it does not answer, CalibrationError with what hinders it."""
    clock, pause = SystemClock(), Event()
    before, begun, until_s = _snapshot(folders), False, clock.monotonic_s() + TIE_AT_MOST_S
    if before.paused or not before.watching:
        raise CalibrationError(before.quiet or reason_words(Reason.PAUSED))
    tell_app(folders.state, Command(CommandKind.CALIBRATE_QUICK))
    while clock.monotonic_s() < until_s:
        now = _snapshot(folders)
        if now.calibrated_at != before.calibrated_at:
            return Kept(in_force_of(folders, profile), profile)
        if begun and now.calibrating is None:
            raise CalibrationError(now.advice)
        begun = begun or now.calibrating is not None
        tell(now.calibrating or 0.0, now.advice)
        pause.wait(EVERY_S)
    raise CalibrationError(_("The running posturewatch does not calibrate."), _("`posturewatch status` says why."))


def runs_with(folders: Folders, profile: str) -> bool:
    """Whether posturewatch runs and measures by this profile's calibration."""
    return (
        is_running(folders.state)
        and _snapshot(folders).profile == profile
        and row_in_force(folders, profile) is not None
    )


def _snapshot(folders: Folders) -> Snapshot:
    answer = ask(folders.state, {"do": "status"})
    try:
        return snapshot_from_json(answer["snapshot"])
    except (KeyError, TypeError, ValueError) as err:
        raise InstanceError(_("The running posturewatch cannot be asked now."), _("Try again in a moment.")) from err


def calibrate_with_window(folders: Folders, settings: Settings, profile: str) -> Kept:
    """As :func:`calibrate_live`, with the picture, drawn by the sensor. Also raises DesktopError without a screen,
    and CalibrationError if the user closed the window without keeping one."""
    from posturewatch.sensor_client.window import calibrate_in_window

    with borrowed_camera(folders.state):
        made = Calibration.from_json(calibrate_in_window(settings, profile))
        return keep(folders, settings, profile, made)


def show_live_view(folders: Folders, settings: Settings) -> None:
    """What the camera sees, until the user closes the window. Raises DesktopError, SensorError."""
    from posturewatch.sensor_client.window import open_live

    with borrowed_camera(folders.state):
        row = row_in_force(folders, read_profile(folders))
        of_today = row is not None and row.at.date() == SystemClock().now().date()
        open_live(settings, row.body if row is not None else "", of_today=of_today).wait()


def row_in_force(folders: Folders, profile: str) -> CalibrationRow | None:
    """The profile's calibration in force, or None."""
    from posturewatch.journal.reader import open_reader

    if not folders.journal_file.exists():
        return None
    with open_reader(folders.journal_file) as journal:
        return journal.calibrations_in_force().get(profile)


def in_force_of(folders: Folders, profile: str) -> Calibration:
    """The profile's calibration in force; raises CalibrationError where it has none, DataError for a damaged one."""
    row = row_in_force(folders, profile)
    if row is None:
        raise CalibrationError(
            _("There is no calibration under the name {name}.").format(name=profile),
            _("Make one first: posturewatch calibrate --profile {name}").format(name=as_typed(profile)),
        )
    return Calibration.from_json(row.body)


def calibrate_recording(
    folders: Folders, settings: Settings, profile: str, source: Path, tell: Tell, *, quick: bool = False
) -> Kept:
    """As :func:`calibrate_live`, from a recording of sitting upright."""
    before = in_force_of(folders, profile) if quick else None
    with RecordingSensor(settings.models, settings.camera.turn) as sensor:
        made = calibration_from(
            sensor, str(source), settings, profile, lambda progress: tell(progress.share, progress.words), before=before
        )
    return keep(folders, settings, profile, made)


def calibration_from(
    sensor: RecordingSensor,
    source: str,
    settings: Settings,
    profile: str = "recording",
    told: Callable[[Progress], None] = lambda _progress: None,
    *,
    before: Calibration | None = None,
) -> Calibration:
    """The calibration that a recording of sitting upright gives; ``told`` is called once a frame. ``before``: the
    earlier calibration that it ties to the recording's sitting.

    Raises CalibrationError, SourceError, SensorError and ModelError.
    """
    calibrator = Calibrator(profile, settings.user, before, settings.camera.turn)
    for seen in sensor.observe(source, look=RECORDED):
        told(calibrator.feed(seen))
    return calibrator.result()


def _watch(
    settings: Settings, profile: str, tell: Tell, before: Calibration | None, ready: Callable[[], None]
) -> Calibration:
    run: CalibrationRun | None = None
    with closing(looks(settings, ready, EVERY_S)) as seen_at:
        for seen, now_s in seen_at:
            run = run or CalibrationRun(profile, settings.user, now_s, before, turned=settings.camera.turn)
            run.feed(seen, now_s)
            if run.result is not None:
                return run.result
            if run.over:
                raise CalibrationError(run.advice)
            tell(run.share, run.advice)
    raise CalibrationError(reason_words(Reason.NO_FRAME))  # looks never end by themselves


def looks(
    settings: Settings, ready: Callable[[], None], every_s: float
) -> Generator[tuple[Observation, float], None, None]:
    """What the camera sees, with the monotonic second, until it is closed; the camera is given back then. ``ready``: as
    :func:`calibrate_live` has it. Raises SourceError, SensorError and ModelError."""
    clock, pause = SystemClock(), Event()
    sensor = SensorClient(settings.camera, settings.models, clock)
    try:
        _await_picture(sensor, clock, pause)
        ready()
        heard_s = clock.monotonic_s()
        while True:
            try:
                seen = sensor.look(LOOK, DEADLINE_S)
            except (SourceError, ModelError):
                if clock.monotonic_s() - heard_s > PATIENCE_S:
                    raise
                pause.wait(1.0)
                continue
            heard_s = clock.monotonic_s()
            yield seen, heard_s
            pause.wait(every_s)
    except (CameraBusyError, SensorError) as err:
        raise type(err)(err.message, _for_once(err)) from err
    finally:
        sensor.close()


def _for_once(err: SourceError) -> str:
    """What to do, from a command that ends: its camera is not waited for, and nothing is started again."""
    if isinstance(err, CameraBusyError):
        return _("Plug it in, close programs that use it, or choose another camera.")
    return _("Close other programs, or install posturewatch again.")


def _await_picture(sensor: SensorClient, clock: SystemClock, pause: Event) -> None:
    """Until the camera gives its first picture. Raises what is wrong with it: at once where waiting does not help."""
    begun_s, loaded = clock.monotonic_s(), False
    while True:
        if sensor.ready and not loaded:  # until now it was not the camera that was waited for
            begun_s, loaded = clock.monotonic_s(), True
        waited_s = clock.monotonic_s() - begun_s
        try:
            if sensor.look(LOOK, DEADLINE_S).lack not in (*NOTHING_YET, Lack.CAMERA_LOST):
                return
        except (SourceError, ModelError) as err:
            sure = isinstance(err, CameraMissingError | CameraForbiddenError | ModelError)
            if waited_s > (SURE_S if sure else PATIENCE_S):
                raise
        if waited_s > (PATIENCE_S if loaded else START_S):
            raise CalibrationError(reason_words(Reason.NO_FRAME))
        pause.wait(0.5)


def keep(folders: Folders, settings: Settings, profile: str, made: Calibration) -> Kept:
    """Write it into the journal, make its profile the one in force, and tell the running app."""
    clock = SystemClock()
    with open_beside(folders.make().journal_file, clock) as journal:
        now = clock.now()
        journal.add_calibration(row_of(made, profile, now))
        journal.add_event(Happened(now, EventKind.CALIBRATION, "done", value=made.repeatability_in))
        FolderKeeper(folders, journal, settings, clock).keep_profile(profile)
    if is_running(folders.state):
        tell_app(folders.state, Command(CommandKind.PROFILE, text=profile))
    return Kept(made, profile)
