"""The icon in an old-style X11 tray: pystray's, made to hear clicks, to come back, and to have clear corners.

As it comes, that icon never hears a button (its window does not ask for them), stays away when the tray starts
after us or is started again, stands on black, and dies of a title that latin-1 cannot write (a true minus). It has no
menu; a click asks the app for its menu window.
"""

from __future__ import annotations

import contextlib
import importlib
import logging
import os
import queue
import select
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from PIL.Image import Image

QUIET_S: Final = 5.0
"""The loop looks round after so long even if nothing has woken it; a net, not a clock, and for a tray that does not say
that it has started."""

_log = logging.getLogger(__name__)


class _ClearCorners:
    """Draws the icon square and cuts its window to the icon's outline; goes before pystray's class."""

    _icon: Any
    _icon_data: Any
    _display: Any
    _window: Any

    def _assert_icon_data(self, width: int, height: int) -> None:
        if self._icon_data is None or self._icon_data.size != (width, height):
            self._icon_data, cover = _flattened(self._icon, width, height)
            _cut_out(self._display, self._window, cover)


class _AnySignInTitle:
    """Writes the title as UTF-8, which holds every sign; pystray's latin-1 raises at the first one that it lacks."""

    title: str
    _display: Any
    _window: Any

    def _update_title(self) -> None:
        atom = self._display.intern_atom
        title = self.title.encode("utf-8", "replace")
        for name in ("_NET_WM_NAME", "WM_NAME"):
            self._window.change_property(atom(name), atom("UTF8_STRING"), 8, title)
        self._display.flush()


