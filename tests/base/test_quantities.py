"""One value is rounded one way, wherever it is read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import posturewatch
from posturewatch.base import quantities
from posturewatch.base.i18n import set_language
from posturewatch.base.quantities import LEAST_ERROR, Units, fixed, in_units, number, room_length, rounded, whole
from posturewatch.base.records import Load, MinuteRow, Snapshot, State
from posturewatch.cli import log_text
from posturewatch.core.history import day_figures
from posturewatch.exchange.csv_cells import decimal
from posturewatch.exchange.fhir.parts import quantity
from posturewatch.report import words
from posturewatch.report.now_in_words import load_words, state_line

UNITS = st.sampled_from(("in", "cm"))
INCHES = st.floats(-3, 2.94) | st.integers(-300, 294).map(lambda hundredths: hundredths / 100)
AT = datetime(2026, 11, 23, 9, tzinfo=timezone(timedelta(hours=1)))


@pytest.fixture(params=["en", "de", "es", "ja"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Each language in turn."""
    yield set_language(request.param)
    set_language("en")


def read(said: str) -> Decimal:
    """The first number of a text for people, whatever its language."""
    found = re.search(r"[−+]?\d+([.,]\d+)?", said)
    assert found is not None, said
    return Decimal(found[0].replace("−", "-").replace(",", "."))


def exact(value: float, digits: int) -> Decimal:
    """The value rounded by its decimal digits, half away from zero, with all the care of the decimal module."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


@given(st.floats(-1e6, 1e6) | st.integers(-(10**6), 10**6).map(lambda parts: parts / 1000), st.integers(0, 4))
@example(1.15, 1)
@example(-1.15, 1)
@example(2.675, 2)
@example(0.5, 0)
@example(1.5e-05, 4)
def test_a_value_is_rounded_half_away_from_zero_by_its_decimal_digits(value: float, digits: int) -> None:
    """1.15 is 1.2, −1.15 is −1.2 and 2.675 is 2.68, for people, for programs, and as a number."""
    assert Decimal(fixed(value, digits)) == exact(value, digits)
    assert read(number(value, digits)) == exact(value, digits)
    assert rounded(value, digits) == float(exact(value, digits))
    assert whole(value) == int(exact(value, 0))


@given(st.floats(-1, 1), st.integers(0, 3))
@example(-0.04, 1)
@example(-0.0, 2)
def test_the_minus_is_true_for_people_ascii_for_programs_and_never_before_a_zero(value: float, digits: int) -> None:
    """−0.04 with one decimal is 0.0; a program gets "-" and a person "−", never the other's."""
    machine, person = fixed(value, digits), number(value, digits)
    assert "−" not in machine
    assert "-" not in person
    assert machine.startswith("-") == person.startswith("−") == (float(machine) < 0)
    assert len(person) == len(machine)


def minute(fht_in: float, se_in: float) -> MinuteRow:
    """A minute of this value."""
    band_s = (60.0, 0.0, 0.0, 0.0)
    return MinuteRow(AT, "desk", 60.0, 0.0, 0.0, 0.0, 0.0, 100, fht_in, fht_in, fht_in, se_in, band_s=band_s)


@pytest.mark.usefixtures("language")
@given(INCHES, st.floats(0.0, 0.9), UNITS)
@example(1.15, 0.25, "in")
@example(-0.04, 0.05, "in")
@example(2.5, 0.15, "cm")
def test_every_place_says_the_same_length(fht_in: float, se_in: float, units: Units) -> None:
    """Tray and status, the terminal's log, the report's words and the PDF's charts round one value to one number."""
    now = Snapshot(AT, State.UPRIGHT, None, fht_in, se_in, Load(20.0, 3.0, "rule"), "desk")
    day = day_figures.figures(AT.date(), [minute(fht_in, se_in)], [])
    log = " ".join(log_text.day_lines(day, [], units=units))
    says = {
        quantities.length_with_error(fht_in, se_in, units),
        state_line(now, units).split(" · ")[1],
        words.length_with_error(fht_in, se_in, units).replace("\u00a0", " "),
    }
    assert len(says) == 1
    said = says.pop()
    assert said in log
    assert words.length(fht_in, units).replace("\u00a0", " ") == quantities.length(fht_in, units)
    assert read(said) == read(words.bare(fht_in, units)) == read(quantities.length(fht_in, units))
    assert read(said) == exact(in_units(fht_in, units), 1)
    assert read(said.partition("±")[2]) == exact(max(LEAST_ERROR, in_units(se_in, units)), 1)
    assert read(words.change(fht_in, units)) == read(said)
    assert words.change(fht_in, units)[0] in ("+" if read(said) > 0 else "−" if read(said) < 0 else "0")


