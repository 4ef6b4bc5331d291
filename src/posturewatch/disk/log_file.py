"""The log file: small, rotating, readable by its owner alone, without landmarks, names or titles.

Called once by the app as it starts; importing this sets nothing up.
"""

from __future__ import annotations

import contextlib
import logging
import logging.handlers
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from posturewatch.base.clock import here
from posturewatch.disk.shredding import shred

LOG_NAME: Final = "posturewatch.log"
MAX_BYTES: Final = 512_000
"""A file's size before it is put aside: some weeks of ordinary running."""
KEPT_FILES: Final = 3
_NOT_LED: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
"""A link in the log's place would lead what is logged elsewhere, a pipe would wait for somebody who reads it."""


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """A rotating file that is created 0600, the rotated ones too."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _NOT_LED, 0o600)
        return open(descriptor, "a", encoding=self.encoding)  # noqa: PTH123  (it is no path; the handler closes it)

    def doRollover(self) -> None:  # noqa: N802  (the name is the library's)
        """The oldest is overwritten before it goes."""
        with contextlib.suppress(OSError):
            shred(Path(f"{self.baseFilename}.{self.backupCount}"))
        super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name is the library's)
        """A full disk must not stop the app, nor fill a terminal: the line is lost, the journal says it loudly."""


class _LocalTimes(logging.Formatter):
    """Lines dated by the clock that everything else is dated by."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  (as above)
        """``2026-11-22 09:00:00,123``, local."""
        del datefmt
        moment = here(datetime.fromtimestamp(record.created, UTC))
        return f"{moment:%Y-%m-%d %H:%M:%S},{record.msecs:03.0f}"


def start_logging(folder: Path, *, verbose: bool = False) -> Path | None:
    """Write this process's log into ``folder`` from now on; ``None`` where that is impossible (read-only)."""
    logger = logging.getLogger("posturewatch")
    logger.setLevel(logging.DEBUG if verbose else logging.INFO)
    logger.propagate = False
    path = folder / LOG_NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler: logging.Handler = _PrivateFile(path, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8")
    except OSError:
        logger.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(_LocalTimes("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    return path


def stop_logging() -> None:
    """Close what :func:`start_logging` opened; what is logged from now on goes where it went before."""
    logger = logging.getLogger("posturewatch")
    logger.setLevel(logging.NOTSET)
    logger.propagate = True
    for handler in tuple(logger.handlers):
        logger.removeHandler(handler)
        with contextlib.suppress(OSError):  # a full disk refuses the last lines; what ended the app must come through
            handler.close()
