"""Where a look's time goes: each stage by itself, in one process, median processor milliseconds; and how it grows.

    python bench/cost_stages.py CLIP [--looks 60]

The stages are called as the eye and the monitor call them, on a rendered clip with a camera's noise. Processor time is
that of all threads of this process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np

from cost_scenes import FPS, Camera, encode, frames_of, noisy
from posturewatch.base import codec
from posturewatch.base.observation import Look, Observation
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture.calibrator import Calibrator
from posturewatch.core.posture.estimate import LEARN_S, STEADY_LOOKS, Estimator
from posturewatch.core.posture.monitor import Monitor
from posturewatch.sensor import frames, people
from posturewatch.sensor.bundles import find
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.look import texture_memory
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources.http import JpegShot, MjpegStream
from posturewatch.sensor.texture.tracker import clothes_tone

_T = TypeVar("_T")
WIDTHS = (320, 640, 1280, 1920)
RATES = (5, 15, 30)
DRAINED = 300
WHOLE = Look(whole=True)


class Clock:
    """Collects processor milliseconds by stage."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, list[float]] = defaultdict(list)

    def time(self, stage: str, work: Callable[..., _T], *given: Any, **named: Any) -> _T:
        """Do the work and note how long it took."""
        begun_s = time.process_time()
        made = work(*given, **named)
        self.spent[stage].append(1000 * (time.process_time() - begun_s))
        return made

    def print(self, title: str) -> None:
        """The table."""
        print(f"\n{title:<52}{'median ms':>10}{'mean ms':>10}")
        for stage, found in self.spent.items():
            print(f"{stage:<52}{statistics.median(found):>10.2f}{statistics.fmean(found):>10.2f}")


class Looks:
    """The stages of a look, one after the other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._networks = Landmarks(find(ModelOptions()), stills=False)
        self._texture = texture_memory(thorough=False)
        self._number = 0

    def look(self, jpeg: bytes, *, keep: bool = False) -> Observation:
        """Everything that can be looked at; ``keep``: as at calibration."""
        time_it, networks = self._clock.time, self._networks
        t_s = self._number / FPS
        self._number += 1
        shot = JpegShot(t_s, self._number, jpeg)
        time_it("gate: decode an eighth", shot.glance)
        time_it("gate: checksum", shot.mark)
        picture = time_it("decode", shot.picture)
        canvas = time_it("resize, colours", networks.canvas, picture)
        trunks = time_it("pose network", networks.trunks, canvas, t_s)
        faces = time_it("face network", networks.faces, canvas, t_s)
        time_it("face detector (is somebody else there)", networks.face_boxes, canvas)
        trunk, face = people.of_one_person(trunks, faces)
        time_it("sharpness", frames.sharpness, picture, None)
        tone = time_it("tone of the clothes", clothes_tone, picture, trunk, face) if trunk is not None else None
        grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
        stage = "texture, learnt" if keep else "texture, chest and head"
        texture = time_it(stage, self._texture.look, grey, trunk, face, keep=keep)
        if not keep:
            time_it("texture, head alone", self._texture.look, grey, None, face)
        height, width = picture.shape[:2]
        return Observation(
            t_s,
            self._number,
            width,
            height,
            WHOLE,
            face,
            trunk,
            texture,
            (),
            brightness=110.0,
            sharpness=100.0,
            clothes_tone=tone,
        )


def stages(clip: Path, looks: int) -> None:
    """From the JPEG to the step."""
    load_opencv()
    clock, chance = Clock(), np.random.default_rng(5)
    eye = Looks(clock)
    calibrator = Calibrator("stages", UserSettings())
    upright = [eye.look(encode(noisy(picture, chance)), keep=True) for picture in frames_of(clip / "calibration.mp4")]
    for seen in upright:
        calibrator.feed(seen)
    calibration = calibrator.result()
    for stage in [name for name in clock.spent if name != "texture, learnt"]:
        del clock.spent[stage]
    new, known = Estimator(calibration), Estimator(calibration)
    for number in range(STEADY_LOOKS + 1):
        known.estimate(replace(upright[-1], t_s=(number - STEADY_LOOKS - 1) * LEARN_S))
        known.learn()
    monitor = Monitor(calibration, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings())
    for picture in frames_of(clip / "test.mp4")[:looks]:
        seen = eye.look(encode(noisy(picture, chance)))
        line = clock.time("pipe: write", lambda one: json.dumps(codec.to_json(one)), seen)
        clock.time("pipe: read", lambda text: codec.from_json(json.loads(text)), line)
        clock.time("geometry: a fit that teaches of the sitting", new.estimate, seen)
        clock.time("geometry: a fit in a sitting that is known", known.estimate, seen)
        known.learn()
        clock.time("monitor with the fit", monitor.feed, seen)
    clock.print("a look at 640 × 480")


def growth(clip: Path) -> None:
    """The stages that see all of the picture, by its width."""
    neutral = frames_of(clip / "calibration.mp4", last=8)
    print(f"\n{'picture':<14}{'gate':>8}{'decode':>8}{'resize':>8}{'texture':>9}   median ms")
    for width in WIDTHS:
        clock, chance = Clock(), np.random.default_rng(5)
        eye = Looks(clock)
        size = (width, width * 3 // 4)
        jpegs = [encode(noisy(cv2.resize(p, size, interpolation=cv2.INTER_CUBIC), chance)) for p in neutral]
        eye.look(jpegs[0], keep=True)
        for jpeg in jpegs[1:]:
            eye.look(jpeg)
        names = ("gate: decode an eighth", "decode", "resize, colours", "texture, chest and head")
        found = [statistics.median(clock.spent[name]) for name in names]
        print(f"{width} × {size[1]:<8}" + "".join(f"{value:>8.2f}" for value in found))


def streams(clip: Path) -> None:
    """What it costs to take a picture off the network that nobody looks at, by its width, and so many a second."""
    neutral = frames_of(clip / "calibration.mp4", last=4)
    print(f"\n{'drained':<14}{'kB':>8}{'ms':>8}" + "".join(f"{f'{rate}/s':>8}" for rate in RATES) + "   % of a core")
    for width in WIDTHS:
        size = (width, width * 3 // 4)
        jpegs = [encode(cv2.resize(picture, size, interpolation=cv2.INTER_CUBIC)) for picture in neutral]
        with Camera(jpegs, rate=60) as camera:
            stream = MjpegStream(camera.address)
            for _frame in range(30):
                stream.grab()
            begun_s = time.process_time()
            for _frame in range(DRAINED):
                stream.grab()
            spent_ms = 1000 * (time.process_time() - begun_s) / DRAINED
            stream.close()
        kilobytes = statistics.fmean(map(len, jpegs)) / 1000
        shares = "".join(f"{spent_ms * rate / 10:>8.2f}" for rate in RATES)
        print(f"{width} × {size[1]:<8}{kilobytes:>8.0f}{spent_ms:>8.2f}{shares}")


def main() -> None:
    """The command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("clip", type=Path)
    words.add_argument("--looks", type=int, default=60)
    given = words.parse_args()
    stages(given.clip, given.looks)
    growth(given.clip)
    streams(given.clip)


if __name__ == "__main__":
    main()
