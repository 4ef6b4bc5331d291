"""Where pictures come from: one Protocol for cameras, video files, folders of images and MJPEG streams.

``grab`` takes the next frame off the source and is cheap; ``shot`` hands out the frame grabbed last, which is
decoded only if somebody looks at it. A source never waits on purpose: pacing and draining are ``feed``'s
business. All methods of a source are called from one thread; a shot may be looked at in another.
"""

from __future__ import annotations

import stat
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import numpy.typing as npt

from posturewatch.errors import CameraMissingError, SourceError, SourceUnreadableError
from posturewatch.i18n import _
from posturewatch.sensor.choices import CameraChoice
from posturewatch.sensor.frames import Pixels, as_bgr, grey_for_gate
from posturewatch.source_names import camera_number, local_path

PICTURE_SUFFIXES: Final = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})


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


def open_source(camera: CameraChoice) -> Source:
    """Open what ``camera.source`` names; raises SourceError or one of its kinds."""
    text = camera.source.strip()
    number = camera_number(text)
    if number is not None:
        from posturewatch.sensor.source_camera import Camera

        return Camera(number, camera)
    scheme = urlsplit(text).scheme.lower() if "://" in text else ""
    if scheme in ("http", "https"):
        from posturewatch.sensor.source_http import MjpegStream

        return MjpegStream(text)
    if scheme:
        raise SourceError(
            _("I cannot watch {scheme}:// addresses.").format(scheme=scheme[:20]),
            _("Give a camera number, a device path, a video file, a folder of images or an http:// MJPEG address."),
        )
    return _open_path(local_path(text), camera)


def _open_path(path: Path, camera: CameraChoice) -> Source:
    from posturewatch.sensor.source_camera import Camera
    from posturewatch.sensor.source_files import ImageFolder, VideoFile

    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as err:
        if path.parent == Path("/dev"):
            raise CameraMissingError(
                _("There is no camera at {path}.").format(path=path), _("Plug it in, or choose another camera.")
            ) from err
        raise SourceError(
            _("There is no file or folder {path}.").format(path=path), _("Check the spelling of the source.")
        ) from err
    except (OSError, ValueError) as err:
        raise SourceUnreadableError(_("{path} cannot be opened.").format(path=path), str(err)) from err
    if stat.S_ISDIR(mode):
        return ImageFolder.of_folder(path)
    if stat.S_ISCHR(mode):
        return Camera(str(path), camera)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return ImageFolder.of_files((path,))
    return VideoFile(path, regular=stat.S_ISREG(mode))
