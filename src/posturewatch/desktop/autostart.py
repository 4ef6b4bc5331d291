"""Start at login: a ``.desktop`` file or a systemd user unit (Linux), a Run key (Windows), a LaunchAgent (macOS).

The texts are made by pure functions, so that all three platforms are tested on each. The command is this very
installation (``python -m posturewatch``): a program of the same name elsewhere on the path is not started.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from posturewatch.base.errors import DesktopError
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.disk.files import FOLDER_MODE, write_atomic
from posturewatch.disk.folders import HOME_VARIABLE

LABEL: Final = "org.posturewatch.posturewatch"
UNIT: Final = "posturewatch.service"
RUN_KEY: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME: Final = "posturewatch"

Way = Literal["desktop", "systemd"]


@dataclass(frozen=True, slots=True)
class AutostartStatus:
    """Whether posturewatch starts at login, by which file or key, and whether that is this installation."""

    enabled: bool
    where: str = ""
    ours: bool = True


def start_command(*words: str) -> tuple[str, ...]:
    """The words that start this installation, without a console window on Windows; ``run`` unless others are given.

    A home that was chosen (``--home``, ``POSTUREWATCH_HOME``) goes along: the desktop does not know of it.
    """
    python = Path(sys.executable)
    if sys.platform == "win32" and (windowless := python.with_name("pythonw.exe")).is_file():
        python = windowless
    own = () if getattr(sys, "frozen", False) else ("-m", "posturewatch")
    home = os.environ.get(HOME_VARIABLE, "").strip()
    chosen = ("--home", str(Path(home).expanduser().absolute())) if home else ()
    return (str(python), *own, *chosen, *(words or ("run",)))


# --------------------------------------------------------------------------- texts, pure


def desktop_entry(command: tuple[str, ...], icon: str = "") -> str:
    """An XDG autostart entry. Waits a moment: trays come up after the session has begun."""
    return _entry(command, icon, ("X-GNOME-Autostart-enabled=true", "X-GNOME-Autostart-Delay=5"))


def menu_entry(command: tuple[str, ...], icon: str) -> str:
    """An XDG entry for the application menu."""
    return _entry(command, icon, ("Categories=Utility;", "StartupNotify=false"))


def _entry(command: tuple[str, ...], icon: str, more: tuple[str, ...]) -> str:
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.0",
        "Name=posturewatch",
        f"Comment={_desktop_value(_('Posture and break reminders'))}",
        f"Exec={' '.join(_desktop_quoted(word) for word in command)}",
        f"TryExec={_desktop_value(command[0])}",  # once the program is removed, desktops pass the entry over
        "Terminal=false",
        *more,
    ]
    if icon:
        lines.append(f"Icon={_desktop_value(icon)}")
    return "\n".join(lines) + "\n"


def _desktop_value(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")


def _desktop_quoted(word: str) -> str:
    """One argument by the Exec key's two layers: quotes first, then the file's own backslashes."""
    inner = word
    for sign in ("\\", '"', "`", "$"):
        inner = inner.replace(sign, f"\\{sign}")
    return _desktop_value(f'"{inner}"').replace("%", "%%")


def systemd_unit(command: tuple[str, ...]) -> str:
    """A user unit that is started with the graphical session and again after a crash."""
    return "\n".join(
        (
            "[Unit]",
            "Description=posturewatch: " + _("Posture and break reminders"),
            "PartOf=graphical-session.target",
            "After=graphical-session.target",
            "StartLimitIntervalSec=300",
            "StartLimitBurst=5",
            "",
            "[Service]",
            f"ExecStart={' '.join(_systemd_quoted(word) for word in command)}",
            "Restart=on-failure",
            "RestartPreventExitStatus=2 3 5 8",  # command line, settings, models, runs already: waiting mends none
            "RestartSec=10",
            "LimitCORE=0",
            "",
            "[Install]",
            "WantedBy=graphical-session.target",
            "",
        )
    )


def _systemd_quoted(word: str) -> str:
    inner = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{inner}"'


def launch_agent(command: tuple[str, ...]) -> bytes:
    """A LaunchAgent that starts at login in a graphical session, and again only after a crash."""
    import plistlib

    return plistlib.dumps(
        {
            "Label": LABEL,
            "ProgramArguments": list(command),
            "RunAtLoad": True,
            # Not SuccessfulExit: broken settings (3) or a second start (8) would come back every ten seconds, for ever.
            "KeepAlive": {"Crashed": True},
            "LimitLoadToSessionType": "Aqua",
            "ProcessType": "Interactive",
        }
    )


def run_value(command: tuple[str, ...]) -> str:
    """The value of a Windows Run key: one command line, quoted as Windows programs parse it."""
    return subprocess.list2cmdline(command)


# --------------------------------------------------------------------------- doing it


def enable(*, way: Way = "desktop") -> AutostartStatus:
    """Start at login from now on. ``systemd`` (Linux) also starts again after a crash. Raises DesktopError."""
    command = start_command()
    try:
        if sys.platform == "win32":
            _set_run_key(run_value(command))
        elif sys.platform == "darwin":
            _write(_agent_path(), launch_agent(command))
        elif way == "systemd":
            _write(_unit_path(), systemd_unit(command).encode())
            _systemctl("daemon-reload")
            _systemctl("enable", UNIT)
            _entry_path().unlink(missing_ok=True)
        else:
            _write(_entry_path(), desktop_entry(command).encode())
            _drop_unit()
    except (OSError, subprocess.SubprocessError) as err:
        raise DesktopError(
            _("Start at login could not be set up: {reason}").format(reason=_reason(err)),
            _("Look at the rights of the folder, or start posturewatch by your desktop's own settings."),
        ) from err
    return status()


def has_service() -> bool:
    """Whether a systemd user unit of ours is installed that starts this installation (Linux)."""
    return sys.platform == "linux" and _read(_unit_path()) == systemd_unit(start_command()).encode()


def start_service() -> None:
    """Have the user's systemd start the unit now. Raises DesktopError."""
    try:
        _systemctl("start", UNIT)
    except (OSError, subprocess.SubprocessError) as err:
        raise DesktopError(
            _("The user service could not be started: {reason}").format(reason=_reason(err)),
            f"systemctl --user status {UNIT}",
        ) from err


