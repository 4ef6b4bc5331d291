"""The icon, its menu and its tooltip, on each platform's tray.

Decides not what stands in the menu; a snapshot and lines come in, commands go out.
"""

__all__ = ["display", "visibility"]
