"""Single keys from the terminal, taken without waiting for any."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """What tells the keys that were pressed since it was last called, in order; the terminal is as it was afterwards.
    Raises UsageError where nobody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(_("This needs a terminal with a keyboard."), _("Run it in a terminal, or with --window."))
    if sys.platform == "win32":
        import msvcrt

        def waiting() -> str:
            found = ""
            while msvcrt.kbhit():
                found += msvcrt.getwch()
            return found

        yield waiting
        return
    import os
    import select
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)

    def pressed() -> str:
        ready, _out, _err = select.select([number], [], [], 0)
        return os.read(number, 64).decode("utf-8", "ignore") if ready else ""

    tty.setcbreak(number)  # Ctrl-C still ends the program
    try:
        yield pressed
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
