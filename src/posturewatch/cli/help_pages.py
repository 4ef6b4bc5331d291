"""Help as click lays it out, folded by the columns that signs take: click counts signs, of which Japanese takes two
columns each, and sets no text narrower than 50."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from gettext import gettext

import click

from posturewatch.base.folding import folded, wide
from posturewatch.cli.columns import WIDEST, left, terminal_columns


class HelpPages(click.HelpFormatter):
    """What ``--help`` is written with; set as ``click.Context.formatter_class``."""

    def __init__(self, indent_increment: int = 2, width: int | None = None, max_width: int | None = None) -> None:
        super().__init__(indent_increment, width or min(max_width or WIDEST, WIDEST, terminal_columns()) - 2)

    def write_text(self, text: str) -> None:
        """Paragraphs, which an empty line parts."""
        paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]
        self.write("\n\n".join("\n".join(self._indented(each, self.current_indent)) for each in paragraphs) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Names and what they mean: beside them, or below a name that is too long for it."""
        rows = list(rows)
        names = min(max(wide(name) for name, _means in rows), col_max, self.width // 2)
        indent = self.current_indent + names + col_spacing
        for name, means in rows:
            first, *more = self._indented(means, indent) if means else [""]
            if wide(name) > names:
                self.write("\n".join([*self._indented(name, self.current_indent), first]).rstrip() + "\n")
            else:
                self.write(
                    (" " * self.current_indent + left(name, names + col_spacing) + first.lstrip()).rstrip() + "\n"
                )
            self.write("".join(f"{line}\n" for line in more))

    def _indented(self, text: str, indent: int) -> list[str]:
        return [" " * indent + line for line in folded(text, max(10, self.width - indent))]


class CommandGroup(click.Group):
    """A group whose help lists each command with its whole first sentence: click cuts it off where the line ends."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """As click does it, folded."""
        with formatter.section(gettext("Commands")):  # click's own word, translated with its others
            formatter.write_dl(
                [
                    (name, command.get_short_help_str(sys.maxsize))
                    for name in self.list_commands(ctx)
                    if (command := self.get_command(ctx, name)) is not None
                ]
            )
