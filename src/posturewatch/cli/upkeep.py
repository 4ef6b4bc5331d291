"""doctor, safety, autostart: looking after the program and its user."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.i18n import _
from posturewatch.base.wording import call_for_help, footer, see_a_doctor_soon, seek_help, seek_help_title
from posturewatch.cli.columns import prose, row
from posturewatch.cli.common import OUT_FILE, folders, json_option, print_json
from posturewatch.cli.help_pages import CommandGroup

if TYPE_CHECKING:
    from posturewatch.base.finding import Finding

_MARKS = {"ok": ("✓", "green"), "note": ("·", None), "warning": ("!", "yellow"), "error": ("✗", "red")}


@click.command(help=_("Show when to seek medical help. The list is the same for everybody; nothing is inferred."))
@json_option
def safety(as_json: bool) -> None:
    """The list of warning signs, on request."""
    if as_json:
        said = {"call": call_for_help(), "soon": see_a_doctor_soon(), "footer": footer()}
        print_json({"title": seek_help_title(), "signs": list(seek_help()), **said})
        return
    for line in prose(f"{call_for_help()} {seek_help_title()}"):
        click.secho(line, bold=True)
    for sign in seek_help():
        click.echo("\n".join(prose(f"  - {sign}", indent=4)))
    click.echo()
    for said_last in (see_a_doctor_soon(), footer()):
        click.echo("\n".join(prose(said_last)))


@click.command(
    help=_(
        "Check each part (system libraries, models, camera, display, tray, notifications, folders, journal …), say "
        "what is wrong and how to mend it. Exit code 1 where something is wrong."
    )
)
@json_option
@click.option(
    "--bundle",
    type=OUT_FILE,
    help=_("Write a support file (zip) without personal data."),
)
@click.option("--no-camera", is_flag=True, help=_("Leave the camera alone."))
@click.option(
    "--checklist", is_flag=True, help=_("Instead: ten steps to see it work on a system where nobody has tried it.")
)
def doctor(as_json: bool, bundle: Path | None, no_camera: bool, checklist: bool) -> None:
    """Run every check; exit code 1 where one is an error."""
    if checklist:
        _show_checklist(as_json=as_json, camera=not no_camera)
        return
    from posturewatch.app.doctor import examine

    findings = examine(folders(), camera=not no_camera)
    if as_json:
        print_json(
            [{"part": each.part, "level": each.level, "says": each.says, "mend": each.mend} for each in findings]
        )
    else:
        for finding in findings:
            _show_finding(finding)
    if bundle is not None:
        from posturewatch.app.support_file import write_support_file
        from posturewatch.cli.crash import without_names

        write_support_file(bundle, findings, folders(), without_names)
        click.echo(_("Wrote {path}. Look at it before you send it to anybody.").format(path=bundle), err=True)
    if any(finding.level == "error" for finding in findings):
        click.get_current_context().exit(1)


def _show_finding(finding: Finding) -> None:
    mark, colour = _MARKS.get(finding.level, ("?", None))
    first, *more = row(f"{mark} {finding.part}: {finding.says}", indent=2)
    click.echo(click.style(mark, fg=colour) + first.removeprefix(mark))
    for line in more:
        click.echo(line)
    if finding.mend:
        click.echo(f"    {finding.mend}")


def _show_checklist(*, as_json: bool, camera: bool) -> None:
    from posturewatch.app.checklist import checklist
    from posturewatch.cli.common import settings

    steps = checklist(folders(), settings(), camera=camera)
    if as_json:
        print_json([asdict(step) for step in steps])
        return
    for number, step in enumerate(steps, 1):
        click.secho(f"{number:>2}. {step.about}", bold=True)
        for line in row(step.do, indent=0):
            click.echo(line)
        for finding in step.answer:
            _show_finding(finding)


@click.group(cls=CommandGroup, help=_("Start posturewatch when you log in."))
def autostart() -> None:
    """Start at login."""


def _show_autostart(as_json: bool) -> None:
    from posturewatch.desktop.autostart import status

    now = status()
    if as_json:
        print_json({"enabled": now.enabled, "where": now.where, "this_installation": now.ours})
    elif not now.enabled:
        click.echo(_("posturewatch does not start at login."))
    else:
        click.echo(_("posturewatch starts at login ({where}).").format(where=now.where))
        if not now.ours:
            click.echo(_("That entry starts another installation; `posturewatch autostart enable` makes it this one."))


@autostart.command("enable", help=_("Start at login from now on."))
@click.option("--systemd", is_flag=True, help=_("Linux: as a systemd user unit, which also starts it after a crash."))
@json_option
def autostart_enable(systemd: bool, as_json: bool) -> None:
    """Write the entry."""
    from posturewatch.desktop.autostart import enable

    enable(way="systemd" if systemd else "desktop")
    _show_autostart(as_json)


@autostart.command("disable", help=_("Do not start at login any more."))
@json_option
def autostart_disable(as_json: bool) -> None:
    """Remove the entry."""
    from posturewatch.desktop.autostart import disable

    disable()
    _show_autostart(as_json)


@autostart.command("status", help=_("Say whether it starts at login."))
@json_option
def autostart_status(as_json: bool) -> None:
    """Look at the entry."""
    _show_autostart(as_json)


@click.command("menu-entry", help=_("Add posturewatch to the desktop's application menu, or remove it there."))
@click.argument("what", type=click.Choice(["add", "remove"]))
def menu_entry(what: str) -> None:
    """Write or remove the entry."""
    from posturewatch.desktop import app_menu

    if what == "add":
        click.echo(_("posturewatch is in the application menu ({where}).").format(where=app_menu.add()))
    elif app_menu.remove():
        click.echo(_("posturewatch is no longer in the application menu."))
    else:
        click.echo(_("posturewatch was not in the application menu."))
