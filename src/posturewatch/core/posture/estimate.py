"""One look to one estimate, and what each look teaches of the sitting.

Looks that may be believed make the shared unknowns better known (:meth:`Estimator.learn`); all are measured against
what is known by then. A sitting ends where other clothes are seen: then what belonged to the clothes is forgotten, and
the error says so until it is known again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from posturewatch.base.observation import Observation, Texture, Trunk
from posturewatch.base.records import INCH_CM, Estimate
from posturewatch.core.posture import body_model, clothes, cues, fit
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.clothes import ClothesWatch, Tone
from posturewatch.core.posture.geometry import Floats, rotation_vector
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, PERSONAL, SAME_CLOTHES, Habit, SharedUnknowns
from posturewatch.core.posture.supposed_body import SupposedBody
from posturewatch.core.posture.view_prior import ViewPrior, view_for

TRUNK_MOVES_IN_S: Final = 0.12
"""Inches that a borrowed trunk adds to the standard error for each second of its age: people sway and lean."""

TRUNK_LASTS_S: Final = 10.0
"""A look at the face alone borrows the trunk of the last whole look for at most so long."""

ANCHOR_LOOKS: Final = 6
"""Looks during which a new anchor may still gain pictures; the sensor keeps four that agree."""

UNRECOGNISED_LOOKS: Final = 90
"""Whole looks without any known texture after which it is learnt anew: some minutes at the usual cadence."""

RESTART_S: Final = 5.0
"""After a longer gap the fit starts from the sitting's habit again instead of from the last posture."""

LEARN_S: Final = 2.5
"""Looks closer than this share their errors: together they teach what one look teaches …"""

STEADY_LOOKS: Final = 24
"""… and after so many, people have mostly been seen in the postures that they sit in: each further look teaches less,
as if looks came ever rarer (the harmonic series of a running mean), down to one a minute."""

SLOWEST_S: Final = 60.0

OWN_SHARE: Final = 0.4
"""What the networks see wrong of one person in one sitting they see wrong alike in look after look. So a look teaches
of the sitting this share of what one with errors all its own would. Counted in full, the sitting's part of the error
fell to half of what the rendered sittings' zeros were off by (docs/measurement.md, "What was tried")."""

UNTIED_IN: Final = 0.4
"""What an untied sitting's zero is off by however long one looks, inches: looks cannot tell clothes that hang further
forward from a head that is held further forward all day. Root mean square over ten rendered pairs of days, each
measured against the other's baseline (docs/measurement.md, "The second day")."""

WORTH_LEARNING: Final = 0.5
"""A look that would count for less is solved for its own unknowns alone."""

LIKE_POSTURE: Final = 0.7
"""Share of each unknown's spread over a day within which two postures depend alike on what the sitting shares."""

LEANING: Final = 2.0
"""Inches of error for each radian (0.035 for each degree) that the trunk leans as one: where a trunk bends is only
supposed, and one that bends elsewhere looks like a head that slid (docs/measurement.md, "Errors of a moved body")."""

NODDING: Final = 1.0
"""Inches of error for each radian (0.017 for each degree) that the head nods on the trunk: of some people the networks
tell a nod a third too small, and what is missing looks like a head that slid."""

TURNING: Final = 0.6
"""Inches of error for each radian (0.010 for each degree) that the head turns on the trunk: the point about which it
turns is only supposed."""

BODY_SCALE: Final = 0.06
"""Relative standard error of all lengths that no look can tell: bodies are larger and smaller (ANSUR II)."""


def moved_body_se_in(own: Floats) -> float:
    """Inches by which a look's unknowns ``own`` (14,) may mislead because trunk and head are moved otherwise than the
    body model supposes; the fit's own error knows nothing of it."""
    return math.hypot(
        LEANING * own[body_model.LEAN], NODDING * own[body_model.HEAD_PITCH], TURNING * own[body_model.HEAD_YAW]
    )


