"""The command line as a user has it: a process of its own, a home of its own, what it prints and how it exits."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Cli:
    """Runs commands with POSTUREWATCH_HOME at ``home``, without a screen, in English."""

    home: Path

    def environment(self) -> dict[str, str]:
        """The environment of the commands."""
        kept = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        return kept | {"POSTUREWATCH_HOME": str(self.home), "LANGUAGE": "en", "PYTHONUTF8": "1"}

    def run(self, *words: str, code: int | None = 0, given: str = "", timeout_s: float = 240) -> Done:
        """Run a command to its end; ``code`` None = any."""
        ended = subprocess.run(
            [sys.executable, "-m", "posturewatch", *words],
            env=self.environment(),
            input=given,
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            check=False,
            cwd=self.home.parent,
        )
        assert code in (None, ended.returncode), f"{words}: {ended.returncode}\n{ended.stdout}\n{ended.stderr}"
        assert "Traceback" not in ended.stderr
        return Done(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """Start a command and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", "posturewatch", *words],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.home.parent,
        )
