"""diary add|none|score|list|edit|remove: the headache diary in the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

import click

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _, decimals
from posturewatch.base.outside import moment_of
from posturewatch.base.shell import as_typed
from posturewatch.base.wording import where_seek_help_is
from posturewatch.cli.columns import row
from posturewatch.cli.common import Word, json_option, open_journal, parse_day, print_json, right_now, today
from posturewatch.cli.help_pages import CommandGroup

if TYPE_CHECKING:
    from posturewatch.base.records import DiaryEntry

_NOON = time(12, 0)


@click.group(
    cls=CommandGroup,
    help=_("The headache diary. A day without headache is an entry of its own: missing is not zero."),
    epilog=where_seek_help_is(),
)
def diary() -> None:
    """The headache diary."""


def _details(command: Any) -> Any:
    """The options of add and edit."""
    options = (
        click.option("--at", "at_text", metavar="WHEN", help=_("HH:MM today, or YYYY-MM-DD HH:MM; default: now.")),
        click.option("--duration", "duration_min", type=int, metavar="MIN", help=_("How long it lasted, in minutes.")),
        click.option("--worst", type=int, metavar="0-10", help=_("Worst pain: 0 none, 10 the worst imaginable.")),
        click.option("--side", type=Word(["left", "right", "both"]), help=_("Where it was.")),
        click.option("--medication", help=_("What was taken.")),
        click.option("--trigger", help=_("What you suspect.")),
        click.option("--note", help=_("Anything else.")),
    )
    for option in reversed(options):
        command = option(command)
    return command


@diary.command(help=_("Enter a headache."))
@_details
@json_option
def add(as_json: bool, at_text: str | None, **given: Any) -> None:
    """A new entry."""
    from posturewatch.base.records import DiaryEntry

    now = right_now()
    entry = replace(DiaryEntry(_moment(at_text, now), now, "headache"), **_known(given))
    _keep(entry, as_json=as_json)


@diary.command(help=_("Enter that there was no headache today (or on DAY)."))
@click.argument("day", required=False, metavar="[DAY]")
@json_option
def none(day: str | None, as_json: bool) -> None:
    """Keep "no headache" for a day."""
    from posturewatch.base.records import DiaryEntry

    now = right_now()
    at = now if day is None else _moment(parse_day(day).isoformat(), now)
    if at.date() == now.date():
        at = min(at, now)  # in the morning noon has not passed
    _keep(DiaryEntry(at, now, "none"), as_json=as_json)


@diary.command(help=_("Enter the total of a questionnaire: NDI (0 to 50) or HIT-6 (36 to 78)."))
@click.argument("name", type=Word(["NDI", "HIT-6"]))
@click.argument("total", type=float)
@click.option("--at", "at_text", metavar="WHEN", help=_("HH:MM today, or YYYY-MM-DD HH:MM; default: now."))
@json_option
def score(name: str, total: float, at_text: str | None, as_json: bool) -> None:
    """Keep the total of a questionnaire."""
    from posturewatch.base.records import DiaryEntry

    now = right_now()
    _keep(DiaryEntry(_moment(at_text, now), now, "score", score_name=name, score=total), as_json=as_json)


@diary.command("list", help=_("List the entries of the last weeks."))
@click.option("--weeks", type=click.IntRange(1, 520), default=4, show_default=True)
@json_option
def list_entries(weeks: int, as_json: bool) -> None:
    """Entries, the oldest first."""
    from datetime import timedelta

    from posturewatch.cli.common import open_reading

    with open_reading() as journal:
        entries = journal.diary_of(today() - timedelta(weeks=weeks), today())
    if as_json:
        print_json([_fields(entry) for entry in entries])
        return
    for entry in entries:
        for line in row(_line(entry), indent=len("   1  2026-11-22 14:30  ")):
            click.echo(line)
    if not entries:
        click.echo(_("There is no entry in this time."))


@diary.command(help=_("Change entry NUMBER (see `posturewatch diary list`)."))
@click.argument("number", type=int)
@_details
@json_option
def edit(number: int, as_json: bool, at_text: str | None, **given: Any) -> None:
    """Change what is given, leave the rest."""
    changes = _known(given)
    at = _moment(at_text, right_now()) if at_text else None
    with _given_back("edit", str(number), at=at, **changes), open_journal() as journal:
        entry = replace(journal.diary_entry(number), **changes)
        if at is not None:
            entry = replace(entry, at=at)
        journal.edit_diary(number, entry)
        changed = journal.diary_entry(number)
    _show(changed, as_json=as_json)


@diary.command(help=_("Remove entry NUMBER."))
@click.argument("number", type=int)
@json_option
def remove(number: int, as_json: bool) -> None:
    """Take an entry out."""
    with open_journal() as journal:
        journal.remove_diary(number)
    if as_json:
        print_json({"removed": number})
    else:
        click.echo(_("Entry {number} is removed.").format(number=number))


@contextmanager
def _given_back(*words: str, at: datetime | None = None, **given: Any) -> Iterator[None]:
    """Where the journal takes nothing, show the command that enters it once it does: what was typed is not lost."""
    from posturewatch.base.errors import FolderError, JournalError

    try:
        yield
    except (FolderError, JournalError):
        typed = ["posturewatch", "diary", *words]
        if at is not None:
            typed += ["--at", f"{at:%Y-%m-%d %H:%M}"]
        for name, value in given.items():
            typed += [f"--{name.removesuffix('_min')}", str(value)]
        click.echo(_("This is not kept. To enter it later:"), err=True)
        click.echo(f"  {as_typed(*typed)}", err=True)
        raise


def _keep(entry: DiaryEntry, *, as_json: bool) -> None:
    words, given = _typed(entry)
    with _given_back(*words, **given), open_journal() as journal:
        number = journal.add_diary(entry)
        kept = journal.diary_entry(number)
    _show(kept, as_json=as_json)


def _typed(entry: DiaryEntry) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The words and options of the command that makes this entry."""
    if entry.kind == "none":
        return ("none", entry.at.date().isoformat()), {}
    if entry.kind == "score":
        return ("score", entry.score_name, f"{entry.score:g}"), {"at": entry.at}
    names = ("duration_min", "worst", "side", "medication", "trigger", "note")
    given = {name: getattr(entry, name) for name in names}
    return ("add",), {"at": entry.at} | {name: value for name, value in given.items() if value not in (None, "")}


