"""The sections of the page, in the order of a review: each its words, its chart, its table."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from posturewatch.base import wording
from posturewatch.base.i18n import _
from posturewatch.base.movement_words import literature_source
from posturewatch.core.history.summary.change import DAYS_A_WEEK
from posturewatch.report import check_tables, day_tables, plan_tables, plan_words, sentences, tables, words
from posturewatch.report.check_tables import MovementTrace
from posturewatch.report.event_marks import state_names
from posturewatch.report.html.markup import Safe, folded, table, tag, text
from posturewatch.report.material import Material


def sections(material: Material, shown_days: tuple[str, ...]) -> tuple[Safe, ...]:
    """All sections of this report. ``shown_days``: the days whose timeline the page carries, newest first."""
    before: tuple[Callable[[Material], Safe], ...] = (_quality, _bands, _distribution)
    after: tuple[Callable[[Material], Safe], ...] = (_breaks, _plan, _heat, _weeks, _diary, _checks)
    if material.one_day:
        made = [*(maker(material) for maker in before), _timeline(material, shown_days)]
        made += [maker(material) for maker in (_breaks, _plan, _diary, _checks)]
        return tuple(part for part in made if part)
    made = [*(maker(material) for maker in (*before, *after)), _timeline(material, shown_days)]
    return tuple(part for part in made if part)


def _section(name: str, title: str, *inside: str) -> Safe:
    return tag("section", tag("h2", title, id=f"{name}-title"), *inside, id=name, aria_labelledby=f"{name}-title")


def _chart(name: str, label: str, says: str, material: Material, day: str = "") -> Safe:
    """A chart with its words above it; the words are read in its place where it cannot be seen, and a picture stands
    in it where no script draws."""
    still = picture(name, material, label, day)
    return tag(
        "figure",
        tag("figcaption", says),
        tag("div", still, class_=f"chart {name}", id=f"chart-{name}", role="img", aria_label=label),
    )


def _key(*pairs: tuple[str, str]) -> Safe:
    """The key to the colours."""
    return tag(
        "ul",
        *(tag("li", tag("span", class_=f"swatch {kind}", aria_hidden="true"), name) for kind, name in pairs),
        class_="key",
    )


def _states_key() -> Safe:
    return _key(*zip(("b2", "s-unreliable", "s-away", "s-paused", "s-off"), state_names().values(), strict=True))


def _bands_key(material: Material) -> Safe:
    return _key(*((f"b{index}", name) for index, name in enumerate(words.bands(material.units))))


def _quality(material: Material) -> Safe:
    seen = material.period.quality
    says = _(
        "Valid {valid}, present without a reliable number {unreliable}, away {away}, paused or camera off {off}; "
        "coverage {coverage}."
    ).format(
        valid=words.duration(seen.valid_min),
        unreliable=words.duration(seen.unreliable_min),
        away=words.duration(seen.away_min),
        off=words.duration(seen.camera_off_min),
        coverage=words.percent(seen.coverage),
    )
    drawn = not material.one_day and sum(sentences.recorded_days(material)[:2]) > 0
    told = " ".join((says, *sentences.older_days_left_out(material)))
    chart = [_chart("quality", _("Hours of each day by what was seen"), told, material)] if drawn else []
    inside: list[str] = [_states_key(), *chart] if chart else [tag("p", says)]
    inside.append(folded(_("Table: time by what was seen"), table(tables.quality(material)), paper=True))
    if material.period.calibrations:
        inside.append(tag("h3", _("Calibration")))
        if in_force := sentences.calibration_in_force(material):
            inside.append(tag("p", in_force))
        inside.append(table(tables.calibrations(material)))
    if material.period.workstations:
        inside += [tag("h3", _("The workstation")), table(tables.workstations(material))]
        inside.append(tag("p", sentences.workstation(), class_="small soft"))
    if not material.one_day:
        said = (*sentences.older_days_left_out(material), *sentences.untied_mark(material))
        notes = (tag("p", note, class_="small soft") for note in said)
        inside.append(folded(_("Table: every recorded day"), *notes, table(day_tables.days(material))))
    return _section("quality", _("Data quality"), *inside)


def _bands(material: Material) -> Safe:
    label = _("Share of the valid time in each band of distance")
    share = material.posture.band_share
    inside: list[str] = (
        [_bands_key(material), _chart("bands", label, sentences.bands(material), material)]
        if share
        else [tag("p", sentences.bands(material))]
    )
    if not material.one_day and any(day.posture.band_share for day in material.period.days):
        inside += [] if share else [_bands_key(material)]
        beside = (*_untied(material), *sentences.older_days_left_out(material))
        inside.append(
            _chart(
                "days",
                _("Valid minutes of each day by band of distance"),
                " ".join((_("Day by day. Hatched days are insufficient: shown, not averaged."), *beside)),
                material,
            )
        )
    inside.append(table(tables.bands(material)))
    inside.append(tag("p", words.load_rule(), class_="small soft"))
    return _section("bands", _("Time by distance"), *inside)


def _untied(material: Material) -> tuple[str, ...]:
    return (_("Dotted days are not tied: they show their own course."),) if sentences.untied_mark(material) else ()


def _distribution(material: Material) -> Safe:
    return _section(
        "distribution",
        _("Median and bouts"),
        tag("p", sentences.distribution(material)),
        tag("p", sentences.what_a_bout_is(material), class_="small soft"),
        table(tables.distribution(material)),
        tag("p", words.load_rule(), class_="small soft"),
    )


def _breaks(material: Material) -> Safe:
    return _section(
        "breaks",
        _("Breaks and reminders"),
        tag("p", sentences.breaks(material)),
        folded(_("Table: breaks and reminders"), table(tables.breaks(material)), paper=True),
    )


def _plan(material: Material) -> Safe:
    """The therapist's plan and what became of its exercises; nothing where there is neither."""
    if not plan_tables.has_plan(material):
        return Safe("")
    inside: list[str] = [tag("p", plan_tables.sentence(material))]
    if material.plan is not None:
        inside.append(tag("p", material.plan.plan.title, " · ", plan_words.course_words(material.plan), class_="small"))
        inside.append(table(plan_tables.phases(material)))
    if material.period.exercises:
        inside.append(table(plan_tables.exercises(material)))
    return _section("plan", _("Plan and exercises"), *inside)


