"""The watch over native code, tried on native code that hangs holding the interpreter."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time

import pytest


def run(program: str) -> tuple[int, float]:
    """Exit code and seconds of a program of a few lines."""
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, check=False, timeout=60
    )
    return done.returncode, time.monotonic() - start


@pytest.mark.unix_only("sleep() of the C library")
def test_native_code_that_hangs_with_the_interpreter_is_ended() -> None:
    """A call that never returns and lets no thread of Python run: the process is gone after the time allowed."""
    code, seconds = run(
        """
        import ctypes
        from posturewatch.sensor import guard
        with guard.watched(1.0):
            ctypes.PyDLL(None).sleep(30)
        """
    )
    assert code != 0
    assert seconds < 5


def test_work_that_is_done_in_time_is_left_alone() -> None:
    """After the watched part the process may take as long as it likes."""
    code, _seconds = run(
        """
        import time
        from posturewatch.sensor import guard
        with guard.watched(0.3):
            pass
        time.sleep(1)
        """
    )
    assert code == 0


@pytest.mark.unix_only("niceness is a notion of POSIX")
def test_only_the_watcher_gives_way_to_others() -> None:
    """What every sensor process does leaves its priority alone; stepping back lowers it."""
    code, _seconds = run(
        """
        import os, sys
        from posturewatch.sensor import guard
        before = os.nice(0)
        guard.harden()
        same = os.nice(0) == before
        guard.step_back()
        sys.exit(0 if same and os.nice(0) == min(19, before + guard.NICENESS) else 1)
        """
    )
    assert code == 0
