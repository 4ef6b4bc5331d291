"""A recording, looked at frame by frame in order, on media time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from typing import Final

from posturewatch.base.observation import WHOLE_LOOK, Look, Observation
from posturewatch.sensor.bundles import Bundles
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.look import Looker, texture_memory
from posturewatch.sensor.sources.open import open_source

_HALF_FRAME_S: Final = 0.005
"""Media times are rounded in the file; a frame that is due up to this much later is due now."""


class RecordingReader:
    """Looks at recordings, one after the other, with one memory for the clothes (so that a calibration's
    anchors serve the recording that follows). Networks are built for stills or for films as they are needed."""

    def __init__(self, bundles: Bundles, turn: int = 0) -> None:
        """``turn``: degrees clockwise by which the pictures are turned to stand upright."""
        self._bundles = bundles
        self._turn = turn
        self._texture = texture_memory()
        self._lookers: dict[bool, Looker] = {}

    def observe(
        self,
        source: str,
        *,
        stills: bool | None = None,
        every_s: float | None = None,
        look: Look = WHOLE_LOOK,
    ) -> Iterator[Observation]:
        """The observations of ``source`` (a video file, or a folder of images; see ``sources``).

        ``stills``: unrelated pictures, or a film; None = as the source is. ``every_s`` skips frames: one
        look in so many seconds of media time. ``look.new_anchor`` holds for the first look only.
        Raises SourceError and ModelError.
        """
        with closing(open_source(CameraOptions(source=source, turn=self._turn))) as recording:
            looker = self._looker(recording.stills if stills is None else stills)
            due_s = -math.inf
            while recording.grab():
                if every_s is not None:
                    if recording.t_s < due_s - _HALF_FRAME_S:
                        continue
                    due_s = recording.t_s + every_s
                yield looker.look(recording.shot(), look)
                look = replace(look, new_anchor=False)

    def _looker(self, stills: bool) -> Looker:
        """The looker for films or for stills, both with the same memory for the clothes."""
        if stills not in self._lookers:
            self._lookers[stills] = Looker(Landmarks(self._bundles, stills=stills), live=False, texture=self._texture)
        looker = self._lookers[stills]
        looker.forget()
        return looker
