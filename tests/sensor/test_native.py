"""What MediaPipe is given to read a network from."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.native import MediaPipe, as_mediapipe_takes_it

FACE = bundles.find(ModelOptions()).face


@pytest.fixture
def umlaut(tmp_path: Path) -> Path:
    """A face bundle in the home of somebody called Jürgen."""
    folder = tmp_path / "Jürgen 日本"
    folder.mkdir()
    return Path(shutil.copy(FACE, folder))


def test_windows_reads_a_bundle_under_any_name(umlaut: Path) -> None:
    """A path that MediaPipe could not open there becomes content; elsewhere, and where it is plain, it stays a path."""
    assert as_mediapipe_takes_it(umlaut, "win32") == FACE.read_bytes()
    assert as_mediapipe_takes_it(umlaut, "linux") == str(umlaut)
    plain = Path("C:/models/face.task")
    assert as_mediapipe_takes_it(plain, "win32") == str(plain)
    assert as_mediapipe_takes_it(b"bytes", "win32") == b"bytes"


def test_a_bundle_that_has_gone_is_an_error_of_the_file(tmp_path: Path) -> None:
    """Content that cannot be read is said as such, not by MediaPipe."""
    with pytest.raises(FileNotFoundError):
        as_mediapipe_takes_it(tmp_path / "ü.task", "win32")


def test_the_networks_find_the_same_face_by_content_as_by_path() -> None:
    """MediaPipe builds the landmarker from a bundle's bytes, and it answers alike."""
    parts = MediaPipe()
    picture = np.full((240, 320, 3), 128, np.uint8)
    image = parts.image.Image(parts.image.ImageFormat.SRGB, picture)
    answers = []
    for model in (FACE, FACE.read_bytes()):
        options = parts.face.FaceLandmarkerOptions(base_options=parts.options(model), running_mode=parts.mode.IMAGE)
        with parts.face.FaceLandmarker.create_from_options(options) as network:
            answers.append(network.detect(image).face_landmarks)
    assert answers[0] == answers[1] == []


def test_the_networks_are_built_under_any_name(umlaut: Path) -> None:
    """Bundles in a folder with signs beyond ASCII work on this platform."""
    pose = Path(shutil.copy(bundles.find(ModelOptions()).pose, umlaut.parent))
    Landmarks(bundles.find(ModelOptions(pose=str(pose), face=str(umlaut))), stills=True).warm()
