"""The colours of our windows: one palette, light and dark, that follows the desktop."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Colours:
    """A colour for each role. Texts stand out from ``paper`` by 4.5 to 1 at least (WCAG 2, AA); states differ by
    words and shapes as well, for people who do not tell colours apart."""

    paper: str
    ink: str
    muted: str
    line: str
    field: str
    button: str
    button_over: str
    accent: str  # of what is well, and of what to press
    accent_over: str
    accent_ink: str
    forward: str  # of a head that is forward, and of the limit
    unsure: str  # of what cannot be told
    error: str
    bands: tuple[str, str, str, str]  # of the bands of distance, the nearest first: those of the report


LIGHT: Final = Colours(
    paper="#ffffff",
    ink="#1f262e",
    muted="#59626d",
    line="#c3cad3",
    field="#f6f7f9",
    button="#eceff2",
    button_over="#dfe4e9",
    accent="#00805e",
    accent_over="#006b4f",
    accent_ink="#ffffff",
    forward="#9a4f00",
    unsure="#1c5fb8",
    error="#b3261e",
    bands=("#bcd9ea", "#74aed6", "#2f7bb5", "#123f6b"),
)
DARK: Final = Colours(
    paper="#262b31",
    ink="#eef0f3",
    muted="#a9b1bb",
    line="#4a525c",
    field="#1e2328",
    button="#363d45",
    button_over="#434b55",
    accent="#3fc79a",
    accent_over="#5ad6ad",
    accent_ink="#10231c",
    forward="#ffb454",
    unsure="#8ab4ff",
    error="#ff8f86",
    bands=("#2c4d66", "#3f7fae", "#7ab6e0", "#d8ecfb"),
)


def colours(*, dark: bool | None = None) -> Colours:
    """Those to use; None = as the desktop wants it."""
    return DARK if (prefers_dark() if dark is None else dark) else LIGHT


def prefers_dark() -> bool:
    """Whether the desktop asks programs to be dark; no, where it does not say."""
    with contextlib.suppress(Exception):
        if sys.platform == "win32":
            winreg: Any = importlib.import_module("winreg")
            path = r"Software\Microsoft\Windows\CurrentVersion\Themes\Personalize"
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
                return int(winreg.QueryValueEx(key, "AppsUseLightTheme")[0]) == 0
        if sys.platform == "darwin":
            return "Dark" in _output("/usr/bin/defaults", "read", "-g", "AppleInterfaceStyle")
        program = shutil.which("gsettings")
        if program is not None and "prefer-dark" in _output(
            program, "get", "org.gnome.desktop.interface", "color-scheme"
        ):
            return True
        # Xfce 4.18 has no such setting: there the name of the theme tells, Greybird-dark for one.
        program = shutil.which("xfconf-query")
        if program is not None and "XFCE" in os.environ.get("XDG_CURRENT_DESKTOP", "").upper():
            return "dark" in _output(program, "-c", "xsettings", "-p", "/Net/ThemeName").lower()
    return False


def _output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, timeout=0.5, check=False, text=True).stdout
