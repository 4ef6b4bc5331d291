"""Calibration: about ten seconds of sitting upright, turned into the reference that everything is measured against.

Medians over the accepted looks make the reference; how far the estimate itself wanders over them makes its
repeatability. Frames a fifth of a second apart are not independent, so the standard error of the mean uses
the autocorrelation that the looks show.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from posturewatch.base.errors import CalibrationError
from posturewatch.base.i18n import _, ngettext
from posturewatch.base.observation import Lack, Observation
from posturewatch.base.quantities import Units, length
from posturewatch.base.records import INCH_CM, Reason
from posturewatch.base.settings import UserSettings
from posturewatch.base.wording import reason_words
from posturewatch.core.posture import body_model, calibrated_view, cues, fit
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.clothes import distance, middle_tone
from posturewatch.core.posture.face_template import FaceMeshes, mesh_template, view_angles
from posturewatch.core.posture.geometry import Floats, similarity
from posturewatch.core.posture.shared_unknowns import SAME_CLOTHES, Habit, SharedUnknowns, unknown
from posturewatch.core.posture.view_prior import view_for

LEAST_FRAMES: Final = 6
"""Fewer usable looks than this do not make a calibration; of ten pictures from the side two or three may fail."""

SPAN_S: Final = 9.0
"""Seconds of sitting still that a live calibration asks for."""

ENOUGH_FRAMES: Final = 20
"""Looks that a live calibration asks for within that time."""

TIE_SPAN_S: Final = 5.0
TIE_FRAMES: Final = 12
"""… and that a tie asks for."""

SWING_IN: Final = 1.5
"""Inches between the tenth and the ninetieth percentile of the looks from which they are more than one posture: sitting
still gives 0.2–0.8 on the renders, a woman who reads 1.3, a head that goes to and fro between upright and forward 2 and
more."""

SLID_IN: Final = 0.8
"""… and between the middles of the first and the second half: somebody who has slumped meanwhile."""

FIRST_S: Final = 1.0
COMPANY_LOOKS: Final = 3
COMPANY_SHARE: Final = 0.5
"""Somebody else sits there throughout, and does not pass by, who is seen in so many looks over this share of the time:
in a wide picture the detector finds a face beside the user's in one look of six. Counted from a second before the first
look that serves."""

OTHER_WEAR: Final = 5.2
"""Distance between the chest's tones at the tenth and the ninetieth percentile of the looks, in spreads of one sitting
(see :mod:`core.posture.clothes`), from which one person was calibrated after another, or clothes were changed between:
sitting still gives up to 3 on renders and clips, two people 5.7–21."""

UNSTEADY_IN: Final = 0.15
"""Repeatability beyond which the user is told that a calmer baseline would be a better one (sitting still:
0.04–0.10)."""

DARK: Final = 25.0
"""Mean grey (0–255) below which the networks' points scatter too much to build on."""

MOVED_SHARE: Final = 0.2
"""Head movement between two looks, as a share of the shoulder width, from which it begins again: 7 cm. From the
side the networks' own scatter reaches half of that."""

FROM_BEHIND_DEG: Final = 115.0
"""Azimuth beyond which no face is in view; a side view is 90°, told to within 15°."""

EDGE: Final = 0.02
"""A shoulder nearer than this share of the picture's width to its side is cut off."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a calibration has come: ``share`` 0–1, what hinders it, and what to say to the user."""

    share: float
    reason: Reason | None = None
    words: str = ""


