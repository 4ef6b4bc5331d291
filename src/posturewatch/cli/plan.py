"""plan: a therapist writes and signs one; the person looks at it, takes it up, keeps what is theirs, takes it away."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import UsageError
from posturewatch.base.folding import folded
from posturewatch.base.i18n import _
from posturewatch.base.shell import as_typed
from posturewatch.base.wording import exercise_names
from posturewatch.cli.columns import terminal_columns
from posturewatch.cli.common import folders, json_option, own_settings, parse_day, print_json, settings, today
from posturewatch.cli.help_pages import CommandGroup

if TYPE_CHECKING:
    from posturewatch.app.draft_plan import DraftPhase

_FILE = click.Path(dir_okay=False, path_type=Path)
_THERE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(
    cls=CommandGroup,
    help=_(
        "A therapist's plan: exercises, limits and break rhythm for a course in phases. It lies over your own "
        "settings, ends with its last phase, and goes by `plan remove`."
    ),
)
def plan() -> None:
    """A therapist's plan."""


@plan.command(help=_("Show the plan in FILE with all that it would change, or the one in force. Changes nothing."))
@click.argument("file", type=_THERE, required=False)
@json_option
def show(file: Path | None, as_json: bool) -> None:
    """Print a plan and all that it would change."""
    from posturewatch.app.plans import look_at, plan_fields, plan_lines, signed_by, signer_words
    from posturewatch.config.plan_file import load_accepted

    settings()  # for the language
    own = own_settings()
    if file is not None:
        offer = look_at(folders(), file, today())
        taken, signed = offer.taken, signer_words(offer.public, offer.standing)
    else:
        found = load_accepted(folders().plan_file)
        if found is None:
            if as_json:
                print_json(None)
            else:
                click.echo(_("No plan is in force."))
            return
        taken, signed = found, signed_by(found.signer)
    if as_json:
        print_json(plan_fields(taken, own, today()))
    else:
        _say(plan_lines(taken, own, today(), signed))


