"""setup: the guided first run, in a window where there is a screen and in the terminal otherwise."""

from __future__ import annotations

import sys

import click

from posturewatch.cli.places import folders
from posturewatch.errors import DesktopError
from posturewatch.i18n import _


@click.command(
    help=_(
        "Choose the camera, calibrate, say when to be told, breaks and start at login: about two minutes. Can be run "
        "again at any time."
    )
)
@click.option("--window/--no-window", default=None, help=_("In a window or in the terminal; default: as it goes."))
def setup(window: bool | None) -> None:
    """The first run."""
    from posturewatch.app.setting_up import Tools
    from posturewatch.windows.first_run import run_in_window
    from posturewatch.windows.first_run_terminal import run_in_terminal
    from posturewatch.windows.launch import why_no_windows

    tools = Tools(folders())
    if window or (window is None and why_no_windows() is None):
        try:
            if run_in_window(tools, tools.answers(), sys.platform) is None:
                click.echo(_("Nothing was changed."))
            return
        except DesktopError as err:
            if window:
                raise
            click.echo(err.message, err=True)
    run_in_terminal(tools, tools.answers(), sys.platform, _ask, click.echo)


def _ask(prompt: str) -> str:
    """A line from the terminal; Return alone is an empty answer."""
    return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=" "))
