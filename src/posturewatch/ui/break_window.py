"""The break: a suggestion with its picture, a countdown, and take, postpone or skip.

Says to the app: ``take`` when the break begins (unless the app began it), ``done`` at its end, ``closed_early``,
``postpone``, ``skip``, ``worse`` (the exercise made it worse; the break goes on without it), ``help`` (when to seek
it), or nothing but its end when the user closes it. A strict break begins at once and has none
of these ways out. The safety sentence stands with every suggestion, whoever wrote it.
"""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.pictures import MOVEMENTS, opened_picture
from posturewatch.base.wording import exercise_safety, noted_as_worse
from posturewatch.ui.screens import Box, all_monitors
from posturewatch.ui.toolkit import Window, show

COVERS: Final = ("screen", "all")
"""What covers a monitor, or all of them."""

TICK_MS: Final = 200
WIDE: Final = 464
"""Width of words and bar in ordinary pixels: that of the buttons in the language with the longest."""
KEYBOARD_TRIES: Final = 10
"""How often a break over the screen asks for the keyboard; then whoever has it, such as a lock screen, keeps it."""

WAIT_S: Final = 300.0
"""An unanswered window goes away by itself after so long; the app asks again in its own time."""

CALM_S: Final = 1.2
"""The buttons wake after so long without a key. Somebody who was typing when the window came up has not read it: their
next Space or Return must not answer it, nor their Escape close it. Over a whole screen the mouse answers at once, and
so does a second Escape: nobody is to feel locked in."""


@dataclass(frozen=True, slots=True)
class BreakView:
    """What the window shows. ``name``, ``text``, ``dose`` and ``picture`` of a suggestion, empty without one; ``image``
    is an own picture in base64, which goes before ``picture``.

    ``seconds`` is the length of the break. ``begun`` starts the countdown at once. ``cover``: a small ``window``, all
    of the ``screen`` with the pointer, or ``all`` of them.
    """

    title: str
    seconds: float
    body: str = ""
    name: str = ""
    text: str = ""
    dose: str = ""
    picture: str = ""
    image: str = ""
    can_postpone: bool = True
    can_skip: bool = True
    strict: bool = False
    begun: bool = False
    cover: str = "window"
    dark: bool | None = None


