"""Recordings: a video file, or a folder of images."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from posturewatch.base.errors import SourceUnreadableError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import is_picture
from posturewatch.sensor.frames import MIN_SIDE_PX
from posturewatch.sensor.native import MAX_PICTURE_POINTS, load_opencv
from posturewatch.sensor.sources.source import ArrayShot

_MAX_FILE_BYTES: Final = 256 * 1024 * 1024
"""A single image with more is not read."""

_SNIFF: Final = 512
_DEFAULT_FPS: Final = 25.0
_MOST_OBLONG: Final = 3.0
"""No recorder writes points longer than these; beyond, what the file says of them is damaged."""
_STILL_GAP_S: Final = 1.0
"""Media time between the images of a folder, which are unrelated stills."""


class VideoFile:
    """A video file, by FFmpeg. ``t_s`` is media time from the file's time stamps, never stepping back. Pictures come as
    a player shows them: turned as the file says, and with its oblong points made square.
    """

    live = False
    stills = False

    def __init__(self, path: Path, *, regular: bool = True) -> None:
        self._path = path
        if regular:
            _refuse_no_video(path)
        cv2 = load_opencv()
        self._video: Any = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
        self._msec, fps = cv2.CAP_PROP_POS_MSEC, self._video.get(cv2.CAP_PROP_FPS)
        self._period_s = 1.0 / fps if math.isfinite(fps) and 0.1 <= fps <= 1000 else 1.0 / _DEFAULT_FPS
        width, height = (self._video.get(key) for key in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        self._frame, self.t_s = -1, -self._period_s
        self._widen = _point_shape(cv2, self._video)
        if not self._video.isOpened():
            if regular and _begins_as_mp4(path):
                raise SourceUnreadableError(
                    _("{path} begins as an MP4 or MOV video, but what is needed to read it is missing.").format(
                        path=path
                    ),
                    _("It may be cut off or damaged: copy or download the whole file again."),
                )
            raise SourceUnreadableError(
                _("{path} is no video that I can read.").format(path=path),
                _("Give a video file such as MP4, AVI, MOV or WebM, or a folder of images."),
            )
        if min(width, height) < MIN_SIDE_PX or width * height > MAX_PICTURE_POINTS:
            self.close()
            raise SourceUnreadableError(
                _("The pictures of {path} are {width} × {height} points.").format(
                    path=path, width=int(width), height=int(height)
                ),
                _("They must have at least {smallest} points a side and 33 million in all.").format(
                    smallest=MIN_SIDE_PX
                ),
            )

    def grab(self) -> bool:
        """Go on by one frame; raises SourceUnreadableError for a video without a single frame."""
        if not self._video.grab():
            if self._frame < 0:
                raise SourceUnreadableError(
                    _("{path} holds no picture that I can read.").format(path=self._path),
                    _("The file may be cut off or damaged, or coded as AV1, say: play it, or save it as H.264."),
                )
            return False
        self._frame += 1
        stamp_s = self._video.get(self._msec) / 1000.0
        expected_s = self.t_s + self._period_s
        self.t_s = stamp_s if math.isfinite(stamp_s) and stamp_s > self.t_s else expected_s
        return True

    def rest(self, wait: Callable[[float], bool]) -> None:
        """Nothing is lost of a recording, and nothing passed over."""

    def shot(self) -> ArrayShot:
        """The frame gone to last; one that cannot be decoded has no points."""
        good, pixels = self._video.retrieve()
        if not good or pixels is None:
            return ArrayShot(self.t_s, self._frame, _NO_POINTS)
        if self._widen != 1.0:
            high, wide = pixels.shape[:2]
            square = (round(wide * max(1.0, self._widen)), round(high * max(1.0, 1.0 / self._widen)))
            pixels = load_opencv().resize(pixels, square)
        return ArrayShot(self.t_s, self._frame, pixels)

    def close(self) -> None:
        """Close the file."""
        self._video.release()


def _begins_as_mp4(path: Path) -> bool:
    """Whether the first box is that of an MP4 or MOV file (ISO 14496-12). Its index often stands last, and a file that
    was cut off has none."""
    try:
        with path.open("rb") as stream:
            return stream.read(8)[4:] == b"ftyp"
    except OSError:
        return False


def _point_shape(cv2: Any, video: Any) -> float:
    """Width of a point over its height, as the picture is shown; 1 where the file says nothing that can be meant."""
    num, den = (video.get(key) for key in (cv2.CAP_PROP_SAR_NUM, cv2.CAP_PROP_SAR_DEN))
    shape = num / den if num > 0 and den > 0 else 1.0
    if not 1 / _MOST_OBLONG <= shape <= _MOST_OBLONG:
        return 1.0
    on_its_side = int(video.get(cv2.CAP_PROP_ORIENTATION_META)) % 180 == 90
    return 1.0 / shape if on_its_side else shape


class ImageFolder:
    """Images in the order of their names, numbers in them by value; one that holds several pictures (an animation, the
    pages of a TIFF) picture by picture, ``a.gif``, ``a.gif#2`` and so on. An image that cannot be decoded is a frame
    without points, so that its row says so. A single animation is a film, on its own times.
    """

    live = False

    def __init__(self, files: tuple[Path, ...]) -> None:
        self._files = files
        self._file, self._page, self._frame = -1, 0, -1
        self._image = _Image(b"")
        self._part = _Part(_NO_POINTS, 0.0)
        self.stills = True
        self.t_s = 0.0

    @classmethod
    def of_folder(cls, folder: Path) -> ImageFolder:
        """The images that lie in the folder itself; raises SourceUnreadableError where there is none."""
        try:
            files = [path for path in folder.iterdir() if is_picture(path)]
        except OSError as err:
            raise SourceUnreadableError(
                _("The folder {path} cannot be read: {why}").format(path=folder, why=err.strerror or err)
            ) from err
        if not files:
            raise SourceUnreadableError(
                _("There is no image in the folder {path}.").format(path=folder),
                _("Put JPEG or PNG files there, or name another folder."),
            )
        return cls(tuple(sorted(files, key=_natural)))

    @classmethod
    def of_files(cls, files: tuple[Path, ...]) -> ImageFolder:
        """These images; raises SourceUnreadableError if a single one cannot be decoded."""
        folder = cls(files)
        if len(files) == 1:
            image = _Image.of_file(files[0])
            if not image.part(0).pixels.size:
                raise SourceUnreadableError(
                    _("{path} is no image that I can read.").format(path=files[0]), _("Give a JPEG or PNG file.")
                )
            folder.stills = not image.part(1).pixels.size
        return folder

    def grab(self) -> bool:
        """Go on by one picture."""
        lasted_s = _STILL_GAP_S if self.stills else max(_LEAST_S, self._part.lasts_s)
        self.t_s = 0.0 if self._frame < 0 else self.t_s + lasted_s
        self._frame, self._page = self._frame + 1, self._page + 1
        self._part = self._image.part(self._page)
        if self._part.pixels.size:
            return True
        self._file, self._page = self._file + 1, 0
        if self._file >= len(self._files):
            return False
        self._image = _Image.of_file(self._files[self._file])
        self._part = self._image.part(0)
        return True

    def rest(self, wait: Callable[[float], bool]) -> None:
        """Nothing is lost of a recording, and nothing passed over."""

    def shot(self) -> ArrayShot:
        """The picture, with its file's name; ``t_s`` counts one second a picture, or as an animation tells it."""
        name = self._files[self._file].name + (f"#{self._page + 1}" if self._page else "")
        return ArrayShot(self.t_s, self._frame, self._part.pixels, name)

    def close(self) -> None:
        """Nothing is open between two images."""


