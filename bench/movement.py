"""How well the movement check tells the head's angles against the trunk, on rendered people.

    python bench/movement.py RENDERS --out DIR [--sessions NAME …]

DIR is the one in which accuracy.py keeps what the sensor saw; it is read, and filled where it is empty. Each session is
calibrated on its calibration frames, all its test frames tell what they share (as all looks of a check do), and each is
then measured by itself. For each person the few numbers of the networks (``head_on_trunk.HeadGain``) are fitted to all
other people, so that nobody is measured by what was learnt of them; the last lines say what all people together give,
which is what ships. Frames without a face are answered where the pose network sees a deep nod; cameras more than 28°
aside are not.

Columns: frames; share answered; mean absolute error, degrees; share within two standard errors; mean standard error;
slope of what is said against what is true. "told as" are the frames by what was said of them, which is all that a
reader has; "trunk turned" are the frames whose trunk is turned by 10° or more.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from accuracy import calibrate
from posturewatch.base.observation import Observation
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.movement.head_on_trunk import (
    JOINED_LOOKS,
    LEAST_PAIRS,
    SHIPPED,
    HeadGain,
    HeadMeter,
    HeadOnTrunk,
    camera_place,
    wide_view,
)
from posturewatch.core.posture.movement.pose_nod import SHIPPED_NOD, NodGain
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, Habit, SharedUnknowns
from render_sessions import Session, SessionReader, frame_key, session_folders

Floats = NDArray[np.float64]

AXES = ("turning", "nodding", "tilting")
NAMES = ("yaw", "pitch", "roll")
BANDS = ((0, 10), (10, 20), (20, 30), (30, 50))
SMALL_DEG, LARGE_DEG = 8.0, 12.0
UNIT = replace(SHIPPED, gain=np.ones(3))


@dataclass(frozen=True)
class Known:
    """What is true of one frame, degrees: the head against the trunk and against the room (3,), the trunk's turn."""

    category: str
    head: Floats
    room: Floats
    trunk_yaw: float
    fht_in: float


@dataclass(frozen=True)
class Frame:
    """One test frame of a session."""

    session: str
    person: str
    view: str
    known: Known
    look: Observation | None
    face_deg: Floats
    sunk: float
    slope_deg: float


@dataclass(frozen=True)
class Measured:
    """A frame and what was said of it; ``None`` = nothing."""

    frame: Frame
    said: HeadOnTrunk | None


def read_known(path: Path) -> dict[str, Known]:
    """By frame, the truth of the test frames."""

    def angles(row: dict[str, str], of: str) -> Floats:
        return np.array([float(row[f"head_{name}_{of}_deg"]) for name in NAMES])

    with path.open(newline="", encoding="utf-8") as handle:
        return {
            frame_key(row["file"]): Known(
                row["category"],
                angles(row, "rel_trunk"),
                angles(row, "world"),
                float(row["trunk_yaw_deg"]),
                float(row["fht_in"]),
            )
            for row in csv.DictReader(handle)
            if row["kind"] == "test" and math.isfinite(float(row["head_yaw_rel_trunk_deg"]))
        }


def frames_of(session: Session, folder: Path, calibration: Calibration) -> list[Frame]:
    """All test frames with their truth."""
    meter = HeadMeter(calibration, UNIT)
    known = read_known(folder / "truth.csv")
    test = session.alone if session.other_day else session.test
    seen = {frame_key(one.name if one.name is not None else str(one.frame)): one for one in test}
    view = session.truth[0].view
    out = []
    for key, truth in known.items():
        look = seen.get(key)
        face = np.full(3, np.nan) if look is None or not calibration.has_face else meter.room_deg(look)
        sunk = np.nan if look is None else meter.sunk(look)
        out.append(Frame(session.name, session.person, view, truth, look, face, sunk, meter.slope_deg))
    return out


def fitted(frames: Sequence[Frame]) -> HeadGain:
    """The numbers that these frames give; ``again``, ``trunk`` and ``unclothed`` are kept. Large angles count for more,
    because a range is one; the gain is not told from small ones."""
    face = np.array([one.face_deg for one in frames if np.isfinite(one.face_deg).all()])
    true = np.array([one.known.room for one in frames if np.isfinite(one.face_deg).all()])
    weight = (1.0 + np.abs(true) / 10.0) ** 2
    gain = (weight * face * true).sum(axis=0) / (weight * face**2).sum(axis=0)
    error = gain * face - true
    base, spread = np.zeros(3), np.zeros(3)
    for axis in range(3):
        size = np.abs(true[:, axis])
        small, large = size < SMALL_DEG, size >= LARGE_DEG
        base[axis] = np.sqrt((error[small, axis] ** 2).mean())
        more = max(0.0, float((error[large, axis] ** 2).mean() - base[axis] ** 2))
        spread[axis] = np.sqrt(more / (true[large, axis] ** 2).mean())
    return replace(SHIPPED, gain=gain, base_deg=base, spread=np.maximum(spread, SHIPPED.spread), nod=fitted_nod(frames))


