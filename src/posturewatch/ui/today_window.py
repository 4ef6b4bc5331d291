"""A day at a glance: its course with states and events, its bands and breaks, and the week beside it.

Asks the app with ``look`` (``day``, empty for today; ``stamp`` of what is shown) whether there is anything new, and
hears ``day`` with another view if there is. Says ``report`` (``day``) for the whole report. The words
are the app's.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.day_view import Course, TodayView
from posturewatch.ui.payload import record_of
from posturewatch.ui.timeline import Timeline, draw_limit, draw_state
from posturewatch.ui.toolkit import Window, show

ASK_MS: Final = 3000
"""How often it asks for news. The app looks at the time of two files; the journal's minute is written each 10 s."""

COURSE_PX: Final = 580
KEY_COLUMNS: Final = 3
WEEK_BAR_PX: Final = 84
BAR_HIGH_PX: Final = 12
BAND_BAR_PX: Final = 200


class TodayWindow(Window):
    """The window. What it shows is drawn anew when the app has something new; where the keyboard was, it stays."""

    WIDEST_PX = 1300

    def __init__(self, app: App, view: TodayView) -> None:
        super().__init__(app, view.title, dark=view.dark)
        self._asked = ""  # the day that was chosen; empty: the one that the app opened it with
        self._days: dict[str, ttk.Button] = {}
        self._parts: list[ttk.Frame] = []
        left, right = ttk.Frame(self.body), ttk.Frame(self.body)
        left.grid(row=1, column=0, sticky="nw")
        right.grid(row=1, column=1, sticky="nw", padx=(self.px(24), 0))
        self._head, self._foot = ttk.Frame(self.body), ttk.Frame(left)
        self._head.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, self.px(10)))
        self._words = self.label(left, "", width=COURSE_PX)
        self._course = Timeline(left, self.colours, self.px, COURSE_PX, self._tell)
        self._course.grid(sticky="w")
        self._key = ttk.Frame(left)
        self._key.grid(sticky="w", pady=(self.px(4), 0))
        self._words.grid(sticky="w", pady=(self.px(4), self.px(8)))
        self._foot.grid(sticky="w")
        self._side = right
        row = self.buttons(
            self.body, (_("The whole report"), lambda: self.app.say("report", day=self._view.day), False),
            (_("Close"), self.close, True),
        )  # fmt: skip
        row.grid(row=2, column=0, columnspan=2, sticky="e", pady=(self.px(14), 0))
        self._view = view
        self._show(view, None)
        self._course.focus_set()
        self.root.after(ASK_MS, self._ask)

    # ---- hearing

    def hear(self, said: Said) -> None:
        """The app's answer: another view, or none."""
        if said.kind != "day":
            return
        try:
            view = record_of(TodayView, said.values)
        except (KeyError, TypeError, ValueError):  # of another version; what is shown stays
            return
        before, self._view = self._view, view
        self._show(view, before)

    def _ask(self) -> None:
        self.app.say("look", day=self._asked, stamp=self._view.stamp)
        self.root.after(ASK_MS, self._ask)

    def _choose(self, day: str) -> None:
        self._asked = "" if day == self._view.week[-1].day else day
        self.app.say("look", day=self._asked, stamp="")

    # ---- showing

    def _tell(self, words: str) -> None:
        self._words.configure(text=words or _("Point at a minute, or use the arrow keys."))

    def _show(self, view: TodayView, before: TodayView | None) -> None:
        """Draw what is not as before: while the log grows that is little, and nothing else flickers."""
        parts: tuple[tuple[ttk.Frame, Callable[[], None], Callable[[TodayView], object]], ...] = (
            (self._head, lambda: self._fill_head(view), lambda of: (of.title, of.trouble, of.says, of.doubts)),
            (self._key, lambda: self._fill_key(view.course), lambda of: (of.course.states, of.course.limit_words)),
            (self._foot, lambda: self._fill_bands(view), lambda of: of.bands),
            (self._side, lambda: self._fill_week(view), lambda of: (of.week, of.notes, of.reminders)),
        )
        self.root.title(view.title)
        focused = next((day for day, button in self._days.items() if button == self.root.focus_get()), "")
        for frame, fill, shows in parts:
            if before is None or shows(before) != shows(view):
                for child in frame.winfo_children():
                    child.destroy()
                fill()
        self._course.show(view.course)
        if focused in self._days:
            self._days[focused].focus_set()

    def _fill_head(self, view: TodayView) -> None:
        wide = COURSE_PX + 440
        self.label(self._head, view.title, "Title.TLabel", wide).grid(sticky="w")
        if view.trouble:
            self.label(self._head, view.trouble, "Error.TLabel", wide).grid(sticky="w")
        for words in view.says:
            self.label(self._head, words, width=wide).grid(sticky="w", pady=(self.px(2), 0))
        for words in view.doubts:
            self.label(self._head, words, "Doubt.TLabel", wide).grid(sticky="w", pady=(self.px(2), 0))

    def _fill_key(self, course: Course) -> None:
        """What the shapes of the strip mean; the bands' colours stand with the bands."""
        words = {state: course.states[state] for state in "uapo" if state in course.states}
        if course.limit_words:
            words["limit"] = course.limit_words
        for place, (state, text) in enumerate(words.items()):
            swatch = self._canvas(self._key, 20)
            box = (1, 1, self.px(20) - 1, self.px(BAR_HIGH_PX) - 1)
            if state == "limit":
                draw_limit(swatch, box[0], box[2], self.px(6), self.colours)
            else:
                draw_state(swatch, state, box, self.colours)
            row, column = divmod(place, KEY_COLUMNS)
            swatch.grid(row=row, column=2 * column, padx=(self.px(14) if column else 0, self.px(5)))
            words_of = ttk.Label(self._key, text=text, style="Muted.TLabel")
            words_of.grid(row=row, column=2 * column + 1, sticky="w")

    def _fill_bands(self, view: TodayView) -> None:
        for row, (name, time, percent, share) in enumerate(view.bands):
            bar = self._canvas(self._foot, BAND_BAR_PX)
            bar.configure(background=self.colours.field)
            colour = self.colours.bands[row % 4]
            bar.create_rectangle(0, 0, share * self.px(BAND_BAR_PX), self.px(BAR_HIGH_PX), fill=colour, outline="")
            ttk.Label(self._foot, text=name).grid(row=row, column=0, sticky="e", padx=(0, self.px(10)))
            bar.grid(row=row, column=1)
            for column, text in ((2, time), (3, percent)):
                ttk.Label(self._foot, text=text).grid(row=row, column=column, sticky="e", padx=(self.px(14), 0))

    def _fill_week(self, view: TodayView) -> None:
        self._days = {}
        side, px = ttk.Frame(self._side), self.px
        side.grid(sticky="w")
        if view.week:
            heads = ("", _("valid"), _("median"), _("bands"), _("breaks"))
            for column, text in enumerate(heads):
                head = ttk.Label(side, text=text, style="Muted.TLabel")
                head.grid(row=0, column=column, sticky="e" if column in (1, 2) else "w", padx=(px(10), 0))
        for row, line in enumerate(view.week, start=1):
            style = "Chosen.Menu.TButton" if line.chosen else "Day.Menu.TButton"
            button = ttk.Button(side, text=line.name, style=style, command=partial(self._choose, line.day))
            button.grid(row=row, column=0, sticky="ew")
            button.bind("<Up>", lambda _event, row=row: self._move(row - 2))  # type: ignore[misc]
            button.bind("<Down>", lambda _event, row=row: self._move(row))  # type: ignore[misc]
            self._days[line.day] = button
            for column, text, sticky in ((1, line.valid, "e"), (2, line.median, "e"), (4, line.breaks, "w")):
                ttk.Label(side, text=text).grid(row=row, column=column, sticky=sticky, padx=(px(10), 0))
            self._shares(side, line.shares).grid(row=row, column=3, padx=(px(10), 0))
        for words in view.notes:
            self.label(self._side, words, "Muted.TLabel", 400).grid(sticky="w", pady=(px(4), 0))
        for words in view.reminders:
            self.label(self._side, words, width=400).grid(sticky="w", pady=(px(10), 0))

    def _move(self, place: int) -> None:
        buttons = list(self._days.values())
        if 0 <= place < len(buttons):
            buttons[place].focus_set()

    def _shares(self, parent: tk.Misc, shares: tuple[float, ...]) -> tk.Canvas:
        bar, x = self._canvas(parent, WEEK_BAR_PX), 0.0
        for colour, share in zip(self.colours.bands, shares, strict=False):
            end = x + share * self.px(WEEK_BAR_PX)
            bar.create_rectangle(x, 0, end, self.px(BAR_HIGH_PX), fill=colour, outline="")
            x = end
        return bar

    def _canvas(self, parent: tk.Misc, width: float) -> tk.Canvas:
        return tk.Canvas(
            parent,
            width=self.px(width),
            height=self.px(BAR_HIGH_PX),
            background=self.colours.paper,
            highlightthickness=0,
        )


if __name__ == "__main__":  # the process of this window
    show(TodayWindow, TodayView)