_NO_POINTS: Final = np.empty((0, 0), np.uint8)
_LEAST_S: Final = 0.02
"""A picture of an animation lasts this long at least, whatever its file says."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One picture of an image file, and how long it is shown."""

    pixels: np.ndarray
    lasts_s: float


class _Image:
    """An image file's bytes, of which pictures are decoded as they are asked for."""

    def __init__(self, data: bytes) -> None:
        self._data = np.frombuffer(data, np.uint8)
        self._first, self._film = 0, tuple[_Part, ...]()  # pictures of an animation that are decoded already
        self._animated = data[:3] == b"GIF" or data[1:4] == b"PNG" or data[8:12] in _ANIMATED
        self._paged = data[:4] in (b"II*\0", b"MM\0*")

    @classmethod
    def of_file(cls, path: Path) -> _Image:
        """The file's; empty where it cannot be read or is too large."""
        try:
            return cls(b"" if path.stat().st_size > _MAX_FILE_BYTES else path.read_bytes())
        except OSError:
            return cls(b"")

    def part(self, number: int) -> _Part:
        """The picture of this number, from 0, turned as its EXIF says; without points where there is none."""
        cv2 = load_opencv()
        if not self._data.size:
            return _Part(_NO_POINTS, 0.0)
        try:
            pixels, lasts_s = self._decoded(cv2, number)
        except cv2.error:
            pixels, lasts_s = None, 0.0
        return _Part(pixels if pixels is not None else _NO_POINTS, lasts_s)

    def _decoded(self, cv2: Any, number: int) -> tuple[Any, float]:
        flags = cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH
        if self._animated:
            if not self._first <= number < self._first + len(self._film):
                self._first, self._film = number, _some_of_film(cv2, self._data, number)
            if self._film:
                part = self._film[number - self._first]
                return (part.pixels if number else cv2.imdecode(self._data, flags)), part.lasts_s
        elif self._paged and number:
            good, pages = cv2.imdecodemulti(self._data, flags, None, (number, number + 1))
            return (pages[0] if good and len(pages) else None), 0.0
        return (None if number else cv2.imdecode(self._data, flags)), 0.0


