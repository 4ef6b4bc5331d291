"""A start that fails with nobody at a terminal."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli.run_cli import Cli
from fakes import FakeNotifier
from posturewatch.app.failed_start import nobody_reads, tell
from posturewatch.base.errors import ConfigError
from posturewatch.disk.folders import find_folders

waits = pytest.mark.unix_only("a message box waits; tools/windows_lane.py sees it")


def test_no_stream_is_read_by_nobody_and_neither_is_a_pipe_but_on_windows() -> None:
    """Windows gives a program without a console no streams at all: a pipe there has been asked for, and a message box
    would keep waiting whoever reads it."""
    assert nobody_reads(None)
    assert nobody_reads(io.StringIO()) == (sys.platform != "win32")


@waits
def test_the_failure_is_logged_and_shown(tmp_path: Path) -> None:
    """What is wrong and what to do stand in the log file and in the notification."""
    folders = find_folders({"POSTUREWATCH_HOME": str(tmp_path)}).make()
    notifier = FakeNotifier()
    tell(ConfigError("config.toml, line 3: posture.threshold", "Run `posturewatch config check`."), folders, notifier)
    (said,) = notifier.sent
    assert "could not start" in said.title
    assert "line 3" in said.body
    assert "config check" in said.body
    assert "line 3" in (folders.logs / "posturewatch.log").read_text(encoding="utf-8")


@waits
@pytest.mark.parametrize("words", [("run", "--no-tray"), ("--help",)])
def test_a_start_without_any_stream_leaves_its_failure_in_the_log(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Streams closed, as for a program without a console: exit 3 for broken settings, and the log says why."""
    cli = Cli(tmp_path / "home")
    folders = find_folders({"POSTUREWATCH_HOME": str(cli.home)}).make()
    folders.config_file.write_text("[posture]\nthreshold = 'far'\n", encoding="utf-8")
    close = "import os, sys; sys.stdin = sys.stdout = sys.stderr = None; from posturewatch.cli import main; main()"
    environment = cli.environment() | {"DBUS_SESSION_BUS_ADDRESS": "disabled:"}
    ended = subprocess.run([sys.executable, "-c", close, *words], env=environment, timeout=60, check=False)
    if words == ("--help",):
        assert ended.returncode == 0
        return
    assert ended.returncode == 3
    assert "posture.threshold" in (folders.logs / "posturewatch.log").read_text(encoding="utf-8")
