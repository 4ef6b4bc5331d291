"""Every part looked at: what is well, what is wrong, and the exact command that mends it.

Each package has its own probe; here they are called one after the other, and one that fails is itself a finding.
"""

from __future__ import annotations

import logging
import os
import platform
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import metadata
from typing import Final

from posturewatch import __version__
from posturewatch.base.clock import SystemClock, unknown_zone
from posturewatch.base.errors import DesktopError, PosturewatchError, came_of_interrupt
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.outside import NAME_MAX, cleaned
from posturewatch.base.quantities import number
from posturewatch.base.settings import ModelSettings, PostureSettings, Settings
from posturewatch.base.system_packages import missing_package, newer_python, package, reinstall
from posturewatch.disk.folders import Folders
from posturewatch.disk.shredding import TEMP_SUFFIX

OLDEST_PYTHON: Final = (3, 11)
SANE_YEARS: Final = range(2024, 2100)
"""A clock outside of this is not set; days in the log would lie nowhere."""

OPENCV: Final = "'opencv-python>=5.0,<5.1' 'opencv-contrib-python>=5.0,<5.1'"

PACKAGES: Final = (
    "mediapipe",
    "opencv-python",
    "opencv-contrib-python",
    "opencv-python-headless",
    "numpy",
    "pystray",
    "pillow",
    "desktop-notifier",
    "plyer",
    "dbus-fast",
    "pydantic",
    "click",
)

_log = logging.getLogger("posturewatch.app.doctor")

Found = Finding | tuple[Finding, ...]


def examine(folders: Folders, *, camera: bool = True) -> tuple[Finding, ...]:
    """All findings, in the order in which a person would mend them. Never raises for a part that is ill."""
    settings, config = _config(folders)
    findings: list[Finding] = [python(), packages(), config]
    for part, probe in _probes(folders, settings, camera=camera):
        findings += ask(part, probe)
    return tuple(findings)


def _probes(folders: Folders, settings: Settings, *, camera: bool) -> Iterable[tuple[str, Callable[[], Found]]]:
    from posturewatch.desktop import autostart
    from posturewatch.desktop.notify import notifications
    from posturewatch.desktop.presence import session
    from posturewatch.desktop.tray import visibility as tray
    from posturewatch.disk import folders as places

    yield _("folders"), lambda: places.probe(folders)
    yield _("journal"), lambda: journal(folders)
    yield _("calibration"), lambda: calibration(folders)
    yield _("clock"), clock
    if camera:
        yield _("camera"), lambda: measuring(settings)
    yield _("camera password"), lambda: camera_password(folders, settings.camera.source)
    yield _("display"), lambda: display(settings.posture)
    yield _("tray"), lambda: running_tray(folders) or tray.probe()
    yield _("notifications"), notifications.probe
    yield _("session"), lambda: session.probe(SystemClock())
    yield _("start at login"), autostart.probe
    yield _("running"), lambda: running(folders)


def ask(part: str, probe: Callable[[], Found]) -> tuple[Finding, ...]:
    """What a probe finds; one that fails is itself a finding."""
    try:
        found = probe()
    except Exception as err:  # a doctor who faints helps nobody
        if came_of_interrupt(err):
            raise KeyboardInterrupt from err
        if missing := missing_package(err):
            says = _("It needs {name}, which is not installed.").format(name=missing)
            return (Finding(part, "error", says, reinstall("posturewatch")),)
        _log.exception("the check of %s failed", part)
        says = _("This check itself failed: {what}").format(what=type(err).__name__)
        return (Finding(part, "error", says, "posturewatch doctor --bundle support.zip"),)
    return found if isinstance(found, tuple) else (found,)


def _config(folders: Folders) -> tuple[Settings, Finding]:
    from posturewatch.config.read import load

    part = _("settings")
    try:
        found = load(folders.config_file)
    except PosturewatchError as err:
        return Settings(), Finding(part, "error", err.message, "posturewatch config check")
    if not folders.config_file.exists():
        says = _("No settings file; the defaults are in force.")
        return found.settings, Finding(part, "note", says, "posturewatch config init")
    if found.notes:
        return found.settings, Finding(part, "note", "\n".join(note.text() for note in found.notes))
    return found.settings, Finding(part, "ok", _("{path} is good.").format(path=folders.config_file))


def python() -> Finding:
    """The interpreter's version."""
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", "error", _("Python {version} is too old.").format(version=version), newer_python())
    brought = f" ({package()})" if package() else ""
    says = f"{version}, {platform.system()} {platform.machine()}, posturewatch {__version__}{brought}"
    return Finding("Python", "ok", says)


