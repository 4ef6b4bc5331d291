"""How long the quick commands take from start to end, as a user waits for them: minimum and median of whole runs.

    python bench/startup.py [--runs 10]

The bar is 0.3 s for --help, status and log on an otherwise idle machine; processor time is shown beside it, since a
busy machine makes everything wait. With an X display also until the window of today is mapped: by its command, and as
the tray's line opens it; there the bar is 0.5 s. (On a busy machine: `chrt -r 10`, and the X server likewise.)
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
WINDOW_BAR_S = 0.5
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
        if os.environ.get("DISPLAY"):
            os.environ["POSTUREWATCH_HOME"] = home
            for name, walls in (("today", _by_command(runs)), ("today (tray)", _from_tray(runs))):
                late = "" if min(walls) <= WINDOW_BAR_S else f"  over {WINDOW_BAR_S} s"
                print(f"{name:<14} {min(walls):>7.3f} {statistics.median(walls):>9.3f} {'':>12}{late}")


def _by_command(runs: int) -> list[float]:
    """Seconds from starting `posturewatch today` until its window is mapped."""
    found = []
    for _run in range(runs):
        begun_s = time.perf_counter()
        command = subprocess.Popen([sys.executable, "-m", "posturewatch", "today"])
        found.append(_mapped_s() - begun_s)
        command.terminate()
        command.wait()
        _gone()
    return found


def _from_tray(runs: int) -> list[float]:
    """Seconds from the tray's line until the window is mapped."""
    from posturewatch.app.launcher import DesktopLauncher
    from posturewatch.base.inbox import QueueInbox
    from posturewatch.base.settings import Settings
    from posturewatch.disk.folders import find_folders

    launcher, found = DesktopLauncher(find_folders(), QueueInbox(), Settings()), []
    for _run in range(runs):
        begun_s = time.perf_counter()
        launcher.open_today()
        found.append(_mapped_s() - begun_s)
        launcher.shut("today")
        _gone()
    launcher.close()
    return found


def _mapped_s() -> float:
    """The moment at which a window of ours is on the screen."""
    while not _on_screen():
        time.sleep(0.002)
    return time.perf_counter()


def _gone() -> None:
    while _on_screen():
        time.sleep(0.02)


def _on_screen() -> bool:
    from Xlib import X
    from Xlib.display import Display
    from Xlib.error import XError

    display = Display()
    try:
        for frame in display.screen().root.query_tree().children:
            for window in (frame, *frame.query_tree().children):
                ours = "posturewatch" in (window.get_wm_class() or ())
                if ours and window.get_attributes().map_state == X.IsViewable:
                    return True
    except XError:  # gone while it was asked
        pass
    finally:
        display.close()
    return False


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
