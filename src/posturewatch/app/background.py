"""posturewatch started in the background: by the user's service where there is one, otherwise a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from typing import IO, Any, Final

from posturewatch.base.errors import InstanceError, PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.desktop import autostart
from posturewatch.disk.folders import Folders
from posturewatch.disk.instance import is_running

UP_S: Final = 30.0
"""Within it a start answers or has failed; on a slow disk the packages alone take seconds to load."""

LOOK_S: Final = 0.2

HEARD: Final = "--heard"
"""Tells ``run`` that whoever started it reads its error stream, so that a failure is not shown a second time."""


def start_in_background(folders: Folders) -> bool:
    """Start it and wait until it runs; False where it has been running already.

    Raises InstanceError with what the process said where it ended at once, DesktopError where the service failed.
    """
    if is_running(folders.state):
        return False
    if autostart.has_service():
        autostart.start_service()
        _wait_for(folders, None, None)
        return True
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            autostart.start_command("run", HEARD),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            **_apart(),
        )
        _wait_for(folders, process, said)
    return True


def start_beside(*words: str) -> subprocess.Popen[bytes]:
    """Start one of our own commands, silent and apart from this process; raises OSError."""
    return subprocess.Popen(
        (sys.executable, "-m", "posturewatch", *words),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **_apart(),
    )


def _apart() -> dict[str, Any]:
    """What makes a process outlive this terminal."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


def _wait_for(folders: Folders, process: subprocess.Popen[bytes] | None, said: IO[bytes] | None) -> None:
    from posturewatch.control.client import ask

    pause = threading.Event()
    for _turn in range(round(UP_S / LOOK_S)):
        if process is not None and process.poll() is not None:
            raise InstanceError(
                _("posturewatch ended as soon as it was started: {words}").format(words=_last_words(said)),
                _("`posturewatch run` shows it in this terminal; `posturewatch doctor` looks at every part."),
            )
        try:
            ask(folders.state, {"do": "status"})
        except PosturewatchError:
            pause.wait(LOOK_S)
        else:
            return
    raise InstanceError(
        _("posturewatch was started and does not answer yet."), _("Look again soon: `posturewatch status`.")
    )


def _last_words(said: IO[bytes] | None) -> str:
    if said is None:
        return ""
    said.seek(0)
    return " ".join(said.read().decode("utf-8", "replace").split())[-500:]