def _show(entry: DiaryEntry, *, as_json: bool) -> None:
    if as_json:
        print_json(_fields(entry))
        return
    click.echo(_line(entry))
    if entry.kind == "headache":
        click.echo(where_seek_help_is())


def _known(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _moment(text: str | None, now: datetime) -> datetime:
    """``14:30`` today, ``2026-11-21`` at noon, ``2026-11-21 14:30``; aware, in the local zone; raises UsageError."""
    from posturewatch.base.clock import local_time

    if text is None:
        return now
    try:
        if len(text) <= len("14:30"):
            return local_time(now.date(), time.fromisoformat(text.zfill(5)))
        moment = moment_of(text)
        if moment.tzinfo is not None:
            return moment
        return local_time(moment.date(), _NOON if len(text) == len("2026-11-21") else moment.time())
    except ValueError as err:
        raise UsageError(
            _("{text} is no time.").format(text=text), _("Write it as 14:30, 2026-11-21 or 2026-11-21 14:30.")
        ) from err


def _fields(entry: DiaryEntry) -> dict[str, Any]:
    from dataclasses import asdict

    from posturewatch.core.history.diary import is_backfilled

    body = asdict(entry)
    body["at"], body["written_at"] = entry.at.isoformat(), entry.written_at.isoformat()
    return body | {"backfilled": is_backfilled(entry)}


def _line(entry: DiaryEntry) -> str:
    from posturewatch.core.history.diary import is_backfilled

    if entry.kind == "none":
        words = [_("no headache")]
    elif entry.kind == "score":
        words = [f"{entry.score_name} {decimals(f'{entry.score:g}')}"]
    else:
        words = [_("headache")]
        words += [_("worst {worst} of 10").format(worst=entry.worst)] if entry.worst is not None else []
        words += [_("{minutes} min").format(minutes=entry.duration_min)] if entry.duration_min is not None else []
        sides = {"left": _("left"), "right": _("right"), "both": _("both sides")}
        words += [sides[entry.side]] if entry.side in sides else []
        words += [part for part in (entry.medication, entry.trigger, entry.note) if part]
    late = " " + _("(entered later)") if is_backfilled(entry) else ""
    return f"{entry.id:>4}  {entry.at:%Y-%m-%d %H:%M}  {', '.join(words)}{late}"
