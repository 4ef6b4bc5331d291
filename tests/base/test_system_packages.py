"""What to install is said in the words of the platform that it is said on."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from posturewatch.base import system_packages
from posturewatch.desktop.notify.notifications import without_buttons

NEEDS = (
    system_packages.native_libraries,
    system_packages.tkinter,
    system_packages.newer_python,
    system_packages.notification_service,
)


@pytest.mark.parametrize("platform", ["win32", "darwin"])
@pytest.mark.parametrize("need", NEEDS)
def test_nobody_but_linux_is_told_to_use_apt(need: Callable[[str], str], platform: str) -> None:
    """Windows and macOS have other ways, and each has one."""
    words = need(platform)
    assert words
    assert "sudo" not in words
    assert "apt" not in words.split()


@pytest.mark.parametrize("need", NEEDS)
def test_debian_is_told_a_package(need: Callable[[str], str]) -> None:
    """On Linux it is a command with names of Debian's packages."""
    assert "sudo apt install " in need("linux")


@pytest.mark.parametrize(("platform", "level"), [("win32", "note"), ("darwin", "note"), ("linux", "warning")])
def test_doctor_says_who_shows_reminders_where_there_are_no_buttons(platform: str, level: str) -> None:
    """Windows and macOS show plain notes without the service with buttons; on Linux nothing appears without one."""
    check = without_buttons(platform)
    assert check.level == level
    assert ("log" in check.says) == (level == "warning")


def test_homebrew_s_tk_is_that_of_this_python() -> None:
    """Without a number it belongs to the newest Python there is."""
    assert (
        system_packages.tkinter("darwin") == f"brew install python-tk@{sys.version_info.major}.{sys.version_info.minor}"
    )
