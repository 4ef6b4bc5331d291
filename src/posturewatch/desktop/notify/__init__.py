"""Notifications with their buttons, on whichever way to the screen works.

Decides not what is said; one send has one fate.
"""

__all__ = ["notifications", "text"]
