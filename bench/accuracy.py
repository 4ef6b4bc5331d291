"""How far the estimates are from the truth on a folder of rendered people, beside the cues that others use.

    python bench/accuracy.py RENDERS [--out DIR] [--sessions NAME …] [--fresh]

Each session is calibrated on its calibration frames and measured as ``posturewatch measure`` does: stills each by
itself, clips filtered over time from what came before. DIR gets what the sensor saw (SESSION.PART.jsonl, read
again at the next run), the estimates (SESSION.csv) and figures.json. Nothing is fitted here; see tune.py for what
the few fitted numbers are worth on people whom the search has not seen.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from posturewatch.base.errors import CalibrationError
from posturewatch.base.records import Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.calibration import Calibration, Calibrator
from posturewatch.core.posture.monitor import Monitor
from posturewatch.offline.measure import COLUMNS, row
from render_sessions import Session, SessionReader, session_folders
from rival_cues import RIVALS, cue_values
from scoring import (
    CALLED_IN,
    FAR_IN,
    NEAR_IN,
    Answer,
    area_under_curve,
    correlation,
    figures,
    grouped,
    print_figures,
    write_answers,
)

OURS = "posturewatch, in"

BARS = {
    "frontal": "frontal, laptop, 20°",
    "frontal_laptop": "frontal, laptop, 20°",
    "external": "frontal, laptop, 20°",
}
"""Views that the requirement takes together."""


@dataclass(frozen=True)
class Cue:
    """One cue on one frame; larger is further forward, NaN = not there."""

    name: str
    threshold: float
    view: str
    truth_in: float
    value: float


def calibrate(session: Session) -> Calibration:
    """The session's calibration; raises CalibrationError."""
    calibrator = Calibrator("render", UserSettings())
    for seen in session.calibration:
        calibrator.feed(seen)
    return calibrator.result()


def measure(session: Session, calibration: Calibration, watch: WatchSettings) -> tuple[list[Answer], list[Step | None]]:
    """What the monitor says of each test frame, in the order of the truth."""
    monitor = Monitor(calibration, PostureSettings(), LoadSettings(), UserSettings(), watch, stills=not session.clip)
    steps = {id(seen): monitor.feed(seen) for seen in session.test}
    answers, said = [], []
    for truth, seen in session.pairs:
        step = steps[id(seen)] if seen is not None else None
        value = step.fht_in if step is not None else None
        se = step.fht_se_in if step is not None else None
        answers.append(Answer(session.name, truth.view, truth.category, truth.fht_in, value, se))
        said.append(step)
    return answers, said


def rivals_of(session: Session, calibration: Calibration, answers: Sequence[Answer]) -> list[Cue]:
    """Every cue on every test frame, ours among them."""
    cues = [Cue(OURS, CALLED_IN, a.view, a.truth_in, math.nan if a.said_in is None else a.said_in) for a in answers]
    seen = [one for _, one in session.pairs]
    for rival in RIVALS:
        values = cue_values(rival, calibration, session.calibration, seen)
        cues += [Cue(rival.name, rival.threshold, a.view, a.truth_in, v) for a, v in zip(answers, values, strict=True)]
    return cues


def print_rivals(title: str, cues: Sequence[Cue]) -> dict[str, dict[str, float]]:
    """One row a cue; and the same as a table of numbers."""
    print(f"\n{title:34}{'threshold':>10}{'answered':>10}{'r':>10}{'AUC':>10}{'hit':>10}{'false':>10}")
    table = {}
    for name in dict.fromkeys(c.name for c in cues):
        some = [c for c in cues if c.name == name]
        given = [c for c in some if math.isfinite(c.value)]
        far = [c.value for c in given if c.truth_in >= FAR_IN]
        near = [c.value for c in given if c.truth_in <= NEAR_IN]
        limit = some[0].threshold
        found = {
            "answered": len(given) / len(some),
            "r": correlation([c.truth_in for c in given], [c.value for c in given]),
            "AUC": area_under_curve(far, near),
            "hit": sum(v >= limit for v in far) / len(far) if far else math.nan,
            "false": sum(v >= limit for v in near) / len(near) if near else math.nan,
        }
        table[name] = {"threshold": limit, **found}
        print(f"{name:34}{abs(limit):>10.2f}" + "".join(f"{v:>10.2f}" for v in found.values()))
    return table


def in_front(view: str) -> bool:
    """Whether the camera looks at the face: the only place for which most of these cues were made."""
    return view.startswith(("frontal", "external"))


def run(renders: Path, kept: Path, wanted: Sequence[str], *, fresh: bool) -> None:
    """Measure every session, print the tables, write what was found."""
    reader = SessionReader(kept, fresh=fresh)
    answers: list[Answer] = []
    cues: list[Cue] = []
    for folder in session_folders(renders, wanted):
        session = reader.read(folder)
        try:
            calibration = calibrate(session)
        except CalibrationError as err:
            print(f"{session.name}: no calibration. {err.message}")
            answers += [Answer(session.name, t.view, t.category, t.fht_in, None) for t in session.truth]
            continue
        own, steps = measure(session, calibration, WatchSettings())
        answers += own
        cues += rivals_of(session, calibration, own)
        rows = [row(seen, step) for (_, seen), step in zip(session.pairs, steps, strict=True) if seen and step]
        write_answers(kept / f"{session.name}.csv", COLUMNS, rows)
    if not answers:
        raise SystemExit(f"There are no sessions with truth.csv in {renders}.")
    print_figures(
        answers,
        [
            ("view", lambda a: BARS.get(a.view, a.view)),
            ("category", lambda a: a.category),
            ("session", lambda a: a.session),
        ],
    )
    front = [c for c in cues if in_front(c.view)]
    table = {
        "views": {key: asdict(figures(some)) for key, some in grouped(answers, lambda a: BARS.get(a.view, a.view))},
        "all": asdict(figures(answers)),
        "cues in front": print_rivals("cue, camera in front of the face", front) if front else {},
        "cues everywhere": print_rivals("cue, all views", cues) if cues else {},
    }
    (kept / "figures.json").write_text(json.dumps(table, indent=1, ensure_ascii=False))


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("renders", type=Path, help="folder of sessions, each with truth.csv")
    parser.add_argument("--out", type=Path, help="keep observations, estimates and figures here")
    parser.add_argument("--sessions", nargs="*", default=[], help="only these")
    parser.add_argument("--fresh", action="store_true", help="look at the pictures again")
    args = parser.parse_args()
    if args.out is not None:
        run(args.renders, args.out, args.sessions, fresh=args.fresh)
        return
    with tempfile.TemporaryDirectory() as folder:
        run(args.renders, Path(folder), args.sessions, fresh=True)


if __name__ == "__main__":
    main()
