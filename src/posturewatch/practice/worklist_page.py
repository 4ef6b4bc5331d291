"""The worklist as one HTML page: no network, light and dark, keyboard, ten thousand patients.

Every row is in the page as text, already in the reader's language; the script only chooses which of them are shown. A
content security policy allows that one script, by its hash, and nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from posturewatch import __version__
from posturewatch.base import wording
from posturewatch.base.i18n import _
from posturewatch.base.quantities import Units
from posturewatch.core.history.summary.limits import ANSWERED_DAYS, MIN_VALID_MIN
from posturewatch.practice.engines import SPAN_WEEKS, THEN_AND_NOW_DAYS
from posturewatch.practice.worklist import SILENT_DAYS, Attention, PatientRow
from posturewatch.report import words
from posturewatch.report.html.markup import Safe, tag
from posturewatch.report.html.shell import asset, whole_page

AT_FIRST: Final = 50
"""Rows that stand in the page without its script, and that it begins with."""


def render_worklist(
    rows: Sequence[PatientRow], now: datetime, units: Units, reports: Mapping[int, str] | None = None
) -> str:
    """The page of these rows, in their order. ``reports``: where the report of a patient lies, from the page."""
    links = reports or {}
    cells = [_cells(row, units) for row in rows]
    numbers = {
        "rows": cells,
        "looks": [int(row.look) for row in rows],
        "names": [row.label.casefold() for row in rows],
        "links": {str(patient): where for patient, where in links.items()},
        "shown": _("{shown} of {all}"),
        "more": AT_FIRST,
    }
    return whole_page(
        _("Worklist"),
        (
            tag("a", _("Skip to the list"), href="#list", class_="skip"),
            tag("header", *_top(len(rows), now), class_="top"),
            tag("main", _tools(rows), _table(rows, cells, links), _rule(), _meaning()),
            tag("footer", tag("p", tag("strong", wording.footer()))),
        ),
        numbers,
        styles=(asset("page.css"), asset("worklist.css", __package__)),
        scripts=(asset("worklist.js", __package__),),
        kind="worklist",
    )


def look_words() -> tuple[str, ...]:
    """Why somebody needs a look, in the order of :class:`Attention`."""
    return (
        _("more headache days"),
        _("further forward"),
        _("no new data"),
        _("too few days"),
        _("none of these"),
    )


def _top(count: int, now: datetime) -> list[Safe]:
    made = _("Made on {date} by posturewatch {version}.").format(date=f"{now:%Y-%m-%d %H:%M}", version=__version__)
    about = _("Patients: {n}. Each row speaks of the {weeks} weeks up to the patient's newest day.").format(
        n=words.number(count), weeks=SPAN_WEEKS
    )
    return [tag("h1", _("Worklist")), tag("p", about, " ", made, class_="small soft")]


def _tools(rows: Sequence[PatientRow]) -> Safe:
    counts = [sum(row.look is look for row in rows) for look in Attention]
    options = [tag("option", _("all"), value="")]
    options += [
        tag("option", f"{name} ({words.number(counts[look])})", value=str(int(look)))
        for look, name in zip(Attention, look_words(), strict=True)
    ]
    orders = (
        tag("option", _("what needs a look first"), value="look"),
        tag("option", _("newest data first"), value="new"),
        tag("option", _("number"), value="number"),
    )
    return tag(
        "div",
        tag("label", _("Search"), " ", Safe('<input id="search" type="search" autocomplete="off">')),
        tag("label", _("Show"), " ", tag("select", *options, id="look")),
        tag("label", _("Order"), " ", tag("select", *orders, id="order")),
        tag("span", "", id="shown", role="status"),
        class_="pick",
    )


def _head() -> tuple[str, ...]:
    return (
        _("Patient"),
        _("Name"),
        _("Look because"),
        _("Newest data"),
        _("Days usable / tied"),
        _("Headache days a week"),
        _("NDI"),
        _("HIT-6"),
        _("Median"),
        _("Change (95 % interval)"),
        _("Movement check"),
        _("Breaks taken"),
        _("Exercises done"),
    )


def _cells(row: PatientRow, units: Units) -> list[str]:
    taken = row.breaks_taken / row.breaks_due if row.breaks_due else None
    if row.change is None:
        change = _("at least {n} more days").format(n=row.missing_days)
    else:
        change = "{change} ({interval})".format(**words.differing(row.change, units))
    return [
        str(row.patient),
        row.label,
        look_words()[row.look],
        row.last_day.isoformat(),
        f"{row.usable_days} / {row.tied_days}",
        _pair(row.headaches_then, row.headaches_now, 1),
        _pair(*row.ndi, 0),
        _pair(*row.hit6, 0),
        words.length_with_error(row.median_in, row.se_in, units),
        change,
        words.MISSING if row.check_day is None else f"{row.check_day.isoformat()} ({row.checks})",
        words.percent(taken),
        _exercises(row),
    ]


def _exercises(row: PatientRow) -> str:
    if not row.exercises_offered:
        return words.MISSING
    done = words.percent(row.exercises_done / row.exercises_offered)
    return f"{done} · " + _("{n} × made it worse").format(n=row.exercises_worse) if row.exercises_worse else done


def _pair(then: float | None, now: float | None, digits: int) -> str:
    if then is None and now is None:
        return words.MISSING
    return f"{words.number(then, digits)} → {words.number(now, digits)}"


def _table(rows: Sequence[PatientRow], cells: Sequence[Sequence[str]], links: Mapping[int, str]) -> Safe:
    first, heads = [], _head()
    for row, told in zip(rows[:AT_FIRST], cells, strict=False):
        number: str = tag("a", told[0], href=links[row.patient]) if row.patient in links else told[0]
        rest = (tag("td", cell, data_label=head) for head, cell in zip(heads[1:], told[1:], strict=True))
        first.append(tag("tr", tag("th", number, scope="row"), *rest, class_=f"look{int(row.look)}"))
    caption = _("Patients, with what was then and what is now")
    body = tag(
        "table",
        tag("caption", caption),
        tag("thead", tag("tr", *(tag("th", name, scope="col") for name in heads))),
        tag("tbody", *first, id="rows"),
    )
    return tag(
        "section",
        tag("div", body, class_="scroll stacks", tabindex="0", role="region", aria_label=caption),
        tag("p", _("Nobody matches. Change the search, or show all."), id="nobody", hidden=""),
        tag("p", tag("button", _("Show more"), type="button", id="more"), class_="pick"),
        tag("noscript", tag("p", _("Without scripts only the first {n} are shown.").format(n=AT_FIRST))),
        id="list",
    )


def _rule() -> Safe:
    rule = _(
        "First come patients with one headache day a week or more above then; then those whose head is further "
        "forward, by a change whose whole interval lies above zero; then those without data for more than {silent} "
        "days; then those with too few days to tell a change; then all others. Among equals the newest data come "
        "first. It orders your reading and judges nobody."
    ).format(silent=SILENT_DAYS)
    return tag("section", tag("h2", _("What needs a look first")), tag("p", rule))


def _meaning() -> Safe:
    said = _(
        "Days, median and change are those of the patient's report over the same weeks. A day is usable with {minutes} "
        "valid minutes and 50 % coverage, and tied where its zero is known. Headache days a week: then, the first "
        "{days} days; now, the last {days}; from {answers} days with a diary answer on. Questionnaires: the first and "
        "the last total. Breaks taken: of those that were due."
    ).format(minutes=words.number(MIN_VALID_MIN), days=THEN_AND_NOW_DAYS, answers=ANSWERED_DAYS)
    return tag("section", tag("h2", _("How to read it")), tag("p", said))
