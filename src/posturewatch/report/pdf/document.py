"""The report as a PDF: one page that says it all, then the same in more detail.

Made with reportlab: pure Python, vector charts, and standard East Asian fonts (see ``text.py``). The bytes
depend on the material alone.
"""

from __future__ import annotations

import io
from functools import partial
from typing import Any, Final

from posturewatch.base import wording
from posturewatch.base.i18n import _, current_language
from posturewatch.base.movement_words import literature_source
from posturewatch.core.history.summary.change import DAYS_A_WEEK
from posturewatch.report import check_tables, day_tables, plan_tables, sentences, tables, words
from posturewatch.report.first_screen import answers, tiles
from posturewatch.report.material import Material
from posturewatch.report.pdf import charts
from posturewatch.report.pdf.text import (
    BOLD,
    PLAIN,
    paragraph,
    register_fonts,
    runs,
    runs_from_right,
    starts_from_right,
    width,
)
from posturewatch.report.tables import Table

_MARGIN_PT: Final = 42.0
_PADDING_PT: Final = 12.0
"""What reportlab's frame keeps clear, left and right together."""

_CELL_PT: Final = 2.0
"""What a cell keeps clear at its left and at its right."""

_FIRST_ROWS_PT: Final = 125.0
"""Room for a title, two lines of notes, a table's head and its first rows."""

_SLACK_PT: Final = 0.5
"""Lines that are broken here are this much shorter than they may be, so that the library does not break them again."""

HELP_PAGE: Final = 2
"""Where the list of signs comes to stand, unless what was typed makes the first page run over."""


def render_pdf(material: Material) -> bytes:
    """The report as a PDF file in the language in use."""
    made, seek_help_on = _built(material, HELP_PAGE)
    if seek_help_on != HELP_PAGE:  # the first page has run over: what follows comes right after it
        made, found = _built(material, seek_help_on, full_pages=False)
        if found != seek_help_on:
            made, found = _built(material, found, full_pages=False)
    return made


def _built(material: Material, seek_help_on: int, *, full_pages: bool = True) -> tuple[bytes, int]:
    """The file, whose first page says that the list of signs stands on this page; and the page on which it does.
    ``full_pages``: whether the first page is one by itself."""
    from reportlab.lib.pagesizes import A4, LETTER
    from reportlab.platypus import PageBreak, SimpleDocTemplate

    from posturewatch.report.pdf.tags import TaggedCanvas

    register_fonts()
    held = io.BytesIO()
    found: list[int] = []

    document = SimpleDocTemplate(
        held,
        pagesize=LETTER if material.paper == "letter" else A4,
        leftMargin=_MARGIN_PT,
        rightMargin=_MARGIN_PT,
        topMargin=_MARGIN_PT - 6,
        bottomMargin=_MARGIN_PT + 8,
        title=f"{sentences.title(material)} · {sentences.span(material)}",
        author=material.name or "posturewatch",
        subject=wording.footer(),
        creator=f"posturewatch {material.version}",
        lang=current_language(),
        invariant=1,
    )
    style = _Style(document.width - _PADDING_PT)

    def note_place(flowable: Any) -> None:
        if getattr(flowable, "style", None) is style.help:
            found.append(document.page)

    document.afterFlowable = note_place
    ended = [PageBreak()] if full_pages else []
    story = [*_first_page(material, style, seek_help_on), *ended, *_details(material, style)]
    canvas = partial(TaggedCanvas, made_at=material.made_at)
    document.build(story, onFirstPage=_foot, onLaterPages=_foot, canvasmaker=canvas)
    return held.getvalue(), found[0]


