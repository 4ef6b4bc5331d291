"""Keeps pydantic from looking for plugins.

As it makes its first model it reads the metadata of every package that is installed, to run the plugins that these may
bring; we use none. The libraries for that (mail, CSV, zip) are 2.5 MB that would stay, and nobody else's code has any
business in our settings. Its own switch, ``PYDANTIC_DISABLE_PLUGINS``, comes after they are loaded.
"""

from __future__ import annotations

import sys
import types
from typing import Any, Final

_LOADER: Final = "pydantic.plugin._loader"


def leave_out() -> None:
    """Call before the first model. A pydantic that looks for them elsewhere does as it always did."""
    none: Any = types.ModuleType(_LOADER)
    none.get_plugins = tuple
    sys.modules.setdefault(_LOADER, none)
