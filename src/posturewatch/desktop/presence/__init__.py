"""Locked, idle, asleep, in a call, in full screen: what this session tells, on each platform.

Decides nothing and keeps no name of another program; None means that nobody can tell.
"""

__all__ = ["session"]
