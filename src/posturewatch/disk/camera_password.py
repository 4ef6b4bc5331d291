"""The password of the network camera under ``camera.source``, kept apart from the settings in a file of its own.

The settings hold ``http://name@host/path``; the file holds one password and the login (scheme, name, host and port) for
which it was given, and it is handed to no other. Whoever starts the camera puts the two together in memory.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlsplit

from posturewatch.disk.files import shred, write_atomic
from posturewatch.disk.folders import Folders, make_folder

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


def kept_password(folders: Folders, source: str) -> str | None:
    """The password that is kept for this source, percent signs and all; None where none is, or it is another's.

    Raises OSError where the file cannot be read.
    """
    login = login_of(source)
    if login is None:
        return None
    try:
        with folders.camera_password_file.open("rb") as file:
            held = json.loads(file.read(_MAX_BYTES))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):  # a damaged file holds no password
        return None
    password = held.get("password") if isinstance(held, dict) and held.get("login") == login else None
    return password if isinstance(password, str) and password else None


def keep_password(folders: Folders, source: str, password: str | None) -> None:
    """Keep this password for the source, or, without one, what is kept only if it belongs to the source: of a camera
    that is no longer used nothing stays. What is replaced is overwritten. Raises OSError, FolderError.
    """
    if password is not None:
        make_folder(folders.data)
        held = {"login": login_of(source), "password": password}
        write_atomic(folders.camera_password_file, json.dumps(held) + "\n")
    elif kept_password(folders, source) is None:
        shred(folders.camera_password_file)


def with_password(folders: Folders, source: str) -> str:
    """The source with the password that is kept for it; the source itself where none is. Never to be shown or logged.

    Raises OSError where the file cannot be read.
    """
    password = kept_password(folders, source)
    if password is None:
        return source
    scheme, _mark, rest = source.strip().partition("://")
    name, _at, place = rest.partition("@")
    return f"{scheme}://{name.rstrip(':')}:{password}@{place}"
