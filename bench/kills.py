"""Kills the running app and its sensor at random moments, again and again in one home, and counts what is lost.

    python bench/kills.py --kills 1000       hours; seven to fifteen seconds a kill, most of them for starting again

In turn the sensor (the app must start another and see again) and the app (SIGKILL; its sensor must end by itself).
After each end of the app the journal must be sound, with at most ten seconds of what was watched missing; the next
start takes up the same home.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from camera_server import camera, jpeg, noisy  # noqa: E402
from faults.running_app import RunningApp, running  # noqa: E402
from posturewatch.base.clock import SystemClock  # noqa: E402
from posturewatch.disk.folders import find_folders  # noqa: E402
from posturewatch.journal.writer import SqliteJournal  # noqa: E402
from power_cut import Life, lost_s, watched_s  # noqa: E402

LOST_S = 12.0
"""Ten seconds between two writes of the minute in progress, and a turn of the loop that is late."""


@dataclass
class Outcome:
    """What the kills did; ``orphan_s``: how long a sensor outlived its app."""

    app_kills: int = 0
    sensor_kills: int = 0
    not_started_again: int = 0
    unsound: int = 0
    lost_s: list[float] = field(default_factory=list)
    orphan_s: list[float] = field(default_factory=list)

    def good(self) -> bool:
        """Whether all was as promised."""
        return not self.not_started_again and not self.unsound and max(self.lost_s, default=0.0) <= LOST_S


def gone_after_s(process: psutil.Process) -> float:
    """Seconds until a process has ended."""
    begin_s = time.monotonic()
    with contextlib.suppress(psutil.NoSuchProcess):
        process.wait(30)
    return time.monotonic() - begin_s


def one_life(home: Path, address: str, chance: random.Random, out: Outcome) -> None:
    """Start; kill the sensor in two lives of three; kill the app; look."""
    folders = find_folders({"POSTUREWATCH_HOME": str(home)})
    life = Life(datetime.now(UTC), 0.0)
    if folders.journal_file.exists():
        with SqliteJournal(folders.journal_file, SystemClock()) as journal:
            life = Life(datetime.now(UTC), watched_s(journal.content()))
    with running(home, address) as app:
        try:
            app.until_it_sees()
            if chance.random() < 0.67:
                _kill_sensor(app, chance, out)
        except AssertionError as err:
            out.not_started_again += 1
            print(err, file=sys.stderr)
            return
        time.sleep(chance.uniform(0.0, 12.0))
        sensor = app.sensor()
        killed_at = datetime.now(UTC)
        app.process.kill()
        app.process.wait()
        out.app_kills += 1
        if sensor is not None:
            out.orphan_s.append(gone_after_s(sensor))
    with SqliteJournal(folders.journal_file, SystemClock()) as journal:
        out.unsound += bool(journal.notices()) or bool(journal.integrity())
        out.lost_s.append(lost_s(journal.content(), life, killed_at))


def _kill_sensor(app: RunningApp, chance: random.Random, out: Outcome) -> None:
    first = app.a_sensor()
    time.sleep(chance.uniform(0.0, 3.0))
    first.kill()
    out.sensor_kills += 1
    app.a_sensor(other_than=first.pid)
    app.until_it_sees()


def main() -> int:
    """Print the table; 1 where a promise did not hold."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--kills", type=int, default=1000)
    words.add_argument("--minutes", type=float, default=600.0, help="no longer than so")
    words.add_argument("--seed", type=int, default=1)
    given = words.parse_args()
    out, chance, begin_s = Outcome(), random.Random(given.seed), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, camera(noisy(jpeg("d1_000"), fps=5)) as server:
        while out.app_kills + out.sensor_kills < given.kills and time.monotonic() - begin_s < 60 * given.minutes:
            one_life(Path(folder) / "home", server.address, chance, out)
    for name, value in asdict(out).items():
        told = f"most {max(value, default=0.0):.1f}" if isinstance(value, list) else value
        print(f"{name.replace('_', ' '):24}{told!s:>10}")
    return int(not out.good())


if __name__ == "__main__":
    sys.exit(main())
