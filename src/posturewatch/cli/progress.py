"""A bar for work that takes a while, on the error stream."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


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
