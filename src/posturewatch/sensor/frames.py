"""Pictures of odd shape made even, and the little grey picture of the gate. Pure numpy and OpenCV."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from posturewatch.base.i18n import _
from posturewatch.sensor.native import MAX_PICTURE_POINTS, load_opencv

Pixels = npt.NDArray[np.uint8]
"""Height × width × 3, blue first, 8 bit; or height × width for grey."""

MIN_SIDE_PX: Final = 64
"""A smaller picture shows no face that the networks could find."""

GATE_WIDTH_PX: Final = 80
"""Width of the gate's grey picture: 8 × 8 points of a 640 picture each, so that camera noise averages out."""


class OddPictureError(Exception):
    """This picture cannot be used; the text says why, in words for the user."""


def as_bgr(pixels: npt.NDArray[Any]) -> Pixels:
    """The picture as three 8-bit colours, blue first.

    Takes grey, blue-green-red, the same with alpha, 4:2:2 (two channels, as raw cameras give it), 16 bit and
    floating point 0–1. Raises OddPictureError for anything else, for less than 64 and for more than 33 million
    points.
    """
    if pixels.ndim not in (2, 3) or not pixels.size:
        raise OddPictureError(_("the picture has no width and height"))
    height, width = pixels.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        raise OddPictureError(_("the picture has only {width} × {height} points").format(width=width, height=height))
    if height * width > MAX_PICTURE_POINTS:
        raise OddPictureError(_("the picture is too large ({width} × {height})").format(width=width, height=height))
    return _three_channels(_eight_bit(pixels))


def grey_for_gate(pixels: Pixels) -> Pixels:
    """The small grey picture that the gate looks at, 80 points wide, from a picture in grey or colour."""
    cv2 = load_opencv()
    height, width = pixels.shape[:2]
    size = (GATE_WIDTH_PX, max(1, round(GATE_WIDTH_PX * height / width)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
    grey: Pixels = small
    return grey


def sharpness(pixels: Pixels, box: tuple[int, int, int, int] | None) -> float:
    """Variance of the Laplacian of the grey picture, or of the part ``(left, top, right, bottom)`` of it."""
    cv2 = load_opencv()
    if box is not None:
        left, top, right, bottom = box
        part = pixels[max(0, top) : bottom, max(0, left) : right]
        if min(part.shape[:2]) >= 8:
            pixels = part
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return float(cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S, ksize=1))[1][0, 0]) ** 2


def _eight_bit(pixels: npt.NDArray[Any]) -> Pixels:
    if pixels.dtype == np.uint8:
        return pixels
    if pixels.dtype == np.uint16:
        high: Pixels = (pixels >> 8).astype(np.uint8)
        return high
    if pixels.dtype.kind == "f":
        spread: Pixels = (np.nan_to_num(pixels).clip(0.0, 1.0) * 255).astype(np.uint8)
        return spread
    raise OddPictureError(_("the picture has points of a kind that I do not know"))


def _three_channels(pixels: Pixels) -> Pixels:
    cv2 = load_opencv()
    channels = 1 if pixels.ndim == 2 else pixels.shape[2]
    even: Pixels
    match channels:
        case 1:
            even = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_GRAY2BGR)
        case 2:
            even = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_YUV2BGR_YUY2)
        case 3:
            even = np.ascontiguousarray(pixels)
        case 4:
            even = np.ascontiguousarray(pixels[:, :, :3])
        case _:
            raise OddPictureError(_("the picture has {channels} colours").format(channels=channels))
    return even
