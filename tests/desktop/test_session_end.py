"""The end of Windows' console and session and of macOS' session: waited for until the app has ended in order."""

from __future__ import annotations

import threading
import time

import pytest

from posturewatch.desktop.session_end import WAIT_S, SessionEnd

CTRL_C, CTRL_BREAK, CLOSE, LOGOFF, SHUTDOWN = 0, 1, 2, 5, 6
QUERY, END = 0x0011, 0x0016


class App:
    """An app that ends half a second after it was asked to, in a thread of its own."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.ended = threading.Event()
        self.end = SessionEnd(self.asked.set)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        self.asked.wait(60)
        threading.Event().wait(0.5)
        self.ended.set()
        self.end.close()


@pytest.mark.parametrize("event", [CLOSE, LOGOFF, SHUTDOWN])
def test_the_console_waits_for_the_app(event: int) -> None:
    """The handler returns when everything is written: Windows ends the process as soon as it does."""
    app = App()
    assert app.end.console_event(event) is True
    assert app.ended.is_set()


@pytest.mark.parametrize("event", [CTRL_C, CTRL_BREAK])
def test_interrupts_of_the_keyboard_end_the_app_and_are_not_waited_for(event: int) -> None:
    """Ctrl+C and Ctrl+Break are heard here: Python's main thread waits in the icon's loop and hears no signal."""
    asked = threading.Event()
    end = SessionEnd(asked.set)
    assert end.console_event(event) is True
    assert asked.is_set()
    end.close()
    assert end.console_event(event) is False, "whatever runs after the app hears them itself"


def test_an_unknown_console_event_is_the_system_s() -> None:
    """What is none of the five goes on to the next handler."""
    asked = threading.Event()
    end = SessionEnd(asked.set)
    assert end.console_event(3) is False
    assert not asked.is_set()
    end.close()


def test_a_session_that_ends_waits_for_the_app() -> None:
    """The window says that it does not object, and answers the end when the app has ended."""
    app = App()
    assert app.end.window_message(QUERY, 0) == 1
    assert not app.asked.is_set()
    assert app.end.window_message(END, 1) == 0
    assert app.ended.is_set()


def test_a_session_that_goes_on_after_all_ends_nothing() -> None:
    """Somebody else objected: the app runs on."""
    app = App()
    assert app.end.window_message(END, 0) == 0
    assert not app.asked.is_set()
    app.asked.set()


def test_other_messages_are_the_system_s() -> None:
    """The window answers for nothing else."""
    app = App()
    assert app.end.window_message(0x000F, 0) is None
    app.asked.set()


def test_a_mac_that_logs_off_waits_until_all_is_written() -> None:
    """AppKit ends the process as soon as its notice was heard, in the main thread: the loop's end is waited for,
    and what that thread would take down itself is not."""
    asked, written = threading.Event(), threading.Event()
    end = SessionEnd(asked.set, "darwin")

    def loop() -> None:
        asked.wait(60)
        written.set()
        end.written()

    threading.Thread(target=loop, daemon=True).start()
    begin_s = time.monotonic()
    end.application_terminates()
    assert written.is_set()
    assert time.monotonic() - begin_s < WAIT_S


def test_elsewhere_the_loop_s_end_is_not_enough() -> None:
    """Windows' threads wait until the rest is taken down as well."""
    end = SessionEnd(lambda: None, "win32")
    end.written()
    waiting = threading.Thread(target=end.console_event, args=(CLOSE,), daemon=True)
    waiting.start()
    waiting.join(0.2)
    assert waiting.is_alive()
    end.close()
    waiting.join(10)
    assert not waiting.is_alive()
