"""What holds for every test: one that assumes Unix says so by ``pytest.mark.unix_only(why)``."""

from __future__ import annotations

import os

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out under Windows what assumes Unix, with the reason that stands at the test."""
    for item in items:
        mark = item.get_closest_marker("unix_only")
        if mark is not None and os.name == "nt":
            item.add_marker(pytest.mark.skip(reason=f"Unix alone: {mark.args[0]}"))
