"""The windows that show the camera's picture, drawn by the process that has it: live view, calibration, preview.

Nothing is stored, and no picture goes through the pipe: the app hears only that a window was closed, or the
numbers of a calibration.
"""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any, Final, Generic, Literal, TypeVar

from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.observation import Look, Observation
from posturewatch.base.wording import privacy_words
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.windows.picture import ON_PICTURE, WIDTH, Picture
from posturewatch.sensor.windows.worker import WindowView, Worker
from posturewatch.ui.toolkit import Window

POLL_MS: Final = 40
"""How often the window looks for a new picture."""

Thought = TypeVar("Thought")


Role = Literal["ink", "muted", "accent", "forward", "unsure"]
"""A colour of the palette: of the words beside the picture, and of the lines in it."""


class PictureWindow(Window, Generic[Thought]):
    """A title, the picture, one line of guidance, whatever a subclass adds, and buttons."""

    COLUMNS: int = 1
    """Of the window: more where something stands beside the picture."""

    def __init__(self, app: App, title: str, worker: Worker[Thought]) -> None:
        super().__init__(app, title)
        self._worker = worker
        self._drawn = 0
        self.body.configure(padding=self.px(20))
        self.heading = ttk.Label(self.body, text=title, style="Title.TLabel")
        self.heading.grid(sticky="w", columnspan=self.COLUMNS)
        self.picture = Picture(self)
        self.picture.canvas.grid(pady=self.px(10))
        self.picture.say(_("The camera is being opened …"))
        self.guide = self.label(self.body, "", "Guide.TLabel", WIDTH)
        self.guide.grid(sticky="w", columnspan=self.COLUMNS)

    # ---- what a window adds

    def draw(self, view: WindowView[Thought]) -> Role:
        """Show what was made of the look; the colour of the lines in the picture."""
        raise AssertionError(view)

    def result(self) -> dict[str, Any]:
        """What the app is told at the end."""
        return {}

    # ---- life

    def run(self) -> None:
        """Show the window and stay until it is closed."""
        self.root.update_idletasks()
        self.picture.shrink(self.root.winfo_reqheight() - self.room_px)
        self._worker.start()
        self.root.after(POLL_MS, self._turn)
        super().run()
        self._worker.close()
        self.app.send({"closed": True, **self.result()})

    def colour(self, role: Role) -> str:
        """The palette's colour of this role, for words."""
        return str(getattr(self.colours, role))

    def foot(self, *buttons: tuple[str, Callable[[], None], bool]) -> list[ttk.Button]:
        """The privacy sentence and a row of buttons: text, what it does, whether it is the main one."""
        foot = ttk.Frame(self.body)
        foot.grid(sticky="ew", pady=(self.px(14), 0), columnspan=self.COLUMNS)
        foot.columnconfigure(0, weight=1)
        words = self.label(foot, privacy_words(), "Muted.TLabel")
        words.grid(row=0, column=0, sticky="w")
        row = self.buttons(foot, *buttons)
        row.grid(row=0, column=1, padx=(self.px(8), 0))
        row.update_idletasks()
        words.configure(wraplength=max(self.px(120), self.px(WIDTH - 8) - row.winfo_reqwidth()))
        return [one for one in row.winfo_children() if isinstance(one, ttk.Button)]

    def _turn(self) -> None:
        view = self._worker.latest
        if view.number != self._drawn:
            self._drawn = view.number
            self._show(view)
        self.root.after(POLL_MS, self._turn)

    def _show(self, view: WindowView[Thought]) -> None:
        if view.problem is not None:
            self.picture.say(view.problem.message)
            self.guide.configure(text=view.problem.hint, foreground=self.colours.error)
            return
        role = self.draw(view)
        if view.picture is not None and view.seen is not None:
            self.picture.show(view.picture, view.seen, str(getattr(ON_PICTURE, role)))


class PreviewWindow(PictureWindow[None]):
    """Is this the right camera, and does it see head and shoulders?"""

    def __init__(self, app: App, camera: CameraOptions, models: ModelOptions) -> None:
        worker: Worker[None] = Worker(camera, models, Look(), lambda _seen: None)
        super().__init__(app, _("What the camera sees"), worker)
        self.foot((_("Close"), self.leave, True))

    def draw(self, view: WindowView[None]) -> Role:
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
        return "accent" if good else "forward"


def shoulders_inside(seen: Observation) -> bool:
    """Whether both shoulders are within the picture; visibility alone does not tell."""
    if seen.trunk is None:
        return False
    return all(
        0 <= seen.trunk.points[number][0] <= seen.width_px and 0 <= seen.trunk.points[number][1] <= seen.height_px
        for number in (11, 12)
    )
