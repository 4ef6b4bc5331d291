"""What the user shares: chosen, shown first in words, then laid out as the members of one zip. Pure.

The user leaves out what they wish: the diary, everything that they typed, single days. What was left out is
named in the manifest and in the report, so that the reader does not take a gap for an absence.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from posturewatch.base.i18n import _, ngettext
from posturewatch.base.movement import Worse
from posturewatch.base.outside import json_value
from posturewatch.base.quantities import Paper, Units
from posturewatch.base.records import EventKind
from posturewatch.core.history.adherence import exercises_words, sum_exercises
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.exchange import csv_tables
from posturewatch.exchange import manifest as export
from posturewatch.exchange.check_table import checks_csv
from posturewatch.exchange.csv_cells import LeftOut, encode, encoded
from posturewatch.exchange.fhir.bundle import fhir_lines
from posturewatch.exchange.manifest import CalibrationSummary, Manifest
from posturewatch.report import sentences, words
from posturewatch.report.html.page import render_html
from posturewatch.report.material import Material, gather
from posturewatch.report.pdf.document import render_pdf

if TYPE_CHECKING:
    from posturewatch.base.plan import PlanInForce

_LOG: Final = logging.getLogger(__name__)

LEFT_DIARY: Final = "diary"
LEFT_CHECKS: Final = "checks"
LEFT_FREE_TEXT: Final = "free_text"
LEFT_DAYS: Final = "days"
LEFT_PLAN: Final = "plan"
"""How the manifest's ``left_out`` names things; days follow as ``days 2026-11-02 2026-11-03``, and rows that could not
be read stand there as :data:`~posturewatch.exchange.manifest.LEFT_UNREAD` and their number."""

OF_A_PLAN: Final = frozenset({EventKind.EXERCISE, EventKind.PLAN})
"""Events of a plan; their details are its keys and none of the person's words."""

_DAYS_IN_ONE: Final = 80
"""Days named in one text of the manifest, which may have 1000 characters."""


@dataclass(frozen=True, slots=True)
class ShareChoice:
    """What the user wants shared. ``with_calibration``: with the points of face and body that a calibration is made of,
    which only another computer of the same person needs."""

    first: date
    last: date
    diary: bool = True
    free_text: bool = True
    without_days: frozenset[date] = frozenset()
    with_calibration: bool = False
    plan: bool = True
    with_checks: bool = True

    def keeps(self, day: date) -> bool:
        """Whether this local day is shared."""
        return self.first <= day <= self.last and day not in self.without_days

    @property
    def left_out(self) -> tuple[str, ...]:
        """What was left out, as the manifest names it."""
        parts = [] if self.diary else [LEFT_DIARY]
        if not self.with_checks:
            parts.append(LEFT_CHECKS)
        if not self.plan:
            parts.append(LEFT_PLAN)
        if not self.free_text:
            parts.append(LEFT_FREE_TEXT)
        days = sorted(day for day in self.without_days if self.first <= day <= self.last)
        for start in range(0, len(days), _DAYS_IN_ONE):
            named = [day.isoformat() for day in days[start : start + _DAYS_IN_ONE]]
            parts.append(" ".join((LEFT_DAYS, *named)))
        return tuple(parts)


def choose(content: JournalContent, choice: ShareChoice) -> JournalContent:
    """Take what was chosen. Calibrations stay where a minute that is kept rests on them."""
    kept = content.on_days(choice.keeps)
    used = kept.minutes.calibration_ids()
    rested = tuple(
        row if choice.with_calibration else replace(row, body="")
        for row in kept.calibrations
        if row.id in used or choice.keeps(row.at.date())
    )
    checks = kept.checks if choice.with_checks else ()
    if not choice.diary:  # what was answered of the headache belongs to the diary
        checks = tuple(replace(row, worse=Worse.NOT_ASKED) for row in checks)
    events = kept.events if choice.plan else tuple(event for event in kept.events if event.kind not in OF_A_PLAN)
    chosen = replace(kept, events=events, diary=kept.diary if choice.diary else (), calibrations=rested, checks=checks)
    return chosen if choice.free_text else _without_text(chosen)


