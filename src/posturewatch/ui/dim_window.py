"""A gentle dimming at the edges of the screen, for those who want to be reminded without a sound or a text.

Half-clear bands along each monitor's edges that fade in, stay and fade out by themselves; thin lines where the desktop
does not blend windows (see ``ui/overlay.py``). Says ``blends`` where it does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from posturewatch.base.child import App
from posturewatch.ui.overlay import AMBER, DARK, Overlay, edges
from posturewatch.ui.toolkit import show

STEP_MS: Final = 60
FADE_S: Final = 1.5
THIN_PX: Final = 3
STRONGEST: Final = 0.35
"""Opacity of the bands at most; beyond, text under them becomes hard to read."""


@dataclass(frozen=True, slots=True)
class DimView:
    """For how many seconds, fading included, and how wide the bands are in pixels of an ordinary screen."""

    seconds: float = 8.0
    width: float = 36.0


def opacity(t_s: float, length_s: float) -> float:
    """Opacity at a time: up, level, down; 0 outside. Pure."""
    if t_s <= 0 or t_s >= length_s:
        return 0.0
    ramp = min(FADE_S, length_s / 2)
    return STRONGEST * min(1.0, t_s / ramp, (length_s - t_s) / ramp)


class DimWindow(Overlay):
    """The bands."""

    def __init__(self, app: App, view: DimView) -> None:
        super().__init__(app)
        self._view = view
        self._t_s = 0.0
        self._soft = self.blends()
        if self._soft:
            app.say("blends")
        width = self.px(view.width) if self._soft else THIN_PX
        places = [band for box in self.monitors for band in edges(box, width)]
        self._bands = [(self.sheet(DARK if self._soft else AMBER), place) for place in places]

    def run(self) -> None:
        """Fade in and out and end."""
        self.tell_when_seen(self._bands[0][0])
        self.root.after(STEP_MS, self._step)
        self.root.after(STEP_MS, self._listen)
        self.root.mainloop()

    def _step(self) -> None:
        self._t_s += STEP_MS / 1000
        if self._t_s >= self._view.seconds or self.blends() != self._soft:
            self.close()
            return
        for band, place in self._bands:
            self.lay(band, place, opacity(self._t_s, self._view.seconds))
        self.root.after(STEP_MS, self._step)


def view_from(payload: Mapping[str, Any]) -> DimView:
    """The view from the app, kept within sensible limits."""
    return DimView(min(60.0, max(1.0, float(payload["seconds"]))), min(200.0, max(4.0, float(payload["width"]))))


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: DimWindow(app, view_from(payload)))


if __name__ == "__main__":
    main()
