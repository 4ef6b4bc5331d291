"""What the app hands to a window, made the record again that it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from itertools import repeat
from types import UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

R = TypeVar("R")


@lru_cache
def _kinds(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def record_of(kind: type[R], plain: Mapping[str, Any]) -> R:
    """The dataclass of which ``asdict`` and JSON made these plain values: lists become tuples again, and inner records
    what they were. Names that it does not have are left out. Raises TypeError or ValueError where one is missing or
    does not fit."""
    record: Any = kind
    kinds, known = _kinds(record), fields(record)
    return kind(**{one.name: _value(kinds[one.name], plain[one.name]) for one in known if one.name in plain})


def _value(kind: Any, plain: Any) -> Any:
    inside = get_args(kind)
    if get_origin(kind) is UnionType:  # something, or None
        return None if plain is None else _value(inside[0], plain)
    if get_origin(kind) is tuple:
        kinds = repeat(inside[0], len(plain)) if inside[-1] is Ellipsis else inside
        return tuple(_value(one, value) for one, value in zip(kinds, plain, strict=True))
    return record_of(kind, plain) if is_dataclass(kind) and isinstance(kind, type) else plain
