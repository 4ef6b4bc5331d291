"""Journals in which one thing is out of the ordinary, made up and said to be: what the report claims of each, whether
its sums are those of the tables beside it, and what it costs.

| name | what is out of the ordinary |
|---|---|
| ordinary | eight weeks with a trend, a course of the day, and reminders that work |
| flat | nothing is true but chance; drawn again with ``--draws`` other seeds, and each false statement counted |
| sparse | two days of eight weeks |
| hostile | every text is markup, a formula, written from the right, emoji, or as long as it may be |
| tilt | live load index by the other rule |
| mixed | both rules and two weights of head by turns, every third day untied, two profiles |
| flight | east over six and eight zones in the middle of two days, and back west |
| summer time | work through the night of both changes of the clock |
| a year, five years | length |

    python bench/named_journals.py --into FOLDER [--only flat sparse] [--draws 100]

For each: FOLDER/NAME.html, .pdf, .json and .zip, and a row of the table: minutes, seconds and largest memory of each
command (``long_journal.run``), statements beyond chance by name, and in how many cells the share's days, made again
from its minutes by SQL (DuckDB, of the extra ``practice``) and row by row (bouts), differ from its table of days. Exit
code 1 where one does.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import duckdb

from generate_journal import GeneratedJournal, generate, write
from long_journal import make, run
from posturewatch.base.load import by_rule, by_tilt
from posturewatch.base.records import DiaryEntry, MinuteRow
from posturewatch.core.history.diary import MAX_NOTE, MAX_WORD
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.core.history.summary.records import PeriodSummary

LAST: Final = date(2026, 11, 20)
WEEKS: Final = 8

HOSTILE: Final = (
    "</script><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>",
    "=HYPERLINK(1)",
    "'; DROP TABLE minutes; --",
    "צוואר תפוס אחרי ישיבה ארוכה (3 שעות)",
    "صداع بعد اجتماع طويل",
    "頭痛がする・首が凝る",
    "头疼得厉害",
    "머리가 아프다",
    "🤕👩‍💻🇩🇪 neck",
    "\u202eright to left\u202c \u200b\ufeff",
    "Zalgo t\u0335\u0321e\u0337\u0322x\u0338\u0323t",
    "one" * 30,
)


def _day_of(row: MinuteRow) -> date:
    return row.start.date()


def ordinary(seed: int = 7) -> GeneratedJournal:
    """Eight weeks."""
    return generate(seed, WEEKS, LAST)


def flat(seed: int = 7) -> GeneratedJournal:
    """Eight weeks in which nothing is true."""
    return generate(seed, WEEKS, LAST, flat=True)


def sparse() -> GeneratedJournal:
    """The first and the last working day of eight weeks; the diary of all."""
    made = ordinary()
    days = sorted({_day_of(row) for row in made.minutes if row.valid_s})
    kept = {days[0], days[-1]}
    return replace(
        made,
        minutes=tuple(row for row in made.minutes if _day_of(row) in kept),
        events=tuple(one for one in made.events if one.at.date() in kept or one.kind == "journal"),
    )


def hostile() -> GeneratedJournal:
    """Texts that do harm where they are not taken for text."""
    made, text = ordinary(), cycle(HOSTILE)
    names = {one.profile: f"{next(text)[:120]} (generated)" for one in made.calibrations}

    def spoilt(entry: DiaryEntry) -> DiaryEntry:
        if entry.kind != "headache":
            return entry
        note = (next(text) + "\n") * 200
        return replace(
            entry, medication=next(text)[:MAX_WORD], trigger=next(text)[:MAX_WORD], note=note[:MAX_NOTE].strip()
        )

    return GeneratedJournal(
        tuple(replace(row, profile=names[row.profile]) for row in made.minutes),
        tuple(replace(one, outcome=names.get(one.outcome, one.outcome), detail=names.get(one.detail, one.detail))
              for one in made.events),
        tuple(map(spoilt, made.diary)),
        tuple(replace(one, profile=names[one.profile]) for one in made.calibrations),
    )  # fmt: skip


def _loaded(row: MinuteRow, by: Callable[[float, float], float]) -> MinuteRow:
    if row.fht_median_in is None:
        return row
    return replace(row, load_index_lb=round(by(row.fht_median_in, row.fht_se_in or 0.0), 1))


def tilt() -> GeneratedJournal:
    """As with ``load.model = tilt``."""
    made = ordinary()
    return replace(made, minutes=tuple(_loaded(row, lambda at, se: by_tilt(at, se).load_lb) for row in made.minutes))


def mixed() -> GeneratedJournal:
    """The rule changes day by day, and so does the weight of the head; every third day is not tied."""
    made = ordinary()
    models: tuple[Callable[[float, float], float], ...] = (
        lambda at, se: by_tilt(at, se).load_lb,
        lambda at, se: by_rule(at, se, 8.5).load_lb,
        lambda at, se: by_rule(at, se, 13.5).load_lb,
    )
    rows = []
    for row in made.minutes:
        turn = row.start.toordinal() % 3
        seen = _loaded(row, models[turn])
        rows.append(replace(seen, tied=False) if turn == 0 and seen.tied else seen)
    return replace(made, minutes=tuple(rows))


FLIGHTS: Final = (
    (datetime(2026, 10, 14, 16, tzinfo=UTC), "Europe/Berlin"),
    (datetime(2026, 10, 28, 10, tzinfo=UTC), "Asia/Tokyo"),
    (datetime(2026, 11, 11, 3, tzinfo=UTC), "America/Los_Angeles"),
)


def flight() -> GeneratedJournal:
    """The same minutes, on clocks that were set in the middle of a day's work."""
    made = ordinary()

    def there(at: datetime) -> datetime:
        zone = next((name for begin, name in reversed(FLIGHTS) if at >= begin), "")
        return at.astimezone(ZoneInfo(zone)) if zone else at

    return GeneratedJournal(
        tuple(replace(row, start=there(row.start)) for row in made.minutes),
        tuple(replace(one, at=there(one.at)) for one in made.events),
        tuple(replace(one, at=there(one.at), written_at=there(one.written_at)) for one in made.diary),
        tuple(replace(one, at=there(one.at)) for one in made.calibrations),
    )


