"""Commands as people type them."""

from __future__ import annotations

import shlex

import pytest

from posturewatch.base.shell import as_typed


@pytest.mark.unix_only("the shell of POSIX")
@pytest.mark.parametrize("name", ["desk", "my desk & co", "日本 <b>", "$HOME", "it's", '"', "-x", ""])
def test_a_command_in_a_hint_can_be_pasted(name: str) -> None:
    """Whatever a profile or a file is called, the shell makes the same words of it again."""
    assert shlex.split(as_typed("calibrate", "--profile", name)) == ["calibrate", "--profile", name]
