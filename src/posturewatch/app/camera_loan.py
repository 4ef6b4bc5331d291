"""Taking the camera over from the running app for a while, and giving it back whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

from posturewatch.base.errors import CameraBusyError, PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.control.client import ask, tell_app
from posturewatch.disk.instance import is_running

GIVEN_BACK_S: Final = 4.0
"""The app gives the camera back within two seconds; twice that, and something is wrong with it."""

LOAN_S: Final = 12.0
"""A loan lasts so long and is renewed three times as often."""

_LOOK_S: Final = 0.1

_log = logging.getLogger("posturewatch.loan")


@contextmanager
def borrowed_camera(state: Path) -> Iterator[bool]:
    """While inside, the running app leaves the camera alone; says whether there is one.

    The loan is renewed by a thread for as long as this process lives: killed, it lapses within seconds. Raises
    CameraBusyError where the app does not give the camera back.
    """
    if not is_running(state):
        yield False
        return
    over = Event()
    renewing = Thread(target=_renew, args=(state, over), name="camera-loan", daemon=True)
    tell_app(state, Command(CommandKind.RELEASE_CAMERA, LOAN_S))
    try:
        _wait_until_free(state)
        renewing.start()
        yield True
    finally:
        over.set()
        if renewing.is_alive():
            renewing.join()
        _try_to_tell(state, Command(CommandKind.TAKE_CAMERA))


def _renew(state: Path, over: Event) -> None:
    while not over.wait(LOAN_S / 3):
        _try_to_tell(state, Command(CommandKind.RELEASE_CAMERA, LOAN_S))


def _try_to_tell(state: Path, command: Command) -> None:
    try:
        tell_app(state, command)
    except PosturewatchError as err:  # it has ended meanwhile: then nobody waits for the camera
        _log.info("the app was not told: %s", err.message)


def _wait_until_free(state: Path) -> None:
    pause = Event()
    for _look in range(round(GIVEN_BACK_S / _LOOK_S)):
        snapshot = ask(state, {"do": "status"}).get("snapshot")
        if isinstance(snapshot, dict) and not snapshot.get("watching"):
            return
        pause.wait(_LOOK_S)
    raise CameraBusyError(
        _("The running posturewatch does not give the camera back."), _("End it with `posturewatch quit`.")
    )
