"""pystray's icon for each platform, with its traps taken out (seen in pystray 0.19.5, see docs/platforms.md).

Every class here gives the tray the same: ``on_ready``, ``on_click`` (where there is no menu), ``on_hover`` (where the
tray shows no words by itself: true as the pointer comes upon the icon, false as it leaves), ``refresh`` for a changed
menu, and calls that are safe from one worker thread. pystray is imported here and nowhere else, and only when a tray is
wanted: without an X server its import raises.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final, Protocol

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.system_packages import package
from posturewatch.desktop.dbus import ask, get_property
from posturewatch.desktop.tray import gtk

_SNI: Final = "org.kde.StatusNotifierWatcher"


class TrayIcon(Protocol):
    """What the tray needs of an icon, whichever backend."""

    def run(self) -> None: ...
    def stop(self) -> None: ...
    def call_in_loop(self, work: Callable[[], None]) -> None: ...
    def put(self, image: Any, file: Path | None, title: str) -> None: ...
    def refresh(self, menu: Any, *, rebuilt: bool) -> None: ...


def status_notifier_host() -> bool:
    """Whether a StatusNotifier host (KDE, Xfce, waybar, GNOME with its extension …) is on the session bus."""
    try:
        return bool(ask(get_property(_SNI, "/StatusNotifierWatcher", _SNI, "IsStatusNotifierHostRegistered")))
    except DesktopError:
        return False


def xembed_host() -> bool:
    """Whether an old-style X11 tray owns the tray selection."""
    if not os.environ.get("DISPLAY"):
        return False
    try:
        from Xlib import X
        from Xlib.display import Display

        display = Display()
        try:
            atom = display.intern_atom(f"_NET_SYSTEM_TRAY_S{display.get_default_screen()}")
            return bool(display.get_selection_owner(atom) != X.NONE)
        finally:
            display.close()
    except Exception:  # Xlib has its own errors for each way of having no display
        return False


def appindicator_installed() -> bool:
    """Whether this Python can use (Ayatana) AppIndicator, which brings a real menu on Linux."""
    try:
        gi = importlib.import_module("gi")
    except ImportError:
        return False
    for name in ("AyatanaAppIndicator3", "AppIndicator3"):
        with contextlib.suppress(ValueError):
            gi.require_version(name, "0.1")
            return True
    return False


def choose_backend(wanted: str = "auto") -> str:
    """The name of pystray's backend to use. Raises DesktopError where there can be no icon."""
    if wanted != "auto":
        return wanted
    if sys.platform == "win32":
        return "win32"
    if sys.platform == "darwin":
        return "darwin"
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise DesktopError(_("There is no screen, so there is no tray icon."), _without_a_tray())
    # AppIndicator falls back to the old X11 tray by itself and takes a new host when one comes.
    if appindicator_installed():
        return "appindicator"
    if not os.environ.get("DISPLAY"):
        raise DesktopError(_("This desktop's tray needs the AppIndicator library."), how_to_get_a_tray())
    return "xorg"


def _without_a_tray() -> str:
    return _("Everything is also on the command line: posturewatch --help")


def how_to_get_a_tray() -> str:
    """What to do about a missing tray icon on this platform."""
    if sys.platform in {"win32", "darwin"}:
        return _without_a_tray()
    if package():
        return _(
            "For an icon with a menu: sudo apt install gir1.2-ayatanaappindicator3-0.1; on GNOME also the AppIndicator "
            "extension (sudo apt install gnome-shell-extension-appindicator). Everything is also on the command "
            "line: posturewatch --help"
        )
    return _(
        "For an icon with a menu: sudo apt install python3-gi gir1.2-ayatanaappindicator3-0.1 and install "
        "posturewatch with access to the system's packages (pipx install --system-site-packages); on GNOME also "
        "the AppIndicator extension (sudo apt install gnome-shell-extension-appindicator). Everything is also on "
        "the command line: posturewatch --help"
    )


def make_icon(
    backend: str,
    image: Any,
    *,
    on_ready: Callable[[], None],
    on_click: Callable[[], None],
    on_hover: Callable[[bool], None],
) -> TrayIcon:
    """An icon of this backend, not yet shown. Raises DesktopError when the backend cannot be used here."""
    os.environ["PYSTRAY_BACKEND"] = backend  # read by pystray while it is imported, and nowhere else
    try:
        if backend in {"appindicator", "gtk"}:
            gtk.hear_glib()
            gtk.prefer_x()
        importlib.import_module("pystray")
        base = importlib.import_module(
            f"pystray._{backend}"
        ).Icon  # a second kind, too, after the first one's screen went
        makers = {
            "appindicator": gtk.gtk_icon,
            "gtk": gtk.gtk_icon,
            "xorg": _xorg_icon,
            "win32": _win32_icon,
            "darwin": _darwin_icon,
        }
        kind = makers[backend](_common_icon(base))
        icon: TrayIcon = kind("posturewatch", image, "posturewatch")
        icon.on_ready = on_ready  # type: ignore[attr-defined]
        icon.on_click = on_click  # type: ignore[attr-defined]
        icon.on_hover = on_hover  # type: ignore[attr-defined]
    except Exception as err:  # no X server, no typelib, no GTK: each backend has its own way to say so
        raise DesktopError(
            _("The tray icon cannot be shown ({backend}).").format(backend=backend), how_to_get_a_tray()
        ) from err
    return icon


