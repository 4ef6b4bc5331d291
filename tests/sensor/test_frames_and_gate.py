"""Pictures of odd shape made even, and the gate that decides whether the networks need to run."""

from __future__ import annotations

import numpy as np
import pytest

from camera_server import RENDERS
from posturewatch.sensor import frames
from posturewatch.sensor.frames import OddPictureError, as_bgr, grey_for_gate
from posturewatch.sensor.gate import Gate, Glance
from posturewatch.sensor.native import load_opencv


def person(name: str = "d1_000") -> np.ndarray:
    """A rendered person, decoded."""
    cv2 = load_opencv()
    picture: np.ndarray = cv2.imread(str(RENDERS / f"{name}.jpg"))
    return picture


@pytest.mark.parametrize("shape", [(480, 640), (480, 640, 1), (480, 640, 2), (480, 640, 3), (480, 640, 4)], ids=str)
def test_every_usual_kind_of_picture_becomes_colour(shape: tuple[int, ...]) -> None:
    """Grey, raw 4:2:2, colour and colour with alpha all become three 8-bit colours of the same size."""
    even = as_bgr(np.full(shape, 128, np.uint8))
    assert even.shape == (480, 640, 3)
    assert even.dtype == np.uint8
    assert even.flags["C_CONTIGUOUS"]


def test_deep_and_floating_pictures_keep_their_brightness() -> None:
    """16 bit and 0–1 floats come out at the same grey as 8 bit; what is no number counts as black."""
    assert as_bgr(np.full((64, 64), 0x8000, np.uint16))[0, 0, 0] == 128
    assert as_bgr(np.full((64, 64, 3), 0.5, np.float32))[0, 0, 0] == 127
    assert as_bgr(np.full((64, 64), np.nan, np.float32))[0, 0, 0] == 0


@pytest.mark.parametrize("shape", [(0, 0), (16, 16), (480, 20, 3), (480, 640, 5), (2, 2, 2, 2)], ids=str)
def test_a_picture_that_cannot_be_used_says_why(shape: tuple[int, ...]) -> None:
    """Empty, tiny or of unknown make: refused with words for the user."""
    with pytest.raises(OddPictureError, match="picture"):
        as_bgr(np.zeros(shape, np.uint8))
    with pytest.raises(OddPictureError):
        as_bgr(np.zeros((100, 100), np.complex64))


def test_a_huge_picture_is_refused_before_it_is_copied() -> None:
    """More than 33 million points are refused; the array here takes no memory."""
    huge = np.broadcast_to(np.uint8(0), (8000, 8000, 3))
    with pytest.raises(OddPictureError):
        as_bgr(huge)


def test_sharpness_falls_with_blur() -> None:
    """The variance of the Laplacian of a blurred face is a fraction of the sharp one's."""
    cv2 = load_opencv()
    picture = person()
    box = (280, 150, 380, 300)
    assert frames.sharpness(cv2.GaussianBlur(picture, (0, 0), 3), box) < 0.2 * frames.sharpness(picture, box)


def test_the_gate_sees_an_inch_and_not_the_noise() -> None:
    """Webcam noise is quiet; a person moved by a few points is not; the mean change alone would not tell."""
    cv2 = load_opencv()
    random = np.random.default_rng(1)
    picture = person()
    gate = Gate()

    def glance(pixels: np.ndarray, t_s: float) -> tuple[bool, float | None]:
        grey = grey_for_gate(pixels)
        seen = gate.look(grey, int(t_s * 10), t_s)
        if t_s == 0.0:
            gate.analysed(grey)
        return seen.quiet, seen.change

    def noisy(pixels: np.ndarray) -> np.ndarray:
        noise = random.normal(0, 4, pixels.shape)
        return (pixels + noise).clip(0, 255).astype(np.uint8)

    assert glance(noisy(picture), 0.0) == (False, None)
    assert glance(noisy(picture), 1.0)[0]
    moved = cv2.warpAffine(picture, np.float32([[1.02, 0, -6], [0, 1.02, -4]]), (640, 480), borderMode=1)
    assert not glance(noisy(moved), 2.0)[0]


def test_what_counts_as_calm_follows_the_contrast() -> None:
    """In a picture of a fifth of the contrast the same movement changes a fifth of the grey levels: it is seen all the
    same, while noise is calm in both."""
    cv2 = load_opencv()
    random = np.random.default_rng(1)
    nearer = np.float32([[1.02, 0, -6], [0, 1.02, -4]])
    for share in (1, 5):
        picture = person() // share
        gate = Gate()

        def glance(pixels: np.ndarray, gate: Gate = gate) -> Glance:
            noisy = (pixels + random.normal(0, 2, pixels.shape)).clip(0, 255).astype(np.uint8)
            return gate.look(grey_for_gate(noisy), 0, 0.0)

        gate.analysed(grey_for_gate(picture))
        assert glance(picture).calm
        assert not glance(cv2.warpAffine(picture, nearer, (640, 480), borderMode=1)).calm


def test_black_and_frozen_are_told_apart_from_dim_and_still() -> None:
    """A black picture is black, a dim room is not; stillness counts only while the picture repeats exactly."""
    gate = Gate()
    dim = grey_for_gate(person() // 5)
    assert gate.look(np.zeros((60, 80), np.uint8), 1, 0.0).black
    assert not gate.look(dim, 2, 1.0).black
    assert gate.look(dim, 2, 4.0).still_s == pytest.approx(3.0)
    assert gate.look(dim, 3, 5.0).still_s == 0.0


def test_a_change_of_size_compares_with_nothing() -> None:
    """After a change of resolution there is no change to speak of, and the networks run."""
    gate = Gate()
    gate.analysed(np.zeros((60, 80), np.uint8))
    seen = gate.look(np.zeros((45, 80), np.uint8), 1, 0.0)
    assert seen.change is None
    assert not seen.quiet