def fitted_nod(frames: Sequence[Frame]) -> NodGain:
    """The numbers of the pose network that these frames give; ``again`` is kept. Clips, with a hundred looks at every
    posture of an ordinary sitting and no deep nod, would drown the stills."""
    some = [one for one in frames if np.isfinite(one.sunk) and one.known.category != "clip"]
    true = np.array([one.known.room[1] for one in some])
    sunk = np.array([one.sunk for one in some])
    slope = np.array([one.slope_deg for one in some])
    weight = 1.0 + np.abs(true) / 10.0
    found = np.linalg.lstsq((np.stack([true, true * slope]) * weight).T, sunk * weight, rcond=None)[0]
    said = sunk / (found[0] + found[1] * slope)
    small, large = np.abs(true) < SMALL_DEG, np.abs(true) >= LARGE_DEG
    base = float(np.sqrt(((said - true)[small] ** 2).mean()))
    more = max(0.0, float(((said - true)[large] ** 2).mean()) - base**2)
    spread = float(np.sqrt(more / (true[large] ** 2).mean()))
    return NodGain(*map(float, found), base, max(spread, SHIPPED_NOD.spread), SHIPPED_NOD.again)


def joined(session: Session, calibration: Calibration, frames: Sequence[Frame]) -> SharedUnknowns:
    """What the session's looks tell together."""
    shared = calibration.shared
    if session.other_day:
        shared = shared.sitting(OTHER_CLOTHES, Habit(), wide_view().spread)
    meter = HeadMeter(calibration, shared=shared)
    looks = [one.look for one in frames if one.look is not None]
    meter.join(looks[:: max(1, len(looks) // JOINED_LOOKS)])
    return meter.shared


def row(label: str, some: Sequence[Measured], axis: int) -> None:
    """One row of the table."""
    given = [
        (one.frame.known.head[axis], one.said.head[axis], one.said.se[axis])
        for one in some
        if one.said is not None and np.isfinite(one.said.head[axis])
    ]
    if not some:
        return
    if not given:
        print(f"{label:38}{len(some):>7}{0:>10.2f}")
        return
    true, said, se = np.array(given).T
    error = np.abs(said - true)
    slope = float(np.polyfit(true, said, 1)[0]) if np.ptp(true) > 15.0 else math.nan
    print(
        f"{label:38}{len(some):>7}{len(given) / len(some):>10.2f}{error.mean():>8.1f}{(error <= 2 * se).mean():>10.2f}"
        f"{se.mean():>8.1f}{slope:>8.2f}",
        flush=True,
    )


def print_table(measured: Sequence[Measured]) -> None:
    """By axis: range bands, all within 30° and to 50°, the turned trunk, each view and person."""

    def among(axis: int, least: float, most: float) -> Callable[[Measured], bool]:
        return lambda one: least <= abs(one.frame.known.head[axis]) < most

    def told(axis: int, least: float, most: float) -> Callable[[Measured], bool]:
        return lambda one: one.said is not None and least <= abs(one.said.head[axis]) < most

    titles = f"{'frames':>7}{'answered':>10}{'MAE':>8}{'in 2 se':>10}{'se':>8}{'slope':>8}"
    for axis, name in enumerate(AXES):
        print(f"\n{name + ', against the trunk, degrees':38}{titles}")
        for least, most in BANDS:
            row(f"  true {least}–{most}", list(filter(among(axis, least, most), measured)), axis)
        row("  all within 30", list(filter(among(axis, 0, 30), measured)), axis)
        row("  30 to 50", list(filter(among(axis, 30, 50), measured)), axis)
        row("  told as within 30", list(filter(told(axis, 0, 30), measured)), axis)
        row("  told as 30 to 50", list(filter(told(axis, 30, 50), measured)), axis)
        turned = [one for one in measured if abs(one.frame.known.trunk_yaw) >= 10.0]
        row("  trunk turned by 10 and more", turned, axis)
        row("    of these the clothes recognised", [one for one in turned if clothes_seen(one)], axis)
        for person in sorted({one.frame.person for one in measured}):
            row(
                f"  {person}, true 10 and more",
                [one for one in measured if one.frame.person == person and abs(one.frame.known.head[axis]) >= 10.0],
                axis,
            )
        row("  all", measured, axis)


def clothes_seen(one: Measured) -> bool:
    """Whether the chest's texture was recognised in this look."""
    look = one.frame.look
    return look is not None and look.texture is not None and len(look.texture.trunk) >= LEAST_PAIRS


def print_trunk(measured: Sequence[Measured]) -> None:
    """The trunk's own turn, which is taken out."""
    print(f"\n{'turn of the trunk against the room':38}{'frames':>7}{'MAE':>8}{'slope':>8}")
    for label, least, clothes in (
        ("  true 0–10", 0.0, False),
        ("  true 10 and more", 10.0, False),
        ("    of these the clothes recognised", 10.0, True),
    ):
        some = [
            (one.frame.known.trunk_yaw, one.said.trunk[0])
            for one in measured
            if one.said is not None
            and (abs(one.frame.known.trunk_yaw) >= least if least else abs(one.frame.known.trunk_yaw) < 10.0)
            and (not clothes or clothes_seen(one))
        ]
        if some:
            true, said = np.array(some).T
            slope = float(np.polyfit(true, said, 1)[0]) if np.ptp(true) > 15.0 else math.nan
            print(f"{label:38}{len(some):>7}{np.abs(said - true).mean():>8.1f}{slope:>8.2f}")


def print_forward(measured: Sequence[Measured]) -> None:
    """How far the head glides forward and back, which is what drawing the chin in is told by."""
    some = np.array(
        [
            (one.frame.known.fht_in, one.said.forward_in, one.said.forward_se_in)
            for one in measured
            if one.said is not None and np.isfinite(one.said.forward_in) and abs(one.frame.known.trunk_yaw) < 10.0
        ]
    )
    true, said, se = some.T
    error = np.abs(said - true)
    print(
        f"\nforward head distance in the check: {len(some)} frames, MAE {error.mean():.2f} in, "
        f"in 2 se {(error <= 2 * se).mean():.2f}, slope {np.polyfit(true, said, 1)[0]:.2f}"
    )


def print_place(folder: Path, calibration: Calibration) -> None:
    """Distance and height of the camera against the session's own."""
    about = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    place = camera_place(calibration)
    away = 100.0 * (np.array(about["cam_pos_world"]) - np.array(about["eye0_world"]))
    print(
        f"  {folder.name:28} distance {place.distance_cm:5.0f} ± {place.distance_se_cm:3.0f} cm (true "
        f"{np.linalg.norm(away):3.0f}), camera above the eyes {place.height_cm:4.0f} ± {place.height_se_cm:3.0f} cm "
        f"(true {away[1]:3.0f})"
    )


def run(renders: Path, kept: Path, wanted: Sequence[str]) -> None:
    """Measure every session of people in front of the camera and print the tables."""
    reader = SessionReader(kept)
    sessions: list[tuple[Calibration, SharedUnknowns, list[Frame]]] = []
    aside: list[Measured] = []
    print("camera, seen from the calibrated eyes")
    for folder in session_folders(renders, wanted):
        session = reader.read(folder)
        calibration = calibrate(session.calibration)
        frames = frames_of(session, folder, calibration)
        if not HeadMeter(calibration).faces:
            aside += [Measured(one, None) for one in frames]
            continue
        print_place(folder, calibration)
        sessions.append((calibration, joined(session, calibration, frames), frames))
    if not sessions:
        raise SystemExit(f"There are no sessions in front of the camera in {renders}.")
    everybody = [one for _, _, frames in sessions for one in frames]
    measured: list[Measured] = []
    for calibration, shared, frames in sessions:
        others = [one for one in everybody if one.person != frames[0].person] or everybody
        meter = HeadMeter(calibration, fitted(others), shared=shared)
        measured += [Measured(one, None if one.look is None else meter.measure(one.look)) for one in frames]
    stills = [one for one in measured if one.frame.known.category != "clip"]
    print("\n== stills, each by itself, people held out")
    print_table(stills)
    print_trunk(stills)
    print_forward(stills)
    clips = [one for one in measured if one.frame.known.category == "clip"]
    if clips:
        print("\n== clips of an ordinary sitting (no large angles), people held out")
        for axis, name in enumerate(AXES):
            row(f"  {name}", clips, axis)
    print(f"\nnot answered, the camera stands more than 28° aside: {len(aside)} frames")
    all_together = fitted(everybody)
    print(f"all people together: gain {all_together.gain.round(2)}, base {all_together.base_deg.round(1)}, ", end="")
    print(f"spread {all_together.spread.round(2)}; shipped: {SHIPPED.gain}, {SHIPPED.base_deg}, {SHIPPED.spread}")
    print(f"pose network's nod: {all_together.nod}; shipped: {SHIPPED_NOD}")


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path, help="folder of sessions, each with truth.csv")
    parser.add_argument("--out", type=Path, required=True, help="where accuracy.py keeps what the sensor saw")
    parser.add_argument("--sessions", nargs="*", default=[], help="only these")
    args = parser.parse_args()
    run(args.renders, args.out, args.sessions)


if __name__ == "__main__":
    main()
