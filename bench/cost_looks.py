"""What looking costs, scene by scene, without waiting for it: by the cadence and its gates, on media time.

    python bench/cost_looks.py CLIP [--media DIR] [--seconds 200]

Everything from the JPEG to the step, in one process: gate, decoding, networks, texture, geometry. The app's own turns,
the stream and the pipe are not in it; see cost.py for the whole app in real time. How often is looked at what is the
same at each run; the processor time is not.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path

from cost_clips import by_cadence, calibrated, judging
from cost_films import FILMS
from cost_scenes import FPS, Jpegs, Picture, frames_of, of_film, of_renders, schedule
from posturewatch.base.observation import Lack
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.look import Looker, texture_memory
from posturewatch.sensor.sources.http import JpegShot

BEGIN_S = 1000.0


def looked(networks: Landmarks, calibrating: Landmarks, neutral: list[Picture], jpegs: Jpegs, seconds: float) -> str:
    """One line: processor time, looks a second by what ran, and the share of each state."""
    texture = texture_memory()
    monitor = judging(calibrated(calibrating, texture, neutral))
    texture.thorough = False
    eye = Looker(networks, live=True, texture=texture)
    shots = (JpegShot(BEGIN_S + n / FPS, n, jpegs[n % len(jpegs)]) for n in range(round(seconds * FPS)))
    looks: Counter[str] = Counter()
    states: Counter[str] = Counter()
    begun_s = time.process_time()
    for step, seen in by_cadence(eye, monitor, shots):
        if step is not None:
            states[step.state.value] += 1
        if seen is not None:
            gated = seen.lack is Lack.GATED
            looks.update(gate=gated, face=seen.looked.face and not seen.looked.trunk, trunk=seen.looked.trunk)
    spent_s = time.process_time() - begun_s
    networks.reset()
    often = "".join(f"{looks[name] / seconds:>8.2f}" for name in ("gate", "face", "trunk"))
    shares = ", ".join(f"{state} {count / seconds / FPS:.2f}" for state, count in states.most_common())
    return f"{100 * spent_s / seconds:>8.2f}{often}   {shares}"


def main() -> None:
    """The table."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("clip", type=Path)
    words.add_argument("--media", type=Path, help="folder of real clips, see bench/real_clips.py")
    words.add_argument("--seconds", type=float, default=200.0)
    given = words.parse_args()
    networks, of_stills = (Landmarks(find(ModelOptions()), stills=stills) for stills in (False, True))
    rendered = of_renders(given.clip)
    print(f"{'':<30}{'% core':>8}{'gate':>8}{'face':>8}{'+trunk':>8}   a second; share of states")
    for name in ("steady", "mixed", "away"):
        neutral = frames_of(rendered.calibration)
        print(f"{name:<30}{looked(networks, networks, neutral, schedule(rendered, name), given.seconds)}", flush=True)
    for film, says, span in FILMS if given.media is not None else ():
        with tempfile.TemporaryDirectory() as folder:
            own = of_film(given.media / film, "film", span, Path(folder) / film)
            pictures = [frames_of(path)[0] for path in sorted(own.calibration.iterdir())]
        print(f"{says:<30}{looked(networks, of_stills, pictures, own.pictures['film'], given.seconds)}", flush=True)


if __name__ == "__main__":
    main()
