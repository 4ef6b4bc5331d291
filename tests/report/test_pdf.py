"""The PDF: one page that says it all first, any script, the same bytes for the same material."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from reportlab.graphics.shapes import PolyLine

from posturewatch.base.i18n import set_language
from posturewatch.base.wording import footer
from posturewatch.report.material import Material
from posturewatch.report.pdf.charts import ticks, weeks
from posturewatch.report.pdf.document import render_pdf
from posturewatch.report.pdf.system_fonts import registered, system_fonts
from posturewatch.report.pdf.text import BOLD, PLAIN, STANDARD, first_with, paragraph, register_fonts, runs
from report.journals import DAY, HOSTILE, diary, hours, report


def test_the_same_material_gives_the_same_bytes(material: Material) -> None:
    """No clock and no chance in the file."""
    assert render_pdf(material) == render_pdf(material)


def test_the_file_is_small(material: Material) -> None:
    """Charts are vectors and fonts are subsets: twelve weeks stay under 300 kB."""
    made = render_pdf(material)
    assert made.startswith(b"%PDF-")
    assert len(made) < 300_000
    assert b"/JavaScript" not in made
    assert b"/URI" not in made


def test_markup_that_the_user_typed_is_text() -> None:
    """A tag in a note is set as it is written and does not break the paragraph."""
    register_fonts()
    assert "&lt;" in paragraph("<b>x")
    render_pdf(report(hours(3), [], diary(note=HOSTILE, medication=HOSTILE, trigger=HOSTILE), name=HOSTILE))


@pytest.mark.parametrize(
    "note",
    [
        "word " * 260,
        "n\n" * 900,
        "🤕" * 1000,
        "x" * 4000,
        "頭痛" * 900,
        "صداع " * 300,
        "כאב " * 400,
        "<b>&" * 500,
        "\x00\u202e" * 90,
    ],
    ids=["words", "lines", "emoji", "one word", "Japanese", "Arabic", "Hebrew", "markup", "control"],
)
@pytest.mark.parametrize("field", ["note", "medication", "trigger"])
def test_a_text_of_any_length_and_script_is_set(note: str, field: str) -> None:
    """A row that is longer than a page goes on on the next one."""
    made = render_pdf(report(hours(3), entries=diary(**{field: note}), name="N" * 300))  # type: ignore[arg-type]
    assert made.startswith(b"%PDF")


def test_letters_find_a_font_that_has_them() -> None:
    """Latin, Hebrew and Arabic stay in DejaVu; what none has is named."""
    register_fonts()
    assert runs("Größe ≥ 1 − 2 ± 3") == (("Größe ≥ 1 − 2 ± 3", PLAIN),)
    assert [run for run, _font in runs("頭痛 a")] == ["頭痛", " a"]
    assert runs("שלום") == (("שלום", PLAIN),)
    assert runs("\U0001f915", BOLD) == (("[face with head-bandage]", BOLD),)


def test_without_a_font_of_this_computer_each_script_goes_to_its_standard_font() -> None:
    """Japanese, Chinese and Korean, each whole in one."""
    register_fonts()
    said = {"頭痛": "HeiseiKakuGo-W5", "这儿": "STSong-Light", "머리": "HYSMyeongJo-Medium"}
    assert {text: first_with(text, STANDARD) for text in said} == said


@pytest.mark.parametrize("note", ["头疼得厉害", "머리가 아프다", "頭が痛い"])
def test_east_asian_letters_are_in_the_file(note: str) -> None:
    """A Chinese, Korean or Japanese note stands in an embedded subset of a font of this computer, where one has its
    letters: no reader needs to have one."""
    register_fonts()
    if first_with(note.replace(" ", ""), filter(None, map(registered, system_fonts()))) in STANDARD:
        pytest.skip("this computer has no font with these letters that can be embedded")
    made = render_pdf(report(hours(3), entries=diary(note=note)))
    assert not any(name.encode() in made for name in STANDARD)
    assert len(made) < 400_000


def test_what_runs_from_the_right_is_put_in_order_and_broken_before_that() -> None:
    """The first word stands at the right end of the first line; Arabic letters take the form of their place."""
    register_fonts()
    lines = paragraph("אחת שתיים שלוש", wide=70.0, size_pt=10.0).split("<br/>")
    assert len(lines) == 2
    assert lines[0].index("תחא") > lines[0].index("םייתש")
    assert "שולש"[::1] in lines[1] or "שולש" in lines[1]
    assert any("\ufe70" <= letter <= "\ufeff" for letter in paragraph("صداع", wide=70.0, size_pt=10.0))


@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
def test_every_language_and_empty_periods_are_set(language: str) -> None:
    """A report of nothing, of a day and of a week in each language."""
    set_language(language)
    week = [row for n in range(7) for row in hours(3, 0.7, DAY - timedelta(days=n))]
    for made in (
        report([], first=DAY - timedelta(days=6)),
        report(hours(3), [], diary(note="頭が痛い")),
        report(week[::-1], first=DAY - timedelta(days=6), units="cm"),
    ):
        assert render_pdf(made).startswith(b"%PDF-")


@pytest.mark.desktop
def test_the_first_page_says_it_all(material: Material, tmp_path: Path) -> None:
    """Validity, the median with its error, the change, where help is told and the footer stand on page one."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(material))
    done = subprocess.run(
        [tool, "-f", "1", "-l", "1", str(path), "-"], capture_output=True, encoding="utf-8", check=True
    )
    said = re.sub(r"\s+", " ", done.stdout)
    for wanted in (
        "recorded days can be used",
        "Generated data",
        "Week by week",
        "No change of the distance can be told over 11 weeks",
        "When to seek help at once",
        "±",
        footer(),
    ):
        assert wanted in said