def summer_time() -> GeneratedJournal:
    """32 weeks in Berlin, March to November, its working day at night: both changes fall into measured hours."""
    zone = ZoneInfo("Europe/Berlin")
    made = generate(7, 32, date(2026, 10, 30), "Europe/Berlin")
    sundays = {date(2026, 3, 29), date(2026, 10, 25)}
    model = [row for row in made.minutes if row.valid_s][:420]
    nights: list[MinuteRow] = []
    for day in sundays:
        begin = datetime(day.year, day.month, day.day, 0, 10, tzinfo=zone).astimezone(UTC)
        nights += [replace(row, start=(begin + timedelta(minutes=at)).astimezone(zone)) for at, row in enumerate(model)]
    rest = [row for row in made.minutes if _day_of(row) not in sundays]
    events = [one for one in made.events if one.at.date() not in sundays]
    return replace(
        made, minutes=tuple(sorted([*rest, *nights], key=lambda row: row.start.timestamp())), events=tuple(events)
    )


SHORT: Final[dict[str, Callable[[], GeneratedJournal]]] = {
    "ordinary": ordinary,
    "flat": flat,
    "sparse": sparse,
    "hostile": hostile,
    "tilt": tilt,
    "mixed": mixed,
    "flight": flight,
    "summer time": summer_time,
    "a year": lambda: generate(7, 52, LAST),
}
FIVE_YEARS: Final = ("five years", 650_000)


def claims(period: PeriodSummary) -> Iterator[str]:
    """Names of what the report says beyond chance of this period."""
    if period.change.found is not None and not period.change.found.spans_zero:
        yield "change"
    if period.stand_out is not None:
        yield "hour"
    elif period.course is not None and not period.course.afternoon.spans_zero:
        yield "course"
    if period.beside_held_back is not None and not period.beside_held_back.spans_zero:
        yield "reminders"
    found = period.diary.association
    if found is not None and not all(one.spans_zero for one in (found.same_day, found.day_before) if one is not None):
        yield "headaches"


def summary(made: GeneratedJournal) -> PeriodSummary:
    """What a report of the whole journal rests on."""
    days = [_day_of(row) for row in made.minutes]
    content = JournalContent.of(made.minutes, made.events, made.diary, made.calibrations)
    return summarise_period(content, first=min(days), last=max(days))


_COUNTED: Final = """
WITH m AS (
  SELECT utc_start, local_start[1:10] AS date, valid_s, away_s, unreliable_s, paused_s, off_s,
    CASE WHEN fht_median_in IS NULL THEN 0 ELSE valid_s END AS w, fht_median_in AS p50, fht_p10_in AS p10,
    fht_p90_in AS p90, fht_se_in AS se, tied, below_0_5_in_s AS b0, from_0_5_to_1_in_s AS b1, from_1_to_2_in_s AS b2,
    from_2_in_s AS b3
  FROM read_csv(?, types={'local_start': 'VARCHAR', 'tied': 'VARCHAR', 'profile': 'VARCHAR'})
), known AS (
  SELECT date, sum(w) FILTER (tied = 'yes') >= least(7200, 0.5 * sum(w) FILTER (tied IS NOT NULL)) AS tied
  FROM m GROUP BY date
), c AS (
  SELECT m.*, w > 0 AS counts FROM m JOIN known ON m.date = known.date
  WHERE NOT (coalesce(known.tied, false) AND m.tied = 'no' AND m.tied IS NOT NULL)
"""
"""The minutes of each day that its values are made of: all, or on a tied day those not known to be untied."""

