"""The process with the camera as the loop sees it: asked, it looks."""

from __future__ import annotations

from typing import Protocol

from posturewatch.base.observation import Look, Observation


class Sensor(Protocol):
    """The process with the camera, seen from the app."""

    def look(self, look: Look, deadline_s: float) -> Observation:
        """Answer within ``deadline_s`` seconds or raise SensorError/SourceError. Starts the process if needed."""
        ...

    def watch(self, look: Look, every_s: float, for_s: float) -> None:
        """Look so every ``every_s`` seconds by itself, for ``for_s`` seconds or until the next :meth:`look`, and keep
        the first answer that somebody or nobody was seen: what the gate passes over is none. Never waits."""
        ...

    def noticed(self) -> Observation | None:
        """What :meth:`watch` has found, once; None while there is nothing. Never waits, and tells of no failure: the
        next look does."""
        ...

    def close(self) -> None:
        """End the process and give the camera back. Idempotent."""
        ...

    @property
    def running(self) -> bool:
        """Whether a sensor process is alive (the camera may be open)."""
        ...
