"""What the fitted scatters and spreads are worth on people whom the search has not seen.

    python bench/tune.py RENDERS --out DIR [--rounds 2] [--every 2]

The fit holds a handful of numbers that no book gives: how far each cue scatters (core.fit.Noise) and how freely each
unknown moves (core.body.SPREAD). For each person in turn, a coarse coordinate search (each number times and over 1.5)
fits them to everybody else, beginning from plain guesses, and the person left out is measured with what was found.
Beside it stand the numbers that ship, found in the same way on everybody, and the guesses themselves. If the middle
row is far from the last, the shipped numbers have learnt these five people rather than people.

DIR is the one that accuracy.py keeps observations in. Frontal and oblique stills only; the side view has scatters of
its own, set by hand.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from accuracy import calibrate
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, cues, fit
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.fit import Noise
from render_sessions import Session, SessionReader, session_folders
from scoring import Answer, figures, print_row, print_titles

Floats = NDArray[np.float64]

STEP = 1.5
FARTHEST_IN = 2.0
"""An error beyond this counts as this much in the search: one lost frame must not steer it."""

GUESSED_NOISE = Noise(
    shoulder_px=4.0,
    ear_px=4.0,
    nose_px=4.0,
    eye_px=4.0,
    face_px=1.0,
    log_scale=0.02,
    turn_rad=(0.03, 0.03, 0.03),
    trunk_px=2.0,
    head_px=2.0,
    texture_effective=12.0,
)
GUESSED_SPREAD = body_model.SPREAD.copy()
GUESSED_SPREAD[:14] = [10, 3, 10, *np.radians([8, 8, 3]), 1, 1, 5, 1, 1, *np.radians([15, 15, 8])]
"""Plain guesses of the right order: a chair by 10 cm, a trunk by 8°, a head by 15°, all points by 4 px."""

TIED = (("hip_left", "hip_forward"), ("head_pitch", "head_yaw"))
"""Unknowns that share one spread."""


@dataclass(frozen=True)
class Numbers:
    """A point of the search."""

    noise: Noise
    spread: Floats


@dataclass(frozen=True)
class Measurable:
    """One session, made ready for the fit: its looks as one batch, and what is true of them."""

    session: Session
    calibration: Calibration
    looks: cues.Cues
    truth_in: Floats

    def measured(self, numbers: Numbers) -> tuple[Floats, Floats]:
        """FHT and its standard error of each look, inches."""
        ref, anchor = self.calibration.reference, self.calibration.anchor
        found = fit.solve(
            ref,
            self.looks,
            noise=numbers.noise,
            spread=numbers.spread,
            trunk_map=anchor.trunk_map if anchor is not None else None,
            head_map=anchor.head_map if anchor is not None else None,
            rounds=8,
        )
        fht = found.unknowns[:, body_model.FORWARD] / INCH_CM
        own = np.sqrt(found.covariance[:, body_model.FORWARD, body_model.FORWARD]) / INCH_CM
        return fht, np.sqrt(own**2 + (ref.spread_scale * fht) ** 2 + self.calibration.repeatability_in**2)


def made_ready(session: Session, every: int) -> Measurable | None:
    """The session's looks with a trunk, one in ``every``; ``None`` for clips and side views."""
    made = calibrate(session)
    if session.clip or made.view == "lateral":
        return None
    seen = [(t, one) for t, one in session.pairs if one is not None and one.trunk is not None][::every]
    anchor_id = made.anchor.id if made.anchor is not None else None
    looks = cues.join([cues.read(one, made.reference.template, anchor_id) for _, one in seen])
    return Measurable(session, made, looks, np.array([t.fht_in for t, _ in seen]))


def cost(some: Sequence[Measurable], numbers: Numbers) -> float:
    """Mean over sessions of the absolute error, held at FARTHEST_IN, and of how badly it fits its own standard
    error (log-likelihood with heavy tails, at a sixth of the weight)."""
    out = []
    for one in some:
        fht, se = one.measured(numbers)
        error = np.abs(fht - one.truth_in)
        unlikely = np.log(se) + 2.2 * np.log1p((error / se) ** 2 / 3.4)
        out.append(float(np.minimum(error, FARTHEST_IN).mean()) + float(unlikely.mean()) / 6.0)
    return float(np.mean(out))


def searched(some: Sequence[Measurable], rounds: int) -> Numbers:
    """The numbers that a coarse coordinate search finds for these sessions."""
    best = Numbers(GUESSED_NOISE, GUESSED_SPREAD)
    least = cost(some, best)
    for _ in range(rounds):
        for axis in axes():
            for factor in (STEP, 1 / STEP):
                trial = moved(best, axis, factor)
                found = cost(some, trial)
                if found < least - 1e-4:
                    best, least = trial, found
                    break
    return best


def axes() -> list[Any]:
    """What the search moves: each scatter by its name, each spread by its indices."""
    tied = {name: group for group in TIED for name in group}
    spreads = dict.fromkeys(tied.get(name, (name,)) for name in body_model.UNKNOWNS)
    return [
        *(f.name for f in fields(Noise)),
        *(tuple(body_model.UNKNOWNS.index(n) for n in group) for group in spreads),
    ]


def moved(numbers: Numbers, axis: Any, factor: float) -> Numbers:
    """The numbers with one of them times ``factor``."""
    if isinstance(axis, str):
        value = getattr(numbers.noise, axis)
        scaled = tuple(v * factor for v in value) if isinstance(value, tuple) else value * factor
        return replace(numbers, noise=replace(numbers.noise, **{axis: scaled}))
    spread = numbers.spread.copy()
    spread[list(axis)] *= factor
    return replace(numbers, spread=spread)


def answers(some: Iterable[Measurable], numbers: Numbers) -> list[Answer]:
    """Each look's truth and estimate."""
    out = []
    for one in some:
        name = one.session.name
        for truth, fht, se in zip(one.truth_in, *one.measured(numbers), strict=True):
            out.append(Answer(name, "", "", float(truth), float(fht), float(se)))
    return out


def main() -> None:
    """Leave one person out after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the folder that accuracy.py keeps observations in")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of the coordinate search (default 2)")
    parser.add_argument("--every", type=int, default=2, help="search on one look in so many (default 2)")
    args = parser.parse_args()
    reader = SessionReader(args.out)
    sessions = [reader.read(folder) for folder in session_folders(args.renders)]
    thin = [one for session in sessions if (one := made_ready(session, args.every)) is not None]
    whole = [one for session in sessions if (one := made_ready(session, 1)) is not None]
    shipped = Numbers(Noise(), body_model.SPREAD)
    print_titles()
    left_out: list[Answer] = []
    for person in sorted({one.session.person for one in thin}):
        found = searched([one for one in thin if one.session.person != person], args.rounds)
        theirs = [one for one in whole if one.session.person == person]
        told = answers(theirs, found)
        left_out += told
        print_row(f"{person}: found on the others", figures(told))
        print_row(f"{person}: as shipped", figures(answers(theirs, shipped)))
    print_row("guessed", figures(answers(whole, Numbers(GUESSED_NOISE, GUESSED_SPREAD))))
    print_row("found on the others", figures(left_out))
    print_row("as shipped", figures(answers(whole, shipped)))


if __name__ == "__main__":
    main()
