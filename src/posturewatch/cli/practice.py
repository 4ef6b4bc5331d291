"""practice: many patients' shared files on one computer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import DataError, UsageError
from posturewatch.base.i18n import _, ngettext, set_language
from posturewatch.base.system_packages import package
from posturewatch.cli.common import (
    OUT_FILE,
    ask_passphrase,
    folders,
    json_option,
    new_passphrase,
    print_json,
    right_now,
    settings,
    today,
)
from posturewatch.cli.progress import progress_bar

if TYPE_CHECKING:
    from posturewatch.practice.engines import Engine
    from posturewatch.practice.lake import Lake
    from posturewatch.practice.register import Register
    from posturewatch.practice.worklist import PatientRow

_FOLDER = click.Path(file_okay=False, path_type=Path)
_PATIENT = click.IntRange(1)


@dataclass(frozen=True, slots=True)
class _Place:
    """The lake that the command line names."""

    root: Path

    def open(self, *, encrypt: bool = False) -> Lake:
        """Open it, asking for its passphrase; a new one is made by ``take-in`` alone."""
        from posturewatch.practice.lake import is_encrypted_lake, open_lake

        if encrypt and not self.root.exists():
            return open_lake(self.root, new_passphrase(), encrypt=True)
        return open_lake(self.root, ask_passphrase(self.root) if is_encrypted_lake(self.root) else "", encrypt=encrypt)

    def there(self) -> Lake:
        """Open one that is there."""
        from posturewatch.practice.lake import is_lake

        if not is_lake(self.root):
            raise DataError(
                _("There is no lake at {path} yet.").format(path=self.root),
                _("`posturewatch practice take-in FOLDER` makes it of shared files."),
            )
        return self.open()


@click.group(
    help=_(
        "For a practice: take in the files that patients shared, see who needs a look first, open a report, hand on "
        "what may be handed on. Everything lies in one folder on this computer, the lake; there is no server."
    )
)
@click.option("--lake", type=_FOLDER, help=_("The lake's folder; default: practice in the data folder."))
@click.pass_context
def practice(ctx: click.Context, lake: Path | None) -> None:
    """What all of them need."""
    try:
        import duckdb  # noqa: F401
        import pyarrow  # noqa: F401
    except ImportError as err:
        raise UsageError(
            _("`practice` needs DuckDB and Apache Arrow, which are not installed."),
            _("This package has no part for practices; pip installs it: posturewatch[practice]")
            if package()
            else _("Install posturewatch[practice]."),
        ) from err
    set_language(settings().user.language)
    ctx.obj = _Place(lake if lake is not None else folders().lake)


_pass_place = click.make_pass_decorator(_Place)


@practice.command("take-in", help=_("Take in the shared files (zip) in FOLDER. Files that were taken before are left."))
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--encrypt", is_flag=True, help=_("Encrypt a new lake with a passphrase (Parquet encryption, AES-256)."))
@click.option(
    "--compared",
    is_flag=True,
    help=_("The words of computers that are new for a patient were compared; take theirs, too."),
)
@click.option(
    "--derived",
    is_flag=True,
    help=_(
        "Also hold the days and the FHIR bundle of each file, of which the lake takes nothing, against its minutes."
    ),
)
@json_option
@_pass_place
def take_in(place: _Place, folder: Path, encrypt: bool, compared: bool, derived: bool, as_json: bool) -> None:  # noqa: PLR0917  (click passes them by name)
    """Inbox to lake."""
    from posturewatch.practice.intake import take_inbox

    lake = place.open(encrypt=encrypt)
    _note(lake, "take-in")
    with progress_bar(_("Taking in")) as count:
        told = take_inbox(lake, folder, ask_passphrase, count, compared=compared, derived=derived)
    if as_json:
        print_json(
            {
                "files": told.files,
                "known": told.known,
                "patients": sorted(told.patients),
                "new_patients": told.new_patients,
                "refused": [{"file": name, "why": why} for name, why in told.refused],
            }
        )
    else:
        click.echo(ngettext("{n} file was taken in.", "{n} files were taken in.", told.files).format(n=told.files))
        click.echo(
            _("Patients: {n}, of these new: {new}. Files known already: {known}.").format(
                n=len(told.patients), new=told.new_patients, known=told.known
            )
        )
        for name, why in told.refused:
            click.echo(_("Not taken: {name}: {why}").format(name=name, why=why), err=True)
    if told.refused:
        sys.exit(DataError.exit_code)


@practice.command(help=_("The worklist as a page: a row for each patient, those first that need a look."))
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
@_pass_place
def worklist(  # noqa: PLR0917  (click passes them by name)
    place: _Place, html: Path | None, reports: int, open_it: bool, serve: bool, engine: str, master: str, as_json: bool
) -> None:
    """Everybody at once."""
    lake, register = _register(place)
    _note(lake, "worklist")
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
    from posturewatch.practice.page.render import render_worklist

    where = {
        patient: path.name if page.parent == lake.pages else path.absolute().as_uri() for patient, path in links.items()
    }
    _put(page, render_worklist(rows, right_now(), settings().user.shown_units, where))
    click.echo(page)
    if open_it:
        click.launch(page.absolute().as_uri())


@practice.command(
    help=_("The report of a patient, by number: the page that `report` makes, of the same weeks as the row.")
)
@click.argument("patient", type=_PATIENT)
@click.option("--html", type=OUT_FILE, help=_("Write the page here; default: in the lake's folder."))
@click.option("--open", "open_it", is_flag=True, help=_("Open it afterwards."))
@_pass_place
def report(place: _Place, patient: int, html: Path | None, open_it: bool) -> None:
    """One of them."""
    lake, register = _register(place)
    path = html if html is not None else lake.page_of(patient)
    _write_report(lake, register, patient, path)
    click.echo(path)
    if open_it:
        click.launch(path.absolute().as_uri())


@practice.command(help=_("Call a patient by a name, which stays in the lake."))
@click.argument("patient", type=_PATIENT)
@click.argument("name")
@_pass_place
def name(place: _Place, patient: int, name: str) -> None:
    """A word for a number."""
    lake, _register_before = _register(place)
    _note(lake, "name", patient)
    with _changed(lake) as register:
        register.name(patient, name)


@practice.command(help=_("Put a patient into a group (an employer, a study), or out of it with an empty name."))
@click.argument("patient", type=_PATIENT)
@click.argument("group")
@_pass_place
def group(place: _Place, patient: int, group: str) -> None:
    """Who is counted with whom."""
    lake, _register_before = _register(place)
    _note(lake, "group", patient)
    with _changed(lake) as register:
        register.group(patient, group)


@practice.command(help=_("Say that OTHER is the same person as PATIENT, on another computer; PATIENT's number stays."))
@click.argument("other", type=_PATIENT)
@click.argument("patient", type=_PATIENT)
@click.option("--yes", is_flag=True, help=_("Do not ask; do it."))
@_pass_place
def join(place: _Place, other: int, patient: int, yes: bool) -> None:
    """Two computers of one."""
    from posturewatch.practice.one_patient import join_patients

    lake, _register_before = _register(place)
    said = _("Patient {other} becomes patient {number}, and cannot be parted again. Go on?")
    if not yes and not click.confirm(said.format(other=other, number=patient), default=False):
        return
    _note(lake, "join", patient, other=other)
    join_patients(lake, other, patient)


@practice.command(
    help=_("Counts of groups for somebody who must see no person: from ten on, rounded, and once a month the same.")
)
@json_option
@_pass_place
def groups(place: _Place, as_json: bool) -> None:
    """Counts, no people."""
    from posturewatch.practice.groups import release, words

    lake, register = _register(place)
    _note(lake, "groups")
    counts = release(lake, register, today())
    if as_json:
        print_json(
            {"counts": [dict(zip(("group", "question", "answer", "n"), count, strict=True)) for count in counts]}
        )
        return
    if not counts:
        click.echo(_("No group has ten patients."))
    for cohort, question, answer, n in counts:
        click.echo(f"{cohort}\t{words(question, answer)}\t{_('withheld') if n is None else n}")


@practice.command(help=_("Write a table of days without persons, with its data dictionary, into FOLDER."))
@click.argument("folder", type=_FOLDER)
@_pass_place
def export(place: _Place, folder: Path) -> None:
    """For somebody who counts."""
    from posturewatch.practice.deidentified import deidentified

    lake, _register_now = _register(place)
    _note(lake, "export")
    for filename, content in deidentified(lake):
        _put(folder / filename, content)
        click.echo(folder / filename)


@practice.command(help=_("Write all patients as FHIR into FOLDER: NDJSON in the layout of Bulk Data."))
@click.argument("folder", type=_FOLDER)
@_pass_place
def fhir(place: _Place, folder: Path) -> None:
    """For a warehouse."""
    from posturewatch.practice.ndjson import write_ndjson

    lake, register = _register(place)
    _note(lake, "fhir")
    with progress_bar(_("Patients")) as count:
        counts = write_ndjson(lake, register, folder, right_now(), settings().user.shown_units, progress=count)
    for kind, n in sorted(counts.items()):
        click.echo(f"{folder / kind}.ndjson\t{n}")


@practice.command(help=_("Who opened what on this computer, oldest first."))
@json_option
@_pass_place
def log(place: _Place, as_json: bool) -> None:
    """The audit log."""
    from posturewatch.practice.audit import lines

    noted = list(lines(place.root / "audit.log"))
    if as_json:
        print_json({"log": noted})
        return
    for line in noted:
        patient = "" if line.get("patient") is None else line["patient"]
        click.echo(f"{line.get('at', '')}\t{line.get('user', '')}\t{line.get('action', '')}\t{patient}")


@practice.command(help=_("Delete a patient: nothing of them stays in the lake, nor the files that were taken in."))
@click.argument("patient", type=_PATIENT)
@click.option("--keep-files", is_flag=True, help=_("Leave the shared files where they lie."))
@click.option("--yes", is_flag=True, help=_("Do not ask; do it."))
@_pass_place
def forget(place: _Place, patient: int, keep_files: bool, yes: bool) -> None:
    """Gone."""
    from posturewatch.disk import in_place
    from posturewatch.practice.one_patient import forget_patient

    lake, register = _register(place)
    register.known(patient)
    said = _("Delete patient {number} for good, with the shared files that were taken in?")
    if not yes and not click.confirm(said.format(number=patient), default=False):
        click.echo(_("Nothing was deleted."))
        return
    _note(lake, "forget", patient)
    taken = [Path(row["path"]) for row in register.files_of(patient) if not keep_files]
    kept_by = in_place.copying((lake.root, *filter(Path.exists, taken)))
    gone = forget_patient(lake, patient, files_too=not keep_files)
    click.echo(_("Patient {number} is gone, and with them so many shared files: {n}.").format(number=patient, n=gone))
    for name in kept_by:
        click.echo(in_place.words(name))


def _register(place: _Place) -> tuple[Lake, Register]:
    from posturewatch.practice.register import Register

    lake = place.there()
    return lake, Register.read(lake)


@contextmanager
def _changed(lake: Lake) -> Iterator[Register]:
    """The register, written back when nothing went wrong."""
    from posturewatch.practice.register import Register

    with lake.alone():
        register = Register.read(lake)
        yield register
        register.write()


def _note(lake: Lake, action: str, patient: int | None = None, **more: int | str) -> None:
    from posturewatch.practice.audit import note

    note(lake.audit_file, right_now(), action, patient, **more)


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
    """Until Ctrl-C."""
    from posturewatch.practice.door import Door
    from posturewatch.practice.page.render import render_worklist

    names = {f"patient-{row.patient}.html": row.patient for row in rows}
    first = "worklist.html"
    links = {patient: name for name, patient in names.items()}
    text = render_worklist(rows, right_now(), settings().user.shown_units, links)

    def page(name: str) -> str | None:
        return text if name == first else _report(lake, register, names[name]) if name in names else None

    with Door(page, first) as door:
        click.echo(door.address)
        click.echo(_("Only this computer reaches it, until Ctrl-C."), err=True)
        if sys.stdout is not None and sys.stdout.isatty():
            click.launch(door.address)
        with suppress(KeyboardInterrupt):
            door.serve_forever()


def _report(lake: Lake, register: Register, patient: int) -> str:
    """A report's page, its opening noted first."""
    from posturewatch.practice.one_patient import material_of
    from posturewatch.report.html.page import render_html

    register.known(patient)
    _note(lake, "report", patient)
    return render_html(material_of(lake, register, patient, settings().user.shown_units))


def _write_report(lake: Lake, register: Register, patient: int, path: Path) -> None:
    _put(path, _report(lake, register, patient))


def _put(path: Path, content: str | bytes) -> None:
    from posturewatch.disk.files import write_atomic
    from posturewatch.disk.folders import make_folder
    from posturewatch.disk.refusals import or_data_error

    with or_data_error(path, _("Choose another place.")):
        if not path.parent.is_dir():
            make_folder(path.parent)
        write_atomic(path, content)


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
