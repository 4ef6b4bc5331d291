"""A program with our tray and nothing else, for the robot: says on stdout what the user asked for.

``python -m desktop.tray.tray_program FOLDER [BACKEND]``; lines on stdin choose what is shown: ``upright``,
``forward``, ``paused``, ``flood``, ``close``; ``title "TEXT"`` (JSON) makes that the icon's title, ``state`` says
what has become of the icon.
"""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from posturewatch.app.menu import menu_for
from posturewatch.base.loop_commands import Command, MenuItem
from posturewatch.base.records import Load, Snapshot, State
from posturewatch.desktop.tray.display import TrayActions, make_display
from posturewatch.report.now_in_words import tooltip
from posturewatch.ui.open import WindowHandle, menu_heard, menu_view, open_window
from posturewatch.ui.tooltip_window import TooltipView

UPRIGHT = Snapshot(
    datetime(2026, 11, 23, 9, tzinfo=UTC),
    State.UPRIGHT,
    None,
    0.2,
    0.3,
    Load(13, 3, "rule"),
    "desk",
    ("desk", "laptop"),
    next_break_s=900,
)
FORWARD = replace(UPRIGHT, state=State.FORWARD, fht_in=1.4, load=Load(25, 3, "rule"), alert=True)
SHOWN = {"upright": UPRIGHT, "forward": FORWARD, "paused": replace(UPRIGHT, paused=True)}


def say(*words: str) -> None:
    """One line to the test."""
    print(*words, flush=True)  # noqa: T201


class Inbox:
    """Says each command."""

    def put(self, command: Command) -> None:
        say("command", command.kind.value, command.text) if command.text else say("command", command.kind.value)

    def get(self, timeout_s: float) -> Command | None:
        raise AssertionError(timeout_s)


def open_menu(items: tuple[MenuItem, ...], chosen: Callable[[MenuItem], None]) -> None:
    """The menu's window."""
    open_window("menu_window", menu_view(items), menu_heard(items, chosen))


def open_tip(words: str) -> None:
    """The icon's words, as the app shows them."""
    while TIPS:
        TIPS.pop().close()
    if words:
        TIPS.append(open_window("tooltip_window", TooltipView(words)))


TIPS: list[WindowHandle] = []


def main() -> None:
    """Run until told to end."""
    calls: dict[str, Any] = {field.name: partial(say, "call", field.name) for field in fields(TrayActions)}
    actions = TrayActions(**calls | {"open_menu": open_menu, "open_tip": open_tip})
    backend = sys.argv[2] if len(sys.argv) > 2 else "auto"
    titles: list[str] = []
    display = make_display(
        Inbox(),
        actions,
        menu=menu_for,
        tooltip=lambda now: titles[-1] if titles else tooltip(now),
        backend=backend,
        told_file=Path(sys.argv[1]) / "told-no-tray",
    )

    def listen() -> None:
        for line in sys.stdin:
            word = line.strip("\n")
            if word == "close":
                break
            if word == "flood":
                for number in range(2000):
                    display.show(replace(UPRIGHT, fht_in=number / 1000))
                continue
            if word == "state":
                say("state", display.tray_state())
                continue
            if word.startswith("title "):
                titles.append(json.loads(word.removeprefix("title ")))
                word = "upright"
            display.show(SHOWN[word])
        display.close()

    def signalled(number: int, _frame: object) -> None:
        say("signal", signal.Signals(number).name)
        threading.Thread(target=display.close).start()

    signal.signal(signal.SIGINT, signalled)
    signal.signal(signal.SIGTERM, signalled)
    threading.Thread(target=listen, daemon=True).start()
    say("backend", getattr(display, "backend", "none"))
    display.run()
    say("ended", display.trouble)


if __name__ == "__main__":
    main()
