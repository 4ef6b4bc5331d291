"""The movement check: what it asks for, the head's angles against the trunk, and what becomes of them.

Knows no window; whoever has the camera feeds it.
"""

__all__ = ["run", "steps"]