@dataclass(slots=True)
class Calibrator:
    """Collects looks until they make a calibration. Raises nothing before :meth:`result`.

    ``before``: an earlier calibration of the same person and camera, whose sizes and ways are kept (a *tie*): five
    seconds of sitting upright then do, and only what belongs to the sitting is learnt anew. ``turned``: the setting
    ``camera.turn`` by which the pictures have been turned already, degrees clockwise.
    """

    profile: str
    user: UserSettings
    before: Calibration | None = None
    turned: int = 0
    _good: list[Observation] = field(default_factory=list)
    _bad: Counter[str] = field(default_factory=Counter)
    _turn_deg: float = 0.0
    _company_s: list[float] = field(default_factory=list)  # when somebody else was seen

    def feed(self, observation: Observation) -> Progress:
        """Take in one look. A movement of the whole head begins the collection anew."""
        if observation.lack is Lack.GATED:
            return self._progress(None)
        hindrance = hinders(observation)
        if hindrance is not None:
            self._bad[reason_words(hindrance)] += 1
            if hindrance is Reason.PICTURE_TURNED:
                self._turn_deg = cues.picture_turn_deg(cues.pose_points(observation))
            if hindrance is Reason.SECOND_PERSON:
                self._company_s.append(observation.t_s)
            return self._progress(hindrance)
        if self._good and _moved(self._good[-1], observation):
            self._bad[_("You moved.")] += 1
            self._good = [observation]
            return Progress(0.0, None, _("Sit still for a moment; I begin again."))
        self._good.append(observation)
        return self._progress(None)

    def result(self) -> Calibration:
        """The calibration; raises CalibrationError with the reason and what to do."""
        looks = self._good
        bad = sum(self._bad.values())
        if len(looks) < LEAST_FRAMES or bad > 1.5 * len(looks):
            raise self._refusal(len(looks))
        if self._in_company():
            raise CalibrationError(reason_words(Reason.SECOND_PERSON), _alone_words())
        _refuse_other_wear(looks)
        made = build(self.profile, looks, self.user, self.before)
        if abs(made.azimuth_deg) > FROM_BEHIND_DEG:
            raise CalibrationError(
                _("The camera sees you from behind."), _("Place it so that it sees your face, or at least its side.")
            )
        if made.repeatability_in > 0.6:
            raise CalibrationError(
                _("You moved too much: the baseline would be uncertain by {error}.").format(
                    error=length(made.repeatability_in, self.user.shown_units)
                ),
                _("Sit upright and still for ten seconds, looking at the screen."),
            )
        return made

    def _in_company(self) -> bool:
        """Whether somebody else sat there all the while."""
        seen_s = [t_s for t_s in self._company_s if t_s >= self._good[0].t_s - FIRST_S]
        if len(seen_s) < COMPANY_LOOKS:
            return False
        return seen_s[-1] - seen_s[0] >= COMPANY_SHARE * (self._good[-1].t_s - self._good[0].t_s)

    def _progress(self, reason: Reason | None) -> Progress:
        span = self._good[-1].t_s - self._good[0].t_s if self._good else 0.0
        span_s, frames = (SPAN_S, ENOUGH_FRAMES) if self.before is None else (TIE_SPAN_S, TIE_FRAMES)
        share = min(span / span_s, len(self._good) / frames, 1.0)
        words = _("Sit upright, look at the screen and stay so.") if reason is None else reason_words(reason)
        return Progress(share, reason, words)

    def _refusal(self, good: int) -> CalibrationError:
        frames = good + sum(self._bad.values())
        if not frames:
            return CalibrationError(_("There was no picture to calibrate from."), _("Check the camera or the file."))
        if self._bad[turned := reason_words(Reason.PICTURE_TURNED)] > frames / 2:
            return CalibrationError(
                turned,
                _("Set camera.turn = {degrees} in the settings and try again.").format(
                    degrees=f"{(self.turned + self._turn_deg) % 360:.0f}"
                ),
            )
        again = _alone_words()
        if not self._bad:
            few = ngettext(
                "There is only {frames} picture; a calibration needs {least}.",
                "There are only {frames} pictures; a calibration needs {least}.",
                frames,
            )
            return CalibrationError(few.format(frames=frames, least=LEAST_FRAMES), again)
        ((why, count),) = self._bad.most_common(1)
        words = _("{bad} of {frames} pictures could not be used for calibration, {count} for this reason: {why}")
        return CalibrationError(words.format(bad=frames - good, frames=frames, count=count, why=why), again)


def _alone_words() -> str:
    return _("Sit upright in good light with head and shoulders in the picture, alone, and try again.")


def _refuse_other_wear(looks: list[Observation]) -> None:
    """Raises CalibrationError where the looks are of two people, or of other clothes, one after the other."""
    tones = [look.clothes_tone for look in looks if look.clothes_tone is not None]
    if len(tones) < LEAST_FRAMES:
        return
    low, high = np.quantile(tones, (0.1, 0.9), axis=0).tolist()
    if distance(tuple(low), tuple(high)) > OTHER_WEAR:
        raise CalibrationError(_("That was more than one person, or clothes were changed meanwhile."), _alone_words())


