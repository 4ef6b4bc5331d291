"""Who has the camera besides the loop: another posturewatch process for a while, or a window of ours."""

from __future__ import annotations

from typing import Final

from posturewatch.loop.ports import Launcher

LENT_MAX_S: Final = 60.0
"""Longest that another process may have the camera without asking again: one that crashed must not blind us."""

LENT: Final = "lent"
"""Why the camera is closed while another posturewatch window has it."""


class CameraLent:
    """To whom the camera is lent, and until when."""

    def __init__(self, launcher: Launcher) -> None:
        self._launcher = launcher
        self._until_s: float | None = None  # to another process
        self._window = ""  # of ours

    @property
    def out(self) -> bool:
        """Whether somebody else has it."""
        return bool(self._window) or self._until_s is not None

    def to_process(self, now_s: float, seconds: float | None) -> None:
        """Another process wants it for so long, ``LENT_MAX_S`` at most."""
        self._until_s = now_s + min(seconds or LENT_MAX_S, LENT_MAX_S)

    def from_process(self) -> None:
        """The other process gives it back."""
        self._until_s = None

    def passed(self, now_s: float) -> None:
        """Time has gone by: a loan that was not renewed has ended."""
        if self._until_s is not None and now_s >= self._until_s:
            self._until_s = None

    def to_window(self, window: str, text: str, *, of_today: bool) -> bool:
        """Open a window that shows the camera's picture, in place of the one that has it; False where it cannot be.
        It has the camera until it is closed."""
        if self._window == window:
            return True
        self.shut_window()
        if not self._launcher.open(window, text=text, of_today=of_today):
            return False
        self._window = window
        return True

    def shut_window(self) -> None:
        """Ask the window that has it to close; it has the camera until it says that it has."""
        if self._window:
            self._launcher.shut(self._window)

    def from_window(self, window: str) -> None:
        """This window is closed, or was never seen."""
        if window == self._window:
            self._window = ""
