"""practice: many patients' shared files on one computer."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from posturewatch.base.errors import DataError, UsageError
from posturewatch.base.i18n import _, ngettext, set_language
from posturewatch.base.outside import cleaned
from posturewatch.base.system_packages import package
from posturewatch.cli.common import (
    ask_passphrase,
    folders,
    json_option,
    print_json,
    right_now,
    settings,
    today,
)
from posturewatch.cli.help_pages import CommandGroup
from posturewatch.cli.lake import FOLDER, PATIENT, Place, changed, note, pass_place, put, register_of
from posturewatch.cli.practice_pages import report, worklist
from posturewatch.cli.progress import ProgressBar


@click.group(
    cls=CommandGroup,
    help=_(
        "For a practice: take in the files that patients shared, see who needs a look first, open a report, hand on "
        "what may be handed on. Everything lies in one folder on this computer, the lake; there is no server."
    ),
)
@click.option("--lake", type=FOLDER, help=_("The lake's folder; default: practice in the data folder."))
@click.pass_context
def practice(ctx: click.Context, lake: Path | None) -> None:
    """Refuse without the extra's libraries; hand the lake on to the command."""
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
    ctx.obj = Place(lake if lake is not None else folders().lake)


practice.add_command(worklist)
practice.add_command(report)


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
@pass_place
def take_in(place: Place, folder: Path, encrypt: bool, compared: bool, derived: bool, as_json: bool) -> None:  # noqa: PLR0917  (click passes them by name)
    """Take the inbox in, and say what was refused and why; exit code of DataError where anything was."""
    from posturewatch.practice.intake import take_inbox

    lake = place.open(encrypt=encrypt)
    note(lake, "take-in")
    with ProgressBar(_("Taking in")) as count:
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
            click.echo(cleaned(_("Not taken: {name}: {why}").format(name=name, why=why)), err=True)
    if told.refused:
        sys.exit(DataError.exit_code)


@practice.command(help=_("Call a patient by a name, which stays in the lake."))
@click.argument("patient", type=PATIENT)
@click.argument("name")
@pass_place
def name(place: Place, patient: int, name: str) -> None:
    """Name a patient in the register."""
    lake, _register_before = register_of(place)
    note(lake, "name", patient)
    with changed(lake) as register:
        register.name(patient, name)


@practice.command(help=_("Put a patient into a group (an employer, a study), or out of it with an empty name."))
@click.argument("patient", type=PATIENT)
@click.argument("group")
@pass_place
def group(place: Place, patient: int, group: str) -> None:
    """Put a patient into a group."""
    lake, _register_before = register_of(place)
    note(lake, "group", patient)
    with changed(lake) as register:
        register.group(patient, group)


@practice.command(help=_("Say that OTHER is the same person as PATIENT, on another computer; PATIENT's number stays."))
@click.argument("other", type=PATIENT)
@click.argument("patient", type=PATIENT)
@click.option("--yes", is_flag=True, help=_("Do not ask; do it."))
@pass_place
def join(place: Place, other: int, patient: int, yes: bool) -> None:
    """Make one patient of two, once that was confirmed."""
    from posturewatch.practice.one_patient import join_patients

    lake, _register_before = register_of(place)
    said = _("Patient {other} becomes patient {number}, and cannot be parted again. Go on?")
    if not yes and not click.confirm(said.format(other=other, number=patient), default=False):
        return
    note(lake, "join", patient, other=other)
    join_patients(lake, other, patient)


@practice.command(
    help=_("Counts of groups for somebody who must see no person: from ten on, rounded, and once a month the same.")
)
@json_option
@pass_place
def groups(place: Place, as_json: bool) -> None:
    """Print what may be told of groups."""
    from posturewatch.practice.groups import release, words

    lake, register = register_of(place)
    note(lake, "groups")
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
@click.argument("folder", type=FOLDER)
@pass_place
def export(place: Place, folder: Path) -> None:
    """Write the table of days without persons."""
    from posturewatch.practice.deidentified import deidentified

    lake, _register_now = register_of(place)
    note(lake, "export")
    for filename, content in deidentified(lake):
        put(folder / filename, content)
        click.echo(folder / filename)


@practice.command(help=_("Write all patients as FHIR into FOLDER: NDJSON in the layout of Bulk Data."))
@click.argument("folder", type=FOLDER)
@pass_place
def fhir(place: Place, folder: Path) -> None:
    """Write the resources of all patients."""
    from posturewatch.practice.ndjson import write_ndjson

    lake, register = register_of(place)
    note(lake, "fhir")
    with ProgressBar(_("Patients")) as count:
        counts = write_ndjson(lake, register, folder, right_now(), settings().user.shown_units, progress=count)
    for kind, n in sorted(counts.items()):
        click.echo(f"{folder / kind}.ndjson\t{n}")


@practice.command(help=_("Who opened what on this computer, oldest first."))
@json_option
@pass_place
def log(place: Place, as_json: bool) -> None:
    """Print the audit log."""
    from posturewatch.practice.audit import lines

    noted = list(lines(place.root / "audit.log"))
    if as_json:
        print_json({"log": noted})
        return
    for line in noted:
        patient = "" if line.get("patient") is None else line["patient"]
        click.echo(f"{line.get('at', '')}\t{line.get('user', '')}\t{line.get('action', '')}\t{patient}")


@practice.command(help=_("Delete a patient: nothing of them stays in the lake, nor the files that were taken in."))
@click.argument("patient", type=PATIENT)
@click.option("--keep-files", is_flag=True, help=_("Leave the shared files where they lie."))
@click.option("--yes", is_flag=True, help=_("Do not ask; do it."))
@pass_place
def forget(place: Place, patient: int, keep_files: bool, yes: bool) -> None:
    """Delete a patient, once that was confirmed."""
    from posturewatch.disk import in_place
    from posturewatch.practice.one_patient import forget_patient

    lake, register = register_of(place)
    register.known(patient)
    said = _("Delete patient {number} for good, with the shared files that were taken in?")
    if not yes and not click.confirm(said.format(number=patient), default=False):
        click.echo(_("Nothing was deleted."))
        return
    taken = [Path(row["path"]) for row in register.files_of(patient) if not keep_files]
    kept_by = in_place.copying((lake.root, *filter(Path.exists, taken)))
    gone = forget_patient(lake, patient, files_too=not keep_files, note=lambda: note(lake, "forget", patient))
    click.echo(_("Patient {number} is gone, and with them so many shared files: {n}.").format(number=patient, n=gone))
    for name in kept_by:
        click.echo(in_place.words(name))
