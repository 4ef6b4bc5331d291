"""How far work has come, on the error stream: a bar, or one line that says it anew."""

from __future__ import annotations

import sys

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


class ProgressBar:
    """A bar on the error stream while the work in its ``with`` lasts; in a pipe nothing."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._bar: click._termui_impl.ProgressBar[int] | None = None

    def __enter__(self) -> ProgressBar:
        return self

    def __call__(self, done: int, every: int) -> None:
        """So many are done, of so many in all."""
        if self._bar is None:
            self._bar = click.progressbar(length=every, label=self._label, file=sys.stderr)
            self._bar.__enter__()
        self._bar.update(done - self._bar.pos)

    def __exit__(self, *_raised: object) -> None:
        if self._bar is not None:
            self._bar.render_finish()


class RunningCount:
    """``frames: 120``, on one line of the error stream, while the work in its ``with`` lasts."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._line = StatusLine(lively=sys.stderr.isatty())
        self._done = 0.0

    def __enter__(self) -> RunningCount:
        return self

    def update(self, steps: float = 1.0) -> None:
        """So many steps more are done."""
        self._done += steps
        self._line.show(f"{self._label}: {self._done:.0f}")

    def __exit__(self, *_raised: object) -> None:
        self._line.end()
