"""What a setting and its value are called for people: in the settings window, and where a plan would change them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from posturewatch.base.i18n import _, decimals
from posturewatch.base.plan import PLAN_KEYS
from posturewatch.base.quantities import Units, in_units, rounded
from posturewatch.base.settings import Settings
from posturewatch.base.wording import weekday_names
from posturewatch.config.keys import Key, find_key, section_words


def labels() -> dict[str, str]:
    """The keys that people change, in order, with a short name each."""
    return {
        "posture.enabled": _("Remind me of my posture"),
        "posture.threshold": _("Limit"),
        "posture.hold_s": _("Remind after (seconds)"),
        "posture.daily_cap": _("At most a day"),
        "posture.sound": _("With a sound"),
        "posture.feedback": _("The screen shows it"),
        "breaks.enabled": _("Remind me of breaks"),
        "breaks.every_min": _("Every (minutes)"),
        "breaks.length_s": _("Length (seconds)"),
        "breaks.long_every_min": _("Longer one every (minutes)"),
        "breaks.cover": _("A break covers"),
        "breaks.exercises": _("Suggest exercises"),
        "hours.days": _("Days"),
        "hours.start": _("From"),
        "hours.end": _("Until"),
        "courtesy.calls": _("Silent in calls"),
        "courtesy.full_screen": _("Silent in full screen"),
        "courtesy.do_not_disturb": _("Silent while not to be disturbed"),
        "courtesy.battery": _("Not on battery"),
        "user.units": _("Units"),
        "user.language": _("Language"),
        "camera.source": _("Camera"),
    }


def choice_words() -> dict[str, str]:
    """What the words of the file are called in the window; the languages by their own names."""
    return {
        "auto": _("as the system"),
        "off": _("not at all"),
        "border": _("by a border"),
        "dim": _("by dimming"),
        "window": _("a part of the screen"),
        "screen": _("the screen"),
        "all": _("all screens"),
        "in": _("Inches and pounds"),
        "cm": _("Centimetres and kilograms"),
        "en": "English",
        "de": "Deutsch",
        "es": "Español",
        "ja": "日本語",
        **weekday_names(),
    }


def plan_labels() -> dict[str, str]:
    """Short names of what a plan may set."""
    return {dotted: label for dotted, label in labels().items() if dotted in PLAN_KEYS} | {
        "posture.clear": _("Upright again below"),
        "posture.gap_min": _("Apart (minutes)"),
        "posture.quiet_after_break_min": _("Quiet after a break (minutes)"),
        "posture.snooze_min": _("Snooze (minutes)"),
        "calibration.daily": _("Ask for a tie each day"),
        "breaks.long_length_s": _("Length of a longer one (seconds)"),
        "breaks.natural_s": _("An absence counts from (seconds)"),
        "breaks.notice_s": _("Announced before (seconds)"),
        "breaks.postpone_min": _("Postponed by (minutes)"),
        "breaks.daily_sitting_limit_min": _("Sitting in a day at most (minutes)"),
        "breaks.own_exercise": _("Exercises"),
    }


def setting_words(dotted: str) -> str:
    """What a key is called for people away from its section: that section's name, its own short one, where it has one,
    and the key itself."""
    label = (labels() | plan_labels()).get(dotted)
    section = section_words(dotted.partition(".")[0]).rstrip(".。")
    return f"{section}: {label} ({dotted})" if label else dotted


def value_words(dotted: str, value: Any, units: Units) -> str:
    """A setting's value for people; lengths in their units."""
    key = find_key(dotted)
    if isinstance(value, bool):
        return _("on") if value else _("off")
    if key is not None and is_length(key) and isinstance(value, int | float):
        return _length(value, units)
    if isinstance(value, int | float):
        return decimals(f"{value:g}")
    return choice_words().get(str(value), str(value))


def allowed_length(key: Key, units: Units) -> str:
    """The limits of a length for people, in their units."""
    low, high = key.limits
    return _("from {low} to {high}").format(low=_length(low, units), high=_length(high, units))


def _length(value_in: float, units: Units) -> str:
    return f"{decimals(f'{rounded(in_units(value_in, units), 2):g}')} {units}"


def kept_with(settings: Settings, keys: Iterable[str]) -> list[str]:
    """``plan.keep`` with these keys in it; empty where none is new."""
    added = set(keys) - set(settings.plan.keep)
    return [key for key in PLAN_KEYS if key in added or key in settings.plan.keep] if added else []


def is_length(key: Key) -> bool:
    """Whether the key's value is a length in inches."""
    return key.unit == _("inches")
