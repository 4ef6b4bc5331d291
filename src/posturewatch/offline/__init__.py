"""Recordings through the same parts as live pictures, on media time.

Opens no camera and waits for nothing.
"""

__all__ = ["demo", "measure", "replay", "script"]
