"""The settings that people change, in a window. What stands in it, and what may, the app says.

Says ``save`` with the text of each field that was changed, by its key, and waits for the answer: ``kept`` closes the
window, ``refused`` has a sentence for each key that cannot be, which is shown at its field; the rest stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from tkinter import ttk
from typing import Final

from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _
from posturewatch.ui.form import Fields, FieldView
from posturewatch.ui.toolkit import Window, show

HINT_WIDE: Final = 940
COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class SettingsView:
    """Groups of fields: a title, and the settings below it."""

    groups: tuple[tuple[str, tuple[FieldView, ...]], ...]
    dark: bool | None = None


class SettingsWindow(Window):
    """Changed values go to the app, which keeps them or says what is wrong; it closes once they are kept."""

    def __init__(self, app: App, view: SettingsView) -> None:
        super().__init__(app, _("Settings"), dark=view.dark)
        self._fields = Fields(self, self._tell)
        self._asked = False
        self.label(self.body, _("Settings"), "Title.TLabel").grid(columnspan=COLUMNS, sticky="w")
        sides = [ttk.Frame(self.body) for _side in range(COLUMNS)]
        for column, side in enumerate(sides):
            side.columnconfigure(1, weight=1)
            side.grid(row=1, column=column, sticky="nw", padx=(self.px(36) if column else 0, 0))
        for title, fields in view.groups:
            side = min(sides, key=self._fields.rows)
            head = self.label(side, title, "Head.TLabel")
            head.grid(row=self._fields.next_row(side), columnspan=2, sticky="w", pady=(self.px(8), 0))
            for field in fields:
                self._fields.add(side, field)
        self._hint = self.label(self.body, "", "Muted.TLabel", HINT_WIDE)
        self._hint.grid(columnspan=COLUMNS, sticky="w", pady=(self.px(8), 0))
        # The window keeps its size while hints come and go.
        ttk.Frame(self.body, width=self.px(HINT_WIDE)).grid(columnspan=COLUMNS)
        self.body.rowconfigure(self.body.grid_size()[1] - 2, minsize=self.px(54))
        row = self.buttons(self.body, (_("Cancel"), self.close, False), (_("Save"), self._save, True))
        row.grid(columnspan=COLUMNS, sticky="e", pady=(self.px(10), 0))
        self._before = self._fields.values()

    def _tell(self, words: str, wrong: bool) -> None:
        """Below the fields: what is wrong with the one that is used, else what it is for."""
        self._hint.configure(text=words, style="Error.TLabel" if wrong else "Muted.TLabel")

    def _save(self) -> None:
        if self._asked:
            return
        changed = {key: text for key, text in self._fields.values().items() if text != self._before[key]}
        if not changed:
            self.close()
            return
        self._asked = True
        self._fields.clear_problems()
        self.app.say("save", values=changed)

    def hear(self, said: Said) -> None:
        """The app's answer."""
        self._asked = False
        if said.kind == "kept":
            self.close()
        elif said.kind == "refused":
            problems = said.get("problems")
            below = [str(said.get("why") or "")]
            for key, words in (problems if isinstance(problems, dict) else {}).items():
                if not self._fields.refuse(key, str(words)):
                    below.append(str(words))
            # The others are told when their fields are gone to: all at once, the window would outgrow its monitor.
            self._tell("\n".join(list(filter(None, below))[:2]), True)
            self.place()


if __name__ == "__main__":  # the process of this window
    show(SettingsWindow, SettingsView)
