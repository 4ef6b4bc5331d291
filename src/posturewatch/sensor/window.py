"""The windows that show the camera's picture, drawn by the process that has it: live view, calibration, preview.

Nothing is stored, and no picture goes through the pipe: the app hears only that a window was closed, or the
numbers of a calibration.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any, Final, Generic, TypeVar

from posturewatch.child import SHOWN, App
from posturewatch.i18n import _
from posturewatch.records import Look, Observation
from posturewatch.sensor import window_style as look
from posturewatch.sensor.choices import CameraChoice, ModelChoice
from posturewatch.sensor.stage import WIDTH, Stage
from posturewatch.sensor.window_worker import View, Worker
from posturewatch.wording import privacy_words

POLL_MS: Final = 40

Thought = TypeVar("Thought")


class PictureWindow(Generic[Thought]):
    """A title, the picture, one line of guidance, whatever a subclass adds, and buttons."""

    def __init__(
        self,
        app: App,
        title: str,
        worker: Worker[Thought],
    ) -> None:
        self._app = app
        self._worker = worker
        self._drawn = 0
        self.root, self.scale = look.new_window(title, self.leave)
        pad = round(20 * self.scale)
        self.body = ttk.Frame(self.root, padding=pad)
        self.body.grid()
        self.title = ttk.Label(self.body, text=title, style="Title.TLabel")
        self.title.grid(sticky="w")
        self.stage = Stage(self.body, self.scale)
        self.stage.canvas.grid(pady=(pad // 2, pad // 2))
        self.stage.say(_("The camera is being opened …"))
        self.guide = ttk.Label(self.body, style="Guide.TLabel", wraplength=round(WIDTH * self.scale))
        self.guide.grid(sticky="w")

    # ---- what a window adds

    def draw(self, view: View[Thought]) -> str:
        """Show what was made of the look; the colour of the lines in the picture."""
        raise AssertionError(view)

    def result(self) -> dict[str, Any]:
        """What the app is told at the end."""
        return {}

    # ---- life

    def run(self) -> None:
        """Show the window and stay until it is closed."""
        self.root.bind("<Map>", self._seen)
        look.show(self.root)
        self._worker.start()
        self.root.after(POLL_MS, self._turn)
        self.root.mainloop()
        self._worker.close()
        self._app.send({"closed": True, **self.result()})

    def _seen(self, event: tk.Event[tk.Misc]) -> None:
        if event.widget is self.root:  # what lies in the window is mapped before it is
            self.root.unbind("<Map>")
            self._app.say(SHOWN)

    def leave(self) -> None:
        """Close the window."""
        self.root.quit()

    def foot(self, *buttons: tuple[str, Callable[[], None], bool]) -> list[ttk.Button]:
        """The privacy sentence and a row of buttons: text, what it does, whether it is the main one."""
        foot = ttk.Frame(self.body)
        foot.grid(sticky="ew", pady=(round(14 * self.scale), 0))
        foot.columnconfigure(0, weight=1)
        words = ttk.Label(foot, text=privacy_words(), style="Muted.TLabel")
        words.grid(row=0, column=0, sticky="w")
        gap = round(8 * self.scale)
        made = []
        for column, (text, command, main) in enumerate(buttons, start=1):
            one = look.button(foot, text, command, main=main)
            one.grid(row=0, column=column, padx=(gap, 0))
            made.append(one)
            if main:
                one.focus_set()
        taken = sum(one.winfo_reqwidth() + gap for one in made)
        words.configure(wraplength=max(round(120 * self.scale), round(WIDTH * self.scale) - taken))
        return made

    def _turn(self) -> None:
        message = self._app.waiting()
        if message is not None and message.get("close"):
            self.leave()
            return
        view = self._worker.latest
        if view.number != self._drawn:
            self._drawn = view.number
            self._show(view)
        self.root.after(POLL_MS, self._turn)

    def _show(self, view: View[Thought]) -> None:
        if view.problem is not None:
            self.stage.say(view.problem.message)
            self.guide.configure(text=view.problem.hint)
            return
        colour = self.draw(view)
        if view.picture is not None and view.seen is not None:
            self.stage.show(view.picture, view.seen, colour)


class PreviewWindow(PictureWindow[None]):
    """Is this the right camera, and does it see head and shoulders?"""

    def __init__(self, app: App, camera: CameraChoice, models: ModelChoice) -> None:
        worker: Worker[None] = Worker(camera, models, Look(), lambda _seen: None)
        super().__init__(app, _("What the camera sees"), worker)
        self.foot((_("Close"), self.leave, True))

    def draw(self, view: View[None]) -> str:
        """Say what is found, in one sentence."""
        assert view.seen is not None  # noqa: S101  (a view without a problem has a look)
        good = view.seen.face is not None and shoulders_inside(view.seen)
        if good:
            words = _("I see your head and shoulders. This will do.")
        elif view.seen.face is not None or view.seen.trunk is not None:
            words = _("Head and both shoulders should be in the picture.")
        else:
            words = _("I see nobody.")
        self.guide.configure(text=words)
        return look.GOOD if good else look.FORWARD


def shoulders_inside(seen: Observation) -> bool:
    """Whether both shoulders are within the picture; visibility alone does not tell."""
    if seen.trunk is None:
        return False
    return all(
        0 <= seen.trunk.points[number][0] <= seen.width_px and 0 <= seen.trunk.points[number][1] <= seen.height_px
        for number in (11, 12)
    )
