"""The end of Windows' console and session and of macOS' session, waited for until the app has ended in order.

Windows: a console that is closed tells its programs and ends them when they return, after five seconds at the latest.
It tells of Ctrl+C in the same way, in a thread of its own; as a signal Python would serve it in the main thread, which
waits in the icon's message loop and serves none until somebody touches the icon. A program without a console is told of
logoff and shutdown as a window, so it has one that nobody sees. macOS: a program with an icon is asked to terminate by
AppKit, which ends the process when the notice of it has been heard. On Linux both come as signals.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

WAIT_S: Final = 4.5
"""Windows gives five seconds (HungAppTimeout, CTRL_CLOSE_EVENT), macOS more."""

_KEYS: Final = frozenset({0, 1})  # CTRL_C_EVENT, CTRL_BREAK_EVENT
_CLOSE: Final = 2  # CTRL_CLOSE_EVENT
_LOGOFF: Final = 5  # CTRL_LOGOFF_EVENT
_SHUTDOWN: Final = 6  # CTRL_SHUTDOWN_EVENT

_WM_CLOSE: Final = 0x0010
_WM_DESTROY: Final = 0x0002
_WM_QUERYENDSESSION: Final = 0x0011
_WM_ENDSESSION: Final = 0x0016

_log = logging.getLogger(__name__)


class SessionEnd:
    """Asks the app to quit when console or session end, and lets the system go on when it has.

    ``quit_app`` is called from threads of Windows' own, and from macOS' main thread. Does nothing on Linux.
    """

    def __init__(self, quit_app: Callable[[], None], platform: str = sys.platform) -> None:
        self._quit = quit_app
        self._platform = platform
        self._ended = threading.Event()
        self._window = 0
        self._kept: list[Any] = []  # what Windows calls must outlive the call that registered it
        if sys.platform == "win32":
            self._listen()
        elif sys.platform == "darwin":
            self._observe()

    def written(self) -> None:
        """The loop has ended and its minute and day are written. Who waits in macOS' main thread goes on: that thread
        would have to take the rest down, and cannot while it waits."""
        if self._platform == "darwin":
            self._ended.set()

    def close(self) -> None:
        """The app has ended in order: whoever waits for it may go on."""
        self._ended.set()
        if sys.platform == "win32" and self._window:
            _user32().PostMessageW(ctypes.c_void_p(self._window), _WM_CLOSE, None, None)
            self._window = 0

    def console_event(self, event: int) -> bool:
        """A console event: closing, logoff and shutdown are waited for, Ctrl+C and Ctrl+Break are not. True: heard;
        otherwise the next handler is asked, of Ctrl+C after the app's end Python's own."""
        if event in _KEYS and not self._ended.is_set():
            self._quit()
            return True
        if event not in (_CLOSE, _LOGOFF, _SHUTDOWN):
            return False
        self._wait_for_the_end()
        return True

    def window_message(self, message: int, wparam: int) -> int | None:
        """The answer to a message of the session's end, None for any other."""
        if message == _WM_QUERYENDSESSION:
            return 1  # we do not object
        if message == _WM_ENDSESSION:
            if wparam:  # it does end; zero: somebody else objected
                self._wait_for_the_end()
            return 0
        return None

    def application_terminates(self) -> None:
        """AppKit's notice that the process ends as soon as this returns (logout, shutdown, Quit from outside)."""
        self._wait_for_the_end()

    def _observe(self) -> None:
        """Without AppKit there is no icon, and signals tell."""
        try:
            center = importlib.import_module("Foundation").NSNotificationCenter.defaultCenter()
            notice = importlib.import_module("AppKit").NSApplicationWillTerminateNotification
        except ImportError:
            return
        heard = center.addObserverForName_object_queue_usingBlock_
        self._kept.append(heard(notice, None, None, lambda _notice: self.application_terminates()))

    def _wait_for_the_end(self) -> None:
        self._quit()
        self._ended.wait(WAIT_S)

    def _listen(self) -> None:
        if sys.platform != "win32":
            return
        handler = ctypes.WINFUNCTYPE(ctypes.c_int, ctypes.c_uint)(lambda event: int(self.console_event(event)))
        self._kept.append(handler)
        ctypes.windll.kernel32.SetConsoleCtrlHandler(handler, 1)
        threading.Thread(target=self._serve_window, name="session-end", daemon=True).start()

    def _serve_window(self) -> None:
        """A hidden top-level window and its messages: message-only windows are not told of the session's end."""
        if sys.platform != "win32":
            return
        from ctypes import wintypes

        user32 = _user32()
        procedure = ctypes.WINFUNCTYPE(ctypes.c_ssize_t, wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)

        class WindowClass(ctypes.Structure):
            _fields_ = (
                ("style", wintypes.UINT),
                ("procedure", procedure),
                ("class_extra", ctypes.c_int),
                ("window_extra", ctypes.c_int),
                ("instance", wintypes.HINSTANCE),
                ("icon", wintypes.HANDLE),
                ("cursor", wintypes.HANDLE),
                ("background", wintypes.HANDLE),
                ("menu_name", wintypes.LPCWSTR),
                ("class_name", wintypes.LPCWSTR),
            )

        def heard(window: int, message: int, wparam: int, lparam: int) -> int:
            answer = self.window_message(message, wparam)
            if answer is not None:
                return answer
            if message == _WM_DESTROY:
                user32.PostQuitMessage(0)
            return int(user32.DefWindowProcW(window, message, wparam, lparam))

        user32.DefWindowProcW.argtypes = (wintypes.HWND, wintypes.UINT, wintypes.WPARAM, wintypes.LPARAM)
        user32.DefWindowProcW.restype = ctypes.c_ssize_t
        numbers = (wintypes.DWORD, wintypes.LPCWSTR, wintypes.LPCWSTR, wintypes.DWORD, *[ctypes.c_int] * 4)
        handles = (wintypes.HWND, wintypes.HMENU, wintypes.HINSTANCE, wintypes.LPVOID)
        user32.CreateWindowExW.argtypes = (*numbers, *handles)
        user32.CreateWindowExW.restype = ctypes.c_void_p
        name = "posturewatch.session_end"
        ours = WindowClass(0, procedure(heard), 0, 0, None, None, None, None, None, name)
        self._kept.append(ours)
        if not user32.RegisterClassW(ctypes.byref(ours)):
            _log.warning("the end of the session will not be heard")
            return
        self._window = user32.CreateWindowExW(0, name, "posturewatch", 0, 0, 0, 0, 0, None, None, None, None) or 0
        message = wintypes.MSG()
        while user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            user32.DispatchMessageW(ctypes.byref(message))


def _user32() -> Any:
    """A library object of our own: the argument types set on it are nobody else's."""
    return getattr(ctypes, "WinDLL")("user32")  # noqa: B009  (exists on Windows alone)
