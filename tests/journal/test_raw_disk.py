"""What a disk holds, read from its first byte to its last, after the program has let go of something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from cli.run_cli import Cli
from fakes import FakeClock
from journal.filled import MARK, TODAY, filled
from journal.rows_for_tests import headache
from posturewatch.base.settings import JournalSettings
from posturewatch.disk import in_place
from posturewatch.disk.folders import Folders, find_folders, make_folder
from posturewatch.journal.daily_files import DailyFiles
from posturewatch.journal.retention import forget, tidy
from posturewatch.journal.writer import SqliteJournal
from power_cut import MAKE, make_image, mounted

KINDS = ("ext4", "btrfs")


@contextmanager
def disk(kind: str, folder: Path) -> Iterator[tuple[Path, Path]]:
    """A file system of its own: where it is mounted, and the image to be read afterwards."""
    if sys.platform != "linux" or os.geteuid() != 0 or shutil.which(MAKE[kind][1][0]) is None:
        pytest.skip(f"needs root on Linux and {MAKE[kind][1][0]}")
    image = folder / "disk.img"
    make_image(kind, image)
    try:
        with mounted(image, folder / "disk") as place:
            yield place, image
    except subprocess.CalledProcessError as err:
        pytest.skip(f"mounting is not allowed here: {err.stderr}")


def home(place: Path) -> Folders:
    """Folders of a fresh home on it."""
    return find_folders({"POSTUREWATCH_HOME": str(place / "home")}).make()


def found(image: Path, word: str) -> int:
    """How often a word stands on the disk."""
    return image.read_bytes().count(word.encode())


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_forgotten_is_nowhere_on_the_disk(kind: str, tmp_path: Path) -> None:
    """Six weeks are written by a journal that is opened and closed, entries are changed, old days let go of, then all
    days but a few, then all: the disk holds no word of what went, and until then of what stays."""
    last = TODAY - timedelta(days=3)
    with disk(kind, tmp_path) as (place, image):
        folders = home(place)
        filled(folders).close()
        with SqliteJournal(folders.journal_file, FakeClock()) as journal:
            changed = journal.add_diary(headache(note=f"{MARK}-changed" * 70))
            journal.edit_diary(changed, headache(note="short"))
            tidy(journal, DailyFiles(folders.days), JournalSettings(keep_days=30), TODAY)
        with SqliteJournal(folders.journal_file, FakeClock()) as journal:
            assert forget(folders, journal, last).kept_by == ()
        os.sync()
        assert [ago for ago in range(4, 41) if found(image, f"{MARK}-{ago} ") + found(image, f"{MARK}-{ago},")] == []
        assert found(image, f"{MARK}-changed") == 0
        assert found(image, f"{MARK}-2") > 0
        with SqliteJournal(folders.journal_file, FakeClock()) as journal:
            assert forget(folders, journal, None).kept_by == ()
        os.sync()
        assert found(image, MARK) == 0


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_journal_leaves_nothing_behind_its_rescued_one(kind: str, tmp_path: Path) -> None:
    """The file that was damaged, its copy with the date, and what was begun and not finished are overwritten too."""
    with disk(kind, tmp_path) as (place, image):
        folders = home(place)
        filled(folders).close()
        with folders.journal_file.open("r+b") as file:
            file.seek(folders.journal_file.stat().st_size // 2 // 4096 * 4096)
            file.write(os.urandom(4096))
        (folders.data / "journal.sqlite.rescue").write_text(MARK * 1000)
        with SqliteJournal(folders.journal_file, FakeClock()) as journal:
            assert len(journal.notices()) == 1
            forget(folders, journal, None)
        os.sync()
        assert found(image, MARK) == 0


def test_a_folder_that_is_copied_on_write_is_told(tmp_path: Path) -> None:
    """On btrfs our own folders are written over in place; files made before that, or moved here, are named as kept."""
    with disk("btrfs", tmp_path) as (place, _image):
        theirs = place / "theirs"
        theirs.mkdir()
        (theirs / "journal.sqlite").write_text("x")
        ours = make_folder(place / "ours")
        (ours / "journal.sqlite").write_text("x")
        assert in_place.copying((ours, ours / "journal.sqlite")) == ()
        assert in_place.copying((theirs, theirs / "journal.sqlite", ours)) == ("btrfs",)
        (place / "home" / "data").mkdir(parents=True)
        (place / "home" / "data" / "journal-v1-2026-01-01.sqlite").write_text("x")
        said = Cli(place / "home").run("forget", "--all", "--yes").out
        assert "btrfs" in said.replace("\n", " ")


def test_an_ordinary_disk_is_not_said_to_copy(tmp_path: Path) -> None:
    """ext4 writes over; so nothing is said of it."""
    with disk("ext4", tmp_path) as (place, _image):
        assert in_place.copying((place,)) == ()
