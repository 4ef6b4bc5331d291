"""A therapist's plan with the person: looked at, shown with all that it would change, taken up, taken away."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posturewatch.app.setting_words import setting_words, value_words
from posturewatch.base.errors import ConfigError, DataError, PosturewatchError, UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import cleaned
from posturewatch.base.plan import OWN_EXERCISES, PLAN_KEYS, PlanInForce, phase_values
from posturewatch.base.records import Event, EventKind
from posturewatch.base.settings import Settings, value_at
from posturewatch.base.shell import as_typed
from posturewatch.base.wording import exercise_safety
from posturewatch.config.plan_file import PURPOSE, PlanFile, keep_accepted, load_accepted, read_plan
from posturewatch.config.read import load_settings
from posturewatch.config.write import set_values
from posturewatch.disk.folders import Folders
from posturewatch.disk.refusals import remedy
from posturewatch.disk.shredding import shred
from posturewatch.exchange.signing import (
    ChangedSinceSignedError,
    KnownKeys,
    PublicKey,
    Standing,
    check_signature,
)
from posturewatch.report import plan_words

if TYPE_CHECKING:
    from posturewatch.base.clock import Clock

OWNER: Final = "plans"
"""Under which the keys that signed accepted plans are known."""

DOUBTFUL: Final = frozenset({Standing.OTHER, Standing.UNSIGNED, Standing.NO_LONGER_SIGNED})
"""A plan of such a standing is taken up only if the person says so once more."""

_log = logging.getLogger("posturewatch.plan")


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan that was handed over: looked at, its signature checked, and not yet taken up."""

    path: Path
    found: PlanFile
    taken: PlanInForce
    public: PublicKey | None
    standing: Standing


@dataclass(frozen=True, slots=True)
class SettingChange:
    """What a plan makes of one setting in a phase; values as in the settings. ``kept``: the person's own wins."""

    key: str
    own: Any
    planned: Any
    kept: bool


# --------------------------------------------------------------------------- the person's side


def look_at(folders: Folders, path: Path, today: date, start: date | None = None) -> Offer:
    """A plan's file, wholly checked. ``start``: first day, if it is not to be the plan's own or today.

    Raises ConfigError for a plan that is wrong or over, ImportRefusedError where the signature does not belong to it.
    """
    found = read_plan(path)
    public = None
    if found.signature:
        try:
            public = check_signature(found.signature.encode(), PURPOSE, found.signed_bytes, path.name)
        except ChangedSinceSignedError as err:
            raise ChangedSinceSignedError(
                err.message,
                _(
                    "Nothing was taken up. If it came to you, ask for it once more, and by another way; if you are "
                    "writing it, sign it: posturewatch plan sign {path}"
                ).format(path=as_typed(str(path))),
            ) from err
    first = start or found.plan.start or today
    taken = PlanInForce(found.plan, first, None, public.raw.hex() if public else "", found.text)
    if taken.last < today:
        raise ConfigError(
            _("{path}: this plan ended on {day}.").format(path=path, day=taken.last.isoformat()),
            _("Nothing was taken up. Ask for a new plan, or give --start YYYY-MM-DD."),
        )
    return Offer(path, found, taken, public, KnownKeys(_known(folders)).standing(OWNER, public))


def take_up(folders: Folders, offer: Offer, keep: Collection[str], clock: Clock) -> PlanInForce:
    """Make it the plan in force; ``keep``: keys in which the person's own value wins from now on.

    Raises UsageError for a key that no plan may set, DataError, FolderError. The plan is there whole or not at all.
    """
    now = clock.now()
    if keep:
        keep_own(folders, keep)
    taken = keep_accepted(folders.plan_file, offer.found, offer.taken.start, now, offer.taken.signer)
    if offer.public is not None:
        KnownKeys(_known(folders)).remember(OWNER, offer.public, now)
    _note(folders, clock, Event(now, EventKind.PLAN, "accepted", taken.id))
    return taken


def take_away(folders: Folders, clock: Clock) -> bool:
    """Remove the plan in force, whatever is wrong with it; False where there was none. Raises DataError."""
    try:
        taken = load_accepted(folders.plan_file)
        named = "" if taken is None else taken.id
    except ConfigError:
        named = ""
    if not folders.plan_file.exists():
        return False
    try:
        shred(folders.plan_file)
    except OSError as err:
        raise DataError(
            _("{path} cannot be removed: {why}.").format(path=folders.plan_file, why=err.strerror or err), remedy(err)
        ) from err
    _note(folders, clock, Event(clock.now(), EventKind.PLAN, "removed", named))
    return True


def keep_own(folders: Folders, keys: Collection[str]) -> None:
    """In these keys the person's own value wins over any plan. Raises UsageError for one that no plan may set."""
    _set_kept(folders, keys, kept=True)


def follow_plan(folders: Folders, keys: Collection[str]) -> None:
    """In these keys a plan's value wins again. Raises UsageError as :func:`keep_own`."""
    _set_kept(folders, keys, kept=False)


def _set_kept(folders: Folders, keys: Collection[str], *, kept: bool) -> None:
    for key in keys:
        if key not in PLAN_KEYS:
            raise UsageError(
                _("A plan cannot set {key}.").format(key=key),
                _("Keys that it can set: {keys}.").format(keys=", ".join(PLAN_KEYS)),
            )
    before = set(load_settings(folders.config_file).plan.keep)
    after = before | set(keys) if kept else before - set(keys)
    if after != before:
        set_values(folders.config_file, {"plan.keep": [key for key in PLAN_KEYS if key in after] or None})