def hinders(observation: Observation) -> Reason | None:
    """Why this look cannot serve a calibration, or ``None``."""
    if observation.burnt:
        return Reason.TOO_BRIGHT
    if observation.lack is not None:
        return {
            Lack.BLACK: Reason.BLACK,
            Lack.FROZEN: Reason.FROZEN,
            Lack.NOBODY: Reason.NOBODY,
            Lack.CAMERA_LOST: Reason.CAMERA_LOST,
        }.get(observation.lack, Reason.NO_FRAME)
    if observation.trunk is None:
        return Reason.SHOULDERS_UNSEEN if observation.face is not None else Reason.NOBODY
    points = cues.pose_points(observation)
    width, height = observation.width_px, observation.height_px
    size = max(float(np.hypot(*(points[11, :2] - points[12, :2]))), _rise(points))
    x, y = points[[0, 2, 5, 11, 12], 0], points[[0, 2, 5], 1]
    crowd = observation.people or ()
    checks = (
        (Reason.PICTURE_TURNED, cues.picture_turn_deg(points) != 0.0),
        (Reason.DIM, observation.brightness is not None and observation.brightness < DARK),
        (Reason.TOO_FAR, size < 0.10 * width),
        (Reason.SECOND_PERSON, any(p.width_px > 0.6 * size for p in crowd)),
        (Reason.OUT_OF_FRAME, x.min() < -EDGE * width or x.max() > (1 + EDGE) * width or y.min() < 0),
        (Reason.SHOULDERS_UNSEEN, points[[11, 12], 1].min() > 1.02 * height),
    )
    return next((reason for reason, hindered in checks if hindered), None)


def _rise(points: Floats) -> float:
    """How far the ears are above the shoulders, px."""
    return float(points[11:13, 1].mean() - points[[7, 8], 1].mean())


def _moved(before: Observation, now: Observation) -> bool:
    if (before.width_px, before.height_px) != (now.width_px, now.height_px):
        return True
    a, b = cues.pose_points(before), cues.pose_points(now)
    size = max(float(np.hypot(*(a[11, :2] - a[12, :2]))), _rise(a), 1.0)
    # Ears, eyes and nose together: a single point may jump without anybody moving.
    return bool(np.median(np.hypot(*(a[:9, :2] - b[:9, :2]).T)) > MOVED_SHARE * size)


def build(profile: str, looks: list[Observation], user: UserSettings, before: Calibration | None = None) -> Calibration:
    """A calibration from usable looks; raises CalibrationError where they do not fit together. ``before``: an earlier
    one of the same person and camera, of which lens, sizes and the person's ways are kept."""
    poses = np.array([cues.pose_points(o) for o in looks])
    meshes = np.array([cues.mesh_points(o) for o in looks])
    seen = FaceMeshes.of(meshes)
    pose = np.median(poses, axis=0)
    world = np.median([o.trunk.world for o in looks if o.trunk is not None and o.trunk.world], axis=0)
    azimuth, pitch = view_angles(seen, world)
    eyes = seen.eyes_px if seen is not None else pose[[2, 5], :2].mean(axis=0)
    sizes = calibrated_view.Sizes(
        None if user.ipd_mm is None else user.ipd_mm / 10.0, user.screen_distance_cm, user.stature_cm
    )
    template, face_px = (None, None) if seen is None else mesh_template(seen.meshes)
    ref = calibrated_view.build(
        (looks[0].width_px, looks[0].height_px),
        pose[list(body_model.POSE_INDEX), :2],
        eyes,
        (azimuth, pitch),
        sizes,
        face_px=face_px,
        template=template,
        pupils_px=None if seen is None else seen.pupils_px,
        scale=None if before is None else _kept_scale(before.reference, looks[0], template),
    )
    bright = [o.brightness for o in looks if o.brightness is not None]
    sharp = [o.sharpness for o in looks if o.sharpness is not None]
    tones = [o.clothes_tone for o in looks if o.clothes_tone is not None]
    made = Calibration(
        profile,
        len(looks),
        0.0,
        ref,
        float(np.degrees(azimuth)),
        float(np.degrees(pitch)),
        float(np.hypot(*(pose[11, :2] - pose[12, :2]))),
        (float(eyes[0]), float(eyes[1])),
        None if seen is None else seen.pupils_px,
        float(np.median(bright)) if bright else None,
        float(np.median(sharp)) if sharp else None,
        begun(ref) if before is None else before.shared.sitting(SAME_CLOTHES, Habit()),
        middle_tone(tones) if tones else None,
        ties=before is not None,
    )
    return _worn_in(made, looks, user.shown_units)


