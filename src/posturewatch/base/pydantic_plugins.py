"""Keeps pydantic from looking for plugins.

As it makes its first model it reads the metadata of every package that is installed, to run the plugins that these may
bring; we use none, and nobody else's code has any business in our settings. Its own switch, the environment's
``PYDANTIC_DISABLE_PLUGINS``, says what it runs, not what it loads: the libraries for reading metadata (mail, CSV, zip)
stand at the head of its module, so that with the switch alone every process with settings writes 1.9 MB more (pydantic
2.14.3: 17.4 MB against 15.5 written once the settings are made, 17.5 with neither).
"""

from __future__ import annotations

import sys
import types
from typing import Any, Final

_LOADER: Final = "pydantic.plugin._loader"


class _NoPlugins(types.ModuleType):
    """Stands for pydantic's own module, which no documentation promises: asked for anything but its one function, it
    gives way to that module, so that a later pydantic is slower and never broken."""

    @staticmethod
    def get_plugins() -> tuple[Any, ...]:
        """There are none."""
        return ()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        from importlib import import_module

        if sys.modules.get(_LOADER) is self:
            del sys.modules[_LOADER]
        return getattr(import_module(_LOADER), name)


def leave_out() -> None:
    """Call before the first model. A pydantic that looks for them elsewhere does as it always did."""
    sys.modules.setdefault(_LOADER, _NoPlugins(_LOADER))