class _OneThread:
    """Runs everything that touches X in the thread of the loop; goes before pystray's class.

    pystray sends itself messages through the X server, from whichever thread. An event that arrives while
    another thread waits for a reply then lies in a queue that nobody is told of: updates hang, and so does the
    end. Here other threads only leave work and wake the loop by a pipe.
    """

    _display: Any
    _window: Any
    _message_handlers: dict[int, Callable[[Any], None]]
    _look_for_a_tray: Callable[[], None]

    def _rewrite_implementation(self, *methods: Any) -> None:
        """pystray's way of calling the loop's thread is not used."""
        del methods
        self._left: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._ending = False
        self._wake_end, self._write_end = os.pipe()

    def call_in_loop(self, work: Callable[[], None]) -> None:
        """Have the loop do this soon; from any thread."""
        self._left.put(work)
        with contextlib.suppress(OSError):
            os.write(self._write_end, b".")

    def _mainloop(self) -> None:
        while not self._ending:
            self._do_what_is_left()
            while not self._ending and self._display.pending_events():
                event = self._display.next_event()
                handler = self._message_handlers.get(event.type)
                if handler is not None:
                    _guarded(partial(handler, event))
            if not (self._ending or self._display.pending_events()):
                ready, _, _ = select.select([self._display, self._wake_end], [], [], QUIET_S)
                if self._wake_end in ready:
                    os.read(self._wake_end, 4096)
                if not ready:
                    _guarded(self._look_for_a_tray)
        self._window.destroy()
        self._display.flush()

    def _do_what_is_left(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                _guarded(self._left.get_nowait())

    def _stop(self) -> None:
        self.call_in_loop(self._end)

    def _end(self) -> None:
        self._ending = True

    def __del__(self) -> None:
        for handle in (self._wake_end, self._write_end):
            with contextlib.suppress(OSError):
                os.close(handle)
        with contextlib.suppress(Exception):  # the server may be gone
            self._display.close()


def _guarded(work: Callable[[], None]) -> None:
    """Do this; what fails of it does not end the loop, unless the X server is gone and with it the icon."""
    from Xlib.error import ConnectionClosedError

    try:
        work()
    except (ConnectionClosedError, OSError):
        raise
    except Exception:  # a picture, a title, a menu: the icon outlives them all
        _log.warning("the tray icon could not be changed", exc_info=True)


class _InEveryTray:
    """Takes the icon into a tray that starts after us or anew; goes before pystray's class."""

    _display: Any
    _window: Any
    _systray_manager: Any
    _net_system_tray_sx: int
    _icon_valid: bool
    _dock_window: Callable[[], None]
    _get_systray_manager: Callable[[], Any]

    def _hear_of_trays(self) -> None:
        """A tray that starts says so to the root window (System Tray Protocol, "Locating the system tray")."""
        from Xlib import X

        self._manager_message = self._display.intern_atom("MANAGER")
        self._display.screen().root.change_attributes(event_mask=X.StructureNotifyMask)
        # A tray may end between any two requests to it; Xlib would print each such answer.
        self._display.set_error_handler(lambda err, _request: _log.debug("X: %s", err))

    def _on_client_message(self, event: Any) -> None:
        if event.client_type == self._manager_message and event.data[1][1] == self._net_system_tray_sx:
            self._look_for_a_tray()

    def _look_for_a_tray(self) -> None:
        if self._icon_valid:  # before that there is nothing to show
            self._come_back()

    def _come_back(self) -> None:
        """Into a tray; once, a second request confuses some trays. Its end is heard of from now on; one that has ended
        while it was asked is none."""
        if self._systray_manager is not None:
            return
        self._dock_window()
        held = self._systray_manager
        owner = self._get_systray_manager() if held is not None else None
        if held is not None and (owner is None or owner.id != held.id):
            self._systray_manager = None

    def _on_destroy_notify(self, event: Any) -> None:
        if self._systray_manager is None or event.window.id != self._systray_manager.id:
            return
        self._systray_manager = None
        # The dead tray took our window with it to the root; hidden until another tray takes it.
        self._window.unmap()
        self._come_back()

    @property
    def docked(self) -> bool:
        """Whether a tray holds the icon, as far as we know."""
        return self._systray_manager is not None


def xorg_icon(base: Any) -> Any:
    """A subclass of pystray's X11 icon."""
    x = importlib.import_module("Xlib.X")

    class XorgIcon(_OneThread, _InEveryTray, _ClearCorners, _AnySignInTitle, base):  # type: ignore[misc]
        on_click: Callable[[], None]
        on_hover: Callable[[bool], None]

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            mask = x.ExposureMask | x.StructureNotifyMask | x.ButtonPressMask | x.EnterWindowMask | x.LeaveWindowMask
            self._window.change_attributes(event_mask=mask)
            self._message_handlers[x.EnterNotify] = lambda _event: self.on_hover(True)
            self._message_handlers[x.LeaveNotify] = lambda _event: self.on_hover(False)
            self._message_handlers[x.ClientMessage] = self._on_client_message
            self._hear_of_trays()
            self._display.flush()

        def put(self, image: Any, file: Path | None, title: str) -> None:
            """Show this soon."""
            self.call_in_loop(partial(super().put, image, file, title))

        def _on_button_press(self, event: Any) -> None:
            if event.detail in {1, 3}:
                self.on_click()

        def _show(self) -> None:
            self._come_back()

        def _update_icon(self) -> None:
            self._come_back()
            self._icon_data = None
            self._draw()
            self._icon_valid = True

    return XorgIcon


def _flattened(icon: Image, width: int, height: int) -> tuple[Image, Image]:
    """The icon, square in the middle of the window, without and as its cover (0–255)."""
    from PIL import Image

    side = max(1, min(width, height))
    picture = icon.resize((side, side), Image.Resampling.LANCZOS)
    place = ((width - side) // 2, (height - side) // 2)
    flat, cover = Image.new("RGB", (width, height)), Image.new("L", (width, height))
    flat.paste(picture.convert("RGB"), place)
    cover.paste(picture.getchannel("A"), place)
    return flat, cover


def _cut_out(display: Any, window: Any, cover: Image) -> None:
    """Give the window the icon's outline, so that the panel shows at its corners."""
    try:
        if display.has_extension("SHAPE"):
            _set_outline(window, cover)
    except Exception:  # black corners are no reason to lose the icon
        _log.debug("the icon keeps its corners", exc_info=True)


def _set_outline(window: Any, cover: Image) -> None:
    from Xlib.ext import shape

    width, height = cover.size
    solid = cover.tobytes()
    mask = window.create_pixmap(width, height, 1)
    pen = mask.create_gc(foreground=0, background=0)
    mask.fill_rectangle(pen, 0, 0, width, height)
    pen.change(foreground=1)
    for row in range(height):
        columns = [column for column in range(width) if solid[row * width + column] >= 128]
        if columns:
            mask.fill_rectangle(pen, columns[0], row, columns[-1] - columns[0] + 1, 1)
    window.shape_mask(shape.SO.Set, shape.SK.Bounding, 0, 0, mask)
    pen.free()
    mask.free()
