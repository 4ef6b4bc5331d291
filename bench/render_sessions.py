"""Sessions of a render folder for the measuring programs: their truth, and what the sensor saw of them.

The networks run once a session; what they saw is kept as lines of ``posturewatch.base.codec`` (numbers, no picture), so
that the arithmetic behind them can be measured again within seconds.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from posturewatch.base import codec
from posturewatch.base.observation import Observation
from posturewatch.offline.measure import MEASURING
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.recording import RecordingReader

VIDEO = ".mp4"
TIE_S = 5.0
"""Seconds of sitting upright that a tie takes, where a second day has a film and no pictures of its morning."""


@dataclass(frozen=True)
class Truth:
    """What is known of one test frame; ``fht_in`` in inches."""

    file: str
    category: str
    view: str
    fht_in: float


@dataclass(frozen=True)
class Session:
    """One session. ``person`` names whom it shows, ``clip`` says that its frames follow one another, ``first_day`` is
    the session of the day on which it was calibrated where the test shows another day, else empty.

    ``test`` is what a sensor saw that had seen the calibration before (where both are of one day), ``alone`` what one
    saw that had not; ``morning`` is what a tie of the test's own day saw: its pictures, or the first seconds of the
    film.
    """

    name: str
    person: str
    clip: bool
    first_day: str
    truth: tuple[Truth, ...]
    calibration: tuple[Observation, ...]
    test: tuple[Observation, ...]
    alone: tuple[Observation, ...]
    morning: tuple[Observation, ...]

    @property
    def other_day(self) -> bool:
        """Whether the test shows another day than the calibration."""
        return bool(self.first_day)

    def pairs(self, test: Iterable[Observation]) -> list[tuple[Truth, Observation | None]]:
        """Each test frame's truth with what was seen of it."""
        seen = {frame_key(one.name if one.name is not None else str(one.frame)): one for one in test}
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
        about = json.loads((folder / "session.json").read_text(encoding="utf-8"))
        clip = (folder / f"test{VIDEO}").exists()
        together = self._seen(folder, "calibration", "calibration", "test")
        alone = self._seen(folder, "alone", "test")
        morning = self._seen(folder, "morning", "morning") if (folder / "morning").exists() else alone
        return Session(
            folder.name,
            str(about.get("subject", folder.name)),
            clip,
            str(about.get("day1", "")),
            read_truth(folder / "truth.csv"),
            together["calibration"],
            together["test"],
            alone["test"],
            morning.get("morning") or tuple(one for one in alone["test"] if clip and one.t_s < TIE_S),
        )

    def _seen(self, folder: Path, run: str, *parts: str) -> dict[str, tuple[Observation, ...]]:
        """What one sensor process saw of these parts, one after the other."""
        files = {part: self._kept / f"{folder.name}.{run}.{part}.jsonl" for part in parts}
        if self._fresh or not all(path.exists() for path in files.values()):
            recorder = RecordingReader(find(ModelOptions()))
            for number, (part, path) in enumerate(files.items()):
                video = folder / f"{part}{VIDEO}"
                source = str(video if video.exists() else folder / part)
                look = replace(MEASURING, new_anchor=number == 0)
                lines = [codec.to_line(seen) for seen in recorder.observe(source, look=look)]
                path.write_text("".join(f"{line}\n" for line in lines))
        return {part: tuple(codec.read_lines(path.read_text().splitlines())) for part, path in files.items()}
