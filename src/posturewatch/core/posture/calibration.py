"""What is kept of one calibration, as text and back, and by how much two of them differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.linalg import LinAlgError

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.records import INCH_CM
from posturewatch.core.posture import body_model, calibrated_view, clothes, cues, fit
from posturewatch.core.posture.clothes import Tone
from posturewatch.core.posture.geometry import Floats
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, SAME_CLOTHES, Habit, SharedUnknowns, unknown
from posturewatch.core.posture.view_prior import view_for

FORMAT: Final = 2
"""Format 1 had no shared unknowns: read as a calibration that says nothing of them, in unknown clothes."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What is kept of one calibration. Pixels are of the picture size given; nothing in it shows a person.

    ``repeatability_in``: standard error of the baseline itself, inches. ``view``: frontal, oblique or lateral,
    by ``azimuth_deg`` (+ the person faces to the right of the picture). ``ties``: whether it ties an earlier one of the
    same person and camera to another sitting.
    """

    profile: str
    frames: int
    repeatability_in: float
    reference: calibrated_view.CalibratedView
    azimuth_deg: float
    pitch_deg: float
    shoulder_px: float
    eyes_px: tuple[float, float]
    pupils_px: float | None
    brightness: float | None
    sharpness: float | None
    shared: SharedUnknowns
    clothes_tone: Tone | None = None
    ties: bool = False

    @property
    def width_px(self) -> int:
        return self.reference.width_px

    @property
    def height_px(self) -> int:
        return self.reference.height_px

    @property
    def has_face(self) -> bool:
        """Whether the face network sees this person from this camera."""
        return self.reference.template is not None

    @property
    def view(self) -> str:
        """frontal up to 28°, oblique up to 65°, lateral beyond."""
        away = abs(self.azimuth_deg)
        return "frontal" if away < 28 else "oblique" if away < 65 else "lateral"

    def to_json(self) -> str:
        """The calibration as JSON text."""
        ref = self.reference
        return json.dumps(
            {
                "format": FORMAT,
                "profile": self.profile,
                "frames": self.frames,
                "repeatability_in": round(self.repeatability_in, 4),
                "azimuth_deg": round(self.azimuth_deg, 3),
                "pitch_deg": round(self.pitch_deg, 3),
                "shoulder_px": round(self.shoulder_px, 2),
                "eyes_px": [round(v, 2) for v in self.eyes_px],
                "pupils_px": None if self.pupils_px is None else round(self.pupils_px, 3),
                "brightness": self.brightness,
                "sharpness": self.sharpness,
                "shared": self.shared.to_json(),
                "clothes_tone": self.clothes_tone,
                "ties": self.ties,
                "reference": {
                    "width_px": ref.width_px,
                    "height_px": ref.height_px,
                    "focal_px": ref.focal_px,
                    "to_camera": ref.to_camera.tolist(),
                    "eyes": ref.eyes.tolist(),
                    "attached": ref.attached.tolist(),
                    "face": ref.face.tolist(),
                    "template": None if ref.template is None else np.round(ref.template, 3).tolist(),
                    "spread_scale": ref.spread_scale,
                },
            },
            separators=(",", ":"),
        )

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read it back; raises DataError for a text that is not a calibration of a known format."""
        try:
            body_ = json.loads(text)
            if body_["format"] not in (1, FORMAT):
                raise ValueError("format")
            ref = body_["reference"]
            tone = body_.get("clothes_tone")
            return cls(
                profile=str(body_["profile"]),
                frames=int(body_["frames"]),
                repeatability_in=_finite(body_["repeatability_in"]),
                reference=calibrated_view.CalibratedView(
                    int(_positive(ref["width_px"])),
                    int(_positive(ref["height_px"])),
                    _positive(ref["focal_px"]),
                    _array(ref["to_camera"], (3, 3)),
                    _array(ref["eyes"], (3,)),
                    _array(ref["attached"], (7, 3)),
                    _array(ref["face"], (3,)),
                    None if ref["template"] is None else _array(ref["template"], (len(cues.RIGID), 3)),
                    _finite(ref["spread_scale"]),
                ),
                azimuth_deg=_finite(body_["azimuth_deg"]),
                pitch_deg=_finite(body_["pitch_deg"]),
                shoulder_px=_finite(body_["shoulder_px"]),
                eyes_px=(_finite(body_["eyes_px"][0]), _finite(body_["eyes_px"][1])),
                pupils_px=None if body_["pupils_px"] is None else _finite(body_["pupils_px"]),
                brightness=None if body_["brightness"] is None else _finite(body_["brightness"]),
                sharpness=None if body_["sharpness"] is None else _finite(body_["sharpness"]),
                shared=unknown(OTHER_CLOTHES) if body_["format"] == 1 else SharedUnknowns.from_json(body_["shared"]),
                clothes_tone=None if tone is None else (_finite(tone[0]), _finite(tone[1]), _finite(tone[2])),
                ties=body_.get("ties") is True,
            )
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, LinAlgError) as err:
            raise DataError(
                _("A stored calibration cannot be read."), _("Calibrate again: posturewatch calibrate")
            ) from err


def shift_in(newer: Calibration, older: Calibration) -> float | None:
    """How far forward the older baseline's posture lies when measured against the newer one, inches: what sitting
    upright twice differs by. ``None`` where the camera was somewhere else or other clothes were worn, so that the two
    cannot be compared."""
    ref, then = newer.reference, older.reference
    if (ref.width_px, ref.height_px) != (then.width_px, then.height_px) or newer.has_face != older.has_face:
        return None
    if abs(newer.azimuth_deg - older.azimuth_deg) > 12.0 or abs(newer.pitch_deg - older.pitch_deg) > 12.0:
        return None
    worn = newer.clothes_tone, older.clothes_tone
    if worn[0] is not None and worn[1] is not None and clothes.distance(worn[0], worn[1]) > clothes.OTHER:
        return None
    view = view_for(ref, newer.azimuth_deg)
    # Both were meant to be upright: a shift is expected to neither side.
    upright = newer.shared.sitting(SAME_CLOTHES, Habit(0.0), view.spread)
    found = fit.solve(ref, cues.of_reference(then, ref.template), upright, view)
    return float(found.unknowns[body_model.FORWARD]) / INCH_CM


def _finite(value: Any) -> float:
    number = float(value)
    if not np.isfinite(number):
        raise ValueError("not finite")
    return number


def _positive(value: Any) -> float:
    number = _finite(value)
    if number < 1.0:
        raise ValueError("not positive")
    return number


def _array(value: Any, shape: tuple[int, ...]) -> Floats:
    array = np.array(value, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("shape")
    return array
