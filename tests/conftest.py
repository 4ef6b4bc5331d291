"""Tests share the computer, several at a time; those that measure how long something takes have it to themselves.

``run.py test`` makes two rounds: one with several workers, which leave out what is marked ``alone``, and one with
``--alone``, which runs just that, one after the other. Plain ``pytest`` runs all of them one after the other.
"""

from __future__ import annotations

import os

import pytest

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""Nothing of a test may come into the keyring of whoever runs it; those of the keyring itself bring their own."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the second round."""
    parser.addoption("--alone", action="store_true", help="run only the tests that need the computer to themselves")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other round."""
    alone = config.getoption("--alone")
    if not alone and not hasattr(config, "workerinput"):
        return
    left_out = [item for item in items if (item.get_closest_marker("alone") is not None) != alone]
    items[:] = [item for item in items if (item.get_closest_marker("alone") is not None) == alone]
    config.hook.pytest_deselected(items=left_out)
