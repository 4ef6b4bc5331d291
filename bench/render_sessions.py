"""Sessions of a render folder for the measuring programs: their truth, and what the sensor saw of them.

The networks run once a session; what they saw is kept as lines of ``posturewatch.base.codec`` (numbers, no picture), so
that the arithmetic behind them can be measured again within seconds.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from posturewatch.base import codec
from posturewatch.base.observation import Look, Observation
from posturewatch.offline.measure import CALIBRATING
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.recording import WHOLE_LOOK, RecordingReader

VIDEO = ".mp4"
PARTS = ("calibration", "test")


@dataclass(frozen=True)
class Truth:
    """What is known of one test frame; ``fht_in`` in inches."""

    file: str
    category: str
    view: str
    fht_in: float


@dataclass(frozen=True)
class Session:
    """One session. ``person`` names whom it shows, ``clip`` says that its frames follow one another."""

    name: str
    person: str
    clip: bool
    truth: tuple[Truth, ...]
    calibration: tuple[Observation, ...]
    test: tuple[Observation, ...]

    @property
    def pairs(self) -> list[tuple[Truth, Observation | None]]:
        """Each test frame's truth with what was seen of it."""
        seen = {frame_key(one.name if one.name is not None else str(one.frame)): one for one in self.test}
        return [(truth, seen.get(frame_key(truth.file))) for truth in self.truth]


def frame_key(name: str) -> str:
    """An image's name without its folder; a frame number without leading zeros."""
    base = Path(name).name
    return str(int(base)) if base.isdigit() else base


def session_folders(renders: Path, wanted: Iterable[str] = ()) -> list[Path]:
    """Folders with a truth.csv, in order of name; only those ``wanted``, if any are."""
    chosen = set(wanted)
    found = sorted(path.parent for path in renders.glob("*/truth.csv"))
    return [folder for folder in found if not chosen or folder.name in chosen]


def read_truth(path: Path) -> tuple[Truth, ...]:
    """The test frames of a truth.csv."""
    with path.open(newline="", encoding="utf-8") as handle:
        return tuple(
            Truth(row["file"], row["category"], row["view"], float(row["fht_in"]))
            for row in csv.DictReader(handle)
            if row["kind"] == "test" and math.isfinite(float(row["fht_in"]))
        )


class SessionReader:
    """Reads sessions; looks at their pictures where nobody has yet, or where ``fresh`` asks for it."""

    def __init__(self, kept: Path, *, fresh: bool = False) -> None:
        self._kept, self._fresh = kept, fresh
        kept.mkdir(parents=True, exist_ok=True)

    def read(self, folder: Path) -> Session:
        """One session; raises SourceError, ModelError and OSError."""
        files = [self._kept / f"{folder.name}.{part}.jsonl" for part in PARTS]
        if self._fresh or not all(path.exists() for path in files):
            self._look(folder, files)
        calibration, test = ([*codec.read_lines(path.read_text().splitlines())] for path in files)
        return Session(
            folder.name,
            _person(folder),
            (folder / f"test{VIDEO}").exists(),
            read_truth(folder / "truth.csv"),
            tuple(calibration),
            tuple(test),
        )

    @staticmethod
    def _look(folder: Path, files: list[Path]) -> None:
        recorder = RecordingReader(find(ModelOptions()))
        looks: tuple[Look, ...] = (CALIBRATING, WHOLE_LOOK)
        for part, path, look in zip(PARTS, files, looks, strict=True):
            video = folder / f"{part}{VIDEO}"
            source = str(video if video.exists() else folder / part)
            lines = [codec.to_line(seen) for seen in recorder.observe(source, look=look)]
            path.write_text("".join(f"{line}\n" for line in lines))


def _person(folder: Path) -> str:
    """Whom the session shows; its own name where that is not told."""
    path = folder / "session.json"
    return (
        str(json.loads(path.read_text(encoding="utf-8")).get("subject", folder.name)) if path.exists() else folder.name
    )
