"""The place where somebody sits, by profile: distance to the camera, how the head is turned and tilted by habit, the
height of the camera against the eyes, and the light. Told, and judged by nothing: there is no norm in here.
"""

from __future__ import annotations

from collections import defaultdict
from math import hypot
from typing import Final

import numpy as np

from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.core.history.quantiles import WeightedValues
from posturewatch.core.history.summary.records import WORKSTATION, PlaceValue, Workstation

YAW_SE_DEG: Final = 1.9
"""Standard error of the head's turn: its mean absolute error within 10° of 1.5°, on rendered people who were left out,
times √(π/2) as for a normal error."""

PITCH_SE: Final = 0.087
"""Standard error of the camera's direction, radians: 5°, because faces differ (docs/measurement.md, camera pitch)."""

LEAST_MIN: Final = 120.0
"""Minutes that a profile needs to be spoken of; as those of a usable day."""


class WorkstationSums:
    """Takes in the minutes of days, a day at a time."""

    __slots__ = ("_values",)

    def __init__(self) -> None:
        self._values: defaultdict[tuple[str, str], WeightedValues] = defaultdict(lambda: WeightedValues(room=4096))

    def add(self, minutes: MinuteTable) -> None:
        """Count these minutes in."""
        weight = minutes.measured_s
        for place, profile in enumerate(minutes.profiles):
            own = (minutes["profile"] == place) & (weight > 0.0)
            if not own.any():
                continue
            spent = weight[own]
            for name in WORKSTATION:
                values = minutes[name][own]
                known = ~np.isnan(values)
                if known.all():
                    self._values[profile, name].add(values, spent)
                elif known.any():
                    self._values[profile, name].add(values[known], spent[known])

    def workstations(self) -> tuple[Workstation, ...]:
        """Each profile of which enough is known, the longest used first."""
        profiles = {profile for profile, name in self._values if name == "distance_cm"}
        made = (self._of(profile) for profile in profiles)
        return tuple(sorted((one for one in made if one.valid_min >= LEAST_MIN), key=lambda one: -one.valid_min))

    def _of(self, profile: str) -> Workstation:
        distance, scale, yaw, roll, above, light = (self._value(profile, name) for name in WORKSTATION)
        far_cm = distance.median if distance is not None else 0.0
        scale_cm = scale.median if scale is not None else 0.0
        above_cm = above.median if above is not None else 0.0
        above_se = hypot(above_cm * scale_cm / far_cm if far_cm else 0.0, PITCH_SE * far_cm)
        return Workstation(
            profile,
            self._values[profile, "distance_cm"].total / 60.0,
            _with_error(distance, scale_cm),
            _with_error(yaw, YAW_SE_DEG),
            roll,
            _with_error(above, above_se),
            light,
        )

    def _value(self, profile: str, name: str) -> PlaceValue | None:
        found = self._values[profile, name].quantiles((0.1, 0.5, 0.9))
        return None if found is None else PlaceValue(found[1], found[0], found[2])


def _with_error(value: PlaceValue | None, se: float) -> PlaceValue | None:
    return None if value is None else PlaceValue(value.median, value.p10, value.p90, se)
