"""The settings' keys as plain records: what each is, what it may be, and why. For messages, file and page.

Everything here is read from the models in ``posturewatch.base.settings``; nothing is said twice.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BeforeValidator
from pydantic.fields import FieldInfo

from posturewatch.base.i18n import _
from posturewatch.base.setting_values import parse_length_in, parse_time_min, parse_weight_lb
from posturewatch.base.settings import Section, Settings, waits_for_start


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the file. ``default`` is None where the key is simply left out by default."""

    section: str
    name: str
    default: Any
    example: Any
    field: FieldInfo
    tables: type[Section] | None = None  # the table's model where the key is an array of tables

    @property
    def dotted(self) -> str:
        """``section.name``."""
        return f"{self.section}.{self.name}"

    @property
    def description(self) -> str:
        """What the key is for and why its default is what it is, in the user's language."""
        words = _(self.field.description) if self.field.description else ""
        return words if not waits_for_start(self.dotted) else words + " " + _("Taken up at the next start.")

    @property
    def unit(self) -> str:
        """The unit in words; empty for a pure number, a word or a switch."""
        if _validator(self.field) is parse_length_in:
            return _("inches")
        return _unit_of(self.name)

    @property
    def limits(self) -> tuple[Any, Any]:
        """The least and the largest number, in the file's unit; None where there is no such limit."""
        return limits_of(self.field)

    @property
    def allowed(self) -> str:
        """What may be written, in words."""
        return allowed_words(self.field)


@lru_cache(maxsize=1)
def keys() -> tuple[Key, ...]:
    """Every key in the file's order; arrays of tables last in their section, as TOML wants."""
    found: list[Key] = []
    for section, model in sections().items():
        own = [_key(section, name, field) for name, field in model.model_fields.items()]
        found += sorted(own, key=lambda key: key.tables is not None)
    return tuple(found)


@lru_cache(maxsize=1)
def sections() -> dict[str, type[Section]]:
    """Section name -> its model, in the file's order."""
    found: dict[str, type[Section]] = {}
    for name, field in Settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Section):
            found[name] = field.annotation
    return found


def section_words(section: str) -> str:
    """What the section is about."""
    words = Settings.model_fields[section].description
    return _(words) if words else ""


def find_key(dotted: str) -> Key | None:
    """The key of this dotted name."""
    return next((key for key in keys() if key.dotted == dotted), None)


def allowed_words(field: FieldInfo) -> str:
    """What a field takes, in words for the user."""
    annotation = field.annotation
    optional = type(None) in get_args(annotation)
    if get_origin(annotation) in {Union, types.UnionType}:
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    annotation = getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation
    words = _kind_words(annotation, field)
    return _("{allowed}, or left out").format(allowed=words) if optional else words


def toml_value(value: Any) -> str:
    """A setting's value as it would be written in the file; empty for what cannot be (None)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:g}"
    if isinstance(value, str):
        return _basic_string(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(item) for item in value) + "]"
    if isinstance(value, Section | dict):
        items = value.items() if isinstance(value, dict) else value
        inside = ", ".join(f"{name} = {toml_value(item)}" for name, item in items)
        return "{ " + inside + " }"
    return ""


def tables_text(key: Key, value: Iterable[Section]) -> str:
    """An array of tables, to be copied to the end of a settings file; what is as by default is left out."""
    told = []
    for each in value:
        told.append(f"[[{key.dotted}]]")
        for name, field in key.tables.model_fields.items() if key.tables is not None else ():
            if (inside := getattr(each, name)) != field.default:
                told.append(f"{name} = {toml_value(inside)}")
        told.append("")
    return "\n".join(told[:-1])


def _basic_string(text: str) -> str:
    escapes = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08X}") for c in text) + '"'


def _key(section: str, name: str, field: FieldInfo) -> Key:
    item = next((part for part in get_args(field.annotation) if _is_section(part)), None)
    default = field.get_default(call_default_factory=True)
    example = field.examples[0] if field.examples else default
    return Key(section, name, default, example, field, item)


def _kind_words(annotation: Any, field: FieldInfo) -> str:
    if get_origin(annotation) is Literal:
        return _("one of {choices}").format(choices=_choices(annotation))
    if get_origin(annotation) is tuple:
        inside = get_args(annotation)[0]
        if _is_section(inside):
            return _("tables with {names}").format(names=", ".join(inside.model_fields))
        words = _("a list of {choices}") if _least_length(field) == 0 else _("a list of one or more of {choices}")
        return words.format(choices=_choices(inside))
    if annotation in (int, float):
        return _number_words(annotation, field)
    return _("true or false") if annotation is bool else _text_words(field)


def _text_words(field: FieldInfo) -> str:
    if _validator(field) is parse_time_min:
        return _('a time of day, "00:00" to "24:00"')
    longest = next((limit.max_length for limit in field.metadata if isinstance(limit, MaxLen)), None)
    if longest is None:
        return _("a text")
    if _least_length(field) > 0:
        return _("a text of 1 to {count} characters").format(count=longest)
    return _("a text of at most {count} characters").format(count=longest)


def _least_length(field: FieldInfo) -> int:
    return next((limit.min_length for limit in field.metadata if isinstance(limit, MinLen)), 0)


def limits_of(field: FieldInfo) -> tuple[Any, Any]:
    """The least and the largest number that a field takes; None where there is no such limit."""
    low = next((limit.ge for limit in field.metadata if isinstance(limit, Ge)), None)
    high = next((limit.le for limit in field.metadata if isinstance(limit, Le)), None)
    return low, high


def _number_words(annotation: Any, field: FieldInfo) -> str:
    low, high = limits_of(field)
    span = {"low": f"{low:g}", "high": f"{high:g}"} if low is not None and high is not None else {}
    if _validator(field) is parse_length_in:
        return _('a number of inches from {low} to {high}, or a text such as "2.5 cm"').format(**span)
    if _validator(field) is parse_weight_lb:
        return _('a number of pounds from {low} to {high}, or a text such as "75 kg"').format(**span)
    if annotation is int:
        return _("a whole number from {low} to {high}").format(**span)
    return _("a number from {low} to {high}").format(**span)


def _choices(literal: Any) -> str:
    return ", ".join(toml_value(choice) for choice in get_args(literal))


def _validator(field: FieldInfo) -> Any:
    """What reads the field's text, if anything does; a field that may be left out has it within its union."""
    within = (mark for part in get_args(field.annotation) for mark in getattr(part, "__metadata__", ()))
    return next((each.func for each in (*field.metadata, *within) if isinstance(each, BeforeValidator)), None)


def _is_section(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Section)


def _unit_of(name: str) -> str:
    units: Final = {
        "_s": _("seconds"),
        "_min": _("minutes"),
        "_cm": _("centimetres"),
        "_mm": _("millimetres"),
        "_lb": _("pounds"),
        "_px": _("pixels"),
        "_days": _("days"),
        "weeks": _("weeks"),
        "fps": _("pictures a second"),
    }
    return next((unit for ending, unit in units.items() if name.endswith(ending)), "")
