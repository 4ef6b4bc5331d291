"""A seeded journal of weeks that nobody lived: for tests, screenshots and timings of the report.

Every journal made here says so itself: profiles end in ``(generated)``, the first event is a JOURNAL event
with outcome ``generated``, and calibrations carry ``"generated": true``. The numbers are drawn from a simple
model (a slow drift over the day, an autocorrelated wander, a gentle trend over the weeks); they are plausible
to look at and say nothing about people.

    python bench/generate_journal.py --weeks 12 --seed 7 --into FOLDER     # writes FOLDER/journal.sqlite

With ``--flat`` nothing is true but chance: the same level in every week and hour, headaches whatever the posture, and
reminders that change nothing.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path
from zoneinfo import ZoneInfo

from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow

PROFILES = ("desk (generated)", "laptop (generated)")
HEAD_LB = 11.0
LB_PER_IN = 10.0
NUDGE_IN = 1.0
CLEAR_IN = 0.6


@dataclass(frozen=True, slots=True)
class GeneratedJournal:
    """Everything a journal holds, in the order in which it would have been written."""

    minutes: tuple[MinuteRow, ...]
    events: tuple[Event, ...]
    diary: tuple[DiaryEntry, ...]
    calibrations: tuple[CalibrationRow, ...]


@dataclass(slots=True)
class _Day:
    """What is true of one working day while its minutes are drawn."""

    begin: datetime
    end: datetime
    level_in: float
    profile: str
    calibration_id: int
    camera_off: tuple[int, int] | None
    dim: bool
    flat: bool = False


class _Writer:
    """Draws day after day and keeps what was drawn."""

    def __init__(self, seed: int, zone: ZoneInfo) -> None:
        self.chance = random.Random(seed)
        self.place = random.Random(seed + 1)  # of its own, so that the rest is as it was
        self.zone = zone
        self.minutes: list[MinuteRow] = []
        self.events: list[Event] = []
        self.diary: list[DiaryEntry] = []
        self.calibrations: list[CalibrationRow] = []

    def calibrate(self, at: datetime, profile: str) -> int:
        number = len(self.calibrations) + 1
        repeatability = round(self.chance.uniform(0.08, 0.22), 2)
        self.calibrations.append(
            CalibrationRow(
                at,
                profile,
                repeatability,
                self.chance.randint(38, 52),
                "front",
                json.dumps({"generated": True, "profile": profile}),
                number,
            )
        )
        self.events.append(Event(at, EventKind.CALIBRATION, "done", profile, repeatability))
        return number

    def day(self, day: _Day) -> None:
        """One working day, minute by minute, with its nudges and breaks."""
        chance = self.chance
        wander, sat_min, high_min, since_nudge = 0.0, 0, 0, 99
        nudges, away_left = 0, 0
        total = int((day.end - day.begin).total_seconds() // 60)
        lunch = total // 2 + chance.randint(-25, 25)
        correct_in = 0
        self.events.append(Event(day.begin, EventKind.START, "", "generated"))
        for index in range(total):
            start = (day.begin.astimezone(UTC) + timedelta(minutes=index)).astimezone(self.zone)
            wander = 0.93 * wander + chance.gauss(0, 0.16)
            if correct_in > 0:
                correct_in -= 1
                wander = min(wander, -0.35)
            slump = 0.3 if day.flat else 0.45 * index / total + (0.25 if index > lunch else 0.0)
            value = max(-0.3, day.level_in - 0.3 + slump + wander)
            since_nudge += 1
            if away_left == 0 and index == lunch:
                away_left = chance.randint(28, 65)
            elif away_left == 0 and chance.random() < 0.006:
                away_left = chance.randint(2, 18)
            if away_left > 0:
                away_left -= 1
                self._leave(start, day, sat_min)
                sat_min, high_min = 0, 0
                continue
            if day.camera_off and day.camera_off[0] <= index < day.camera_off[1]:
                if index == day.camera_off[0]:
                    self.events.append(Event(start, EventKind.CAMERA, "camera_busy"))
                self._blank(start, day, off=60.0)
                continue
            sat_min += 1
            unreliable = min(60.0, abs(chance.gauss(0, 7)) + (20 if day.dim and index > total * 0.7 else 0))
            if chance.random() < 0.02 or unreliable > 55:
                self._blank(start, day, unreliable=60.0)
            else:
                self.minutes.append(self._seen(start, day, value, round(unreliable, 1)))
            high_min = high_min + 1 if value >= NUDGE_IN else 0
            if high_min >= 3 and since_nudge > 15 and nudges < 8:
                nudges, since_nudge, high_min = nudges + 1, 0, 0
                outcome = chance.choices(("acted", "timed_out", "dismissed", "muted"), (0.5, 0.27, 0.13, 0.1))[0]
                correct_in = chance.randint(4, 18) if outcome == "acted" and not day.flat else 0
                if outcome != "muted":
                    self.events.append(Event(start, EventKind.NUDGE, "shown"))
                self.events.append(Event(start + timedelta(seconds=20), EventKind.NUDGE, outcome))
            if sat_min >= 30:
                self._break(start)
                away_left = 1 if self.events[-1].kind is EventKind.BREAK_TAKEN else 0
                sat_min = 0 if away_left else 22
        self.events.append(Event(day.end, EventKind.STOP, "", "generated"))

    def _leave(self, start: datetime, day: _Day, sat_min: int) -> None:
        if sat_min >= 5:
            self.events.append(Event(start, EventKind.BREAK_NATURAL, "", "", 60.0))
        self._blank(start, day, away=60.0)

    def _break(self, at: datetime) -> None:
        self.events.append(Event(at, EventKind.BREAK_DUE, "shown"))
        kind = self.chance.choices(
            (EventKind.BREAK_TAKEN, EventKind.BREAK_POSTPONED, EventKind.BREAK_SKIPPED), (0.62, 0.25, 0.13)
        )[0]
        self.events.append(Event(at + timedelta(seconds=50), kind, "", "", 45.0))

    def _blank(
        self, start: datetime, day: _Day, *, away: float = 0.0, unreliable: float = 0.0, off: float = 0.0
    ) -> None:
        self.minutes.append(MinuteRow(start, day.profile, 0.0, away, unreliable, 0.0, off, 0))

    def _seen(self, start: datetime, day: _Day, value: float, unreliable: float) -> MinuteRow:
        valid = round(60 - unreliable, 1)
        spread = abs(self.chance.gauss(0.12, 0.05))
        bands = [0.0, 0.0, 0.0, 0.0]
        main = 0 if value < 0.5 else 1 if value < 1 else 2 if value < 2 else 3
        high = value + spread
        other = 0 if high < 0.5 else 1 if high < 1 else 2 if high < 2 else 3
        bands[main] += round(valid * 0.8, 1)
        bands[other] += round(valid - round(valid * 0.8, 1), 1)
        return MinuteRow(
            start,
            day.profile,
            valid,
            0.0,
            unreliable,
            0.0,
            0.0,
            int(valid // 4) + 1,
            round(value, 2),
            round(value + 1.3 * spread, 2),
            round(value + 0.02, 2),
            round(self.chance.uniform(0.28, 0.5) + (0.2 if day.dim else 0), 2),
            round(HEAD_LB + LB_PER_IN * max(0.0, value), 1),
            (bands[0], bands[1], bands[2], bands[3]),
            day.calibration_id,
            round(value - 1.1 * spread, 2),
            True,
            *self._place(day),
        )

    def _place(self, day: _Day) -> tuple[float, float, float, float, float, float]:
        """Distance and its error, turn, tilt, height of the camera, grey: a laptop's camera lies lower and nearer."""
        far, yaw, above = (54.0, 2.0, -11.0) if day.profile == PROFILES[1] else (68.0, 9.0, 6.0)
        distance = round(far + self.place.gauss(0, 4), 1)
        return (
            distance,
            round(0.12 * distance, 1),
            round(yaw + self.place.gauss(0, 5), 1),
            round(self.place.gauss(-2, 3), 1),
            round(above + self.place.gauss(0, 2), 1),
            round(self.place.gauss(70 if day.dim else 120, 12)),
        )

    def note(self, day: date, headache: bool) -> None:
        """A diary entry, "no headache", or nothing at all."""
        chance = self.chance
        if chance.random() < 0.12:
            return
        evening = datetime.combine(day, time(20, chance.randint(0, 59)), self.zone)
        late = chance.random() < 0.12
        written = evening + timedelta(days=1) if late else evening
        if not headache:
            self.diary.append(DiaryEntry(evening, written, "none"))
            return
        at = datetime.combine(day, time(chance.randint(10, 18), chance.choice((0, 15, 30, 45))), self.zone)
        self.diary.append(
            DiaryEntry(
                at,
                written,
                "headache",
                chance.choice((30, 45, 60, 90, 120, 180, 240)),
                chance.choices(range(2, 9), (2, 4, 5, 5, 3, 2, 1))[0],
                chance.choice(("left", "right", "both")),
                chance.choice(("", "", "ibuprofen 400 mg", "paracetamol 500 mg")),
                chance.choice(("", "", "long meeting", "poor sleep", "bright screen")),
                chance.choice(("", "", "began at the neck", "better after a walk")),
            )
        )


