"""Where the frozen program begins: the command line, or after ``-m`` one of posturewatch's own modules.

The app starts its sensor and its windows as ``posturewatch -m MODULE``, as it does with a Python of its own.
"""

from __future__ import annotations

import os
import runpy
import sys


def main() -> None:
    """Leave the environment as the user's session made it, then run what is asked for."""
    # The loader of the frozen program puts its own libraries first for itself; programs that we start want their own.
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        os.environ.pop(name, None)
        if before:
            os.environ[name] = before
    os.environ["PYINSTALLER_RESET_ENVIRONMENT"] = "1"  # our own processes prepare theirs by themselves, not by ours
    if len(sys.argv) > 2 and sys.argv[1] == "-m":
        module = sys.argv[2]
        if module.partition(".")[0] != "posturewatch":
            sys.exit(f"{module} is no part of posturewatch")
        del sys.argv[1:3]
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    from posturewatch.cli import main as command_line

    command_line()


if __name__ == "__main__":
    main()