class _Style:
    """Paragraph styles and the makers of flowables, for one width."""

    def __init__(self, wide: float) -> None:
        from reportlab.lib.colors import HexColor
        from reportlab.lib.styles import ParagraphStyle

        self.wide = wide
        wrap = "CJK" if current_language() == "ja" else None
        ink, soft = HexColor("#17212b"), HexColor("#4a5866")
        base = ParagraphStyle(
            "base", fontName=PLAIN, fontSize=9, leading=12.5, spaceAfter=5, textColor=ink, wordWrap=wrap
        )
        self.body = base
        self.small = ParagraphStyle("small", base, fontSize=7.5, leading=10, textColor=soft)
        self.help = ParagraphStyle("help", base)
        self.title = ParagraphStyle("title", base, fontSize=17, leading=21, spaceAfter=2)
        self.head = ParagraphStyle("head", base, fontSize=11.5, leading=15, spaceBefore=9, spaceAfter=3, keepWithNext=1)
        self.answer = ParagraphStyle("answer", base, fontSize=8, leading=10.2, spaceAfter=0)
        self.cell = ParagraphStyle("cell", base, fontSize=7.5, leading=9.5, spaceAfter=0)
        self.big = ParagraphStyle("big", base, fontSize=14, leading=17, spaceAfter=0)

    def text(self, said: str, style: Any = None, *, bold: bool = False, wide: float = 0.0) -> Any:
        """A paragraph of plain text; ``wide``: points that it has, where that is not the whole page."""
        from posturewatch.report.pdf.tags import TaggedParagraph

        chosen = style or self.body
        markup = paragraph(said, bold=bold, wide=(wide or self.wide) - _SLACK_PT, size_pt=chosen.fontSize)
        return TaggedParagraph(markup, self._from_right(chosen) if starts_from_right(said) else chosen)

    def _from_right(self, style: Any) -> Any:
        """The style for text that begins at the right."""
        from reportlab.lib.enums import TA_RIGHT
        from reportlab.lib.styles import ParagraphStyle

        return ParagraphStyle(style.name, style, alignment=TA_RIGHT, wordWrap=None)

    def heading(self, said: str) -> Any:
        """A section's title."""
        return self.text(said, self.head, bold=True)

    def heading_over_long(self, said: str) -> list[Any]:
        """The title of a table that may go over pages: on one page with its first rows, not with all of them."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import CondPageBreak

        loose = ParagraphStyle(self.head.name, self.head, keepWithNext=0)
        return [CondPageBreak(_FIRST_ROWS_PT), self.text(said, loose, bold=True)]

    def _cell(self, said: str, wordy: bool, wide: float) -> Any:
        """A cell: words may wrap; a number in plain letters is set as it is, which is twenty times as fast."""
        if wordy or runs_from_right(said) or any(font != PLAIN for _run, font in runs(said)):
            return self.text(said, self.cell, wide=wide - 2 * _CELL_PT)
        return said

    def _head(self, name: str, wide: float) -> Any:
        """A column's head, as small as it takes for its longest word to stay whole."""
        from reportlab.lib.styles import ParagraphStyle

        whole = [] if self.cell.wordWrap else name.split()  # Japanese is broken between any two letters
        longest = max((width(word, self.cell.fontSize, BOLD) for word in whole), default=0.0)
        size = min(self.cell.fontSize, max(5.0, self.cell.fontSize * (wide - 5.0) / max(longest, 1.0)))
        fitting = ParagraphStyle("fitting", self.cell, fontSize=size, splitLongWords=1 if self.cell.wordWrap else 0)
        return self.text(name, fitting, bold=True)

    def table(self, content: Table, widths: tuple[float, ...] | None = None) -> Any:
        """A table whose head is repeated on each page; ``widths`` are shares of the page's width."""
        from reportlab.lib.colors import HexColor
        from reportlab.platypus import TableStyle

        from posturewatch.report.pdf.tags import TaggedTable as Grid

        shares = widths or (1 / len(content.head),) * len(content.head)
        rows: list[list[Any]] = [
            [self._head(name, self.wide * share) for name, share in zip(content.head, shares, strict=True)]
        ]
        rows += [
            [self._cell(cell, column in content.wordy, self.wide * shares[column]) for column, cell in enumerate(row)]
            for row in content.rows
        ]
        grid = Grid(rows, colWidths=[self.wide * share for share in shares], repeatRows=1, splitInRow=1, hAlign="LEFT")
        marks: list[Any] = [
            ("FONT", (0, 1), (-1, -1), PLAIN, self.cell.fontSize, self.cell.leading),
            ("TEXTCOLOR", (0, 1), (-1, -1), self.cell.textColor),
            ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#d3dae1")),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), _CELL_PT),
            ("RIGHTPADDING", (0, 0), (-1, -1), _CELL_PT),
            ("TOPPADDING", (0, 0), (-1, -1), 1.8),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
        ]
        marks += [("BACKGROUND", (0, row + 1), (-1, row + 1), HexColor("#f1e9d6")) for row in content.thin]
        grid.setStyle(TableStyle(marks))
        return grid