def _common_icon(base: Any) -> Any:
    class CommonIcon(base):  # type: ignore[misc]
        on_ready: Callable[[], None]
        on_click: Callable[[], None]
        icon_file: Path | None = None

        def _start_setup(self, setup: Any) -> None:
            # pystray waits here in a thread that never ends when the backend fails to start.
            del setup
            self._setup_thread = threading.Thread(target=_nothing)
            self._setup_thread.start()

        def _mark_ready(self) -> None:
            super()._mark_ready()
            self.on_ready()

        def put(self, image: Any, file: Path | None, title: str) -> None:
            """Show this picture and title (``None`` and empty = as before); from the worker thread only."""
            if image is not None:
                self.icon_file = file
                self.icon = image
            self.visible = True  # first: a title that is set before is not handed on
            if title:
                self.title = title

        def call_in_loop(self, work: Callable[[], None]) -> None:
            """Have the icon's own loop do this soon; where it cannot be reached from outside, do it here."""
            work()

        def refresh(self, menu: Any, *, rebuilt: bool) -> None:
            """Take this menu; ``rebuilt`` says that more than texts has changed."""
            self._menu = menu
            if rebuilt:
                self.update_menu()

    return CommonIcon


def _nothing() -> None:
    """The body of a thread that pystray wants to join."""


def _win32_icon(base: Any) -> Any:
    left_up, right_up = 0x0202, 0x0205  # WM_LBUTTONUP, WM_RBUTTONUP
    query_end_session = 0x0011  # WM_QUERYENDSESSION

    class Win32Icon(base):  # type: ignore[misc]
        def __init__(self, *words: Any, **named: Any) -> None:
            super().__init__(*words, **named)
            # pystray answers zero to all that it does not know, which would forbid the user to log off.
            self._message_handlers[query_end_session] = lambda _wparam, _lparam: 1

        def _on_notify(self, wparam: Any, lparam: Any) -> None:
            # Built when it is opened: an open menu is never destroyed under the pointer.
            if lparam in {left_up, right_up}:
                self._update_menu()
                lparam = right_up
            super()._on_notify(wparam, lparam)

        def refresh(self, menu: Any, *, rebuilt: bool) -> None:
            """Kept until the menu is opened."""
            del rebuilt
            self._menu = menu

    return Win32Icon


def _darwin_icon(base: Any) -> Any:
    call_after = importlib.import_module("PyObjCTools.AppHelper").callAfter
    hear_in_loop = importlib.import_module("PyObjCTools.MachSignals").signal

    class DarwinIcon(base):  # type: ignore[misc]
        def _run(self) -> None:
            # pystray's own ends the process at Ctrl+C where it stands, and no other signal wakes Python in this loop.
            self._mark_ready()
            handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
            ours = {number: handler for number, handler in handlers.items() if callable(handler)}
            for number, handler in ours.items():
                hear_in_loop(number, partial(_without_frame, handler))
            try:
                self._app.run()
            finally:
                for number, handler in ours.items():
                    signal.signal(number, handler)
                self._status_bar.removeStatusItem_(self._status_item)

        def put(self, image: Any, file: Path | None, title: str) -> None:
            """On the main thread: macOS ends a program that touches its icon elsewhere."""
            call_after(super().put, image, file, title)

        def call_in_loop(self, work: Callable[[], None]) -> None:
            """On the main thread, which is the loop's."""
            call_after(work)

        def refresh(self, menu: Any, *, rebuilt: bool) -> None:
            """On the main thread; texts change in place."""
            call_after(self._refresh_here, menu, rebuilt)

        def _refresh_here(self, menu: Any, rebuilt: bool) -> None:
            self._menu = menu
            handle = getattr(self, "_menu_handle", None)
            if rebuilt or not handle:
                self.update_menu()
                return
            for line, item in zip(handle[0].itemArray(), menu, strict=False):
                if getattr(item, "text", ""):
                    line.setTitle_(item.text)

        def stop(self) -> None:
            """End the run loop, on the main thread."""
            call_after(super().stop)

    return DarwinIcon


def _without_frame(handler: Callable[[int, None], None], number: int) -> None:
    """A handler of Python's signals, called by a run loop, which knows of no frame."""
    handler(number, None)


def _xorg_icon(base: Any) -> Any:
    from posturewatch.desktop.tray.xorg import xorg_icon

    return xorg_icon(base)
