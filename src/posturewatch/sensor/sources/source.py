"""What a source of pictures is: one Protocol for cameras, video files, folders of images and MJPEG streams.

``grab`` takes the next frame off the source and is cheap; ``shot`` hands out the frame grabbed last, which is
decoded only if somebody looks at it. A source never waits on purpose: pacing and draining are ``drain``'s
business. All methods of a source are called from one thread; a shot may be looked at in another.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from posturewatch.sensor.frames import Pixels, as_bgr, grey_for_gate


class Shot(Protocol):
    """One captured frame. ``t_s``: monotonic seconds of capture, for files media time."""

    @property
    def t_s(self) -> float: ...
    @property
    def frame(self) -> int: ...
    @property
    def name(self) -> str | None: ...

    def picture(self) -> Pixels:
        """The picture in colour, blue first; raises OddPictureError."""
        ...

    def glance(self) -> Pixels:
        """The gate's small grey picture, had as cheaply as this source can; raises OddPictureError."""
        ...

    def mark(self) -> int:
        """A checksum of the picture as it came: two shots with the same mark are the same bit for bit."""
        ...


class Source(Protocol):
    """Opened by its constructor, which raises SourceError if that is impossible."""

    @property
    def live(self) -> bool:
        """Whether frames come in their own time and are lost unless they are taken."""
        ...

    @property
    def stills(self) -> bool:
        """Whether the frames are unrelated pictures rather than a film."""
        ...

    @property
    def t_s(self) -> float:
        """Capture time of the frame that was grabbed last."""
        ...

    def grab(self) -> bool:
        """Take the next frame; False at the end of a recording. Raises SourceError when a live source is lost."""
        ...

    def rest(self, wait: Callable[[float], bool]) -> None:
        """Before a grab: ``wait`` for as many seconds as frames may be left where they come in, if any, and pass over
        those that have come meanwhile. ``wait`` says whether it has waited."""
        ...

    def shot(self) -> Shot:
        """The frame that was grabbed last."""
        ...

    def close(self) -> None:
        """Give the camera, file or connection back."""
        ...


@dataclass(frozen=True, slots=True)
class ArrayShot:
    """A frame that is decoded already."""

    t_s: float
    frame: int
    pixels: npt.NDArray[Any]
    name: str | None = None

    def picture(self) -> Pixels:
        """The frame, BGR; raises OddPictureError where it has no points or an odd shape."""
        return as_bgr(self.pixels)

    def glance(self) -> Pixels:
        """Grey and small, from the decoded frame."""
        return grey_for_gate(as_bgr(self.pixels))

    def mark(self) -> int:
        """Checksum of every third row: a live picture's noise is everywhere."""
        return zlib.crc32(self.pixels[::3].tobytes())
