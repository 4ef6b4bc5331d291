"""What the user chose, as the sensor needs it.

Plain records, which the sensor process builds from the app's message: pydantic, which checks the settings in the app,
would cost this process 16 MB for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """Which camera, and how: what a source reads of the settings' ``[camera]``, with their defaults."""

    source: str = "0"
    backend: str = "auto"
    width_px: int = 640
    height_px: int = 480
    fps: float = 5.0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """Paths of other model bundles; empty = the ones that ship."""

    pose: str = ""
    face: str = ""
