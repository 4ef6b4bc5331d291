"""The system's keyring, where there is one: Secret Service, KWallet, macOS' Keychain, Windows' credentials.

Spoken to through the library `keyring` (extra ``keyring``). A keyring that is locked first asks its user, so it answers
when it likes, and its libraries wait without end: it is asked in a process of its own, with a deadline. Run as a module
this file is that process. Each secret has an entry of its own, named by whoever keeps it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import Any, Final

from posturewatch.base.child import App, Child, take_pipes
from posturewatch.base.errors import DesktopError
from posturewatch.base.framing import Message
from posturewatch.base.i18n import _
from posturewatch.base.private_process import keep_private

MODULE: Final = "posturewatch.disk.system_keyring"
SERVICE: Final = "posturewatch"
"""What the entries stand under in the system's own window of passwords."""

USER_S: Final = 30.0
"""Somebody is at the computer and may have to type the keyring's own password."""

APP_S: Final = 5.0
"""The app, or a command without a question, waits for no more; an open keyring answers within a second."""


class NotYetError(DesktopError):
    """The keyring has not answered in time; the question stands."""


_USABLE: Final = 1
"""Least priority of a backend that the library recommends; those that keep nothing have 0 and less."""

_waiting: dict[str, Child] = {}
"""Processes that were asked for an entry and have not answered: their user may be about to unlock the keyring."""

_read: dict[str, str] = {}
"""What was read once: the app starts its sensor often, and a process for each would cost a third of a second."""


def keep(name: str, secret: str) -> bool:
    """Keep a secret under a new name; whether the keyring has taken it. False where there is none, where its user does
    not unlock it, or where the library is not installed."""
    if find_spec("keyring") is None:
        return False
    try:
        return bool(_ask({"do": "keep", "name": name, "secret": secret}, USER_S))
    except DesktopError:
        return False


def read(name: str, within_s: float = APP_S) -> str | None:
    """The secret of this name; None where the keyring has none. Raises DesktopError; NotYetError where it does not
    answer in time: who asks again gets the answer that has come meanwhile."""
    if name not in _read:
        secret = _ask({"do": "read", "name": name}, within_s)
        if not isinstance(secret, str):
            return None
        _read[name] = secret
    return _read[name]


def drop(name: str) -> None:
    """Remove a secret. Raises DesktopError where that cannot be done."""
    _read.pop(name, None)
    _ask({"do": "drop", "name": name}, USER_S)


def _ask(words: Mapping[str, Any], within_s: float) -> Any:
    """What the process answers. Raises DesktopError."""
    name, reads = words["name"], words["do"] == "read"
    child = _waiting.pop(name, None)
    if child is not None and not reads:
        child.close()
        child = None
    try:
        child = child or Child(MODULE, dict(words), gone=_silent, quiet=True)
    except OSError as err:
        raise _silent(err.strerror or str(err)) from err
    answer: Message | None = None
    try:
        answer = child.receive(within_s)
    finally:
        if answer is None and reads and child.alive:
            _waiting[name] = child
        else:
            child.close()
    if answer is None:
        raise _silent(kind=NotYetError)
    if "why" in answer:
        raise _silent(str(answer["why"])[:200])
    return answer.get("answer")


def _silent(why: str = "", kind: type[DesktopError] = DesktopError) -> DesktopError:
    return kind(
        _("The system's keyring does not answer: {why}").format(why=why)
        if why
        else _("The system's keyring does not answer."),
        _("Unlock it. Entries of ours are called {name} there.").format(name=SERVICE),
    )


# --------------------------------------------------------------------------- the process


def _answer(task: Message) -> Any:
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    name, do = str(task["name"]), task["do"]
    if keyring.get_keyring().priority < _USABLE:
        if do == "keep":
            return False
        raise KeyringError(_("There is none in this session."))
    if do == "keep":
        keyring.set_password(SERVICE, name, str(task["secret"]))
        return keyring.get_password(SERVICE, name) == task["secret"]
    if do == "drop":
        try:
            keyring.delete_password(SERVICE, name)
        except PasswordDeleteError:  # the user has removed it
            return None
        return True
    return keyring.get_password(SERVICE, name)


def main() -> None:
    """Do the one thing that the app asks for, and end; at once when the app is gone."""
    keep_private()
    app = App(*take_pipes(), leave=lambda: os._exit(0))
    task = app.task()
    try:
        app.send({"answer": _answer(task)})
    except Exception as err:  # whatever a backend raises, and an install without the library
        app.send({"why": f"{type(err).__name__}: {err}"})


if __name__ == "__main__":
    main()
