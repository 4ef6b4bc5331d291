"""Whole commands, measured as a user waits for them: wall and processor time, peak memory, what was imported."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spent:
    """One run. ``peak_mb`` is the largest resident set."""

    wall_s: float
    processor_s: float
    peak_mb: float


def once(words: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """Run ``posturewatch WORDS`` and count. Only one such run at a time: the peak is read when it has ended."""
    begun_s = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "posturewatch", *words],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _pid, _status, used = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - begun_s
    process.returncode = 0
    return Spent(wall_s, used.ru_utime + used.ru_stime, _peak_mb(used))


def _peak_mb(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def imported(words: Sequence[str], environment: Mapping[str, str], names: Sequence[str]) -> list[str]:
    """Which of these packages ``posturewatch WORDS`` imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "posturewatch", *words],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    return [name for name in names if re.search(rf"\| +{re.escape(name)}$", done.stderr, re.MULTILINE)]
