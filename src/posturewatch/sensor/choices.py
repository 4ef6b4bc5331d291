"""What the user chose, as the sensor needs it.

The settings' own sections fit these Protocols, and so do the plain records here, which the sensor process builds
from the app's message: pydantic, which checks the settings in the app, would cost this process 16 MB for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class CameraChoice(Protocol):
    """Which camera, and how: the fields of the settings' ``[camera]`` that a source reads."""

    @property
    def source(self) -> str: ...
    @property
    def backend(self) -> str: ...
    @property
    def width_px(self) -> int: ...
    @property
    def height_px(self) -> int: ...
    @property
    def fps(self) -> float: ...
    @property
    def turn(self) -> int: ...


class ModelChoice(Protocol):
    """Paths of other model bundles; empty for those that ship."""

    @property
    def pose(self) -> str: ...
    @property
    def face(self) -> str: ...


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """A :class:`CameraChoice` with the settings' defaults."""

    source: str = "0"
    backend: str = "auto"
    width_px: int = 640
    height_px: int = 480
    fps: float = 5.0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """A :class:`ModelChoice`; empty = the ones that ship."""

    pose: str = ""
    face: str = ""
