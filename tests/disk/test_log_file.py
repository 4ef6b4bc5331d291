"""The log file: begun, and ended without a trace in how this process logs."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from posturewatch.disk.log_file import start_logging, stop_logging


def test_after_its_end_what_is_logged_goes_where_it_went_before(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Lines go into the file and nowhere else, and after it not into the file, but to whoever listened before."""
    log = logging.getLogger("posturewatch.somewhere")
    caplog.set_level(logging.INFO)
    path = start_logging(tmp_path)
    assert path is not None
    log.info("into the file")
    stop_logging()
    log.info("after it")
    assert "into the file" in path.read_text(encoding="utf-8")
    assert "after it" not in path.read_text(encoding="utf-8")
    assert [record.message for record in caplog.records] == ["after it"]
