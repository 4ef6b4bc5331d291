"""Commands that wait for the loop."""

from __future__ import annotations

from posturewatch.base.inbox import CAPACITY, QueueInbox
from posturewatch.base.loop_commands import Command, CommandKind


def test_a_flooded_inbox_still_hears_quit() -> None:
    """Commands beyond the capacity are let go; QUIT always gets in."""
    inbox = QueueInbox()
    for _number in range(CAPACITY * 3):
        inbox.put(Command(CommandKind.PAUSE))
    inbox.put(Command(CommandKind.QUIT))
    heard = [inbox.get(0) for _number in range(CAPACITY + 1)]
    assert heard[-1] == Command(CommandKind.QUIT)
    assert inbox.get(0) is None
