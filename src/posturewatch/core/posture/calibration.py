"""What is kept of one calibration, as text and back, and by how much two of them differ."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.linalg import LinAlgError

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import json_value
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
        """Read it back; raises DataError for a text that is not a calibration of a known format, or whose numbers no
        camera and nobody can have: it may have come with an import, or been edited by hand."""
        try:
            body_ = json_value(text)
            if body_["format"] not in (1, FORMAT):
                raise ValueError("format")
            ref = body_["reference"]
            tone = body_.get("clothes_tone")
            return cls(
                profile=str(body_["profile"]),
                frames=int(_within(body_["frames"], 1, 1e6)),
                repeatability_in=_within(body_["repeatability_in"], 0.0, 30.0),
                reference=calibrated_view.CalibratedView(
                    int(_within(ref["width_px"], 1, 1e5)),
                    int(_within(ref["height_px"], 1, 1e5)),
                    _within(ref["focal_px"], 1, 1e6),
                    _rotation(ref["to_camera"]),
                    _array(ref["eyes"], (3,)),
                    _array(ref["attached"], (7, 3)),
                    _array(ref["face"], (3,)),
                    None if ref["template"] is None else _array(ref["template"], (len(cues.RIGID), 3)),
                    _within(ref["spread_scale"], 1e-6, 10.0),
                ),
                azimuth_deg=_within(body_["azimuth_deg"], -180.0, 180.0),
                pitch_deg=_within(body_["pitch_deg"], -90.0, 90.0),
                shoulder_px=_within(body_["shoulder_px"], 0.0, 1e5),
                eyes_px=(_within(body_["eyes_px"][0], -1e6, 1e6), _within(body_["eyes_px"][1], -1e6, 1e6)),
                pupils_px=None if body_["pupils_px"] is None else _within(body_["pupils_px"], 0.1, 1e5),
                brightness=None if body_["brightness"] is None else _within(body_["brightness"], 0.0, 255.0),
                sharpness=None if body_["sharpness"] is None else _within(body_["sharpness"], 0.0, 1e9),
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


def _within(value: Any, low: float, high: float) -> float:
    number = _finite(value)
    if not low <= number <= high:
        raise ValueError("beyond what can be")
    return number


def _rotation(value: Any) -> Floats:
    """A rotation of three axes, but for its rounding."""
    turn = _array(value, (3, 3))
    if np.abs(turn @ turn.T - np.eye(3)).max() > 1e-3 or np.linalg.det(turn) < 0.0:
        raise ValueError("no rotation")
    return turn


def _array(value: Any, shape: tuple[int, ...]) -> Floats:
    array = np.array(value, dtype=np.float64)
    if array.shape != shape or not np.isfinite(array).all():
        raise ValueError("shape")
    return array
