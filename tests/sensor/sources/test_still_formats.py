"""Every still format that OpenCV reads is taken, animations picture by picture, and what is left out is named."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from posturewatch.base.source_names import PICTURE_SUFFIXES, left_out
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.sources.files import ImageFolder
from posturewatch.sensor.sources.open import open_source

FLOATING = {".pfm", ".hdr", ".pic"}
GREYS = (40, 90, 140, 190, 240)


def picture(grey: int) -> Pixels:
    """A picture of one grey."""
    return np.full((96, 128, 3), grey, np.uint8)


def write(path: Path, grey: int) -> Path:
    """The picture in the format that the name says."""
    pixels = picture(grey)
    if path.suffix in FLOATING:
        assert cv2.imwrite(str(path), pixels.astype(np.float32) / 255)
    else:
        assert cv2.imwrite(str(path), pixels[:, :, 0] if path.suffix in {".pbm", ".pgm"} else pixels)
    return path


def seen(folder: ImageFolder) -> list[tuple[str | None, float, int]]:
    """Name, time and grey of each picture."""
    found = []
    while folder.grab():
        shot = folder.shot()
        found.append((shot.name, shot.t_s, round(float(shot.picture().mean()))))
    return found


@pytest.mark.parametrize("suffix", sorted(PICTURE_SUFFIXES - {".pbm"}))
def test_every_format_is_read(tmp_path: Path, suffix: str) -> None:
    """In a folder and by itself, in capitals too."""
    path = write(tmp_path / f"a{suffix}", 90)
    (one,) = seen(ImageFolder.of_folder(tmp_path))
    assert one[0] == path.name
    assert abs(one[2] - 90) <= 6
    path.rename(tmp_path / f"A{suffix.upper()}")
    (one,) = seen(ImageFolder.of_folder(tmp_path))
    assert abs(one[2] - 90) <= 6


def test_black_and_white_is_a_format_too(tmp_path: Path) -> None:
    """A portable bitmap."""
    write(tmp_path / "a.pbm", 255)
    assert [grey for _name, _t_s, grey in seen(ImageFolder.of_folder(tmp_path))] == [255]


@pytest.mark.parametrize("suffix", ["gif", "png", "apng", "webp", "avif"])
def test_an_animation_is_taken_picture_by_picture(tmp_path: Path, suffix: str) -> None:
    """In a folder a second each, by itself on its own times."""
    film = cv2.Animation()
    film.frames = [np.dstack([picture(grey), np.full((96, 128), 255, np.uint8)]) for grey in GREYS]
    film.durations = [200] * len(GREYS)
    path = tmp_path / f"b.{suffix}"
    kind = tmp_path / f"b.{'png' if suffix == 'apng' else suffix}"
    assert cv2.imwriteanimation(str(kind), film)
    kind.rename(path)
    write(tmp_path / "a.png", 10)
    write(tmp_path / "c.jpg", 10)
    found = seen(ImageFolder.of_folder(tmp_path))
    assert [name for name, _t_s, _grey in found] == [
        "a.png", path.name, *(f"{path.name}#{page}" for page in range(2, 6)), "c.jpg",
    ]  # fmt: skip
    assert [t_s for _name, t_s, _grey in found] == [0, 1, 2, 3, 4, 5, 6]
    assert all(abs(grey - wanted) <= 25 for (_n, _t, grey), wanted in zip(found[1:6], GREYS, strict=True))
    alone = open_source(CameraOptions(source=str(path)))
    assert not alone.stills
    assert isinstance(alone, ImageFolder)
    assert [t_s for _name, t_s, _grey in seen(alone)] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8])


def test_a_long_animation_keeps_its_order(tmp_path: Path) -> None:
    """Its pictures are decoded some at a time; none is lost or doubled where one piece ends and the next begins."""
    film = cv2.Animation()
    film.frames = [np.full((480, 640, 4), (grey, grey, grey, 255), np.uint8) for grey in range(100, 170)]
    film.durations = list(range(1010, 1710, 10))
    path = tmp_path / "a.png"
    assert cv2.imwriteanimation(str(path), film)
    found = seen(ImageFolder.of_files((path,)))
    assert [grey for _name, _t_s, grey in found] == list(range(100, 170))
    assert np.diff([t_s for _name, t_s, _grey in found]) == pytest.approx(np.arange(1.01, 1.7, 0.01))


def test_the_pages_of_a_tiff_are_pictures(tmp_path: Path) -> None:
    """One after the other."""
    assert cv2.imwritemulti(str(tmp_path / "a.tiff"), [picture(grey) for grey in GREYS])
    assert [grey for _name, _t_s, grey in seen(ImageFolder.of_folder(tmp_path))] == list(GREYS)


def test_a_damaged_image_is_a_row_without_a_number_and_the_next_is_read(tmp_path: Path) -> None:
    """It is a frame without points, an animation that is cut off ends where it is cut."""
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    (tmp_path / "b.gif").write_bytes(b"GIF89a")
    (tmp_path / "c.avif").write_bytes(b"")
    write(tmp_path / "d.jpg", 90)
    folder = ImageFolder.of_folder(tmp_path)
    sizes = []
    while folder.grab():
        sizes.append(folder.shot().pixels.size > 0)
    assert sizes == [False, False, False, True]


def test_what_is_left_out_of_a_folder_is_named(tmp_path: Path) -> None:
    """Other files and folders; nothing where all was taken, and nothing of a film."""
    write(tmp_path / "a.png", 90)
    assert left_out(str(tmp_path)) == ()
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "b.heic").write_bytes(b"x")
    (tmp_path / "more.png").mkdir()
    assert left_out(str(tmp_path)) == ("b.heic", "more.png/", "notes.txt")
    assert left_out(str(tmp_path / "notes.txt")) == ()
    assert left_out("0") == left_out("http://camera/stream") == ()
