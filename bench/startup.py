"""How long the quick commands take from start to end, as a user waits for them: minimum and median of whole runs.

    python bench/startup.py [--runs 10]

The bar is 0.3 s for --help, status and log on an otherwise idle machine; processor time is shown beside it, since a
busy machine makes everything wait.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BAR_S = 0.3
COMMANDS = (("--help",), ("status",), ("log",), ("log", "week"), ("safety",), ("config", "path"))


def main() -> None:
    """Run each command so many times and print the table."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--runs", type=int, default=10)
    runs = words.parse_args().runs
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"POSTUREWATCH_HOME": home}
        _live_a_fortnight(Path(home))
        print(f"{'command':<14} {'min s':>7} {'median s':>9} {'processor s':>12}")
        for command in COMMANDS:
            walls, burnt = zip(*(_once(command, environment) for _run in range(runs)), strict=True)
            late = "" if min(walls) <= BAR_S else f"  over {BAR_S} s"
            print(
                f"{' '.join(command):<14} {min(walls):>7.3f} {statistics.median(walls):>9.3f} "
                f"{statistics.median(burnt):>12.3f}{late}"
            )


def _once(command: tuple[str, ...], environment: dict[str, str]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun_s = time.perf_counter()
    subprocess.run([sys.executable, "-m", "posturewatch", *command], env=environment, capture_output=True, check=False)
    wall_s = time.perf_counter() - begun_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def _live_a_fortnight(home: Path) -> None:
    """A journal of two weeks that end today, so that the log has something to read."""
    from generate_journal import generate
    from posturewatch.base.clock import SystemClock
    from posturewatch.disk.folders import find_folders
    from posturewatch.journal.writer import SqliteJournal

    made = generate(weeks=2, until=SystemClock().now().date())
    journal = SqliteJournal(find_folders({"POSTUREWATCH_HOME": str(home)}).make().journal_file, SystemClock())
    for calibration in made.calibrations:
        journal.add_calibration(calibration)
    for minute in made.minutes:
        journal.add_minute(minute)
    journal.close()


if __name__ == "__main__":
    main()
