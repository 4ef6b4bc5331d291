"""The Display port: a tray icon that owns the main thread, or nothing at all where there is no tray.

``show`` may be called from the loop as often as it likes; one worker thread hands changes on, at least a second
apart, because the X11 backend locks up on a stream of updates. A tray that cannot be had, or is lost later, is
said once and never ends the app: ``run`` stays until ``close``.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import DesktopError
from posturewatch.base.i18n import _
from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.pictures import IconName, icon, icon_file
from posturewatch.base.records import Snapshot, State
from posturewatch.desktop.notify.text import plain
from posturewatch.desktop.tray.backends import (
    TrayIcon,
    choose_backend,
    how_to_get_a_tray,
    make_icon,
)
from posturewatch.desktop.tray.visibility import NoTrayNotice, TrayState, tray_on_this_desktop

SPACING_S: Final = 1.0
"""Between two updates. At 100 a second pystray's X11 backend hung in 5 of 8 runs, at 10 a second in none."""

TITLE_UNITS: Final = 127
"""UTF-16 units of a tooltip; Windows raises beyond."""

ICON_PX: Final = 64

RESTART_S: Final = (1.0, 5.0, 20.0, 60.0)
"""Waits before a lost icon is made anew; the last one is kept to."""

SETTLE_S: Final = 30.0
"""For so long after the start a desktop's tray may still come up; then it is said that there is none."""

HOVER_S: Final = 0.4
"""The pointer rests on the icon for so long before its words are shown; crossing it shows nothing."""

ANSWER_S: Final = 1.0
"""Within it the icon's own loop answers, or it hangs. It takes some milliseconds, on a computer that is busy with much
else half a second; whoever asks waits two."""

_log = logging.getLogger(__name__)

MenuOpener = Callable[[tuple[MenuItem, ...], Callable[[MenuItem], None]], None]


@dataclass(frozen=True, slots=True)
class TrayActions:
    """What the app does for a menu line that is no command to the loop. Each is called in a thread of its own.

    ``open_tip`` shows the icon's words by the pointer where the tray does not, empty takes them away; None where there
    are no windows. ``open_menu`` shows the lines in a window and calls back with the chosen one; None where there are
    no windows (a click on an icon without a menu then pauses and resumes).
    """

    open_today: Callable[[], None]
    open_report: Callable[[], None]
    open_week: Callable[[], None]
    open_config: Callable[[], None]
    open_logs: Callable[[], None]
    open_help: Callable[[], None]
    open_plan: Callable[[], None]
    open_diary: Callable[[], None]
    open_check: Callable[[], None]
    open_setup: Callable[[], None]
    open_settings: Callable[[], None]
    open_menu: MenuOpener | None = None
    open_tip: Callable[[str], None] | None = None


class NullDisplay:
    """Implements ``interface.Display`` without a screen. ``trouble`` says why there is no icon, ``hint`` what helps."""

    def __init__(self, trouble: str = "", hint: str = "") -> None:
        self.trouble = trouble
        self.hint = hint
        self._closed = threading.Event()

    def run(self) -> None:
        """Wait in the calling (main) thread until ``close``; signals are served meanwhile."""
        # Windows serves Ctrl+C only between waits; elsewhere a signal ends a wait, and waking up for nothing costs.
        within_s = 0.5 if sys.platform == "win32" else None
        while not self._closed.wait(within_s):
            pass

    def tray_state(self) -> TrayState:
        """There is no icon."""
        return TrayState.NONE

    def show(self, snapshot: Snapshot) -> None:
        """There is nothing to show it on."""

    def close(self) -> None:
        """End ``run``."""
        self._closed.set()