def packages() -> Finding:
    """The packages at the versions that belong together; both OpenCV distributions own one folder."""
    part = _("packages")
    versions = {name: version_of(name) for name in PACKAGES}
    both = {versions["opencv-python"], versions["opencv-contrib-python"]}
    if not package() and len(both) != 1:
        return Finding(
            part,
            "warning",
            _("opencv-python and opencv-contrib-python are not of one version."),
            reinstall(OPENCV),
        )
    missing = [name for name, version in versions.items() if version is None and not _optional(name)]
    if missing:
        return Finding(
            part,
            "error",
            _("Missing: {names}").format(names=", ".join(missing)),
            reinstall("posturewatch"),
        )
    return Finding(part, "ok", ", ".join(f"{name} {version}" for name, version in versions.items() if version))


def _optional(name: str) -> bool:
    if name.startswith("opencv-"):  # our packages bring the build without windows in place of the two
        return name.endswith("-headless") != bool(package())
    return name == "dbus-fast" and sys.platform != "linux"


def version_of(name: str) -> str | None:
    """Of an installed package; None where there is none of this name."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def journal(folders: Folders) -> Finding:
    """Whether a database can be written in the data folder; this one's integrity, and whether it can be written."""
    from posturewatch.journal.reader import open_reader
    from posturewatch.journal.writer import try_write
    from posturewatch.report import words

    part = _("journal")
    try:
        if folders.data.is_dir():
            try_write(folders.data / f".doctor.{os.getpid()}{TEMP_SUFFIX}")
    except PosturewatchError as err:
        return Finding(part, "error", err.message, err.hint)
    if not folders.journal_file.exists():
        return Finding(part, "note", _("There is no journal yet; the first minute makes it."))
    try:
        with open_reader(folders.journal_file) as reader:
            wrong = reader.integrity()
            size = reader.size_bytes() / 1e6
            unread = 0 if wrong else reader.unread()
    except PosturewatchError as err:
        return Finding(part, "error", err.message, err.hint)
    if wrong:
        return Finding(
            part,
            "error",
            _("The database is damaged: {what}").format(what=wrong[0]),
            _("Start posturewatch: it sets the damaged file aside and rescues what can be read."),
        )
    try:
        try_write(folders.journal_file)
    except PosturewatchError as err:
        return Finding(part, "error", err.message, err.hint)
    says = _("The database is sound ({size} MB).").format(size=number(size, 1))
    return Finding(part, "note" if unread else "ok", " ".join((says, *words.unread(unread))))


def calibration(folders: Folders) -> Finding:
    """Which calibration is measured against, and how old it is."""
    from posturewatch.app.keeper import read_profile
    from posturewatch.journal.reader import open_reader
    from posturewatch.report.now_in_words import CLOCKS_DIFFER, calibration_words

    part = _("calibration")
    row = None
    if folders.journal_file.exists():
        try:
            with open_reader(folders.journal_file) as reader:
                row = reader.calibrations_in_force().get(read_profile(folders))
        except PosturewatchError as err:
            return Finding(part, "error", err.message, err.hint)
    if row is None:
        return Finding(part, "note", _("The profile in force is not calibrated."), "posturewatch calibrate")
    now = SystemClock().now()
    says = _("Number {number} is in force: {words}.").format(number=row.id, words=calibration_words(row.at, now))
    if row.at - now > CLOCKS_DIFFER:
        return Finding(part, "warning", says, "posturewatch calibrate")
    return Finding(part, "ok", says)


def clock() -> Finding:
    """Whether the clock can be right."""
    now = SystemClock().now()
    if now.year not in SANE_YEARS:
        mend = {"win32": "w32tm /resync", "darwin": "sudo sntp -sS time.apple.com"}
        says = f"{now:%Y-%m-%d %H:%M %z}"
        return Finding(_("clock"), "error", says, mend.get(sys.platform, "sudo timedatectl set-ntp true"))
    if told := unknown_zone():
        says = _("TZ={zone} names no time zone, so UTC is used.").format(zone=cleaned(told)[:NAME_MAX])
        return Finding(_("clock"), "warning", says, _("Set TZ to a name such as Europe/Berlin, or take it away."))
    return Finding(_("clock"), "ok", cleaned(f"{now:%Y-%m-%d %H:%M} ({now:%Z %z})"))


