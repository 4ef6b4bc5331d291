"""Opens the source that the settings name."""

from __future__ import annotations

import stat
from pathlib import Path
from urllib.parse import urlsplit

from posturewatch.base.errors import CameraMissingError, SourceError, SourceUnreadableError
from posturewatch.base.i18n import _
from posturewatch.base.outside import cleaned
from posturewatch.base.source_names import PICTURE_SUFFIXES, camera_number, local_path
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.sources.source import Source
from posturewatch.sensor.sources.turned import TurnedSource


def open_source(camera: CameraOptions) -> Source:
    """Open what ``camera.source`` names, its pictures turned upright; raises SourceError or one of its kinds."""
    source = _open(camera)
    return TurnedSource(source, camera.turn) if camera.turn else source


def _open(camera: CameraOptions) -> Source:
    text = camera.source.strip()
    if not text:  # as a path it would be the folder that the program happens to run in
        raise SourceError(_("No source is named."), _kinds())
    number = camera_number(text)
    if number is not None:
        from posturewatch.sensor.sources.camera import CameraSource

        return CameraSource(number, camera)
    scheme = urlsplit(text).scheme.lower() if "://" in text else ""
    if scheme in ("http", "https"):
        from posturewatch.sensor.sources.http import MjpegStream

        return MjpegStream(text)
    if scheme:
        raise SourceError(
            _("I cannot watch {scheme}:// addresses.").format(scheme=cleaned(scheme)[:20]),
            _kinds(),
        )
    return _open_path(local_path(text), camera)


def _kinds() -> str:
    return _("Give a camera number, a device path, a video file, a folder of images or an http:// MJPEG address.")


def _open_path(path: Path, camera: CameraOptions) -> Source:
    from posturewatch.sensor.sources.camera import CameraSource
    from posturewatch.sensor.sources.files import ImageFolder, VideoFile

    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as err:
        if path.is_relative_to("/dev"):  # /dev/v4l/by-id/… too
            raise CameraMissingError(
                _("There is no camera at {path}.").format(path=path), _("Plug it in, or choose another camera.")
            ) from err
        raise SourceError(
            _("There is no file or folder {path}.").format(path=path), _("Check the spelling of the source.")
        ) from err
    except (OSError, ValueError) as err:
        why = getattr(err, "strerror", None) or str(err)
        raise SourceUnreadableError(_("{path} cannot be opened.").format(path=path), why) from err
    if stat.S_ISDIR(mode):
        return ImageFolder.of_folder(path)
    if stat.S_ISCHR(mode):
        return CameraSource(str(path), camera)
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return ImageFolder.of_files((path,))
    return VideoFile(path, regular=stat.S_ISREG(mode))
