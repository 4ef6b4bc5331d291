"""Where things are kept: the platform's own folders, or all under ``POSTUREWATCH_HOME``.

Nothing is created by looking; :meth:`Folders.make` creates, 0700.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posturewatch.base.errors import FolderError
from posturewatch.base.i18n import _
from posturewatch.disk import in_place
from posturewatch.disk.files import FOLDER_MODE, check_own
from posturewatch.disk.refusals import is_no_room

if TYPE_CHECKING:  # the command line looks for the folders before it knows whether it needs a port
    from posturewatch.base.finding import Finding

HOME_VARIABLE: Final = "POSTUREWATCH_HOME"
APP_NAME: Final = "posturewatch"

TRIED_BYTES: Final = 4096
"""Written to see whether a folder can be written: a full disk still makes empty files."""

ROOM_BYTES: Final = 50_000_000
"""Less than this left on a disk is worth a word: a year of the journal has about 20 MB."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The four folders. ``state`` holds the lock and the control socket's address, nothing worth keeping."""

    config: Path
    data: Path
    logs: Path
    state: Path

    @property
    def config_file(self) -> Path:
        """The one configuration file."""
        return self.config / "config.toml"

    @property
    def plan_file(self) -> Path:
        """The therapist's plan that was accepted; not there where none is."""
        return self.config / "plan.toml"

    @property
    def journal_file(self) -> Path:
        """The journal's SQLite database."""
        return self.data / "journal.sqlite"

    @property
    def profile_file(self) -> Path:
        """The name of the profile in force."""
        return self.data / "profile"

    @property
    def camera_password_file(self) -> Path:
        """The password of the network camera; not there where none was given."""
        return self.data / "camera-password"

    @property
    def days(self) -> Path:
        """The folder of the daily files."""
        return self.data / "days"

    @property
    def reports(self) -> Path:
        """Where reports go when the user names no file."""
        return self.data / "reports"

    @property
    def lake(self) -> Path:
        """What a practice has taken in, where its command names no other folder; only there where it took in any."""
        return self.data / "practice"

    @property
    def keys(self) -> Path:
        """Private keys by which what is handed on is signed, and the memory of other people's public ones."""
        return self.data / "keys"

    def make(self) -> Folders:
        """Create what is missing, 0700, and see that each can be written; returns itself.

        Raises FolderError that names the folder and what is wrong with it.
        """
        for folder in dict.fromkeys((self.config, self.data, self.logs, self.state)):
            make_folder(folder)
        return self


def find_folders(environment: Mapping[str, str] | None = None) -> Folders:
    """The folders for this user; ``POSTUREWATCH_HOME`` moves all four together. Creates nothing.

    Raises FolderError where ``POSTUREWATCH_HOME`` is a file.
    """
    home_text = (os.environ if environment is None else environment).get(HOME_VARIABLE, "").strip()
    if home_text:
        home = Path(home_text).expanduser().absolute()
        if home.exists() and not home.is_dir():
            raise FolderError(
                _("{variable} points at {path}, which is not a folder.").format(variable=HOME_VARIABLE, path=home),
                _("Point {variable} at a folder, or unset it.").format(variable=HOME_VARIABLE),
            )
        return Folders(home / "config", home / "data", home / "logs", home / "state")
    import platformdirs

    places = platformdirs.PlatformDirs(APP_NAME, appauthor=False, roaming=False)
    return Folders(
        config=places.user_config_path,
        data=places.user_data_path,
        logs=places.user_log_path,
        state=places.user_state_path,
    )


