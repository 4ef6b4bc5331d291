"""What a notification may contain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.records import Action, Reminder, ReminderKind
from posturewatch.desktop.notify.text import BODY_UNITS, TITLE_UNITS, clip_utf16, escape_markup, note_for, plain


def units(text: str) -> int:
    """UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=400), st.integers(1, 300))
def test_a_clipped_text_fits_and_stays_whole(text: str, limit: int) -> None:
    """Clipping never exceeds the limit, never halves a character, and keeps what fits."""
    clipped = clip_utf16(text, limit)
    assert units(clipped) <= limit
    assert clipped == text or clipped.endswith("…")
    assert text.startswith(clipped.removesuffix("…")) or clipped == text


def test_a_pair_of_surrogates_counts_twice() -> None:
    """Characters beyond the basic plane take two units, as Windows counts them."""
    assert clip_utf16("🙂🙂🙂", 5) == "🙂🙂…"


@pytest.mark.parametrize("text", ["-h", "--help", "  -u critical", "-"])
def test_a_text_is_never_an_option(text: str) -> None:
    """No text begins with a minus sign, which notify-send takes for an option."""
    assert not plain(text, 50).startswith("-")


def test_control_characters_go_and_line_ends_stay() -> None:
    """Escape sequences and zero bytes do not reach the service."""
    assert plain("a\x00b\x1b[31m\nc", 50) == "ab[31m\nc"


def test_markup_is_text() -> None:
    """Signs of markup are shown as signs by a service that interprets markup."""
    assert escape_markup("<b>2 < 3 & 4</b>") == "&lt;b&gt;2 &lt; 3 &amp; 4&lt;/b&gt;"


def test_a_reminder_becomes_a_note_within_the_limits() -> None:
    """Title, body and buttons are clipped, and every action has a label."""
    reminder = Reminder(ReminderKind.BREAK, "break", "t" * 500, "b" * 5000, tuple(Action))
    note = note_for(reminder)
    assert units(note.title) == TITLE_UNITS
    assert units(note.body) == BODY_UNITS
    assert [button.action for button in note.buttons] == list(Action)
    assert all(button.label for button in note.buttons)


def test_an_empty_title_is_our_name() -> None:
    """A service that refuses empty titles still shows the note."""
    assert note_for(Reminder(ReminderKind.TROUBLE, "t", "", "")).title == "posturewatch"
