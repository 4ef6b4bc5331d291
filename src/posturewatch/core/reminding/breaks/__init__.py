"""The break clock: what falls due, what became of it, and its words.

Knows no window and no tray; presence comes in, reminders and events go out.
"""

__all__ = ["clock", "words"]
