"""The running app's turns: look, judge, remind, write down.

Knows interfaces only (``ports``), builds nothing, and reads time from the clock it was given.
"""

__all__ = ["camera", "loop", "ports"]
