"""What other posture apps spend: the pose network on every frame, at the rates that they are set to.

    python bench/peers.py CLIP [--ours-percent P] [--pose BUNDLE]

The same clip, the same computer as ours; what differs is the habit, and the network: others run it as published, with
the branch that paints a mask. BUNDLE is that one, from ``models/build.py --whole``; left out, they are timed with ours,
a third cheaper. A frame is decoded from JPEG, turned into colours and shown to the pose landmarker in video mode; the
processor time of that (all threads) times the rate is what an hour costs. Drawing, windows and their own arithmetic are
left out, in their favour.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

from cost_scenes import encode, frames_of, noisy

RATES = (30, 10, 4, 2)
WARM_FRAMES = 10


@dataclass(frozen=True)
class Peer:
    """Pose on every frame at ``rate`` frames a second: processor seconds for an hour of watching."""

    rate: int
    hour_s: float


def frame_cost_s(video: Path, runs: int = 3, pose: str = "") -> float:
    """Median over the runs of the mean processor seconds that one frame costs with this pose bundle (empty: ours)."""
    import cv2
    import numpy as np

    from posturewatch.sensor.bundles import find
    from posturewatch.sensor.choices import ModelOptions
    from posturewatch.sensor.landmarks import Landmarks

    chance = np.random.default_rng(3)
    jpegs = [encode(noisy(picture, chance)) for picture in frames_of(video)[:60]]
    networks = Landmarks(find(ModelOptions(pose=pose)), stills=False)
    means, t_s = [], 0.0
    for _run in range(runs):
        spent = []
        for jpeg in jpegs:
            begun_s = time.process_time()
            picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
            networks.trunks(networks.canvas(picture), t_s)
            spent.append(time.process_time() - begun_s)
            t_s += 0.1
        means.append(statistics.fmean(spent[WARM_FRAMES:]))
    networks.reset()
    return statistics.median(means)


def peers(frame_s: float) -> list[Peer]:
    """One for each rate."""
    return [Peer(rate, frame_s * rate * 3600) for rate in RATES]


def print_peers(frame_s: float, ours_percent: float | None) -> None:
    """The table; ours as percent of one core, if it is known."""
    print(f"\npose network on every frame: {1000 * frame_s:.1f} ms of processor a frame")
    print(f"{'frames a second':<18}{'processor s an hour':>20}{'% of one core':>15}{'times ours':>12}")
    for peer in peers(frame_s):
        ratio = "" if not ours_percent else f"{peer.hour_s / (36 * ours_percent):>12.0f}"
        print(f"{peer.rate:<18}{peer.hour_s:>20.0f}{peer.hour_s / 36:>15.1f}{ratio}")
    if ours_percent:
        print(f"{'ours, mixed day':<18}{36 * ours_percent:>20.0f}{ours_percent:>15.2f}{1:>12}")


def main() -> None:
    """The command line."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("clip", type=Path, help="a video of somebody at a desk")
    words.add_argument("--ours-percent", type=float, help="what bench/cost.py found for the mixed day")
    words.add_argument("--pose", default="", help="the pose bundle as published; ours by default")
    given = words.parse_args()
    print_peers(frame_cost_s(given.clip, pose=given.pose), given.ours_percent)


if __name__ == "__main__":
    main()
