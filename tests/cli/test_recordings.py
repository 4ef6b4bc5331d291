"""Recordings on the command line: what cannot be read is an error and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import PIL.Image
import pytest

from .run_cli import Cli

CLIP = Path(__file__).parents[2] / "src" / "posturewatch" / "demo_data" / "calibration.mp4"


@pytest.mark.parametrize(
    ("source", "code", "says"),
    [
        ("missing.mp4", 4, "There is no file or folder missing.mp4."),
        ("missing.jsonl", 4, "missing.jsonl cannot be read"),
        ("rtsp://host/stream", 4, "I cannot watch rtsp:// addresses."),
        ("folder", 4, "There is no image in the folder folder."),
        ("empty.jsonl", 4, "The recording is empty."),
        ("text.jsonl", 7, "Line 1: This is no observation of posturewatch"),
        ("text.mp4", 4, "text.mp4 is a text file, not a video."),
        ("", 4, "No source is named."),
    ],
)
def test_a_recording_that_is_none_is_not_replayed(cli: Cli, source: str, code: int, says: str) -> None:
    """The reason is said, the exit code is not 0, and no journal is begun; a missing file is not waited for."""
    here = cli.home.parent
    (here / "folder").mkdir()
    (here / "empty.jsonl").touch()
    (here / "text.jsonl").write_text("hello\n")
    (here / "text.mp4").write_text("hello\n")
    assert says in cli.run("replay", source, code=code).err
    assert not (cli.home / "data" / "journal.sqlite").exists()


def test_the_home_may_be_named_behind_the_command(cli: Cli) -> None:
    """As with every other option; behind ``--`` it is a word like any other."""
    other = cli.home.parent / "other"
    for words in (("config", "path", "--home", str(other)), ("config", f"--home={other}", "path")):
        assert cli.run(*words).out.strip() == str(other / "config" / "config.toml")
    assert "No such" not in cli.run("config", "set", "report.name", "--", "--home").err
    assert "--home" in cli.run("config", "show").out


def test_a_recording_without_any_number_says_why(cli: Cli) -> None:
    """The most frequent reason, in words, and as JSON how many frames there are for each."""
    black = cli.home.parent / "black"
    black.mkdir()
    for number in range(3):
        PIL.Image.new("RGB", (640, 480)).save(black / f"{number}.png")
    words = ("measure", str(black), "--calibrate", str(CLIP), "--out", "black.csv")
    assert "mostly for this reason: The camera picture is black." in cli.run(*words).out
    told = cli.run(*words, "--json").json
    assert (told["answered"], told["reasons"]) == (0, {"black": 3})


def test_a_recording_is_never_overwritten_by_its_numbers(cli: Cli) -> None:
    """A slip in ``--out`` would cost the film, or the calibration."""
    own = cli.home.parent / "own.mp4"
    own.write_bytes(CLIP.read_bytes())
    said = cli.run("measure", str(CLIP), "--calibrate", "own.mp4", "--out", "./own.mp4", code=2).err
    assert "own.mp4 is a recording; the CSV would overwrite it." in said
    assert own.read_bytes() == CLIP.read_bytes()
