"""Writing a file so that nobody ever sees half of it, and removing one so that little remains.

Files are 0600 and folders 0700: what is measured here is nobody else's business.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from io import BufferedRandom
from pathlib import Path
from typing import BinaryIO, Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _

FILE_MODE: Final = 0o600
FOLDER_MODE: Final = 0o700

TEMP_SUFFIX: Final = ".part"
"""Ends the name of a file that is still being written; :func:`sweep` removes what a crash left of them."""

_REPLACE_WAITS_S: Final = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)
"""Windows refuses to replace or rename a file that a virus scanner or an editor has open for a moment: it is tried
again for three seconds."""

_OPEN_ELSEWHERE: Final = frozenset({5, 32, 33})
"""Windows' errors for a file that another program has open: access denied (said of replacing), sharing violation, lock
violation (winerror.h)."""

_MOST_LINKS: Final = 40
"""As many as Linux follows."""

_BLOCK_BYTES: Final = 1 << 20

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
        _drop(temporary)
        raise


def _refuse_special(path: Path) -> None:
    """Raises OSError for a device, pipe or socket: a file would take its place, for everybody."""
    with contextlib.suppress(FileNotFoundError):
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise OSError(errno.EINVAL, _("it is not an ordinary file"), str(path))


def put_in_place(finished: Path, target: Path) -> None:
    """Give a file that is whole and on the disk another's name; what that one held is overwritten. Raises OSError."""
    with _to_overwrite(target) as former:
        _replace(finished, target)
        _sync_folder(target.parent)  # or a power cut finds the old name, and behind it the zeros
        if former is not None:
            with contextlib.suppress(OSError):  # the new one is in its place; a failing disk keeps the old blocks
                _zeros_over(former)


@contextlib.contextmanager
def arriving(path: Path, *, flushed: bool = True) -> Iterator[Path]:
    """An empty file beside ``path`` to be filled by whatever means, which takes that name once it is whole; nothing, if
    that is not reached. What an earlier one left after a kill goes first. ``flushed``: it is on the disk by then; else
    that is left to the caller. Raises OSError."""
    _refuse_special(path)
    for leftover in path.parent.glob(f".{path.stem}*{TEMP_SUFFIX}"):
        shred(leftover)
    temporary = _unused_beside(path)
    create_private(temporary)
    try:
        yield temporary
        if flushed:
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
            put_in_place(temporary, path)
        else:
            _replace(temporary, path)
    except BaseException:
        _drop(temporary)
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


def is_no_room(err: BaseException) -> bool:
    """Whether a disk, or this user's share of it, is full."""
    return isinstance(err, OSError) and err.errno in (errno.ENOSPC, errno.EDQUOT)


def is_read_only(path: Path) -> bool:
    """Whether the file system of this folder, or of the file's folder, takes no writes; no, where it does not say."""
    place = next((folder for folder in (path, *path.parents) if folder.exists()), path)
    try:
        return bool(os.statvfs(place).f_flag & os.ST_RDONLY) if hasattr(os, "statvfs") else False
    except OSError:
        return False


def remedy(err: OSError) -> str:
    """What makes a write possible that was refused so; fits the error, or is empty where nothing is known to help."""
    if isinstance(err, PermissionError):
        return open_elsewhere_hint(err) or _("Give yourself the right to write the file and its folder.")
    if is_no_room(err):
        return _("Make room on that disk.")
    if err.errno == errno.EROFS:
        return _("That file system is read-only; choose a place on another one.")
    if isinstance(err, FileNotFoundError):
        return _("Make its folder first.")
    return _("A folder has this name; choose another.") if isinstance(err, IsADirectoryError) else ""


@contextlib.contextmanager
def or_data_error(path: Path, hint: str = "") -> Iterator[None]:
    """What is done within writes this file: an OSError becomes a DataError that says why and what helps, ``hint`` where
    nothing better is known."""
    try:
        yield
    except OSError as err:
        raise DataError(
            _("{path} cannot be written: {why}.").format(path=path, why=err.strerror or err), remedy(err) or hint
        ) from err


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


def shred(path: Path) -> int:
    """Overwrite a file with zeros, remove it, and return its former size in bytes.

    On solid-state disks and copying file systems the old blocks may live on; this does what a program can.
    Raises OSError; the file is then as it was. It is renamed before a byte of it is touched, since what may be renamed
    may be removed: Windows forbids both while another program has it open.
    A file that is already gone counts 0; a link is removed and what it points to left alone.
    """
    if path.is_symlink():
        path.unlink()
        return 0
    doomed = path.with_name(f".{os.urandom(4).hex()}{TEMP_SUFFIX}")  # the old name would live on in its new one
    try:
        _replace(path, doomed)
    except FileNotFoundError:
        return 0
    _sync_folder(path.parent)  # after a power cut the file is there as it was, or gone
    try:
        file = doomed.open("r+b")
    except OSError:
        doomed.replace(path)
        raise
    with file:
        size = _zeros_over(file)
    doomed.unlink()
    return size


def write_zeros(path: Path) -> None:
    """Overwrite a file with zeros and leave it at its size; nothing where there is none. Raises OSError."""
    with contextlib.suppress(FileNotFoundError), path.open("r+b") as file:
        _zeros_over(file)


def _zeros_over(file: BufferedRandom) -> int:
    size = os.fstat(file.fileno()).st_size
    file.writelines(bytes(min(_BLOCK_BYTES, size - start)) for start in range(0, size, _BLOCK_BYTES))
    file.flush()
    os.fsync(file.fileno())
    return size


def shred_all(paths: Iterable[Path]) -> int:
    """Shred each file, and return how many went. One that cannot be removed does not keep the others.

    Raises DataError when all have been tried, naming those that are left and why.
    """
    gone = 0
    left: list[tuple[Path, OSError]] = []
    for path in paths:
        try:
            shred(path)
        except OSError as err:
            left.append((path, err))
        else:
            gone += 1
    if left:
        names = "; ".join(f"{path} ({err.strerror or err})" for path, err in left)
        hints = [open_elsewhere_hint(err) for _path, err in left]
        raise DataError(
            _("Not removed, and left as it was: {names}. Everything else is gone.").format(names=names),
            next(filter(None, hints), "") or _("Remove it by hand."),
        ) from left[0][1]
    return gone


def open_elsewhere(err: OSError, platform: str = sys.platform) -> bool:
    """Whether another program has the file open, which keeps it from being written or removed on Windows alone."""
    return platform == "win32" and getattr(err, "winerror", None) in _OPEN_ELSEWHERE


def open_elsewhere_hint(err: OSError) -> str:
    """What to do about a file that another program has open; empty where that is not the reason."""
    return _("Another program has the file open: close it there and try again.") if open_elsewhere(err) else ""


def sweep(folder: Path) -> int:
    """Overwrite and remove what interrupted writes left in a folder; returns how many files went."""
    gone = 0
    for leftover in folder.glob(f".*{TEMP_SUFFIX}"):
        with contextlib.suppress(OSError):
            shred(leftover)
            gone += 1
    return gone


def _drop(leftover: Path) -> None:
    """Overwrite and remove what was not finished, as far as that goes."""
    with contextlib.suppress(OSError):
        shred(leftover)


def _unused_beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.urandom(4).hex()}{TEMP_SUFFIX}")


def _replace(source: Path, target: Path) -> None:
    for wait_s in _REPLACE_WAITS_S:
        try:
            source.replace(target)
        except OSError as err:
            if not open_elsewhere(err):
                raise
            time.sleep(wait_s)
        else:
            return
    source.replace(target)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