def make_folder(folder: Path) -> Path:
    """Create one folder of ours, 0700, and see that a file can be written there; returns it.

    Raises FolderError.
    """
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=FOLDER_MODE, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(folder)
        check_own(folder)
        in_place.ask_for(folder)
        if os.name != "nt" and folder.stat().st_mode & 0o077:
            folder.chmod(FOLDER_MODE)
    except (FileExistsError, NotADirectoryError) as err:
        raise FolderError(
            _("A file stands where the folder {path} should be.").format(path=folder),
            _("Move that file away, or set {variable} to another folder.").format(variable=HOME_VARIABLE),
        ) from err
    except OSError as err:
        raise FolderError(
            _("The folder {path} cannot be made: {why}.").format(path=folder, why=err.strerror or err),
            how_to_have(err),
        ) from err
    refusal = _refusal(folder)
    if refusal is not None:
        raise FolderError(
            _("The folder {path} cannot be written to: {why}.").format(path=folder, why=refusal.strerror or refusal),
            how_to_have(refusal),
        ) from refusal
    return folder


def how_to_have(refusal: OSError) -> str:
    """What a person can do about a folder that is refused."""
    if is_no_room(refusal):
        return _("Make room on that disk.")
    if refusal.errno == errno.EROFS:
        return _("Set {variable} to another folder.").format(variable=HOME_VARIABLE)
    return _("Give yourself the right to write there, or set {variable} to another folder.").format(
        variable=HOME_VARIABLE
    )


def _refusal(folder: Path) -> OSError | None:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIED_BYTES))
            file.flush()
        return None
    except OSError as err:
        return err


def _how_to_write(folder: Path, refusal: OSError) -> str:
    """What makes a folder of ours writable again, by why it is not."""
    if is_no_room(refusal):
        return _("Make room on that disk.")
    if refusal.errno == errno.EROFS and sys.platform == "linux":
        return f'sudo mount -o remount,rw "$(findmnt -n -o TARGET --target "{folder}")"'
    if refusal.errno == errno.EROFS:
        return _("Set {variable} to another folder.").format(variable=HOME_VARIABLE)
    if os.name == "nt":
        return f'icacls "{folder}" /grant "%USERNAME%:(OI)(CI)F"'
    if folder.stat().st_uid != os.getuid():
        return f'sudo chown -R "$USER" "{folder}"'
    return f'chmod u+rwx "{folder}"'


def probe(folders: Folders) -> tuple[Finding, ...]:
    """One finding for each folder, for ``posturewatch doctor``. Creates nothing."""
    named = {
        _("Configuration folder"): folders.config,
        _("Data folder"): folders.data,
        _("Log folder"): folders.logs,
        _("State folder"): folders.state,
    }
    return tuple(_finding(part, folder) for part, folder in named.items())


def _finding(part: str, folder: Path) -> Finding:
    from posturewatch.base.finding import Finding

    if not folder.exists():
        return _yet_to_be_made(part, folder)
    if not folder.is_dir():
        return Finding(part, "error", _("{path} is not a folder.").format(path=folder), _("Move that file away."))
    refusal = _refusal(folder)
    if refusal is not None:
        says = _("{path} cannot be written to: {why}.").format(path=folder, why=refusal.strerror or refusal)
        return Finding(part, "error", says, _how_to_write(folder, refusal))
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        says = _("{path}: only {free:.0f} MB are left on its disk.").format(path=folder, free=free / 1e6)
        return Finding(part, "warning", says, _("Make room on that disk."))
    if os.name != "nt" and folder.stat().st_mode & 0o077:
        return Finding(part, "warning", _("{path} can be read by others.").format(path=folder), f'chmod 700 "{folder}"')
    return Finding(part, "ok", str(folder))


def _yet_to_be_made(part: str, folder: Path) -> Finding:
    """What can be told of a folder that is not there, without making anything."""
    from posturewatch.base.finding import Finding

    above = next((place for place in folder.parents if place.exists()), None)
    if above is None:  # a drive of Windows that is not there
        number = errno.ENOENT
    elif not above.is_dir():
        number = errno.ENOTDIR
    else:
        number = 0 if os.access(above, os.W_OK | os.X_OK) else errno.EACCES
    if not number:
        return Finding(part, "note", _("{path} does not exist yet; it is made at the first start.").format(path=folder))
    says = _("The folder {path} cannot be made: {why}.").format(path=folder, why=os.strerror(number))
    return Finding(part, "error", says, how_to_have(OSError(number, says)))
