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

from coverage import print_coverage
from posturewatch.base.errors import CalibrationError
from posturewatch.base.observation import Observation
from posturewatch.base.records import Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
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

SAME = "same sitting, calibrated in it"
RESTARTED = "restarted, the calibration from an earlier process, same clothes"
UNTIED = "second day, untouched, the first day's calibration from an earlier process"
TIED = "second day tied, five seconds of sitting upright that morning, in an earlier process"
UNTIED_BACK = "the other way round: the first day, untouched, against the second day's tie"
UNTIED_BOTH = "untouched, both ways round"
AGAIN = "the first day's clothes again, recognised: untied, against the first day's calibration after a tie in others"

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


def calibrate(looks: Sequence[Observation], before: Calibration | None = None) -> Calibration:
    """The calibration that these looks make, as it is kept: through its JSON. Raises CalibrationError."""
    calibrator = Calibrator("render", UserSettings(), before)
    for seen in looks:
        calibrator.feed(seen)
    return Calibration.from_json(calibrator.result().to_json())


def measure(
    session: Session, calibration: Calibration, test: Sequence[Observation], *, same_sitting: bool | None = None
) -> tuple[list[Answer], list[Step | None]]:
    """What the monitor says of each test frame, in the order of the truth."""
    settings = PostureSettings(), LoadSettings(), UserSettings(), WatchSettings()
    monitor = Monitor(calibration, *settings, stills=not session.clip, same_sitting=same_sitting)
    steps = {id(seen): monitor.feed(seen) for seen in test}
    answers, said = [], []
    for truth, seen in session.pairs(test):
        step = steps[id(seen)] if seen is not None else None
        value = step.fht_in if step is not None else None
        se = step.fht_se_in if step is not None else None
        answers.append(Answer(session.name, truth.view, truth.category, truth.fht_in, value, se))
        said.append(step)
    return answers, said


def rivals_of(session: Session, calibration: Calibration, answers: Sequence[Answer]) -> list[Cue]:
    """Every cue on every test frame, ours among them."""
    cues = [Cue(OURS, CALLED_IN, a.view, a.truth_in, math.nan if a.said_in is None else a.said_in) for a in answers]
    seen = [one for _, one in session.pairs(session.test)]
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
    """Measure every session in each way, print the tables, write what was found."""
    reader = SessionReader(kept, fresh=fresh)
    tables: dict[str, list[Answer]] = {title: [] for title in (SAME, RESTARTED, UNTIED, TIED, UNTIED_BACK, AGAIN)}
    cues: list[Cue] = []
    for folder in session_folders(renders, wanted):
        session = reader.read(folder)
        try:
            first = calibrate(session.calibration)
            tied = calibrate(session.morning, first) if session.other_day and session.morning else None
        except CalibrationError as err:
            print(f"{session.name}: no calibration. {err.message}")
            title = UNTIED if session.other_day else SAME
            tables[title] += [Answer(session.name, t.view, t.category, t.fht_in, None) for t in session.truth]
            continue
        if session.other_day:
            ways = {UNTIED: (first, session.alone), TIED: (tied, session.alone)}
            if tied is not None and (renders / session.first_day / "truth.csv").exists():
                then = reader.read(renders / session.first_day)
                for title, calibration in ((UNTIED_BACK, tied), (AGAIN, first)):
                    tables[title] += measure(then, calibration, then.alone, same_sitting=False)[0]
        else:
            ways = {SAME: (first, session.test), RESTARTED: (first, session.alone)}
        for title, (calibration, test) in ways.items():
            if calibration is None:
                continue
            own, steps = measure(session, calibration, test)
            tables[title] += own
            if title == SAME:
                cues += rivals_of(session, calibration, own)
            rows = [
                row(seen, step) for (_, seen), step in zip(session.pairs(test), steps, strict=True) if seen and step
            ]
            folder_of = kept / title.split(",")[0].replace(" ", "-")
            folder_of.mkdir(exist_ok=True)
            write_answers(folder_of / f"{session.name}.csv", COLUMNS, rows)
    ways_apart = dict(tables)
    tables[UNTIED_BOTH] = tables[UNTIED] + tables[UNTIED_BACK]
    if not any(tables.values()):
        raise SystemExit(f"There are no sessions with truth.csv in {renders}.")
    for title, answers in tables.items():
        if answers:
            print(f"\n== {title}")
            by = [("view", lambda a: BARS.get(a.view, a.view)), ("session", lambda a: a.session)]
            print_figures(answers, [*by, ("category", lambda a: a.category)] if title in (SAME, RESTARTED) else by)
    print_coverage(ways_apart, lambda a: BARS.get(a.view, a.view))
    front = [c for c in cues if in_front(c.view)]
    table = {
        "ways": {title: asdict(figures(answers)) for title, answers in tables.items() if answers},
        "views": {
            key: asdict(figures(some)) for key, some in grouped(tables[SAME], lambda a: BARS.get(a.view, a.view))
        },
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
