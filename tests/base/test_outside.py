"""What may enter from outside: one answer for texts, dates and numbers, whichever door they come through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base.outside import (
    OutsideError,
    checked_moment,
    checked_name,
    checked_number,
    checked_text,
    cleaned,
    day_of,
    json_value,
    moment_of,
    spreadsheet_text,
    toml_tables,
    unfit_sign,
)

HOSTILE = ["a\ud800", "\x1b[31mred", "\x9b2J", "a\x00b", "a\u202egnp.exe", "line\u2028line", "\x7f", "\ue000"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_sign_that_steers_or_is_half_is_refused_and_mended(text: str) -> None:
    """Lone surrogates, terminal escapes, direction marks: refused at the door, a question mark where they are in."""
    with pytest.raises(OutsideError, match="without the sign"):
        checked_text(text, 100, lines=True)
    assert unfit_sign(cleaned(text)) is None
    cleaned(text).encode()


@pytest.mark.parametrize("text", ["Büro", "机の前", "👩‍💻 desk", "a-b_c (2)", "नमस्ते"])
def test_ordinary_words_of_any_language_enter_unchanged(text: str) -> None:
    """Joined emoji and scripts with joiners among them."""
    assert checked_name(text) == cleaned(text) == text


@pytest.mark.parametrize("name", ["", " ", "\u200b", "\u200b \u00ad", "\u3000"])
def test_a_name_that_cannot_be_seen_is_none(name: str) -> None:
    """Blanks and signs without a shape would stand in a list of profiles as nothing."""
    with pytest.raises(OutsideError, match="a name of 1 to"):
        checked_name(name)


def test_brackets_without_end_are_no_json() -> None:
    """They are a ValueError like any other text that is none, and not the end of the program."""
    assert json_value('{"a": [1]}') == {"a": [1]}
    for text in ("[" * 100_000, '{"a":' * 100_000, "", "{"):
        with pytest.raises(ValueError):  # noqa: PT011
            json_value(text)


@given(st.text())
def test_no_spreadsheet_runs_a_text_and_it_comes_back(text: str) -> None:
    """It never begins as a formula does; taking one apostrophe off gives the cleaned text."""
    written = spreadsheet_text(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert written.removeprefix("'") == cleaned(text)


@given(st.text(), st.booleans())
def test_what_was_cleaned_may_enter(text: str, lines: bool) -> None:
    """Cleaning and checking are one rule; cleaning twice changes nothing, and the length stays."""
    mended = cleaned(text, lines=lines)
    assert checked_text(mended, len(text), lines=lines) == cleaned(mended, lines=lines) == mended
    assert len(mended) == len(text)


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01", "2200-01-01", "1969-12-31", "2026-02-30", "", "x"])
def test_days_at_the_edge_of_the_calendar_are_refused(text: str) -> None:
    """They would end in an overflow a step later."""
    with pytest.raises(OutsideError):
        day_of(text)


def test_the_days_that_are_told_are_those_that_are_taken() -> None:
    """The first that is named as allowed is."""
    with pytest.raises(OutsideError, match="from 1970-01-02 to 2199-12-31"):
        day_of("1970-01-01")
    assert [f"{day_of(text)}" for text in ("1970-01-02", "2199-12-31")] == ["1970-01-02", "2199-12-31"]


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59", "1960-01-01T00:00:00Z"]
)
def test_moments_at_the_edge_of_the_calendar_are_refused(text: str) -> None:
    """With their offset they lie outside of every calendar."""
    with pytest.raises(OutsideError):
        moment_of(text)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))])))
def test_a_moment_that_may_enter_can_be_told_in_any_zone(moment: datetime) -> None:
    """No arithmetic that is done with it leaves the calendar."""
    try:
        checked_moment(moment)
    except OutsideError:
        return
    for hours in (-14, 14):
        moment.astimezone(timezone(timedelta(hours=hours)))
    assert moment - timedelta(days=3650) < moment + timedelta(days=3650)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 10**400, True, "5", None, -2])
def test_numbers_out_of_all_bounds_are_refused(value: object) -> None:
    """Not a number, infinity, a whole number that no float holds, and what is no number."""
    with pytest.raises(OutsideError):
        checked_number(value, -1, 1e7)


def test_a_key_of_many_parts_is_refused_before_it_is_parsed() -> None:
    """Whose parsing would take minutes; a long word, a host's name and a text with dots in it are none."""
    with pytest.raises(OutsideError):
        toml_tables("a = {" + ".".join("b" * 200_000) + " = 1}")
    host = ".".join(["a-1"] * 20)
    read = toml_tables(f"a.b = 1\nhost = 'http://{host}/'\nword = '{'x' * 100_000}'\nrest = '...' # {'. ' * 1000}\n")
    assert read["a"] == {"b": 1}


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\nb"])
def test_a_name_has_one_to_sixty_characters_on_one_line(name: str) -> None:
    """Anything else is no profile's name."""
    with pytest.raises(OutsideError):
        checked_name(name)
