"""The guided first run as a window; the pages come from ``first_run.py``.

Asks the app for ``show_camera`` and ``calibrate`` (with ``source``), hears ``calibrating`` (``share``, ``words``),
``calibrated`` (``ok``, ``words``) and ``trouble`` (``words``), and says ``finish`` with the answers.
"""

from __future__ import annotations

import tkinter as tk
from dataclasses import replace
from tkinter import ttk
from typing import Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.first_run import (
    ORDER,
    Option,
    Page,
    SetupStep,
    SetupView,
    chosen_break,
    following,
    page_for,
    take,
)
from posturewatch.ui.toolkit import Window, show

WIDE: Final = 520


class SetupWindow(Window):
    """All pages in one window."""

    def __init__(self, app: App, view: SetupView) -> None:
        super().__init__(app, _("Set up posturewatch"), dark=view.dark)
        self._view = view
        self._cameras = tuple(Option(value, text) for value, text in view.cameras)
        self._answers = view.answers
        self._step = SetupStep.WELCOME
        self._choice = tk.StringVar(self.root)
        self._busy = False
        for key in ("<Return>", "<KP_Enter>"):
            self.root.bind_class("TRadiobutton", key, self._choose)
        self._page_frame = ttk.Frame(self.body)
        self.body.columnconfigure(0, weight=1, minsize=self.px(WIDE))
        self.body.rowconfigure(0, weight=1, minsize=self.px(430))
        self._show()

    def hear(self, said: Said) -> None:
        """News of the calibration, the camera, the end."""
        words = str(said.values.get("words", ""))
        if said.kind == "calibrating":
            self._bar.configure(value=float(said.values.get("share", 0.0)) * 100)
            self._status.configure(text=words, style="Muted.TLabel")
        elif said.kind == "calibrated":
            self._calibrated(bool(said.values.get("ok")), words)
        elif said.kind == "trouble":
            self._status.configure(text=words, style="Error.TLabel")

    # ---- one page

    def _show(self) -> None:
        self._page_frame.destroy()
        page = page_for(self._step, self._answers, self._cameras, self._view.platform)
        frame = self._page_frame = ttk.Frame(self.body)
        frame.grid(row=0, column=0, sticky="nsew")
        frame.columnconfigure(0, weight=1)
        number = ORDER.index(self._step) + 1
        steps = _("Step {number} of {total}").format(number=number, total=len(ORDER))
        self.label(frame, steps, "Muted.TLabel").grid(sticky="w")
        self.label(frame, page.title, "Title.TLabel", WIDE).grid(sticky="w", pady=(self.px(2), self.px(8)))
        if self._step is SetupStep.BREAKS:
            ttk.Label(frame, image=self.movement("walk", 110)).grid(pady=self.px(4))
        for paragraph in page.text:
            self.label(frame, paragraph, width=WIDE).grid(sticky="w", pady=(self.px(6), 0))
        self._question(frame, page)
        self._status = self.label(frame, "", "Muted.TLabel", WIDE)
        self._status.grid(sticky="w", pady=(self.px(10), 0))
        self._doing(frame, page)
        self._foot(frame)
        # Tk gives the keyboard only to what is mapped; until then a key would go to the bare window and be lost.
        self.root.update_idletasks()
        self._first.focus_set()

    def _question(self, frame: ttk.Frame, page: Page) -> None:
        self._choice.set(page.chosen)
        for place, choice in enumerate(page.choices):
            button = ttk.Radiobutton(frame, text=choice.text, value=choice.value, variable=self._choice)
            button.grid(sticky="w", pady=(self.px(10) if place == 0 else self.px(2), 0))

    def _doing(self, frame: ttk.Frame, page: Page) -> None:
        if page.does == "camera":
            row = self.buttons(frame, (_("Show the picture"), self._show_camera, False))
            row.grid(sticky="w", pady=(self.px(8), 0))
        elif page.does == "calibrate":
            self._bar = ttk.Progressbar(frame, maximum=100, length=self.px(WIDE))
            self._bar.grid(sticky="ew", pady=(self.px(10), 0))
            row = self.buttons(frame, (_("Start"), self._calibrate, not self._answers.calibrated))
            row.grid(sticky="w", pady=(self.px(10), 0))
            self._start = _buttons_of(row)[0]

    def _foot(self, frame: ttk.Frame) -> None:
        if self._step is SetupStep.DONE:
            row = self.buttons(frame, (_("Close"), self.close, True))
        elif self._step is SetupStep.WELCOME:
            row = self.buttons(frame, (_("Next"), self._next, True))
        else:
            skip = self._step is SetupStep.CALIBRATE and not self._answers.calibrated
            row = self.buttons(
                frame, (_("Back"), self._back, False), (_("Later") if skip else _("Next"), self._next, not skip)
            )
        self._feet = _buttons_of(row)
        to_be_started = self._step is SetupStep.CALIBRATE and not self._answers.calibrated
        self._first = self._start if to_be_started else self._feet[-1]
        place = frame.grid_size()[1]
        frame.rowconfigure(place, weight=1)  # what is over stands between the page and its buttons
        row.grid(row=place + 1, column=0, sticky="e", pady=(self.px(20), 0))

    # ---- what the buttons do

    def _choose(self, event: tk.Event[tk.Misc]) -> None:
        """Return on an answer takes it and goes on."""
        if isinstance(event.widget, ttk.Radiobutton):
            event.widget.invoke()
            self._next()

    def _next(self) -> None:
        if self._busy:
            return
        self._answers = take(self._step, self._answers, self._choice.get())
        self._step = following(self._step)
        if self._step is SetupStep.DONE:
            self._finish()
        self._show()

    def _back(self) -> None:
        if not self._busy:
            self._answers = take(self._step, self._answers, self._choice.get())
            self._step = following(self._step, -1)
            self._show()

    def _finish(self) -> None:
        answers = self._answers
        self.app.say(
            "finish",
            source=answers.source,
            units=answers.units,
            threshold=f"{answers.threshold_in:g}",
            breaks=chosen_break(answers),
            login="yes" if answers.autostart else "no",
            start="yes" if answers.start else "no",
            calibrated=answers.calibrated,
        )

    def _show_camera(self) -> None:
        self._status.configure(text=_("The picture opens in a window of its own. Nothing of it is stored."))
        self.app.say("show_camera", source=self._choice.get())

    def _calibrate(self) -> None:
        if self._busy:
            return
        self._busy = True
        for button in (self._start, *self._feet):
            button.state(["disabled"])  # a button that would not answer must not look as if it did
        self._status.configure(text=_("Starting the camera…"))
        self.app.say("calibrate", source=self._answers.source)

    def _calibrated(self, ok: bool, words: str) -> None:
        self._busy = False
        self._answers = replace(self._answers, calibrated=ok or self._answers.calibrated)
        if self._step is SetupStep.CALIBRATE:
            self._show()
            self._status.configure(text=words, style="Muted.TLabel" if ok else "Error.TLabel")
            self._bar.configure(value=100 if ok else 0)


def _buttons_of(row: ttk.Frame) -> list[ttk.Button]:
    """The buttons of a row, from the left."""
    return [one for one in row.winfo_children() if isinstance(one, ttk.Button)]


if __name__ == "__main__":  # the process of this window
    show(SetupWindow, SetupView)
