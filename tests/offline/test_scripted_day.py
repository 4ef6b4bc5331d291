"""A morning as one film: a meeting, an empty chair, a second person, a locked screen, and what one would find right.

The observations are the real sensor's, of rendered pictures; they are put one after the other until they fill a
morning, and the whole loop runs on it with the settings that everybody has: monitor, reminders, breaks, journal.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from posturewatch.app.calibration import calibration_from
from posturewatch.base.observation import Observation
from posturewatch.base.records import Event, EventKind, MinuteRow, ReminderKind
from posturewatch.base.settings import ModelSettings, Settings
from posturewatch.disk.folders import find_folders
from posturewatch.journal.reader import open_reader
from posturewatch.offline.demo import CLIP
from posturewatch.offline.replay import ReplayOptions, ReplayResult, replay
from posturewatch.offline.script import read_scenes
from posturewatch.sensor_client.client import RecordingSensor

pytestmark = pytest.mark.timeout(400)

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
EVERY_S = 1.0
FILM = (
    ("upright", 10), ("forward", 4), ("upright", 6), ("forward", 25), ("upright", 3), ("away", 4), ("upright", 3),
    ("two", 5), ("upright", 5), ("away", 2), ("upright", 3), ("forward", 14),
)  # fmt: skip
"""Who is in the picture for how many minutes, from nine o'clock on."""

SCENES = """
0:20:00 call on      # a meeting with another program's camera; a hand on the mouse now and then
0:20:00 idle 3
0:45:00 call off
1:05:00 lock on      # coffee
1:05:00 idle 200
1:15:00 lock off
1:15:00 idle 3
"""


@dataclass(frozen=True)
class Morning:
    """What came of it."""

    told: ReplayResult
    events: tuple[Event, ...]
    minutes: tuple[MinuteRow, ...]

    def at(self, kind: EventKind) -> list[tuple[str, str]]:
        """Clock time and outcome of each event of this kind."""
        return [(f"{event.at:%H:%M}", event.outcome) for event in self.events if event.kind is kind]

    def shown(self) -> list[tuple[str, ReminderKind]]:
        """Clock time and kind of what was shown."""
        return [(f"{at:%H:%M}", one.kind) for at, one in self.told.reminders if one.muted is None]


def pictures() -> dict[str, np.ndarray]:
    """A picture of an empty room, and one in which a second person looks in from the right."""
    films = cv2.VideoCapture(str(CLIP / "calibration.mp4"))
    _more, person = films.read()
    width = person.shape[1]
    left, right = person[:, :30].mean(axis=1, keepdims=True), person[:, -30:].mean(axis=1, keepdims=True)
    share = np.linspace(0.0, 1.0, width)[None, :, None]
    empty = (left * (1 - share) + right * share).astype(np.uint8)
    edge, two = round(width * 0.3), person.copy()
    two[:, -edge:] = cv2.flip(person, 1)[:, (width - edge) // 2 : (width - edge) // 2 + edge]
    return {"away": empty, "two": two}


def film_of(picture: np.ndarray, path: Path) -> str:
    """Four seconds of it, with a camera's noise."""
    height, width = picture.shape[:2]
    out = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), 5, (width, height))
    chance = np.random.default_rng(5)
    for _number in range(20):
        out.write((picture + chance.normal(0, 2, picture.shape)).clip(0, 255).astype(np.uint8))
    out.release()
    return str(path)


def seen_by(sensor: RecordingSensor, folder: Path) -> dict[str, list[Observation]]:
    """What the sensor makes of each kind of picture."""
    with (CLIP / "truth.csv").open(newline="", encoding="utf-8") as file:
        truth = {int(row["file"]): float(row["fht_in"]) for row in csv.DictReader(file) if row["kind"] == "test"}
    clip = [seen for seen in sensor.observe(str(CLIP / "test.mp4"), every_s=0.5) if seen.face and seen.trunk]
    found = {
        "upright": [seen for seen in clip if truth[seen.frame] < 0.2],
        "forward": [seen for seen in clip if truth[seen.frame] > 2.2],
    }
    for name, picture in pictures().items():
        found[name] = list(sensor.observe(film_of(picture, folder / f"{name}.mp4"), every_s=0.5))
    return found


