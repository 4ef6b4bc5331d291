"""A course of twelve weeks with a plan in three phases: the therapist's home, the person's, and their new computer.

The person sits at the desk for a quarter of an hour every other week, played by the whole loop on media time; between
the days the computer sleeps. The observations are the real sensor's, of the clip that ships with the program.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fakes import FakeClock
from posturewatch.app.calibration import calibration_from
from posturewatch.app.draft_plan import DraftPhase, draft_text, signed_text, write_plan
from posturewatch.app.plans import changes, look_at, take_up
from posturewatch.base.observation import Observation
from posturewatch.base.settings import ModelSettings, Settings
from posturewatch.config.read import load_settings
from posturewatch.disk.folders import Folders, find_folders
from posturewatch.offline.demo import CLIP
from posturewatch.offline.replay import ReplayOptions, ReplayResult, replay
from posturewatch.offline.script import ScriptLine
from posturewatch.sensor_client.client import RecordingSensor

pytestmark = pytest.mark.timeout(500)

START = datetime(2026, 8, 3, 9, tzinfo=UTC)  # a Monday
SESSION_S = 13 * 60
EVERY_WEEKS = 2
SESSIONS = 7  # two in each phase, and one after the plan

OWN = """
[posture]
enabled = false
[calibration]
daily = "off"
[breaks]
every_min = 5
length_s = 10
notice_s = 0
long_every_min = 0
"""


@dataclass(frozen=True)
class Course:
    """What came of it."""

    told: ReplayResult
    practice: Folders
    person: Folders
    plan: Path

    def events(self, home: Folders, kind: str) -> list[tuple[str, str, str]]:
        """Day, outcome and detail of each event of a kind."""
        with sqlite3.connect(home.journal_file) as connection:
            found = connection.execute("SELECT at_ms, outcome, detail FROM events WHERE kind = ? ORDER BY id", (kind,))
            return [
                (f"{datetime.fromtimestamp(at_ms / 1000, UTC):%m-%d}", outcome, detail)
                for at_ms, outcome, detail in found
            ]


def scenes() -> Iterator[ScriptLine]:
    """Each time the first break is taken and the second skipped; in the third session the exercise made it worse."""
    for session in range(SESSIONS):
        begin, later = session * SESSION_S, 60 * (session in (2, 3))  # a break every six minutes in the second phase
        yield ScriptLine(begin + 320 + later, "break")
        if session == 2:
            yield ScriptLine(begin + 345 + later, "worse")
        yield ScriptLine(begin + 650 + 2 * later, "skip")
        yield ScriptLine(begin + SESSION_S - 2, "sleep", str(EVERY_WEEKS * 7 * 86_400 - SESSION_S))


def seated() -> tuple[list[Observation], object]:
    """Some looks at a person who sits upright, and their calibration."""
    with RecordingSensor(ModelSettings()) as sensor:
        calibration = calibration_from(sensor, str(CLIP / "calibration.mp4"), Settings())
        looks = [
            seen for seen in sensor.observe(str(CLIP / "calibration.mp4"), every_s=0.5) if seen.face and seen.trunk
        ]
    return looks, calibration


def played(looks: list[Observation]) -> Iterator[Observation]:
    """They sit there for all sessions, seen twice a second."""
    for number in range(round(SESSIONS * SESSION_S)):
        yield replace(looks[number % len(looks)], t_s=float(number), frame=number)


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Course:
    """Written and signed in the practice, taken up by the person, lived for twelve weeks."""
    folder = tmp_path_factory.mktemp("course")
    practice, person = (
        find_folders({"POSTUREWATCH_HOME": str(folder / name)}).make() for name in ("practice", "person")
    )
    plan = folder / "plan.toml"
    text = draft_text(
        title="Twelve weeks for the desk",
        author="Practice North",
        written=START.date(),
        phases=[
            DraftPhase("Getting used", 4, "1.5 in", 5),
            DraftPhase("More seldom", 4, "1.2 in", 6),
            DraftPhase("On your own", 4),
        ],
        exercises=("chin_nod", "blade_squeeze"),
        next_visit=date(2026, 9, 16),
    )
    in_phases = text.replace('key = "chin_nod"', 'phases = [1, 2]\nkey = "chin_nod"')
    write_plan(plan, in_phases.replace('key = "blade_squeeze"', 'phases = [3]\nkey = "blade_squeeze"'))
    write_plan(plan, signed_text(practice, plan)[0])
    person.config_file.write_text(OWN, encoding="utf-8")
    offer = look_at(person, plan, START.date())
    take_up(person, offer, (), FakeClock(now=START))
    looks, calibration = seated()
    wish = ReplayOptions(START, calibration=calibration, scenes=tuple(scenes()))  # type: ignore[arg-type]
    told = replay(played(looks), wish, person, load_settings(person.config_file))
    return Course(told, practice, person, plan)


def run(home: Folders, *words: str) -> str:
    """A command of the program in this home, to its end."""
    environment = os.environ | {"POSTUREWATCH_HOME": str(home.data.parent), "LANGUAGE": "en", "PYTHONUTF8": "1"}
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        environment.pop(name, None)
    command = [sys.executable, "-m", "posturewatch", *words]
    ended = subprocess.run(command, env=environment, capture_output=True, encoding="utf-8", check=False, timeout=200)
    assert ended.returncode == 0, f"{words}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


def test_each_phase_has_its_rhythm_and_its_exercises(course: Course) -> None:
    """Breaks fall due after five, six and (their own) five minutes; after the last phase no exercise is offered."""
    due = [(day, detail) for day, _outcome, detail in course.events(course.person, "break_due")]
    assert {day for day, _detail in due} == {"08-03", "08-17", "08-31", "09-14", "09-28", "10-12", "10-26"}
    offered = Counter(
        (day, *detail.split()[:2])
        for day, outcome, detail in course.events(course.person, "exercise")
        if outcome == "offered"
    )
    assert set(offered) == {
        ("08-03", "chin_nod", "1"),
        ("08-17", "chin_nod", "1"),
        ("08-31", "chin_nod", "2"),
        ("09-14", "chin_nod", "2"),
        ("09-28", "blade_squeeze", "3"),
        ("10-12", "blade_squeeze", "3"),
    }


def test_what_was_done_skipped_and_made_worse_is_logged(course: Course) -> None:
    """The first break of a session is done, the second skipped; what made it worse is not offered again that day."""
    of_day: dict[str, list[str]] = {}
    for day, outcome, _detail in course.events(course.person, "exercise"):
        of_day.setdefault(day, []).append(outcome)
    assert of_day.pop("08-31") == ["offered", "done", "worse"]
    assert set(map(tuple, of_day.values())) == {("offered", "done", "offered", "skipped")}


def test_each_turn_of_the_plan_is_told_once(course: Course) -> None:
    """Accepted, two more phases, the visit from three days before it, the end."""
    assert [(day, outcome) for day, outcome, _detail in course.events(course.person, "plan")] == [
        ("08-03", "accepted"),
        ("08-31", "phase"),
        ("09-14", "visit"),
        ("09-28", "phase"),
        ("10-26", "ended"),
    ]
    bodies = [said.body for _at, said in course.told.reminders if said.title == "Settings"]
    assert bodies == [
        "Phase 2 of your plan has begun: More seldom.",
        "Your next visit is on 2026-09-16.",
        "Phase 3 of your plan has begun: On your own.",
        "Your plan has ended on 2026-10-25; your own settings are in force.",
    ]


def test_their_own_settings_are_as_they_were(course: Course) -> None:
    """Nothing of the plan was written into the file, and the preview told what each phase would change."""
    assert course.person.config_file.read_text(encoding="utf-8") == OWN
    offer = look_at(course.person, course.plan, START.date())
    own = load_settings(course.person.config_file)
    assert [{one.key for one in changes(offer.taken, number, own)} for number in (1, 2, 3)] == [
        {"posture.threshold", "posture.clear", "breaks.exercises"},
        {"posture.threshold", "posture.clear", "breaks.every_min", "breaks.exercises"},
        {"breaks.exercises"},
    ]


def test_the_practice_sees_the_plan_again_in_the_report_and_on_the_shared_screen(
    course: Course, tmp_path: Path
) -> None:
    """By phase and exercise, from the shared file alone; a new computer of the person has the same after an import."""
    span = ("--from", "2026-08-03", "--to", "2026-10-27")
    shared = tmp_path / "shared.zip"
    said = run(course.person, "share", str(shared), *span, "--yes")
    assert "Your therapist's plan: Twelve weeks for the desk" in said
    assert "Exercises: 11 offered, 6 done, 0 ended early, 5 skipped; 1 noted" in said
    for words, page in (((), tmp_path / "report.html"), (("--present",), tmp_path / "present.html")):
        run(course.practice, "review", str(shared), *words, "--html", str(page))
        text = re.sub("</?span[^>]*>", "", page.read_text(encoding="utf-8"))  # as it is read
        for phrase in ("The plan ended on 2026-10-25", "11 offered, 6 done", "More seldom", "Gentle chin nod"):
            assert phrase in text, (page.name, phrase)
    new = find_folders({"POSTUREWATCH_HOME": str(tmp_path / "new")}).make()
    run(new, "import", str(shared))
    assert course.events(new, "exercise") == course.events(course.person, "exercise")
    bare = tmp_path / "bare.zip"
    assert "The therapist's plan and its exercises were left out" in run(
        course.person, "share", str(bare), *span, "--no-plan", "--yes"
    )
    page = tmp_path / "bare.html"
    run(course.practice, "review", str(bare), "--present", "--html", str(page))
    assert "No plan was shared." in page.read_text(encoding="utf-8")
    day = run(course.person, "log", "--date", "2026-08-03")
    assert "Exercises: 2 offered, 1 done, 0 ended early, 1 skipped" in " ".join(day.split())
    assert timedelta(weeks=EVERY_WEEKS * (SESSIONS - 1)) == date(2026, 10, 26) - START.date()
