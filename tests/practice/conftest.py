"""A lake of three patients, made once; tests that change one make their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("duckdb", reason="the extra `practice` is not installed")

from posturewatch.base.i18n import set_language
from posturewatch.practice.intake import take_inbox
from posturewatch.practice.lake import Lake, open_lake

from .shared_files import journal, share, uneven


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Texts are compared in English; a test may change the language for itself."""
    set_language("en")
    yield
    set_language("en")


def no_passphrase(path: Path) -> str:
    """For files that are not encrypted."""
    raise AssertionError(f"{path} needs no passphrase")


@pytest.fixture(scope="session")
def inbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files: an even journal, an uneven one, one of two weeks."""
    folder = tmp_path_factory.mktemp("inbox")
    share(folder, "a.zip", journal(7), "subject-a")
    share(folder, "b.zip", uneven(8), "subject-b")
    share(folder, "c.zip", journal(9, weeks=2), "subject-c")
    return folder


@pytest.fixture(scope="session")
def lake(inbox: Path, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    """A lake with those three, only to be read."""
    made = open_lake(tmp_path_factory.mktemp("place") / "lake")
    told = take_inbox(made, inbox, no_passphrase)
    assert (told.files, told.refused) == (3, [])
    return made
