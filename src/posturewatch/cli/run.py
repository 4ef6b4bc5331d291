"""run: watch, with a tray icon where there is one. Also what `posturewatch` alone does."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from posturewatch.base.errors import InstanceError, PosturewatchError, SourceUnreadableError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import camera_number, exists, given_source
from posturewatch.cli.common import OUT_FILE, folders
from posturewatch.disk.instance import is_running


@click.command(
    help=_(
        "Watch and remind, with a tray icon where the desktop has a tray and as a plain background process where it "
        "has none. A second start shows the status of the first."
    )
)
@click.option("--source", help=_("Instead of the configured camera: number, device, video, folder, http://…"))
@click.option("--no-tray", is_flag=True, help=_("Without a tray icon."))
@click.option(
    "--record",
    metavar="FILE",
    type=OUT_FILE,
    help=_("Write what is seen into a new FILE for `posturewatch replay`: points and times, never a picture."),
)
@click.option("--verbose", is_flag=True, help=_("Write more into the log file."))
@click.option("--heard", is_flag=True, hidden=True)
def run(
    source: str | None = None,
    no_tray: bool = False,
    record: Path | None = None,
    verbose: bool = False,
    heard: bool = False,
) -> None:
    """Watch until told to quit."""
    here = folders()
    if is_running(here.state):
        _speak_to_the_first()
    try:
        _see_that_it_exists(source)
        from posturewatch.app.main import CliOverrides, Running

        running = Running(here, CliOverrides(source or "", tray=not no_tray, verbose=verbose, record=record))
        if sys.stderr is not None and sys.stderr.isatty():
            _greet(_("Ctrl+C ends it here. To watch in the background: posturewatch start"))
        running.run(greet=_greet)
    except Exception as err:
        from posturewatch.app.failed_start import nobody_reads, tell

        if nobody_reads(sys.stderr, heard=heard):
            tell(err, here)
        raise


@click.command(
    help=_(
        "Watch in the background: by the user's service where `autostart enable --systemd` has made one, otherwise as "
        "a process that outlives this terminal. `posturewatch quit` ends it."
    )
)
def start() -> None:
    """Watch in the background."""
    from posturewatch.app.background import start_in_background

    if start_in_background(folders().make()):
        words = _("posturewatch is watching. `posturewatch status` shows what it sees, `posturewatch quit` ends it.")
        click.echo(words)
    else:
        click.echo(_("posturewatch is running already."))


def _greet(words: str) -> None:
    """What there is to know at the start: where it watches, and why there is no tray icon."""
    if sys.stderr is not None:  # a start without a terminal has none on Windows
        click.echo(words, err=True)


def _speak_to_the_first() -> None:
    """A second start: say so, show what the first sees, exit 8."""
    from posturewatch.cli.running_app import show_status

    click.echo(_("posturewatch is running already:"))
    try:
        show_status(as_json=False)
    except PosturewatchError as err:
        click.echo(err.message, err=True)
    click.get_current_context().exit(InstanceError.exit_code)


def _see_that_it_exists(source: str | None) -> None:
    """A file that is named on the command line and not there is a slip, not a camera to wait for."""
    if not source:
        return
    given_source(source)
    if camera_number(source) is not None or "://" in source or source.startswith("/dev/"):
        return
    if not exists(source):
        raise SourceUnreadableError(
            _("There is no file or folder {path}.").format(path=source),
            _("Give a camera number, a device, a video file, a folder of images or an http:// address."),
        )