_AGAIN: Final = (
    _COUNTED  # noqa: S608 (our own text)
    + """), seen AS (
  SELECT date, min(utc_start) AS first, max(utc_start) AS last FROM m WHERE valid_s + unreliable_s > 0 GROUP BY date
), closed AS (
  SELECT m.date, sum(paused_s + off_s) AS s FROM m JOIN seen ON m.date = seen.date
  WHERE utc_start BETWEEN first AND last GROUP BY m.date
), spread AS (
  SELECT date, unnest([if(p10 IS NULL OR p90 IS NULL, p50, p10), p50, if(p10 IS NULL OR p90 IS NULL, p50, p90)]) AS v,
    unnest([0.3, 0.4, 0.3]) * w AS w FROM c WHERE counts
), outer_ranks AS (
  SELECT date, v, sum(w) OVER (PARTITION BY date ORDER BY v) AS up, sum(w) OVER (PARTITION BY date) AS all_w FROM spread
), middle_ranks AS (
  SELECT date, p50 AS v, sum(w) OVER (PARTITION BY date ORDER BY p50) AS up, sum(w) OVER (PARTITION BY date) AS all_w
  FROM c WHERE counts
), outer_q AS (
  SELECT date, min(v) FILTER (up >= 0.1 * all_w - 1e-6) AS fht_p10_in,
    min(v) FILTER (up >= 0.9 * all_w - 1e-6) AS fht_p90_in
  FROM outer_ranks GROUP BY date
), middle_q AS (
  SELECT date, min(v) FILTER (up >= 0.5 * all_w - 1e-6) AS fht_median_in FROM middle_ranks GROUP BY date
), sums AS (
  SELECT m.date, sum(valid_s) / 60 AS valid_min, sum(away_s) / 60 AS away_min, sum(unreliable_s) / 60 AS unreliable_min,
    sum(paused_s) / 60 AS paused_min, sum(off_s) / 60 AS off_min,
    100 * sum(valid_s) / nullif(sum(valid_s) + sum(unreliable_s) + coalesce(any_value(closed.s), 0), 0) AS coverage_pct
  FROM m LEFT JOIN closed ON m.date = closed.date GROUP BY m.date
), bands AS (
  SELECT date, sum(b0) / 60 AS below_0_5_in_min, sum(b1) / 60 AS from_0_5_to_1_in_min,
    sum(b2) / 60 AS from_1_to_2_in_min, sum(b3) / 60 AS from_2_in_min,
    sum(se * w) FILTER (counts AND se IS NOT NULL) / nullif(sum(w) FILTER (counts AND se IS NOT NULL), 0) AS fht_se_in
  FROM c GROUP BY date
)
SELECT date, * EXCLUDE date FROM sums LEFT JOIN bands USING (date) LEFT JOIN outer_q USING (date)
LEFT JOIN middle_q USING (date)
"""
)

_IN_ORDER: Final = (
    _COUNTED
    + """)
SELECT date, epoch(CAST(utc_start AS TIMESTAMP)) // 60, w, away_s, coalesce(p50, 0) FROM c ORDER BY utc_start
"""
)

NEAR: Final = {"in": 0.0011, "min": 0.02, "pct": 0.11}
"""By the unit in a column's name: two roundings, and that of the minutes' seconds."""


def bouts_by_day(rows: list[tuple[str, int, float, float, float]]) -> dict[str, tuple[int, float, float]]:
    """Number, sum and longest, minutes, of the runs at 1 in or more by day, a row at a time: date, minute, seconds
    measured and away, median; in order."""
    runs: dict[str, list[float]] = {}
    last, unseen, open_run = ("", 0), 0, False
    for day, minute, valid_s, away_s, median_in in rows:
        if (day, minute - 1) != last:
            open_run = False
        last = (day, minute)
        if away_s >= 20 or (valid_s >= 20 and median_in < 1.0):
            open_run = False
        elif valid_s < 20:
            unseen += 1
            open_run = open_run and unseen <= 2
        elif open_run:
            runs[day][-1] += valid_s / 60
            unseen = 0
        else:
            runs.setdefault(day, []).append(valid_s / 60)
            unseen, open_run = 0, True
    return {day: (len(found), sum(found), max(found)) for day, found in runs.items()}