def _heat(material: Material) -> Safe:
    title, says = _("Hours of the week"), sentences.heat(material)
    if not material.period.heat:
        return _section("heat", title, tag("p", says))
    return _section(
        "heat",
        title,
        _chart("heat", _("Median distance by weekday and hour"), says, material),
        folded(_("Table: weekday by hour"), table(tables.heat(material))),
    )


def _weeks(material: Material) -> Safe:
    weeks = folded(_("Table: weeks"), table(tables.weeks(material)), paper=True)
    if not sentences.has_weeks(material):
        return _section("weeks", _("Week by week"), tag("p", sentences.change(material)), weeks)
    drawn = _(
        "The bars at each week are its standard error. A filled mark is a week with at least {days} usable tied days, "
        "which a change is judged by; the dashed lines with a triangle are calibrations."
    ).format(days=DAYS_A_WEEK)
    beside = (
        _("Below: days with headache (filled) among the days with a diary entry (outlined).")
        if material.diary_shared and material.period.diary.days
        else ""
    )
    says = " ".join(part for part in (sentences.change(material), drawn, beside) if part)
    key = [
        ("mark-median", _("median with its standard error")),
        ("mark-p90", _("a tenth of the time over")),
        ("mark-few", _("week with too few tied days")),
        ("mark-calibrated", _("calibration")),
    ]
    if beside:
        key += [("mark-ache", _("days with headache")), ("s-away", _("days with a diary entry"))]
    return _section(
        "weeks",
        _("Week by week"),
        _key(*key),
        _chart("weeks", _("Weekly medians with their error, and headache days below"), says, material),
        weeks,
    )


def _diary(material: Material) -> Safe:
    inside: list[str] = [tag("p", sentences.diary(material))]
    if material.diary_shared:
        aches, clear = tables.diary(material), tables.clear_days(material)
        if aches.rows:
            inside.append(folded(_("Table: headaches"), table(aches), paper=True))
        if clear.rows:
            inside.append(folded(_("Table: days noted as without headache"), table(clear)))
        if material.period.diary.scores:
            inside.append(table(tables.scores(material)))
        if not material.one_day:
            inside.append(tag("h3", _("Posture beside headaches (exploratory)")))
            inside.append(tag("p", sentences.association(material)))
    inside.insert(1, _help())
    return _section("diary", _("Headache diary"), *inside)


def _checks(material: Material) -> Safe:
    """Words, tables, and the traces as small drawings that need no script."""
    if not check_tables.has_checks(material):
        return Safe("")
    made: list[str] = [
        tag("p", check_tables.said(material)),
        table(check_tables.then_and_now(material)),
        tag("p", literature_source(), class_="small soft"),
    ]
    beside = check_tables.left_and_right(material)
    if beside.rows:
        made.append(table(beside))
    drawn = check_tables.traces(material)
    if drawn:
        made.append(
            folded(
                _("Traces of the movements"),
                tag("p", check_tables.traces_said(), class_="small"),
                tag("div", *(_trace(one) for one in drawn), class_="traces"),
                paper=True,
            )
        )
    return _section("checks", _("Movement checks"), *made)


def _help() -> Safe:
    """When to seek help, never folded: it is printed with the diary, and is the same in every report."""
    return tag(
        "aside",
        tag("h3", _("When to seek help"), id="seek-help"),
        tag("p", tag("strong", f"{wording.call_for_help()} {wording.seek_help_title()}")),
        tag("ul", *(tag("li", item) for item in wording.seek_help())),
        tag("p", wording.see_a_doctor_soon()),
        class_="help",
        aria_labelledby="seek-help",
    )


