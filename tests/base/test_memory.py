"""What a start has read from libraries and does not need any more is given back, and comes back when it is needed."""

from __future__ import annotations

import subprocess
import sys

import pytest

linux = pytest.mark.skipif(sys.platform != "linux", reason="the system's own account of pages is Linux's")

_PROGRAM = """
import numpy as np
from posturewatch.base import memory

def megabytes(kind):
    lines = open("/proc/self/status").read().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(kind)) / 1000

matrix = np.random.default_rng(1).normal(size=(9, 9))
before = np.linalg.inv(matrix)
files = megabytes("RssFile")
memory.give_back()
less = megabytes("RssFile")
kept = megabytes("RssAnon")
same = np.array_equal(before, np.linalg.inv(matrix))
print(less < 0.5 * files, kept > 1, same)
"""


@linux
def test_unchanged_pages_of_libraries_are_given_back_and_read_again() -> None:
    """More than half of the pages of files leaves the process; what the process has written stays, and it computes as
    before."""
    said = subprocess.run([sys.executable, "-c", _PROGRAM], check=True, capture_output=True, encoding="utf-8").stdout
    assert said.split() == ["True", "True", "True"]


@pytest.mark.skipif(sys.platform == "linux", reason="elsewhere it does nothing")
def test_elsewhere_nothing_happens() -> None:
    """A platform without that account is left alone."""
    from posturewatch.base import memory

    memory.give_back()