def _without_text(chosen: JournalContent) -> JournalContent:
    """Without anything that the user typed: diary texts, and profile names, which become numbers."""
    profiles = dict.fromkeys((*(row.profile for row in chosen.calibrations), *chosen.minutes.profiles_in_use()))
    names = {profile: _("profile {number}").format(number=number) for number, profile in enumerate(profiles, start=1)}
    return JournalContent(
        chosen.minutes.with_profiles(names),
        tuple(event if event.kind in OF_A_PLAN else replace(event, detail="") for event in chosen.events),
        tuple(replace(entry, medication="", trigger="", note="") for entry in chosen.diary),
        tuple(
            replace(row, profile=names[row.profile], body=_renamed(row.body, names[row.profile]))
            for row in chosen.calibrations
        ),
        chosen.checks,
        chosen.unread,
    )


def _renamed(body: str, name: str) -> str:
    """A calibration's JSON under another profile name."""
    try:
        found = json_value(body)
    except ValueError:
        return body
    if isinstance(found, dict) and "profile" in found:
        return json.dumps(found | {"profile": name})
    return body


def left_out_words(left_out: Sequence[str]) -> tuple[str, ...]:
    """What was left out, as sentences for the report and the preview."""
    said = []
    if LEFT_DIARY in left_out:
        said.append(_("The headache diary was left out by the person."))
    if LEFT_CHECKS in left_out:
        said.append(_("The movement checks were left out by the person."))
    if LEFT_PLAN in left_out:
        said.append(_("The therapist's plan and its exercises were left out by the person."))
    if LEFT_FREE_TEXT in left_out:
        said.append(_("Texts that the person typed were left out by the person."))
    days = len(left_out_days(left_out))
    if days:
        said.append(
            ngettext("{n} day was left out by the person.", "{n} days were left out by the person.", days).format(
                n=days
            )
        )
    return tuple(said)


def left_out_days(left_out: Sequence[str]) -> frozenset[date]:
    """The days that a manifest names as left out."""
    named = [part.split()[1:] for part in left_out if part.split()[:1] == [LEFT_DAYS]]
    found = set()
    for text in (text for days in named for text in days):
        try:
            found.add(date.fromisoformat(text))
        except ValueError:
            continue
    return frozenset(found)


def left_out_rows(left_out: Sequence[str]) -> int:
    """How many rows a manifest says its writer could not read."""
    told = (_UNREAD.fullmatch(part) for part in left_out)
    return sum(int(found[1]) for found in told if found)


_UNREAD: Final = re.compile(export.LEFT_UNREAD + r" ([0-9]{1,9})")


def gather_chosen(
    content: JournalContent,
    choice: ShareChoice,
    *,
    made_at: datetime,
    person: str,
    name: str = "",
    units: Units = "in",
    zone: str = "",
    since: date | None = None,
    paper: Paper = "a4",
    plan: PlanInForce | None = None,
) -> Material:
    """The report's material of what is chosen. A name is typed text too and goes with it."""
    return gather(
        choose(content, choice),
        first=choice.first,
        last=choice.last,
        made_at=made_at.replace(microsecond=0),
        name=name if choice.free_text else "",
        units=units,
        zone=zone,
        person=person,
        notes=left_out_words(choice.left_out),
        diary_shared=choice.diary,
        since=since,
        paper=paper,
        plan=plan if choice.plan else None,
    )


