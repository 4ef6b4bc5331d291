"""The plan from the therapist's home to the person's and back, by the command line alone."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path

import PIL.Image
import pytest

from .run_cli import Cli

NEW = (
    "plan", "new", "anna.toml", "--title", "Twelve weeks", "--author", "Practice North",
    "--phase", "Getting used:4:1.5 in:30", "--phase", "More often:4:1.2 in:25", "--phase", "On your own:4",
    "--exercise", "chin_nod", "--next-visit", "2099-01-02", "--note", "Take it slowly.", "--check",
)  # fmt: skip


@pytest.fixture
def practice(tmp_path: Path) -> Cli:
    """The therapist's side."""
    return Cli(tmp_path / "practice")


@pytest.fixture
def person(tmp_path: Path) -> Cli:
    """The person's side."""
    return Cli(tmp_path / "person")


def logged(home: Path) -> list[tuple[str, str]]:
    """Outcome and detail of the plan's events."""
    connection = sqlite3.connect(home / "data" / "journal.sqlite")
    try:
        return connection.execute("SELECT outcome, detail FROM events WHERE kind = 'plan' ORDER BY id").fetchall()
    finally:
        connection.close()


def test_the_exercises_in_force_are_shown_as_they_stand_in_a_file(practice: Cli, person: Cli) -> None:
    """Each key on a line of its own behind the list, and what is copied from there is a good settings file of the same
    exercises; the line in the list has their number."""
    practice.run(*NEW, "--exercise", "walk")
    person.run("plan", "accept", str(practice.home.parent / "anna.toml"), "--yes")
    shown = person.run("config", "show").out
    assert max(map(len, shown.splitlines())) < 200
    listed, copied = shown.split("\n\n", 1)
    assert "2 × [[breaks.own_exercise]]  # your plan" in listed
    names = [each["name"] for each in tomllib.loads(copied)["breaks"]["own_exercise"]]
    assert names == ["Gentle chin nod", "Stand and walk"]
    mine = Cli(person.home.parent / "copied")
    Path(mine.run("config", "init").out.strip()).write_text(copied, encoding="utf-8")
    mine.run("config", "check")
    assert mine.run("config", "show").out.split("\n\n", 1)[1] == copied
    assert "line 1" in mine.run("config", "show").out


def test_a_plan_is_written_shown_taken_up_kept_and_removed(practice: Cli, person: Cli) -> None:
    """Two homes and one file; what is in force is told with its origin at each step."""
    written = practice.run(*NEW)
    words = written.out.strip().rpartition(": ")[2]
    assert len(words.split()) == 6
    before = person.run("config", "show").out
    shown = person.run("plan", "show", "anna.toml").out
    for said in ("Twelve weeks", words, "Limit (posture.threshold): 1 in → 1.5 in", "Gentle chin nod", "2099-01-02",
                 "movement check is offered", "Move gently"):  # fmt: skip
        assert said in " ".join(shown.split())
    assert person.run("config", "show").out == before
    assert person.run("plan", "show").out.strip() == "No plan is in force."

    assert "Nothing was taken up" in person.run("plan", "accept", "anna.toml", given="n\n").out
    assert not (person.home / "config" / "plan.toml").exists()
    person.run("plan", "accept", "anna.toml", "--keep", "breaks.every_min", given="y\n")
    in_force = {line.split()[0]: line for line in person.run("config", "show").out.splitlines() if line}
    assert "1.5  # your plan; your own: 1 (default)" in in_force["posture.threshold"]
    assert "default" in in_force["breaks.every_min"]
    found = person.run("plan", "show", "--json").json
    assert (found["phase"], found["exercises"][0]["key"], found["check"]) == (1, "chin_nod", "before the visit")
    kept = {one["key"]: one["kept"] for one in found["phases"][1]["settings"]}
    assert (kept["breaks.every_min"], kept["posture.threshold"]) == (True, False)

    said = person.run("config", "set", "posture.threshold", "1.3").out
    assert "yours wins from now on" in said
    assert "1.3  # line" in person.run("config", "show").out
    assert "your plan" in person.run("plan", "follow", "posture.threshold").out
    own = tomllib.loads((person.home / "config" / "config.toml").read_text("utf-8"))
    assert own["plan"]["keep"] == ["breaks.every_min"]

    assert "gone" in person.run("plan", "remove", "--yes").out
    assert "1.3  # line" in person.run("config", "show").out
    assert [outcome for outcome, _detail in logged(person.home)] == ["accepted", "removed"]
    assert person.run("plan", "show", "--json").json is None


