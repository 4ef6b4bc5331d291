"""The movement check in a terminal: text, a countdown, and single keys for what the window has buttons for.

The run decides all; this says what it asks for and hands over what was pressed. No picture is shown, so the camera's
place is to be tried first (`posturewatch calibrate` says what it does not see).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final, Protocol

from posturewatch.base.i18n import _
from posturewatch.base.movement_words import worse_words
from posturewatch.base.wording import (
    call_for_help,
    exercise_safety,
    see_a_doctor_soon,
    seek_help,
    seek_help_title,
    where_seek_help_is,
)
from posturewatch.core.posture.movement.run import ANSWERS, CheckStage, CheckWish, MovementRun, offered, step_title
from posturewatch.core.posture.movement.steps import CheckStep, purpose, question

BAR: Final = 20
HELP_KEY: Final = "?"
_KEYS: Final = {CheckWish.REPEAT: "r", CheckWish.SKIP: "s", CheckWish.STOP: "q"}
"""The same in each language: what they do stands beside them."""

_RETURN: Final = frozenset("\r\n ")


class Terminal(Protocol):
    """Where the check is told."""

    def say(self, line: str) -> None:
        """Write a line."""

    def show(self, line: str) -> None:
        """Write what takes the place of what was shown before."""

    def keys(self) -> AbstractContextManager[Callable[[], str]]:
        """What tells the keys that were pressed since it was last called."""


class TerminalCheck:
    """Follows a run, and tells it what was ``pressed``."""

    def __init__(self, run: MovementRun, terminal: Terminal, pressed: Callable[[], str]) -> None:
        self._run, self._pressed = run, pressed
        self._say, self._show = terminal.say, terminal.show
        self._stood: tuple[CheckStage, CheckStep] | None = None
        for line in (purpose(), exercise_safety(), where_seek_help_is()):
            self._say(line)

    def turn(self) -> None:
        """After each look: what has changed, and what was pressed."""
        for key in self._pressed():
            self._take(key.lower())
        run = self._run
        if (run.stage, run.step) != self._stood:
            self._introduce()
        done = round(run.share * BAR)
        bar = f"[{'█' * done}{'·' * (BAR - done)}]" if run.share else ""
        if run.stage in (CheckStage.COUNTDOWN, CheckStage.MOVING, CheckStage.WORKING):
            self._show(" ".join(part for part in (bar, run.count, run.advice) if part))

    def _introduce(self) -> None:
        """The step with its number, what it asks for, and the keys, where something is to be chosen."""
        run, before = self._run, self._stood
        self._stood = run.stage, run.step
        if run.stage is CheckStage.DONE:
            return
        if before is None or before[1] is not run.step:
            self._say("")
            self._say(step_title(run))
        if run.stage is CheckStage.ASKING:
            self._say(question())
            self._say("   ".join(f"{number}  {worse_words(answer)}" for number, answer in enumerate(ANSWERS, 1)))
            return
        if run.stage in (CheckStage.WAITING, CheckStage.PAUSED):
            self._say(run.advice)
        if wishes := offered(run):
            words = [f"{_KEYS.get(wish, _('Return'))}  {words}" for words, wish in wishes]
            self._say("   ".join((*words, f"{HELP_KEY}  {_('When to seek help')}")))

    def _take(self, key: str) -> None:
        run = self._run
        if key == HELP_KEY:
            run.wish(CheckWish.PAUSE)  # whoever reads the list does not move
            self._say(f"{call_for_help()} {seek_help_title()}")
            for line in (*(f"  • {one}" for one in seek_help()), see_a_doctor_soon()):
                self._say(line)
            return
        if run.stage is CheckStage.ASKING:
            if key in {str(number) for number in range(1, len(ANSWERS) + 1)}:
                run.wish(ANSWERS[int(key) - 1])
            return
        for _words, wish in offered(run):
            if key == _KEYS.get(wish) or (wish not in _KEYS and key in _RETURN):
                run.wish(wish)
