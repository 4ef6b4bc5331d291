"""Text in lines, whatever it is measured in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.folding import folded

JAPANESE = (
    "続いた時間を分で書くか、空のままにしてください。医療機器ではなく、いかなる病気の診断も行いません（頭痛、メモ）。"
)


@pytest.mark.parametrize("room", range(12, 60))
def test_no_line_of_japanese_begins_with_a_sign_that_ends_something(room: int) -> None:
    """A full stop, a comma and a closing bracket stay with what they end."""
    lines = folded(JAPANESE, room)
    assert "".join(lines) == JAPANESE
    assert not [line for line in lines if line[0] in "、。）"]


@given(st.text(st.sampled_from("ab 、。漢字é"), max_size=80), st.integers(4, 40), st.integers(0, 9))
def test_nothing_is_lost_and_no_line_is_too_long_by_any_measure(text: str, room: int, indent: int) -> None:
    """Pixels in place of columns: each sign takes three."""
    lines = folded(text, 3 * room, indent, measure=lambda piece: 3 * len(piece))
    assert "".join("".join(lines).split()) == "".join(text.split())
    closing = sum(text.count(sign) for sign in "、。")
    assert all(len(line) <= room + closing for line in lines)
