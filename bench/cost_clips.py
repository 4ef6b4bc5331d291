"""What does looking seldom lose? The same clip by the cadence with its gate, with a whole look a second, and with every
frame.

All go through the real eye and the real monitor on media time. Between looks the last word holds, as in the app. Where
the looks fall against the movement is chance: so the clip is seen from several beginnings, with more and more pictures
of the upright person before it, and the figures are means over them.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass

from cost_scenes import FPS, Picture
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.records import State, Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.cadence import Cadence, Plan
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.core.posture.monitor import Monitor
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.look import Looker, texture_memory
from posturewatch.sensor.sources.source import ArrayShot, Shot
from posturewatch.sensor.texture.tracker import TextureTracker

FAR_IN = 1.5
WHOLE = Look(whole=True)
BEFORE = range(0, 18, 3)
"""So many pictures of the upright person come before the clip."""


@dataclass(frozen=True)
class Kept:
    """One way of looking at a clip, means. ``looks``: those in which a network ran; ``forward_s``: when FORWARD first
    came, seconds into the clip, its length where it did not."""

    looks: float
    mean_error_in: float
    hit_share: float
    forward_s: float


def compare(neutral: Sequence[Picture], film: Sequence[Picture], truth_in: Sequence[float]) -> tuple[Kept, Kept, Kept]:
    """By the cadence, with a whole look a second, and with every frame."""
    networks = Landmarks(find(ModelOptions()), stills=False)
    kept = []
    for every_s in (None, 1.0, 1.0 / FPS):
        found = []
        for before in BEFORE:
            upright = [neutral[number % len(neutral)] for number in range(before)]
            said, looks = _run(networks, neutral, [*upright, *film], every_s)
            found.append(_judge(said[before:], looks, truth_in))
            networks.reset()
        kept.append(Kept(*(statistics.fmean(column) for column in zip(*map(astuple, found), strict=True))))
    return kept[0], kept[1], kept[2]


def by_cadence(
    eye: Looker, monitor: Monitor, shots: Iterable[Shot]
) -> Iterator[tuple[Step | None, Observation | None]]:
    """For each shot the step that holds then, and what was seen in it (``None``: it was not looked at)."""
    cadence, threshold_in = Cadence(WatchSettings()), PostureSettings().threshold
    plan, held = Plan(WHOLE, 0.0), None
    due_s = peeked_s = None
    for shot in shots:
        due = due_s is None or shot.t_s >= due_s - 1e-6
        if not due and (plan.peek is None or shot.t_s - peeked_s < plan.peek_s - 1e-6):
            yield held, None
            continue
        asked = monitor.asking(plan.look) if due else plan.peek
        seen, peeked_s = eye.look(shot, asked), shot.t_s
        if due or seen.lack in (None, Lack.NOBODY):
            held = monitor.feed(seen)
            plan = cadence.next(held, shot.t_s, threshold_in)
            due_s = shot.t_s + plan.wait_s
        yield held, seen


def calibrated(networks: Landmarks, texture: TextureTracker, neutral: Sequence[Picture]) -> Calibration:
    """As ``posturewatch calibrate`` makes it of a recording."""
    eye = Looker(networks, live=False, texture=texture)
    calibrator = Calibrator("clip", UserSettings())
    asked = Look(whole=True, anchor=True, new_anchor=True)
    for number, picture in enumerate(neutral):
        calibrator.feed(eye.look(ArrayShot(number / FPS, number, picture), asked))
        asked = Look(whole=True, anchor=True)
    networks.reset()
    return calibrator.result()


def judging(calibration: Calibration) -> Monitor:
    """A monitor at the default settings."""
    return Monitor(calibration, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings())


def _run(
    networks: Landmarks, neutral: Sequence[Picture], film: Sequence[Picture], every_s: float | None
) -> tuple[list[Step | None], int]:
    """What held at each picture, and how many looks at the networks it took; ``every_s`` None: by the cadence."""
    texture = texture_memory(thorough=every_s is not None)
    monitor = judging(calibrated(networks, texture, neutral))
    begin_s = len(neutral) / FPS + 60.0
    eye = Looker(networks, live=every_s is None, texture=texture)
    shots = [ArrayShot(begin_s + number / FPS, number, picture) for number, picture in enumerate(film)]
    if every_s is None:
        said, seen_or_not = zip(*by_cadence(eye, monitor, shots), strict=True)
        return list(said), sum(one is not None and (one.looked.face or one.looked.trunk) for one in seen_or_not)
    each = round(every_s * FPS)
    held = [monitor.feed(eye.look(shot, WHOLE)) for shot in shots[::each]]
    return [held[number // each] for number in range(len(shots))], len(held)


def _judge(said: Sequence[Step | None], looks: int, truth_in: Sequence[float]) -> Kept:
    pairs = [(step, true) for step, true in zip(said, truth_in, strict=True) if step is not None]
    errors = [abs(step.fht_in - true) for step, true in pairs if step.fht_in is not None]
    far = [step.state is State.FORWARD for step, true in pairs if true >= FAR_IN]
    first = next((n for n, step in enumerate(said) if step is not None and step.state is State.FORWARD), len(said))
    return Kept(looks, sum(errors) / max(1, len(errors)), sum(far) / max(1, len(far)), first / FPS)
