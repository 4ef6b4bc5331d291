"""The command line: parses, wires, prints, exits. The only part that does.

Exit codes stand in ``posturewatch.base.errors``. Each command lives in a small module of its own that is imported
when the command is used, so that ``--help``, ``status`` and ``log`` start at once.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of ``posturewatch``."""
    # Behind `signal` stands what is in Python already; loading `signal` itself could be interrupted, too.
    import _signal as signal  # type: ignore[import-not-found]
    import os

    interrupt = signal.getsignal(signal.SIGINT)
    if interrupt is signal.default_int_handler:  # a shell's background job, say, has been told to ignore it
        # While we are loaded nothing has been begun: end at once. An exception in the midst of an import comes out as
        # anything, a SyntaxError of ours included.
        signal.signal(signal.SIGINT, lambda _number, _frame: os._exit(130))

    from posturewatch import native_threads

    native_threads.hold()
    from posturewatch.cli.failures import run_and_exit

    run_and_exit(interrupt)
