"""config path|show|check|init|set: the settings file."""

from __future__ import annotations

import sys

import click

from posturewatch.base.errors import ConfigError, PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.source_names import shown_source
from posturewatch.cli.columns import row
from posturewatch.cli.common import folders, json_option, print_json, today
from posturewatch.cli.help_pages import CommandGroup


@click.group(
    cls=CommandGroup,
    help=_("The settings: one commented text file; the running posturewatch takes a change up at once."),
)
def config() -> None:
    """The settings file."""


@config.command(help=_("Print where the settings file is."))
@json_option
def path(as_json: bool) -> None:
    """The file's path, whether or not it exists."""
    file = folders().config_file
    if as_json:
        print_json({"path": str(file), "exists": file.exists()})
    else:
        click.echo(file)


@config.command(help=_("Show every setting in force, and where its value comes from."))
@json_option
def show(as_json: bool) -> None:
    """All settings, defaults included."""
    from posturewatch.config.layers import in_force

    found = in_force(folders(), today())
    if as_json:
        body = found.settings.model_dump(mode="json")
        if "://" in body["camera"]["source"]:
            body["camera"]["source"] = shown_source(body["camera"]["source"])
        print_json(body)
        return
    settings = found.show()
    width = max(len(each.key) for each in settings)
    for each in settings:
        value = each.value or _("(not set)")
        for line in row(f"{each.key:<{width}}  {value}  # {each.origin}", indent=width + 2):
            click.echo(line)
    for text in found.tables():  # whole, so that they can be copied
        click.echo(f"\n{text}")


@config.command(help=_("Check the settings file. Exit code 3 where something is wrong, with file, line and key."))
@json_option
def check(as_json: bool) -> None:
    """Name every problem of the file; exit code of ConfigError where there is one."""
    from posturewatch.config.read import check as problems_of

    file = folders().config_file
    problems, notes = problems_of(file)
    if as_json:
        problem_fields = ("line", "key", "says", "allowed")
        told = {
            name: [{field: getattr(each, field) for field in problem_fields} for each in found]
            for name, found in (("problems", problems), ("notes", notes))
        }
        print_json({"path": str(file), "ok": not problems, **told})
    else:
        for problem in (*problems, *notes):
            click.echo(problem.text(), err=True)
        if not problems:
            there = _("{path} is good.") if file.exists() else _("There is no file {path}: the defaults are in force.")
            click.echo(there.format(path=file))
    if problems:
        click.get_current_context().exit(3)


@config.command(help=_("Write the commented settings file with the defaults."))
@click.option("--force", is_flag=True, help=_("Overwrite a file that is there."))
def init(force: bool) -> None:
    """Write the commented file."""
    from posturewatch.config.write import init_config

    click.echo(init_config(folders().config_file, force=force))


@config.command(
    help=_("Set KEY (such as posture.threshold) to VALUE; comments and order stay."),
    context_settings={"ignore_unknown_options": True},  # a VALUE may begin with a minus
)
@click.argument("key")
@click.argument("value")
@click.option(
    "--along", is_flag=True, help=_("Move posture.clear along with a posture.threshold that it does not fit.")
)
def set(key: str, value: str, along: bool) -> None:  # noqa: A001  (the command's name)
    """Change one key, and the one that has to go with it if that is wished for."""
    from posturewatch.config.write import ValueRefusedError, set_value, set_values, value_from_words
    from posturewatch.disk.camera_password import parted, place_of

    file, wanted = folders().config_file, value_from_words(value)
    try:
        set_value(file, key, wanted)
    except ValueRefusedError as err:
        clear = _clear_along(key, wanted)
        if clear is None and key == "posture.clear":
            raise ConfigError(err.message, f"{err.hint} {_('posture.threshold can be raised first.')}") from err
        if clear is None:
            raise
        if not along:
            along = sys.stdin is not None and sys.stdin.isatty() and _agreed(err, clear)
        if not along:
            raise ConfigError(
                err.message,
                f"{err.hint} {_('Add --along to set posture.clear to {clear} as well.').format(clear=clear)}",
            ) from err
        set_values(file, {"posture.clear": clear, key: wanted})
        click.echo(_("{key} is now {value}.").format(key="posture.clear", value=clear))
    shown = (shown_source(value) if key == "camera.source" else value) or '""'
    click.echo(_("{key} is now {value}.").format(key=key, value=shown))
    if key == "camera.source" and parted(value)[1] is not None:
        place = place_of(folders())
        click.echo(_("Its password is kept apart from the settings, in {path}.").format(path=place))
    _win_over_the_plan(key)
    _say_what_waits(key)


def _win_over_the_plan(key: str) -> None:
    """What a person sets by hand wins over the plan that is in force, and they are told."""
    from posturewatch.app.setting_words import kept_with
    from posturewatch.config.layers import in_force
    from posturewatch.config.write import set_values

    found = in_force(folders(), today())
    if key in found.from_plan:
        set_values(folders().config_file, {"plan.keep": kept_with(found.own.settings, (key,))})
        click.echo(
            _(
                "Your plan sets {key} too; yours wins from now on (`posturewatch plan follow {key}` undoes that)."
            ).format(key=key)
        )


def _agreed(err: PosturewatchError, clear: float) -> bool:
    click.echo(err.message, err=True)
    return click.confirm(_("Set posture.clear to {clear} as well?").format(clear=clear), default=True, err=True)


def _clear_along(key: str, wanted: object) -> float | None:
    """The ``posture.clear`` that would go with the wanted threshold; None for another key or no such threshold."""
    from posturewatch.base.setting_values import parse_length_in
    from posturewatch.base.settings import PostureSettings, clear_for

    if key != "posture.threshold":
        return None
    try:
        threshold = parse_length_in(wanted)
        clear = clear_for(threshold)
        PostureSettings(threshold=threshold, clear=clear)
    except (TypeError, ValueError):
        return None
    return clear


@config.command(help=_("Take KEY out of the file, so that its default is in force."))
@click.argument("key")
def unset(key: str) -> None:
    """Set a key back to its default."""
    from posturewatch.config.write import set_value

    set_value(folders().config_file, key, None)
    click.echo(_("{key} is at its default.").format(key=key))
    _say_what_waits(key)


def _say_what_waits(key: str) -> None:
    from posturewatch.base.settings import waits_for_start

    if waits_for_start(key):
        click.echo(_("A running posturewatch takes it up at its next start."))
