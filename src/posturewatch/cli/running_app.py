"""status, pause, resume, break, profile, quit: what reaches the posturewatch that runs already."""

from __future__ import annotations

import re
from threading import Event
from typing import Any, cast

import click

from posturewatch.base.codec import snapshot_from_json
from posturewatch.base.errors import InstanceError, UsageError
from posturewatch.base.i18n import _
from posturewatch.base.records import Command, CommandKind, Snapshot
from posturewatch.cli.common import folders, json_option, print_json, units_wish
from posturewatch.control.client import ask, tell_app

_DURATION = re.compile(r"^(\d+(?:\.\d+)?)\s*(s|sec|min|m|h)?$")
BEGUN_S, BEGUN_TRIES = 2.0, 20
"""The loop begins a break within a second or two; it is asked so often whether it has."""

_SECONDS = {"s": 1, "sec": 1, "min": 60, "m": 60, "h": 3600}


def running_snapshot() -> tuple[Snapshot, dict[str, Any]]:
    """What the running app sees now, as a record and as fields; raises InstanceError where none runs."""
    answer = ask(folders().state, {"do": "status"})
    try:
        fields = cast("dict[str, Any]", answer["snapshot"])
        return snapshot_from_json(fields), fields
    except (KeyError, TypeError, ValueError) as err:
        raise InstanceError(
            _("The running posturewatch is of another version."), _("End it with `posturewatch quit` and start again.")
        ) from err


def show_status(*, as_json: bool) -> None:
    """Print what the running app sees now."""
    from posturewatch.report.now_in_words import band_words, status_line

    snapshot, fields = running_snapshot()
    if as_json:
        print_json(fields)
        return
    units = units_wish()
    click.echo(status_line(snapshot, units))
    if words := band_words(snapshot):
        click.echo(words)


def _done(command: Command, words: str, *, as_json: bool) -> None:
    tell_app(folders().state, command)
    if as_json:
        print_json({"ok": True, "command": command.kind.value})
    else:
        click.echo(words)


@click.command(help=_("Show what the running posturewatch sees now. Exit code 8 where none runs."))
@json_option
def status(as_json: bool) -> None:
    """Show the running app's snapshot."""
    show_status(as_json=as_json)


@click.command(
    help=_(
        "Pause and give the camera back. FOR is a time such as 30min, 1h or 2h, or tomorrow; without it the pause "
        "lasts until `posturewatch resume`."
    )
)
@click.argument("duration", metavar="[FOR]", required=False)
@json_option
def pause(duration: str | None, as_json: bool) -> None:
    """Pause for a while, until tomorrow, or until resumed."""
    _done(
        Command(CommandKind.PAUSE, value=pause_seconds(duration)),
        _("Paused. The camera is given back; `posturewatch resume` goes on."),
        as_json=as_json,
    )


def pause_seconds(text: str | None) -> float | None:
    """Seconds of ``30min``, ``1h``, ``90s`` or ``45`` (minutes); -1 for tomorrow; None for no text."""
    if text is None:
        return None
    if text == "tomorrow":
        return -1.0
    match = _DURATION.match(text.strip().lower())
    if match is None or float(match[1]) <= 0:
        raise UsageError(_("{text} is no time to pause for.").format(text=text), _("Write 30min, 1h, 2h or tomorrow."))
    return float(match[1]) * _SECONDS[match[2] or "min"]


@click.command(help=_("Go on after a pause; the camera is taken again."))
@json_option
def resume(as_json: bool) -> None:
    """End a pause."""
    _done(Command(CommandKind.RESUME), _("Watching again."), as_json=as_json)


@click.command("break", help=_("Take a break now; or postpone or skip the one that is due."))
@click.argument("what", type=click.Choice(["now", "postpone", "skip"]), default="now")
@json_option
def break_now(what: str, as_json: bool) -> None:
    """Begin, postpone or skip a break."""
    kind, words = {
        "now": (CommandKind.BREAK_NOW, _("The break begins.")),
        "postpone": (CommandKind.BREAK_POSTPONE, _("The break is postponed.")),
        "skip": (CommandKind.BREAK_SKIP, _("The break is skipped.")),
    }[what]
    if what != "now":
        _refuse_what_would_not_answer(what)
    _done(Command(kind), words, as_json=as_json)
    if what == "now" and not as_json:
        _show_suggestion()


def _refuse_what_would_not_answer(what: str) -> None:
    """Raise UsageError where there is no break to postpone or skip, or this one may not be."""
    from posturewatch.cli.common import settings

    snapshot, _fields = running_snapshot()
    noticed = snapshot.next_break_s is not None and snapshot.next_break_s <= settings().breaks.notice_s
    if not (snapshot.break_now or snapshot.on_break or noticed):
        raise UsageError(_("No break is due."), _("`posturewatch break` begins one now."))
    if not snapshot.can_postpone:
        raise UsageError(_("Breaks are strict: this one can only be taken."), _("`posturewatch break` begins it."))
    if what == "skip" and not (snapshot.can_skip or snapshot.on_break):
        raise UsageError(
            _("This break can be taken or postponed; too many were skipped in a row."),
            _("`posturewatch break` begins it."),
        )


def _show_suggestion() -> None:
    """What to do in the break, for whoever has no window for it; nothing while exercises are off."""
    from posturewatch.cli.common import settings
    from posturewatch.core.reminding.exercises import find

    wait = Event()
    for _turn in range(BEGUN_TRIES):
        snapshot, _fields = running_snapshot()
        if snapshot.on_break:
            break
        wait.wait(BEGUN_S / BEGUN_TRIES)
    tip = find(settings().breaks, snapshot.exercise)
    if tip is not None:
        click.echo()
        click.secho(tip.name, bold=True)
        for text in (tip.text, tip.dose, tip.safety):
            if text:
                click.echo(click.wrap_text(text, 78))


@click.command(help=_("Show the profiles, or change to NAME. A new name needs `posturewatch calibrate` first."))
@click.argument("name", required=False)
@json_option
def profile(name: str | None, as_json: bool) -> None:
    """List or change the profile."""
    if name is not None:
        snapshot, _fields = running_snapshot()
        if name not in snapshot.profiles:
            raise UsageError(
                _("There is no profile {name}.").format(name=name),
                _("`posturewatch calibrate --profile {name}` makes it.").format(name=name),
            )
        _done(
            Command(CommandKind.PROFILE, text=name), _("The profile is now {name}.").format(name=name), as_json=as_json
        )
        return
    snapshot, _fields = running_snapshot()
    if as_json:
        print_json({"profile": snapshot.profile, "profiles": snapshot.profiles})
        return
    for known in snapshot.profiles or (snapshot.profile,):
        click.echo(f"{'*' if known == snapshot.profile else ' '} {known}")


@click.command("quit", help=_("End the running posturewatch. The day is written and the camera given back."))
@json_option
def quit_app(as_json: bool) -> None:
    """End the running app."""
    _done(Command(CommandKind.QUIT), _("posturewatch ends."), as_json=as_json)
