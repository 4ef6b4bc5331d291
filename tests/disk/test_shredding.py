"""Removing files that somebody else may have open."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from posturewatch.base.errors import DataError
from posturewatch.disk.shredding import TEMP_SUFFIX, shred, shred_all


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Path]:
    """A file that cannot be renamed or removed, as one that is open elsewhere on Windows."""
    path = tmp_path / "held" / "report.html"
    path.parent.mkdir()
    path.write_text("what the user wants gone")
    if sys.platform == "win32":
        with path.open("rb"):
            yield path
    elif os.geteuid() != 0:
        path.parent.chmod(0o500)
        yield path
        path.parent.chmod(0o700)
    elif (
        shutil.which("mount") is None or subprocess.run(["mount", "--bind", path, path], check=False).returncode != 0  # noqa: S607
    ):
        pytest.skip("mounting is not allowed here")
    else:
        yield path
        subprocess.run(["umount", path], check=True)  # noqa: S607


def test_a_file_that_cannot_be_removed_is_left_whole(held: Path) -> None:
    """Not a byte of it is zeroed, and nothing half done lies beside it."""
    with pytest.raises(OSError, match=r"\w"):
        shred(held)
    assert held.read_text() == "what the user wants gone"
    assert not list(held.parent.glob(f"*{TEMP_SUFFIX}"))


def test_a_file_that_cannot_be_removed_does_not_keep_the_others(held: Path, tmp_path: Path) -> None:
    """Those before and after it go; it alone is named, with the reason."""
    first, last = tmp_path / "a.csv", tmp_path / "b.csv"
    for path in (first, last):
        path.write_text("x")
    with pytest.raises(DataError, match=r"report\.html") as told:
        shred_all((first, held, last))
    assert "a.csv" not in told.value.message
    assert told.value.hint
    assert not first.exists()
    assert not last.exists()
    assert held.exists()
