"""The command line's fixtures."""

from __future__ import annotations

from pathlib import Path

import pytest

from .run_cli import Cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Commands in a home of their own."""
    return Cli(tmp_path / "home")
