"""From the points of a look to how far the head is forward, with its error and whether to believe it.

Knows no picture, no reminder and no journal; seconds, never frames.
"""

__all__ = [
    "baselines",
    "cadence",
    "calibration",
    "calibration_run",
    "calibrator",
    "clothes",
    "monitor",
    "movement",
    "profile_chooser",
    "shared_unknowns",
    "wardrobe",
]