@pytest.mark.desktop
def test_the_file_is_tagged_and_has_its_true_date(material: Material, tmp_path: Path) -> None:
    """Headings, tables with heads, and figures stand in its structure; the date is that of the report."""
    tool = shutil.which("pdfinfo")
    if tool is None:
        pytest.skip("pdfinfo (poppler-utils) is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(material))
    told = subprocess.run([tool, "-isodates", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"CreationDate: +2026-11-20T(18:05:00-05(:00)?|23:05:00Z)", told)
    tree = subprocess.run([tool, "-struct", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    parts = [line.strip().split()[0] for line in tree.splitlines() if line.strip()]
    assert parts[:2] == ["Document", "H1"]
    assert {"H2", "P", "Table", "TR", "TH", "TD", "Figure"} <= set(parts)


@pytest.mark.desktop
def test_letter_and_a4_each_hold_the_first_page(material: Material, tmp_path: Path) -> None:
    """The list of signs stands on page two of both, and page one says so."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    for paper in ("a4", "letter"):
        path = tmp_path / f"{paper}.pdf"
        path.write_bytes(render_pdf(replace(material, paper=paper)))  # type: ignore[arg-type]
        first, second = (
            subprocess.run(
                [tool, "-f", n, "-l", n, str(path), "-"], capture_output=True, encoding="utf-8", check=True
            ).stdout
            for n in "12"
        )
        assert "Page 2." in first
        assert "Call the emergency number." in second


@pytest.mark.desktop
def test_a_table_longer_than_a_page_begins_below_what_is_before_it(tmp_path: Path) -> None:
    """A diary of many pages begins on the page with the list of signs; the rest of that page is not empty."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    entries = [entry for n in range(120) for entry in diary(DAY - timedelta(days=n))]
    path = tmp_path / "report.pdf"
    path.write_bytes(render_pdf(report(hours(3), [], entries, first=DAY - timedelta(days=120))))
    done = subprocess.run(
        [tool, "-f", "2", "-l", "2", str(path), "-"], capture_output=True, encoding="utf-8", check=True
    )
    assert "Call the emergency number." in done.stdout
    assert "Headache diary" in done.stdout
    assert done.stdout.count("14:30") > 10


@pytest.mark.parametrize("high", [26.0, 90.0])
@pytest.mark.parametrize("ceiling", [1.6, 2.1, 4.1, 5.3, 9.0])
def test_the_numbers_beside_an_axis_do_not_overlap(ceiling: float, high: float) -> None:
    """Inches or centimetres, a low chart or a high one: two numbers at least, a line of type apart."""
    marks = ticks(ceiling, high)
    assert len(marks) >= 2
    assert (marks[1] - marks[0]) / ceiling * high >= 8.5


def test_no_line_is_drawn_over_weeks_without_a_value() -> None:
    """Two weeks, three weeks of nothing, one week: a line joins the two, and none leads to the last; as on the page."""
    register_fonts()
    days = [DAY - timedelta(days=7 * week) for week in (5, 4, 0)]
    drawn = weeks(report([row for day in days for row in hours(4, day=day)], first=days[0]), 400.0)
    courses = [one.points for one in drawn.contents if isinstance(one, PolyLine) and one.strokeWidth >= 1.0]
    assert [len(points) // 2 for points in courses] == [2, 2]  # the P90s' and the medians'