class BreakWindow(Window):
    """The window of one break."""

    def __init__(self, app: App, view: BreakView) -> None:
        super().__init__(app, view.title, on_top=True, dark=view.dark)
        self._view = view
        self._left_ms = round(view.seconds * 1000)
        self._waited_ms = 0
        self._calm_ms = 0
        self._awake = view.begun or view.strict
        self._begun = False
        self._covers = view.cover in COVERS
        self._escapes = 0
        self._fill()
        if self._awake:
            self._begin()
        elif self._covers:
            self.root.focus_set()
            self.root.bind("<Key>", lambda event: self._typed(event.keysym))
            self.root.bind("<Tab>", lambda _event: None if self._awake else "break")
        else:
            self._buttons(["disabled"])
            self.root.bind("<Key>", lambda event: self._typed(event.keysym))
        self.root.after(TICK_MS, self._tick)

    def leave(self) -> None:
        """Escape closes it; a strict break runs to its end."""
        if not self._view.strict:
            self.close()

    def escape(self) -> None:
        """As :meth:`leave`, once the window is awake."""
        if self._awake:
            self.leave()
        else:
            self._typed("Escape")

    def _typed(self, key: str) -> None:
        self._calm_ms = 0
        self._escapes = self._escapes + 1 if key == "Escape" else 0
        if self._covers and self._escapes > 1:
            self.leave()

    def place(self) -> None:
        """In the middle as every window, or over all of its monitor, and with others dark where that is wished."""
        if not self._covers:
            super().place()
            return
        monitors = all_monitors(self.root)
        x, y = self.root.winfo_pointerxy()
        own = next((box for box in monitors if box.has(x, y)), monitors[0])
        self.body.grid_forget()
        self.body.place(relx=0.5, rely=0.5, anchor="center")
        self.root.resizable(width=True, height=True)  # or some window managers leave it as small as it is
        self.root.geometry(f"{own.width}x{own.height}+{own.left}+{own.top}")
        if sys.platform == "win32" and (own.left, own.top) != (0, 0):
            self.root.overrideredirect(boolean=True)  # Tk knows a full screen there on the first monitor alone
        else:
            self.root.attributes("-fullscreen", True)
        self.root.after(TICK_MS, self._take_keyboard, KEYBOARD_TRIES)
        for box in monitors if self._view.cover == "all" else ():
            for part in box.without(own):
                self._blind(part)

    def _take_keyboard(self, tries: int) -> None:
        """Some window managers leave the keyboard to the window that was typed in, which nobody sees any more."""
        if self.root.focus_displayof() is None and tries:
            self.root.focus_force()
            self.root.after(TICK_MS, self._take_keyboard, tries - 1)

    def _blind(self, box: Box) -> None:
        """Cover a monitor, or a part of one; a click on it brings the keyboard back to the break."""
        blind = tk.Toplevel(self.root, background=self.colours.paper)
        blind.overrideredirect(boolean=True)
        blind.geometry(f"{box.width}x{box.height}+{box.left}+{box.top}")
        blind.attributes("-topmost", True)
        blind.bind("<Button>", lambda _event: self.root.focus_force())

    def _buttons(self, state: list[str]) -> list[ttk.Button]:
        """The buttons of the row, put into this state."""
        row = [one for one in self._row.winfo_children() if isinstance(one, ttk.Button)]
        for button in row:
            button.state(state)
        return row

    def _wake(self) -> None:
        """Take answers from now on, the main one by Return."""
        self._awake = True
        self._buttons(["!disabled"])[-1].focus_set()

    def _fill(self) -> None:
        view, gap = self._view, self.px(12)
        self.label(self.body, view.title, "Title.TLabel", WIDE).grid(sticky="w")
        if view.body:
            self.label(self.body, view.body, width=WIDE).grid(sticky="w", pady=(self.px(4), 0))
        self._exercise = ttk.Frame(self.body)
        self._exercise.grid(sticky="ew")
        self._exercise.columnconfigure(0, weight=1)
        if (picture := self._picture()) is not None:
            ttk.Label(self._exercise, image=picture).grid(pady=(gap, 0))
        if view.name:
            self.label(self._exercise, view.name, "Head.TLabel").grid(sticky="w", pady=(gap, 0))
        for text in (view.text, view.dose):
            if text:
                self.label(self._exercise, text, width=WIDE).grid(sticky="w", pady=(self.px(4), 0))
        self._clock = ttk.Label(self.body, text=clock_words(view.seconds), style="Big.TLabel", anchor="center")
        self._clock.grid(pady=(gap, self.px(4)))
        self._bar = ttk.Progressbar(self.body, maximum=max(1, self._left_ms), length=self.px(WIDE))
        self._bar.grid(sticky="ew")
        if view.name or view.text:
            self.label(self.body, exercise_safety(), "Muted.TLabel", WIDE).grid(sticky="w", pady=(gap, 0))
        self._row = self._choices()
        self._row.grid(sticky="e", pady=(self.px(20), 0))
        self.root.update_idletasks()  # the window keeps its width when other buttons come
        self.body.columnconfigure(0, minsize=self._row.winfo_reqwidth())

    def _picture(self) -> tk.PhotoImage | None:
        """The exercise's own picture, ours, or none."""
        if self._view.image:
            try:
                own = opened_picture(self._view.image)
            except ValueError:  # the app has looked at it; a window without a picture is still a window
                return None
            own.thumbnail((self.px(WIDE), self.px(180)))
            return self.photo(own.convert("RGBA"))
        return self.movement(self._view.picture, 180) if self._view.picture in MOVEMENTS else None

    def _choices(self) -> ttk.Frame:
        view = self._view
        offered = []
        if view.can_skip and not view.strict:
            offered.append((_("Skip"), lambda: self._answer("skip"), False))
        if view.can_postpone and not view.strict:
            offered.append((_("Postpone"), lambda: self._answer("postpone"), False))
        offered.append((_("Take the break"), self._begin, True))
        return self.buttons(self.body, *offered)

    def _begin(self) -> None:
        if self._begun:
            return
        self._begun = True
        if not self._view.begun:
            self.app.say("take")
        worse = [(_("It made it worse"), self._worse, False)] if self._view.name or self._view.text else []
        self._offer(*worse, *self._finish())

    def _finish(self) -> list[tuple[str, Callable[[], None], bool]]:
        """The way out of a begun break; a strict one has none."""
        return [] if self._view.strict else [(_("Finish early"), lambda: self._answer("closed_early"), False)]

    def _offer(self, *buttons: tuple[str, Callable[[], None], bool]) -> None:
        """Show these buttons; the last has the keyboard."""
        self._row.destroy()
        if buttons:
            self._row = self.buttons(self.body, *buttons)
            self._row.grid(sticky="e", pady=(self.px(20), 0))
            self.root.update_idletasks()  # Tk gives the keyboard only to what is mapped
            self._buttons(["!disabled"])[-1].focus_set()

    def _worse(self) -> None:
        """One tap: noted, and the exercise gives way to what to do now."""
        self.app.say("worse")
        for part in self._exercise.winfo_children():
            part.destroy()
        self.label(self._exercise, noted_as_worse()).grid(sticky="w", pady=(self.px(12), 0))
        self._offer((_("When to seek help"), lambda: self.app.say("help"), False), *self._finish())

    def _answer(self, kind: str) -> None:
        self.app.say(kind)
        self.close()

    def _tick(self) -> None:
        if not self._begun:
            self._waited_ms += TICK_MS
            self._calm_ms += TICK_MS
            if not self._awake and self._calm_ms >= CALM_S * 1000:
                self._wake()
            if self._waited_ms >= WAIT_S * 1000:
                self.close()
                return
        else:
            self._left_ms = max(0, self._left_ms - TICK_MS)
            self._clock.configure(text=clock_words(self._left_ms / 1000))
            self._bar.configure(value=self._bar["maximum"] - self._left_ms)
            if self._left_ms == 0:
                self._answer("done")
                return
        self.root.after(TICK_MS, self._tick)


def clock_words(seconds: float) -> str:
    """``0:45``: minutes and seconds, rounded up, so that it never says 0:00 while time is left."""
    whole = int(-(-seconds // 1))
    return f"{whole // 60}:{whole % 60:02d}"


if __name__ == "__main__":  # the process of this window
    show(BreakWindow, BreakView)
