"""Our entry with our icon among the desktop's applications: a ``.desktop`` file, a shortcut, or a small ``.app``.

It starts this very installation in the background, as ``posturewatch start`` does. The icon of Linux is the file of
the package; Windows and macOS want formats of their own, which Pillow writes beside the entry.
"""

from __future__ import annotations

import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.pictures import IconName, icon, icon_file
from posturewatch.base.system_packages import package
from posturewatch.desktop.autostart import LABEL, menu_entry, start_command
from posturewatch.disk.files import FOLDER_MODE, write_atomic

ICON_PX: Final = 256

START: Final = "start"

_BRING_ONE: Final = frozenset({"deb", "windows", "flatpak"})


def is_there() -> bool:
    """Whether the package that brought posturewatch has an entry of its own; the Windows one carries our identity."""
    return package() in _BRING_ONE


def add() -> Path:
    """Put the entry into the user's application menu, or bring it up to date; where it lies. Raises DesktopError."""
    where = place()
    try:
        where.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if sys.platform == "win32":
            _shortcut(where)
        elif sys.platform == "darwin":
            _bundle(where)
        else:
            write_atomic(where, menu_entry(start_command(START), str(icon_file(IconName.UPRIGHT))))
    except (OSError, subprocess.SubprocessError) as err:
        raise DesktopError(
            _("The entry in the application menu could not be written: {reason}").format(reason=err),
            _("Look at the rights of the folder, or start it in a terminal: posturewatch start"),
        ) from err
    return where


def remove() -> bool:
    """Take the entry away; whether there was one. Raises DesktopError."""
    where = place()
    if not where.exists():
        return False
    try:
        if where.is_dir():
            shutil.rmtree(where)
        else:
            where.unlink()
        if sys.platform == "win32":
            _shortcut_picture().unlink(missing_ok=True)
    except OSError as err:
        raise DesktopError(
            _("The entry in the application menu could not be removed: {reason}").format(reason=err)
        ) from err
    return True


def place() -> Path:
    """Where the entry of this user lies."""
    if sys.platform == "win32":
        return Path(os.environ["APPDATA"]) / "Microsoft" / "Windows" / "Start Menu" / "Programs" / "posturewatch.lnk"
    if sys.platform == "darwin":
        return Path.home() / "Applications" / "posturewatch.app"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "applications" / "posturewatch.desktop"


def shortcut_script(where: Path, command: tuple[str, ...], picture: Path) -> str:
    """The PowerShell lines that make a Windows shortcut; each text is quoted as PowerShell takes it literally."""

    def quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    return "\n".join(
        (
            f"$link = (New-Object -ComObject WScript.Shell).CreateShortcut({quoted(str(where))})",
            f"$link.TargetPath = {quoted(command[0])}",
            f"$link.Arguments = {quoted(subprocess.list2cmdline(command[1:]))}",
            f"$link.IconLocation = {quoted(str(picture))}",
            "$link.Save()",
        )
    )


def bundle_files(command: tuple[str, ...]) -> dict[str, bytes]:
    """The text files of a macOS application, by their path in it."""
    about = {
        "CFBundleName": "posturewatch",
        "CFBundleIdentifier": f"{LABEL}.menu",
        "CFBundleExecutable": "posturewatch",
        "CFBundleIconFile": "posturewatch",
        "CFBundlePackageType": "APPL",
        "LSUIElement": True,
        "NSCameraUsageDescription": _("posturewatch estimates by the camera how you sit. No images are stored."),
    }
    script = f"#!/bin/sh\nexec {shlex.join(command)}\n"
    return {"Contents/Info.plist": plistlib.dumps(about), "Contents/MacOS/posturewatch": script.encode()}


def _shortcut(where: Path) -> None:
    picture = _shortcut_picture()
    picture.parent.mkdir(parents=True, exist_ok=True)
    icon(IconName.UPRIGHT, ICON_PX).save(picture, "ICO")
    where.unlink(missing_ok=True)
    script = shortcut_script(where, start_command(START), picture)
    words = ("powershell", "-NoProfile", "-NonInteractive", "-Command", script)
    subprocess.run(words, check=True, capture_output=True, timeout=30)
    if not where.exists():  # where a policy forbids scripts such objects, PowerShell complains and ends with 0
        raise OSError(_("PowerShell made no shortcut"))


def _shortcut_picture() -> Path:
    """A shortcut needs an icon file that lasts; in the menu's own folder it would be shown as an entry."""
    return Path(os.environ["LOCALAPPDATA"]) / "posturewatch" / "posturewatch.ico"


def _bundle(where: Path) -> None:
    for name, content in bundle_files(start_command(START)).items():
        path = where / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(path, content)
    (where / "Contents" / "MacOS" / "posturewatch").chmod(0o755)
    resources = where / "Contents" / "Resources"
    resources.mkdir(exist_ok=True)
    icon(IconName.UPRIGHT, ICON_PX).save(resources / "posturewatch.icns", "ICNS")