def _timeline(material: Material, shown_days: tuple[str, ...]) -> Safe:
    if not shown_days:
        return Safe("")
    newest = shown_days[0]
    inside: list[str] = []
    if not material.one_day:
        inside.append(_day_choice(shown_days))
    inside.append(tag("p", "", id="day-words", aria_live="polite"))
    inside.append(_states_key())
    says = _(
        "Minute by minute: the estimated distance with its standard error (shaded), what was seen below it, and "
        "reminders, breaks and headaches as marks. The dashed line is at {limit}."
    ).format(limit=words.length(1.0, material.units))
    inside.append(_chart("timeline", _("One day, minute by minute"), says, material, newest))
    signs = _(
        "Reminders: △ shown, ▲ acted on, | muted. Breaks: ● taken, ◆ natural, ○ postponed, × skipped, | muted. "
        "Watching: ● calibration, camera, pause. Headache: ■."
    )
    inside.append(tag("p", signs, class_="small soft"))
    day = date.fromisoformat(newest)
    hours = day_tables.hours_of_day(material.content.minutes.of_days(day, day), material.units)
    inside.append(tag("div", folded(_("Table: the day by the hour"), table(hours), paper=True), id="day-table"))
    recorded = material.period.usable_days + sentences.recorded_days(material)[1]
    if len(shown_days) < recorded:
        inside.append(tag("p", sentences.only_newest(len(shown_days)), class_="small soft"))
    return _section("day", _("A single day"), *inside)


def _day_choice(shown_days: tuple[str, ...]) -> Safe:
    options = []
    for day in reversed(shown_days):
        chosen = {"selected": ""} if day == shown_days[0] else {}
        options.append(tag("option", day, value=day, **chosen))
    return tag(
        "div",
        tag("button", _("Day before"), type="button", id="day-back"),
        tag("label", _("Day"), for_="day-choice"),
        tag("select", *options, id="day-choice"),
        tag("button", _("Day after"), type="button", id="day-on"),
        class_="pick screen",
    )


_WIDE_PT: Final = 520.0
_LEFT_OUT: Final = re.compile(r"<title>.*?</title>|<desc>.*?</desc>|<clipPath.*?</clipPath>|[\t\n]", re.DOTALL)
_NAMES: Final = re.compile(
    r'\sid="group"|\sstyle="clip-path:\surl\(#clip\)"|font-family:[^;]*;|stroke-linecap:\sbutt;\s'
)
"""Names that would stand twice in the page, fonts that the page does not have, and what is so anyway."""


def picture(name: str, material: Material, label: str, day: str = "") -> Safe:
    """The chart of this name (``day``: the day that a timeline shows) for readers without scripts: the PDF's, as SVG
    within ``noscript``."""
    drawn = _drawing(name, material, day)
    if drawn is None:
        return Safe("")
    from reportlab.graphics import renderSVG

    whole = renderSVG.drawToString(drawn)
    svg = _NAMES.sub("", _LEFT_OUT.sub("", whole[whole.index("<svg") :]))
    named = svg.replace("<svg ", f'<svg class="picture" role="img" aria-label="{text(label)}" ', 1)
    return tag("noscript", Safe(named))


def _drawing(name: str, material: Material, day: str) -> Any:
    from posturewatch.report.pdf import charts, day_charts
    from posturewatch.report.pdf.text import register_fonts

    register_fonts()
    if name == "timeline":
        shown = date.fromisoformat(day)
        return day_charts.course(material.content.minutes.of_days(shown, shown), material, _WIDE_PT)
    makers = {
        "bands": charts.bands,
        "weeks": charts.weeks,
        "heat": charts.heat,
        "quality": day_charts.quality,
        "days": day_charts.days,
    }
    return makers[name](material, _WIDE_PT) if name in makers else None


_TRACE_WIDE, _TRACE_HIGH, _EDGE = 300, 110, 8


def _trace(one: MovementTrace) -> Safe:
    """A line over time, zero marked."""
    low, high = one.range

    def place(t: float, value: float) -> str:
        x = _EDGE + t / one.last_s * (_TRACE_WIDE - 2 * _EDGE)
        y = _TRACE_HIGH - _EDGE - (value - low) / (high - low) * (_TRACE_HIGH - 2 * _EDGE)
        return f"{x:.1f},{y:.1f}"

    def line(samples: tuple[tuple[float, float], ...], kind: str) -> Safe:
        return tag("polyline", points=" ".join(place(*sample) for sample in samples), class_=kind)

    zero = place(0.0, 0.0).split(",")[1]
    lines = [Safe(f'<line x1="{_EDGE}" x2="{_TRACE_WIDE - _EDGE}" y1="{zero}" y2="{zero}" class="zero"></line>')]
    lines += [line(one.then, "then")] if one.then else []
    lines.append(line(one.now, "now"))
    label = _("{movement}: up to {most}").format(movement=one.name, most=one.most)
    drawing = tag("svg", *lines, viewBox=f"0 0 {_TRACE_WIDE} {_TRACE_HIGH}", role="img", aria_label=label)
    return tag("figure", drawing, tag("figcaption", label))
