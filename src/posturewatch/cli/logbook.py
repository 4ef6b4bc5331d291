"""log, import, forget: the journal from the command line."""

from __future__ import annotations

from datetime import date

import click

from posturewatch.cli.options import json_option
from posturewatch.cli.places import folders, parse_day, print_json, today, units_wish
from posturewatch.i18n import _


@click.command(help=_("Show a day, or the week that ends with it, in the terminal."))
@click.argument("span", type=click.Choice(["day", "week"]), default="day")
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help=_("Another day than today; also: yesterday."))
@json_option
def log(span: str, day_text: str | None, as_json: bool) -> None:
    """The day or the week."""
    from posturewatch.cli.log_text import day_lines, figures, week_lines, week_of
    from posturewatch.edges.journal_read import open_reader

    day = parse_day(day_text) if day_text else today()
    with open_reader(folders().journal_file) as journal:
        days: tuple[date, ...] = week_of(day) if span == "week" else (day,)
        sums = [figures(each, journal.minutes_of(each), journal.events_of(each)) for each in days]
        rows = journal.minutes_of(day)
    if as_json:
        print_json([each.fields() for each in sums])
        return
    units = units_wish()
    for line in week_lines(sums, units=units) if span == "week" else day_lines(sums[0], rows, units=units):
        click.echo(line)
