"""What the fitted scatters and spreads are worth on people whom the search has not seen.

    python bench/tune.py RENDERS --out DIR [--rounds 1] [--every 4]

The fit holds a handful of numbers that no book gives: how far each cue scatters (Noise), how freely each unknown
moves within a day (body_model.SPREAD), and by how much people and cameras differ from the mean (supposed_body's
PERSON_SPREAD). For each person in turn, a coarse coordinate search (each number times and over 1.5) fits them to
everybody else, beginning from plain guesses, and the person left out is measured with what was found. Beside it stand
the numbers that ship, found in the same way on everybody, and the guesses themselves. If the middle row is far from the
last, the shipped numbers have learnt these people rather than people.

Looks are measured as the estimator measures them: one by one, each against what the sitting's looks before it have
taught of the shared unknowns; a second day begins in clothes that nobody has tied. DIR is the one that accuracy.py
keeps observations in. Frontal and oblique stills only, both days; the side view has scatters of its own, set by hand.
A search takes about an hour on one core.
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
from posturewatch.base.observation import Observation
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, cues, fit
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import JITTER_SHARE, UPRIGHT, hinders
from posturewatch.core.posture.shared_unknowns import (
    OTHER_CLOTHES,
    PERSONAL,
    SAME_CLOTHES,
    Habit,
    N,
    SharedUnknowns,
)
from posturewatch.core.posture.supposed_body import PERSON, PERSON_SPREAD
from posturewatch.core.posture.view_prior import Noise, ViewPrior
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
GUESSED_SPREAD = np.array([10.0, 3, 10, *np.radians([8, 8, 3]), 1, 1, 5, 1, 1, *np.radians([15, 15, 8])])
GUESSED_PERSON = np.array([np.radians(5), 0.1, 1, 1, 2, 2, 0.2, np.radians(5)])
"""Plain guesses of the right order: a chair by 10 cm, a trunk by 8°, a head by 15°, all points by 4 px, a neck or a
chest by a centimetre or two."""

TOGETHER = (("hip_left", "hip_forward"), ("head_pitch", "head_yaw"))
"""Unknowns that share one spread."""


@dataclass(frozen=True)
class Numbers:
    """A point of the search: scatters, spreads of the look's unknowns (14,) and of the person unknowns (8,)."""

    noise: Noise
    spread: Floats
    person: Floats

    def unknown(self, log_focal: float) -> SharedUnknowns:
        """What is known before a first look, as ``shared_unknowns.unknown`` says it, with these spreads."""
        deviations = np.ones(N)
        deviations[PERSONAL] = self.person
        deviations[PERSONAL.start + PERSON.index("log_focal")] = log_focal
        nobody = SharedUnknowns(np.zeros(N), np.diag(deviations**-2.0))
        return nobody.sitting(SAME_CLOTHES, Habit(), self.spread)


@dataclass(frozen=True)
class Measurable:
    """One session made ready: its calibration, the looks that made it and those that are measured, and what is true of
    the latter, inches."""

    session: Session
    calibration: Calibration
    upright: tuple[Observation, ...]
    looks: tuple[Observation, ...]
    truth_in: Floats

    def measured(self, numbers: Numbers) -> tuple[Floats, Floats]:
        """FHT and its standard error of each look, inches."""
        ref, view = self.calibration.reference, ViewPrior(numbers.noise, numbers.spread)
        shared = numbers.unknown(ref.spread_scale)
        for look in self.upright:
            shared = _anchored(shared, look, view)
            read = cues.read(look, ref.template, shared.anchor_id)
            shared = shared.learnt(fit.solve(ref, read, shared, view, known=UPRIGHT).shared, JITTER_SHARE)
        if self.session.other_day:
            shared = shared.sitting(OTHER_CLOTHES, Habit(), view.spread)
        fht_in, se_in = [], []
        for look in self.looks:
            shared = _anchored(shared, look, view)
            found = fit.solve(ref, cues.read(look, ref.template, shared.anchor_id), shared, view)
            shared = shared.learnt(found.shared, 1.0)
            fht_in.append(found.unknowns[body_model.FORWARD] / INCH_CM)
            se_in.append(np.sqrt(found.covariance[body_model.FORWARD, body_model.FORWARD]) / INCH_CM)
        return np.array(fht_in), np.hypot(np.array(se_in), self.calibration.repeatability_in)


def _anchored(shared: SharedUnknowns, look: Observation, view: ViewPrior) -> SharedUnknowns:
    """With the anchor picture that this look's texture starts from."""
    if look.texture is None or look.texture.anchor_id == shared.anchor_id:
        return shared
    return shared.anchored(look.texture.anchor_id, view.spread)


