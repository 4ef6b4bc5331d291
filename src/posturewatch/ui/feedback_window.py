"""The screen follows the posture: a border, or a dimming, that grows while the head is forward and then fades.

Hears ``level`` (``level`` from 0 to 1, ``look`` as in the settings) and moves there smoothly; at 0 it ends by itself.
Closed by the app it is gone at once. Where the desktop does not blend windows both looks are an opaque border of some
pixels at the very edge (see ``ui/overlay.py``), so that nothing that is read or typed is ever covered. Says ``blends``
where it does.
"""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from typing import Final

from posturewatch.base.child import App, Said
from posturewatch.ui.overlay import AMBER, DARK, Overlay, edges
from posturewatch.ui.payload import record_of
from posturewatch.ui.screens import Box
from posturewatch.ui.toolkit import show

STEP_MS: Final = 60
GROW_S: Final = 4.0
"""From nothing to full it takes at least so long: what comes slowly does not startle."""

FADE_S: Final = 1.5
WATCH_MS: Final = 240
"""How often it looks whether the desktop still blends windows: a sheet would be opaque from then on."""

DIM: Final = 0.30
"""Opacity of the dimming at most. Black text on white keeps a contrast of 10 to 1 below it (WCAG asks for 7)."""

SOFT_PX: Final = (2.0, 14.0)
THIN_PX: Final = (1.0, 6.0)
"""Width of the border at first and at last, see-through and opaque."""

SOFT: Final = (0.35, 0.75)
"""Opacity of the see-through border at first and at last."""


@dataclass(frozen=True, slots=True)
class FeedbackView:
    """``look``: ``border`` or ``dim``; ``level``: how strong, from 0 to 1."""

    look: str
    level: float


def step_towards(now: float, wanted: float, passed_s: float) -> float:
    """The level after some time on the way to the wanted one. Pure."""
    if wanted > now:
        return min(wanted, now + passed_s / GROW_S)
    return max(wanted, now - passed_s / FADE_S)


class FeedbackWindow(Overlay):
    """The border, or the dimming."""

    def __init__(self, app: App, view: FeedbackView) -> None:
        super().__init__(app)
        self._look, self._wanted, self._now = view.look, view.level, 0.0
        self._soft = self.blends()
        self._sheets: list[tk.Toplevel] = []
        self._moving = False

    def run(self) -> None:
        """Grow to the level, follow it, and end at nothing."""
        if self._soft:
            self.app.say("blends")
        self._make()
        self.tell_when_seen(self._sheets[0])
        self._move()
        self.root.after(WATCH_MS, self._watch)
        self.root.after(STEP_MS, self._listen)
        self.root.mainloop()

    def hear(self, said: Said) -> None:
        """Another level."""
        if said.kind != "level":
            return
        view = record_of(FeedbackView, said.values)
        self._wanted = view.level
        if view.look != self._look:
            self._look = view.look
            self._make()
        self._move()

    def _places(self) -> list[Box]:
        if self._look == "dim" and self._soft:
            return list(self.monitors)
        least, most = SOFT_PX if self._soft else THIN_PX
        width = max(1, self.px(least + (most - least) * self._now))
        return [band for box in self.monitors for band in edges(box, width)]

    def _make(self) -> None:
        """What is laid, anew: of another kind, or on a desktop that has begun or ceased to blend windows."""
        for sheet in self._sheets:
            sheet.destroy()
        dims = self._look == "dim" and self._soft
        self._sheets = [self.sheet(DARK if dims else AMBER) for _place in self._places()]

    def _draw(self) -> None:
        least, most = SOFT
        alpha = DIM * self._now if self._look == "dim" else least + (most - least) * self._now
        for sheet, place in zip(self._sheets, self._places(), strict=True):
            self.lay(sheet, place, alpha if self._soft else 1.0)

    def _move(self) -> None:
        if not self._moving:
            self._moving = True
            self._step()

    def _step(self) -> None:
        self._now = step_towards(self._now, self._wanted, STEP_MS / 1000)
        if self._now <= 0.0 and self._wanted <= 0.0:
            self.close()
            return
        self._draw()
        self._moving = self._now != self._wanted
        if self._moving:
            self.root.after(STEP_MS, self._step)

    def _watch(self) -> None:
        if self.blends() != self._soft:
            self._soft = not self._soft
            self._make()
            self._draw()
        self.root.after(WATCH_MS, self._watch)


if __name__ == "__main__":  # the process of this window
    show(FeedbackWindow, FeedbackView)