def _first_page(material: Material, style: _Style, seek_help_on: int) -> list[Any]:
    """Everything a therapist needs, on one page."""
    from reportlab.platypus import KeepTogether

    who = f"{sentences.title(material)}: {material.name}" if material.name else sentences.title(material)
    made = _("Made on {date} by posturewatch {version}, time zone {zone}.").format(
        date=f"{material.made_at:%Y-%m-%d %H:%M}", version=material.version, zone=material.zone
    )
    story = [style.text(who, style.title, bold=True), style.text(sentences.span(material))]
    if material.generated:
        story.append(style.text(_("Generated data.") + " " + _("Nobody lived these days."), bold=True))
    story += [
        *(style.text(warning, bold=True) for warning in material.warnings),
        style.text(f"{sentences.what_it_is()} {made}", style.small),
        _answers(material, style),
        style.text(_seek_help(seek_help_on), style.body, bold=True),
        *(style.text(note, style.small) for note in material.notes),
        _tiles(material, style),
        style.heading(_("Time by distance")),
        *(
            [_figure(charts.bands(material, style.wide), sentences.bands(material))]
            if material.posture.band_share
            else []
        ),
        style.text(sentences.distribution(material), style.small),
    ]
    if not material.one_day and sentences.has_weeks(material):
        marks = _("Filled: weeks with at least {days} usable tied days, which a change is judged by. ▲: calibration.")
        drawn = [
            style.heading(_("Week by week")),
            _figure(charts.weeks(material, style.wide, 96.0), sentences.change(material)),
            style.text(
                marks.format(days=DAYS_A_WEEK) + " " + _("Dotted: a tenth of the time over (P90)."), style.small
            ),
        ]
        story.append(KeepTogether(drawn))
    return story


def _seek_help(page: int) -> str:
    """The pointer to the list of signs, with the page on which it stands."""
    return f"{sentences.where_help_is_told()} " + _("Page {page}.").format(page=page)


def _answers(material: Material, style: _Style) -> Any:
    """What is asked in the first half minute, in two columns."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import TableStyle

    from posturewatch.report.pdf.tags import PlainTable as Grid

    rows = [
        [style.text(one.name, style.answer, bold=True), [style.text(said, style.answer) for said in one.says]]
        for one in answers(material)
    ]
    grid = Grid(rows, colWidths=[style.wide * 0.19, style.wide * 0.81])
    marks = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, HexColor("#d3dae1")),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    grid.setStyle(TableStyle(marks))
    return grid


def _plan(material: Material, style: _Style) -> list[Any]:
    """The therapist's plan and what became of its exercises."""
    if not plan_tables.has_plan(material):
        return []
    story = [style.heading(_("Plan and exercises")), style.text(plan_tables.sentence(material))]
    if material.plan is not None:
        story.append(style.table(plan_tables.phases(material), (0.07, 0.18, 0.22, 0.26, 0.09, 0.08, 0.1)))
    if material.period.exercises:
        story.append(style.table(plan_tables.exercises(material), (0.34, 0.1, 0.11, 0.11, 0.11, 0.11, 0.12)))
    return story


