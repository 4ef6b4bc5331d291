"""The password of the network camera under ``camera.source``, kept apart from the settings: in the system's keyring
where there is one, else in a file of its own.

The settings hold ``http://name@host/path``; the file holds the login (scheme, name, host and port) for which a password
was given, and the password, or the name of its entry in the keyring. It is handed to no other login. Whoever starts the
camera puts address and password together in memory.
"""

from __future__ import annotations

import json
import secrets
from typing import Any, Final
from urllib.parse import urlsplit

from posturewatch.base.i18n import _
from posturewatch.disk import system_keyring
from posturewatch.disk.files import read_file, write_atomic
from posturewatch.disk.folders import Folders, make_folder
from posturewatch.disk.shredding import shred

_MAX_BYTES: Final = 1 << 16
"""Far more than the longest source makes."""


def parted(source: str) -> tuple[str, str | None]:
    """The source without its password, and the password as it is written there (percent signs and all); None where it
    has none. For a source that ``checked_source`` has taken."""
    scheme, mark, rest = source.strip().partition("://")
    login, at, place = rest.partition("@")
    name, colon, password = login.partition(":")
    if not (mark and at and colon and password):
        return source, None
    return f"{scheme}://{name}@{place}", password


def login_of(source: str) -> str | None:
    """Whose password is wanted: scheme, name, host and port of an address that names a user and has no password itself;
    None for any other source."""
    try:
        parts = urlsplit(source.strip())
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.username or parts.password or not parts.hostname:
        return None
    port = port or (443 if parts.scheme.lower() == "https" else 80)
    return f"{parts.scheme.lower()}://{parts.username}@{parts.hostname}:{port}"


def kept_password(folders: Folders, source: str, within_s: float = system_keyring.APP_S) -> str | None:
    """The password that is kept for this source, percent signs and all; None where none is, or it is another's.

    Raises OSError where the file cannot be read, DesktopError where the keyring has no answer, NotYetError where it has
    none within these seconds.
    """
    login = login_of(source)
    held = _held(folders) if login is not None else {}
    if held.get("login") != login:
        return None
    entry = held.get("keyring")
    password = system_keyring.read(entry, within_s) if isinstance(entry, str) else held.get("password")
    return password if isinstance(password, str) and password else None


def keep_password(folders: Folders, source: str, password: str | None) -> None:
    """Keep this password for the source, or, without one, what is kept only if it belongs to the source: of a camera
    that is no longer used nothing stays. What the file held is overwritten; the keyring's entry of an earlier password
    is the caller's (:func:`entry_of`). Raises OSError, FolderError; DesktopError for an entry that cannot be removed.
    """
    login = login_of(source)
    if password is None:
        if login is None or _held(folders).get("login") != login:
            forget_password(folders)
        return
    make_folder(folders.data)
    entry = f"{login} {secrets.token_hex(4)}"  # another folder of data may keep a password of the same login
    held = {"keyring": entry} if system_keyring.keep(entry, password) else {"password": password}
    write_atomic(folders.camera_password_file, json.dumps({"login": login, **held}) + "\n")


def forget_password(folders: Folders) -> None:
    """Let go of what is kept. Raises OSError; DesktopError, once the file is gone, for an entry that stays."""
    entry = entry_of(folders)
    shred(folders.camera_password_file)
    if entry is not None:
        system_keyring.drop(entry)


def entry_of(folders: Folders) -> str | None:
    """The name of the keyring's entry that holds the password; None where the file holds it. Raises OSError."""
    entry = _held(folders).get("keyring")
    return entry if isinstance(entry, str) else None


def place_of(folders: Folders) -> str:
    """Where the password is kept, in words. Raises OSError."""
    return str(folders.camera_password_file) if entry_of(folders) is None else _("the system's keyring")


def _held(folders: Folders) -> dict[str, Any]:
    try:
        held = json.loads(read_file(folders.camera_password_file, _MAX_BYTES))
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):  # a damaged file holds no password
        return {}
    return held if isinstance(held, dict) else {}


def with_password(folders: Folders, source: str, within_s: float) -> str:
    """The source with the password that is kept for it; the source itself where none is. Never to be shown or logged.

    Raises as :func:`kept_password`.
    """
    password = kept_password(folders, source, within_s)
    if password is None:
        return source
    scheme, _mark, rest = source.strip().partition("://")
    name, _at, place = rest.partition("@")
    return f"{scheme}://{name.rstrip(':')}:{password}@{place}"
