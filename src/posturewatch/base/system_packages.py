"""What to install besides the Python packages, by the ways of the platform that it runs on.

On Linux the names are those of Debian and Ubuntu.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import posturewatch
from posturewatch.base.i18n import _

_LIBRARIES: Final = "libgl1 libglib2.0-0 libxcb1 libegl1 libgles2"
"""What OpenCV and MediaPipe lean on and their packages do not bring."""

_MARK: Final = Path(posturewatch.__file__).with_name("package.txt")
"""Written by ``tools/package.py`` into a program that brings its own Python."""


def package() -> str:
    """Which package of ours brought this program with its own Python: ``deb``, ``windows`` …; empty where pip did."""
    try:
        return _MARK.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def reinstall(*what: str) -> str:
    """What brings Python packages back that are missing or damaged; ``what`` are pip's words."""
    if package():
        return _("Install the posturewatch package again.")
    return f"{sys.executable} -m pip install --force-reinstall {' '.join(what)}"


def missing_package(err: BaseException) -> str:
    """Which package of others it was that could not be imported; empty where it was none, and for a part of our own.

    Whoever only reviews has installed neither the camera's nor the app's (``requirements-review.txt``).
    """
    name = (err.name or "").partition(".")[0] if isinstance(err, ModuleNotFoundError) else ""
    return "" if name == posturewatch.__name__ else name


def native_libraries(platform: str = sys.platform) -> str:
    """What mends an OpenCV or a MediaPipe that cannot be loaded."""
    if platform == "win32":
        return _("Install the Microsoft Visual C++ Redistributable (x64), and on an N edition the Media Feature Pack.")
    if platform == "darwin":
        return reinstall("mediapipe", "opencv-contrib-python")
    return f"sudo apt install {_LIBRARIES}"


def tkinter(platform: str = sys.platform) -> str:
    """What brings windows to a Python without tkinter."""
    if package():
        return _("Install the posturewatch package again.")
    if platform == "win32":
        return _("Run Python's installer again, choose Modify, and tick tcl/tk.")
    if platform == "darwin":  # without a number it is that of Homebrew's newest Python, which need not be this one
        return f"brew install python-tk@{sys.version_info.major}.{sys.version_info.minor}"
    return "sudo apt install python3-tk"


def newer_python(platform: str = sys.platform) -> str:
    """What brings a Python that is new enough."""
    if platform == "win32":
        return "winget install Python.Python.3.13"
    return "brew install python@3.13" if platform == "darwin" else "sudo apt install python3.11"


def notification_service(platform: str = sys.platform) -> str:
    """What makes notifications appear."""
    if platform == "win32":
        return _("Look at Settings, System, Notifications: they may be switched off.")
    if platform == "darwin":
        return _("Look at System Settings, Notifications: they may be switched off.")
    return _("Install one and log in again, for example: sudo apt install dunst")