@dataclass(slots=True)
class Estimator:
    """Measures looks against one calibration.

    ``stills``: looks are unrelated, and each teaches in full. ``same_sitting``: whether what is looked at is the
    sitting in which the calibration was made, or one tied to it; ``None``: told by the clothes that are seen.
    """

    calibration: Calibration
    stills: bool = False
    same_sitting: bool | None = None
    habit: Habit = field(default_factory=Habit)
    _view: ViewPrior = field(init=False)
    _shared: SharedUnknowns = field(init=False)
    _begun: SharedUnknowns = field(init=False)
    _watch: ClothesWatch = field(init=False)
    _tied: bool = field(init=False)
    _last: Floats | None = None
    _last_s: float = -np.inf
    _trunk: tuple[float, Trunk, Texture | None] | None = None
    _found: tuple[float, SharedUnknowns, SharedUnknowns] | None = None
    _gain: tuple[Floats, Floats] | None = None
    _taught_s: float | None = None
    _taught: float = 0.0
    _anchor_looks: int = 0
    _unrecognised: int = 0
    _outworn_id: int | None = None

    def __post_init__(self) -> None:
        self._view = view_for(self.calibration.reference, self.calibration.azimuth_deg)
        self._watch = ClothesWatch(self.calibration.clothes_tone)
        self._shared = self.calibration.shared
        self._tied = self.same_sitting is not False
        if self.same_sitting is False:
            self._sit_down(OTHER_CLOTHES)
        self._begun = self._shared

    @property
    def tied(self) -> bool:
        """Whether the clothes worn are, as far as is known, those that the calibration or its last tie was made in."""
        return self._tied

    @property
    def clothes_tone(self) -> Tone | None:
        """That of the clothes that are worn, as far as is known: the calibration's until others are seen."""
        return self._watch.known

    @property
    def shared(self) -> SharedUnknowns:
        """What is known by now of person and sitting."""
        return self._shared

    @property
    def wants_anchor(self) -> bool:
        """Whether the sensor should keep this person's texture as a reference: it knows none, or has just begun to."""
        return self._anchor_looks < ANCHOR_LOOKS

    @property
    def wants_new_anchor(self) -> bool:
        """Whether it should drop the texture it knows first: its chest is of clothes that were taken off, or nothing
        of it has been recognised for long, as after a change of light."""
        return self._outworn_id is not None or self._unrecognised >= UNRECOGNISED_LOOKS

    def forget(self) -> None:
        """After a gap: nothing before counts as a starting point."""
        self._last = self._trunk = self._found = self._gain = None

    def estimate(self, observation: Observation) -> Estimate | None:
        """The estimate of one look, or ``None`` where neither head nor trunk gives enough to go by.

        Raises nothing; an estimate that says little has a large ``fht_se_in``.
        """
        self._found = None
        whole = self._with_trunk(observation)
        if whole is None:
            return None
        if observation.trunk is not None:
            self._mind_clothes(observation)
            self._mind_anchor(observation)
        look = cues.read(whole, self.calibration.reference.template, self._shared.anchor_id)
        start = self._last if not self.stills and observation.t_s - self._last_s < RESTART_S else None
        gain = None if observation.trunk is not None and self._may_teach(observation.t_s) else self._known_gain(start)
        # What is learnt is solved from what has faded until now, so that a look adds to it and does not undo it.
        before = self._shared if gain is not None else self._faded(observation.t_s)
        found = fit.solve(self.calibration.reference, look, before, self._view, start=start, gain=gain)
        self._last, self._last_s = found.unknowns, observation.t_s
        if gain is None:
            self._gain = found.unknowns, found.gain
            self._found = None if observation.trunk is None else (observation.t_s, before, found.shared)
        return self._told(whole, found, trunk_age_s=0.0 if self._trunk is None else observation.t_s - self._trunk[0])

    def learn(self) -> None:
        """Take what the last look says of the sitting: it is one that nothing speaks against."""
        if self._found is None:
            return
        t_s, before, found = self._found
        self._found = None
        weight = self._weight(t_s)
        if weight <= 0.0:
            return
        self._taught_s = t_s
        self._taught += weight
        self._shared = before.learnt(found, OWN_SHARE * weight)

    # ------------------------------------------------------------------ inside

    def _weight(self, t_s: float) -> float:
        """How much a look at this time teaches: looks close in time share their errors, and so do looks at a sitting
        that has been seen for long."""
        if self.stills or self._taught_s is None:
            return 1.0
        every_s = min(SLOWEST_S, LEARN_S * max(1.0, self._taught / STEADY_LOOKS))
        return min(1.0, max(0.0, t_s - self._taught_s) / every_s)

    def _faded(self, t_s: float) -> SharedUnknowns:
        """What is known by this time: what was learnt has counted less since it was last added to."""
        if self.stills or self._taught_s is None:
            return self._shared
        return self._shared.faded(self._begun, max(0.0, t_s - self._taught_s))

    def _may_teach(self, t_s: float) -> bool:
        """Whether this look is to be solved with the shared unknowns, which is dear: while the sitting is new, and then
        when it would teach about half of what a look can teach."""
        return self._taught < STEADY_LOOKS or self._weight(t_s) >= WORTH_LEARNING

    def _known_gain(self, start: Floats | None) -> Floats | None:
        """That of the last look that was solved with the shared unknowns, if the posture is still much the same."""
        if self._gain is None or start is None:
            return None
        then, gain = self._gain
        return gain if float(np.abs((start - then) / self._view.spread).max()) < LIKE_POSTURE else None

    def _with_trunk(self, observation: Observation) -> Observation | None:
        """The observation, with the trunk of the last look where only the face was looked at."""
        if observation.trunk is not None:
            self._trunk = (observation.t_s, observation.trunk, observation.texture)
            return observation
        if observation.face is None or self._trunk is None or observation.looked.trunk:
            return None
        then_s, trunk, texture = self._trunk
        if not 0.0 <= observation.t_s - then_s <= TRUNK_LASTS_S:
            return None
        # Of the borrowed person only the trunk is still true: its head points give way to the new face.
        nowhere = (np.nan,) * 5
        points = tuple(p if i in (11, 12) else nowhere for i, p in enumerate(trunk.points))
        head = observation.texture.head if observation.texture is not None else ()
        both = None if texture is None else Texture(texture.anchor_id, texture.trunk, head)
        return replace(observation, trunk=Trunk(points, trunk.world), texture=both)

    def _mind_clothes(self, observation: Observation) -> None:
        """Begin a new sitting where other clothes are seen than those the sitting began in."""
        known = observation.texture is not None and observation.texture.anchor_id == self._shared.anchor_id
        if known and observation.texture is not None and observation.texture.trunk and self._taught:
            # The very weave is recognised: whatever the light does to colours, nobody has changed.
            self._watch.same()
            return
        changed = self._watch.feed(observation.clothes_tone, at_once=not self._taught)
        if changed and self.same_sitting is not True:
            calibrated, now = self.calibration.clothes_tone, self._watch.known
            back = (
                calibrated is not None and now is not None and clothes.distance(calibrated, now) < clothes.OTHER / 2.0
            )
            self._tied = back and self.same_sitting is not False
            # The face would be recognised for ever, and the weave of the new clothes never learnt.
            self._outworn_id = self._shared.anchor_id if known else None
            self._sit_down(SAME_CLOTHES if self._tied else OTHER_CLOTHES)

    def _sit_down(self, spread: Floats) -> None:
        self._shared = self._begun = self._shared.sitting(spread, self.habit, self._view.spread)
        self._taught, self._taught_s, self._anchor_looks = 0.0, None, 0

    def _mind_anchor(self, observation: Observation) -> None:
        """Speak of the anchor picture that the sensor has now; count the looks in which none was recognised."""
        texture = observation.texture
        if texture is None:
            self._unrecognised += 1
            return
        self._unrecognised = 0
        if texture.anchor_id != self._outworn_id:
            self._outworn_id = None
        if texture.anchor_id != self._shared.anchor_id:
            self._shared = self._shared.anchored(texture.anchor_id, self._view.spread)
            self._begun = self._begun.anchored(texture.anchor_id, self._view.spread)
            self._anchor_looks = 0
        self._anchor_looks += 1

    def _told(self, observation: Observation, found: fit.Fit, *, trunk_age_s: float) -> Estimate:
        supposed = SupposedBody.of(self.calibration.reference, found.shared.mean[None, PERSONAL])
        own = found.unknowns
        posed = body_model.pose(own[None], supposed.hip, supposed.tragus, supposed.drop_per_forward)
        reference = self.calibration.reference
        middle = np.zeros((1, 1, 3))
        eyes, then = (
            supposed.in_camera(at)[0, 0] for at in (body_model.on_head(posed, middle, supposed.tragus), middle)
        )
        # What has been learnt of the person moves the calibrated eyes as well; only how much nearer they are is seen.
        eyes *= reference.distance_cm / float(np.linalg.norm(then))
        turn = np.degrees(rotation_vector(posed.head[0]))
        distance_cm = float(np.linalg.norm(eyes))
        fht_in = float(own[body_model.FORWARD]) / INCH_CM
        fit_in = float(np.sqrt(found.covariance[body_model.FORWARD, body_model.FORWARD])) / INCH_CM
        untold_in = 0.0 if self._tied else float(np.sqrt(max(0.0, UNTIED_IN**2 - found.sitting_in**2)))
        zero_in = float(np.hypot(self.calibration.repeatability_in, untold_in))
        seen_in = math.hypot(fit_in, moved_body_se_in(own)) * self._view.se_factor
        looks_in = float(np.hypot(seen_in, TRUNK_MOVES_IN_S * trunk_age_s))
        sitting_in = float(np.hypot(found.sitting_in * self._view.se_factor, zero_in))
        scale_in = BODY_SCALE * fht_in
        return Estimate(
            t_s=observation.t_s,
            fht_in=fht_in,
            fht_se_in=float(np.sqrt(looks_in**2 + zero_in**2 + scale_in**2)),
            sitting_se_in=float(np.hypot(sitting_in, scale_in)),
            distance_cm=distance_cm,
            head_yaw_deg=float(turn[1]),
            head_pitch_deg=float(turn[0]),
            head_roll_deg=float(turn[2]),
            trunk_lean_deg=float(np.degrees(own[body_model.LEAN])),
            trunk_yaw_deg=float(np.degrees(own[body_model.TRUNK_YAW])),
            distance_se_cm=reference.spread_scale * distance_cm,
            camera_above_cm=float(-(eyes @ reference.to_camera)[1]),
        )