def test_a_plan_that_was_changed_after_it_was_signed_is_refused(practice: Cli, person: Cli) -> None:
    """Exit code 7, the file named, nothing taken up; whoever writes it is told how to sign it, and then it is good."""
    practice.run(*NEW)
    path = practice.home.parent / "anna.toml"
    path.write_text(path.read_text("utf-8").replace("1.5 in", "1.9 in"), "utf-8")
    refused = person.run("plan", "accept", "anna.toml", "--yes", code=7)
    assert "anna.toml was changed since it was signed" in refused.err
    assert "posturewatch plan sign anna.toml" in practice.run("plan", "show", "anna.toml", code=7).err
    assert not (person.home / "config" / "plan.toml").exists()
    practice.run("plan", "sign", "anna.toml")
    person.run("plan", "accept", "anna.toml", "--yes")


def test_a_plan_without_signature_or_by_another_key_needs_a_second_word(
    practice: Cli, person: Cli, tmp_path: Path
) -> None:
    """With --yes as well as in the dialogue; a key that was accepted once is known."""
    practice.run(*NEW)
    path = practice.home.parent / "anna.toml"
    bare = path.with_name("bare.toml")
    bare.write_text(path.read_text("utf-8").partition("[signature]")[0], "utf-8")
    assert "--doubtful" in person.run("plan", "accept", "bare.toml", "--yes", code=2).err
    assert "Nothing was taken up" in person.run("plan", "accept", "bare.toml", given="y\nn\n").out
    person.run("plan", "accept", "bare.toml", "--yes", "--doubtful")
    person.run("plan", "accept", "anna.toml", "--yes")
    assert "same key as your earlier plan" in person.run("plan", "show", "anna.toml").out
    Cli(tmp_path / "stranger").run("plan", "sign", "anna.toml", "--out", "other.toml")
    assert "ANOTHER key" in person.run("plan", "accept", "other.toml", "--yes", code=2).err
    assert "NOT signed" in person.run("plan", "accept", "bare.toml", "--yes", code=2).err


def test_a_wrong_plan_is_told_with_line_and_key_and_leaves_the_one_in_force(practice: Cli, person: Cli) -> None:
    """Exit code 3; a plan that is over is told as such."""
    practice.run(*NEW)
    person.run("plan", "accept", "anna.toml", "--yes")
    before = (person.home / "config" / "plan.toml").read_bytes()
    path = practice.home.parent / "anna.toml"
    wrong = path.with_name("wrong.toml")
    wrong.write_text(path.read_text("utf-8").replace("weeks = 4", "weeks = 400", 1), "utf-8")
    refused = person.run("plan", "accept", "wrong.toml", "--yes", code=3)
    assert "wrong.toml, line 14: phase.1.weeks" in refused.err
    assert "ended on" in person.run("plan", "accept", "anna.toml", "--start", "2020-01-01", "--yes", code=3).err
    assert "posture.threshold" in person.run("plan", "accept", "anna.toml", "--keep", "camera.source", code=2).err
    assert (person.home / "config" / "plan.toml").read_bytes() == before


def test_a_plan_in_force_that_was_damaged_is_named_and_can_be_removed(practice: Cli, person: Cli) -> None:
    """Commands that need the settings say what to do; removing works whatever is wrong."""
    practice.run(*NEW)
    person.run("plan", "accept", "anna.toml", "--yes")
    (person.home / "config" / "plan.toml").write_text("not TOML", "utf-8")
    assert "plan remove" in person.run("config", "show", code=3).err
    person.run("plan", "remove", "--yes")
    person.run("config", "show")


def test_an_own_picture_is_put_in_small(practice: Cli, person: Cli) -> None:
    """A photograph of some megapixels beside the draft becomes a small picture in the signed file."""
    practice.run(*NEW)
    folder = practice.home.parent
    PIL.Image.effect_mandelbrot((2400, 1600), (-2, -1, 1, 1), 60).save(folder / "rolls.png")
    path = folder / "anna.toml"
    path.write_text(path.read_text("utf-8").replace('picture = "chin_nod"', 'picture_file = "rolls.png"'), "utf-8")
    practice.run("plan", "sign", "anna.toml")
    (exercise,) = tomllib.loads(path.read_text("utf-8"))["exercise"]
    assert "picture_file" not in exercise
    assert 1000 < len(exercise["image"]) < 100_000
    assert "with a picture of its own" in person.run("plan", "show", "anna.toml").out
    path.write_text(path.read_text("utf-8").replace('dose = "5', 'picture_file = "none.png"\ndose = "5'), "utf-8")
    assert "none.png" in practice.run("plan", "sign", "anna.toml", code=7).err


def test_a_script_without_phases_and_a_file_that_is_there_are_refused(practice: Cli) -> None:
    """Nothing is overwritten, nothing written for words that make no plan."""
    assert "--phase" in practice.run("plan", "new", "a.toml", code=2).err
    assert "Getting used" in practice.run("plan", "new", "a.toml", "--phase", "x", code=2).err
    assert "weeks" in practice.run("plan", "new", "a.toml", "--phase", "x:99", code=3).err
    assert not (practice.home.parent / "a.toml").exists()
    practice.run(*NEW)
    assert "--force" in practice.run(*NEW, code=2).err
