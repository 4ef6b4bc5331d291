"""Between two turns: how long the loop may wait, and what ends the wait sooner."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import Command
from posturewatch.base.observation import Observation
from posturewatch.base.records import Courtesy
from posturewatch.desktop.interface import Desktop
from posturewatch.loop.camera import CameraWatch
from posturewatch.loop.deciders import Deciders

TURN_S: Final = 0.8
"""So often a turn is made while something is going on. So often a desktop that does not tell by itself is asked whether
there is news, and the sensor with it: a scripted one of a replay."""

REST_S: Final = 10.0
"""Longest wait while nothing is going on. Gathering all that a turn needs costs a thousand times what asking does."""

SOON_S: Final = 15.0
"""A break that begins within so many seconds is going on, and so is a reminder for as long after it was sent: its
answer is waited for."""


class Rest:
    """Waits for the loop. What the sensor has noticed meanwhile is kept until it is taken."""

    def __init__(self, inbox: Inbox, desktop: Desktop, camera: CameraWatch) -> None:
        self._inbox = inbox
        self._desktop = desktop
        self._camera = camera
        self._noticed: Observation | None = None

    def noticed(self) -> Observation | None:
        """What the sensor has seen by itself, once. Raises SourceEndedError at the end of a recording."""
        seen, self._noticed = self._noticed or self._camera.noticed(), None
        return seen

    def forget(self) -> None:
        """What was noticed is older than what has been looked at since."""
        self._noticed = None

    def wait(self, wait_s: float, courtesy: Courtesy) -> Command | None:
        """The next command; None after ``wait_s`` seconds, or sooner where the desktop says other than ``courtesy`` or
        the sensor has noticed something."""
        step_s = wait_s if self._desktop.tells else TURN_S
        command = self._inbox.get(min(wait_s, step_s))
        while command is None and (wait_s := wait_s - step_s) > 0.0 and not self._news(courtesy):
            command = self._inbox.get(min(wait_s, step_s))
        return command

    def _news(self, courtesy: Courtesy) -> bool:
        self._noticed = self._noticed or self._camera.noticed()
        now = replace(self._desktop.courtesy(), idle_s=courtesy.idle_s)
        return self._noticed is not None or now != courtesy


def busy(deciders: Deciders) -> bool:
    """Whether a break is under way or near, or the screen follows the posture: the next turn must come soon."""
    breaks, begins_s = deciders.breaks, deciders.breaks.next_break_s
    near = begins_s is not None and begins_s <= SOON_S + REST_S
    return breaks.on_break or breaks.due or near or bool(deciders.posture.level)
