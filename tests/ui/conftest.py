"""Windows on the same screens as the rest of the desktop."""

from desktop.conftest import bus, screen, x_server

__all__ = ["bus", "screen", "x_server"]
