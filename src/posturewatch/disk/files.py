"""Writing a file so that nobody ever sees half of it, and reading one that may be anybody's.

Files are 0600 and folders 0700: what is measured here is nobody else's business.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO, Final

from posturewatch.base.i18n import _
from posturewatch.disk.renaming import replace, sync_folder
from posturewatch.disk.shredding import TEMP_SUFFIX, drop, zeros_over

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700

_MOST_LINKS: Final = 40
"""As many as Linux follows."""

_LOCK_TURNS: Final = 200
_LOCK_TURN_S: Final = 0.05

SMALL_BYTES: Final = 1 << 20
"""No settings, name, key or password is longer; what is, is not even parsed."""


def write_atomic(path: Path, content: str | bytes) -> None:
    """Write the whole file or nothing: a temporary beside it, flushed to the disk, then put in its place.

    Text is written as UTF-8 with its line ends as they are. What the replaced file held is overwritten, once the new
    one is in its place. Raises OSError; the old file is then untouched.
    """
    with writing(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)


@contextlib.contextmanager
def writing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes its place at the end as :func:`write_atomic` says; nothing, if that is not
    reached."""
    target = _behind_own_links(path)  # a linked dotfile stays a link
    _refuse_special(target)
    temporary = _unused_beside(target)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        put_in_place(temporary, target)
    except BaseException:
        drop(temporary)
        raise


def _refuse_special(path: Path) -> None:
    """Raises OSError for a device, pipe or socket: a file would take its place, for everybody. On Windows also for a
    name with a colon: what stands behind it would be a hidden part of the file before it."""
    if os.name == "nt" and ":" in path.name:
        raise OSError(errno.EINVAL, _("a colon cannot stand in a file's name"), str(path))
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise OSError(errno.EINVAL, _("it is not an ordinary file"), str(path))


def put_in_place(finished: Path, target: Path) -> None:
    """Give a file that is whole and on the disk another's name; what that one held is overwritten. Raises OSError."""
    with _to_overwrite(target) as former:
        replace(finished, target)
        sync_folder(target.parent)  # or a power cut finds the old name, and behind it the zeros
        if former is not None:
            with contextlib.suppress(OSError):  # the new one is in its place; a failing disk keeps the old blocks
                zeros_over(former)


@contextlib.contextmanager
def arriving(path: Path, *, flushed: bool = True) -> Iterator[Path]:
    """An empty file beside ``path`` to be filled by whatever means, which takes that name once it is whole; nothing, if
    that is not reached. What an earlier one left after a kill goes first, as far as it can: another program may have it
    open, and this one has a name of its own. ``flushed``: it is on the disk by then; else that is left to the caller.
    Raises OSError."""
    _refuse_special(path)
    for leftover in path.parent.glob(f".{path.stem}*{TEMP_SUFFIX}"):
        drop(leftover)
    temporary = _unused_beside(path)
    create_private(temporary)
    try:
        yield temporary
        if flushed:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            put_in_place(temporary, path)
        else:
            replace(temporary, path)
    except BaseException:
        drop(temporary)
        raise


@contextlib.contextmanager
def _to_overwrite(path: Path) -> Iterator[BufferedRandom | None]:
    """A file that is about to be replaced; None where there is none, it has another name too, or the system
    (Windows) would not let it be replaced while it is open."""
    with contextlib.ExitStack() as opened:
        former = None
        if os.name != "nt":
            with contextlib.suppress(OSError):
                handle = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
                found = opened.enter_context(os.fdopen(handle, "r+b"))
                told = os.fstat(handle)
                former = found if stat.S_ISREG(told.st_mode) and told.st_nlink == 1 else None
        yield former


@contextlib.contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Whoever asks the same of this folder waits until this is done: what is read, changed and written back keeps what
    another wrote meanwhile. The system frees the folder even after a kill.

    Nobody waits where there is no folder yet, or where it cannot be locked (on Windows, on some network file systems).
    Raises OSError for one that is not given back within ten seconds.
    """
    if os.name == "nt" or not folder.is_dir():
        yield
        return
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        for _turn in range(_LOCK_TURNS):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOCK_TURN_S)
            except OSError:  # no lock is to be had there
                break
            else:
                break
        else:
            raise OSError(errno.EAGAIN, _("another posturewatch is writing there"), str(folder))
        yield
    finally:
        os.close(handle)


def check_own(path: Path) -> None:
    """Raise PermissionError where a file or folder belongs to another user, or is reached by a link that does, wherever
    on the way.

    What does not exist yet belongs to nobody. On Windows the user's own folders keep others out.
    """
    if os.name == "nt":
        return
    _behind_own_links(path)
    for follow in (False, True):
        try:
            owner = path.stat(follow_symlinks=follow).st_uid
        except FileNotFoundError:
            continue
        if owner != os.geteuid():
            raise PermissionError(errno.EPERM, _("it belongs to another user"), str(path))


def make_private(path: Path) -> None:
    """Take a file's rights from everybody but its owner; nothing where there is none. Raises OSError.

    The file is not opened for it: closing a descriptor would give up the locks that SQLite holds on it.
    """
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat()
        if os.name != "nt" and stat.S_ISREG(found.st_mode) and found.st_mode & 0o077:
            path.chmod(FILE_MODE)


def _behind_own_links(path: Path) -> Path:
    """Where a path really leads; raises OSError for a link of another user anywhere on the way, which may lead into any
    file of ours. Links of the administrator are the system's."""
    ahead = list(reversed(path.absolute().parts))
    place, hops = Path(ahead.pop()), 0
    while ahead:
        here = place / ahead.pop()
        if here.name == "..":
            here = place.parent
        elif here.is_symlink():
            if os.name != "nt" and here.lstat().st_uid not in (os.geteuid(), 0):
                raise PermissionError(errno.EPERM, _("a link of another user stands there"), str(here))
            hops += 1
            if hops > _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
            to = here.readlink()
            ahead += reversed(to.parts[1:] if to.is_absolute() else to.parts)
            here = Path(to.anchor) if to.is_absolute() else place
        place = here
    return place


def read_file(path: Path, most: int = SMALL_BYTES) -> bytes:
    """What a file of ours holds. Raises OSError, also for more bytes than ``most``, and for what is no ordinary file: a
    pipe into which nobody writes never begins, a device may never end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, _("it is not an ordinary file"), str(path))
        data = file.read(most + 1)
    if len(data) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return data


def create_private(path: Path) -> None:
    """Make an empty file of mode 0600 where there is none; leave an existing one as it is. Raises OSError."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE))


def _unused_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}{TEMP_SUFFIX}")
