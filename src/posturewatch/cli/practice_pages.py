"""practice worklist and practice report: the pages of a practice, written or shown in the browser."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.i18n import _
from posturewatch.cli.common import (
    OUT_FILE,
    json_option,
    print_json,
    right_now,
    settings,
    today,
)
from posturewatch.cli.lake import PATIENT, Place, note, pass_place, put, register_of

if TYPE_CHECKING:
    from posturewatch.practice.engines import Engine
    from posturewatch.practice.lake import Lake
    from posturewatch.practice.register import Register
    from posturewatch.practice.worklist import PatientRow


@click.command(help=_("The worklist as a page: a row for each patient, those first that need a look."))
@click.option("--html", type=OUT_FILE, help=_("Write the page here; default: in the lake's folder."))
@click.option(
    "--reports", type=click.IntRange(0), default=0, help=_("Make the reports of the first so many too, to click on.")
)
@click.option("--open", "open_it", is_flag=True, help=_("Open it afterwards."))
@click.option(
    "--serve", is_flag=True, help=_("Show it in the browser until Ctrl-C, where a click on a patient makes the report.")
)
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help=_("What computes it."))
@click.option("--master", default="local[*]", help=_("With spark: the cluster, as spark://host:7077."))
@json_option
@pass_place
def worklist(  # noqa: PLR0917  (click passes them by name)
    place: Place, html: Path | None, reports: int, open_it: bool, serve: bool, engine: str, master: str, as_json: bool
) -> None:
    """Write, print or serve the worklist."""
    lake, register = register_of(place)
    note(lake, "worklist")
    rows = _rows(lake, register, engine, master)
    if as_json:
        print_json({"patients": [_row_json(row) for row in rows]})
        return
    if serve:
        _serve(lake, register, rows)
        return
    page = html if html is not None else lake.pages / "worklist.html"
    for row in rows[:reports]:
        _write_report(lake, register, row.patient, lake.page_of(row.patient))
    links = {row.patient: lake.page_of(row.patient) for row in rows}
    links = {patient: path for patient, path in links.items() if path.exists()}
    from posturewatch.practice.worklist_page import render_worklist

    where = {
        patient: path.name if page.parent == lake.pages else path.absolute().as_uri() for patient, path in links.items()
    }
    put(page, render_worklist(rows, right_now(), settings().user.shown_units, where))
    click.echo(page)
    if open_it:
        click.launch(page.absolute().as_uri())


@click.command(
    help=_("The report of a patient, by number: the page that `report` makes, of the same weeks as the row.")
)
@click.argument("patient", type=PATIENT)
@click.option("--html", type=OUT_FILE, help=_("Write the page here; default: in the lake's folder."))
@click.option("--open", "open_it", is_flag=True, help=_("Open it afterwards."))
@pass_place
def report(place: Place, patient: int, html: Path | None, open_it: bool) -> None:
    """Write one patient's report."""
    lake, register = register_of(place)
    path = html if html is not None else lake.page_of(patient)
    _write_report(lake, register, patient, path)
    click.echo(path)
    if open_it:
        click.launch(path.absolute().as_uri())


def _rows(lake: Lake, register: Register, engine: str, master: str) -> list[PatientRow]:
    from posturewatch.practice.worklist import worklist as rows_of

    if engine == "duckdb":
        return rows_of(lake, register.labels, today())
    from posturewatch.practice.engines import SparkEngine

    spark: Engine = SparkEngine(lake, master)
    try:
        return rows_of(lake, register.labels, today(), spark)
    finally:
        spark.close()


def _serve(lake: Lake, register: Register, rows: list[PatientRow]) -> None:
    """Show the worklist in the browser, a report at each click, until Ctrl-C."""
    from posturewatch.practice.page_server import PageServer
    from posturewatch.practice.worklist_page import render_worklist

    names = {f"patient-{row.patient}.html": row.patient for row in rows}
    first = "worklist.html"
    links = {patient: name for name, patient in names.items()}
    text = render_worklist(rows, right_now(), settings().user.shown_units, links)

    def page(name: str) -> str | None:
        return text if name == first else _report(lake, register, names[name]) if name in names else None

    with PageServer(page, first) as server:
        click.echo(server.address)
        click.echo(_("Only this computer reaches it, until Ctrl-C."), err=True)
        if sys.stdout is not None and sys.stdout.isatty():
            click.launch(server.address)
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def _report(lake: Lake, register: Register, patient: int) -> str:
    """A report's page, its opening noted first."""
    from posturewatch.practice.one_patient import material_of
    from posturewatch.report.html.page import render_html

    register.known(patient)
    note(lake, "report", patient)
    return render_html(material_of(lake, register, patient, settings().user.shown_units))


def _write_report(lake: Lake, register: Register, patient: int, path: Path) -> None:
    put(path, _report(lake, register, patient))


def _row_json(row: PatientRow) -> dict[str, object]:
    change = row.change
    return {
        "patient": row.patient,
        "name": row.label,
        "look": row.look.name.lower(),
        "first_day": str(row.first_day),
        "last_day": str(row.last_day),
        "usable_days": row.usable_days,
        "tied_days": row.tied_days,
        "headache_days_a_week": [row.headaches_then, row.headaches_now],
        "ndi": list(row.ndi),
        "hit6": list(row.hit6),
        "median_in": row.median_in,
        "se_in": row.se_in,
        "change_in": None if change is None else [change.value_in, change.low_in, change.high_in],
        "missing_days": row.missing_days,
        "breaks_due": row.breaks_due,
        "breaks_taken": row.breaks_taken,
        "exercises_offered": row.exercises_offered,
        "exercises_done": row.exercises_done,
        "exercises_worse": row.exercises_worse,
        "checks": row.checks,
        "check_day": None if row.check_day is None else str(row.check_day),
    }
