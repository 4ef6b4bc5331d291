"""The icon by AppIndicator, or by GTK alone: pystray's, made to last, to say its words in every tray, and to outlive X.

As it comes, that icon writes a new file each time it changes, shows its title in some trays only, ends the program with
its X server, and closes the menu that the user reads when a line of it changes.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import logging
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Final

_log = logging.getLogger(__name__)

TOOLTIP_S: Final = 2
"""After so long AppIndicator has found that there is no StatusNotifier host, and has put its icon into an old tray."""

_OUR_ITEM: Final = "/org/ayatana/NotificationItem/posturewatch"
"""Where AppIndicator shows our icon on the session bus."""


@cache
def hear_glib() -> None:
    """What GTK and its kin complain of goes into our log, not to the user's terminal; GLib takes one writer only."""
    glib = importlib.import_module("gi.repository.GLib")

    def write(level: Any, fields: Any, *_more: Any) -> Any:
        _log.debug("%s", glib.log_writer_format_fields(level, fields, False).strip())
        return glib.LogWriterOutput.HANDLED

    glib.log_set_writer_func(write)
    glib.set_application_name("posturewatch")  # else a tray calls the icon by the name of a file, until it has a title


@cache
def prefer_x() -> None:
    """Have GTK open the X server, also beside Wayland: an X server's end can be outlived (:func:`outlive_x`), by a
    compositor's GDK ends the process. The icon looks the same: the tray draws it."""
    if "GDK_BACKEND" in os.environ:  # somebody knows better
        return
    os.environ["GDK_BACKEND"] = "x11,*"
    try:
        gi = importlib.import_module("gi")
        gi.require_version("Gtk", "3.0")
        importlib.import_module("gi.repository.Gtk")  # opens the screen
    finally:
        del os.environ["GDK_BACKEND"]  # not for the programs that we start


class _NoNotifications:
    """In the place of pystray's own notifications, which nobody uses: ours go another way."""

    def hide(self) -> None:
        """There is none."""


class _LastingFile:
    """Shows the icon from our own file; goes before pystray's class, which writes a new one to /tmp each time."""

    icon_file: Path | None
    _icon_path: str
    _icon_valid: bool

    def _update_fs_icon(self) -> None:
        if self.icon_file is None:
            super()._update_fs_icon()  # type: ignore[misc]
            return
        self._icon_path = str(self.icon_file)
        self._icon_valid = True

    def _remove_fs_icon(self) -> None:
        if self.icon_file is None:
            super()._remove_fs_icon()  # type: ignore[misc]
        self._icon_valid = False


class _WordsInEveryTray:
    """AppIndicator's title alone is seen in some trays only; goes before pystray's class.

    In an old X11 tray AppIndicator shows an icon of GTK's, which has no tooltip. LXQt asks for the title anew only when
    it is told of a new tooltip.
    """

    title: str

    def _show(self) -> None:
        super()._show()  # type: ignore[misc]
        importlib.import_module("gi.repository.GLib").timeout_add_seconds(TOOLTIP_S, self._tell)

    def _update_title(self) -> None:
        super()._update_title()  # type: ignore[misc]
        importlib.import_module("gi.repository.GLib").idle_add(self._tell)

    def _tell(self) -> bool:
        """Once: GLib asks again for as long as it is true."""
        for window in importlib.import_module("gi.repository.Gtk").Window.list_toplevels():
            if window.__gtype__.name == "GtkTrayIcon":
                window.set_tooltip_text(self.title)
        gio = importlib.import_module("gi.repository.Gio")
        with contextlib.suppress(importlib.import_module("gi.repository.GLib").Error):  # there is no bus
            bus = gio.bus_get_sync(gio.BusType.SESSION)  # the connection that AppIndicator has
            bus.emit_signal(None, _OUR_ITEM, "org.kde.StatusNotifierItem", "NewToolTip", None)
        return False


def gtk_icon(base: Any) -> Any:
    """pystray's icon for AppIndicator and GTK, with its traps taken out."""
    glib = importlib.import_module("gi.repository.GLib")

    class GtkIcon(_LastingFile, _WordsInEveryTray, base):  # type: ignore[misc]
        screen_lost = False

        def _initialize(self) -> None:
            # pystray's takes Ctrl+C for itself, then raises where there is no bus for its notifications.
            self._notifier = _NoNotifications()
            outlive_x(self._lose_screen)
            self._mark_ready()

        def _lose_screen(self) -> None:
            self.screen_lost = True
            self._loop.quit()

        def _finalize(self) -> None:
            if not self.screen_lost:  # what is left of it would be taken away at a server that is gone
                super()._finalize()

        def call_in_loop(self, work: Callable[[], None]) -> None:
            """As a callback that GLib drops when it returns false; before what is drawn, of which there may be much."""
            glib.idle_add(work, priority=glib.PRIORITY_DEFAULT)

        def refresh(self, menu: Any, *, rebuilt: bool) -> None:
            """New texts go into the lines that are there: a new menu would close the one the user reads."""
            super().refresh(menu, rebuilt=rebuilt)
            if not rebuilt:
                glib.idle_add(self._relabel)

        def _relabel(self) -> bool:
            handle = getattr(self, "_menu_handle", None)
            if handle is not None:
                _relabel_gtk(handle, self._menu)
            return False

    return GtkIcon


def _relabel_gtk(handle: Any, menu: Any) -> None:
    for line, item in zip(handle.get_children(), menu, strict=False):
        if type(line).__name__ == "SeparatorMenuItem":
            continue
        if line.get_label() != item.text:
            line.set_label(item.text)
        if item.submenu and line.get_submenu() is not None:
            _relabel_gtk(line.get_submenu(), item.submenu)


_ON_ERROR: Final = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
_ON_EXIT: Final = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)

_kept: list[Any] = []
"""What C calls; Python must not let go of it."""


def outlive_x(lost: Callable[[], None]) -> None:
    """Have ``lost`` called, in GTK's thread, when the X server of GTK has gone, in place of the process' end.

    GDK ends the process (``_exit``) when its connection breaks, with a handler of Xlib's of which there is one for the
    process; Xlib would then end it as well, by a handler of each connection (``XSetIOErrorExitHandler``, since libX11
    1.7). Both are replaced. What is left of GTK cannot be used afterwards, nor can it open another screen.

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