def disable() -> AutostartStatus:
    """No start at login any more; nothing happens where there was none. Raises DesktopError."""
    try:
        if sys.platform == "win32":
            _set_run_key(None)
        elif sys.platform == "darwin":
            _agent_path().unlink(missing_ok=True)
        else:
            _entry_path().unlink(missing_ok=True)
            _drop_unit()
    except OSError as err:
        raise DesktopError(_("Start at login could not be switched off: {reason}").format(reason=_reason(err))) from err
    return status()


def status() -> AutostartStatus:
    """Whether it starts at login. Raises nothing; what cannot be read is taken as not there."""
    command = start_command()
    if sys.platform == "win32":
        value = _run_key()
        return AutostartStatus(value is not None, f"HKCU\\{RUN_KEY}", value == run_value(command))
    if sys.platform == "darwin":
        return _file_status(_agent_path(), launch_agent(command))
    unit = _file_status(_unit_path(), systemd_unit(command).encode())
    if unit.enabled:
        return unit
    entry = _entry_path()
    text = _read(entry)
    if text is None or b"\nHidden=true" in text or b"X-GNOME-Autostart-enabled=false" in text:
        return AutostartStatus(enabled=False)
    wanted = next(line for line in desktop_entry(command).splitlines() if line.startswith("Exec="))
    return AutostartStatus(enabled=True, where=str(entry), ours=wanted.encode() in text)


def probe() -> Finding:
    """Whether posturewatch starts at login, and this installation of it."""
    part = _("start at login")
    now = status()
    if not now.enabled:
        return Finding(part, "note", _("It does not start at login."), "posturewatch autostart enable")
    if not now.ours:
        return Finding(part, "warning", _("Another installation is started at login."), "posturewatch autostart enable")
    return Finding(part, "ok", _("It starts at login."))


def _config_home() -> Path:
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def _entry_path() -> Path:
    return _config_home() / "autostart" / "posturewatch.desktop"


def _unit_path() -> Path:
    return _config_home() / "systemd" / "user" / UNIT


def _agent_path() -> Path:
    return Path.home() / "Library" / "LaunchAgents" / f"{LABEL}.plist"


def _file_status(path: Path, wanted: bytes) -> AutostartStatus:
    found = _read(path)
    there = found is not None
    return AutostartStatus(enabled=there, where=str(path) if there else "", ours=found == wanted)


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    write_atomic(path, content)


def _systemctl(*words: str) -> None:
    program = shutil.which("systemctl")
    if program is None:
        raise FileNotFoundError(_("systemd is not here"))
    subprocess.run([program, "--user", *words], check=True, capture_output=True, timeout=10)


def _drop_unit() -> None:
    if _unit_path().exists():
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            _systemctl("disable", UNIT)
        _unit_path().unlink(missing_ok=True)


def _run_key() -> str | None:
    winreg: Any = importlib.import_module("winreg")
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
            return str(winreg.QueryValueEx(key, RUN_NAME)[0])
    except OSError:
        return None


def _set_run_key(value: str | None) -> None:
    winreg: Any = importlib.import_module("winreg")
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
        if value is not None:
            winreg.SetValueEx(key, RUN_NAME, 0, winreg.REG_SZ, value)
            return
        with contextlib.suppress(FileNotFoundError):
            winreg.DeleteValue(key, RUN_NAME)


def _reason(err: Exception) -> str:
    return err.strerror or str(err) if isinstance(err, OSError) else str(err)
