"""Writing and replacing files that somebody else may have open, or put in their place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from posturewatch.base.errors import FolderError
from posturewatch.disk.files import arriving, make_private, read_file, write_atomic
from posturewatch.disk.folders import make_folder
from posturewatch.disk.shredding import TEMP_SUFFIX, sweep


@pytest.mark.unix_only("Windows lets nobody replace a file that is open")
def test_what_a_replaced_file_held_is_overwritten(tmp_path: Path) -> None:
    """Its blocks, seen through a handle that was open before, are zeros; a file with another name is left alone."""
    path = tmp_path / "day.txt"
    path.write_text("headache")
    with path.open("rb") as former:
        write_atomic(path, "calm")
        assert former.read() == bytes(len("headache"))
    assert path.read_text() == "calm"
    other = tmp_path / "other.txt"
    os.link(path, other)
    write_atomic(path, "new")
    assert other.read_text() == "calm"


NOBODY = 65534


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the administrator may give files away")
def test_another_users_link_in_a_shared_folder_is_not_followed(tmp_path: Path) -> None:
    """It would lead a report into a file of ours; a link of our own is followed and stays."""
    mine = tmp_path / "precious.txt"
    mine.write_text("precious")
    link = tmp_path / "report.html"
    link.symlink_to(mine)
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    with pytest.raises(PermissionError, match="another user"):
        write_atomic(link, "report")
    assert mine.read_text() == "precious"
    os.chown(link, 0, 0, follow_symlinks=False)
    write_atomic(link, "report")
    assert mine.read_text() == "report"
    assert link.is_symlink()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the administrator may give files away")
def test_nor_is_another_users_link_that_stands_for_a_folder_on_the_way(tmp_path: Path) -> None:
    """Whoever puts a link in the place of a shared folder chooses which of our files is written; one of our own on the
    way, and one that goes up, are followed."""
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "config").write_text("precious")
    link = tmp_path / "shared"
    link.symlink_to("private")
    (tmp_path / "mine").symlink_to(tmp_path / "shared" / ".." / "shared")
    os.chown(link, NOBODY, NOBODY, follow_symlinks=False)
    for way in (link, tmp_path / "mine"):
        with pytest.raises(PermissionError, match="another user"):
            write_atomic(way / "config", "report")
        with pytest.raises(FolderError, match="another user"):
            make_folder(way / "home")
    assert (tmp_path / "private" / "config").read_text() == "precious"
    os.chown(link, 0, 0, follow_symlinks=False)
    write_atomic(tmp_path / "mine" / "config", "report")
    assert (tmp_path / "private" / "config").read_text() == "report"


@pytest.mark.unix_only("pipes of Unix")
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    """Neither a pipe without a writer, nor a device without end, nor a folder, nor too many bytes."""
    pipe, device = tmp_path / "pipe", tmp_path / "device"
    os.mkfifo(pipe)
    device.symlink_to("/dev/zero")
    for path in (pipe, device):
        with pytest.raises(OSError, match="ordinary file"):
            read_file(path)
    with pytest.raises(OSError, match=r"directory|ordinary"):
        read_file(tmp_path)
    (tmp_path / "file").write_bytes(bytes(11))
    assert read_file(tmp_path / "file", 11) == bytes(11)
    with pytest.raises(OSError, match="large"):
        read_file(tmp_path / "file", 10)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only the administrator may give files away")
def test_a_folder_of_another_user_is_refused(tmp_path: Path) -> None:
    """Whatever its rights allow: what is measured is nobody else's business."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o777)
    os.chown(folder, NOBODY, NOBODY)
    with pytest.raises(FolderError, match="another user"):
        make_folder(folder)


@pytest.mark.unix_only("modes of Unix")
def test_a_file_is_made_private_and_nothing_else_is(tmp_path: Path) -> None:
    """A file that others may read becomes its owner's alone; a folder in its place, and a link, stay as they are."""
    file, folder, link = tmp_path / "file", tmp_path / "folder", tmp_path / "link"
    file.touch(0o644)
    folder.mkdir(0o755)
    link.symlink_to(folder)
    for each in (file, folder, link, tmp_path / "missing"):
        make_private(each)
    assert file.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o755


@pytest.mark.unix_only("an open file cannot be removed there")
def test_what_was_broken_off_is_overwritten_before_it_goes(tmp_path: Path) -> None:
    """Whoever holds such a leftover open finds zeros in it, whether it is swept, its name is needed again, or its
    writing fails; the leftover's name goes at once."""
    target = tmp_path / "journal.sqlite"

    def again() -> None:
        with arriving(target) as part:
            part.write_text("whole")

    for clear in (lambda: sweep(tmp_path), again):
        leftover = tmp_path / f".{target.name}.abcd{TEMP_SUFFIX}"
        leftover.write_text("diary" * 100)
        with leftover.open("rb") as held:
            clear()
            assert held.read() == bytes(500)
        assert not leftover.exists()
    parts: list[Path] = []

    def fail() -> None:
        with arriving(target) as part:
            part.write_text("half" * 100)
            os.link(part, tmp_path / "held")
            parts.append(part)
            raise OSError

    with pytest.raises(OSError):  # noqa: PT011 - the one raised within
        fail()
    assert (tmp_path / "held").read_bytes() == bytes(400)
    assert not parts[0].exists()
    assert target.read_text() == "whole"


def test_a_leftover_that_cannot_go_keeps_nothing_from_being_written(tmp_path: Path) -> None:
    """Another program has an old unfinished file open, which forbids its removal on Windows; a folder of that name
    cannot be removed anywhere. The new file is written all the same, and the next sweep tries again."""
    target = tmp_path / "journal.sqlite"
    leftover = tmp_path / f".{target.name}.abcd{TEMP_SUFFIX}"
    (tmp_path / f".{target.name}.efgh{TEMP_SUFFIX}").mkdir()
    leftover.write_text("diary")
    with leftover.open("rb"):
        for text in ("first", "second"):
            with arriving(target) as part:
                part.write_text(text)
            write_atomic(tmp_path / "other", text)
        assert target.read_text() == "second"
    sweep(tmp_path)
    assert not leftover.exists()
    (tmp_path / f".{target.name}.efgh{TEMP_SUFFIX}").rmdir()
    assert sorted(each.name for each in tmp_path.iterdir()) == ["journal.sqlite", "other"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_or_a_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    """Whoever has the right to would else put a file where everybody's device was; it is refused, nothing is left."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="it is not an ordinary file"):
        write_atomic(pipe, "words")
    with pytest.raises(OSError, match="it is not an ordinary file"), arriving(pipe):
        pass
    assert pipe.is_fifo()
    assert [each.name for each in tmp_path.iterdir()] == ["pipe"]
