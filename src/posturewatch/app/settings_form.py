"""The settings window and the settings file: which keys it shows, made from the settings' own schema, and what was
typed back into the file. The file stays the truth: comments and order are kept, and what cannot be is refused."""

from __future__ import annotations

import types
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from posturewatch.app.setting_words import (
    allowed_length,
    choice_words,
    is_length,
    kept_with,
    labels,
    value_words,
)
from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _, decimals
from posturewatch.base.quantities import Units
from posturewatch.base.setting_values import parse_length_in
from posturewatch.base.settings import Settings, clear_for, value_at
from posturewatch.config.keys import Key, find_key, section_words
from posturewatch.config.layers import InForce
from posturewatch.config.problems import ConfigProblemsError
from posturewatch.config.read import load_settings
from posturewatch.config.write import Scalar, ValueRefusedError, set_values
from posturewatch.ui.form import FieldView
from posturewatch.ui.settings_window import SettingsView


def settings_view(settings: Settings, over: InForce | None = None) -> SettingsView:
    """The window's fields with what is in force, grouped by the file's sections; what comes from a plan (``over``) says
    so."""
    groups: dict[str, list[FieldView]] = {}
    for dotted, label in labels().items():
        key = find_key(dotted)
        if key is None:
            raise LookupError(dotted)
        field = field_of(key, label, value_at(settings, dotted), settings.user.shown_units)
        if over is not None and dotted in over.from_plan:
            own = value_at(over.own.settings, dotted)
            says = _("Set by your therapist's plan; your own: {value}. Change it here, and yours wins.").format(
                value=value_words(dotted, own, settings.user.shown_units)
            )
            field = replace(field, label=_("{label} (plan)").format(label=label), hint=f"{says} {field.hint}")
        groups.setdefault(key.section, []).append(field)
    return SettingsView(tuple((section_words(section).rstrip(".。"), tuple(own)) for section, own in groups.items()))


def save(path: Path, typed: Mapping[str, Any], from_plan: Collection[str] = ()) -> dict[str, str]:
    """Write what was typed for these keys, all or nothing; what is wrong by key, empty where it is kept.

    What was typed over a plan's value (``from_plan``) wins from now on: ``plan.keep`` names it. A threshold at or below
    ``posture.clear`` takes it along. Raises PosturewatchError where the file cannot be written
    or is wrong already.
    """
    shown, settings = labels(), load_settings(path)
    values: dict[str, Scalar] = {}
    for dotted, text in typed.items():
        key = find_key(dotted)
        if key is not None and dotted in shown:
            values[dotted] = value_of(key, str(text), settings.user.shown_units)
    try:
        threshold = parse_length_in(values.get("posture.threshold"))
    except ValueError:
        threshold = None
    if isinstance(threshold, int | float) and threshold <= settings.posture.clear:
        values["posture.clear"] = clear_for(threshold)
    if own := kept_with(settings, (key for key in values if key in from_plan)):
        values["plan.keep"] = own
    try:
        set_values(path, values)
    except ValueRefusedError as err:
        found = _by_field(err.problems, tuple(values))
        return found | _lengths(found, typed, settings.user.shown_units)
    return {}


def _by_field(problems: tuple[Any, ...], keys: tuple[str, ...]) -> dict[str, str]:
    """Each problem at the field that it belongs to; one of a whole section at its first that was changed."""
    found: dict[str, str] = {}
    for problem in problems:
        field = next((key for key in keys if problem.key == key or problem.key.startswith(f"{key}.")), None)
        field = field or next((key for key in keys if key.startswith(f"{problem.key}.")), keys[0])
        found[field] = f"{problem.says} ({problem.allowed})" if problem.allowed else problem.says
    return found


def _lengths(found: Mapping[str, str], typed: Mapping[str, Any], units: Units) -> dict[str, str]:
    """What is wrong with lengths, as it was typed and in the units shown: the file's own words are of inches, with its
    decimal point."""
    return {
        key.dotted: f"{_('{value} is not allowed').format(value=typed[key.dotted])} ({allowed_length(key, units)})"
        for key in map(find_key, found)
        if key is not None and is_length(key) and key.dotted in typed
    }


def field_of(key: Key, label: str, value: Any, units: Units) -> FieldView:
    """The field of a key with this value."""
    allowed = allowed_length(key, units) if is_length(key) else key.allowed
    hint = f"{key.description} {_('Allowed: {allowed}.').format(allowed=allowed)}"
    annotation, words = _annotation(key), choice_words()
    if annotation is bool:
        return FieldView(key.dotted, label, "switch", "yes" if value else "no", (), key.description)
    if get_origin(annotation) is Literal:
        choices = tuple((str(each), words.get(str(each), str(each))) for each in get_args(annotation))
        return FieldView(key.dotted, label, "choice", str(value), choices, key.description)
    if get_origin(annotation) is tuple:
        choices = tuple((str(each), words.get(str(each), str(each))) for each in get_args(get_args(annotation)[0]))
        return FieldView(key.dotted, label, "days", " ".join(value), choices, key.description)
    if is_length(key):
        return FieldView(key.dotted, label, "text", value_words(key.dotted, value, units), (), hint)
    text = decimals(f"{value:g}") if isinstance(value, int | float) else str(value)
    return FieldView(key.dotted, label, "text", text, (), hint)


def value_of(key: Key, text: str, units: Units) -> Scalar:
    """What was typed as the file would have it; nonsense stays the text that it is, and is refused with its reason."""
    annotation, text = _annotation(key), text.strip()
    if annotation is bool:
        return text == "yes"
    if get_origin(annotation) is tuple:
        return text.split()
    if is_length(key):
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


def _annotation(key: Key) -> Any:
    annotation = key.field.annotation
    if get_origin(annotation) in {Union, types.UnionType}:
        return next(part for part in get_args(annotation) if part is not type(None))
    return annotation


def refusal(err: PosturewatchError) -> str:
    """An error of the whole file in a sentence for the window."""
    return err.message if isinstance(err, ConfigProblemsError) else err.in_words