def _some_of_film(cv2: Any, data: np.ndarray, first: int) -> tuple[_Part, ...]:
    """The pictures of an animation from this number on, as many as there is room for; empty where there is none. Each
    call decodes all that come before them: one at a time, a long animation would take hours."""
    good, film = cv2.imdecodeanimation(data, first, 1)
    room = _FILM_POINTS // film.frames[0][..., 0].size if good and len(film.frames) and first else 0
    if room > 1:
        good, film = cv2.imdecodeanimation(data, first, room)
    if not good:
        return ()
    lasting = [int(each) / 1000.0 for each in film.durations] + [0.0] * len(film.frames)
    return tuple(_Part(pixels, lasts_s) for pixels, lasts_s in zip(film.frames, lasting, strict=False))


_FILM_POINTS: Final = 10_000_000
"""So many points of an animation are held decoded: 32 pictures of 640 × 480."""

_ANIMATED: Final = (b"WEBP", b"avis")
"""Marks of WebP and of a sequence of AVIF pictures, from the ninth byte on."""


def _natural(path: Path) -> tuple[tuple[int, str], ...]:
    """Sorting key: ``img2`` comes before ``img10``."""
    parts = re.split(r"(\d+)", path.name.casefold())
    return tuple((int(part), "") if part.isdecimal() and len(part) < 18 else (0, part) for part in parts)


def _refuse_no_video(path: Path) -> None:
    """Raises SourceUnreadableError for a file that is empty, forbidden or plain text.

    FFmpeg would take some texts for playlists, subtitles or animations, and wait or open other files.
    """
    try:
        if path.stat().st_size == 0:
            raise SourceUnreadableError(
                _("{path} is empty.").format(path=path), _("Give a video file or a folder of images.")
            )
        with path.open("rb") as stream:
            head = stream.read(_SNIFF)
    except OSError as err:
        raise SourceUnreadableError(
            _("{path} cannot be read: {why}").format(path=path, why=err.strerror or err)
        ) from err
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as err:
        text = head[: err.start].decode("utf-8") if err.start >= len(head) - 3 else ""
    if text and all(sign.isprintable() or sign.isspace() for sign in text):
        raise SourceUnreadableError(
            _("{path} is a text file, not a video.").format(path=path), _("Give a video file or a folder of images.")
        )