def generate(
    seed: int = 7,
    weeks: int = 12,
    until: date = date(2026, 11, 20),
    zone: str = "America/New_York",
    *,
    flat: bool = False,
) -> GeneratedJournal:
    """``weeks`` weeks that end with the day ``until``, the same for the same seed; ``flat``: only chance is in them."""
    place = ZoneInfo(zone)
    pen = _Writer(seed, place)
    first = until - timedelta(days=7 * weeks - 1)
    begin = datetime.combine(first, time(7, 55), place)
    pen.events.append(Event(begin, EventKind.JOURNAL, "generated", f"seed {seed}"))
    ids = {name: pen.calibrate(begin + timedelta(minutes=number), name) for number, name in enumerate(PROFILES)}
    away = first + timedelta(days=7 * (weeks // 2))
    for offset in range(7 * weeks):
        day = first + timedelta(days=offset)
        chance = pen.chance
        trend = 1.0 if flat else 1.25 - 0.45 * min(1.0, offset / max(1, 7 * min(weeks, 12)))
        level = max(0.3, trend + chance.gauss(0, 0.13))
        holiday = weeks >= 6 and away <= day < away + timedelta(days=5)
        pen.note(day, chance.random() < (0.27 if flat else 0.34 if level > 1.0 else 0.2) and not holiday)
        if offset % 28 == 27:
            at = datetime.combine(day, time(20, 30), place)
            score = max(4.0, 18.0 - offset // 28 * 2 - chance.randint(0, 2))
            pen.diary.append(DiaryEntry(at, at, "score", score_name="NDI", score=score))
            pen.diary.append(DiaryEntry(at, at, "score", score_name="HIT-6", score=60.0 - offset // 28 * 2))
        if holiday or (day.weekday() >= 5 and chance.random() < 0.85) or chance.random() < 0.04:
            continue
        profile = PROFILES[1] if chance.random() < 0.12 else PROFILES[0]
        start = datetime.combine(day, time(8, chance.randint(20, 59)), place)
        hours = chance.uniform(1.0, 2.5) if day.weekday() >= 5 or chance.random() < 0.06 else chance.uniform(7.2, 9.0)
        if offset % 19 == 18:
            ids[profile] = pen.calibrate(start, profile)
        off = (chance.randint(60, 200), chance.randint(210, 260)) if chance.random() < 0.15 else None
        end = start + timedelta(minutes=int(hours * 60))
        pen.day(_Day(start, end, level, profile, ids[profile], off, chance.random() < 0.12, flat))
    return GeneratedJournal(
        tuple(pen.minutes),
        tuple(sorted(pen.events, key=lambda event: event.at)),
        tuple(sorted(pen.diary, key=lambda entry: entry.at)),
        tuple(pen.calibrations),
    )


def main() -> None:
    """Write a generated journal where the command line says."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--weeks", type=int, default=12)
    words.add_argument("--seed", type=int, default=7)
    words.add_argument("--until", type=date.fromisoformat, default=date(2026, 11, 20))
    words.add_argument("--zone", default="America/New_York")
    words.add_argument("--flat", action="store_true", help="nothing true but chance")
    words.add_argument("--into", type=Path, required=True, help="data folder; must not hold a journal yet")
    given = words.parse_args()
    made = generate(given.seed, given.weeks, given.until, given.zone, flat=given.flat)
    count = write(made, given.into)
    print(f"{count} minutes, {len(made.events)} events, {len(made.diary)} diary entries: generated, seed {given.seed}")


def write(made: GeneratedJournal, folder: Path) -> int:
    """Put a generated journal into a store in ``folder``; returns the number of minutes."""
    from posturewatch.base.clock import SystemClock
    from posturewatch.journal.take_in import take_in
    from posturewatch.journal.writer import SqliteJournal

    folder.mkdir(parents=True, exist_ok=True)
    journal = SqliteJournal(folder / "journal.sqlite", SystemClock())
    try:
        take_in(journal, chain(made.calibrations, made.minutes, made.events, made.diary))
    finally:
        journal.close()
    return len(made.minutes)


if __name__ == "__main__":
    main()
