"""Folders and files: found, made private, written whole."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from posturewatch.base.errors import FolderError
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import HOME_VARIABLE, find_folders, make_folder, probe
from posturewatch.disk.shredding import TEMP_SUFFIX, shred, sweep


def mode(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


def test_home_moves_everything_together(tmp_path: Path) -> None:
    """POSTUREWATCH_HOME holds config, data, logs and state, and looking creates nothing."""
    folders = find_folders({HOME_VARIABLE: str(tmp_path / "home")})
    assert {folder.parent for folder in (folders.config, folders.data, folders.logs, folders.state)} == {
        tmp_path / "home"
    }
    assert not (tmp_path / "home").exists()


def test_without_home_the_platform_decides() -> None:
    """Without the variable the platform's own folders are used, each named after the program."""
    folders = find_folders({})
    assert all("posturewatch" in str(folder) for folder in (folders.config, folders.data, folders.logs, folders.state))


@pytest.mark.unix_only("no mode bits")
def test_folders_are_private(tmp_path: Path) -> None:
    """Every folder that is made is 0700, one that was open to others is closed to them."""
    open_one = tmp_path / "home" / "data"
    open_one.mkdir(parents=True, mode=0o755)
    folders = find_folders({HOME_VARIABLE: str(tmp_path / "home")}).make()
    assert {mode(folder) for folder in (folders.config, folders.data, folders.logs, folders.state)} == {0o700}
    assert {check.level for check in probe(folders)} == {"ok"}


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    """A file where a folder should be is an error that names it and says what to do."""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "data").write_text("")
    with pytest.raises(FolderError, match="data") as caught:
        find_folders({HOME_VARIABLE: str(tmp_path / "home")}).make()
    assert caught.value.hint
    assert caught.value.exit_code == 7


def test_home_may_not_be_a_file(tmp_path: Path) -> None:
    """POSTUREWATCH_HOME pointing at a file is refused at once."""
    (tmp_path / "home").write_text("")
    with pytest.raises(FolderError, match=HOME_VARIABLE):
        find_folders({HOME_VARIABLE: str(tmp_path / "home")})


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A folder below a file cannot be made, which is said with its name (root would pass a mode check)."""
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match="file"):
        make_folder(tmp_path / "file" / "below")


def test_a_folder_that_will_not_be_made_is_known_before_it_is_tried(tmp_path: Path) -> None:
    """doctor, which makes nothing, promises no folder where a file stands in the way or, on Windows, the drive is not
    there; where nothing is in the way it says that there is none yet."""
    (tmp_path / "file").touch()
    places = {"error": [tmp_path / "file" / "home"], "note": [tmp_path / "new" / "home"]}
    if os.name == "nt":
        places["error"].append(Path("Q:\\home"))
    for level, homes in places.items():
        for home in homes:
            assert {check.level for check in probe(find_folders({HOME_VARIABLE: str(home)}))} == {level}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"]


def test_a_file_is_written_whole_private_and_leaves_nothing_behind(tmp_path: Path) -> None:
    """The new content replaces the old in one step, 0600, with no temporary left."""
    path = tmp_path / "day.csv"
    write_atomic(path, "old")
    write_atomic(path, "new, ü")
    assert path.read_text(encoding="utf-8") == "new, ü"
    assert [entry.name for entry in tmp_path.iterdir()] == ["day.csv"]
    if os.name != "nt":
        assert mode(path) == 0o600


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """Where the new content cannot be put in place the old file stays and no temporary remains."""
    target = tmp_path / "taken"
    target.mkdir()
    (target / "inside").write_text("kept")
    with pytest.raises((IsADirectoryError, PermissionError)):
        write_atomic(target, "new")
    assert [entry.name for entry in tmp_path.iterdir()] == ["taken"]


@pytest.mark.unix_only("links need rights there")
def test_a_linked_file_stays_a_link(tmp_path: Path) -> None:
    """A configuration that is a link into a repository of dotfiles is written where it points."""
    real = tmp_path / "dotfiles.toml"
    real.write_text("old")
    link = tmp_path / "config.toml"
    link.symlink_to(real)
    write_atomic(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"


def test_leftovers_of_a_crash_are_swept(tmp_path: Path) -> None:
    """Temporaries of an interrupted write go; other files stay."""
    (tmp_path / f".day.csv.abcd{TEMP_SUFFIX}").write_text("half")
    (tmp_path / "day.csv").write_text("whole")
    assert sweep(tmp_path) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["day.csv"]


@pytest.mark.unix_only("hard links need rights there")
def test_shredding_overwrites_what_was_there(tmp_path: Path) -> None:
    """The bytes are zeros before the name goes: seen through a second name of the same file."""
    path, other = tmp_path / "a", tmp_path / "b"
    path.write_bytes(b"secret" * 1000)
    os.link(path, other)
    assert shred(path) == 6000
    assert not path.exists()
    assert other.read_bytes() == bytes(6000)
    assert shred(path) == 0
