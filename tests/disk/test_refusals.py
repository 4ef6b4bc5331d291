"""Why a file cannot be written or removed, in the words that help."""

from __future__ import annotations

from pathlib import Path

import pytest

from posturewatch.base.errors import DataError
from posturewatch.disk.files import write_atomic
from posturewatch.disk.refusals import is_read_only, open_elsewhere, or_say_why


def refused(number: int) -> OSError:
    """What Windows raises with this error number."""
    err = PermissionError(13, "Permission denied")
    err.winerror = number  # type: ignore[attr-defined, unused-ignore]
    return err


@pytest.mark.parametrize("number", [5, 32, 33])
def test_a_file_that_another_program_has_open_is_known_on_windows(number: int) -> None:
    """Denied replacing, a sharing violation or a lock there; elsewhere an open file keeps nobody from replacing it."""
    assert open_elsewhere(refused(number), "win32")
    assert not open_elsewhere(refused(number), "linux")


def test_a_file_that_cannot_be_opened_for_another_program_is_known_on_windows() -> None:
    """Its C library opens files, and has one number for all that is denied."""
    assert open_elsewhere(PermissionError(13, "Permission denied"), "win32")
    assert not open_elsewhere(PermissionError(13, "Permission denied"), "linux")


def test_a_file_that_is_marked_read_only_is_not_taken_for_an_open_one(tmp_path: Path) -> None:
    """Windows refuses to replace either by the same number; waiting helps against one of them alone."""
    file = tmp_path / "kept.txt"
    file.touch(0o400)
    err = refused(5)
    err.filename, err.filename2 = str(tmp_path / "new"), str(file)
    assert not open_elsewhere(err, "win32")
    file.chmod(0o600)
    assert open_elsewhere(err, "win32")


def test_other_errors_are_not_taken_for_an_open_file() -> None:
    """A full disk or a missing folder is told as what it is."""
    assert not open_elsewhere(refused(112), "win32")
    assert not open_elsewhere(OSError(28, "No space left on device"), "win32")


@pytest.mark.parametrize(
    ("name", "why", "hint"),
    [
        pytest.param("gone/a.txt", "No such file", "Make its folder first.", id="no folder"),
        pytest.param(
            "n" * 250 + ".txt",
            "too long|No such file|Invalid argument",
            "Choose a shorter name, or a folder with a shorter path.",
            id="a name too long",
        ),
        pytest.param(
            "file/a.txt",
            "Not a directory",
            "Choose another place.",
            id="a file in the folder's place",
            marks=pytest.mark.unix_only("Windows says of that, too, that there is no such file"),
        ),
    ],
)
def test_a_write_that_fails_says_why_and_what_helps(tmp_path: Path, name: str, why: str, hint: str) -> None:
    """The path and the system's own reason; what helps against that reason, or else the caller's hint."""
    (tmp_path / "file").write_text("")
    path = tmp_path / name
    with pytest.raises(DataError, match=why) as raised, or_say_why(path, "Choose another place."):
        write_atomic(path, "x")
    assert str(path) in raised.value.message
    assert raised.value.hint == hint


def test_a_disk_that_takes_writes_is_not_called_read_only(tmp_path: Path) -> None:
    """Of a file that is not there yet its folder speaks."""
    assert not is_read_only(tmp_path / "not" / "there")
