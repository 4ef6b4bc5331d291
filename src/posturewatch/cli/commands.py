"""The table of commands and the group that loads a command's module only when it is used."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import NamedTuple

import click

from posturewatch import __version__
from posturewatch.base.i18n import _
from posturewatch.cli.help_pages import HelpPages


class Entry(NamedTuple):
    """Where a command lives and what it does in a line."""

    module: str
    attribute: str
    short_help: str


def command_table() -> dict[str, dict[str, Entry]]:
    """All commands under their headings, in the user's language."""
    return {
        _("Every day"): {
            "run": Entry("run", "run", _("Watch, with a tray icon where there is one.")),
            "start": Entry("run", "start", _("Watch in the background.")),
            "status": Entry("running_app", "status", _("What the running posturewatch sees now.")),
            "pause": Entry("running_app", "pause", _("Pause and give the camera back.")),
            "resume": Entry("running_app", "resume", _("Go on after a pause.")),
            "break": Entry("running_app", "break_now", _("Take a break now, or postpone or skip one.")),
            "today": Entry("today", "today", _("The day at a glance, in a window.")),
            "log": Entry("logbook", "log", _("The day or the week in the terminal.")),
            "report": Entry("reports", "report", _("A report as a page, a PDF or data.")),
            "diary": Entry("diary", "diary", _("The headache diary.")),
            "check": Entry("movement", "check", _("A movement check, when you like.")),
            "quit": Entry("running_app", "quit_app", _("End the running posturewatch.")),
        },
        _("Setting up"): {
            "setup": Entry("setting_up", "setup", _("The guided first run; can be run again.")),
            "calibrate": Entry("setting_up", "calibrate", _("Sit upright for ten seconds.")),
            "live": Entry("setting_up", "live", _("What the camera sees, for setting up.")),
            "profile": Entry("running_app", "profile", _("Show or change the profile (desk, laptop …).")),
            "plan": Entry("plan", "plan", _("A therapist's plan: write, show, accept, remove.")),
            "config": Entry("configuration", "config", _("Where the settings are; show, check or write them.")),
            "autostart": Entry("upkeep", "autostart", _("Start at login: enable, disable, status.")),
            "menu-entry": Entry("upkeep", "menu_entry", _("Our entry in the application menu: add, remove.")),
            "doctor": Entry("upkeep", "doctor", _("Check each part and say how to mend it.")),
            "safety": Entry("upkeep", "safety", _("When to seek medical help.")),
        },
        _("Your data"): {
            "share": Entry("reports", "share", _("One file for your therapist, after showing what is in it.")),
            "review": Entry("reports", "review", _("Open a file that was shared with you.")),
            "practice": Entry("practice", "practice", _("Many patients' shared files: intake, worklist, exports.")),
            "import": Entry("logbook", "import_data", _("Bring back an export.")),
            "forget": Entry("logbook", "forget", _("Delete what was recorded.")),
        },
        _("With a recording"): {
            "demo": Entry("recordings", "demo", _("The whole way on a recorded clip; no camera needed.")),
            "measure": Entry("recordings", "measure", _("One row of numbers for each frame.")),
            "replay": Entry("recordings", "replay", _("A recorded day in seconds.")),
        },
    }


class LazyGroup(click.Group):
    """A click group that knows its commands by name and imports them on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        """Names, in the order of the table."""
        return [name for section in command_table().values() for name in section]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does it, with ``--home`` wherever it stands: it belongs to every command."""
        return super().parse_args(ctx, _home_first(args))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command's object, imported now; None for an unknown name."""
        for section in command_table().values():
            if cmd_name in section:
                entry = section[cmd_name]
                module = importlib.import_module(f"posturewatch.cli.{entry.module}")
                command = getattr(module, entry.attribute)
                if not isinstance(command, click.Command):
                    raise TypeError(f"{entry.attribute} is no command")
                return command
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest name in the message for an unknown one."""
        if args and self.get_command(ctx, args[0]) is None and not args[0].startswith("-"):
            import difflib

            near = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            words = _("There is no command {name}.").format(name=args[0])
            if near:
                words += " " + _("Did you mean {name}?").format(name=near[0])
            raise click.UsageError(words, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Lists the commands without importing any."""
        for heading, section in command_table().items():
            with formatter.section(heading):
                formatter.write_dl([(name, entry.short_help) for name, entry in section.items()])


def _home_first(args: list[str]) -> list[str]:
    """The same words with ``--home FOLDER`` in front; what stands after ``--`` is nobody's option."""
    end = args.index("--") if "--" in args else len(args)
    for at, word in enumerate(args[:end]):
        length = 2 if word == "--home" else 1 if word.startswith("--home=") else 0
        if length:
            return args[at : at + length] + args[:at] + args[at + length :]
    return args


def build() -> LazyGroup:
    """The root command, with its words in the language that is set now."""
    click.Context.formatter_class = HelpPages

    @click.group(
        "posturewatch",
        cls=LazyGroup,
        invoke_without_command=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help=_(
            "Estimates how far your head sits forward of your own upright posture, reminds you gently, and keeps "
            "a log on this computer. No images are stored.\n\nWithout a command it watches, with a tray icon."
        ),
        epilog=_(
            "Exit codes: 0 done, 1 unexpected, 2 command line, 3 configuration, 4 camera or source, 5 models, "
            "6 calibration, 7 data, 8 instance, 9 desktop, 130 interrupted."
        ),
    )
    @click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help=_("Keep configuration, data and logs in this folder (as POSTUREWATCH_HOME does)."),
    )
    @click.version_option(__version__, "-V", "--version", prog_name="posturewatch")
    @click.pass_context
    def root(ctx: click.Context, home: Path | None) -> None:
        if home is not None:
            os.environ["POSTUREWATCH_HOME"] = str(home.absolute())
        if ctx.invoked_subcommand is None:
            from posturewatch.cli.run import run

            ctx.invoke(run)

    return root