class TrayDisplay:
    """Implements ``interface.Display`` by a tray icon.

    ``menu`` and ``tooltip`` make the menu's lines and the title from a snapshot. Raises DesktopError when the icon
    cannot be made.
    """

    def __init__(
        self,
        inbox: Inbox,
        actions: TrayActions,
        *,
        menu: Callable[[Snapshot], tuple[MenuItem, ...]],
        tooltip: Callable[[Snapshot], str],
        backend: str = "auto",
        no_tray: NoTrayNotice,
    ) -> None:
        self._inbox = inbox
        self._no_tray = no_tray
        self._told = False
        self._actions = actions
        self._menu_for = menu
        self._tooltip = tooltip
        self._closed = threading.Event()
        self._lost = threading.Event()
        self._news = threading.Event()
        self._latest: Snapshot | None = None
        self._items: tuple[MenuItem, ...] = ()
        self._worker: threading.Thread | None = None
        self._hover: threading.Timer | None = None
        self.trouble = ""
        self.hint = ""
        self.backend = choose_backend(backend)
        self._icon = self._make_icon()

    def _make_icon(self) -> TrayIcon:
        picture = icon(IconName.UNCALIBRATED, ICON_PX)
        return make_icon(self.backend, picture, on_ready=self._ready, on_click=self._clicked, on_hover=self._hovered)

    # ---- main thread

    def run(self) -> None:
        """Own the main thread until ``close``. An icon that ends is said and made anew; the watching goes on."""
        threading.Thread(target=self._look_for_a_tray, name="tray-look", daemon=True).start()
        waits = iter(RESTART_S)
        wait_s = RESTART_S[-1]
        while not self._closed.is_set():
            if not self._lost.is_set():
                try:
                    self._icon.run()
                except Exception:  # GLib.Error, X errors: the tray is a convenience, the monitoring is not
                    _log.warning("the tray icon is lost", exc_info=True)
                if self._closed.is_set():
                    return
                self._put_away()
            wait_s = next(waits, wait_s)
            if not self._closed.wait(wait_s):
                self._try_again()

    def _put_away(self) -> None:
        """The icon has ended by itself: say so, and end the thread that wrote to it."""
        self._lost.set()
        self._news.set()
        if self._worker is not None:
            self._worker.join()
            self._worker = None
        if getattr(self._icon, "screen_lost", False):
            self.backend = "xorg"  # GTK opens no second screen; this one comes back when the X server does
        self.trouble, self.hint = _("The tray icon is gone; I keep watching."), how_to_get_a_tray()
        _log.warning("the tray icon (%s) has ended; it is made anew", self.backend)

    def _try_again(self) -> None:
        """Make the icon anew. Where that fails it is told, once: until then nobody need know."""
        try:
            self._icon = self._make_icon()
        except DesktopError as err:
            _log.debug("no new tray icon", exc_info=err)
            if not self._told:
                self._told = True
                self._inbox.put(Command(CommandKind.TRAY_UNSEEN, text=self.trouble))
            return
        self._items = ()
        self.trouble = self.hint = ""
        self._lost.clear()

    def _look_for_a_tray(self) -> None:
        """Once, when the desktop has come up: is there a tray at all? X11 trays and StatusNotifier hosts count."""
        if sys.platform != "linux" or self._closed.wait(SETTLE_S) or self._lost.is_set():
            return
        if tray_on_this_desktop():
            self._no_tray.forget()
        else:
            self._no_tray.tell()

    def tray_state(self) -> TrayState:
        """What has become of the icon; asks its own loop, and takes ``ANSWER_S`` seconds at most."""
        if self._lost.is_set():
            return TrayState.LOST
        answered = threading.Event()
        with contextlib.suppress(Exception):
            self._icon.call_in_loop(answered.set)
        if not answered.wait(ANSWER_S):
            return TrayState.HUNG
        if sys.platform == "linux" and not tray_on_this_desktop():
            return TrayState.UNSEEN
        return TrayState.SHOWN if getattr(self._icon, "docked", True) else TrayState.UNSEEN

    def _ready(self) -> None:
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="tray", daemon=True)
            self._worker.start()

    def _clicked(self) -> None:
        """A click on an icon that has no menu."""
        self._hovered(False)  # the menu stands where the words would
        if self._actions.open_menu is not None and self._items:
            _in_background(partial(self._actions.open_menu, self._items, self.perform))
            return
        paused = self._latest is not None and self._latest.paused
        self._inbox.put(Command(CommandKind.RESUME if paused else CommandKind.PAUSE))

    def _hovered(self, on_icon: bool) -> None:
        """The pointer has come upon the icon, or left it."""
        tip = self._actions.open_tip
        if tip is None:
            return
        if self._hover is not None:
            self._hover.cancel()
        if on_icon:
            self._hover = threading.Timer(HOVER_S, lambda: tip(self._title()))
            self._hover.daemon = True
            self._hover.start()
        else:
            tip("")

    def _title(self) -> str:
        return plain(self._tooltip(self._latest), TITLE_UNITS) if self._latest is not None else "posturewatch"

    # ---- the loop's thread

    def show(self, snapshot: Snapshot) -> None:
        """Show this soon; only what has changed is handed on."""
        self._latest = snapshot
        self._news.set()

    def close(self) -> None:
        """Take the icon away and end ``run``. Waits three seconds at most, whatever the tray does."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._news.set()
        if self._worker is not None and self._worker is not threading.current_thread():
            self._worker.join(timeout=1.5)
        # A display that is gone would keep the stop waiting for ever.
        stopper = threading.Thread(target=self._stop, name="tray-stop", daemon=True)
        stopper.start()
        stopper.join(timeout=1.5)

    def _stop(self) -> None:
        with contextlib.suppress(Exception):
            self._icon.stop()

    def perform(self, item: MenuItem) -> None:
        """Do what this menu line says."""
        if item.command is not None:
            self._inbox.put(item.command)
        elif item.call:
            _in_background(getattr(self._actions, item.call))

    # ---- the one thread that touches the icon

    def _work(self) -> None:
        name: IconName | None = None
        title = ""
        while not (self._closed.is_set() or self._lost.is_set()):
            snapshot = self._latest
            if snapshot is not None:
                try:
                    name, title = self._bring_up_to_date(snapshot, name, title)
                except Exception:  # words or lines that could not be made: the next ones may
                    _log.warning("the tray icon could not be changed", exc_info=True)
            if self._closed.wait(SPACING_S):
                return
            self._news.wait()
            self._news.clear()

    def _bring_up_to_date(self, snapshot: Snapshot, name: IconName | None, title: str) -> tuple[IconName, str]:
        """Hand on what differs from this picture and title; what is shown now."""
        wanted, words = icon_for(snapshot), plain(self._tooltip(snapshot), TITLE_UNITS)
        self._refresh(snapshot)  # first: an icon that is seen can be clicked
        if wanted is not name or words != title:
            self._put(wanted if wanted is not name else None, words if words != title else "")
        return wanted, words

    def _put(self, name: IconName | None, title: str) -> None:
        try:
            image = icon(name, ICON_PX) if name is not None else None
            self._icon.put(image, icon_file(name) if name is not None else None, title)
        except Exception:  # a tray that is just being restarted; the next change comes through
            _log.debug("the icon was not updated", exc_info=True)

    def _refresh(self, snapshot: Snapshot) -> None:
        items = self._menu_for(snapshot)
        if items == self._items:
            return
        rebuilt = outline(items) != outline(self._items)
        self._items = items
        try:
            self._icon.refresh(self._native(items), rebuilt=rebuilt)
        except Exception:
            _log.debug("the menu was not updated", exc_info=True)

    def _native(self, items: tuple[MenuItem, ...]) -> Any:
        import pystray

        return pystray.Menu(*(self._native_item(item) for item in items))

    def _native_item(self, item: MenuItem) -> Any:
        import pystray

        if not item.text:
            return pystray.Menu.SEPARATOR
        action: Any = self._native(item.children) if item.children else partial(self._chosen, item)
        checked = item.checked
        return pystray.MenuItem(
            item.text,
            action,
            checked=None if checked is None else lambda _native: bool(checked),
            radio=checked is not None,
            enabled=item.enabled,
        )

    def _chosen(self, item: MenuItem, *_native: Any) -> None:
        self.perform(item)


def icon_for(snapshot: Snapshot) -> IconName:
    """The picture for this moment. A pause outranks trouble, trouble outranks the state."""
    if snapshot.paused:
        return IconName.PAUSED
    if snapshot.trouble:
        return IconName.TROUBLE
    if snapshot.alert and snapshot.state is State.FORWARD:
        return IconName.ALERT
    return IconName(snapshot.state.value)


def outline(items: tuple[MenuItem, ...]) -> tuple[MenuItem, ...]:
    """The menu without its changing words: equal outlines can be relabelled in place."""
    return tuple(replace(item, text="…" if item.text else "", children=outline(item.children)) for item in items)


def _in_background(work: Callable[[], None]) -> None:
    def run() -> None:
        try:
            work()
        except Exception:  # the tray must not die of a report that cannot be opened
            _log.exception("a menu entry failed")

    threading.Thread(target=run, name="tray-action", daemon=True).start()


def make_display(
    inbox: Inbox,
    actions: TrayActions,
    *,
    menu: Callable[[Snapshot], tuple[MenuItem, ...]],
    tooltip: Callable[[Snapshot], str],
    backend: str = "auto",
    told_file: Path,
) -> TrayDisplay | NullDisplay:
    """A tray where there can be one, otherwise a NullDisplay whose ``trouble`` and ``hint`` say why. Never raises.

    ``told_file`` remembers over restarts that a desktop without a tray has been spoken of.
    """
    notice = NoTrayNotice(inbox, told_file)
    try:
        return TrayDisplay(inbox, actions, menu=menu, tooltip=tooltip, backend=backend, no_tray=notice)
    except DesktopError as err:
        _log.info("no tray icon: %s", err.message)
        if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
            notice.tell()
        return NullDisplay(err.message, err.hint)