def played(found: dict[str, list[Observation]]) -> Iterator[Observation]:
    """The film: each kind of picture over and over, on one time."""
    number = 0
    for name, minutes in FILM:
        for turn in range(round(minutes * 60 / EVERY_S)):
            seen = found[name][turn % len(found[name])]
            yield replace(seen, t_s=number * EVERY_S, frame=number)
            number += 1


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Morning:
    """The film, played once."""
    folder = tmp_path_factory.mktemp("morning")
    (folder / "scenes.txt").write_text(SCENES)
    folders = find_folders({"POSTUREWATCH_HOME": str(folder / "home")}).make()
    with RecordingSensor(ModelSettings()) as sensor:
        calibration = calibration_from(sensor, str(CLIP / "calibration.mp4"), Settings())
        found = seen_by(sensor, folder)
    wish = ReplayOptions(START, calibration=calibration, scenes=read_scenes(folder / "scenes.txt"))
    told = replay(played(found), wish, folders, Settings())
    with open_reader(folders.journal_file) as journal:
        until = START.replace(hour=12)
        return Morning(told, journal.events(START, until), journal.minutes(START, until))


def test_what_was_shown(morning: Morning) -> None:
    """A nudge three minutes into the first slump; nothing in the meeting, though the head is forward and a break falls
    due; that break a minute after it, with its notice; nothing while two people are seen, nor after the coffee until
    its five quiet minutes are over."""
    assert morning.shown() == [
        ("09:13", ReminderKind.POSTURE),
        ("09:46", ReminderKind.BREAK_NOTICE),
        ("09:46", ReminderKind.BREAK),
        ("10:20", ReminderKind.POSTURE),
    ]


def test_what_was_written_down(morning: Morning) -> None:
    """The nudge was acted on; the break was due once, muted by the call, and taken by leaving; the lock was a break."""
    assert morning.at(EventKind.NUDGE) == [("09:13", "shown"), ("09:14", "acted"), ("10:20", "shown")]
    assert morning.at(EventKind.BREAK_DUE) == [("09:30", "muted")]
    assert morning.at(EventKind.BREAK_TAKEN) == [("09:48", "away")]
    assert morning.at(EventKind.BREAK_NATURAL) == [("10:15", "locked")]
    assert morning.at(EventKind.RECALIBRATE_ASKED) == []


def test_every_minute_is_what_it_was(morning: Morning) -> None:
    """Meeting and lock: camera off, nothing measured. Two people: unreliable. Empty chair: away. Else posture."""
    by_minute = {f"{row.start:%H:%M}": row for row in morning.minutes}
    assert len(by_minute) == len(morning.minutes) == sum(minutes for _name, minutes in FILM)
    for minute in ("09:21", "09:44", "10:05", "10:14"):
        assert by_minute[minute].off_s == pytest.approx(60, abs=2), minute
        assert by_minute[minute].valid_s == pytest.approx(0, abs=2)
    for minute in ("09:49", "09:51"):
        assert by_minute[minute].away_s == pytest.approx(60, abs=2), minute
    for minute in ("09:55", "09:59"):
        assert by_minute[minute].unreliable_s == pytest.approx(60, abs=2), minute
    bands_min = [sum(row.band_s[band] for row in morning.minutes) / 60 for band in range(4)]
    # Each value counts in the bands that its error allows: most of the upright time below half an inch, hardly any
    # beyond one, and most of the slumps beyond two.
    assert bands_min[0] + bands_min[1] == pytest.approx(27, abs=1.5)
    assert bands_min[2] + bands_min[3] == pytest.approx(13, abs=1.5)
    assert bands_min[0] > 0.8 * 27
    assert bands_min[3] > 0.8 * 13
