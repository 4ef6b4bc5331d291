"""Visit mode: four pages in large type for a therapist's shared screen, turned by the arrow keys, and on paper.

Trust, then and now, the day, the plan. All of it is put together of the report's own sentences, tables and charts, so
that it cannot say anything else than the report does. Notes, medication and triggers of the diary are not among them:
others may see the screen.
"""

from __future__ import annotations

from posturewatch.base import wording
from posturewatch.base.i18n import _
from posturewatch.core.history.checks import checks_of
from posturewatch.report import check_tables, plan_tables, plan_words, sentences, words
from posturewatch.report.first_screen import Tile, answers, tiles
from posturewatch.report.html.markup import Safe, table, tag
from posturewatch.report.html.page_data import page_data
from posturewatch.report.html.shell import report_page, tile
from posturewatch.report.material import Material


def render_present(material: Material) -> str:
    """The four pages as one HTML page in the language in use; needs no network."""
    numbers = page_data(material)
    numbers["timeline"] = {}  # no single day is shown
    sheets = (_trust(material), _then_and_now(material), _day(material), _plan(material))
    named = [(f"sheet-{number}", name) for number, (name, _inside) in enumerate(sheets, start=1)]
    made = (_sheet(material, number, named, inside) for number, (_name, inside) in enumerate(sheets, start=1))
    return report_page(
        f"{sentences.title(material)} · {sentences.span(material)}",
        (tag("main", *made),),
        numbers,
        styles=("page.css", "present.css"),
        scripts=("page.js", "present.js"),
    )


def _sheet(material: Material, number: int, named: list[tuple[str, str]], inside: tuple[Safe, ...]) -> Safe:
    name, title = named[number - 1]
    links = (
        tag("a", str(place), href=f"#{where}", title=words_of, **({"aria_current": "page"} if place == number else {}))
        for place, (where, words_of) in enumerate(named, start=1)
    )
    head = "h1" if number == 1 else "h2"
    who = " · ".join(part for part in (material.name, sentences.span(material)) if part)
    return tag(
        "section",
        tag("header", tag(head, title, id=f"{name}-title"), tag("p", who, class_="soft"), class_="bar"),
        *inside,
        tag(
            "footer",
            tag("p", wording.footer()),
            tag("nav", *links, aria_label=_("Page {number} of {count}").format(number=number, count=len(named))),
            class_="bar",
        ),
        class_="sheet",
        id=name,
        tabindex="-1",
        aria_labelledby=f"{name}-title",
    )


def _trust(material: Material) -> tuple[str, tuple[Safe, ...]]:
    """How much was measured, how much of it holds, and with which error."""
    period = material.period
    usable, median, *_others = tiles(material)
    zero = _("their zero is known; the others tell their own course only")
    shown = [
        usable,
        Tile(_("Tied days"), words.number(period.tied_days), zero),
        median,
        Tile(_("Calibrations"), words.number(len(period.calibrations)), _repeatability(material)),
    ]
    inside = [tag("p", " ".join(answers(material)[0].says), class_="verdict")]
    if material.generated:
        said = tag("strong", _("Generated data."))
        inside.insert(0, tag("p", said, " ", _("Nobody lived these days."), class_="generated"))
    inside += [tag("p", tag("strong", warning), class_="generated") for warning in material.warnings]
    inside.append(tag("dl", *(tile(one, "soft") for one in shown), class_="tiles"))
    inside += [tag("p", note) for note in material.notes]
    inside.append(tag("p", sentences.what_it_is(), class_="soft"))
    return _("Can it be trusted?"), tuple(inside)


def _repeatability(material: Material) -> str:
    notes = material.period.calibrations
    if not notes:
        return ""
    return _("the last {date}, ± {error}").format(
        date=notes[-1].at.date().isoformat(),
        error=words.length(notes[-1].repeatability_in, material.units, digits=2),
    )


def _then_and_now(material: Material) -> tuple[str, tuple[Safe, ...]]:
    """The change with its interval, week by week, and headaches beside it."""
    title = _("Then and now")
    if material.one_day:
        return title, (tag("p", _("A single day has no then and now."), class_="verdict"),)
    _trusted, changed, headaches, *_rest = answers(material)
    inside = [tag("p", " ".join(changed.says), class_="verdict")]
    beside = [tag("h3", headaches.name), *(tag("p", said) for said in headaches.says)]
    if sentences.has_weeks(material):
        chart = _chart("weeks", _("Weekly medians with their error, and headache days below"), _weeks_key(material))
        inside.append(tag("div", chart, tag("div", *beside), class_="cols"))
    else:
        inside += beside
    if check_tables.has_checks(material):
        inside.append(_checks(material))
    return title, tuple(inside)


def _checks(material: Material) -> Safe:
    """What the last movement check found, beside the first in this time: a line for each movement of which it tells
    how far it went, at least. The others stand in the report."""
    content = check_tables.then_and_now(material)
    checks = checks_of(material.content.checks)
    two = len(checks) > 1
    lines = []
    for row, (name, *cells) in zip(checks[-1].rows, content.rows, strict=True):
        if row.value is None:
            continue
        then, now, change = cells[:3] if two else ("", cells[0], words.MISSING)
        told = f"{then} → {now}" if two else now
        told += "" if change == words.MISSING else f" ({change})"
        lines.append(tag("li", tag("span", f"{name}: ", class_="soft"), told))
    span = " · ".join(content.head[1:3] if two else content.head[1:2])
    return tag("div", tag("h3", f"{content.caption} ({span})"), tag("ul", *lines), class_="checks")


def _weeks_key(material: Material) -> str:
    key = _("Line: weekly median with its error. Dotted: a tenth of the time over. Dashed: calibration.")
    return f"{key} {_('Below: days with headache.')}" if material.diary_shared and material.period.diary.days else key


def _day(material: Material) -> tuple[str, tuple[Safe, ...]]:
    """The hours, the longest bout, breaks and reminders."""
    if material.one_day:
        says = (sentences.distribution(material), sentences.breaks(material))
        return _("The day"), tuple(tag("p", said, class_="verdict") for said in says)
    _trusted, _changed, _headaches, day, reminders, breaks, *_topics = answers(material)
    first, *more = day.says
    inside = [tag("p", first, class_="verdict")]
    beside = tag("div", *(tag("p", said) for said in (*more, *reminders.says, *breaks.says)), class_="dense")
    if material.period.heat:
        chart = _chart("heat", _("Median distance by weekday and hour"))
        inside.append(tag("div", chart, beside, class_="cols"))
    else:
        inside.append(beside)
    return _("The day"), tuple(inside)


def _plan(material: Material) -> tuple[str, tuple[Safe, ...]]:
    """Where the course stands and what was done."""
    inside = [tag("p", plan_tables.sentence(material), class_="verdict")]
    taken = material.plan
    if taken is None:
        inside.append(tag("p", _("No plan was shared.")))
    else:
        course = " · ".join((taken.plan.title, plan_words.course_words(taken)))
        visit = plan_words.visit_words(taken)
        inside.append(tag("p", course, " · " if visit else "", tag("strong", visit), class_="course"))
        inside.append(table(plan_tables.phases(material)))
    if material.period.exercises:
        inside.append(table(plan_tables.done_by_phase(material)))
    return _("The plan"), tuple(inside)


def _chart(name: str, label: str, key: str = "") -> Safe:
    drawn = tag("div", class_=f"chart {name}", id=f"chart-{name}", role="img", aria_label=label)
    return tag("figure", drawn, *([tag("figcaption", key, class_="soft")] if key else []))