def preview(material: Material, choice: ShareChoice, key_words: str, *, encrypted: bool) -> str:
    """What would be shared, in words, before anything is written. ``key_words``: those of the key that signs it. A few
    lines, ends with a line feed."""
    chosen = material.content
    aches = sum(entry.kind == "headache" for entry in chosen.diary)
    texts = sum(bool(text) for entry in chosen.diary for text in (entry.medication, entry.trigger, entry.note))
    profiles = ", ".join(dict.fromkeys(row.profile for row in chosen.calibrations)) or words.MISSING
    lines = [
        _("This would be shared, in one file, by you alone; nothing is sent:"),
        "  " + _("Days: {first} to {last}").format(first=material.period.first, last=material.period.last),
        "  " + sentences.verdict(material),
        "  " + _("Minutes with what was seen and the estimated distance: {n}").format(n=len(chosen.minutes)),
        "  " + _("Events (reminders, breaks, pauses …): {n}").format(n=len(chosen.events)),
        "  "
        + (
            _(
                "Calibrations with the points of your face and body, for a new computer of yours: {n} "
                "(profiles: {names})"
            )
            if choice.with_calibration
            else _("Calibrations without the points of your face and body: {n} (profiles: {names})")
        ).format(n=len(chosen.calibrations), names=profiles),
    ]
    if chosen.checks:
        checks = len({row.at for row in chosen.checks})
        lines.append("  " + _("Movement checks, with a trace of each movement: {n}").format(n=checks))
    if choice.diary:
        diary = _("Headache diary, entries: {n}; headaches: {aches}; texts that you typed: {texts}")
        lines.append("  " + diary.format(n=len(chosen.diary), aches=aches, texts=texts))
    if material.plan is not None:
        lines.append("  " + _("Your therapist's plan: {title}").format(title=material.plan.plan.title))
    if counts := exercises_words(sum_exercises(material.period.exercises)):
        lines.append("  " + counts)
    lines.append("  " + _("Report as a page and as PDF, tables (CSV), FHIR bundle, manifest"))
    if material.name:
        lines.append("  " + _("The name in the report's head: {name}").format(name=material.name))
    else:
        lines.append(
            "  " + _("No name; the file carries a random number for you: {number}").format(number=material.person)
        )
    lines += ["  " + said for said in (*left_out_words(choice.left_out), *words.unread(chosen.unread))]
    lines.append(
        "  "
        + _("Signed by this computer's key. Its six words, for the reader to compare with you: {words}").format(
            words=key_words
        )
    )
    lines.append(
        "  " + _("The file is encrypted with your passphrase (AES-256).")
        if encrypted
        else "  " + _("The file is not encrypted: whoever has it can read it.")
    )
    return "\n".join(lines) + "\n"


def members(material: Material, left: LeftOut | None = None) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """All members of the zip but the manifest, in the order in which a reader wants them. Each is made when it is
    asked for, and a long one comes in pieces. ``left``: counts the rows that the tables leave out."""
    content = material.content
    typed = any(not name.isascii() for name in content.minutes.profiles_in_use())
    yield export.REPORT_HTML, render_html(material).encode()
    yield from _pdf(material)
    yield export.MINUTES, encoded(csv_tables.minutes_pieces(content.minutes, left), ascii_only=not typed)
    yield export.DAYS, encode(csv_tables.days_csv(material.period.days))
    yield export.EVENTS, encode(csv_tables.events_csv(content.events, left))
    yield export.CALIBRATIONS, encode(csv_tables.calibrations_csv(content.calibrations, left))
    yield export.CHECKS, encode(checks_csv(content.checks, left))
    if material.diary_shared:
        yield export.DIARY, encode(csv_tables.diary_csv(content.diary, left))
    if material.plan is not None:
        from posturewatch.config.plan_file import accepted_text

        yield export.PLAN, accepted_text(material.plan).encode()
    yield export.DICTIONARY, encode(csv_tables.data_dictionary())
    yield export.FHIR, (line.encode() for line in fhir_lines(material))


def _pdf(material: Material) -> list[tuple[str, bytes]]:
    """The PDF, or nothing where it cannot be made: the page says the same, and the rest must not be lost with it."""
    try:
        return [(export.REPORT_PDF, render_pdf(material))]
    except Exception:  # the PDF's library fails in many ways on what people type; none may cost the file
        _LOG.exception("the PDF of a share could not be made")
        return []


def manifest(material: Material, choice: ShareChoice) -> Manifest:
    """The head of the file; the writer of the zip adds the checksums and what it had to leave out."""
    return Manifest(
        app_version=material.version,
        made_at=material.made_at.isoformat(timespec="seconds"),
        time_zone=material.zone,
        first_day=material.period.first.isoformat(),
        last_day=material.period.last.isoformat(),
        subject=material.person,
        left_out=choice.left_out,
        generated=material.generated,
        calibrations=tuple(
            CalibrationSummary(
                row.id, row.at.isoformat(timespec="seconds"), row.profile, row.repeatability_in, row.frames, row.view
            )
            for row in material.content.calibrations
        ),
    )
