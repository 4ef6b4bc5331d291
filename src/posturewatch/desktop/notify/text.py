"""What a notification may contain, whichever server shows it. Pure.

Limits: Windows raises beyond 64 and 256 UTF-16 units, the closing zero included, so 63 and 255 are kept
everywhere. A text that begins with ``-`` is taken for an option by ``notify-send`` and nothing is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Reminder

TITLE_UNITS: Final = 63
BODY_UNITS: Final = 255
BUTTON_UNITS: Final = 40

_ESCAPED: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
"""As html.escape has it, whose module brings every character's name in HTML along, 0.4 MB."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of a notification: what it means and what it says."""

    action: Action
    label: str


@dataclass(frozen=True, slots=True)
class Note:
    """A reminder made fit to be shown: clipped plain text. ``timeout_s`` 0 or less = stays until answered."""

    title: str
    body: str
    buttons: tuple[Button, ...]
    timeout_s: float
    sound: bool


def clip_utf16(text: str, units: int) -> str:
    """The text in at most ``units`` UTF-16 code units; a cut is marked by an ellipsis, no character is halved."""
    if len(text.encode("utf-16-le")) // 2 <= units:
        return text
    kept, room = [], units - 1
    for char in text:
        room -= 2 if ord(char) > 0xFFFF else 1
        if room < 0:
            break
        kept.append(char)
    return "".join(kept).rstrip() + "…"


def plain(text: str, units: int) -> str:
    """The text without control characters (line ends stay) and with no ``-`` in front, clipped."""
    clean = "".join(char for char in text if char == "\n" or char.isprintable()).strip()
    if clean.startswith("-"):
        clean = "–" + clean[1:]
    return clip_utf16(clean, units)


def escape_markup(text: str) -> str:
    """The text for a server that takes its body for markup."""
    return text.translate(_ESCAPED)


def action_words(action: Action) -> str:
    """What the button for this action says."""
    return {
        Action.SNOOZE: _("Snooze"),
        Action.DISMISS: _("Dismiss"),
        Action.TAKE_BREAK: _("Take the break"),
        Action.POSTPONE: _("Postpone"),
        Action.SKIP: _("Skip"),
        Action.TIE: _("Now"),
        Action.LATER: _("Later"),
        Action.NOT_TODAY: _("Not today"),
    }[action]


def note_for(reminder: Reminder) -> Note:
    """The reminder as it may be shown."""
    return Note(
        title=plain(reminder.title, TITLE_UNITS) or "posturewatch",
        body=plain(reminder.body, BODY_UNITS),
        buttons=tuple(Button(action, plain(action_words(action), BUTTON_UNITS)) for action in reminder.actions),
        timeout_s=reminder.timeout_s,
        sound=reminder.sound,
    )
