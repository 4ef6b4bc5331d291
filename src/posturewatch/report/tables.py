"""The report's tables as records, written once for the page and the PDF.

Every chart has its table here. What the user typed (names, medication, trigger, note) is passed on as it is:
each writer escapes for its own format.
"""

from __future__ import annotations

from dataclasses import dataclass

from posturewatch.base.i18n import _
from posturewatch.base.records import DiaryEntry, EventKind
from posturewatch.base.wording import day_name, weekday_name
from posturewatch.core.history.diary import is_backfilled
from posturewatch.core.history.summary.limits import HEAT_DAYS
from posturewatch.report import words
from posturewatch.report.material import Material


@dataclass(frozen=True, slots=True)
class Table:
    """``rows`` of text under ``head``. ``wordy``: columns of words, left-aligned and wrapped (the first always
    is). ``thin``: rows of days that are shown and not averaged. ``stacks``: rows of many columns or of long texts, each
    of which is a list of its own where the screen is narrow."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wordy: tuple[int, ...] = ()
    thin: tuple[int, ...] = ()
    stacks: bool = False


def quality(material: Material) -> Table:
    """Minutes by what was seen, over all days."""
    sums = material.period.quality
    rows = (
        (_("Valid (a number was had)"), words.duration(sums.valid_min)),
        (_("Present, no reliable number"), words.duration(sums.unreliable_min)),
        (_("Away from the desk"), words.duration(sums.away_min)),
        (_("Paused"), words.duration(sums.paused_min)),
        (_("Camera off"), words.duration(sums.off_min)),
        (_("Coverage"), words.percent(sums.coverage)),
        (_("Camera changed"), words.number(material.period.camera_changes)),
        (_("Camera lost or held by another program"), words.number(_camera_troubles(material))),
    )
    return Table(_("Time by what was seen, all days"), (_("What"), _("Amount")), rows)


def _camera_troubles(material: Material) -> int:
    """How often the camera was not to be had (the journal names the reason, and "back" when it came back)."""
    ends = {"back", "changed"}
    return sum(event.kind is EventKind.CAMERA and event.outcome not in ends for event in material.content.events)


def calibrations(material: Material) -> Table:
    """The calibrations that the minutes rest on."""
    rows = tuple(
        (
            f"{note.at:%Y-%m-%d %H:%M}",
            note.profile,
            "± " + words.length(note.repeatability_in, material.units, digits=2),
            words.number(note.usable_days),
        )
        for note in material.period.calibrations
    )
    return Table(
        _("Calibrations"),
        (_("Made"), _("Profile"), _("Repeatability"), _("Usable days")),
        rows,
        wordy=(1,),
        stacks=True,
    )


def workstations(material: Material) -> Table:
    """The place by profile: medians with their error; what is usual, not what ought to be."""
    rows = tuple(
        (
            one.profile,
            words.duration(one.valid_min),
            words.far(one.distance_cm, material.units),
            words.turned(one.head_yaw_deg, (_("to the left"), _("to the right"))),
            words.turned(one.head_roll_deg, (_("to the right"), _("to the left"))),
            words.far(one.camera_above_cm, material.units),
            words.number(one.brightness.median if one.brightness else None),
        )
        for one in material.period.workstations
    )
    return Table(
        _("The place by profile, medians over the valid time, with their standard error where it is known"),
        (
            _("Profile"),
            _("Valid"),
            _("Eyes from the camera"),
            _("Head turned"),
            _("Head tilted"),
            _("Camera above the eyes"),
            _("Mean grey of the picture (0–255)"),
        ),
        rows,
        wordy=(3, 4),
        stacks=True,
    )


def bands(material: Material) -> Table:
    """Time by band over the usable days."""
    posture = material.posture
    shares = posture.band_share or (None, None, None, None)
    rows = tuple(
        (name, load, words.duration(minutes), words.percent(share))
        for name, load, minutes, share in zip(
            words.bands(material.units), words.band_loads(material.units), posture.band_min, shares, strict=True
        )
    )
    return Table(
        _("Valid time by distance"),
        (_("Distance"), _("Load index (11 lb + 10 lb per inch; a rule of thumb, not a force)"), _("Time"), _("Share")),
        rows,
        wordy=(1,),
    )


def distribution(material: Material) -> Table:
    """Percentiles and bouts over the usable days."""
    posture, bouts = material.posture, material.bouts
    units = material.units
    limit = words.length(1.0, units)
    rows = (
        (_("Median (P50)"), words.length_with_error(posture.p50_in, posture.se_in, units)),
        (_("A tenth of the time under (P10)"), words.length(posture.p10_in, units)),
        (_("A tenth of the time over (P90)"), words.length(posture.p90_in, units)),
        (
            _("Load index at the median (11 lb + 10 lb per inch; a rule of thumb, not a force)"),
            words.load(posture.load, units),
        ),
        (_("Bouts at {limit} or more").format(limit=limit), words.number(bouts.count)),
        (_("Longest bout"), words.duration(bouts.longest_min)),
        (_("Mean bout"), words.duration(bouts.mean_min)),
    )
    return Table(_("Distances and bouts"), (_("What"), _("Value")), rows)


def breaks(material: Material) -> Table:
    """Breaks and reminders by outcome."""
    taken, nudges = material.period.breaks, material.period.nudges
    rows = (
        (_("Breaks due"), words.number(taken.due)),
        (_("… taken"), words.number(taken.taken_when_due)),
        (_("… skipped"), words.number(taken.skipped)),
        (_("… postponed"), words.number(taken.postponed)),
        (_("… muted (call, full screen, do not disturb …)"), words.number(taken.muted)),
        (_("Breaks taken by hand, before one was due"), words.number(taken.by_hand)),
        (_("Natural breaks (away for a minute or more)"), words.number(taken.natural)),
        (_("Posture reminders shown"), words.number(nudges.shown)),
        (_("… acted on"), words.number(nudges.acted)),
        (_("… dismissed"), words.number(nudges.dismissed)),
        (_("… without answer"), words.number(nudges.unanswered)),
        (_("Posture reminders muted"), words.number(nudges.muted)),
    )
    return Table(_("Breaks and reminders, all days"), (_("What"), _("Count")), rows)


def heat(material: Material) -> Table:
    """Median by hour and weekday over the usable days."""
    cells = {(cell.weekday, cell.hour): cell for cell in material.period.heat}
    hours = sorted({cell.hour for cell in material.period.heat})
    rows = []
    for weekday in sorted({cell.weekday for cell in material.period.heat}):
        row = [weekday_name(weekday)]
        for hour in hours:
            cell = cells.get((weekday, hour))
            row.append(words.length(cell.median_in, material.units) if cell else words.MISSING)
        rows.append(tuple(row))
    return Table(
        _(
            "Median distance by weekday and hour, usable days; of a weekday with {n} of them or more, hours seen on "
            "fewer are left out"
        ).format(n=HEAT_DAYS),
        (_("Weekday"), *(f"{hour:02d}:00" for hour in hours)),
        tuple(rows),
    )


def weeks(material: Material) -> Table:
    """Weekly medians with their tied days, and the diary beside them; what changed is one sentence over all of them."""
    units = material.units
    rows = [
        (
            week.monday.isoformat(),
            f"{week.usable_days}/{week.days}",
            words.number(week.tied_days),
            words.length_with_error(week.median_in, week.se_in, units),
            words.length(week.p10_in, units),
            words.length(week.p90_in, units),
            f"{week.headache_days}/{week.answered_days}" if material.diary_shared else words.MISSING,
        )
        for week in material.period.weeks
    ]
    return Table(
        _("Weeks from Monday; only usable days are averaged"),
        (
            _("Week of"),
            _("Usable days"),
            _("Tied days"),
            _("Median"),
            _("P10"),
            _("P90"),
            _("Headache days / days with entry"),
        ),
        tuple(rows),
    )


def diary(material: Material) -> Table:
    """Headaches as they were written."""
    rows = tuple(
        (
            day_name(entry.at.date()),
            f"{entry.at:%H:%M}",
            words.number(entry.worst),
            words.duration(entry.duration_min),
            words.side(entry.side),
            entry.medication,
            entry.trigger,
            entry.note,
            _written(entry),
        )
        for entry in material.content.diary
        if entry.kind == "headache"
    )
    return Table(
        _("Headaches, as the person entered them. When to seek help: see the list with the diary."),
        (
            _("Day"),
            _("Time"),
            _("Worst (0–10)"),
            _("Duration"),
            _("Side"),
            _("Medication"),
            _("Suspected trigger"),
            _("Note"),
            _("Written"),
        ),
        rows,
        wordy=(4, 5, 6, 7, 8),
        stacks=True,
    )


def clear_days(material: Material) -> Table:
    """Days noted as without headache."""
    diary = material.content.diary
    rows = tuple((day_name(entry.at.date()), _written(entry)) for entry in diary if entry.kind == "none")
    return Table(_("Days noted as without headache"), (_("Day"), _("Written")), rows, wordy=(1,))


def _written(entry: DiaryEntry) -> str:
    return _("later") if is_backfilled(entry) else _("same day")


def scores(material: Material) -> Table:
    """Outcome totals that the user entered."""
    rows = tuple(
        (point.at.date().isoformat(), point.name, words.number(point.score)) for point in material.period.diary.scores
    )
    return Table(_("Outcome totals entered by the person"), (_("Day"), _("Score"), _("Total")), rows, wordy=(1,))
