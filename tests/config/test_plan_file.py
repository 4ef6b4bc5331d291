"""A plan's file: each mistake with its line and key, accepted whole or not at all, and nothing mistaken for its end."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from posturewatch.base.errors import ConfigError
from posturewatch.config.layers import in_force
from posturewatch.config.plan_file import (
    accepted_of_text,
    accepted_text,
    keep_accepted,
    load_accepted,
    plan_of_text,
    read_plan,
    with_signature,
)
from posturewatch.config.problems import ConfigProblemsError
from posturewatch.disk.folders import Folders

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
GOOD = """\
format = "posturewatch-plan"
version = 1
title = "Twelve weeks"
written = 2026-11-28
note = '''Take it
slowly.'''

[[phase]]
name = "Getting used"
weeks = 4
[phase.settings.posture]
threshold = 1.5

[[phase]]
name = "More often"
weeks = 4
[phase.settings.breaks]
every_min = 25

[[exercise]]
key = "rolls"
name = "Rolls"
text = "Roll."
"""


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A home of its own."""
    return Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()


def problems(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    """Line and key of each mistake."""
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigProblemsError) as raised:
        read_plan(path)
    assert "Nothing was taken up" in raised.value.hint
    return [(one.line, one.key) for one in raised.value.problems]


@pytest.mark.parametrize(
    ("before", "after", "line", "key"),
    [
        ("version = 1", "version = 3", 2, "version"),
        ("weeks = 4\n[phase.settings.posture]", "weeks = 0\n[phase.settings.posture]", 10, "phase.1.weeks"),
        ("threshold = 1.5", 'threshold = "9 in"', 12, "phase.1.settings.posture.threshold"),
        ("threshold = 1.5", "sound = true", 12, "phase.1.settings.posture.sound"),
        ("[phase.settings.posture]\nthreshold = 1.5", "[phase.settings.camera]", 11, "phase.1.settings.camera"),
        ("every_min = 25", "every_min = 'often'", 18, "phase.2.settings.breaks.every_min"),
        ('key = "rolls"', 'key = "../rolls"', 21, "exercise.1.key"),
        ('text = "Roll."', "", 20, "exercise.1.text"),
        ('text = "Roll."', 'text = "Roll."\nimage = "AAAA"', 24, "exercise.1.image"),
        ("written = 2026-11-28", "written = 1612-01-01", 4, "written"),
        ('title = "Twelve weeks"', 'title = "\\u202e"', 3, "title"),
        ('format = "posturewatch-plan"', 'format = "other"', 1, "format"),
        ("[[exercise]]", "[[exercise", 20, ""),
    ],
)  # fmt: skip
def test_each_mistake_has_its_line_and_key(tmp_path: Path, before: str, after: str, line: int, key: str) -> None:
    """One slip at a time in a plan that is good without it."""
    assert before in GOOD
    assert problems(tmp_path, GOOD.replace(before, after, 1)) == [(line, key)]


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    """In the file's order."""
    text = GOOD.replace("version = 1", "version = 2").replace("weeks = 4", "weeks = 99").replace('"rolls"', '"R"')
    assert problems(tmp_path, text) == [
        (2, "version"),
        (10, "phase.1.weeks"),
        (16, "phase.2.weeks"),
        (21, "exercise.1.key"),
    ]


def test_no_plan_is_not_utf_8_or_larger_than_a_megabyte(tmp_path: Path) -> None:
    """As for the settings."""
    path = tmp_path / "plan.toml"
    path.write_bytes(b'title = "\xff"')
    with pytest.raises(ConfigError, match="UTF-8"):
        read_plan(path)
    path.write_text("#" * (1 << 20) + "\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="megabyte"):
        read_plan(path)


def test_an_accepted_plan_is_in_force_and_comes_back_as_it_was_given(folders: Folders) -> None:
    """What is noted on acceptance stands beside the text, and is no part of what is signed."""
    found = plan_of_text(Path("given.toml"), GOOD)
    keep_accepted(folders.plan_file, found, date(2026, 11, 30), NOW, "ab" * 32)
    if os.name != "nt":
        assert folders.plan_file.stat().st_mode & 0o777 == 0o600
    taken = load_accepted(folders.plan_file)
    assert taken is not None
    assert (taken.start, taken.accepted_at, taken.signer) == (date(2026, 11, 30), NOW, "ab" * 32)
    assert taken.text.strip() == GOOD.strip()
    assert plan_of_text(Path("x"), accepted_text(taken)).signed_bytes == found.signed_bytes
    now = in_force(folders, date(2026, 12, 1))
    assert now.settings.posture.threshold == 1.5
    shown = {one.key: one for one in now.show()}
    assert "plan" in shown["posture.threshold"].origin
    assert "1 (default)" in shown["posture.threshold"].origin
    assert shown["posture.hold_s"].origin == "default"


def test_what_the_person_keeps_goes_along_with_a_shared_plan(folders: Folders) -> None:
    """Whoever reads the file knows which of the plan's values were not in force; a key that no plan has is refused."""
    found = plan_of_text(Path("given.toml"), GOOD)
    taken = replace(keep_accepted(folders.plan_file, found, date(2026, 11, 30), NOW, ""), kept=("posture.threshold",))
    shared = accepted_text(taken)
    assert accepted_of_text(Path("plan.toml"), shared).kept == ("posture.threshold",)
    with pytest.raises(ConfigProblemsError, match="acceptance"):
        accepted_of_text(Path("plan.toml"), shared.replace("posture.threshold", "camera.source"))


def test_a_comment_a_line_end_and_a_byte_order_mark_change_nothing_of_what_is_signed() -> None:
    """Mail programs do such things; a changed value is another plan."""
    first = plan_of_text(Path("a"), GOOD).signed_bytes
    assert plan_of_text(Path("a"), "# from the practice\n" + GOOD.replace("\n", "\r\n")).signed_bytes == first
    assert plan_of_text(Path("a"), with_signature(GOOD, "{}")).signed_bytes == first
    assert plan_of_text(Path("a"), GOOD.replace("1.5", "1.4")).signed_bytes != first


@pytest.mark.parametrize("head", ["[accepted]", "[signature]"])
def test_a_header_inside_a_text_is_no_header(folders: Folders, head: str) -> None:
    """A note with such a line is refused rather than cut: what is kept is what was signed."""
    text = GOOD.replace("Take it\nslowly.", f"Take it\n{head}\nslowly.")
    found = plan_of_text(Path("given.toml"), text)
    if head == "[accepted]":
        with pytest.raises(ConfigError):
            keep_accepted(folders.plan_file, found, date(2026, 11, 30), NOW, "")
    else:
        with pytest.raises(ConfigError):
            with_signature(text, "{}")
    assert not folders.plan_file.exists()


def test_a_plan_beside_the_settings_that_nobody_accepted_is_not_in_force(folders: Folders) -> None:
    """Copied there by hand it is refused, with what to do."""
    folders.plan_file.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError, match="nobody has accepted") as raised:
        in_force(folders, date(2026, 12, 1))
    assert "plan accept" in raised.value.hint
    folders.plan_file.write_text(GOOD.replace("weeks = 4", "weeks = 99") + '\n[accepted]\nat = "2026-11-28"\n', "utf-8")
    with pytest.raises(ConfigProblemsError) as broken:
        in_force(folders, date(2026, 12, 1))
    assert "plan remove" in broken.value.hint
