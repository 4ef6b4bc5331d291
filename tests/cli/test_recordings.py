"""Recordings on the command line: what cannot be read is an error and leaves nothing behind."""

from __future__ import annotations

import csv
import os
import sys
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
    (own.parent / "few").mkdir()
    picture = own.parent / "few" / "1.png"
    PIL.Image.new("RGB", (640, 480)).save(picture)
    before = picture.read_bytes()
    cli.run("measure", "few", "--calibrate", str(CLIP), "--out", "few/1.png", code=2)
    assert picture.read_bytes() == before


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere no file has such a name")
def test_names_of_files_steer_neither_terminal_nor_spreadsheet(cli: Cli) -> None:
    """Escapes, line ends, formulas and bytes that are no UTF-8, of pictures and of what is left out: each is told."""
    folder = cli.home.parent / "odd"
    folder.mkdir()
    for name in (b"=1+1.png", b"a\x1b[31m\n.png", b"b\xff.png", b"c.png"):
        PIL.Image.new("RGB", (640, 480)).save(folder / "new.png")
        (folder / "new.png").rename(folder / os.fsdecode(name))
    for name in (b"x\xff.txt", b"y\x1b[31m\n.txt"):
        (folder / os.fsdecode(name)).touch()
    words = ("measure", str(folder), "--calibrate", str(CLIP), "--out", "odd.csv")
    assert "x?.txt, y?[31m?.txt" in cli.run(*words).out
    with (folder.parent / "odd.csv").open(newline="", encoding="utf-8") as table:
        assert sorted(row["file"] for row in csv.DictReader(table)) == ["'=1+1.png", "a?[31m?.png", "b?.png", "c.png"]
    told = cli.run(*words[:-1], os.fsdecode(b"o\xff.csv"), "--json").json
    assert told["left_out"] == ["x?.txt", "y?[31m?.txt"]
    assert Path(cli.home.parent, told["out"]).is_file()


def test_a_profile_without_a_name_is_not_looked_for(cli: Cli) -> None:
    """It is a slip of the command line, said as such."""
    said = cli.run("measure", str(CLIP), "--profile", "", "--out", "x.csv", code=2).err
    assert "This is no name for a profile" in said