def measuring(settings: Settings) -> tuple[Finding, ...]:
    """Native libraries, networks and a test frame; where the camera does not work, which others there are."""
    from posturewatch.sensor_client.client import list_cameras, probe

    found = tuple(_mend_models(finding, settings.models) for finding in probe(settings.camera, settings.models))
    if all(finding.level != "error" for finding in found if finding.part == _("camera")):
        return found
    others = [(source, name) for source, name in list_cameras() if source != settings.camera.source]
    if not others:
        return (*found, Finding(_("cameras"), "note", _("I see no other camera at this computer.")))
    says = _("There are: {names}").format(names="; ".join(f"{source} ({name})" for source, name in others))
    return (*found, Finding(_("cameras"), "note", says, f'posturewatch config set camera.source "{others[0][0]}"'))


def camera_password(folders: Folders, source: str) -> tuple[Finding, ...]:
    """Where the password of a network camera is kept; nothing for a source that names no user."""
    from posturewatch.disk.camera_password import kept_password, login_of, parted, place_of
    from posturewatch.disk.system_keyring import USER_S

    part, anew = _("camera password"), "posturewatch config set camera.source http://NAME:PASSWORD@HOST/PATH"
    path = folders.camera_password_file
    if parted(source)[1] is not None:
        return (Finding(part, "note", _("It stands in the settings file; this keeps it in a file of its own."), anew),)
    if login_of(source) is None:
        return ()
    try:
        kept = kept_password(folders, source, USER_S)
    except OSError as err:
        says = _("{path} cannot be read: {why}.").format(path=path, why=err.strerror or err)
        return (Finding(part, "error", says, f'chmod 600 "{path}"'),)
    except DesktopError as err:
        return (Finding(part, "error", err.message, err.hint),)
    if kept is None:
        return (Finding(part, "note", _("The camera's address names a user, and no password is kept for it."), anew),)
    return (Finding(part, "ok", _("It is kept apart from the settings, in {path}.").format(path=place_of(folders))),)


def _mend_models(finding: Finding, models: ModelSettings) -> Finding:
    """A bundle that the settings name and that cannot be used: the command that goes back to the one that ships."""
    for key, path in (("pose", models.pose), ("face", models.face)):
        if finding.level == "error" and path and path in finding.says:
            return replace(finding, mend=f'posturewatch config set models.{key} ""')
    return finding


def display(posture: PostureSettings | None = None) -> Finding:
    """Whether windows can be opened: one comes up for a moment, along the edges of the screen. Where the screen is to
    show the posture, also whether it can do more than a thin border."""
    from posturewatch.ui.open import SHOWN_S, open_window, why_no_windows

    trouble = why_no_windows()
    if trouble is not None:
        return Finding(_("display"), "note", trouble.message, trouble.hint)
    from posturewatch.ui.feedback_window import FeedbackView  # needs Tk

    window = open_window("feedback_window", FeedbackView("border", 0.5))
    try:
        if window.shown(SHOWN_S):
            shows = posture is not None and posture.feedback != "off"
            thin = shows and not any(said.kind == "blends" for said in window.poll())
            return Finding(
                _("display"),
                "ok",
                _("Windows can be opened. The desktop blends no windows, so that a dimming is a thin border.")
                if thin
                else _("Windows can be opened."),
            )
    finally:
        window.close()
    return Finding(
        _("display"),
        "error",
        _("A window was opened and did not come up on the screen."),
        _("Start posturewatch from the desktop's own menu or terminal, so that DISPLAY names this screen."),
    )


def running_tray(folders: Folders) -> Finding | None:
    """What the running app's icon really is like; None where it is well, or nobody can be asked."""
    from posturewatch.control.client import ask
    from posturewatch.desktop.tray.visibility import TrayState, state_finding

    try:
        answer = ask(folders.state, {"do": "tray"})
        return state_finding(TrayState(answer.get("state", TrayState.NONE.value)))
    except (PosturewatchError, ValueError):
        return None


def running(folders: Folders) -> Finding:
    """Whether posturewatch runs now, and answers."""
    from posturewatch.control.client import ask
    from posturewatch.disk.instance import is_running

    part = _("running")
    if not is_running(folders.state):
        return Finding(part, "note", _("posturewatch is not running."), "posturewatch")
    try:
        ask(folders.state, {"do": "status"})
    except PosturewatchError as err:
        return Finding(part, "error", err.message, _how_to_end(folders) or err.hint)
    return Finding(part, "ok", _("posturewatch runs and answers."))


def _how_to_end(folders: Folders) -> str:
    """The command that ends an app that hears nothing any more; empty where its process is not known."""
    from posturewatch.control.wire import read_address

    try:
        pid = read_address(folders.state).pid
    except (OSError, ValueError):
        return ""
    end = f"taskkill /F /T /PID {pid}" if sys.platform == "win32" else f"kill -KILL {pid}"
    return f"{end} && posturewatch" if pid > 0 else ""
