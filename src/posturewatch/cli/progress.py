"""How far work has come, on the error stream: a bar, or one line that says it anew."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from posturewatch.base.folding import folded, wide
from posturewatch.cli.columns import terminal_columns


class StatusLine:
    """One line that takes the place of what it said before. ``lively``: somebody watches; else it says nothing."""

    def __init__(self, *, lively: bool) -> None:
        self.lively = lively
        self._open = False

    def show(self, text: str) -> None:
        """Say this instead, as far as the terminal is wide."""
        if not self.lively:
            return
        room = terminal_columns() - 1
        part = (folded(text, room) or [""])[0]
        click.echo(f"\r{part}{' ' * (room - wide(part))}", nl=False, err=True)
        self._open = True

    def end(self) -> None:
        """What comes next stands below."""
        if self._open:
            click.echo(err=True)
        self._open = False


class _Count:
    """Moves a bar to where the work is."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: click._termui_impl.ProgressBar[int] | None = None

    def __call__(self, done: int, every: int) -> None:
        if self._bar is None:
            self._bar = click.progressbar(length=every, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def end(self) -> None:
        """Leave the line."""
        if self._bar is not None:
            self._bar.render_finish()


@contextmanager
def progress_bar(label: str) -> Iterator[_Count]:
    """A progress bar on the error stream while the work lasts; in a pipe nothing."""
    count = _Count(label)
    try:
        yield count
    finally:
        count.end()
