"""Movement checks in the report: then and now, judged by their error, and no norm anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest
from reportlab.graphics.shapes import PolyLine

from posturewatch.base.movement import Movement
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.report import check_tables
from posturewatch.report.html.page import render_html
from posturewatch.report.material import Material
from posturewatch.report.pdf import charts
from posturewatch.report.pdf.text import register_fonts
from report.checks_for_tests import NOW, check


def with_checks(material: Material, content: JournalContent) -> Material:
    """The same report with other content."""
    return replace(material, content=content)


def test_then_and_now_stand_beside_each_other_with_the_change_and_the_literature(material: Material) -> None:
    """Turning left by nine degrees more is more than its error; the rest is within; the literature's number stands by
    turning and not by the chin."""
    table = check_tables.then_and_now(material)
    assert table.head[1:3] == ("Then, 2026-10-01", "Now, 2026-11-19")
    rows = {row[0]: row for row in table.rows}
    assert rows["Turned to the left"][1:5] == ("33 ± 4°", "42 ± 4°", "+9° ± 3°, more than its error", "5.4–9.6°")
    assert rows["Turned to the right"][3] == "0° ± 3°, within its error"
    assert rows["Chin drawn in"][4] == "–"
    assert rows["Looked down"][2].startswith("at least 35°")
    assert rows["Looked up"][2] == "cannot tell: the camera did not see enough"
    assert rows["Looked up"][3] == "–"


def test_a_single_check_has_no_then(material: Material) -> None:
    """One check in this time: its numbers, without a change."""
    single = with_checks(material, replace(material.content, checks=check(NOW)))
    table = check_tables.then_and_now(single)
    assert len(table.head) == 5
    assert "Change" not in table.head
    assert "1 movement check" in check_tables.said(single)
    assert all(not one.then for one in check_tables.traces(single))


def test_left_and_right_are_told_with_their_error(material: Material) -> None:
    """Of the last check: eight degrees further to the left."""
    rows = dict(check_tables.left_and_right(material).rows)
    assert rows["Turning"] == "+8° ± 3°, more than its error"


def test_a_small_movement_is_drawn_small_in_the_page_and_on_paper() -> None:
    """Half a degree, an inch's tenth: neither fills the height of its drawing, in either of the two."""
    register_fonts()
    for unit, most, high in (("deg", 0.5, 10.0), ("in", 0.1, 0.5), ("cm", 0.25, 1.0)):
        trace = check_tables.MovementTrace("Nod", "", unit, ((0.0, 0.0), (0.5, most)), ())
        assert (trace.range, trace.last_s) == ((0.0, high), 1.0)
        drawn = [part.points for part in charts.traces([trace], 400.0).contents if isinstance(part, PolyLine)]
        tallest = max(y for points in drawn for y in points[1::2]) - min(y for points in drawn for y in points[1::2])
        assert tallest == pytest.approx(charts.TRACE_HIGH_PT * most / high)


def test_a_trace_says_how_far_it_came_in_the_readers_unit(material: Material) -> None:
    """The chin is drawn in by centimetres where these are read, as in the table beside it."""
    (chin,) = (replace(row, trace=((0.0, 0.0), (2.0, 0.8))) for row in check(NOW) if row.movement is Movement.CHIN_IN)
    only = with_checks(replace(material, units="cm"), replace(material.content, checks=(chin,)))
    assert "Chin drawn in: up to 2.0 cm" in render_html(only).replace("\u00a0", " ")


def test_the_page_has_the_section_where_there_is_a_check_and_none_where_not(material: Material) -> None:
    """With its traces as drawings that need no script; without a check there is no empty section."""
    page = render_html(material)
    assert page.count('class="now"></polyline>') == len(check_tables.traces(material)) == 6
    assert 'id="checks"' in page
    assert "J Orthop Sports Phys Ther" in page
    assert 'id="checks"' not in render_html(with_checks(material, replace(material.content, checks=())))


def test_nothing_in_it_is_a_norm_or_a_verdict(material: Material) -> None:
    """Not normal, not limited, not a score of anything."""
    table = check_tables.then_and_now(material)
    said = " ".join((check_tables.said(material), *table.head, *(cell for row in table.rows for cell in row))).lower()
    for word in ("normal", "abnormal", "limited", "restricted", "impaired", "deficit", "should"):
        assert word not in said
