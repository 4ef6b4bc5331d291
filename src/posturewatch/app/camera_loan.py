"""Taking the camera over from the running app for a while, and giving it back whatever happens."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Final

from posturewatch.edges.control_client import ask
from posturewatch.edges.instance import is_running
from posturewatch.errors import CameraBusyError, InstanceError, PosturewatchError
from posturewatch.i18n import _
from posturewatch.records import Command, CommandKind

GIVEN_BACK_S: Final = 4.0
"""The app gives the camera back within two seconds; twice that, and something is wrong with it."""

_LOOK_S: Final = 0.1

_log = logging.getLogger("posturewatch.loan")


def tell_app(state: Path, command: Command) -> None:
    """Leave a command with the running app; raises InstanceError."""
    body = {"do": "command", "kind": command.kind.value, "value": command.value, "text": command.text}
    answer = ask(state, body)
    if not answer.get("ok"):
        raise InstanceError(_("The running posturewatch did not take it: {reason}").format(reason=answer.get("error")))


@contextmanager
def borrowed_camera(state: Path, at_most_s: float = 600.0) -> Iterator[bool]:
    """While inside, the running app leaves the camera alone; says whether there is one. It takes it back by itself
    after ``at_most_s`` seconds. Raises CameraBusyError where it does not give it back."""
    if not is_running(state):
        yield False
        return
    tell_app(state, Command(CommandKind.RELEASE_CAMERA, at_most_s))
    try:
        _wait_until_free(state)
        yield True
    finally:
        try:
            tell_app(state, Command(CommandKind.TAKE_CAMERA))
        except PosturewatchError as err:  # it has ended meanwhile: then nobody waits for the camera
            _log.info("the camera was not handed back: %s", err.message)


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
