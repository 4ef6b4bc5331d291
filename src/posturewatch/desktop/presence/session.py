"""What this session's desktop tells about the user: lock, idle, calls, full screen, do-not-disturb, power."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Final

from posturewatch.base.clock import Clock
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.polled import NullDesktop, Poll, PolledDesktop, Watcher


def _battery() -> Courtesy:
    """Whether the computer runs on battery; cannot tell where there is none."""
    import psutil

    state = psutil.sensors_battery()
    if state is None or state.power_plugged is None:
        return Courtesy()
    return Courtesy(on_battery=not state.power_plugged)


_POWER: Final = Poll("power", 10.0, _battery)


def make_desktop(clock: Clock, changed: Callable[[], None] = lambda: None) -> PolledDesktop | NullDesktop:
    """The adapter for this platform, which calls ``changed`` in a thread of its own when its answer is another. Never
    raises; where nothing can be asked, a null."""
    polls, watchers = _platform_parts(clock, changed)
    if not polls and not watchers:
        return NullDesktop()
    return PolledDesktop(clock, polls, watchers, changed)


def _platform_parts(clock: Clock, changed: Callable[[], None]) -> tuple[tuple[Poll, ...], tuple[Watcher, ...]]:
    if sys.platform == "linux":
        from posturewatch.desktop.presence.linux import linux_polls
        from posturewatch.desktop.presence.logind import LogindWatcher

        return linux_polls(), (LogindWatcher(clock, changed),)
    if sys.platform == "win32":
        from posturewatch.desktop.presence.windows import windows_polls

        return (*windows_polls(), _POWER), ()
    if sys.platform == "darwin":
        from posturewatch.desktop.presence.macos import macos_polls

        return (*macos_polls(), _POWER), ()
    return (), ()


def probe(clock: Clock, wait_s: float = 1.5) -> Finding:
    """Which of the questions this session answers. Takes up to ``wait_s`` seconds."""
    desktop = make_desktop(clock)
    threading.Event().wait(wait_s)
    found = desktop.courtesy()
    desktop.close()
    words = {
        "locked": _("screen lock"),
        "suspended": _("suspend"),
        "lid_closed": _("lid"),
        "idle_s": _("idle time"),
        "in_call": _("camera or microphone in use"),
        "full_screen": _("full screen"),
        "do_not_disturb": _("do not disturb"),
        "on_battery": _("battery"),
    }
    known = [text for name, text in words.items() if getattr(found, name) is not None]
    unknown = [text for name, text in words.items() if getattr(found, name) is None]
    part = _("presence and courtesy")
    if sys.platform == "linux" and known and found.locked is None:
        return _unseen_lock(part, known, idle=found.idle_s is not None)
    if not known:
        return Finding(part, "note", _("This session answers none of the questions; reminders come regardless."))
    if not unknown:
        return Finding(part, "ok", _("This session answers all of the questions."))
    return Finding(
        part,
        "ok",
        _("Known: {known}. Cannot tell: {unknown}.").format(known=", ".join(known), unknown=", ".join(unknown)),
    )


def _unseen_lock(part: str, known: list[str], *, idle: bool) -> Finding:
    """This screen's locker tells nobody; what that means for the camera, and what to do."""
    if idle:
        says = _(
            "Whether this screen is locked cannot be seen; the camera is closed after five minutes without keyboard "
            "and mouse. Known: {known}."
        )
    else:
        says = _(
            "Neither the lock of this screen nor idle time can be seen; the camera stays on while the screen is "
            "locked. Known: {known}."
        )
    mend = _("Let the locker tell: `posturewatch pause` before it and `posturewatch resume` after it.")
    return Finding(part, "note" if idle else "warning", says.format(known=", ".join(known)), mend)
