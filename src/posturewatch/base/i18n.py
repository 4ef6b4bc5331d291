"""Words for the user, in the user's language.

Every text that a person reads passes through :func:`_` (or :func:`ngettext` where a number decides).
Texts are looked up when they are used, never at import, so that a change of language needs no restart.
"""

from __future__ import annotations

import gettext
import locale
import os
import sys
from typing import Any, Final

DOMAIN: Final = "posturewatch"
LANGUAGES: Final = ("en", "de", "es", "ja")
SOURCE_LANGUAGE: Final = "en"
"""That of the texts in the source. It has no catalogue: a text without a translation is its own."""
COMMA_LANGUAGES: Final = ("de", "es")
"""Those that write a comma where English writes the decimal point."""

_current: gettext.NullTranslations = gettext.NullTranslations()
_language: str = "en"
_lent: str = ""
"""What the environment asked for before ``lend_to_libraries`` wrote to it; empty while it has not."""


def preferred_language() -> str:
    """Two-letter code of the first language that the environment asks for and we have; ``en`` if none."""
    if _lent:
        return _lent
    asked = os.environ.get("LANGUAGE", "").split(":")
    asked += [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    for tag in asked + _platform_tags():
        if tag[:2].lower() in LANGUAGES:
            return tag[:2].lower()
    return "en"


def country() -> str:
    """Two capital letters of the country whose measures this user is used to; empty where nothing names one."""
    asked = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MEASUREMENT", "LANG")]
    return next(filter(None, map(country_of, asked + _platform_countries())), "")


def country_of(tag: str) -> str:
    """``US`` of ``en_US.UTF-8``, ``CH`` of ``de-CH``, ``TW`` of ``zh_Hant_TW``; empty for ``C`` or ``de``."""
    parts = tag.partition(".")[0].partition("@")[0].replace("-", "_").split("_")
    return next((part.upper() for part in parts[1:] if len(part) == 2 and part.isalpha()), "")


def set_language(language: str = "auto") -> str:
    """Use this language from now on and return its code. ``auto`` follows the environment."""
    global _current, _language  # noqa: PLW0603  (one language per process is what gettext is)
    _language = preferred_language() if language == "auto" else language
    _current = gettext.translation(DOMAIN, _folder(), languages=[_language], fallback=True)
    return _language


def decimals(number: str) -> str:
    """A formatted number with the decimal sign of the language in use and a true minus, of which a zero has none."""
    if number.startswith("-"):
        number = number.replace("-", "−" if number.strip("-0.") else "", 1)
    return number.replace(".", ",") if _language in COMMA_LANGUAGES else number


def lend_to_libraries() -> None:
    """Let a library that asks the standard gettext (click: "Usage:", "Options") find our catalogue, in our language.

    Writes LANGUAGE, the one way in; for the command line's process, once, after :func:`set_language`. A later
    ``auto`` still means what the environment said before.
    """
    global _lent  # noqa: PLW0603  (as above)
    _lent = preferred_language()
    gettext.bindtextdomain(DOMAIN, _folder())
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = _language


def current_language() -> str:
    """Two-letter code of the language in use."""
    return _language


def _(message: str) -> str:
    """The message in the user's language; itself where there is no translation."""
    return _current.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """The singular or plural form for ``n``, in the user's language."""
    return _current.ngettext(singular, plural, n)


def _folder() -> str:
    return os.path.join(os.path.dirname(os.path.dirname(__file__)), "locale")  # noqa: PTH118,PTH120  (pathlib costs start-up time)


def _platform_tags() -> list[str]:
    """What the user has set where the environment is silent, as it is on Windows and for programs of the macOS dock."""
    if sys.platform == "win32":
        import ctypes

        return [windows_tag(ctypes.windll.kernel32.GetUserDefaultUILanguage())]
    if sys.platform == "darwin":
        return mac_tags(os.path.expanduser("~/Library/Preferences/.GlobalPreferences.plist"))  # noqa: PTH111
    return [locale.getlocale()[0] or ""]


def _platform_countries() -> list[str]:
    """The locale of formats that the user has set on Windows or macOS, as a tag."""
    if sys.platform == "win32":
        import ctypes

        name = ctypes.create_unicode_buffer(85)  # LOCALE_NAME_MAX_LENGTH
        ctypes.windll.kernel32.GetUserDefaultLocaleName(name, len(name))
        return [name.value]
    if sys.platform == "darwin":
        found = _mac_settings(os.path.expanduser("~/Library/Preferences/.GlobalPreferences.plist"))  # noqa: PTH111
        return [str(found.get("AppleLocale", ""))]
    return []


def windows_tag(language_id: int) -> str:
    """``de_DE`` for 0x407; for a dialect that Python does not list, that of the main language."""
    known = locale.windows_locale
    return known.get(language_id) or known.get(0x400 | language_id & 0x3FF, "")


def mac_tags(path: str) -> list[str]:
    """The languages of macOS's settings, the favourite first; none where the file cannot be read."""
    tags = _mac_settings(path).get("AppleLanguages", [])
    return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []


def _mac_settings(path: str) -> dict[str, Any]:
    """What a file of macOS's settings holds; nothing where it cannot be read."""
    import plistlib
    from xml.parsers.expat import ExpatError

    try:
        with open(path, "rb") as file:  # noqa: PTH123  (as below)
            found = plistlib.load(file)
    except (OSError, ValueError, AttributeError, ExpatError):
        return {}
    return found if isinstance(found, dict) else {}
