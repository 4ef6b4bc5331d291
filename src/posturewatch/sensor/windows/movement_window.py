"""The movement check with the picture: one step after the other, each of which may be paused, repeated, skipped, ended.

The safety sentence stands throughout, and the list of when to seek help is one click away. Its result are the numbers,
if the person keeps them; no picture leaves this process.
"""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any, Final

from posturewatch.base import movement as records
from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.movement import Worse
from posturewatch.base.movement_words import movement_name, result_words, worse_words
from posturewatch.base.observation import Observation
from posturewatch.base.quantities import Units
from posturewatch.base.wording import exercise_safety
from posturewatch.core.posture.movement.run import ANSWERS, CheckStage, CheckWish, MovementRun, offered, step_title
from posturewatch.core.posture.movement.steps import ORDER, CheckStep, purpose, question, what_comes
from posturewatch.sensor.windows.picture import HEIGHT
from posturewatch.sensor.windows.picture_window import PictureWindow, Role
from posturewatch.sensor.windows.worker import WindowView, Worker
from posturewatch.ui.help_window import open_beside

WIDE: Final = 680
"""Width of the words, in ordinary pixels."""


class MovementWindow(PictureWindow[CheckStage]):
    """Its result are the rows of the check and the calibration that ties the day, if the person keeps them."""

    COLUMNS = 2

    def __init__(
        self,
        app: App,
        check: MovementRun,
        units: Units,
        worker: Callable[[Callable[[Observation], CheckStage]], Worker[CheckStage]],
    ) -> None:
        """``worker``: makes what looks, of what is to be done with each look."""
        self._check = check
        self._units = units
        self._kept = False
        self._stage: CheckStage | None = None
        self._step: CheckStep | None = None
        super().__init__(app, _("Movement check"), worker(self._feed))
        self.picture.shrink(self.px(HEIGHT - 300))
        self._drawing = ttk.Label(self.body)
        self._drawing.grid(row=1, column=1, padx=(self.px(16), 0))
        self.guide.configure(wraplength=self.px(WIDE))
        self._bar = ttk.Progressbar(self.body, maximum=1.0, length=self.px(WIDE))
        self._bar.grid(columnspan=2, sticky="ew", pady=(self.px(8), 0))
        self._page = ttk.Frame(self.body)
        self._page.grid(columnspan=2, sticky="ew", pady=(self.px(10), 0))
        self._page.columnconfigure(0, weight=1)
        self.label(self.body, exercise_safety(), "Muted.TLabel", WIDE).grid(
            columnspan=2, sticky="w", pady=(self.px(10), 0)
        )
        self.label(self.body, purpose(), "Muted.TLabel", WIDE).grid(columnspan=2, sticky="w", pady=(self.px(4), 0))
        self.foot((_("When to seek help"), self._help, False))
        self._show_page(CheckStage.WAITING)
        self._make_room()

    def draw(self, view: WindowView[CheckStage]) -> Role:  # noqa: ARG002  (each window's draw has the same shape)
        """Guidance, countdown and progress; another page where another stage or step has come."""
        check = self._check
        stage, step = check.stage, check.step
        if (stage, step) != (self._stage, self._step):
            self._show_page(stage)
        self.picture.count(check.count)
        done = stage is CheckStage.DONE
        self.guide.configure(
            text=question() if stage is CheckStage.ASKING else "" if done else check.advice,
            foreground=self.colour("accent" if check.going is not None else "ink"),
        )
        self._bar.configure(value=check.share)
        return "accent" if check.going is not None else "ink"

    def result(self) -> dict[str, Any]:
        """The numbers, if they were kept."""
        if not self._kept:
            return {}
        made = self._check.calibration
        return {
            "rows": [records.to_json(row) for row in self._check.rows],
            "tied": made.to_json() if made is not None else None,
        }

    def _feed(self, seen: Observation) -> CheckStage:
        """In the worker's thread: the check belongs to it, the window only reads it and leaves wishes."""
        self._check.feed(seen)
        return self._check.stage

    # ------------------------------------------------------------------ pages

    def _make_room(self) -> None:
        """Make the picture so small that the step with the most words fits on the monitor as well as the first."""
        self.guide.configure(text=max(map(what_comes, ORDER), key=len))
        self.root.update_idletasks()
        self.picture.shrink(self.root.winfo_reqheight() - self.room_px)
        self.guide.configure(text="")

    def _show_page(self, stage: CheckStage) -> None:
        self._stage, self._step = stage, self._check.step
        for old in self._page.winfo_children():
            old.destroy()
        done = stage is CheckStage.DONE
        self.heading.configure(text=_("Movement check: what was measured") if done else step_title(self._check))
        self._drawing.configure(image=self.movement(f"check_{self._check.step}", 180))
        if done:
            self._show_results()
        elif stage is CheckStage.ASKING:
            self._row(*((worse_words(answer), self._wish(answer), answer is Worse.NO) for answer in ANSWERS))
        elif buttons := offered(self._check):
            self._row(*((words, self._wish(wish), place == 0) for place, (words, wish) in enumerate(buttons)))

    def _row(self, *buttons: tuple[str, Any, bool]) -> None:
        self.buttons(self._page, *buttons).grid(sticky="w")

    def _show_results(self) -> None:
        self.picture.canvas.grid_remove()
        self._drawing.grid_remove()
        self._bar.grid_remove()
        self.guide.grid_remove()
        rows = self._check.rows
        if not rows:
            self.label(self._page, _("Nothing was measured."), width=WIDE).grid(sticky="w")
            self._row((_("Close"), self.leave, True))
            return
        table = ttk.Frame(self._page)
        table.grid(sticky="ew")
        table.columnconfigure(1, weight=1)
        for number, row in enumerate(rows):
            self.label(table, movement_name(row.movement)).grid(row=number, column=0, sticky="w", pady=self.px(2))
            said = self.label(table, result_words(row, self._units), "Head.TLabel", 320)
            said.grid(row=number, column=1, sticky="w", padx=(self.px(24), 0))
        self.label(
            self._page, _("± is the standard error. Keep it to see it beside your next check."), "Muted.TLabel", WIDE
        ).grid(sticky="w", pady=(self.px(10), self.px(10)))
        self._row((_("Keep"), self._take, True), (_("Discard"), self.leave, False))
        self.place()

    def _wish(self, wish: CheckWish | Worse) -> Any:
        return lambda: self._check.wish(wish)

    def _take(self) -> None:
        self._kept = True
        self.leave()

    def _help(self) -> None:
        """The list pauses what is being measured: whoever reads it does not move."""
        self._check.wish(CheckWish.PAUSE)
        open_beside(self)
