"""Whose password is kept: the address it was given for, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from posturewatch.disk.camera_password import keep_password, kept_password, login_of, parted
from posturewatch.disk.folders import find_folders


@pytest.mark.parametrize(
    ("source", "login"),
    [
        ("http://me@host/video", "http://me@host:80"),
        ("HTTP://me@HOST:80/other", "http://me@host:80"),
        ("https://me@host/video", "https://me@host:443"),
        ("http://me@host:8080/", "http://me@host:8080"),
        ("http://me@[::1]:8080/", "http://me@::1:8080"),
        ("http://m%40e@host/", "http://m%40e@host:80"),
        ("http://host/video", None),
        ("http://:secret@host/video", None),
        ("http://me:secret@host/video", None),
        ("rtsp://me@host/stream", None),
        ("file:///home/me@host/film.mp4", None),
        ("http://me@host:99999/", None),
        ("0", None),
    ],
)
def test_a_password_is_wanted_where_an_address_names_a_user_alone(source: str, login: str | None) -> None:
    """Scheme, name, host and port are whose it is; an address without a name, or with its password, wants none."""
    assert login_of(source) == login


@pytest.mark.parametrize("other", ["https://me@host/", "http://me@host:8080/", "http://you@host/", "http://me@other/"])
def test_a_password_is_handed_to_the_address_it_was_given_for_alone(tmp_path: Path, other: str) -> None:
    """Another path of the same camera has it; another scheme, port, name or host has not."""
    folders = find_folders({"POSTUREWATCH_HOME": str(tmp_path / "home")}).make()
    keep_password(folders, "http://me@host/a", "p%40ss")
    assert kept_password(folders, "http://me@host:80/b") == "p%40ss"
    assert kept_password(folders, other) is None


def test_an_address_and_its_password_are_told_apart() -> None:
    """As they are written, percent signs and all."""
    assert parted("http://me:p%3Ass@host/v") == ("http://me@host/v", "p%3Ass")
    assert parted("http://me@host/v") == ("http://me@host/v", None)
    assert parted("C:/me@home/film.mp4") == ("C:/me@home/film.mp4", None)
