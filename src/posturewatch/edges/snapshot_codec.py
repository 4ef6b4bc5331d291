"""A snapshot as JSON fields and back: what ``posturewatch status --json`` prints and the control socket carries."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import Enum
from typing import Any

from posturewatch.records import Load, Reason, Snapshot, State, Today


def to_fields(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot's fields by name; times as ISO 8601 with offset, names of states as their values."""
    return {name: _plain(value) for name, value in dataclasses.asdict(snapshot).items()}


def from_fields(fields: dict[str, Any]) -> Snapshot:
    """The snapshot again; raises ValueError, TypeError or KeyError for fields that are none."""
    known = {field.name for field in dataclasses.fields(Snapshot)}
    body = {name: value for name, value in fields.items() if name in known}
    body["at"] = datetime.fromisoformat(body["at"])
    body["state"] = State(body["state"])
    body["reason"] = Reason(body["reason"]) if body["reason"] else None
    body["load"] = Load(**body["load"]) if body["load"] else None
    body["profiles"] = tuple(body["profiles"])
    if body["paused_until"]:
        body["paused_until"] = datetime.fromisoformat(body["paused_until"])
    today = dict(body["today"])
    today["band_min"] = tuple(today["band_min"])
    body["today"] = Today(**today)
    return Snapshot(**body)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(inner) for inner in value]
    return value
