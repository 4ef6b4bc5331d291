"""The command line: parses, wires, prints, exits. The only part that does.

Exit codes stand in ``posturewatch.base.errors``. Each command lives in a small module of its own that is imported
when the command is used, so that ``--help``, ``status`` and ``log`` start at once.
"""

from __future__ import annotations


def main() -> None:
    """Entry point of ``posturewatch``."""
    try:
        from posturewatch import native_threads

        native_threads.hold()
        from posturewatch.cli.failures import run_and_exit

        run_and_exit()
    except KeyboardInterrupt:
        # Before there are words for it. Not by SystemExit: Python, interrupted while it makes a class, would still end
        # itself by the signal.
        import os

        os._exit(130)
