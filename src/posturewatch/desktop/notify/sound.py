"""One quiet sound with a reminder, for those who asked for it. Played by the desktop's own player, or not at all."""

from __future__ import annotations

import contextlib
import importlib
import logging
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

_log = logging.getLogger(__name__)

_CANDIDATES: Final = (
    "/usr/share/sounds/freedesktop/stereo/message.oga",
    "/usr/share/sounds/freedesktop/stereo/bell.oga",
)


def play() -> None:
    """Play it without waiting; a computer without sound stays silent."""
    threading.Thread(target=_play, name="sound", daemon=True).start()


def command() -> tuple[str, ...] | None:
    """The words that play it on Linux and macOS; None where no player or no sound was found."""
    if sys.platform == "darwin":
        return ("afplay", "/System/Library/Sounds/Tink.aiff")
    if shutil.which("canberra-gtk-play"):
        return ("canberra-gtk-play", "--id", "message-new-instant")
    found = next((path for path in _CANDIDATES if Path(path).is_file()), None)
    for player in ("pw-play", "paplay"):
        if found is not None and shutil.which(player):
            return (player, found)
    return None


def _play() -> None:
    if sys.platform == "win32":
        winsound: Any = importlib.import_module("winsound")
        winsound.MessageBeep(winsound.MB_OK)
        return
    words = command()
    if words is None:
        _log.debug("no sound player")
        return
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        subprocess.run(words, capture_output=True, timeout=5, check=False)
