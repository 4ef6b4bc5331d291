"""Changes of the configuration file are noticed, however an editor saves."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from posturewatch.config.watch import ConfigWatch
from posturewatch.disk.files import write_atomic

WAIT_S = 10.0


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A configuration file."""
    path = tmp_path / "config.toml"
    path.write_text("[user]\n")
    return path


@pytest.fixture
def heard(path: Path) -> Iterator[queue.Queue[str]]:
    """Filled with a word at each change."""
    words: queue.Queue[str] = queue.Queue()
    watch = ConfigWatch((path,), lambda: words.put("changed"), look_s=0.02)
    yield words
    watch.close()
    watch.close()


def test_a_save_in_place_a_renaming_save_and_a_removal_are_heard(path: Path, heard: queue.Queue[str]) -> None:
    """Each way of changing the file gives word, three renaming saves in a row included."""
    path.write_text("[user]\nunits = 'cm'\n")
    assert heard.get(timeout=WAIT_S) == "changed"
    for round_ in range(3):
        write_atomic(path, f"# {round_}\n")
        assert heard.get(timeout=WAIT_S) == "changed"
    path.unlink()
    assert heard.get(timeout=WAIT_S) == "changed"
    write_atomic(path, "[user]\n")
    assert heard.get(timeout=WAIT_S) == "changed"


def test_silence_while_nothing_changes(path: Path, heard: queue.Queue[str]) -> None:
    """Other files in the folder, and looking at the file, are no change."""
    (path.parent / "other.toml").write_text("x")
    path.read_text()
    with pytest.raises(queue.Empty):
        heard.get(timeout=0.3)


def test_a_change_seconds_after_a_change_is_heard_again(path: Path, heard: queue.Queue[str]) -> None:
    """Two saves, the second after the first was heard, give two words: the latest content is always taken up."""
    path.write_text("# one\n")
    assert heard.get(timeout=WAIT_S)
    path.write_text("# two, longer\n")
    assert heard.get(timeout=WAIT_S)


def test_a_plan_that_is_taken_up_or_away_is_heard_as_well(tmp_path: Path) -> None:
    """Beside the settings, which need not be there."""
    words: queue.Queue[str] = queue.Queue()
    plan = tmp_path / "plan.toml"
    watch = ConfigWatch((tmp_path / "config.toml", plan), lambda: words.put("changed"), look_s=0.02)
    try:
        write_atomic(plan, "title = 'x'\n")
        assert words.get(timeout=WAIT_S) == "changed"
        plan.unlink()
        assert words.get(timeout=WAIT_S) == "changed"
    finally:
        watch.close()
