"""status, pause, resume, break, profile, quit: what reaches the posturewatch that runs already."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Event
from typing import Any, cast

import click

from posturewatch.base.codec import snapshot_from_json
from posturewatch.base.errors import InstanceError, UsageError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import LONGEST_S, TOMORROW, Command, CommandKind
from posturewatch.base.records import Snapshot
from posturewatch.base.shell import as_typed
from posturewatch.base.wording import noted_as_worse
from posturewatch.cli.common import Word, folders, json_option, print_json, units_wish
from posturewatch.control.client import ask, starting, tell_app

_NUMBER = r"(\d+(?:[.,]\d+)?)\s*"
_DURATION = re.compile(rf"(?:{_NUMBER}h)?\s*(?:{_NUMBER}(?:min|m|$))?\s*(?:{_NUMBER}(?:sec|s))?")
_HOUR = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")

BEGUN_S, BEGUN_TRIES = 2.0, 20
"""The loop begins a break or a pause within a second or two; it is asked so often whether it has."""


def running_snapshot() -> tuple[Snapshot, dict[str, Any]]:
    """What the running app sees now, as a record and as fields; raises InstanceError where none runs."""
    answer = ask(folders().state, {"do": "status"})
    if answer.get("starting"):
        raise starting()
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
        "Pause and give the camera back. FOR is a time such as 30min or 2h, an hour of the clock such as 15:00, or "
        "tomorrow (04:00); without it the pause lasts until `posturewatch resume`."
    )
)
@click.argument("duration", metavar="[FOR]", required=False)
@json_option
def pause(duration: str | None, as_json: bool) -> None:
    """Pause for a while, until an hour, until tomorrow, or until resumed; says until when."""
    from posturewatch.report.now_in_words import pause_words

    command = pause_command(duration)
    before, _fields = running_snapshot()
    tell_app(folders().state, command)
    now = _once(lambda snapshot: snapshot.paused and snapshot.at > before.at)
    if as_json:
        until = now.paused_until
        print_json(
            {
                "ok": True,
                "command": command.kind.value,
                "paused_until": until.isoformat() if until is not None else None,
            }
        )
        return
    words = pause_words(now) or _("Paused")
    click.echo(_("{paused}. The camera is given back; `posturewatch resume` goes on.").format(paused=words))


def pause_command(text: str | None) -> Command:
    """What ``30min``, ``1,5h``, ``1h30``, ``45`` (minutes), ``15:00``, ``tomorrow`` or no text asks for; raises
    UsageError."""
    if text is None:
        return Command(CommandKind.PAUSE)
    words = text.strip().lower().removeprefix("until ")
    if words == "tomorrow":
        return Command(CommandKind.PAUSE, value=TOMORROW)
    if hour := _HOUR.fullmatch(words):
        return Command(CommandKind.PAUSE, text=f"{hour[1]:0>2}:{hour[2]}")
    match = _DURATION.fullmatch(words)
    parts = zip(match.groups(default="0"), (3600, 60, 1), strict=True) if match is not None else ()
    seconds = sum(float(number.replace(",", ".")) * unit for number, unit in parts)
    if not 1 <= seconds <= LONGEST_S:
        raise UsageError(
            _("{text} is no time to pause for.").format(text=text),
            _("Write 30min, 1h, 2h (a year at the most), 15:00 or tomorrow."),
        )
    return Command(CommandKind.PAUSE, value=seconds)


def _once(so: Callable[[Snapshot], bool]) -> Snapshot:
    """The running app's snapshot once it is ``so``, or the latest after :data:`BEGUN_S` seconds."""
    wait = Event()
    for _turn in range(BEGUN_TRIES):
        snapshot, _fields = running_snapshot()
        if so(snapshot):
            break
        wait.wait(BEGUN_S / BEGUN_TRIES)
    return snapshot


@click.command(help=_("Go on after a pause; the camera is taken again."))
@json_option
def resume(as_json: bool) -> None:
    """End a pause."""
    _done(Command(CommandKind.RESUME), _("Watching again."), as_json=as_json)


@click.command(
    "break",
    help=_("Take a break now; or postpone or skip the one that is due; or note that its exercise made it worse."),
)
@click.argument("what", type=Word(["now", "postpone", "skip", "worse"]), default="now")
@json_option
def break_now(what: str, as_json: bool) -> None:
    """Begin, postpone or skip a break."""
    kind, words = {
        "now": (CommandKind.BREAK_NOW, _("The break begins.")),
        "postpone": (CommandKind.BREAK_POSTPONE, _("The break is postponed.")),
        "skip": (CommandKind.BREAK_SKIP, _("The break is skipped.")),
        "worse": (CommandKind.EXERCISE_WORSE, noted_as_worse()),
    }[what]
    if what == "worse":
        snapshot, _fields = running_snapshot()
        if not snapshot.last_exercise and not (snapshot.on_break and snapshot.exercise):
            raise UsageError(_("There was no exercise in the last hour."), _("The diary takes notes at any time."))
    elif what != "now":
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

    snapshot = _once(lambda now: now.on_break)
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
                _("`posturewatch calibrate --profile {name}` makes it.").format(name=as_typed(name)),
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
