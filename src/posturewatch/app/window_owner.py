"""Windows and programs of the running app, each a process of its own: opened, seen to come up, closed by one thread."""

from __future__ import annotations

import logging
import queue
import subprocess
import threading
from collections.abc import Callable
from typing import Any, Final

from posturewatch.app.background import start_beside
from posturewatch.base.child import RAISE, Said
from posturewatch.base.errors import PosturewatchError, SensorError
from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.sensor_client.window import SensorWindow
from posturewatch.ui.open import SHOWN_S, WindowHandle, open_window

NOT_SEEN: Final = "not on the screen in time"

ASKED_FOR: Final = frozenset({"diary", "help", "settings", "today"})
"""Windows that come when their user asks for them; the others come by themselves, and never take the keyboard twice."""

_PART_S: Final = 0.2

_log = logging.getLogger("posturewatch.ui")


class WindowOwner:
    """A thread to which windows and programs belong. What others want of it waits in a queue and is done in order, so
    that nothing here is shared, and a screen that hangs holds up nobody else.

    ``want`` and ``close`` are for any thread, the rest for wishes, which run in the owner's.
    """

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self._windows: dict[str, WindowHandle | SensorWindow] = {}
        self._programs: list[subprocess.Popen[bytes]] = []
        self._wanted: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="windows", daemon=True)
        self._thread.start()

    def want(self, wish: Callable[[], None]) -> None:
        """Have this done in the owner's thread."""
        self._wanted.put(wish)

    def close(self) -> None:
        """Close every window that is still open; what is wanted afterwards is not done."""
        self._ending.set()
        self._wanted.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (wish := self._wanted.get()) is not None:
            try:
                wish()
            except Exception:
                _log.exception("a window could not be opened or closed")
        diary = self._windows.pop("diary", None)
        if isinstance(diary, WindowHandle):
            diary.hang_up()  # it closes by itself, unless something stands in it that nobody has saved
        for what in tuple(self._windows):
            self.shut(what)

    def tell(self, what: str, kind: str, **values: Any) -> bool:
        """Say something to the window of this name; False where none is open."""
        window = self._windows.get(what)
        if not (isinstance(window, WindowHandle) and window.alive):
            return False
        window.tell(kind, **values)
        return True

    def shut(self, what: str) -> None:
        """Close the window of this name, if it is open."""
        window = self._windows.pop(what, None)
        if window is not None:
            window.close()

    def open(self, what: str, name: str, view: Any, heard: Callable[[Said], Said | None] | None) -> None:
        """Open this window and see that it comes up; one that is open, and was asked for, comes to the front."""
        if self._is_open(what):
            if what in ASKED_FOR:
                self.tell(what, RAISE)
            return
        self.shut(what)  # the process of one that its user has just closed may be ending still
        try:
            window = self._windows[what] = open_window(name, view, heard)
        except PosturewatchError as err:
            self._failed(what, err.message)
            return
        if not self._comes_up(window) and not self._ending.is_set():
            self.shut(what)
            self._failed(what, NOT_SEEN)

    def open_with_camera(self, what: str, opener: Callable[[], SensorWindow]) -> None:
        """Open a window with the camera's picture; a thread waits for its end."""
        if self._is_open(what):
            return
        try:
            window = self._windows[what] = opener()
            if not self._comes_up(window):
                self.shut(what)
                raise SensorError(NOT_SEEN)
        except PosturewatchError as err:
            self._failed(what, err.message)
            return
        threading.Thread(target=self._await_end, args=(what, window), name=f"window {what}", daemon=True).start()

    def _await_end(self, what: str, window: SensorWindow) -> None:
        """In a thread of the window's: hear how it ends."""
        try:
            made = window.wait().get("calibration")
            if isinstance(made, str):
                self._inbox.put(Command(CommandKind.CALIBRATED, text=made))
        except PosturewatchError as err:
            _log.info("the window %s ended: %s", what, err.message)
        self._inbox.put(Command(CommandKind.CAMERA_RETURNED, text=what))

    def _is_open(self, what: str) -> bool:
        window = self._windows.get(what)
        return window is not None and window.alive

    def _comes_up(self, window: WindowHandle | SensorWindow) -> bool:
        """Wait until it is on the screen, has failed, took too long, or the app ends."""
        for _part in range(round(SHOWN_S / _PART_S)):
            if window.shown(_PART_S):
                return True
            if not window.alive or self._ending.is_set():
                return False
        return False

    def _failed(self, what: str, why: str) -> None:
        _log.warning("no window %s: %s", what, why)
        self._inbox.put(Command(CommandKind.WINDOW_FAILED, text=what))

    def start_program(self, *words: str) -> None:
        """Start one of our own commands beside the app; those that have ended are let go, that none stays a zombie."""
        self._programs = [program for program in self._programs if program.poll() is None]
        try:
            program = start_beside(*words)
        except OSError as err:
            _log.warning("posturewatch %s could not be started: %s", words[0], err.strerror)
            return
        self._programs.append(program)
