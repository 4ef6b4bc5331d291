"""What the control socket lets through to the loop, from somebody who has the key."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
from posturewatch.base.inbox import QueueInbox
from posturewatch.base.loop_commands import FROM_WITHIN, Command, CommandKind
from posturewatch.base.records import Load, Snapshot, State
from posturewatch.desktop.tray.display import NullDisplay

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


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


def test_the_counter_takes_commands_and_refuses_nonsense() -> None:
    """Known commands go into the inbox; unknown kinds, wrong types and long texts do not."""
    inbox, latest = QueueInbox(), LatestSnapshot(NullDisplay())
    counter = ControlAnswers(latest, inbox)
    assert counter.answer({"do": "status"})["ok"] is False
    latest.show(Snapshot(NINE, State.FORWARD, None, 1.4, 0.3, Load(25.0, 3.2, "rule"), "desk", ("desk", "laptop")))
    assert counter.answer({"do": "status"})["snapshot"]["fht_in"] == 1.4
    assert counter.answer({"do": "command", "kind": "pause", "value": 60})["ok"]
    assert inbox.get(0) == Command(CommandKind.PAUSE, 60)
    for junk in (
        {"do": "command", "kind": "explode"},
        {"do": "command", "kind": "pause", "value": "long"},
        {"do": "command", "kind": "pause", "value": True},
        {"do": "command", "kind": "profile", "text": "x" * 500},
        {"do": "dance"},
        {},
    ):
        assert counter.answer(junk)["ok"] is False
    assert inbox.get(0) is None


def test_a_pause_from_outside_is_of_a_length_that_can_be() -> None:
    """Hours that are none, numbers that are none and a pause of a century reach no loop."""
    good: tuple[dict[str, object], ...] = ({"value": 60}, {"value": -1}, {"text": "15:00"}, {})
    bad: tuple[dict[str, object], ...] = (
        {"value": float("nan")},
        {"value": float("inf")},
        {"value": 1e300},
        {"value": -3},
        {"text": "25:00"},
        {"text": "soon"},
    )
    inbox = QueueInbox()
    answers = ControlAnswers(LatestSnapshot(NullDisplay()), inbox)
    for fields in good:
        assert answers.answer({"do": "command", "kind": "pause", **fields})["ok"], fields
    for fields in bad:
        assert not answers.answer({"do": "command", "kind": "pause", **fields})["ok"], fields


def test_nobody_outside_gives_news_of_our_windows() -> None:
    """Whoever may command the app may not slip it a calibration, or claim that a window has closed."""
    inbox = QueueInbox()
    counter = ControlAnswers(LatestSnapshot(NullDisplay()), inbox)
    for kind in FROM_WITHIN:
        assert not counter.answer({"do": "command", "kind": kind.value, "text": "x"})["ok"]
    assert counter.answer({"do": "command", "kind": "resume"})["ok"]
    assert inbox.get(0) == Command(CommandKind.RESUME)
    assert inbox.get(0) is None
