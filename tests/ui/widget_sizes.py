"""Opens each window in one language and prints, as JSON, every widget that is not seen whole.

python -m ui.widget_sizes LANGUAGE
"""

from __future__ import annotations

import json
import os
import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tkinter import ttk
from typing import Any

from fakes import MONDAY_NINE
from posturewatch.app.menu import menu_for
from posturewatch.app.plan_form import PlanForm
from posturewatch.app.settings_form import settings_view
from posturewatch.base.child import App, Said
from posturewatch.base.i18n import _, set_language
from posturewatch.base.records import Load, Snapshot, State
from posturewatch.base.settings import Settings, UserSettings
from posturewatch.core.reminding.exercises import builtin
from posturewatch.disk.folders import Folders
from posturewatch.sensor.windows.calibration_window import CalibrationWindow
from posturewatch.sensor.windows.live_window import LiveWindow
from posturewatch.sensor.windows.picture_window import PictureWindow
from posturewatch.ui.break_window import BreakView, BreakWindow
from posturewatch.ui.diary_window import DiaryView, DiaryWindow
from posturewatch.ui.first_run import Answers, SetupView
from posturewatch.ui.help_window import HelpView, HelpWindow
from posturewatch.ui.menu_window import MenuWindow
from posturewatch.ui.open import menu_view
from posturewatch.ui.plan_form_window import PlanFormView, PlanFormWindow
from posturewatch.ui.plan_window import PlanView, PlanWindow
from posturewatch.ui.settings_window import SettingsWindow
from posturewatch.ui.setup_window import SetupWindow
from posturewatch.ui.today_window import TodayWindow
from posturewatch.ui.toolkit import Window
from ui.test_places_on_a_desktop import full_day

SETTINGS = Settings(user=UserSettings(units="cm"))
LONG = "Unrepeatable sentence that somebody is told where something was refused, with a way out of it."


def windows(app: App) -> dict[str, Callable[[], Window]]:
    """How each is opened; those of the sensor have no picture yet."""
    now = Snapshot(
        MONDAY_NINE, State.UPRIGHT, None, 0.2, 0.3, Load(13, 3, "rule"), "desk", ("desk", "laptop"), next_break_s=900
    )
    view = settings_view(SETTINGS)
    breaks = {
        f"break {tip.name}": lambda tip=tip: BreakWindow(
            app, BreakView(_("Time for a short break"), 45, "", tip.name, tip.text, tip.dose, tip.picture)
        )
        for tip in builtin()
    }
    return breaks | {
        "diary": lambda: DiaryWindow(app, DiaryView("2026-11-23", "09:41")),
        "help": lambda: HelpWindow(app, HelpView()),
        "menu": lambda: MenuWindow(app, menu_view(menu_for(now, "cm"))),
        "plan form": lambda: PlanFormWindow(app, plan_form()),
        "plan": lambda: PlanWindow(app, PlanView((LONG,), in_force=True)),
        "settings": lambda: SettingsWindow(app, view),
        "setup": lambda: SetupWindow(app, SetupView("linux", (("0", "Webcam"),), Answers(units="cm"))),
        "today": lambda: TodayWindow(app, full_day()),
        "calibrate": lambda: CalibrationWindow(app, SETTINGS.camera, SETTINGS.models, SETTINGS.user, "desk"),
        "live": lambda: LiveWindow(app, SETTINGS.camera, SETTINGS.models, SETTINGS, None),
    }


def plan_form() -> PlanFormView:
    """The form with a course, a phase and an exercise."""
    here = Path("/nowhere")
    form = PlanForm(Folders(here, here, here, here), "cm", here / "anna.toml", MONDAY_NINE.date())
    view = form.view()
    return replace(view, parts=(*view.parts, view.exercises[0][1]))


def told(name: str, window: Window) -> Iterator[str]:
    """Each state of the window that is looked at, by name: as it opens, refused, page by page."""
    yield "opened"
    if name == "settings":
        fields = [field.key for _title, own in settings_view(SETTINGS).groups for field in own]
        window.hear(Said("refused", {"problems": dict.fromkeys(fields, LONG)}))
        yield "refused"
    elif name == "diary":
        for field in ("duration_min", ""):
            window.hear(Said("refused", {"why": LONG, "field": field}))
            yield f"refused {field}"
    elif name == "plan form":
        for page in range(1, window.pages):
            window.go_to_page(page)
            yield f"page {page + 1}"
        problems = [[place, field.key, LONG] for place, part in enumerate(plan_form().parts) for field in part.fields]
        window.hear(Said("refused", {"problems": problems}))
        yield "refused"
    elif name == "plan":
        window.hear(Said("refused", {"why": LONG}))
        yield "refused"
    elif name == "setup":
        for page in range(9):
            forward = next((part for part in parts(window.root) if text_of(part) in {_("Next"), _("Later")}), None)
            if not isinstance(forward, ttk.Button):
                break
            forward.invoke()
            yield f"page {page + 1}"


def parts(widget: tk.Misc) -> Iterator[tk.Misc]:
    """All that lies in a widget."""
    for child in widget.winfo_children():
        yield child
        yield from parts(child)


def text_of(part: tk.Misc) -> str:
    """What it says, if it says anything."""
    return (
        str(part.cget("text")) if isinstance(part, ttk.Label | ttk.Button | ttk.Checkbutton | ttk.Radiobutton) else ""
    )


def faults(window: Window) -> Iterator[str]:
    """What is cut off by its own place or by the window, and a window that its monitor has no room for."""
    root = window.root
    root.update()
    left, top = root.winfo_rootx(), root.winfo_rooty()
    right, bottom = left + root.winfo_width(), top + root.winfo_height()
    if root.winfo_width() > window.monitor.width or root.winfo_height() > window.room_px:
        yield f"window {root.winfo_width()} x {root.winfo_height()}"
    for part in parts(root):
        if not part.winfo_ismapped() or isinstance(part, tk.Canvas) or isinstance(part.master, tk.Canvas):
            continue
        x, y, width, height = part.winfo_rootx(), part.winfo_rooty(), part.winfo_width(), part.winfo_height()
        if part.winfo_reqwidth() > width or part.winfo_reqheight() > height:
            yield f"{part} {text_of(part)!r} wants {part.winfo_reqwidth()} x {part.winfo_reqheight()}"
        if any(line[:1] in tuple("、。，．）」』") for line in text_of(part).split("\n")):
            yield f"{part} {text_of(part)!r} has a line that begins with what ends one"
        inside_menu = isinstance(window, MenuWindow)  # which scrolls
        if not inside_menu and (x < left or y < top or x + width > right or y + height > bottom):
            yield f"{part} {text_of(part)!r} lies beyond the window"


def main() -> None:
    """Each window in turn."""
    set_language(sys.argv[1])
    (reading, keep), (_far, writing) = os.pipe(), os.pipe()
    app = App(os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0))
    found: dict[str, Any] = {}
    for name, opened in windows(app).items():
        window = opened()
        if isinstance(window, PictureWindow):  # as it does when it is shown
            window.root.update_idletasks()
            window.picture.shrink(window.root.winfo_reqheight() - window.room_px)
        window.place()
        window.root.deiconify()
        for state in told(name, window):
            found[f"{name}: {state}"] = list(faults(window))
        window.close()
    print(json.dumps(found))  # noqa: T201
    os.close(keep)


if __name__ == "__main__":
    main()
