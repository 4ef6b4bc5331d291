"""How far long work has come, on the error stream where somebody watches, nothing where nobody does.

A running count and no bar: how many frames a recording has is not known before its end.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click


class Count:
    """``frames: 120``, on one line."""

    def __init__(self, label: str, *, lively: bool) -> None:
        self._label = label
        self._lively = lively
        self._done = 0.0

    def update(self, steps: float = 1.0) -> None:
        """So many steps more are done."""
        self._done += steps
        if self._lively:
            click.echo(f"\r{self._label}: {self._done:.0f}", nl=False, err=True)

    def end(self) -> None:
        """Leave the line."""
        if self._lively and self._done:
            click.echo(err=True)


@contextmanager
def progress(label: str) -> Iterator[Count]:
    """A running count while the work lasts."""
    count = Count(label, lively=sys.stderr.isatty())
    try:
        yield count
    finally:
        count.end()
