"""One look to one estimate: cues, fit, and an error that counts what the fit cannot know."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from posturewatch.base.observation import Observation, Texture, Trunk
from posturewatch.base.records import Estimate
from posturewatch.core.posture import body_model, cues, fit
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.geometry import Floats, rotation_vector
from posturewatch.core.posture.texture_tie import Anchor, TextureTie

TRUNK_MOVES_IN_S: Final = 0.12
"""Inches that a borrowed trunk adds to the standard error for each second of its age: people sway and lean."""

TRUNK_LASTS_S: Final = 10.0
"""A look at the face alone borrows the trunk of the last whole look for at most so long."""

ANCHOR_LOOKS: Final = 6
"""Looks during which a new anchor may still gain pictures; the sensor keeps four that agree."""

UNRECOGNISED_LOOKS: Final = 90
"""Whole looks without any known texture after which it is learnt anew: some minutes at the usual cadence."""

RESTART_S: Final = 5.0
"""After a longer gap the fit starts from upright again instead of from the last posture."""


@dataclass(slots=True)
class Estimator:
    """Measures looks against one calibration. Keeps the last posture only as a starting point."""

    calibration: Calibration
    _anchor: Anchor | None = field(init=False)
    _tie: TextureTie | None = None
    _last: Floats | None = None
    _last_s: float = -np.inf
    _trunk: tuple[float, Trunk, Texture | None] | None = None
    _seen_anchor: bool = False
    _unrecognised: int = 0

    def __post_init__(self) -> None:
        self._anchor = self.calibration.anchor

    @property
    def wants_anchor(self) -> bool:
        """Whether the sensor should keep this person's texture as a reference: it has none tied to the
        calibration, or has just begun to learn one."""
        return not self._seen_anchor and (self._tie is None or self._tie.looks < ANCHOR_LOOKS)

    @property
    def wants_new_anchor(self) -> bool:
        """Whether it should drop the texture it knows first: nothing of it has been recognised for long, as
        after a change of clothes or light."""
        return self._unrecognised >= UNRECOGNISED_LOOKS

    def forget(self) -> None:
        """After a gap: nothing before counts as a starting point."""
        self._last = None
        self._trunk = None

    def estimate(self, observation: Observation) -> Estimate | None:
        """The estimate of one look, or ``None`` where neither head nor trunk gives enough to go by.

        Raises nothing; an estimate that is not to be trusted has a large ``fht_se_in``.
        """
        whole = self._with_trunk(observation)
        if whole is None:
            return None
        ref = self.calibration.reference
        known = self._anchor
        texture = whole.texture
        self._seen_anchor = texture is not None and known is not None and texture.anchor_id == known.id
        look = cues.read(whole, ref.template, known.id if known else None)
        view = fit.view_for(ref, self.calibration.azimuth_deg)
        start = self._last if observation.t_s - self._last_s < RESTART_S else None
        found = fit.solve(
            ref,
            look,
            noise=view.noise,
            spread=view.spread,
            trunk_map=known.trunk_map if known else None,
            head_map=known.head_map if known else None,
            start=start,
        )
        self._learn(whole, found.unknowns[0])
        self._last, self._last_s = found.unknowns, observation.t_s
        return self._told(whole, found, trunk_age_s=0.0 if self._trunk is None else observation.t_s - self._trunk[0])

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

    def _learn(self, observation: Observation, unknowns: Floats) -> None:
        """Tie a texture that is not yet tied; count the looks in which none was recognised."""
        texture = observation.texture
        if texture is None or self._seen_anchor:
            self._unrecognised = 0 if self._seen_anchor else self._unrecognised + 1
            return
        self._unrecognised = 0
        if self._tie is None or self._tie.anchor_id != texture.anchor_id:
            self._tie = TextureTie(self.calibration.reference, texture.anchor_id)
        made = self._tie.feed(observation, unknowns)
        if made is not None:
            self._anchor, self._tie, self._seen_anchor = made, None, True

    def _told(self, observation: Observation, found: fit.Fit, *, trunk_age_s: float) -> Estimate:
        ref = self.calibration.reference
        unknowns = found.unknowns[0]
        fht_in, se_in = fit.answer_in(found, ref, self.calibration.azimuth_deg)
        se_in = float(np.hypot(se_in, TRUNK_MOVES_IN_S * trunk_age_s))
        if self._seen_anchor and self._anchor is not None:
            se_in = float(np.hypot(se_in, self._anchor.se_in))
        posed = body_model.pose(found.unknowns, ref.hip, ref.tragus)
        eyes = ref.in_camera(body_model.on_head(posed, np.zeros((1, 3)), ref.tragus)[0, 0])
        turn = np.degrees(rotation_vector(posed.head[0]))
        return Estimate(
            t_s=observation.t_s,
            fht_in=fht_in,
            fht_se_in=float(np.hypot(se_in, self.calibration.repeatability_in)),
            distance_cm=float(np.linalg.norm(eyes)),
            head_yaw_deg=float(turn[1]),
            head_pitch_deg=float(turn[0]),
            head_roll_deg=float(turn[2]),
            trunk_lean_deg=float(np.degrees(unknowns[body_model.LEAN])),
            trunk_yaw_deg=float(np.degrees(unknowns[body_model.TRUNK_YAW])),
        )
