"""When to seek help: the list, always reachable, never inferred from anything that was measured."""

from __future__ import annotations

from dataclasses import dataclass

from posturewatch.base.child import App
from posturewatch.base.i18n import _
from posturewatch.base.wording import call_for_help, footer, see_a_doctor_soon, seek_help, seek_help_title
from posturewatch.ui.toolkit import Window, show


@dataclass(frozen=True, slots=True)
class HelpView:
    """There is nothing to choose."""

    dark: bool | None = None


class HelpWindow(Window):
    """The window with the list."""

    def __init__(self, app: App, view: HelpView) -> None:
        super().__init__(app, _("When to seek help"), dark=view.dark)
        self.label(self.body, f"{call_for_help()} {seek_help_title()}", "Title.TLabel", 520).grid(
            columnspan=2, sticky="w"
        )
        for line in seek_help():
            row = self.body.grid_size()[1]
            self.label(self.body, "•").grid(row=row, column=0, sticky="ne", pady=(self.px(8), 0))
            text = self.label(self.body, line, width=490)
            text.grid(row=row, column=1, sticky="w", padx=(self.px(8), 0), pady=(self.px(8), 0))
        soon = self.label(self.body, see_a_doctor_soon(), width=520)
        soon.grid(columnspan=2, sticky="w", pady=(self.px(12), 0))
        note = self.label(self.body, footer(), "Muted.TLabel", 520)
        note.grid(columnspan=2, sticky="w", pady=(self.px(18), 0))
        close = self.buttons(self.body, (_("Close"), self.close, True))
        close.grid(columnspan=2, sticky="e", pady=(self.px(18), 0))


def main() -> None:
    """The process of this window."""
    show(lambda app, payload: HelpWindow(app, HelpView(payload.get("dark"))))


if __name__ == "__main__":
    main()
