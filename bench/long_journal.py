"""What years of a journal cost: time and largest memory of each command that reads or brings back many minutes.

The journal is made up (``generate_journal.py``: a year drawn from a seed, its minutes, events and entries repeated year
after year) and says so of itself. Each command runs in a process of its own; memory is the largest resident set that
the system counted for it (VmHWM, so Linux alone), time is wall time on whatever else the computer does.

    python bench/long_journal.py --minutes 2000000 --into FOLDER [--only report share]
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from generate_journal import generate, write

LAST = date(2026, 11, 20)
WEEKS = 52
SHIFT_MIN = WEEKS * 7 * 1440
_COPY = (
    "INSERT INTO minutes SELECT minute - :shift, {minutes} FROM minutes WHERE minute >= :first",
    (
        "INSERT INTO events (at_ms, offset_min, kind, outcome, detail, value) SELECT at_ms - :shift * 60000, "
        "offset_min, kind, outcome, detail, value FROM events WHERE at_ms >= :first * 60000"
    ),
    (
        "INSERT INTO diary ({diary}) SELECT at_ms - :shift * 60000, offset_min, written_ms - :shift * 60000, {rest} "
        "FROM diary WHERE at_ms >= :first * 60000"
    ),
)


def make(folder: Path, minutes: int, seed: int = 7) -> date:
    """A journal of at least so many minutes that ends on LAST; returns its first day. A year is drawn, and laid before
    itself as often as it takes."""
    import sqlite3

    made = generate(seed, WEEKS, LAST)
    count = write(made, folder)
    first = LAST - timedelta(days=7 * WEEKS - 1)
    connection = sqlite3.connect(folder / "journal.sqlite")
    with connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(minutes)")][1:]
        told = [row[1] for row in connection.execute("PRAGMA table_info(diary)")][1:]
        begin = int(connection.execute("SELECT min(minute) FROM minutes").fetchone()[0]) - 1440
        for year in range(1, -(-minutes // count)):
            for sql in _COPY:
                named = sql.format(minutes=", ".join(names), diary=", ".join(told), rest=", ".join(told[3:]))
                connection.execute(named, {"shift": SHIFT_MIN * year, "first": begin})
            first -= timedelta(days=7 * WEEKS)
    connection.close()
    return first


_COUNTED = """
import atexit, re, sys
from pathlib import Path
def told():
    print("VmHWM", re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1], file=sys.stderr)
atexit.register(told)
from posturewatch.__main__ import main
main()
"""
"""What ``ru_maxrss`` says of a child is at least what its parent held when it was begun: a process asks for itself."""


def run(words: list[str], home: Path) -> tuple[float, float, int]:
    """(seconds, MB, exit code) of a command of ours in a process of its own."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _COUNTED, "--home", str(home), *words],
        capture_output=True,
        text=True,
        env={**os.environ, "LANG": "C.UTF-8"},
        check=False,
    )
    *said, last = done.stderr.splitlines() or [""]
    if done.returncode:
        print("\n".join(said), file=sys.stderr)
    return time.monotonic() - began, int(last.removeprefix("VmHWM ")) / 1024, done.returncode


def commands(first: date, out: Path) -> dict[str, tuple[list[str], bool]]:
    """By name the words of a command, and whether it runs in the other, empty home."""
    span = ["--from", str(first), "--to", str(LAST)]
    return {
        "report": (["report", *span, "--html", str(out / "r.html")], False),
        "report --pdf": (["report", *span, "--pdf", str(out / "r.pdf")], False),
        "report --fhir": (["report", *span, "--fhir", str(out / "r.json")], False),
        "share": (["share", *span, "--yes", str(out / "s.zip")], False),
        "log": (["log", "--date", str(LAST)], False),
        "log week": (["log", "week", "--date", str(LAST)], False),
        "log --write": (["log", "--write", "--date", str(LAST)], False),
        "import": (["import", str(out / "s.zip")], True),
        "review": (["review", "--html", str(out / "v.html"), str(out / "s.zip")], False),
    }


def main() -> None:
    """Make the journal, unless it is there, and measure."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--minutes", type=int, default=2_000_000)
    words.add_argument("--into", type=Path, required=True, help="folder for the journals and what is made of them")
    words.add_argument("--only", nargs="*", default=None, help="names of commands, as they are printed")
    given = words.parse_args()
    home, other = given.into / "home", given.into / "other"
    data, mark = home / "data", given.into / "first_day"
    if not mark.exists():
        began = time.monotonic()
        mark.write_text(make(data, given.minutes).isoformat())
        print(f"made in {time.monotonic() - began:.0f} s")
    first = date.fromisoformat(mark.read_text())
    print(f"{(data / 'journal.sqlite').stat().st_size / 1e6:.0f} MB, {first} to {LAST}")
    for name, (line, elsewhere) in commands(first, given.into).items():
        if given.only is None or name in given.only:
            seconds, megabytes, code = run(line, other if elsewhere else home)
            print(f"{name:14} {seconds:7.1f} s {megabytes:7.0f} MB  exit {code}", flush=True)


if __name__ == "__main__":
    main()
