"""What the words under ``camera.source`` name: a camera by its number, an address, or a path; and, on Linux, which
files a process has open, a camera's among them.

An address may hold a password, so a source is told by :func:`shown_source` alone, and one whose parts cannot be told
from one another for certain is refused where it is given (:func:`checked_source`). Only that one raises, and
:func:`given_source` for the command line.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, checked_text, cleaned

SOURCE_MAX: Final = 2000
"""Characters of a source."""

_FORGOTTEN_SCHEME: Final = re.compile(
    r"(?i)(https?|rtsp):|[\w.-]+:\d{1,5}(/|$)|//[^/]*@|[\w.-]+(:\d{1,5})?/?[^/]*\?[^/]*="
)
"""How an address begins that was written without its scheme, or with half of it."""
_PATH_STARTS: Final = ("/", "./", "../", "~", ".\\", "\\\\")

_NUMBER: Final = re.compile(r"[0-9]{1,4}")
"""Digits of other scripts, or so many of them, are no camera."""


PICTURE_SUFFIXES: Final = frozenset(
    {".bmp", ".dib", ".jpg", ".jpeg", ".jpe", ".jp2", ".png", ".apng", ".webp", ".avif", ".gif", ".tif", ".tiff"}
    | {".pbm", ".pgm", ".ppm", ".pnm", ".pfm", ".sr", ".ras", ".hdr", ".pic"}
)
"""Names of the still formats that OpenCV reads; some of them may hold several pictures."""


def is_picture(path: Path) -> bool:
    """Whether this is a file in one of the formats of :data:`PICTURE_SUFFIXES`, by its name. Hidden files are none:
    macOS leaves one of no picture, ``._img1.jpg``, beside each that it copies to another system's disk."""
    return path.suffix.lower() in PICTURE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def left_out(source: str) -> tuple[str, ...]:
    """What lies in a folder of images and is none: names of files and folders (these end in /), cleaned and sorted.
    Empty for a source that is no folder."""
    folder = local_path(source)
    try:
        return tuple(
            sorted(
                cleaned(entry.name) + ("/" if entry.is_dir() else "")
                for entry in folder.iterdir()
                if not is_picture(entry)
            )
        )
    except (OSError, ValueError):
        return ()


def camera_number(source: str) -> int | None:
    """The number of the camera; None where the source is none."""
    text = source.strip()
    return int(text) if _NUMBER.fullmatch(text) else None


def checked_source(source: str) -> str:
    """The source itself; raises OutsideError for an address that is none of ours, or from which the password cannot be
    told for certain. What is raised repeats nothing of the source."""
    text = checked_text(source.strip(), SOURCE_MAX)
    if not text:
        raise OutsideError(_kinds())
    if camera_number(text) is not None:
        return text
    if "://" not in text:
        if _FORGOTTEN_SCHEME.match(text) or ("@" in text and not text.startswith(_PATH_STARTS)):
            raise OutsideError(
                _("http:// or https:// in front of an address, or ./ in front of a file whose name looks like one")
            )
        return text
    try:
        parts = urlsplit(text)
        good = (
            parts.scheme.lower() in ("http", "https")
            and bool(parts.hostname)
            and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        good = False
    else:
        if not parts.scheme.lower().startswith("http"):
            raise OutsideError(_kinds())
    rest = text.partition("://")[2]
    host_ends = next((place for place, sign in enumerate(rest) if sign in "/?#"), len(rest))
    if (
        not good
        or rest.count("@", 0, host_ends) > 1
        or "@" in rest[host_ends:]
        or "#" in rest
        or "\\" in rest
        or " " in rest
    ):
        raise OutsideError(
            _(
                "an address such as http://name:password@host/path; in name and password write @ as %40, / as %2F, "
                "# as %23, ? as %3F, : as %3A, % as %25 and a blank as %20"
            )
        )
    return text


def given_source(text: str) -> str:
    """The source that was given on the command line; raises UsageError, which repeats nothing of it."""
    try:
        return checked_source(text)
    except OutsideError as err:
        raise UsageError(_("This source cannot be taken."), _("I need {what}.").format(what=err)) from err


def shown_source(source: str) -> str:
    """What a source may be called where others may read it: its kind, and of an address the host alone."""
    text = source.strip()
    number = camera_number(text)
    if number is not None:
        return _("camera {number}").format(number=number)
    try:
        checked_source(text)
    except OutsideError:
        return _("a source that I cannot read")
    if "://" in text:
        return _("the stream of {host}").format(host=host_of(text))
    return cleaned(text)


def host_of(address: str) -> str:
    """Scheme and host of an address, and nothing else of it; ``?`` where it has none. Written as an address, so that it
    is known for one and taken out of what leaves this computer."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname
    except ValueError:
        return "?"
    if not host:
        return "?"
    return cleaned(f"{parts.scheme or 'http'}://{f'[{host}]' if ':' in host else host}")


def _kinds() -> str:
    return _("a camera number, a device path, a video file, a folder of images or an http:// MJPEG address")


def local_path(source: str) -> Path:
    """The path, ``~`` taken for the user's home; a ``~somebody`` who does not exist is a name like any other."""
    path = Path(source.strip())
    try:
        return path.expanduser()
    except (RuntimeError, ValueError):
        return path


def is_recording(source: str) -> bool:
    """Whether the source is a file or folder, which has an end and media time, and no camera or stream."""
    if camera_number(source) is not None or "://" in source:
        return False
    path = local_path(source)
    return exists(source) and (path.is_dir() or path.is_file())


def exists(source: str) -> bool:
    """Whether the path names anything. A name too long, or one that no file can have, does not."""
    try:
        return local_path(source).exists()
    except (OSError, ValueError):
        return False


def open_paths(process: str) -> Iterator[str]:
    """Paths of the files that a process has open, by its folder under ``/proc``; none where we may not look."""
    try:
        with os.scandir(f"{process}/fd") as handles:
            for handle in handles:
                try:
                    yield os.readlink(handle.path)  # noqa: PTH115  (for each open file of each process, all day)
                except OSError:
                    continue
    except OSError:
        return
