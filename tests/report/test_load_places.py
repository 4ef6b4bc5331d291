"""Wherever the load index stands, the inches stand before it, its error with it, its rule by name, and that it is a
rule of thumb, not a force. The places are listed here; another one in the source fails until it is listed, too."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

import posturewatch
from fakes import MONDAY_NINE
from posturewatch.app.menu import menu_for
from posturewatch.base.load import by_rule, by_tilt
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import Snapshot, State, Step
from posturewatch.exchange.csv_tables import data_dictionary, days_csv, minutes_csv
from posturewatch.exchange.day_files import day_text
from posturewatch.exchange.fhir.bundle import fhir_lines
from posturewatch.offline.measure import COLUMNS, row
from posturewatch.report.html.page import render_html
from posturewatch.report.now_in_words import status_line, tooltip
from posturewatch.report.pdf.document import render_pdf
from report.journals import hours, report

SOURCE = Path(posturewatch.__file__).parent
NO_FORCE = "a rule of thumb, not a force"
NOW = Snapshot(MONDAY_NINE, State.FORWARD, None, 1.2, 0.3, by_rule(1.2, 0.3), "desk")
TILT = Snapshot(MONDAY_NINE, State.FORWARD, None, 1.2, 0.3, by_tilt(1.2, 0.3), "desk")
MATERIAL = report(hours(4, 1.2))

SHOWS = {
    "exchange/day_columns.py",
    "exchange/load_columns.py",
    "exchange/csv_tables.py",
    "exchange/day_files.py",
    "exchange/fhir/measured.py",
    "offline/measure.py",
    "report/now_in_words.py",
    "report/pdf/document.py",
    "report/tables.py",
    "sensor/windows/live_window.py",
}
"""Files that write a load index for somebody; each is tried below, the live window by the function that it calls."""

MAKES = {"base/load.py", "base/quantities.py", "core/history/minute_book.py"}
MAKES |= {"core/history/summary/records.py", "core/posture/monitor.py", "journal/rows.py", "report/words.py"}
"""Files that make, keep or word it, for those above."""

_TOUCHES = re.compile(
    r"\.load_lb|\bload_with_|words\.load\(|band_loads\(|\bload_columns\(|\bload_of\(|by_rule\(|by_tilt\("
)


def test_no_other_place_shows_a_load_index() -> None:
    """Whoever shows it somewhere else lists the place here and holds it to the same."""
    found = {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if _TOUCHES.search(path.read_text(encoding="utf-8"))
    }
    assert found == SHOWS | MAKES


def _whole(said: str, *, inches: str, load: str, rule: str) -> None:
    """All four in this text, the inches first."""
    plain = re.sub(r"\s+", " ", said)
    assert rule in plain
    assert NO_FORCE in plain
    assert re.search(inches + r".*" + load, plain), plain


@pytest.mark.parametrize("place", [status_line, tooltip, lambda now: "\n".join(item.text for item in menu_for(now))])
@pytest.mark.parametrize(("now", "rule"), [(NOW, "Kapandji's rule"), (TILT, "Hansraj's table")])
def test_where_it_is_live(place: Callable[[Snapshot], str], now: Snapshot, rule: str) -> None:
    """Status line, tooltip, menu, by either rule."""
    _whole(place(now), inches=r"1\.2 ± 0\.3 in", load=r"about \d+ lb ± \d+ lb", rule=rule)


def test_in_the_live_window() -> None:
    """It shows the length in large letters and beside it what the one function says."""
    text = (SOURCE / "sensor/windows/live_window.py").read_text(encoding="utf-8")
    assert text.index("self._value.configure(text=") < text.index("self._aside.configure(text=")
    assert re.findall(r"\bload\w*\(", text) == ["load_with_rule("]


def test_in_the_text_of_a_day() -> None:
    """`log --write` and the daily file."""
    _whole(
        day_text(MATERIAL.period.days[0], "in"),
        inches=r"median 1\.2 ± 0\.3 in",
        load=r"about 25 lb ± 3 lb",
        rule="Kapandji's rule",
    )


@pytest.mark.parametrize("section", ["bands", "distribution"])
def test_on_the_page(section: str) -> None:
    """Each section of the page that has a load says it for itself."""
    page = render_html(MATERIAL)
    part = page.split(f'id="{section}"')[1].split("</section>")[0]
    said = re.sub(r"<[^>]*>", " ", part).replace("&#x27;", "'").replace("\u00a0", " ")
    load = r"(about \d+ lb ± \d+ lb|21–31 lb)"
    _whole(said, inches=r"(1\.2 ± 0\.3 in|1\.0–2\.0 in)", load=load, rule="10 lb per inch")
    assert "Kapandji's rule" in said


@pytest.mark.desktop
def test_on_paper(tmp_path: Path) -> None:
    """The PDF, where it first shows the index."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(MATERIAL))
    done = subprocess.run([tool, str(path), "-"], capture_output=True, encoding="utf-8", check=True)
    said = done.stdout.replace("\u00a0", " ")
    _whole(said, inches=r"1\.2 ± 0\.3 in", load=r"about 25 lb ± 3 lb", rule="Kapandji's rule")


@pytest.mark.parametrize("text", [minutes_csv(MATERIAL.content.minutes), days_csv(MATERIAL.period.days)])
def test_in_the_tables(text: str) -> None:
    """Each minute and each day: inches and their error, then the index, its error, its rule and the head."""
    head, first = list(csv.reader(io.StringIO(text)))[:2]
    load = next(name for name in head if name.startswith("load_index"))
    assert head.index("fht_median_in") < head.index(load)
    assert head[head.index(load) + 1 : head.index(load) + 4] == ["load_se_lb", "load_rule", "load_head_lb"]
    assert first[head.index(load) : head.index(load) + 4] == ["23.00", "3.16", "10-lb-per-inch", "11.00"]


def test_in_the_dictionary_of_the_columns() -> None:
    """Both tables' columns, index and rule."""
    rows = [row for row in csv.DictReader(io.StringIO(data_dictionary())) if row["column"].startswith("load_")]
    assert {row["table"] for row in rows} == {"minutes", "days"}
    for row_ in rows:
        if row_["column"].startswith(("load_index", "load_rule")):
            assert NO_FORCE in row_["meaning"]


def test_in_the_rows_of_measure() -> None:
    """`measure` writes the settings' own rule: it is named in each row, with its error and its head."""
    step = Step(1.0, State.FORWARD, None, True, 1.2, 0.3, by_tilt(1.2, 0.3))
    cells = dict(zip(COLUMNS, row(Observation(1.0, 1, 640, 480, Look()), step), strict=True))
    assert list(COLUMNS).index("fht_se_in") < list(COLUMNS).index("load_index_lb")
    assert (cells["load_model"], cells["load_head_lb"]) == ("tilt", "11.0")
    assert float(cells["load_se_lb"]) >= 1


def test_in_fhir() -> None:
    """The median stands before the index, and in it as its first component."""
    body = json.loads("".join(fhir_lines(MATERIAL)))
    made = {
        entry["resource"]["code"]["coding"][0]["code"]: entry["resource"]
        for entry in body["entry"]
        if entry["resource"]["resourceType"] == "Observation"
    }
    assert list(made).index("fht-median") < list(made).index("load-index")
    index = made["load-index"]
    assert [part["code"]["coding"][0]["code"] for part in index["component"]] == [
        "fht-median",
        "standard-error",
        "head-weight",
    ]
    assert NO_FORCE in index["method"]["text"]
    assert "10 lb per inch rule, head of 11 lb" in index["method"]["text"]
