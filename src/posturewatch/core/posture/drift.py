"""Does the scene still fit the calibration? And how far apart do a profile's calibrations lie?

People lean, roll and turn all day, so no single look says that the seat or the camera has moved. What people do
not do is rest somewhere else for minutes: the median of the last minutes is compared with the calibrated
picture. Another shirt changes none of these numbers. Asking is the reminders' business (once); this only knows.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import cos, log, radians
from statistics import median
from typing import Final

from posturewatch.base.records import INCH_CM, Estimate, Reason
from posturewatch.core.posture.person_in_view import PersonInView, UsualView

WINDOW_S: Final = 300.0
"""Rest is what the middle of the last five minutes looks like: a phone call is over by then."""

EVERY_S: Final = 5.0
"""A look in so many seconds is kept; sixty make a steady median."""

LEAST: Final = 24
"""Kept looks without which nothing is said: two minutes of somebody at the desk."""

ASIDE: Final = 0.55
RAISED: Final = 0.45
"""Shares of the calibrated size (shoulder width) by which the eyes may rest beside, above or below their place.
A hand's breadth sideways is fidgeting; 20 cm is another chair, or a camera that was moved."""

NEARER: Final = 0.30
"""Logarithm of the distance by which people rest nearer or farther: a third of an arm's length at 60 cm. What the head
is forward is put back first: a morning spent slumped towards the screen is posture, and no other seat."""

TURNED_DEG: Final = 25.0
"""Trunk at rest turned by this: the screen in use stands elsewhere, or the camera does."""

BEHIND_IN: Final = 0.9
"""A head that rests this far *behind* its baseline was not upright when the baseline was taken …"""

BEHIND_EVERY_S: Final = 60.0
BEHIND_LOOKS: Final = 90
"""… if it does so in the middle of an hour and a half at the desk: somebody who leans back for a film does not."""

UNFIT_SHARE: Final = 0.6
"""… or most looks at somebody who sits there cannot be used, for reasons that a calibration would mend."""

RELIEF: Final = 0.75
"""Said until the rest position is back within this share of each limit: no flicker at the border."""

MENDABLE: Final = frozenset({
    Reason.NOT_AS_CALIBRATED, Reason.TOO_UNCERTAIN, Reason.TOO_NEAR, Reason.TOO_FAR, Reason.SHOULDERS_UNSEEN,
    Reason.OUT_OF_FRAME, Reason.TURNED, Reason.NODDED, Reason.TILTED,
})  # fmt: skip
"""Reasons that, when they last for minutes, speak of the scene and not of the moment."""


@dataclass(frozen=True, slots=True)
class KeptLook:
    """One kept look, as shares of its limits (1 = at the limit, signed); ``None`` where it does not say."""

    at_s: float
    aside: float
    raised: float
    nearer: float | None
    turned: float | None
    unfit: bool


@dataclass(slots=True)
class DriftWatch:
    """Feeds on looks at a person; :attr:`moved` says whether the scene no longer fits the calibration, :attr:`slouched`
    whether the person mostly sits so far behind the baseline that it was taken slouched."""

    usual: UsualView
    moved: bool = False
    slouched: bool = False
    _kept: deque[KeptLook] = field(default_factory=deque)
    _behind: deque[float] = field(default_factory=lambda: deque(maxlen=BEHIND_LOOKS))
    _behind_s: float | None = None

    def mind_baseline(self, now_s: float, fht_in: float) -> None:
        """Take in a value that may be believed, of a tied sitting: in other clothes the zero lies elsewhere anyway."""
        if self._behind_s is not None and now_s - self._behind_s < BEHIND_EVERY_S:
            return
        self._behind_s = now_s
        self._behind.append(fht_in)
        if len(self._behind) == BEHIND_LOOKS:
            self.slouched = median(self._behind) < -BEHIND_IN * (RELIEF if self.slouched else 1.0)

    def feed(self, now_s: float, sight: PersonInView, estimate: Estimate | None, reason: Reason | None) -> bool:
        """Take in a look at somebody who sits there; whether the scene has moved. ``now_s`` never steps back."""
        if not self._kept or now_s - self._kept[-1].at_s >= EVERY_S:
            self._kept.append(self._rest(now_s, sight, estimate, reason))
        while self._kept and now_s - self._kept[0].at_s > WINDOW_S:
            self._kept.popleft()
        if len(self._kept) >= LEAST:
            self.moved = self._worst() > (RELIEF if self.moved else 1.0)
        return self.moved

    def forget(self) -> None:
        """Nobody looked for a while: rest must be seen anew. What was found stays until that says otherwise, and so do
        the values against the baseline, which are of hours."""
        self._kept.clear()

    def _rest(self, now_s: float, sight: PersonInView, estimate: Estimate | None, reason: Reason | None) -> KeptLook:
        then = self.usual.sight
        aside = (sight.eyes[0] - then.eyes[0]) / (ASIDE * then.size_px)
        raised = (sight.eyes[1] - then.eyes[1]) / (RAISED * then.size_px)
        nearer = turned = None
        if estimate is not None and estimate.distance_cm is not None:
            put_back_cm = estimate.fht_in * INCH_CM * cos(radians(self.usual.azimuth_deg))
            nearer = log(self.usual.distance_cm / max(estimate.distance_cm + put_back_cm, 1.0)) / NEARER
        if estimate is not None and estimate.trunk_yaw_deg is not None:
            turned = estimate.trunk_yaw_deg / TURNED_DEG
        return KeptLook(now_s, aside, raised, nearer, turned, reason in MENDABLE)

    def _worst(self) -> float:
        """The largest share of a limit at which the middle of the kept looks lies."""
        kept = tuple(self._kept)
        shares = [abs(median(rest.aside for rest in kept)), abs(median(rest.raised for rest in kept))]
        for values in ([rest.nearer for rest in kept], [rest.turned for rest in kept]):
            known = [value for value in values if value is not None]
            if len(known) >= LEAST:
                shares.append(abs(median(known)))
        shares.append(sum(rest.unfit for rest in kept) / len(kept) / UNFIT_SHARE)
        return max(shares)
