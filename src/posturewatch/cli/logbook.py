"""log, import, forget: the journal from the command line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from posturewatch.base.i18n import _
from posturewatch.cli.columns import prose
from posturewatch.cli.common import (
    Word,
    ask_passphrase,
    folders,
    json_option,
    open_journal,
    parse_day,
    print_json,
    say_unread,
    today,
    units_wish,
)


@click.command(help=_("Show a day, or the week that ends with it, in the terminal."))
@click.argument("span", type=Word(["day", "week"]), default="day")
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help=_("Another day than today; also: yesterday."))
@click.option("--write", is_flag=True, help=_("Write the day's files (CSV and text) again and say where."))
@json_option
def log(span: str, day_text: str | None, write: bool, as_json: bool) -> None:
    """Print the day or the week."""
    if write:
        _write_day(parse_day(day_text) if day_text else today(), as_json=as_json)
        return
    from posturewatch.cli.log_text import day_lines, week_lines
    from posturewatch.core.history.day_figures import figures, seven_days
    from posturewatch.journal.reader import open_reader

    day = parse_day(day_text) if day_text else today()
    with open_reader(folders().journal_file) as journal:
        days: tuple[date, ...] = seven_days(day) if span == "week" else (day,)
        sums = [figures(each, journal.minutes_of(each), journal.events_of(each)) for each in days]
        rows = journal.minutes_of(day)
    if as_json:
        print_json([each.fields() for each in sums])
        return
    units = units_wish()
    for line in week_lines(sums, units=units) if span == "week" else day_lines(sums[0], rows, units=units):
        click.echo(line)


def _write_day(day: date, *, as_json: bool) -> None:
    from posturewatch.cli.common import settings
    from posturewatch.exchange.csv_cells import LeftOut
    from posturewatch.exchange.day_files import day_files, week_of
    from posturewatch.journal.daily_files import DailyFiles
    from posturewatch.journal.reader import open_reader

    here = folders()
    with open_reader(here.journal_file) as journal:
        week = journal.content(*week_of(day))
    left = LeftOut(week.unread)
    files = day_files(day, week, settings().user.shown_units, left)
    written = [str(path) for path in DailyFiles(here.days).write(files)]
    if as_json:
        print_json({"files": written, "unread_rows": left.rows})
    else:
        say_unread(left.rows)
        click.echo("\n".join(written))


@click.command("import", help=_("Bring back an export (zip or CSV) into the journal: whole, or not at all."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--mine",
    is_flag=True,
    help=_("The file is mine, though it carries another number or key than I used so far, or, as a single CSV, none."),
)
@json_option
def import_data(file: Path, mine: bool, as_json: bool) -> None:
    """Take an export in."""
    from dataclasses import asdict

    from posturewatch.app.reports import known_computers
    from posturewatch.exchange.archive import is_encrypted
    from posturewatch.exchange.bring_back import import_file

    passphrase = ask_passphrase(file) if is_encrypted(file) else ""
    with open_journal() as journal:
        brought = import_file(file, journal, known_computers(folders()), passphrase, mine=mine)
    taken, origin = asdict(brought.taken), brought.origin
    if as_json:
        print_json(taken | {"signed": origin.as_json() if origin else None})
        return
    if origin is not None:
        click.secho(origin.said(), err=True)
    click.echo(_("Taken in from {file}:").format(file=file))
    words = {
        "minutes": _("minutes"),
        "events": _("events"),
        "diary": _("entries of the diary"),
        "calibrations": _("calibrations"),
        "checks": _("results of movement checks"),
        "known": _("in the journal already, left as they are"),
    }
    for name, count in taken.items():
        click.echo(f"  {words[name]}: {count}")


@click.command(
    help=_(
        "Delete what was recorded: minutes, events, diary, calibrations, daily files, reports. The space is "
        "overwritten. The settings stay."
    )
)
@click.option("--all", "everything", is_flag=True, help=_("Everything."))
@click.option("--before", metavar="YYYY-MM-DD", help=_("Only what lies before this day."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@json_option
def forget(everything: bool, before: str | None, yes: bool, as_json: bool) -> None:
    """Remove, and say what went."""
    from posturewatch.base.errors import UsageError
    from posturewatch.disk import in_place
    from posturewatch.disk.instance import Instance
    from posturewatch.journal.retention import forget as remove

    if everything == (before is not None):
        raise UsageError(_("Say what to delete."), _("Give --all, or --before YYYY-MM-DD."))
    day = parse_day(before) if before is not None else None
    question = _("Delete everything that was recorded?") if day is None else _("Delete all before {day}?")
    if not yes:
        click.confirm(question.format(day=day), abort=True)
    here = folders().make()
    with Instance(here.state), open_journal() as journal:  # the running app would write on
        removed = remove(here, journal, day)
    if as_json:
        print_json({"rows": removed.rows, "files": removed.files, "kept_by": list(removed.kept_by)})
        return
    click.echo(_("Removed and overwritten:"))
    for name, count in removed.rows.items():
        click.echo(f"  {name}: {count}")
    click.echo("  " + _("Files: {count}").format(count=removed.files))
    if here.lake.exists():
        stay = _("A practice's patients stay, in {path}; one is deleted by posturewatch practice forget.")
        click.echo("\n".join(prose(stay.format(path=here.lake))))
    for name in removed.kept_by:
        click.echo(in_place.words(name))
    click.echo(_("On solid-state disks and copying file systems, old blocks may live on out of any program's reach."))