def made_ready(session: Session, every: int) -> Measurable | None:
    """The session's looks with a trunk, one in ``every``; ``None`` for clips and side views."""
    made = calibrate(session.calibration)
    if session.clip or made.view == "lateral":
        return None
    test = session.alone if session.other_day else session.test
    seen = [(t, one) for t, one in session.pairs(test) if one is not None and one.trunk is not None][::every]
    upright = tuple(one for one in session.calibration if hinders(one) is None)
    return Measurable(session, made, upright, tuple(one for _, one in seen), np.array([t.fht_in for t, _ in seen]))


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
    best = Numbers(GUESSED_NOISE, GUESSED_SPREAD, GUESSED_PERSON)
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


Axis = tuple[str, Any]
"""Which of the numbers, and its name or its indices."""


def axes() -> list[Axis]:
    """What the search moves: each scatter, each spread, each person unknown but the lens, whose spread each
    calibration tells itself."""
    together = {name: group for group in TOGETHER for name in group}
    groups = dict.fromkeys(together.get(name, (name,)) for name in body_model.UNKNOWNS)
    return [
        *(("noise", f.name) for f in fields(Noise)),
        *(("spread", [body_model.UNKNOWNS.index(name) for name in group]) for group in groups),
        *(("person", [i]) for i, name in enumerate(PERSON) if name != "log_focal"),
    ]


def moved(numbers: Numbers, axis: Axis, factor: float) -> Numbers:
    """The numbers with one of them times ``factor``."""
    which, at = axis
    if which == "noise":
        value = getattr(numbers.noise, at)
        scaled = tuple(v * factor for v in value) if isinstance(value, tuple) else value * factor
        changed: dict[str, Any] = {at: scaled}
        return replace(numbers, noise=replace(numbers.noise, **changed))
    values = getattr(numbers, which).copy()
    values[at] *= factor
    return replace(numbers, **{which: values})


def answers(some: Iterable[Measurable], numbers: Numbers) -> list[Answer]:
    """Each look's truth and estimate."""
    out = []
    for one in some:
        name = one.session.name
        for truth, fht, se in zip(one.truth_in, *one.measured(numbers), strict=True):
            out.append(Answer(name, "", "", float(truth), float(fht), float(se)))
    return out


def told(numbers: Numbers) -> str:
    """The numbers, as they stand in the program's source."""
    noise = ", ".join(f"{f.name} {_short(getattr(numbers.noise, f.name))}" for f in fields(Noise))
    spread = ", ".join(f"{name} {_short(v)}" for name, v in zip(body_model.UNKNOWNS, numbers.spread, strict=True))
    person = ", ".join(f"{name} {_short(v)}" for name, v in zip(PERSON, numbers.person, strict=True))
    return f"  noise: {noise}\n  spread: {spread}\n  person: {person}"


def _short(value: Any) -> str:
    return " ".join(f"{v:.3g}" for v in np.atleast_1d(value))


def main() -> None:
    """Leave one person out after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="the folder that accuracy.py keeps observations in")
    parser.add_argument("--rounds", type=int, default=1, help="rounds of the coordinate search (default 1)")
    parser.add_argument("--every", type=int, default=4, help="search on one look in so many (default 4)")
    parser.add_argument("--sessions", nargs="*", default=[], help="only these")
    args = parser.parse_args()
    reader = SessionReader(args.out)
    sessions = [reader.read(folder) for folder in session_folders(args.renders, args.sessions)]
    thin = [one for session in sessions if (one := made_ready(session, args.every)) is not None]
    whole = [one for session in sessions if (one := made_ready(session, 1)) is not None]
    shipped = Numbers(Noise(), body_model.SPREAD, PERSON_SPREAD)
    print_titles()
    left_out: list[Answer] = []
    for person in sorted({one.session.person for one in thin}):
        others = [one for one in thin if one.session.person != person]
        if not others:
            continue
        found = searched(others, args.rounds)
        theirs = [one for one in whole if one.session.person == person]
        said = answers(theirs, found)
        left_out += said
        print_row(f"{person}: found on the others", figures(said))
        print_row(f"{person}: as shipped", figures(answers(theirs, shipped)))
        print(told(found), flush=True)
    print_row("guessed", figures(answers(whole, Numbers(GUESSED_NOISE, GUESSED_SPREAD, GUESSED_PERSON))))
    print_row("found on the others", figures(left_out))
    print_row("as shipped", figures(answers(whole, shipped)))


if __name__ == "__main__":
    main()
