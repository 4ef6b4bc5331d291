"""The manual page posturewatch(1), made from the commands themselves: ``python tools/man_page.py [FILE [DATE]]``."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Final

import click

from posturewatch import __version__
from posturewatch.base.i18n import set_language
from posturewatch.cli.commands import build, command_table

FILES: Final = (
    ("~/.config/posturewatch/config.toml", "The settings; `config init` writes them with every key explained."),
    ("~/.local/share/posturewatch/", "The journal, the daily files and the calibrations."),
    ("~/.local/state/posturewatch/", "The log, and what the running program needs."),
)


def page(date: str) -> str:
    """The page in roff; ``date`` is that of the release, as YYYY-MM-DD."""
    set_language("en")
    root = build()
    about, *rest = (root.help or "").split("\n\n")
    lines = [
        f'.TH POSTUREWATCH 1 "{date}" "posturewatch {__version__}" "User Commands"',
        ".SH NAME",
        r"posturewatch \- posture and break reminders by the webcam, on your own computer",
        ".SH SYNOPSIS",
        r".B posturewatch",
        r"[\fIOPTION\fR]... [\fICOMMAND\fR [\fIARGUMENT\fR]...]",
        ".SH DESCRIPTION",
        _text(about),
        *(line for paragraph in rest for line in (".PP", _text(paragraph))),
        ".PP",
        "It is a general wellness tool; it is no medical device and does not diagnose, treat or monitor any condition.",
        ".SH OPTIONS",
        *_options(root, click.Context(root, info_name="posturewatch")),
    ]
    for heading, section in command_table().items():
        lines.append(f'.SH "COMMANDS: {heading.upper()}"')
        for name in section:
            command = root.get_command(click.Context(root), name)
            if command is not None:
                lines += _command(command, f"posturewatch {name}")
    lines += [".SH EXIT STATUS", _text((root.epilog or "").removeprefix("Exit codes: ")), ".SH ENVIRONMENT"]
    lines += [".TP", r"\fBPOSTUREWATCH_HOME\fR", "A folder that keeps settings, data and logs together."]
    lines.append(".SH FILES")
    for path, words in FILES:
        lines += [".TP", rf"\fI{_text(path)}\fR", _text(words)]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, words: str) -> list[str]:
    context = click.Context(command, info_name=words)
    usage = " ".join(piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]")
    lines = [f'.SS "{_text(words)} {_text(usage)}"', _text(command.help or command.short_help or "")]
    lines += _options(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                lines += _command(inner, f"{words} {name}")
    return lines


def _options(command: click.Command, context: click.Context) -> list[str]:
    lines = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and record[1] and "--help" not in record[0]:
            lines += [".TP", rf"\fB{_text(record[0])}\fR", _text(record[1])]
    return lines


def _text(words: str) -> str:
    """Plain text as roff takes it literally: no line begins with a request, and a hyphen stays one."""
    one_line = re.sub(r"\s+", " ", words.replace("\b", "")).strip()
    escaped = one_line.replace("\\", r"\e").replace("-", r"\-").replace('"', r"\(dq")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    text = page(sys.argv[2] if len(sys.argv) > 2 else "")
    if len(sys.argv) > 1 and sys.argv[1] != "-":
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
