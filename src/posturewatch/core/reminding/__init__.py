"""When to nudge, when a break is due, when to be quiet, and what counts as sitting.

Knows no landmark and no notification service; a reminder is returned, never shown.
"""

__all__ = ["breaks", "exercises", "passage", "posture_nudges", "quiet", "sitting", "tie_asking"]
