"""The lock of the one app: nobody gets it beside its holder, and nobody is kept from it by a mere question."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from filelock import FileLock

from posturewatch.base.errors import InstanceError
from posturewatch.disk.instance import LOCK_NAME, Instance, is_running


def test_a_question_does_not_keep_an_app_from_starting(tmp_path: Path) -> None:
    """Whoever asks holds the lock file while it looks, on a busy computer for a tenth of a second: the start waits."""
    question = FileLock(tmp_path / LOCK_NAME, thread_local=False)
    question.acquire()
    answered = threading.Timer(0.1, question.release)
    answered.start()
    try:
        with Instance(tmp_path):
            assert is_running(tmp_path)
    finally:
        answered.join()


def test_a_second_app_does_not_get_it(tmp_path: Path) -> None:
    """Held by one: refused to another, and free as soon as it is given back."""
    with Instance(tmp_path), pytest.raises(InstanceError, match="running already"):
        Instance(tmp_path).take()
    assert not is_running(tmp_path)


def test_one_instance_for_each_folder(tmp_path: Path) -> None:
    """A second lock on the same folder is refused with exit code 8; another folder is free; release frees it."""
    first = Instance(tmp_path / "a")
    with first:
        assert is_running(tmp_path / "a")
        with pytest.raises(InstanceError):
            Instance(tmp_path / "a").take()
        with Instance(tmp_path / "b"):
            pass
    assert not is_running(tmp_path / "a")
