"""The whole way on the clip that ships with the package: calibrate, measure, replay a few minutes, write the report.

No camera, no screen. The clip is a rendered person whose true head position is known, so the demo can also say
how far off it was. Settings are those of a hurried day: a nudge after ten seconds, a break after five minutes.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from posturewatch.app.calibration import calibration_from
from posturewatch.app.reports import day_report
from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.settings import BreakSettings, PostureSettings, Settings
from posturewatch.core.posture.monitor import Monitor
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import Folders, make_folder
from posturewatch.offline.measure import Measured, write_measured
from posturewatch.offline.replay import ReplayOptions, ReplayResult, replay
from posturewatch.sensor_client.client import RecordingSensor

CLIP: Final = Path(__file__).parent.parent / "demo_data"
ROUNDS: Final = 12
"""The clip lasts 32 s; twelve rounds are six minutes, enough for a break to fall due."""

MARK: Final = ".posturewatch-demo"
"""Lies in a folder that an earlier demo made, and only there: such a folder may be emptied."""

SETTINGS: Final = Settings(
    posture=PostureSettings(hold_s=10, gap_min=2),
    breaks=BreakSettings(every_min=5, length_s=20, long_every_min=0),
)


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo has made. ``error_in`` is the mean absolute error against the clip's truth, in inches."""

    measured: Measured
    error_in: float | None
    told: ReplayResult
    report: Path
    day_csv: Path
    journal: Path


def demo(out: Path, now: datetime, told: Callable[[str], None]) -> DemoResult:
    """Run it into the folder ``out``; ``told`` hears what is being done. Raises what the parts raise, and
    UsageError for a folder with other things in it."""
    empty(out)
    folders = Folders(out / "config", out / "data", out / "logs", out / "state").make()
    told(_("Calibrating, then measuring the clip frame by frame …"))
    with RecordingSensor(SETTINGS.models) as sensor:
        calibration = calibration_from(sensor, str(CLIP / "calibration.mp4"), SETTINGS)
        seen = tuple(sensor.observe(str(CLIP / "test.mp4")))
    own = SETTINGS
    monitor = Monitor(calibration, own.posture, own.load, own.user, own.watch)
    measured = write_measured(seen, monitor, calibration, out / "measured.csv")
    told(
        _("Replaying it {rounds} times as a hurried morning: a reminder after seconds, a break after minutes …").format(
            rounds=ROUNDS
        )
    )
    start = now.replace(hour=9, minute=0, second=0, microsecond=0)
    if now - start < timedelta(hours=1):
        start -= timedelta(days=1)  # nothing of it lies in the future of the report that is made now
    replayed = replay(seen, ReplayOptions(start, calibration=calibration, rounds=ROUNDS), folders, SETTINGS)
    told(_("Writing the report …"))
    report = out / "report.html"
    write_atomic(report, day_report(folders, start.date(), now, SETTINGS))
    return DemoResult(
        measured,
        mean_error_in(out / "measured.csv", CLIP / "truth.csv"),
        replayed,
        report,
        folders.days / f"{start.date().isoformat()}.csv",
        folders.journal_file,
    )


def empty(out: Path) -> None:
    """Make the folder, or empty it if an earlier demo made it; raises UsageError for any other that holds things."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        if not (out / MARK).exists():
            raise UsageError(
                _("{path} is there already, and no demo made it.").format(path=out),
                _("Name another folder: posturewatch demo --out FOLDER"),
            )
        shutil.rmtree(out)
    make_folder(out)
    (out / MARK).touch(mode=0o600)


def mean_error_in(measured: Path, truth: Path) -> float | None:
    """Mean absolute difference from the truth over the frames that have a number, in inches."""
    with truth.open(newline="", encoding="utf-8") as file:
        true_in = {row["file"]: float(row["fht_in"]) for row in csv.DictReader(file) if row["kind"] == "test"}
    with measured.open(newline="", encoding="utf-8") as file:
        errors = [
            abs(float(row["fht_in"]) - true_in[row["file"]])
            for row in csv.DictReader(file)
            if row["fht_in"] and row["file"] in true_in
        ]
    return sum(errors) / len(errors) if errors else None
