"""What the control socket lets through to the loop, from somebody who has the key."""

from __future__ import annotations

from typing import Any

import pytest

from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.desktop.tray.display import NullDisplay


def asked(request: dict[str, Any]) -> tuple[bool, list[Command]]:
    inbox = QueueInbox()
    answer = ControlAnswers(LatestSnapshot(NullDisplay()), inbox).answer({"do": "command"} | request)
    return bool(answer["ok"]), [told for told in (inbox.get(0.0),) if told is not None]


@pytest.mark.parametrize(
    "request_",
    [
        {"kind": "profile", "text": "a\ud800"},
        {"kind": "profile", "text": "\x1b]0;title\x07"},
        {"kind": "profile", "text": ""},
        {"kind": "diary", "text": "\ud800"},
        {"kind": "pause", "value": float("nan")},
        {"kind": "pause", "value": float("inf")},
        {"kind": "pause", "value": 10**400},
        {"kind": "pause", "value": 1e300},
        {"kind": "pause", "value": True},
        {"kind": "calibrated", "text": "{}"},
    ],
)
def test_what_could_end_the_loop_is_not_let_through(request_: dict[str, Any]) -> None:
    """Half characters, escapes, and numbers that no clock can add are turned away; the loop never hears of them."""
    assert asked(request_) == (False, [])


def test_an_ordinary_command_is_let_through() -> None:
    """A pause of an hour, a pause until tomorrow, another profile."""
    assert asked({"kind": "pause", "value": 3600})[1] == [Command(CommandKind.PAUSE, 3600)]
    assert asked({"kind": "pause", "value": -1.0})[1] == [Command(CommandKind.PAUSE, -1.0)]
    assert asked({"kind": "profile", "text": "Büro"})[1] == [Command(CommandKind.PROFILE, None, "Büro")]
