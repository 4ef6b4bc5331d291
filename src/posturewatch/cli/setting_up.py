"""setup, calibrate, live: the guided first run, sitting upright for ten seconds, and the picture to set up by."""

from __future__ import annotations

import sys
import time

import click

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.quantities import rounded
from posturewatch.base.source_names import given_source, is_recording, local_path
from posturewatch.cli.columns import prose
from posturewatch.cli.common import folders, given_profile, json_option, print_json, settings
from posturewatch.cli.progress import StatusLine

COUNTDOWN_S = 3
BAR = 20


@click.command(
    help=_(
        "Sit upright, look at the screen, and stay so for about ten seconds: everything is measured against this "
        "posture. With a screen a window shows what the camera sees; without one the terminal guides."
    )
)
@click.option("--profile", metavar="NAME", help=_("Which profile to calibrate; a new name makes a new one."))
@click.option("--source", help=_("Instead of the configured camera; a recording is taken as it is."))
@click.option(
    "--quick",
    is_flag=True,
    help=_("Five seconds that tie the calibration you have to today's clothes and place; your sizes are kept."),
)
@click.option("--window/--no-window", default=None, help=_("With the window, or in the terminal; default: as it goes."))
@json_option
def calibrate(profile: str | None, source: str | None, quick: bool, window: bool | None, as_json: bool) -> None:
    """Make a calibration and keep it."""
    from posturewatch.app import calibration
    from posturewatch.app.keeper import read_profile
    from posturewatch.ui.open import why_no_windows

    here, wish = folders().make(), settings()
    name = given_profile(read_profile(here) if profile is None else profile)
    if source is not None:
        wish = wish.model_copy(update={"camera": wish.camera.model_copy(update={"source": given_source(source)})})
    guide = _Guide(quiet=as_json)
    if quick and source is None and calibration.runs_with(here, name):
        kept = calibration.tie_in_app(here, name, guide.tell)
    elif is_recording(wish.camera.source):
        source_path = local_path(wish.camera.source)
        kept = calibration.calibrate_recording(here, wish, name, source_path, guide.tell, quick=quick)
    elif not quick and (window or (window is None and why_no_windows() is None and not as_json)):
        kept = calibration.calibrate_with_window(here, wish, name)
    else:
        guide.tell(0.0, _("Looking for the camera…"))
        kept = calibration.calibrate_live(here, wish, name, guide.tell, quick=quick, ready=guide.countdown)
    guide.end()
    made = kept.calibration
    if as_json:
        print_json(
            {
                "profile": kept.profile,
                "repeatability_in": rounded(made.repeatability_in, 3),
                "frames": made.frames,
                "view": made.view,
            }
        )
        return
    click.echo(kept.words(wish.user.shown_units))


class _Guide:
    """The countdown and the bar in the terminal; plain lines where nobody watches."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._line = StatusLine(lively=sys.stderr.isatty() and not quiet)
        self._said = ""

    def countdown(self) -> None:
        """Time to sit down properly."""
        if self._quiet:
            return
        self.end()
        click.echo(_("Sit upright and at ease, as tall as you can hold without effort. Look at the screen."), err=True)
        for left in range(COUNTDOWN_S, 0, -1):
            click.echo(f"{left} … ", nl=False, err=True)
            time.sleep(1)
        click.echo(err=True)

    def tell(self, share: float, words: str) -> None:
        """Share done, and what to do."""
        done = round(share * BAR)
        self._line.show(f"[{'█' * done}{'·' * (BAR - done)}] {share:>4.0%}  {words}")
        if not self._line.lively and words != self._said and not self._quiet:
            click.echo(words, err=True)
        self._said = words

    def end(self) -> None:
        """Leave the bar's line."""
        self._line.end()


@click.command(
    help=_(
        "Show what the camera sees: the points found, the distance with its error, and what hinders. For setting up; "
        "nothing is stored. The running posturewatch lends the camera for it."
    )
)
@click.option("--source", help=_("Instead of the configured camera."))
def live(source: str | None) -> None:
    """Show the live view until its window is closed."""
    from posturewatch.app.calibration import show_live_view

    wish = settings()
    if source is not None:
        wish = wish.model_copy(update={"camera": wish.camera.model_copy(update={"source": source})})
    show_live_view(folders(), wish)


@click.command(
    help=_(
        "Choose the camera, calibrate, say when to be told, breaks and start at login: about two minutes. Can be run "
        "again at any time."
    )
)
@click.option("--window/--no-window", default=None, help=_("In a window or in the terminal; default: as it goes."))
def setup(window: bool | None) -> None:
    """The first run."""
    from posturewatch.app.first_run import Tools
    from posturewatch.ui.first_run import run_in_window
    from posturewatch.ui.first_run_terminal import run_in_terminal
    from posturewatch.ui.open import why_no_windows

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
    run_in_terminal(tools, tools.answers(), sys.platform, _ask, _say)


def _say(text: str) -> None:
    """Words that keep to the terminal."""
    for line in prose(text):
        click.echo(line)


def _ask(prompt: str) -> str:
    """A line from the terminal; Return alone is an empty answer."""
    return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=" "))
