"""The settings window and the settings file: which keys it shows, made from the settings' own schema, and what was
typed back into the file. The file stays the truth: comments and order are kept, and what cannot be is refused."""

from __future__ import annotations

import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _, decimals
from posturewatch.base.quantities import Units, in_units, rounded
from posturewatch.base.settings import Settings, clear_for, parse_length_in
from posturewatch.config.keys import Key, find_key, section_words
from posturewatch.config.read import ConfigProblemsError, load_settings
from posturewatch.config.write import Scalar, ValueRefusedError, set_values
from posturewatch.ui.settings_window import FieldView, SettingsView


def _labels() -> dict[str, str]:
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


def _choice_words() -> dict[str, str]:
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
        "mon": _("Mon"),
        "tue": _("Tue"),
        "wed": _("Wed"),
        "thu": _("Thu"),
        "fri": _("Fri"),
        "sat": _("Sat"),
        "sun": _("Sun"),
    }


def settings_view(settings: Settings) -> SettingsView:
    """The window's fields with what is in force, grouped by the file's sections."""
    groups: dict[str, list[FieldView]] = {}
    for dotted, label in _labels().items():
        key = find_key(dotted)
        if key is None:
            raise LookupError(dotted)
        groups.setdefault(key.section, []).append(_field(key, label, settings))
    return SettingsView(tuple((section_words(section).rstrip("."), tuple(own)) for section, own in groups.items()))


def save(path: Path, typed: Mapping[str, Any]) -> dict[str, str]:
    """Write what was typed for these keys, all or nothing; what is wrong by key, empty where it is kept.

    A threshold at or below ``posture.clear`` takes it along. Raises PosturewatchError where the file cannot be written
    or is wrong already.
    """
    shown, settings = _labels(), load_settings(path)
    values: dict[str, Scalar] = {}
    for dotted, text in typed.items():
        key = find_key(dotted)
        if key is not None and dotted in shown:
            values[dotted] = _value(key, str(text), settings.user.shown_units)
    try:
        threshold = parse_length_in(values.get("posture.threshold"))
    except ValueError:
        threshold = None
    if isinstance(threshold, int | float) and threshold <= settings.posture.clear:
        values["posture.clear"] = clear_for(threshold)
    try:
        set_values(path, values)
    except ValueRefusedError as err:
        return _by_field(err.problems, tuple(values))
    return {}


def _by_field(problems: tuple[Any, ...], keys: tuple[str, ...]) -> dict[str, str]:
    """Each problem at the field that it belongs to; one of a whole section at its first that was changed."""
    found: dict[str, str] = {}
    for problem in problems:
        field = next((key for key in keys if problem.key == key or problem.key.startswith(f"{key}.")), None)
        field = field or next((key for key in keys if key.startswith(f"{problem.key}.")), keys[0])
        found[field] = f"{problem.says} ({problem.allowed})" if problem.allowed else problem.says
    return found


def _field(key: Key, label: str, settings: Settings) -> FieldView:
    value = getattr(getattr(settings, key.section), key.name)
    hint = f"{key.description} {_('Allowed: {allowed}.').format(allowed=key.allowed)}"
    annotation, words = _annotation(key), _choice_words()
    if annotation is bool:
        return FieldView(key.dotted, label, "switch", "yes" if value else "no", (), key.description)
    if get_origin(annotation) is Literal:
        choices = tuple((str(each), words.get(str(each), str(each))) for each in get_args(annotation))
        return FieldView(key.dotted, label, "choice", str(value), choices, key.description)
    if get_origin(annotation) is tuple:
        choices = tuple((str(each), words.get(str(each), str(each))) for each in get_args(get_args(annotation)[0]))
        return FieldView(key.dotted, label, "days", " ".join(value), choices, key.description)
    if _is_length(key):
        units = settings.user.shown_units
        return FieldView(
            key.dotted, label, "text", f"{decimals(f'{rounded(in_units(value, units), 2):g}')} {units}", (), hint
        )
    text = decimals(f"{value:g}") if isinstance(value, int | float) else str(value)
    return FieldView(key.dotted, label, "text", text, (), hint)


def _value(key: Key, text: str, units: Units) -> Scalar:
    """What was typed as the file would have it; nonsense stays the text that it is, and is refused with its reason."""
    annotation, text = _annotation(key), text.strip()
    if annotation is bool:
        return text == "yes"
    if get_origin(annotation) is tuple:
        return text.split()
    if _is_length(key):
        plain = text.replace(",", ".")
        bare = _number(plain, whole=False)
        return plain if bare is None else f"{plain} {units}"
    if annotation in (int, float):
        found = _number(text.replace(",", "."), whole=annotation is int)
        return text if found is None else found
    return text


def _number(text: str, *, whole: bool) -> int | float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return int(found) if found.is_integer() else found if not whole else None


def _is_length(key: Key) -> bool:
    return key.unit == _("inches")


def _annotation(key: Key) -> Any:
    annotation = key.field.annotation
    if get_origin(annotation) in {Union, types.UnionType}:
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def refusal(err: PosturewatchError) -> str:
    """An error of the whole file in a sentence for the window."""
    return err.message if isinstance(err, ConfigProblemsError) else f"{err.message} {err.hint}".strip()
