"""Where the events of a day stand in its timeline, and with which sign: one table for page and window."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from posturewatch.base.i18n import _
from posturewatch.base.records import Event, EventKind
from posturewatch.base.zones import offset_min

_LANES: Final = {
    EventKind.NUDGE: 0,
    EventKind.BREAK_DUE: 1,
    EventKind.BREAK_TAKEN: 1,
    EventKind.BREAK_NATURAL: 1,
    EventKind.BREAK_POSTPONED: 1,
    EventKind.BREAK_SKIPPED: 1,
    EventKind.CALIBRATION: 2,
    EventKind.CAMERA: 2,
    EventKind.SENSOR: 2,
    EventKind.SUSPEND: 2,
    EventKind.PAUSE: 2,
    EventKind.RESUME: 2,
    EventKind.PROFILE: 2,
    EventKind.RECALIBRATE_ASKED: 2,
    EventKind.CLOCK: 2,
    EventKind.EXERCISE: 1,
    EventKind.PLAN: 2,
}
_SIGNS: Final = {
    (EventKind.BREAK_DUE, "muted"): "line-ns-open",
    (EventKind.NUDGE, "shown"): "triangle-up-open",
    (EventKind.NUDGE, "acted"): "triangle-up",
    (EventKind.NUDGE, "muted"): "line-ns-open",
    (EventKind.EXERCISE, "worse"): "square",
}
"""Signs of events by what became of them; those of a kind without one here stand in ``_KIND_SIGNS``."""

_KIND_SIGNS: Final = {
    EventKind.BREAK_POSTPONED: "circle-open",
    EventKind.BREAK_SKIPPED: "x-open",
    EventKind.BREAK_NATURAL: "diamond",
    EventKind.BREAK_TAKEN: "circle",
}
_MANY_OUTCOMES: Final = frozenset({EventKind.NUDGE, EventKind.BREAK_DUE, EventKind.EXERCISE})
"""Of these only the outcomes in ``_SIGNS`` are drawn: the others would lie on a mark that is there already."""


class EventMark(NamedTuple):
    """The lane (see :func:`lane_names`) and the sign, by the name that plotly has for it."""

    lane: int
    sign: str


def event_mark(event: Event) -> EventMark | None:
    """How an event is drawn; None for one that is not."""
    lane = _LANES.get(event.kind)
    named = _SIGNS.get((event.kind, event.outcome))
    if lane is None or (event.kind in _MANY_OUTCOMES and named is None):
        return None
    return EventMark(lane, named or _KIND_SIGNS.get(event.kind, "circle"))


def lane_names() -> tuple[str, str, str]:
    """The lanes of events, from above."""
    return _("Reminder"), _("Break"), _("Watching")


def state_names() -> dict[str, str]:
    """What a minute was, by its letter (``day_figures.minute_state``), in the order of keys and legends."""
    return {
        "v": _("valid"),
        "u": _("present, no reliable number"),
        "a": _("away"),
        "p": _("paused"),
        "o": _("camera off"),
    }


def minute_of_day(at: datetime, kept_min: int) -> int:
    """Minutes since local midnight, as a clock would show them that kept this offset from UTC all day."""
    return at.hour * 60 + at.minute - (offset_min(at) - kept_min)
