"""Numbers and lengths as the reader writes them."""

from __future__ import annotations

import pytest

from posturewatch.base.i18n import LANGUAGES, set_language
from posturewatch.base.records import Load
from posturewatch.core.history.summary.records import Interval
from posturewatch.report import words


@pytest.mark.parametrize(
    ("value", "digits", "said"),
    [(None, 1, "–"), (0.04, 1, "0.0"), (-0.04, 1, "0.0"), (-1.25, 1, "−1.3"), (3.0, 0, "3")],
)
def test_a_number_has_a_true_minus_and_never_a_minus_zero(value: float | None, digits: int, said: str) -> None:
    """Missing is a dash, a rounded −0 is 0, the minus is the typographic one."""
    assert words.number(value, digits) == said


def test_german_writes_a_comma() -> None:
    """The decimal sign follows the language."""
    set_language("de")
    assert words.number(0.84, 1) == "0,8"


def test_a_length_keeps_its_error_and_its_unit_on_one_line() -> None:
    """The error is never shown smaller than a tenth and number and unit do not part."""
    assert words.length_with_error(0.84, 0.02, "in") == "0.8\u00a0±\u00a00.1\u00a0in"
    assert words.length_with_error(0.84, 0.4, "cm") == "2.1\u00a0±\u00a01.0\u00a0cm"
    assert words.length_with_error(None, 0.4, "in") == words.MISSING


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(None, "–"), (0.2, "under 1 min"), (0.0, "0 min"), (59.4, "59 min"), (59.6, "1 h 00 min"), (7000.0, "117 h")],
)
def test_a_duration_reads_as_people_say_it(minutes: float | None, said: str) -> None:
    """Minutes below an hour, hours and minutes above, hours alone from 100 on."""
    assert words.duration(minutes).replace("\u00a0", " ") == said


def test_a_small_share_is_not_called_nothing() -> None:
    """0.2 % is "under 1 %", and nothing at all is 0 %."""
    assert words.percent(0.002).replace("\u00a0", " ") == "under 1 %"
    assert words.percent(0.0).replace("\u00a0", " ") == "0 %"


def test_the_load_is_said_to_the_nearest_five_pounds_with_its_error() -> None:
    """The rule of thumb is not shown more exact than it is."""
    assert words.load(Load(18.4, 3.6, "rule"), "in") == "about 20 lb ± 4 lb"


def test_an_interval_has_both_signs_and_one_unit() -> None:
    """Both ends with their sign, the unit once."""
    told = words.differing(Interval(0.1, -0.14, 0.5), "in")
    assert told["interval"].replace("\u00a0", " ") == "−0.14 to +0.50 in"
    assert told["change"].replace("\u00a0", " ") == "+0.10 in"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_about_a_weekday_begins_with_a_capital(language: str) -> None:
    """Spanish writes its weekdays small: there an article begins the sentence; in each language there are seven."""
    set_language(language)
    names = [words.weekday_in_full(index) for index in range(7)]
    assert len(set(names)) == 7
    assert not any(name[0].islower() for name in names)