@given(st.floats(8, 80) | st.integers(8, 80).map(lambda halves: halves / 2))
@example(12.5)
def test_every_place_says_the_same_load(pounds: float) -> None:
    """To the nearest 5 lb, 12.5 is 15, in tray, status and report."""
    told = Load(pounds, 3.0, "rule")
    now = Snapshot(AT, State.FORWARD, None, 1.4, 0.3, told, "desk")
    assert quantities.load(pounds, "in") in load_words(now)
    assert quantities.load(pounds, "in") in words.load(told, "in")
    assert read(quantities.load(pounds, "in")) == exact(pounds / 5, 0) * 5


@pytest.mark.usefixtures("language")
@given(st.floats(0, 9000))
@example(59.5)
@example(0.0)
@example(0.4)
def test_every_place_says_the_same_duration(minutes: float) -> None:
    """The terminal and the report: 59.5 min is an hour, and what is above nothing is never called 0."""
    assert words.duration(minutes).replace("\u00a0", " ") == quantities.duration(minutes)
    day = day_figures.figures(AT.date(), [], [])
    assert quantities.duration(0.0) in " ".join(log_text.day_lines(day, [], units="in"))
    assert (quantities.duration(minutes) == quantities.duration(0.0)) == (minutes == 0)


@given(INCHES)
@example(1.15)
@example(-0.0004)
def test_programs_read_the_number_that_people_read_with_more_digits(value: float) -> None:
    """CSV and FHIR round as the words do, with ASCII signs and no minus before a zero."""
    cell = decimal(3, -5.0, 5.0).write(value)
    assert Decimal(cell) == exact(value, 3)
    assert cell.isascii()
    assert not re.fullmatch(r"-0?\.?0*", cell)
    assert Decimal(repr(quantity(value, "[in_i]")["value"])) == exact(value, 2)


def test_the_page_rounds_as_the_words_do() -> None:
    """The minutes of a day's line are put into words in the browser: the same numbers, signs and unit."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no JavaScript here")
    page = (Path(posturewatch.__file__).parent / "report/html/page.js").read_text("utf-8")
    made = re.search(r"const length = .*?;\n.*?const shown = .*?;\n", page, re.DOTALL)
    assert made is not None
    values = [step / 20 for step in range(-20, 60)] + [1.15, -0.04, 2.675, 0.25]
    for units in ("in", "cm"):
        data = {"factor": in_units(1.0, units), "lang": "en", "digits": 1, "unit": units}
        program = (
            f"const data = {json.dumps(data)}; const words = {{none: ''}};\n{made[0]}\n"
            f"console.log(JSON.stringify({json.dumps(values)}.map(shown)))"
        )
        told = subprocess.run([node, "-e", program], capture_output=True, check=True, timeout=60).stdout
        assert json.loads(told) == [words.length(value, units) for value in values]


@pytest.mark.parametrize(
    ("se_cm", "units", "words"),
    [
        (8.2, "cm", "62 ± 8 cm"),
        (8.2, "in", "24 ± 3 in"),
        (0.2, "in", "24 ± 1 in"),
        (None, "in", "24 in"),
        (None, "cm", "62 cm"),
    ],
)
def test_a_length_of_the_room_is_in_the_users_unit_whole_and_with_its_error(
    se_cm: float | None, units: Units, words: str
) -> None:
    """How far somebody sits from the camera: journal and estimate hold centimetres, who reads inches reads inches."""
    assert room_length(62.0, se_cm, units) == words
