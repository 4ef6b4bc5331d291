"""Native libraries keep to one thread, in the app and in the sensor."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

CLEAN = {name: value for name, value in os.environ.items() if not name.endswith(("_NUM_THREADS", "_MAXIMUM_THREADS"))}

COUNT = """
import numpy, os
numpy.ones((400, 400)) @ numpy.ones((400, 400))
print(len(os.listdir("/proc/self/task")))
"""


def threads(program: str) -> int:
    """How many threads a program has after a multiplication of matrices."""
    done = subprocess.run(
        [sys.executable, "-c", program + COUNT],
        env=CLEAN,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return int(done.stdout.split()[-1])


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells the threads")
def test_numpy_of_the_command_line_has_one_thread() -> None:
    """Every command says how many threads before anything can load numpy."""
    begin = """
import contextlib, sys
from posturewatch.cli import main
sys.argv = ["posturewatch", "--version"]
with contextlib.suppress(SystemExit):
    main()
"""
    assert threads(begin) == 1


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells the threads")
def test_numpy_of_the_sensor_has_one_thread() -> None:
    """The sensor's own start says so too: the app is not the only one that may start it."""
    begin = """
import sys
import posturewatch.sensor.__main__
assert "numpy" not in sys.modules
from posturewatch import native_threads
native_threads.hold()
import posturewatch.sensor.process
"""
    assert threads(begin) == 1