def begun(ref: calibrated_view.CalibratedView) -> SharedUnknowns:
    """What is known of the shared unknowns before a first look: the distance as well as the picture told it."""
    return unknown(SAME_CLOTHES, log_focal=ref.spread_scale)


def _kept_scale(
    then: calibrated_view.CalibratedView, look: Observation, template: Floats | None
) -> tuple[float, float, float] | None:
    """Lens, distance and its error from an earlier reference, by how much the face has grown since; ``None`` where the
    two pictures cannot be compared."""
    if (then.width_px, then.height_px) != (look.width_px, look.height_px) or template is None or then.template is None:
        return None
    grown, _turn = similarity(then.template, template)
    return then.focal_px, float(then.eyes[2]) / grown, then.spread_scale


UPRIGHT: Final = fit.KnownPosture(0.0, 0.12)
"""What is known while calibrating: the posture is the baseline itself, but for its natural jitter (0.10 in on the
renders)."""

JITTER_SHARE: Final = 0.3
"""By how much a look of the baseline counts for what looks share: seconds of one posture hardly tell of others."""


def _worn_in(made: Calibration, looks: list[Observation], units: Units) -> Calibration:
    """With the anchor picture tied to the baseline, and the baseline's repeatability."""
    view = view_for(made.reference, made.azimuth_deg)
    shared = made.shared
    for look in looks:
        if look.texture is not None and look.texture.anchor_id != shared.anchor_id:
            shared = shared.anchored(look.texture.anchor_id, view.spread)
        found = fit.solve(
            made.reference, cues.read(look, made.reference.template, shared.anchor_id), shared, view, known=UPRIGHT
        )
        shared = shared.learnt(found.shared, JITTER_SHARE)
    values = [
        fit.solve(made.reference, cues.read(o, made.reference.template, shared.anchor_id), shared, view).unknowns
        for o in looks
    ]
    forward_in = np.array(values)[:, body_model.FORWARD] / INCH_CM
    _refuse_swing(forward_in, units)
    return replace(made, shared=shared, repeatability_in=_repeatability_in(forward_in))


def _refuse_swing(forward_in: Floats, units: Units) -> None:
    """Raises CalibrationError where the looks (n,) show more than one posture."""
    low, high = np.quantile(forward_in, (0.1, 0.9))
    first, second = np.array_split(forward_in, 2)
    if high - low <= SWING_IN and abs(float(np.median(second) - np.median(first))) <= SLID_IN:
        return
    raise CalibrationError(
        _("That was more than one posture: your head moved forward and back by {distance}.").format(
            distance=length(float(high - low), units)
        ),
        _("Sit upright and keep so, looking at the screen, until it is done."),
    )


def _repeatability_in(values: Floats) -> float:
    """Standard error of the baseline, inches: spread of the estimates (n,) over the looks, autocorrelation counted in.

    With lag-one correlation r, n looks are worth n(1 − r)/(1 + r) independent ones (Bayley & Hammersley 1946).
    Baselines minutes apart differ by more than this says; ``core.posture.baselines`` pools them.
    """
    spread = 1.4826 * float(np.median(np.abs(values - np.median(values))))
    around = values - values.mean()
    power = float((around**2).sum())
    r = float((around[1:] * around[:-1]).sum()) / power if power > 1e-9 else 0.0
    r = min(max(r, 0.0), 0.9)
    worth = max(2.0, len(values) * (1 - r) / (1 + r))
    return float(np.hypot(max(spread, 0.02) / np.sqrt(worth), 0.03))
