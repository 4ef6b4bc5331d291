"""What holds for every test.

Tests share the computer, several at a time; those that measure how long something takes are marked ``alone`` and have
it to themselves. ``run.py test`` makes two rounds: one with several workers, which leave those out, and one with
``--alone``, which runs just them, one after the other. Plain ``pytest`` runs all of them one after the other.

One that assumes Unix says so by ``pytest.mark.unix_only(why)``.

POSTUREWATCH_PATIENCE=5 gives each test five times its time: for a place where all is slow, such as Windows by Wine.
"""

from __future__ import annotations

import os
import signal

import hypothesis
import pytest

os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
"""Nothing of a test may come into the keyring of whoever runs it; those of the keyring itself bring their own."""

os.environ["PYTHONUTF8"] = "1"
"""Programs that tests start speak UTF-8, as tests read it; on Windows words for people are in its code page else."""

if os.environ.get("LC_ALL"):  # it would hide the one below
    os.environ["LANG"] = os.environ.pop("LC_ALL")
os.environ |= {"LANGUAGE": "en", "LC_MEASUREMENT": "en_US.UTF-8"}
"""Texts are compared in English and lengths in inches, whoever runs the tests; one of a language or a country names it
itself. Decimal sign and time zone stay those of the one who runs them."""

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
"""Started in the background by a shell, tests ignore Ctrl+C, and so would all that they start."""

hypothesis.settings.register_profile("unhurried", hypothesis.settings.default, deadline=None)
hypothesis.settings.load_profile("unhurried")
"""An example that is slow once, on a computer that is busy, has failed at nothing."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Name the second round."""
    parser.addoption("--alone", action="store_true", help="run only the tests that need the computer to themselves")


PATIENCE = float(os.environ.get("POSTUREWATCH_PATIENCE", "1"))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other round, and under Windows what assumes Unix, with the reason given there."""
    for item in items:
        mark = item.get_closest_marker("unix_only")
        if mark is not None and os.name == "nt":
            item.add_marker(pytest.mark.skip(reason=f"Unix alone: {mark.args[0]}"))
        limit = item.get_closest_marker("timeout")
        if limit is not None:
            item.add_marker(pytest.mark.timeout(PATIENCE * limit.args[0]), append=False)
    alone = config.getoption("--alone")
    if alone or hasattr(config, "workerinput"):
        left_out = {item for item in items if (item.get_closest_marker("alone") is not None) != alone}
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=list(left_out))
