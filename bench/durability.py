"""Kills a writing journal at random moments and counts what is missing.

A child process writes minutes (each again every ten seconds of its own time), samples, events and diary entries
as fast as it can, and says after each commit how far it is. The parent kills it (SIGKILL, TerminateProcess),
opens the journal, and compares. The file is the same all the time, so each start also recovers from the last kill.

    python bench/durability.py --kills 200
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from posturewatch.base.records import DiaryEntry, Event, EventKind, MinuteRow, State, Step
from posturewatch.journal.reader import JournalReader, open_reader
from posturewatch.journal.writer import SqliteJournal

BEGIN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
STEP_S = 10
EVENT_EVERY = 7
DIARY_EVERY = 50


@dataclass
class Outcome:
    """What 200 kills did. ``most_missing_s``: the child's own time between its last word and what is there."""

    kills: int = 0
    killed_while_opening: int = 0
    commits: int = 0
    unopened: int = 0
    unsound: int = 0
    missing_rows: int = 0
    most_missing_s: float = 0.0


class FixedClock:
    """A clock that stands."""

    def now(self) -> datetime:
        """The begin."""
        return BEGIN

    def monotonic_s(self) -> float:
        """Nothing."""
        return 0.0


def begin_of(round_: int) -> datetime:
    """Each round writes on a day of its own."""
    return BEGIN + timedelta(days=round_)


def write(path: Path, round_: int) -> None:
    """The child: writes until it is killed, one line on standard output after each commit."""
    journal = SqliteJournal(path, FixedClock())
    begin = begin_of(round_)
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


def missing(journal: JournalReader, round_: int, said: int) -> tuple[int, float]:
    """Rows that the child had said were written and that are not there, and the seconds that they stand for."""
    begin = begin_of(round_)
    until = begin + timedelta(days=1)
    rows = {row.start: row for row in journal.minutes(begin, until)}
    gone, latest = 0, begin
    for number in range(5, said + 1, 6):
        gone += rows.get(minute(begin, number).start) != minute(begin, number)
    in_progress = minute(begin, said)
    kept = rows.get(in_progress.start)
    gone += kept is None or kept.valid_s < in_progress.valid_s
    gone += max(0, said // EVENT_EVERY + 1 - len(journal.events(begin, until)))
    gone += max(0, said // DIARY_EVERY + 1 - len(journal.diary(begin, until)))
    gone += max(0, said + 1 - len(journal.samples(begin, until)))
    if rows:
        last = rows[max(rows)]
        latest = last.start + timedelta(seconds=last.valid_s)
    return gone, max(0.0, (begin + timedelta(seconds=(said + 1) * STEP_S) - latest).total_seconds())


def run(kills: int, folder: Path, seed: int) -> Outcome:
    """Kill, open, compare, again."""
    path = folder / "journal.sqlite"
    chance = random.Random(seed)
    outcome = Outcome()
    heard: list[int] = []
    for round_ in range(kills):
        said = _one_kill(path, round_, chance)
        heard.append(said)
        outcome.kills += 1
        outcome.killed_while_opening += said < 0
        outcome.commits += said + 1
        if not path.exists():
            continue
        try:
            with SqliteJournal(path, FixedClock()) as journal:
                outcome.unsound += bool(journal.notices()) or bool(journal.integrity())
                gone, seconds = missing(journal, round_, said) if said >= 0 else (0, 0.0)
                outcome.missing_rows += gone
                outcome.most_missing_s = max(outcome.most_missing_s, seconds)
        except Exception as err:
            outcome.unopened += 1
            print(f"round {round_}: {err}", file=sys.stderr)
    with open_reader(path) as reader:  # what was there after its own kill is still there after all the others
        outcome.missing_rows += sum(missing(reader, round_, said)[0] for round_, said in enumerate(heard) if said >= 0)
    return outcome


def _one_kill(path: Path, round_: int, chance: random.Random) -> int:
    """Start a child, kill it at a random moment, return the last step that it said was written (-1: none)."""
    child = subprocess.Popen([sys.executable, __file__, "--child", str(path), str(round_)], stdout=subprocess.PIPE)
    assert child.stdout is not None
    if chance.random() < 0.8:
        child.stdout.readline()  # most kills hit the writing, some the start and the opening
        first = 0
    else:
        first = -1
    time.sleep(chance.uniform(0.0, 0.5))
    child.kill()
    words = child.stdout.read().split(b"\n")[:-1]
    child.wait()
    child.stdout.close()
    return int(words[-1]) if words else first


def main() -> int:
    """Print the table; 1 where anything is missing or damaged."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--kills", type=int, default=200)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--json", action="store_true")
    words.add_argument("--child", nargs=2, metavar=("PATH", "ROUND"), help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.child:
        write(Path(given.child[0]), int(given.child[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(given.kills, Path(folder), given.seed)
    if given.json:
        print(json.dumps(asdict(outcome)))
    else:
        for name, value in asdict(outcome).items():
            print(f"{name.replace('_', ' '):24}{value:>10}")
    return int(bool(outcome.unopened or outcome.unsound or outcome.missing_rows))


if __name__ == "__main__":
    sys.exit(main())
