"""A progress bar on the error stream where somebody watches, nothing where nobody does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import click


class Progress(Protocol):
    """Takes steps of the work."""

    def update(self, n_steps: int) -> None:
        """So many steps more are done."""
        ...


@contextmanager
def progress(label: str, length: int | None) -> Iterator[Progress]:
    """A bar of ``length`` steps (a spinner-like bar where the length is unknown)."""
    with click.progressbar(
        length=length or 1, label=label, file=sys.stderr, hidden=not sys.stderr.isatty(), show_eta=length is not None
    ) as bar:
        yield bar if length else _Silent()


class _Silent:
    def update(self, n_steps: int) -> None:
        """Nothing to show."""
