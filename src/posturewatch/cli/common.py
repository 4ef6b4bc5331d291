"""What most commands need first: the folders, the settings, the journal. Each is opened when it is asked for."""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Callable
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from posturewatch.base.errors import PosturewatchError, UsageError
from posturewatch.base.i18n import _
from posturewatch.base.outside import OutsideError, day_of, toml_tables
from posturewatch.base.quantities import Units, local_units
from posturewatch.disk.files import read_file
from posturewatch.disk.folders import Folders, find_folders

if TYPE_CHECKING:
    from pathlib import Path

    from posturewatch.base.settings import Settings
    from posturewatch.journal.reader import JournalReader
    from posturewatch.journal.writer import SqliteJournal


class OutFile(click.Path):
    """The path of a file to be written, which is none of posturewatch's own: a slip must not cost the journal."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=pathlib.Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """As click does it; fails for journal, settings, plan, profile and password."""
        path = pathlib.Path(os.fsdecode(super().convert(value, param, ctx)))
        own = folders()
        kept = (own.journal_file, own.config_file, own.plan_file, own.profile_file, own.camera_password_file)
        if any(file.exists() and path.exists() and path.samefile(file) for file in kept):
            self.fail(_("{path} is a file that posturewatch needs.").format(path=path), param, ctx)
        return path


OUT_FILE: Final = OutFile()


class ManyFiles(click.Argument):
    """Files to be read; ``*`` and ``?`` stand for the names that fit, which Windows' shells leave to the program."""

    def type_cast_value(self, ctx: click.Context, value: Any) -> Any:
        """As click does it, with the names. What fits nothing, or is a name itself, is left as it was given."""
        if os.name == "nt" and value:
            value = [name for given in value for name in _that_fit(given)]
        return super().type_cast_value(ctx, value)


def _that_fit(given: str) -> list[str]:
    import glob

    brackets_meant = given.replace("[", "[[]")  # no wildcards to Windows, and a name may hold some
    return sorted(glob.glob(brackets_meant)) or [given]  # noqa: PTH207  (it may begin with a drive)


Command = TypeVar("Command", bound=Callable[..., Any] | click.Command)


def language_wish() -> str:
    """``[user] language`` of the config, read leniently: words must come out even if the file is damaged."""
    from posturewatch.base.i18n import LANGUAGES

    wish = _user_wish("language")
    return wish if wish in LANGUAGES else "auto"


def units_wish() -> Units:
    """The unit to show by ``[user] units`` of the config, read as leniently: a status must not need all settings."""
    wish = _user_wish("units")
    return wish if wish in ("in", "cm") else local_units()


def _user_wish(key: str) -> Any:
    """A key of ``[user]``; ``auto`` where the file is damaged, not there, or larger than any settings are."""
    try:
        wishes = toml_tables(read_file(find_folders().config_file).decode("utf-8-sig"))
        return wishes.get("user", {}).get(key, "auto")
    except (OSError, ValueError, AttributeError, RecursionError, PosturewatchError):
        return "auto"


def folders() -> Folders:
    """Where this user's things are. Creates nothing."""
    return find_folders()


def settings() -> Settings:
    """The settings in force, with an accepted plan laid over them; raises ConfigError with file, line and key."""
    from posturewatch.config.layers import in_force

    return in_force(folders(), today()).settings


def own_settings() -> Settings:
    """The person's own settings, without any plan; raises ConfigError."""
    from posturewatch.config.read import load_settings

    return load_settings(folders().config_file)


def print_json(body: Any) -> None:
    """One JSON document on the output stream: UTF-8 for a program (RFC 8259), whatever the country's code page is.

    Bytes of a path that are no UTF-8 stand as their escapes, such as udcff, which Python reads as the same path."""
    import sys

    data = json.dumps(body, indent=2, ensure_ascii=False).encode(errors="backslashreplace")
    read_by_person = sys.stdout is None or sys.stdout.isatty()
    click.echo(data.decode() if read_by_person else data)


def given_profile(text: str) -> str:
    """The profile's name that was given on the command line; raises UsageError."""
    from posturewatch.base.outside import OutsideError, checked_name

    try:
        return checked_name(text)
    except OutsideError as err:
        raise UsageError(
            _("This is no name for a profile: I need {what}.").format(what=err),
            _("Choose a name such as desk or laptop."),
        ) from err


def say_unread(count: int) -> None:
    """Say on the error stream that so many rows of the journal are left out, where there are any."""
    from posturewatch.report.words import unread

    for words in unread(count):
        click.echo(words, err=True)


def today() -> date:
    """The local day."""
    return right_now().date()


def parse_day(text: str) -> date:
    """``2026-11-22``, ``today`` or ``yesterday``; raises UsageError."""
    if text in ("today", "yesterday"):
        return today() - timedelta(days=text == "yesterday")
    try:
        return day_of(text)
    except OutsideError as err:
        raise UsageError(
            _("{text} is no date that can be taken: I need {what}.").format(text=text, what=err),
            _("Write it as 2026-11-22, today or yesterday."),
        ) from err


def right_now() -> datetime:
    """Wall time, aware."""
    from posturewatch.base.clock import SystemClock

    return SystemClock().now()


def open_reading() -> JournalReader:
    """The journal for reading, beside the running app; raises JournalError where there is none."""
    from posturewatch.journal.reader import open_reader

    return open_reader(folders().journal_file)


def open_journal() -> SqliteJournal:
    """The journal for writing, beside the running app; raises JournalError, FolderError."""
    from posturewatch.base.clock import SystemClock
    from posturewatch.journal.writer import open_beside

    return open_beside(folders().make().journal_file, SystemClock())


def ask_passphrase(path: Path) -> str:
    """The passphrase of an encrypted file: asked for, or a line of what is piped in. Raises UsageError for none."""
    return _secret(_("Passphrase of {path}").format(path=path.name), twice=False)


def new_passphrase() -> str:
    """A passphrase to encrypt with: asked for twice, or a line of what is piped in. Raises UsageError for none."""
    return _secret(_("Passphrase"), twice=True)


def _secret(prompt: str, *, twice: bool) -> str:
    """Typed unseen at a terminal. What is piped in is one line: whoever writes a script types nothing twice, and
    asking the keyboard behind a pipe would wait for ever."""
    import sys

    given = ""
    try:
        if sys.stdin is not None and sys.stdin.isatty():
            given = str(click.prompt(prompt, hide_input=True, confirmation_prompt=twice))
        elif sys.stdin is not None:
            given = sys.stdin.readline().rstrip("\r\n")
        given.encode()
    except UnicodeError as err:
        raise UsageError(
            _("The passphrase is no text in the encoding of this terminal."), _("Give it as text, in UTF-8.")
        ) from err
    if not given:
        raise UsageError(
            _("No passphrase was given."), _("Type it when you are asked, or give it as a line on standard input.")
        )
    return given


class Word(click.Choice[str]):
    """One of a few words; for another one the nearest is offered."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """As click does it."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as err:
            near = get_close_matches(str(value), [str(choice) for choice in self.choices], n=1)
            if not near:
                raise
            meant = _("Did you mean {name}?").format(name=near[0])
            raise click.BadParameter(f"{err.message} {meant}", ctx, param) from err


def json_option(command: Command) -> Command:
    """``--json``. Its words are taken as a command is defined: this module is loaded before the language is known."""
    return click.option("--json", "as_json", is_flag=True, help=_("Print JSON for a program to read."))(command)
