"""The bundles: the pair that ships is whole; whatever is wrong with one is said before MediaPipe sees it."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from posturewatch.base.errors import ModelError
from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions

SHIPPED = bundles.models_folder()


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped bundles that may be damaged."""
    for path in (*SHIPPED.glob("*.task"), SHIPPED / "manifest.json"):
        shutil.copy(path, tmp_path)
    return tmp_path


def cut(folder: Path) -> None:
    path = folder / "face_landmarker.task"
    path.write_bytes(path.read_bytes()[:1000])


def flip(folder: Path) -> None:
    path = folder / "pose_landmarker_full.task"
    data = bytearray(path.read_bytes())
    data[5_000_000] ^= 1
    path.write_bytes(data)


def grow(folder: Path) -> None:
    path = folder / "pose_landmarker_full.task"
    path.write_bytes(path.read_bytes() + b"x")


def remove(folder: Path) -> None:
    (folder / "pose_landmarker_full.task").unlink()


def lose_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def empty_the_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"bundles": [{"kind": "pose"}]}')


def point_outside(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"bundles":[{"kind":"pose","name":"../x","size":1,"sha256":"0"}]}')


def test_the_shipped_pair_is_whole() -> None:
    """Size and checksum of both bundles are those of the manifest, and the face detector can be taken out."""
    pair = bundles.find(ModelOptions())
    assert pair.pose.is_file()
    assert pair.face.is_file()
    assert pair.face_detector()[4:8] == b"TFL3"


@pytest.mark.parametrize(
    "harm", [cut, flip, grow, remove, lose_the_manifest, empty_the_manifest, point_outside], ids=lambda f: f.__name__
)
def test_a_harmed_bundle_is_refused_with_what_to_do(copy: Path, harm: Callable[[Path], None]) -> None:
    """Missing, cut off, altered, or without its list: an error that names the file and says what to do."""
    harm(copy)
    with pytest.raises(ModelError) as refused:
        bundles.find(ModelOptions(), copy)
    assert str(copy) in refused.value.message
    assert refused.value.hint


def test_another_bundle_of_the_same_kind_is_taken(tmp_path: Path) -> None:
    """A configured bundle needs the members of its kind and no checksum."""
    other = tmp_path / "heavy.task"
    shutil.copy(SHIPPED / "pose_landmarker_full.task", other)
    assert bundles.find(ModelOptions(pose=str(other))).pose == other


def test_a_bundle_of_another_kind_is_refused() -> None:
    """A face bundle in the pose bundle's place is named for what it is not."""
    with pytest.raises(ModelError, match="pose_detector"):
        bundles.find(ModelOptions(pose=str(SHIPPED / "face_landmarker.task")))


@pytest.mark.parametrize("content", [b"", b"hello\n" * 100, b"PK\x03\x04" + b"\0" * 500])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, text, or a broken zip: ModelError, nothing else."""
    path = tmp_path / "x.task"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        bundles.find(ModelOptions(face=str(path)))


def test_a_missing_configured_bundle_is_named(tmp_path: Path) -> None:
    """A path with a typo is said as it was written."""
    with pytest.raises(ModelError, match=r"nowhere\.task"):
        bundles.find(ModelOptions(pose=str(tmp_path / "nowhere.task")))


def test_a_zip_that_unpacks_to_gigabytes_is_refused(tmp_path: Path) -> None:
    """A zip bomb with the right names is refused by its announced size."""
    path = tmp_path / "bomb.task"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in ("pose_detector.tflite", "pose_landmarks_detector.tflite"):
            bundle.writestr(name, b"\0" * (70 * 1024 * 1024))
    with pytest.raises(ModelError):
        bundles.find(ModelOptions(pose=str(path)))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    """A configured bundle whose content does not fit its own checksums is refused."""
    path = tmp_path / "bad.task"
    data = bytearray((SHIPPED / "pose_landmarker_full.task").read_bytes())
    data[4_000_000] ^= 0xFF
    path.write_bytes(data)
    with pytest.raises(ModelError):
        bundles.find(ModelOptions(pose=str(path)))
