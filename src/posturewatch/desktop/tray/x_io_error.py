"""A GTK program that outlives its X server.

GDK ends the process (``_exit``) when its connection breaks, with a handler of Xlib's of which there is one for the
process; Xlib would then end it as well, by a handler that each connection has of its own (``XSetIOErrorExitHandler``,
since libX11 1.7). Both are replaced. What is left of GTK cannot be used afterwards, nor can it open another screen.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
from collections.abc import Callable
from typing import Any, Final

_ON_ERROR: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_ON_EXIT: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

_kept: list[Any] = []
"""What C calls; Python must not let go of it."""


def outlive_x(lost: Callable[[], None]) -> None:
    """Have ``lost`` called, in GTK's thread, when the X server of GTK has gone, in place of the process' end.

    To be called once GTK is up, and again for another ``lost``. Does nothing where GTK is not on X11, or where libX11
    is too old to be asked: there the process ends with its X server.
    """
    gdk = importlib.import_module("gi.repository.Gdk")
    display = gdk.Display.get_default()
    if display is None or display.__gtype__.name != "GdkX11Display":
        return
    with contextlib.suppress(OSError, AttributeError):
        x11, gdk_x11 = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libgdk-3.so.0")
        set_exit, connection = x11.XSetIOErrorExitHandler, gdk_x11.gdk_x11_get_default_xdisplay
        connection.restype = ctypes.c_void_p
        on_error = _ON_ERROR(lambda _display: 0)
        on_exit = _ON_EXIT(lambda _display, _data: lost())
        _kept[:] = [on_error, on_exit]
        x11.XSetIOErrorHandler.argtypes = (_ON_ERROR,)
        set_exit.argtypes = (ctypes.c_void_p, _ON_EXIT, ctypes.c_void_p)
        x11.XSetIOErrorHandler(on_error)
        set_exit(connection(), on_exit, None)