def _tiles(material: Material, style: _Style) -> Any:
    """The main numbers in a row."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import TableStyle

    from posturewatch.report.pdf.tags import PlainTable as Grid

    shown = tiles(material)
    cells = [
        [style.text(name, style.small), style.text(big, style.big, bold=True), style.text(more, style.small)]
        for name, big, more in shown
    ]
    grid = Grid([cells], colWidths=[style.wide / len(cells)] * len(cells))
    grid.setStyle(
        TableStyle(
            [
                ("BOX", (0, 0), (-1, -1), 0.5, HexColor("#d3dae1")),
                ("INNERGRID", (0, 0), (-1, -1), 0.5, HexColor("#d3dae1")),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    return grid


def _details(material: Material, style: _Style) -> list[Any]:
    """The tables behind the first page, in the order of the page."""
    from reportlab.platypus import KeepTogether

    story: list[Any] = [
        *_diary(material, style),
        style.heading(_("Data quality")),
        style.table(tables.quality(material), (0.5, 0.2)),
    ]
    if material.period.calibrations:
        calibrations = tables.calibrations(material)
        story += [
            style.heading(_("Calibration")),
            *(style.text(said) for said in (sentences.calibration_in_force(material),) if said),
            style.table(calibrations, (0.24, 0.36, 0.2, 0.2)),
        ]
    if material.period.workstations:
        story += [
            style.heading(_("The workstation")),
            style.table(tables.workstations(material), (0.19, 0.1, 0.14, 0.17, 0.15, 0.13, 0.12)),
            style.text(sentences.workstation(), style.small),
        ]
    story += [
        style.heading(_("Time by distance")),
        style.table(tables.bands(material), (0.25, 0.35, 0.2, 0.2)),
        style.text(
            _("Load index at the median: {load}.").format(load=words.load(material.posture.load, material.units))
            + " "
            + words.load_rule(),
            style.small,
        ),
        style.heading(_("Breaks and reminders")),
        style.table(tables.breaks(material), (0.6, 0.15)),
        *_plan(material, style),
    ]
    if not material.one_day:
        story += [
            style.heading(_("Hours of the week")),
            _figure(charts.heat(material, style.wide), sentences.heat(material)),
            style.text(sentences.heat(material)),
            *style.heading_over_long(_("Week by week")),
            style.table(tables.weeks(material), (0.13, 0.14, 0.15, 0.17, 0.1, 0.1, 0.21)),
        ]
    story += _checks(material, style)
    story += [
        *style.heading_over_long(_("Every recorded day")),
        style.text(_("Shaded days are not averaged and not compared: see the last column."), style.small),
        *(style.text(note, style.small) for note in sentences.older_days_left_out(material)),
        *(style.text(note, style.small) for note in sentences.untied_mark(material)),
        style.table(day_tables.days_short(material), (0.15, 0.1, 0.11, 0.12, 0.08, 0.11, 0.1, 0.23)),
        KeepTogether([style.heading(_("About this report")), style.text(sentences.method(material))]),
    ]
    return story


def _diary(material: Material, style: _Style) -> list[Any]:
    from reportlab.platypus import KeepTogether

    story: list[Any] = [KeepTogether(_help(style))]
    if not material.diary_shared:
        return story
    aches = tables.diary(material)
    if aches.rows:
        story += [
            *style.heading_over_long(_("Headache diary")),
            style.table(aches, (0.14, 0.06, 0.08, 0.09, 0.09, 0.14, 0.13, 0.16, 0.11)),
        ]
    scores = tables.scores(material)
    if scores.rows:
        story += [*style.heading_over_long(scores.caption), style.table(scores, (0.2, 0.2, 0.2))]
    if not material.one_day:
        story += [
            style.heading(_("Posture beside headaches (exploratory)")),
            style.text(sentences.association(material)),
        ]
    return story


def _checks(material: Material, style: _Style) -> list[Any]:
    """The movement checks, then and now, with their traces."""
    if not check_tables.has_checks(material):
        return []
    now = check_tables.then_and_now(material)
    shares = (0.2, 0.12, 0.12, 0.15, 0.11, 0.1, 0.09, 0.11) if len(now.head) > 5 else (0.28, 0.28, 0.16, 0.1, 0.18)
    story: list[Any] = [
        style.heading(_("Movement checks")),
        style.text(check_tables.said(material)),
        style.table(now, shares),
        style.text(literature_source(), style.small),
    ]
    beside = check_tables.left_and_right(material)
    if beside.rows:
        story += [style.text(beside.caption, style.small), style.table(beside, (0.3, 0.5))]
    drawn = check_tables.traces(material)
    if drawn:
        story += [
            style.text(check_tables.traces_said()),
            charts.traces(drawn, style.wide),
        ]
    return story


def _help(style: _Style) -> list[Any]:
    """When to seek help, whole: beside the diary, whatever the diary holds."""
    return [
        style.heading(_("When to seek help")),
        style.text(f"{wording.call_for_help()} {wording.seek_help_title()}", style.help, bold=True),
        *(style.text("· " + item, style.small) for item in wording.seek_help()),
        style.text(wording.see_a_doctor_soon()),
    ]


def _figure(drawing: Any, alt: str) -> Any:
    """A chart with the sentence that says the same."""
    from posturewatch.report.pdf.tags import Figure

    return Figure(drawing, alt)


def _foot(canvas: Any, document: Any) -> None:
    """The footer and the page's number on every page."""
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Paragraph

    style = _Style(document.width)
    said = Paragraph(paragraph(wording.footer()), style.small)
    _wide, high = said.wrap(document.width - 40, 40)
    with canvas.artifact():
        said.drawOn(canvas, _MARGIN_PT, 34 - high / 2)
        canvas.setFillColor(HexColor("#4a5866"))
        canvas.setFont(PLAIN, 7.5)
        canvas.drawRightString(_MARGIN_PT + document.width, 30, str(document.page))
