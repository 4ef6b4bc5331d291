"""report, share, review: pages and files that people read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import NAME_MAX, OutsideError, checked_text
from posturewatch.cli.common import (
    OUT_FILE,
    ManyFiles,
    ask_passphrase,
    folders,
    json_option,
    new_passphrase,
    open_journal,
    parse_day,
    print_json,
    right_now,
    say_unread,
    settings,
    today,
)

if TYPE_CHECKING:
    from posturewatch.base.settings import Settings
    from posturewatch.exchange.fhir.choice import FhirChoice
    from posturewatch.report.material import Material

_FORGET = "none"


@click.command(
    help=_(
        "Make a report of the days FROM to TO, or of the last weeks: one page that opens without a network, a PDF, or "
        "a FHIR bundle. Without a file name the page goes into the data folder."
    )
)
@click.option("--from", "first_text", metavar="YYYY-MM-DD", help=_("First day."))
@click.option("--to", "last_text", metavar="YYYY-MM-DD", help=_("Last day; default: today."))
@click.option("--weeks", type=click.IntRange(1, 520), help=_("So many weeks up to the last day."))
@click.option(
    "--since",
    "since_text",
    metavar="YYYY-MM-DD",
    help=_(
        "Tell what changed since this day, a visit, against before; it is kept for the next reports. `none` forgets it."
    ),
)
@click.option("--html", type=OUT_FILE, help=_("Write the page here."))
@click.option("--pdf", type=OUT_FILE, help=_("Write a PDF here."))
@click.option("--fhir", type=OUT_FILE, help=_("Write a FHIR R4 bundle here."))
@click.option("--fhir-pdf", is_flag=True, help=_("Put the PDF into the bundle, too."))
@click.option(
    "--patient-identifier",
    "identifier",
    metavar="SYSTEM|VALUE",
    help=_("Under which identifier the clinic keeps you; put into the bundle."),
)
@click.option(
    "--fhir-transaction",
    is_flag=True,
    help=_("Make the bundle one that the clinic's server stores; needs --patient-identifier."),
)
@click.option("--open", "open_it", is_flag=True, help=_("Open it afterwards."))
@json_option
def report(  # noqa: PLR0917  (click passes them by name)
    first_text: str | None,
    last_text: str | None,
    weeks: int | None,
    since_text: str | None,
    html: Path | None,
    pdf: Path | None,
    fhir: Path | None,
    fhir_pdf: bool,
    identifier: str | None,
    fhir_transaction: bool,
    open_it: bool,
    as_json: bool,
) -> None:
    """Write a report."""
    import gc

    from posturewatch.app.reports import VISIT, checked_visit, material

    if fhir is None and (fhir_pdf or identifier or fhir_transaction):
        raise UsageError(
            _("--fhir-pdf, --patient-identifier and --fhir-transaction say how a bundle is made; none is."),
            _("Give --fhir FILE with them."),
        )
    bundle = _bundle(identifier, fhir_transaction, fhir_pdf) if fhir is not None else None
    gc.disable()  # this process ends with the page; to look for cycles among its rows took a tenth of the time
    wish = settings()
    first, last = _span(first_text, last_text, weeks, wish)
    since = parse_day(since_text) if since_text and since_text != _FORGET else None
    checked_visit(since, first, last, _("Give more weeks, or --from and --to around it."))
    here = folders()
    if html is None and pdf is None and fhir is None:
        from posturewatch.disk.folders import make_folder

        html = make_folder(here.reports) / f"report-{first}-{last}.html"
    with material(here, first, last, right_now(), wish, since=since, kept=since_text != _FORGET) as what:
        written = _write(what, html=html, pdf=pdf, fhir=fhir, bundle=bundle)
    if since_text:
        with open_journal() as journal:
            journal.keep(VISIT, "" if since is None else since.isoformat())
    if as_json:
        body = {"from": str(first), "to": str(last), "files": [str(path) for path in written]}
        print_json(body | {"unread_rows": what.content.unread})
    else:
        say_unread(what.content.unread)
        for path in written:
            click.echo(path)
    if open_it:
        click.launch(written[0].absolute().as_uri())


def _bundle(identifier: str | None, transaction: bool, pdf: bool) -> FhirChoice:
    """The kind of bundle that the words ask for. Raises UsageError."""
    from posturewatch.exchange.fhir.choice import FhirChoice, clinic_patient

    if transaction and not identifier:
        raise UsageError(
            _("A clinic's server must know whose numbers these are."),
            _("Ask the clinic for its identifier of you, and give --patient-identifier SYSTEM|VALUE."),
        )
    return FhirChoice(clinic_patient(identifier) if identifier else None, transaction, pdf)


def _write(
    what: Material,
    *,
    html: Path | None,
    pdf: Path | None,
    fhir: Path | None,
    bundle: FhirChoice | None = None,
    present: bool = False,
) -> list[Path]:
    from posturewatch.disk.files import writing
    from posturewatch.disk.refusals import or_say_why

    parts: list[tuple[Path, Callable[[], Iterable[str | bytes]]]] = []
    if html is not None:
        parts.append((html, lambda: _page(what, present=present)))
    if pdf is not None:
        parts.append((pdf, lambda: _paper(what)))
    if fhir is not None:
        parts.append((fhir, lambda: _resources(what, bundle)))
    for path, made in parts:
        with or_say_why(path, _("Choose another place.")), writing(path) as file:
            for piece in made():
                file.write(piece.encode() if isinstance(piece, str) else piece)
    return [path for path, _made in parts]


def _page(what: Material, *, present: bool = False) -> Iterable[str]:
    from posturewatch.report.html.page import render_html
    from posturewatch.report.html.present import render_present

    return (render_present(what) if present else render_html(what),)


def _paper(what: Material) -> Iterable[bytes]:
    from posturewatch.report.pdf.document import render_pdf

    return (render_pdf(what),)


def _resources(what: Material, bundle: FhirChoice | None) -> Iterable[str]:
    from posturewatch.exchange.fhir.bundle import fhir_lines

    return fhir_lines(what, bundle)


def _span(first_text: str | None, last_text: str | None, weeks: int | None, wish: Settings) -> tuple[date, date]:
    if first_text and weeks is not None:
        raise UsageError(_("--from and --weeks both say which day is the first."), _("Give one of them."))
    weeks = wish.report.weeks if weeks is None else weeks
    last = parse_day(last_text) if last_text else today()
    first = parse_day(first_text) if first_text else last - timedelta(days=7 * weeks - 1)
    if first > last:
        raise UsageError(_("The first day ({first}) lies after the last ({last}).").format(first=first, last=last))
    return first, last


def _name_of_the_head(_context: click.Context, _option: click.Parameter, name: str) -> str:
    try:
        return checked_text(name, NAME_MAX)
    except OutsideError as err:
        raise click.BadParameter(_("I need {what}.").format(what=err)) from err


@click.command(
    help=_(
        "Write one file for your therapist: report, tables and FHIR bundle. First shows what would be in it; nothing "
        "is sent anywhere."
    )
)
@click.argument("out", type=OUT_FILE, required=False)
@click.option("--from", "first_text", metavar="YYYY-MM-DD", help=_("First day."))
@click.option("--to", "last_text", metavar="YYYY-MM-DD", help=_("Last day; default: today."))
@click.option("--weeks", type=click.IntRange(1, 520), help=_("So many weeks up to the last day."))
@click.option("--no-diary", is_flag=True, help=_("Leave the headache diary out."))
@click.option("--no-checks", is_flag=True, help=_("Leave the movement checks out."))
@click.option("--no-plan", is_flag=True, help=_("Leave your therapist's plan and its exercises out."))
@click.option("--no-text", is_flag=True, help=_("Leave out all that you typed."))
@click.option("--without", multiple=True, metavar="YYYY-MM-DD", help=_("Leave this day out; may be repeated."))
@click.option(
    "--with-calibration",
    is_flag=True,
    help=_("With the points of face and body in the calibrations: for moving to a new computer, not for a therapist."),
)
@click.option(
    "--name", default="", callback=_name_of_the_head, help=_("A name for the head of the report; default: none.")
)
@click.option("--encrypt", is_flag=True, help=_("Ask for a passphrase and encrypt (AES-256 zip)."))
@click.option("--yes", is_flag=True, help=_("Do not ask; write it."))
def share(  # noqa: PLR0917
    out: Path | None,
    first_text: str | None,
    last_text: str | None,
    weeks: int | None,
    no_diary: bool,
    no_checks: bool,
    no_plan: bool,
    no_text: bool,
    without: tuple[str, ...],
    with_calibration: bool,
    name: str,
    encrypt: bool,
    yes: bool,
) -> None:
    """Show what would be shared, ask, and write it."""
    from posturewatch.app.reports import parcel
    from posturewatch.exchange.share import ShareChoice

    wish = settings()
    first, last = _span(first_text, last_text, weeks, wish)
    left = frozenset(parse_day(day) for day in without)
    choice = ShareChoice(first, last, not no_diary, not no_text, left, with_calibration, not no_plan, not no_checks)
    with parcel(folders(), choice, right_now(), wish, name=name or wish.report.name) as ready:
        click.echo(ready.preview(encrypted=encrypt), nl=False)
        path = out if out is not None else Path(f"posturewatch-{first}-{last}.zip")
        if not yes and not click.confirm(_("Write {path}?").format(path=path), default=False):
            click.echo(_("Nothing was written."))
            return
        whole, unread = ready.write(path, _new_passphrase() if encrypt else "")
    click.echo(_("Wrote {path}. Give it to whom you choose.").format(path=path))
    if unread != ready.material.content.unread:  # more than was shown before
        say_unread(unread)
    if not whole:
        click.echo(_("The PDF could not be made and is not in it; the page holds the same. The log file says why."))
    if encrypt:
        click.echo(
            _(
                "It opens with `posturewatch review`, 7-Zip and other programs that know AES zip files. Tell the "
                "passphrase by another way than the file."
            )
        )


def _new_passphrase() -> str:
    from posturewatch.exchange.archive import suggest_passphrase

    click.echo(_("A good passphrase: {passphrase}").format(passphrase=suggest_passphrase()))
    return new_passphrase()


@click.command(
    help=_(
        "Open files that somebody shared with you: checks them, joins several of one person, shows the report. Needs "
        "no camera and no calibration."
    )
)
@click.argument("files", cls=ManyFiles, nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--html", type=OUT_FILE, help=_("Write the page here instead of opening it."))
@click.option("--pdf", type=OUT_FILE, help=_("Write a PDF here."))
@click.option(
    "--present", is_flag=True, help=_("As four pages in large type for a shared screen, turned by the arrow keys.")
)
@click.option(
    "--since",
    "since_text",
    metavar="YYYY-MM-DD",
    help=_("Tell what changed since this day, a visit, against before; for this report alone."),
)
@click.option("--clean", is_flag=True, help=_("Remove the page that the last review left."))
@click.option(
    "--compared",
    is_flag=True,
    help=_("You compared the six words with the person: know this computer's key as theirs from now on."),
)
@json_option
def review(  # noqa: PLR0917
    files: tuple[Path, ...],
    html: Path | None,
    pdf: Path | None,
    present: bool,
    since_text: str | None,
    clean: bool,
    compared: bool,
    as_json: bool,
) -> None:
    """Make one page of shared files, of which nothing is kept."""
    from posturewatch.app.reports import reviewed

    wish = settings()
    page = folders().reports / "review.html"
    if clean:
        from posturewatch.disk.refusals import or_say_why
        from posturewatch.disk.shredding import shred

        with or_say_why(page):
            shred(page)
        click.echo(_("{path} is gone.").format(path=page))
        return
    if not files:
        raise UsageError(_("Say which files to review."), _("Give files that somebody shared with you, or --clean."))
    since = parse_day(since_text) if since_text else None
    what, origins = reviewed(files, ask_passphrase, wish, folders(), right_now(), compared=compared, since=since)
    show = html is None and pdf is None
    if show:
        from posturewatch.disk.folders import make_folder

        make_folder(page.parent)
        html = page
    written = _write(what, html=html, pdf=pdf, fhir=None, present=present)
    if as_json:
        signed = [origin.as_json() for origin in origins]
        print_json({"subject": what.person, "files": [str(path) for path in written], "signed": signed})
    else:
        for origin in origins:
            click.secho(origin.with_advice(), fg="red" if origin.doubtful else None, bold=origin.doubtful, err=True)
        for path in written:
            click.echo(path)
    if show:
        if not as_json:
            click.echo(_("It stays there, readable for you alone, until the next review or `review --clean`."))
        click.launch(written[0].absolute().as_uri())