def differences(path: Path, folder: Path) -> list[str]:
    """Cells of a share's days that are not those made again from its minutes, each in words."""
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(path) as archive:
        minutes, days = (archive.extract(f"data/{name}.csv", folder) for name in ("minutes", "days"))
    with duckdb.connect() as base:
        asked = base.execute(_AGAIN, [minutes])
        names = [column[0] for column in asked.description or ()][1:]
        asked_rows = [(str(day), *cells) for day, *cells in asked.fetchall()]
        bouts = bouts_by_day(base.execute(_IN_ORDER, [minutes]).fetchall())
        made = {day: (*cells, *bouts.get(day, (0, 0.0, None))) for day, *cells in asked_rows}
        names += ["bouts", "bouts_total_min", "bouts_longest_min"]
        columns = ", ".join(f'CAST("{name}" AS DOUBLE)' for name in names)
        read = f"SELECT CAST(date AS VARCHAR), {columns} FROM read_csv(?)"  # noqa: S608 (our own names)
        told = {str(row[0]): row[1:] for row in base.execute(read, [days]).fetchall()}
    found = []
    for day in sorted({*made, *told}):
        for name, *both in zip(names, made.get(day, (None,) * 99), told.get(day, (None,) * 99), strict=False):
            if not _near(*both, NEAR.get(name.rpartition("_")[2], 0.0)):
                found.append(f"{day} {name}: made again {both[0]}, told {both[1]}")
    return found


def _near(one: float | None, two: float | None, most: float) -> bool:
    return abs(one - two) <= most if one is not None and two is not None else (one or 0.0) == (two or 0.0)


def row(name: str, home: Path, first: date, out: Path) -> tuple[str, list[str]]:
    """The row of a journal that lies in ``home``, and what differs; the files beside it."""
    span = ["--from", str(first), "--to", str(LAST)]
    file = out / name.replace(" ", "-")
    told = []
    for words in (
        ["report", *span, "--html", f"{file}.html"],
        ["report", *span, "--pdf", f"{file}.pdf"],
        ["report", *span, "--fhir", f"{file}.json"],
        ["share", *span, "--yes", f"{file}.zip"],
    ):
        seconds, megabytes, code = run(words, home)
        told.append(f"{seconds:.1f} s, {megabytes:.0f} MB" if code == 0 else f"exit {code}")
    wrong = differences(Path(f"{file}.zip"), out / "again")
    return " | ".join((name, *told, str(len(wrong)))), wrong


def main() -> int:
    """Make what is asked for; print the table as it grows."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("--into", type=Path, required=True)
    words.add_argument("--only", nargs="*", choices=[*SHORT, FIVE_YEARS[0]], default=[*SHORT, FIVE_YEARS[0]])
    words.add_argument("--draws", type=int, default=0, help="how many flat journals to count false statements in")
    given = words.parse_args()
    given.into.mkdir(parents=True, exist_ok=True)
    if given.draws:
        drawn = [tuple(claims(summary(flat(1000 + seed)))) for seed in range(given.draws)]
        each = ", ".join(f"{name} {count}" for name, count in Counter(one for some in drawn for one in some).items())
        false = sum(map(bool, drawn))
        print(f"flat, drawn {given.draws} times: {false} with a statement that is false ({each or 'none'})\n")
    print("| journal | minutes | usable | tied | says beyond chance | page | PDF | FHIR | share | cells that differ |")
    print("|---|---|---|---|---|---|---|---|---|---|", flush=True)
    all_wrong: list[str] = []
    for name in given.only:
        home = given.into / "homes" / name.replace(" ", "-")
        if name in SHORT:
            made = SHORT[name]()
            if not (home / "data" / "journal.sqlite").exists():
                write(made, home / "data")
            period = summary(made)
            first, count = period.first, len(made.minutes)
            told = [
                f"{count:,}",
                str(period.usable_days),
                str(period.tied_days),
                ", ".join(claims(period)) or "nothing",
            ]
        else:
            first = make(home / "data", FIVE_YEARS[1])
            told = [f"{FIVE_YEARS[1]:,}", "", "", ""]
        line, wrong = row(name, home, first, given.into)
        head, _bar, rest = line.partition(" | ")
        print(f"| {head} | {' | '.join(told)} | {rest} |", flush=True)
        all_wrong += [f"{name}: {one}" for one in wrong]
    print("", *all_wrong[:40], sep="\n")
    return 1 if all_wrong else 0


if __name__ == "__main__":
    sys.exit(main())
