"""The model bundles: where they are, and whether they are what they should be, before MediaPipe sees them.

The pair that ships is held against ``manifest.json``: size and SHA-256. A bundle that the user configured
(Google's lite or heavy, say) has no checksum here; it must be a whole zip file with the members of its kind,
stored as MediaPipe reads them.
"""

from __future__ import annotations

import hashlib
import zipfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

from posturewatch.base.errors import ModelError
from posturewatch.base.i18n import _
from posturewatch.base.outside import json_value
from posturewatch.base.source_names import local_path
from posturewatch.base.zip_directory import directory_is_small
from posturewatch.sensor.choices import ModelOptions

Kind = Literal["pose", "face"]

FACE_DETECTOR: Final = "face_detector.tflite"
"""Member of a face bundle that finds faces; used by itself to see whether somebody else is in the picture."""

_MEMBERS: Final[dict[Kind, tuple[str, ...]]] = {
    "pose": ("pose_detector.tflite", "pose_landmarks_detector.tflite"),
    "face": (FACE_DETECTOR, "face_landmarks_detector.tflite"),
}

_MAX_BYTES: Final = 128 * 1024 * 1024
"""A larger file is no bundle of these kinds: Google's heavy pose bundle has 30 MB."""


@dataclass(frozen=True, slots=True)
class Bundles:
    """Paths of two bundles that have been verified."""

    pose: Path
    face: Path

    def face_detector(self) -> bytes:
        """The network of the face bundle that finds faces; raises ModelError."""
        try:
            with zipfile.ZipFile(self.face) as bundle:
                return bundle.read(FACE_DETECTOR)
        except (OSError, KeyError, zipfile.BadZipFile) as err:
            raise _damaged(self.face) from err


def find(models: ModelOptions, folder: Path | None = None) -> Bundles:
    """The two bundles, verified. ``folder`` is where the shipped ones lie. Raises ModelError."""
    shipped = folder if folder is not None else models_folder()
    return Bundles(pose=_bundle("pose", models.pose, shipped), face=_bundle("face", models.face, shipped))


def models_folder() -> Path:
    """The folder of the shipped bundles: inside the installed package, or the tree's own for an editable install."""
    package = Path(str(resources.files("posturewatch")))
    inside = package / "models"
    beside = package.parent.parent / "models"
    return beside if not inside.is_dir() and beside.is_dir() else inside


def _bundle(kind: Kind, configured: str, shipped: Path) -> Path:
    if configured:
        path = local_path(configured)
        _verify_members(kind, path)
        return path
    entry = _manifest_entry(kind, shipped)
    path = shipped / str(entry["name"])
    _verify_checksum(path, int(entry["size"]), str(entry["sha256"]))
    return path


def _manifest_entry(kind: Kind, folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json_value(path.read_text(encoding="utf-8"))
        entry: dict[str, Any] = next(one for one in manifest["bundles"] if one["kind"] == kind)
        complete = [type(entry[key]) for key in ("name", "size", "sha256")] == [str, int, str]
    except FileNotFoundError as err:
        raise ModelError(_("The list of model bundles is missing: {path}").format(path=path), _reinstall()) from err
    except (OSError, ValueError, KeyError, TypeError, StopIteration) as err:
        raise _damaged(path) from err
    if not complete or Path(entry["name"]).name != entry["name"]:
        raise _damaged(path)
    return entry


def _verify_checksum(path: Path, size: int, sha256: str) -> None:
    """Raises ModelError unless the file is there, whole and unchanged."""
    try:
        found = path.stat().st_size
        if found < size:
            raise ModelError(
                _("The model bundle {path} is cut off: {found} of {size} bytes.").format(
                    path=path, found=found, size=size
                ),
                _reinstall(),
            )
        with path.open("rb") as stream:
            same = found == size and hashlib.file_digest(stream, "sha256").hexdigest() == sha256
    except FileNotFoundError as err:
        raise _missing(path, _reinstall()) from err
    except OSError as err:
        raise _unreadable(path, err) from err
    if not same:
        raise _damaged(path)


def _verify_members(kind: Kind, path: Path) -> None:
    """Raises ModelError unless the file is a whole zip with the members of this kind."""
    hint = _(
        "Give the path of a MediaPipe {kind} landmarker bundle (.task) under [models], or leave it empty for the "
        "one that ships."
    ).format(kind=kind)
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelError(_("{path} is too large to be a model bundle.").format(path=path), hint)
        if not directory_is_small(path):
            raise zipfile.BadZipFile
        with zipfile.ZipFile(path) as bundle:
            names = set(bundle.namelist())
            sound = sum(member.file_size for member in bundle.infolist()) <= _MAX_BYTES and bundle.testzip() is None
    except FileNotFoundError as err:
        raise _missing(path, hint) from err
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as err:
        raise ModelError(_("{path} is no model bundle, or is damaged.").format(path=path), hint) from err
    except OSError as err:
        raise _unreadable(path, err) from err
    missing = [name for name in _MEMBERS[kind] if name not in names]
    if missing:
        raise ModelError(
            _("{path} is a bundle of another kind: it has no {members}.").format(path=path, members=", ".join(missing)),
            hint,
        )
    if not sound:
        raise ModelError(_("{path} is no model bundle, or is damaged.").format(path=path), hint)


def _missing(path: Path, hint: str) -> ModelError:
    return ModelError(_("The model bundle {path} is missing.").format(path=path), hint)


def _damaged(path: Path) -> ModelError:
    return ModelError(_("The model bundle {path} is damaged.").format(path=path), _reinstall())


def _unreadable(path: Path, err: OSError) -> ModelError:
    return ModelError(
        _("The model bundle {path} cannot be read: {why}").format(path=path, why=err.strerror or err), _reinstall()
    )


def _reinstall() -> str:
    return _("Install posturewatch again, or rebuild the bundles with models/build.py.")
