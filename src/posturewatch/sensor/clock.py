"""The sensor process's only reader of time.

On Linux, Windows and macOS the monotonic clock belongs to the whole system, so that capture times taken
here can be compared with the app's own monotonic seconds.
"""

from __future__ import annotations

import time


def monotonic_s() -> float:
    """Seconds that never step back, on the same scale in every process of this computer."""
    return time.monotonic()
