"""What it takes for a day, an hour or a comparison to be told, and where the bands end."""

from __future__ import annotations

from typing import Final

BAND_EDGES_IN: Final = (0.5, 1.0, 2.0)
"""Limits of the four bands in inches, as everywhere: below 0.5, 0.5–1, 1–2, from 2 on."""

MIN_VALID_MIN: Final = 120.0
"""A day with fewer valid minutes is shown and not averaged. Lower, and one long meeting speaks for a day."""

MIN_COVERAGE: Final = 0.5
"""A day with less coverage is shown and not averaged. Lower, and the unseen half could say the opposite."""

MIN_TIED_MIN: Final = MIN_VALID_MIN
"""A day with so many tied minutes is tied, whatever came after: a jacket taken off at noon does not undo a morning. A
shorter day is tied if half of it is."""

ANSWERED_DAYS: Final = 14
"""Days with a diary answer before headache days a week are told of a stretch of time; with fewer, one bad weekend is
half of all answers, and a single entry is seven a week."""

ASSOCIATION_DAYS: Final = 28
"""Usable days with a diary answer before posture is set against headaches: four weeks hold each weekday often
enough."""

ASSOCIATION_HEADACHES: Final = 8
"""Days of each kind (with and without headache) that the comparison needs; with fewer its interval says nothing."""

HEAT_DAYS: Final = 3
"""Days on which an hour of a weekday must have been seen for 20 minutes, or all days of that weekday where there are
fewer."""

BESIDE_LEVEL: Final = 0.99
"""Level of each interval and test beside the one of the change: of the hour that stands out, the course of the day, and
what followed reminders and breaks. With 95 % each, 14 of 100 reports of journals in which nothing was true told of
something (bench/named_journals.py)."""
