"""One row of numbers for each frame of a recording, against a calibration from another one."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from posturewatch.app.calibration import calibration_from
from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.observation import Look, Observation
from posturewatch.base.outside import spreadsheet_text
from posturewatch.base.quantities import fixed
from posturewatch.base.records import Reason, State, Step
from posturewatch.base.settings import Settings
from posturewatch.base.source_names import is_picture, local_path
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.monitor import Monitor
from posturewatch.disk.files import write_atomic
from posturewatch.disk.refusals import or_say_why
from posturewatch.sensor_client.client import RecordingSensor

COLUMNS: Final = (
    "file",
    "t_s",
    "state",
    "reason",
    "fht_in",
    "fht_se_in",
    "load_index_lb",
    "load_se_lb",
    "load_model",
    "load_head_lb",
    "distance_cm",
    "head_yaw_deg",
    "head_pitch_deg",
    "trunk_lean_deg",
    "p_forward",
)

MEASURING: Final = Look(face=True, trunk=True, whole=True, anchor=True)
"""All there is to see; and where no calibration has taught the texture of clothes and face, the first looks do."""

_VIDEOS: Final = (".mp4", ".mkv", ".webm", ".avi", ".mov")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was done: the calibration's repeatability in inches, frames in all and with a number, and of those without
    one how many there are for each reason."""

    repeatability_in: float
    frames: int
    answered: int
    out: Path
    reasons: Mapping[Reason, int]

    @property
    def mostly(self) -> Reason | None:
        """Why there is mostly no number, where half of the frames and more have none."""
        if not self.reasons or 2 * self.answered > self.frames:
            return None
        return max(self.reasons, key=self.reasons.__getitem__)


def find_pair(source: str, calibrate: str | None) -> tuple[str, str]:
    """The recording and its calibration. A folder with ``test`` and ``calibration`` in it (folders of images, or
    videos) needs no second word. Raises UsageError."""
    if calibrate is not None:
        return source, calibrate
    found = {part: _part(Path(source), part) for part in ("test", "calibration")}
    if None in found.values():
        raise UsageError(
            _("Against which calibration is {source} to be measured?").format(source=source),
            _("Add --calibrate SOURCE: a recording of sitting upright, ten frames or more."),
        )
    return str(found["test"]), str(found["calibration"])


def _part(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, *(folder / f"{name}{suffix}" for suffix in _VIDEOS))
    return next((path for path in candidates if path.exists()), None)


def measure(
    source: str,
    against: str | Calibration,
    out: Path,
    settings: Settings,
    *,
    before: Sequence[str] = (),
    stills: bool = False,
    told: Callable[[], None] = lambda: None,
) -> Measured:
    """Measure a recording and write the CSV, whole or not at all.

    ``against``: a recording of sitting upright, looked at first by the same eyes, or a calibration that was kept, in
    which case nothing is known but what it holds. ``before``: recordings of the same sitting that were seen first, in
    order; they teach what the sitting is like and are not written out. ``stills``: frames are unrelated in posture;
    otherwise values are filtered over time, each from what came before it. ``told`` is called once a frame. Raises
    UsageError where ``out`` is one of the recordings, SourceError, ModelError, CalibrationError and DataError.
    """
    _keep_recordings(out, (source, *before, *([against] if isinstance(against, str) else [])))
    with RecordingSensor(settings.models, settings.camera.turn) as sensor:
        made = (
            calibration_from(sensor, against, settings, told=lambda _progress: told())
            if isinstance(against, str)
            else against
        )
        own = settings
        monitor = Monitor(made, own.posture, own.load, own.user, own.watch, stills=stills)
        for earlier in before:
            for seen in sensor.observe(earlier, stills=True if stills else None, look=MEASURING):
                monitor.feed(seen)
                told()
        if not stills:
            monitor.reset()
        observations = sensor.observe(source, stills=True if stills else None, look=MEASURING)
        return write_measured(observations, monitor, made, out, told)


def _keep_recordings(out: Path, recordings: Iterable[str]) -> None:
    """Raises UsageError for a CSV that would overwrite what it is made of, a picture in a folder of them too."""
    for recording in map(local_path, recordings):
        with suppress(OSError, ValueError):  # what is no file is said when it is opened
            if out.samefile(recording) or (is_picture(out) and out.parent.samefile(recording)):
                raise UsageError(
                    _("{path} is a recording; the CSV would overwrite it.").format(path=out),
                    _("Name another file with --out."),
                )


def write_measured(
    observations: Iterable[Observation],
    monitor: Monitor,
    calibration: Calibration,
    out: Path,
    told: Callable[[], None] = lambda: None,
) -> Measured:
    """Measure observations by a monitor of this calibration and write the CSV; see :func:`measure`."""
    rows = list(_rows(observations, monitor, told))
    write_rows(out, rows)
    told_of = (dict(zip(COLUMNS, cells, strict=True)) for cells in rows)
    without = [cells for cells in told_of if not cells["fht_in"]]
    reasons = Counter(
        Reason.NOBODY if cells["state"] == State.AWAY.value else Reason(cells["reason"])
        for cells in without
        if cells["state"] == State.AWAY.value or cells["reason"]
    )
    return Measured(calibration.repeatability_in, len(rows), len(rows) - len(without), out, reasons)


def _rows(observations: Iterable[Observation], monitor: Monitor, told: Callable[[], None]) -> Iterator[tuple[str, ...]]:
    for seen in observations:
        yield row(seen, monitor.feed(seen))
        told()


def row(seen: Observation, step: Step) -> tuple[str, ...]:
    """One row in the order of :data:`COLUMNS`; blank where unknown."""
    raw = step.raw if step.fht_in is not None else None
    load = step.load
    return (
        spreadsheet_text(seen.name) if seen.name is not None else str(seen.frame),
        fixed(seen.t_s, 3),
        step.state.value,
        step.reason.value if step.reason is not None else "",
        _cell(step.fht_in, 3),
        _cell(step.fht_se_in, 3),
        _cell(load.load_lb if load else None, 1),
        _cell(load.se_lb if load else None, 1),
        load.model if load else "",
        _cell(load.head_lb if load else None, 1),
        _cell(raw.distance_cm if raw else None, 1),
        _cell(raw.head_yaw_deg if raw else None, 1),
        _cell(raw.head_pitch_deg if raw else None, 1),
        _cell(raw.trunk_lean_deg if raw else None, 1),
        _cell(step.p_forward, 3),
    )


def write_rows(out: Path, rows: Iterable[tuple[str, ...]]) -> None:
    """Write the CSV in one piece; raises DataError."""
    text = io.StringIO()
    pen = csv.writer(text, lineterminator="\n")
    pen.writerow(COLUMNS)
    pen.writerows(rows)
    with or_say_why(out, _("Name another file with --out.")):
        write_atomic(out, text.getvalue())


def _cell(value: float | None, digits: int) -> str:
    return "" if value is None else fixed(value, digits)