def _note(folders: Folders, clock: Clock, event: Event) -> None:
    """Write it into the log beside a running app; what was done counts even where that cannot be written."""
    from posturewatch.journal.writer import open_beside

    try:
        with open_beside(folders.make().journal_file, clock) as journal:
            journal.add_event(event)
    except PosturewatchError as err:
        _log.warning("the log could not be written: %s", err.message)


def _known(folders: Folders) -> Path:
    return folders.keys / "known.json"


# --------------------------------------------------------------------------- in words


def changes(taken: PlanInForce, phase: int, own: Settings) -> tuple[SettingChange, ...]:
    """What the plan makes of the person's own settings in this phase (from 1); what stays equal is left out."""
    found = []
    planned = phase_values(taken.plan, phase, own.plan.keep)
    for key in sorted(planned, key=PLAN_KEYS.index):
        before = value_at(own, key)
        if before != planned[key]:
            found.append(SettingChange(key, before, planned[key], key in own.plan.keep))
    return tuple(found)


def signer_words(public: PublicKey | None, standing: Standing) -> str:
    """Whose key signed it, and what that is worth."""
    words = public.words if public is not None else ""
    return {
        Standing.SAME: _("Signed by the same key as your earlier plan: {words}"),
        Standing.FIRST: _(
            "Signed by a key that is new here: {words}. Have your therapist read theirs out: the words must be equal."
        ),
        Standing.OTHER: _(
            "Signed by ANOTHER key than your earlier plan: {words}. Ask your therapist before you go on."
        ),
        Standing.UNSIGNED: _("Not signed: nothing tells who wrote it or whether somebody has changed it."),
        Standing.NO_LONGER_SIGNED: _(
            "NOT signed, although your earlier plan was. Ask your therapist before you go on."
        ),
    }[standing].format(words=words)


def signed_by(signer: str) -> str:
    """Whose key (hexadecimal; empty: none) signed the plan in force."""
    if not signer:
        return _("It was not signed.")
    return _("Signed by the key {words}.").format(words=PublicKey(bytes.fromhex(signer)).words)


def plan_lines(taken: PlanInForce, own: Settings, today: date, signed: str) -> list[str]:
    """The whole plan with all that it changes, for somebody who decides about it."""
    plan = taken.plan
    lines = [
        cleaned(plan.title),
        plan_words.author_words(taken),
        signed,
        plan_words.course_words(taken),
        plan_words.where_it_stands(taken, today),
        plan_words.visit_words(taken),
        _("Before the visit the movement check is offered; it stays yours to do or not.") if plan.check else "",
        *cleaned(plan.note, lines=True).splitlines(),
    ]
    lines = [line for line in lines if line]
    for number, phase in enumerate(plan.phase, start=1):
        lines += ["", plan_words.phase_name(taken, number)]
        lines += [f"  {line}" for line in cleaned(phase.note, lines=True).splitlines()]
        for change in changes(taken, number, own):
            if change.kept:
                words = _("{key}: stays {own}, yours is kept (the plan has {planned})")
            else:
                words = _("{key}: {own} → {planned}")
            own_words, planned_words = (
                value_words(change.key, value, own.user.shown_units) for value in (change.own, change.planned)
            )
            lines.append("  " + words.format(key=setting_words(change.key), own=own_words, planned=planned_words))
    if plan.exercise:
        kept = OWN_EXERCISES in own.plan.keep
        lines += ["", _("Exercises (yours are kept instead)") if kept else _("Exercises, in place of those so far")]
        for one in plan.exercise:
            dose = f" · {one.dose}" if one.dose else ""
            lines.append(f"  {one.name}{dose} · {plan_words.when_words(one)}")
            lines += [f"    {line}" for line in one.text.splitlines()]
            if one.image:
                lines.append("    " + _("with a picture of its own"))
        lines += ["", exercise_safety()]
    return lines


def plan_fields(taken: PlanInForce, own: Settings, today: date) -> dict[str, Any]:
    """The same for programs."""
    plan = taken.plan
    return {
        "id": taken.id,
        "title": plan.title,
        "author": plan.author,
        "written": plan.written.isoformat(),
        "signer": taken.signer or None,
        "start": taken.start.isoformat(),
        "last": taken.last.isoformat(),
        "next_visit": plan.next_visit.isoformat() if plan.next_visit else None,
        "check": plan.check,
        "note": plan.note,
        "phase": taken.phase_on(today),
        "phases": [
            {
                "number": number,
                "name": phase.name,
                "note": phase.note,
                "first": taken.phase_days(number)[0].isoformat(),
                "last": taken.phase_days(number)[1].isoformat(),
                "settings": [
                    {"key": one.key, "own": one.own, "planned": one.planned, "kept": one.kept}
                    for one in changes(taken, number, own)
                ],
            }
            for number, phase in enumerate(plan.phase, start=1)
        ],
        "exercises": [
            {"key": one.key, "name": one.name, "text": one.text, "dose": one.dose, "picture": one.picture,
             "image": bool(one.image), "days": list(one.days), "phases": list(one.phases)}
            for one in plan.exercise
        ],
    }  # fmt: skip
