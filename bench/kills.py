"""Kills at random moments, again and again in the same homes, and counts what is lost.

    python bench/kills.py app --kills 1000 --homes 2     the running app and its sensor; four to fifteen seconds a kill
    python bench/kills.py journal --kills 200            a journal's writer at its fastest; half a second a kill

``app``: in two lives of three the sensor first (the app must start another and see again), then the app (SIGKILL; its
sensor must end by itself). At most ten seconds of what was watched may be missing.

``journal``: a child writes minutes (each again every ten seconds of its own time), samples, events and diary entries,
and says after each commit how far it is. No row may be missing of which it had said so, neither after its own kill nor
after all the others.

After each end the journal must open and be sound; the next start takes up the same home. ``lost_s``: seconds between
the last word of what was killed and the last second that the journal has an account of.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from camera_server import camera, jpeg, noisy  # noqa: E402
from faults.running_app import RunningApp, running  # noqa: E402
from posturewatch.base.clock import SystemClock  # noqa: E402
from posturewatch.base.records import DiaryEntry, Event, EventKind, MinuteRow, State, Step  # noqa: E402
from posturewatch.disk.folders import find_folders  # noqa: E402
from posturewatch.journal.reader import JournalReader  # noqa: E402
from posturewatch.journal.writer import SqliteJournal  # noqa: E402
from power_cut import Life, lost_s, watched_s  # noqa: E402

LOST_S = {"app": 12.0, "journal": 10.0}
"""Ten seconds between two writes of the minute in progress; of the app also a turn of the loop that is late."""


@dataclass
class Outcome:
    """What the kills did. ``orphan_s``: how long a sensor outlived its app; ``commits``: said by the writer."""

    kills: int = 0
    sensor_kills: int = 0
    killed_while_opening: int = 0
    commits: int = 0
    not_started_again: int = 0
    unopened: int = 0
    unsound: int = 0
    missing_rows: int = 0
    lost_s: list[float] = field(default_factory=list)
    orphan_s: list[float] = field(default_factory=list)

    def good(self, what: str) -> bool:
        """Whether all was as promised."""
        bad = self.not_started_again or self.unopened or self.unsound or self.missing_rows
        return not bad and max(self.lost_s, default=0.0) <= LOST_S[what]

    def __str__(self) -> str:
        lines = []
        for name, value in asdict(self).items():
            told = value
            if isinstance(value, list):
                told = f"median {statistics.median(value):.1f}, most {max(value):.1f}" if value else "none"
            lines.append(f"{name.replace('_', ' '):24}{told!s:>24}")
        return "\n".join(lines)


@contextlib.contextmanager
def left_behind(path: Path, out: Outcome) -> Iterator[SqliteJournal]:
    """A journal as a kill left it, opened and looked through; counted and told where it cannot be."""
    try:
        with SqliteJournal(path, SystemClock()) as journal:
            wrong = [*journal.notices(), *journal.integrity()]
            out.unsound += bool(wrong)
            if wrong:
                print(f"{path}: {wrong}", file=sys.stderr, flush=True)
            yield journal
    except Exception as err:
        out.unopened += 1
        print(f"{path}: {err!r}", file=sys.stderr, flush=True)


# The running app and its sensor.


def kill_apps(kills: int, until_s: float, homes: int, folder: Path, seed: int) -> Outcome:
    """So many kills in all, in homes side by side, while the monotonic clock is before ``until_s``."""
    out, counting = Outcome(), threading.Lock()

    def in_one_home(number: int) -> None:
        chance = random.Random(f"{seed} {number}")
        while out.kills < kills and time.monotonic() < until_s:
            lived = Outcome()
            one_life(folder / f"home{number}", server.address, chance, lived)
            with counting:
                for name, value in asdict(lived).items():
                    setattr(out, name, getattr(out, name) + value)
                if out.kills % 20 < lived.kills:
                    print(f"{out.kills} kills", file=sys.stderr, flush=True)

    with camera(noisy(jpeg("d1_000"), fps=5)) as server, ThreadPoolExecutor(homes) as side_by_side:
        list(side_by_side.map(in_one_home, range(homes)))
    return out


def one_life(home: Path, address: str, chance: random.Random, out: Outcome) -> None:
    """Start; in two lives of three kill the sensor; kill the app; look."""
    file = find_folders({"POSTUREWATCH_HOME": str(home)}).journal_file
    begin, known_s = datetime.now(UTC), 0.0
    if file.exists():
        with SqliteJournal(file, SystemClock()) as journal:
            known_s = watched_s(journal.content())
    with running(home, address) as app:
        try:
            app.until_it_sees()
            if chance.random() < 0.67:
                kill_sensor(app, chance, out)
        except AssertionError as err:
            out.not_started_again += 1
            print(err, file=sys.stderr, flush=True)
            return
        # Half of the lives end while the first minute is opened, the others between any two writes of a minute.
        time.sleep(chance.uniform(0.0, 12.0 if chance.random() < 0.5 else 1.0))
        sensor, killed_at = app.sensor(), datetime.now(UTC)
        app.process.kill()
        app.process.wait()
        out.kills += 1
        if sensor is not None:
            out.orphan_s.append(ended_after_s(sensor))
    with left_behind(file, out) as journal:
        out.lost_s.append(lost_s(journal.content(), Life(begin, known_s), killed_at))


def ended_after_s(process: psutil.Process) -> float:
    """Seconds until a process has ended; one that waits for its new parent to ask after it has, and holds nothing."""
    begin_s = time.monotonic()
    with contextlib.suppress(psutil.NoSuchProcess):
        while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
            time.sleep(0.01)
    return time.monotonic() - begin_s


def kill_sensor(app: RunningApp, chance: random.Random, out: Outcome) -> None:
    """Once; raises AssertionError where the app does not see again."""
    first = app.a_sensor()
    time.sleep(chance.uniform(0.0, 1.0))
    first.kill()
    out.kills += 1
    out.sensor_kills += 1
    app.a_sensor(other_than=first.pid)
    app.until_it_sees()


# The journal's writer.

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEP_S = 10
EVENT_EVERY = 7
DIARY_EVERY = 50


def kill_writers(kills: int, until_s: float, folder: Path, seed: int) -> Outcome:
    """Kill, open, compare, again; at last all are compared once more."""
    path, chance, out = folder / "journal.sqlite", random.Random(seed), Outcome()
    heard: list[int] = []
    while len(heard) < kills and time.monotonic() < until_s:
        heard.append(one_writer(path, len(heard), chance))
        out.kills += 1
        out.killed_while_opening += heard[-1] < 0
        out.commits += heard[-1] + 1
        if path.exists():
            with left_behind(path, out) as journal:
                compare(journal, len(heard) - 1, heard[-1], out)
    with left_behind(path, out) as journal:
        for round_, said in enumerate(heard):
            compare(journal, round_, said, out)
    return out


def one_writer(path: Path, round_: int, chance: random.Random) -> int:
    """Start a child and kill it; the last step that it said was written (-1: none)."""
    words = [sys.executable, __file__, "journal", "--child", str(path), str(round_)]
    with subprocess.Popen(words, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        first = -1
        if chance.random() < 0.8:  # most kills hit the writing, some the start and the opening
            child.stdout.readline()
            first = 0
        time.sleep(chance.uniform(0.0, 0.5))
        child.kill()
        said = child.stdout.read().split(b"\n")[:-1]
    return int(said[-1]) if said else first


def write(path: Path, round_: int) -> None:
    """The child: each round on a day of its own, until it is killed, one line on standard output after each commit."""
    journal, begin = SqliteJournal(path, SystemClock()), BEGIN + timedelta(days=round_)
    step = Step(0.0, State.UPRIGHT, None, True, 0.5, 0.1)
    for number in range(8000):
        at = begin + timedelta(seconds=number * STEP_S)
        journal.add_sample(at, step)
        journal.add_minute(minute(begin, number))
        if number % EVENT_EVERY == 0:
            journal.add_event(Event(at, EventKind.NUDGE, "shown"))
        if number % DIARY_EVERY == 0:
            journal.add_diary(DiaryEntry(at, at, "headache", worst=3))
        os.write(1, f"{number}\n".encode())


def minute(begin: datetime, number: int) -> MinuteRow:
    """The minute in progress at a step, filled as far as it is."""
    per_minute = 60 // STEP_S
    seconds = float((number % per_minute + 1) * STEP_S)
    start = begin + timedelta(minutes=number // per_minute)
    return MinuteRow(start, "desk", seconds, 0.0, 0.0, 0.0, 0.0, 3, 0.5, 0.6, 0.5, 0.1, 16.0, (0.0, seconds, 0.0, 0.0))


def compare(journal: JournalReader, round_: int, said: int, out: Outcome) -> None:
    """Count what the child of a round had said was written and is not there, and the seconds that it stands for."""
    if said < 0:
        return
    begin = BEGIN + timedelta(days=round_)
    day = begin, begin + timedelta(days=1)
    rows = {row.start: row for row in journal.minutes(*day)}
    whole = (minute(begin, number) for number in range(5, said + 1, 6))
    in_progress = minute(begin, said)
    kept = rows.get(in_progress.start)
    out.missing_rows += (
        sum(rows.get(row.start) != row for row in whole)
        + (kept is None or kept.valid_s < in_progress.valid_s)
        + max(0, said // EVENT_EVERY + 1 - len(journal.events(*day)))
        + max(0, said // DIARY_EVERY + 1 - len(journal.diary(*day)))
        + max(0, said + 1 - len(journal.samples(*day)))
    )
    last = max((row.start + timedelta(seconds=row.valid_s) for row in rows.values()), default=begin)
    out.lost_s.append(max(0.0, (begin + timedelta(seconds=(said + 1) * STEP_S) - last).total_seconds()))


def main() -> int:
    """Print the table; 1 where a promise did not hold."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("what", choices=tuple(LOST_S))
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--minutes", type=float, default=600.0, help="no longer than so")
    words.add_argument("--homes", type=int, default=1, help="so many apps side by side")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", action="store_true")
    words.add_argument("--child", nargs=2, metavar=("PATH", "ROUND"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.child:
        write(Path(given.child[0]), int(given.child[1]))
        return 0
    until_s = time.monotonic() + 60 * given.minutes
    with tempfile.TemporaryDirectory() as folder:
        if given.what == "app":
            out = kill_apps(given.kills, until_s, given.homes, Path(folder), given.seed)
        else:
            out = kill_writers(given.kills, until_s, Path(folder), given.seed)
    print(json.dumps(asdict(out)) if given.json else out)
    return int(not out.good(given.what))


if __name__ == "__main__":
    sys.exit(main())