@plan.command(
    help=_(
        "Show the plan in FILE with all that it changes, ask, and take it up: whole or not at all, and in place of any "
        "other."
    )
)
@click.argument("file", type=_THERE)
@click.option("--keep", multiple=True, metavar="KEY", help=_("In this key your own value wins; may be repeated."))
@click.option("--start", "start_text", metavar="YYYY-MM-DD", help=_("First day of the first phase."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
@click.option(
    "--doubtful", is_flag=True, help=_("With --yes: also where it is not signed, or by another key than before.")
)
def accept(file: Path, keep: tuple[str, ...], start_text: str | None, yes: bool, doubtful: bool) -> None:
    """Preview, question, taking up."""
    from posturewatch.app.plans import DOUBTFUL, keep_own, look_at, plan_lines, signer_words, take_up
    from posturewatch.base.clock import SystemClock
    from posturewatch.base.plan import PLAN_KEYS

    here = folders()
    for key in keep:
        if key not in PLAN_KEYS:
            keep_own(here, (key,))  # raises, and says which there are
    offer = look_at(here, file, today(), parse_day(start_text) if start_text else None)
    own = own_settings()
    kept = tuple(dict.fromkeys((*own.plan.keep, *keep)))
    own = own.model_copy(update={"plan": own.plan.model_copy(update={"keep": kept})})
    signed = signer_words(offer.public, offer.standing)
    _say(plan_lines(offer.taken, own, today(), signed))
    click.echo()
    if yes and offer.standing in DOUBTFUL and not doubtful:
        raise UsageError(signed, _("Nothing was taken up. Add --doubtful if you know where it comes from."))
    if not yes:
        question = _("Take this plan up? Your own settings stay, and `plan remove` brings them back.")
        if not click.confirm(question, default=False):
            click.echo(_("Nothing was taken up."))
            return
        if offer.standing in DOUBTFUL and not click.confirm(f"{signed} {_('Take it up all the same?')}", default=False):
            click.echo(_("Nothing was taken up."))
            return
    taken = take_up(here, offer, keep, SystemClock())
    click.echo(_("The plan is in force from {first} to {last}.").format(first=taken.start, last=taken.last))


@plan.command(help=_("Take the plan away: your own settings alone are in force again. What was logged stays."))
@click.option("--yes", is_flag=True, help=_("Do not ask."))
def remove(yes: bool) -> None:
    """One command, whatever is wrong with it."""
    from posturewatch.app.plans import take_away
    from posturewatch.base.clock import SystemClock

    if not folders().plan_file.exists():
        click.echo(_("No plan is in force."))
        return
    if not yes:
        click.confirm(_("Take the plan away?"), abort=True)
    take_away(folders(), SystemClock())
    click.echo(_("The plan is gone; your own settings are in force."))


@plan.command(help=_("Let your own value of KEY win over the plan, now and in later plans."))
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def keep(keys: tuple[str, ...]) -> None:
    """Let the person's own value win over the plan's."""
    from posturewatch.app.plans import keep_own

    keep_own(folders(), keys)
    _say_value(keys)


@plan.command(help=_("Let the plan's value of KEY win again."))
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
def follow(keys: tuple[str, ...]) -> None:
    """Let the plan's value win again."""
    from posturewatch.app.plans import follow_plan

    follow_plan(folders(), keys)
    _say_value(keys)


@plan.command(help=_("Sign the plan in FILE with this computer's key, after each change; puts its pictures in."))
@click.argument("file", type=_THERE)
@click.option("--out", type=_FILE, help=_("Write it here and leave FILE as it is."))
@json_option
def sign(file: Path, out: Path | None, as_json: bool) -> None:
    """The therapist's last step."""
    from posturewatch.app.draft_plan import signed_text, write_plan

    text, public = signed_text(folders(), file)
    write_plan(out or file, text)
    if as_json:
        print_json({"file": str(out or file), "words": public.words})
    else:
        click.echo(_("Signed: {path}").format(path=out or file))
        click.echo(_("Your key's words, to read out to the person: {words}").format(words=public.words))


@plan.command(
    help=_(
        "Write a plan into FILE, signed: asks for what is not given. The file can be changed by hand afterwards; then "
        "`plan sign FILE`."
    )
)
@click.argument("file", type=_FILE)
@click.option("--title", help=_("What the person reads first."))
@click.option("--author", help=_("Your name, or the practice's."))
@click.option(
    "--phase",
    "phases",
    multiple=True,
    metavar="NAME:WEEKS[:LIMIT[:MINUTES]]",
    help=_('A phase such as "Getting used:4:1.5 in:30": name, weeks, limit, a break every so many minutes.'),
)
@click.option(
    "--exercise", "exercises", multiple=True, type=click.Choice(tuple(exercise_names())), help=_("One of ours.")
)
@click.option("--next-visit", metavar="YYYY-MM-DD", help=_("The day of the next visit."))
@click.option("--note", help=_("What you want to say to the person."))
@click.option("--check", is_flag=True, help=_("Offer the movement check before the visit."))
@click.option("--force", is_flag=True, help=_("Overwrite a file that is there."))
def new(  # noqa: PLR0917  (click passes them by name)
    file: Path,
    title: str | None,
    author: str | None,
    phases: tuple[str, ...],
    exercises: tuple[str, ...],
    next_visit: str | None,
    note: str | None,
    check: bool,
    force: bool,
) -> None:
    """Questions at a terminal, options in a script."""
    from posturewatch.app.draft_plan import draft_text, signed, write_plan

    settings()  # for the language
    if file.exists() and not force:
        raise UsageError(
            _("There is a file {path} already.").format(path=file), _("Choose another name, or add --force.")
        )
    asked = sys.stdin is not None and sys.stdin.isatty() and not phases
    if not asked and not phases:
        raise UsageError(_("A plan needs a phase."), _('Give --phase, such as "Getting used:4:1.5 in:30".'))
    if asked:
        title = title or str(click.prompt(_("Title"), default=_("Plan for the desk")))
        author = author if author is not None else str(click.prompt(_("Your name or practice"), default=""))
        made = _asked_phases()
        exercises = exercises or _asked_exercises()
        next_visit = next_visit or str(click.prompt(_("Next visit (YYYY-MM-DD, or nothing)"), default=""))
        note = note if note is not None else str(click.prompt(_("A note to the person"), default=""))
    else:
        made = [_phase(text) for text in phases]
    text = draft_text(
        title=title or _("Plan for the desk"),
        author=author or "",
        written=today(),
        phases=made,
        exercises=exercises,
        next_visit=parse_day(next_visit) if next_visit else None,
        note=note or "",
        check=check,
    )
    whole, public = signed(folders(), file, text)
    write_plan(file, whole)
    _say_written(file, public.words)


@plan.command(
    help=_("Write a new plan into FILE, or change the one that is there, in a window; it is signed as you save.")
)
@click.argument("file", type=_FILE)
def form(file: Path) -> None:
    """Open the form of a plan, for the same file as ``new`` writes."""
    from posturewatch.app.plan_form import fill_in

    words = fill_in(folders().make(), settings(), file, today())
    if words:
        _say_written(file, words)
    else:
        click.echo(_("Nothing was saved."))


def _say_written(file: Path, words: str) -> None:
    click.echo(
        _("Wrote {path}, signed. `posturewatch plan show {path}` shows what the person will see.").format(
            path=as_typed(str(file))
        )
    )
    click.echo(_("Your key's words, to read out to the person: {words}").format(words=words))


def _phase(text: str) -> DraftPhase:
    from posturewatch.app.draft_plan import DraftPhase

    parts = [part.strip() for part in text.split(":")]
    try:
        if not 2 <= len(parts) <= 4:
            raise ValueError
        limit = parts[2] if len(parts) > 2 and parts[2] else None
        every = float(parts[3]) if len(parts) > 3 and parts[3] else None
        return DraftPhase(parts[0], int(parts[1]), limit, every)
    except ValueError as err:
        raise UsageError(
            _("{text} is no phase.").format(text=text), _('Write it as "Getting used:4" or "Getting used:4:1.5 in:30".')
        ) from err


def _asked_phases() -> list[DraftPhase]:
    from posturewatch.app.draft_plan import DraftPhase

    made: list[DraftPhase] = []
    while True:
        number = len(made) + 1
        name = str(click.prompt(_("Phase {number}: name (nothing: no more phases)").format(number=number), default=""))
        if not name and made:
            return made
        weeks = click.prompt(_("Weeks"), type=click.IntRange(1, 52), default=4)
        limit = str(click.prompt(_("Limit, such as 1.5 in or 3 cm (nothing: theirs)"), default=""))
        every = click.prompt(_("A break every so many minutes (0: theirs)"), type=click.IntRange(0, 120), default=0)
        made.append(
            DraftPhase(name or _("Phase {number}").format(number=number), weeks, limit or None, float(every) or None)
        )


def _asked_exercises() -> tuple[str, ...]:
    from posturewatch.core.reminding.exercises import builtin

    return tuple(one.key for one in builtin() if click.confirm(f"{one.name} ({one.dose})?", default=False))


def _say(lines: list[str]) -> None:
    for line in lines:
        indent = len(line) - len(line.lstrip())
        for part in folded(line, min(100, terminal_columns()) - 1, indent + 2) if line else [""]:
            click.echo(part)


def _say_value(keys: tuple[str, ...]) -> None:
    """What is in force now, and where it comes from."""
    from posturewatch.config.layers import in_force

    shown = {each.key: each for each in in_force(folders(), today()).show()}
    for key in keys:
        click.echo(f"{key}  {shown[key].value or _('(not set)')}  # {shown[key].origin}")
