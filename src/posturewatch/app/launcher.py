"""What the tray's menu and the loop may open: windows, pages and programs, each in a process of its own.

Where there is no screen or no tkinter, ``open`` says so and the caller goes another way; what the tray was asked
for is then said in the log, and the command line has it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from posturewatch.app.diary_form import entry_of, to_complete
from posturewatch.app.window_owner import WindowOwner
from posturewatch.base.child import Said
from posturewatch.base.clock import SystemClock
from posturewatch.base.errors import DataError, PosturewatchError
from posturewatch.base.inbox import Inbox
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.records import Action, DiaryEntry, Reminder
from posturewatch.base.settings import BreakSettings, Settings
from posturewatch.desktop.tray.display import TrayActions
from posturewatch.disk.folders import Folders
from posturewatch.sensor_client.window import open_calibration, open_live
from posturewatch.ui.open import menu_heard, menu_view, why_no_windows

if TYPE_CHECKING:
    from posturewatch.app.today import Wish

_log = logging.getLogger("posturewatch.ui")


class DesktopLauncher:
    """Implements ``ports.Launcher``, and does what the tray's lines ask for.

    What the loop and the tray want is done by :class:`WindowOwner`, in its thread.
    """

    def __init__(self, folders: Folders, inbox: Inbox, settings: Settings) -> None:
        self._folders = folders
        self._inbox = inbox
        self._settings = settings
        self._level = 0.0  # how strongly the screen shows the posture
        self._owner = WindowOwner(inbox)

    def close(self) -> None:
        """Close every window that is still open; what is wanted afterwards is not done."""
        self._owner.close()

    # ------------------------------------------------------------------ for the loop

    def change(self, settings: Settings) -> None:
        """Open windows by these settings from now on. For the loop's thread, as ``open`` is."""
        before, self._settings = self._settings.posture.feedback, settings
        if settings.posture.feedback not in ("off", before):
            self.follow(self._level)

    def open(
        self, what: str, *, text: str = "", reminder: Reminder | None = None, begun: bool = False, of_today: bool = True
    ) -> bool:
        """Have the owner's thread open a window of this name; False where there is no screen or no toolkit.

        ``text`` is a profile's name; ``reminder`` what a break says; ``begun``: the break runs already.
        """
        if why_no_windows() is not None:
            return False
        own, with_camera = self._settings, self._owner.open_with_camera
        wishes: dict[str, Callable[[], None]] = {
            "calibrate": partial(with_camera, "calibrate", partial(open_calibration, own, text)),
            "live": partial(with_camera, "live", partial(open_live, own, text, of_today=of_today)),
        }
        if reminder is not None:
            wishes["break"] = partial(self._break, own.breaks, reminder, begun=begun)
        if what not in wishes:
            return False
        self._owner.want(wishes[what])
        return True

    def follow(self, level: float) -> None:
        """Let the screen show so strongly that the head is forward."""
        self._level = level
        if why_no_windows() is None:
            self._owner.want(partial(self._follow, self._settings.posture.feedback, level))

    def shut(self, what: str) -> None:
        """Close the window of this name, if it is open."""
        self._level = 0.0 if what == "feedback" else self._level
        self._owner.want(partial(self._owner.shut, what))

    # ------------------------------------------------------------------ in the owner's thread

    def _follow(self, look: str, level: float) -> None:
        from posturewatch.ui.feedback_window import FeedbackView

        if not self._owner.tell("feedback", "level", look=look, level=level) and level > 0:
            self._owner.open("feedback", "feedback_window", FeedbackView(look, level), None)

    def _break(self, own: BreakSettings, reminder: Reminder, *, begun: bool) -> None:
        from posturewatch.core.reminding.exercises import find
        from posturewatch.ui.break_window import BreakView

        tip = find(own, reminder.exercise)
        view = BreakView(
            title=reminder.title,
            seconds=reminder.timeout_s,
            body=reminder.body,
            name=tip.name if tip else "",
            text=tip.text if tip else "",
            dose=tip.dose if tip else "",
            picture=tip.picture if tip else "",
            image=tip.image if tip else "",
            can_postpone=Action.POSTPONE in reminder.actions,
            can_skip=Action.SKIP in reminder.actions,
            strict=own.strict,
            begun=begun,
            cover=own.cover if reminder.muted is None else "window",
        )
        self._owner.open("break", "break_window", view, self._break_said)

    def _break_said(self, said: Said) -> None:
        kinds = {
            "take": CommandKind.BREAK_NOW,
            "postpone": CommandKind.BREAK_POSTPONE,
            "skip": CommandKind.BREAK_SKIP,
            "closed_early": CommandKind.BREAK_SKIP,
            "worse": CommandKind.EXERCISE_WORSE,
        }
        if said.kind == "help":
            self.open_help()
        if said.kind in kinds:
            self._inbox.put(Command(kinds[said.kind]))

    # ------------------------------------------------------------------ for the tray

    def open_report(self) -> None:
        """Today's report in the browser."""
        self._report_of(SystemClock().now().date())

    def open_today(self) -> None:
        """The day at a glance; where there can be no window, today's report in the browser."""
        if why_no_windows() is not None:
            self.open_report()
            return
        from posturewatch.app.today import DayTeller

        teller = DayTeller(self._folders, self._today_wish, self._report_of)
        self._owner.want(partial(self._owner.open, "today", "today_window", teller.view, teller.heard))

    def open_week(self) -> None:
        """The last seven days in the browser."""
        self._owner.want(partial(self._owner.start_program, "report", "--weeks", "1", "--open"))

    def open_config(self) -> None:
        """The settings file in the user's editor; written with the defaults where there is none."""
        from posturewatch.config.write import init_config

        if not self._folders.config_file.exists():
            init_config(self._folders.config_file)
        show_file(self._folders.config_file)

    def open_logs(self) -> None:
        """The folder of the daily files."""
        days = self._folders.days
        show_file(days if days.exists() else self._folders.logs)

    def open_help(self) -> None:
        """When to seek help."""
        if why_no_windows() is None:
            from posturewatch.ui.help_window import HelpView

            self._owner.want(partial(self._owner.open, "help", "help_window", HelpView(), None))

    def open_plan(self) -> None:
        """The therapist's plan: what is in force, or another one from a file."""
        if why_no_windows() is None:
            self._owner.want(self._plan)

    def _plan(self) -> None:
        from posturewatch.app.plan_dialogue import PlanDialogue

        talk = PlanDialogue(self._folders, SystemClock())
        self._owner.open("plan", "plan_window", talk.view(), talk.heard)

    def open_diary(self) -> None:
        """The diary's form: for the details of a headache just noted, else for a new entry."""
        if why_no_windows() is None:
            self._owner.want(self._diary)

    def open_check(self) -> None:
        """The movement check, in a program of its own to which the camera is lent, where there can be a window."""
        if why_no_windows() is None:
            self._owner.want(partial(self._owner.start_program, "check"))

    def open_setup(self) -> None:
        """The guided first run, where there can be a window."""
        if why_no_windows() is None:
            self._owner.want(partial(self._owner.start_program, "setup", "--window"))

    def open_settings(self) -> None:
        """The settings that people change, in a window; where there can be none, the file."""
        if why_no_windows() is None:
            self._owner.want(self._settings_window)
        else:
            self.open_config()

    def open_menu(self, items: tuple[MenuItem, ...], chosen: Callable[[MenuItem], None]) -> None:
        """The tray's menu in a window; asked for again it is replaced, for what it shows may have changed."""

        def replace_menu() -> None:
            self._owner.shut("menu")
            self._owner.open("menu", "menu_window", menu_view(items), menu_heard(items, chosen))

        self._owner.want(replace_menu)

    def open_tip(self, words: str) -> None:
        """The icon's words by the pointer; empty takes them away."""
        from posturewatch.ui.tooltip_window import TooltipView

        show = partial(self._owner.open, "tip", "tooltip_window", TooltipView(words), None)
        self._owner.want(show if words else partial(self._owner.shut, "tip"))

    def _report_of(self, day: date) -> None:
        self._owner.want(partial(self._owner.start_program, "report", "--from", f"{day}", "--to", f"{day}", "--open"))

    def _today_wish(self) -> Wish:
        from posturewatch.app.today import Wish

        own = self._settings
        return Wish(own.user.shown_units, own.posture.threshold)

    def _diary(self) -> None:
        from posturewatch.journal.reader import open_reader
        from posturewatch.ui.diary_window import DiaryView

        now = SystemClock().now()
        noted = None
        try:
            with open_reader(self._folders.journal_file) as journal:
                noted = to_complete(journal.diary_of(now.date()), now)
        except PosturewatchError as err:
            _log.warning("the diary cannot be read: %s", err.message)
        at = noted.at if noted is not None else now
        view = DiaryView(now.date().isoformat(), f"{at:%H:%M}", completes=noted is not None)
        self._owner.open("diary", "diary_window", view, partial(self._diary_said, noted))

    def _settings_window(self) -> None:
        from posturewatch.app.settings_form import settings_view
        from posturewatch.config.layers import in_force

        try:
            found = in_force(self._folders, SystemClock().now().date())
            view = settings_view(found.settings, found)
        except PosturewatchError as err:  # a file that is wrong already is mended in the file
            _log.warning("no settings window: %s", err.message)
            self.open_config()
            return
        self._owner.open("settings", "settings_window", view, partial(self._settings_said, found.from_plan))

    def _settings_said(self, from_plan: frozenset[str], said: Said) -> Said | None:
        """Write what was changed in the settings window into the file; answers whether it is kept."""
        from posturewatch.app.settings_form import refusal, save
        from posturewatch.config.write import init_config

        typed = said.get("values")
        if said.kind != "save" or not isinstance(typed, dict):
            return None
        try:
            if not self._folders.config_file.exists():
                init_config(self._folders.config_file)
            problems = save(self._folders.config_file, typed, from_plan)
        except PosturewatchError as err:
            return Said("refused", {"why": refusal(err), "problems": {}})
        return Said("refused", {"problems": problems}) if problems else Said("kept")

    def _diary_said(self, noted: DiaryEntry | None, said: Said) -> Said | None:
        """What stands in the form, written over a connection of its own; answers whether it is kept."""
        if said.kind not in ("headache", "none"):
            return None
        from posturewatch.journal.writer import open_beside

        try:
            noted = noted if said.kind == "headache" else None
            entry = entry_of(said.kind, said.values, SystemClock().now(), noted)
            with open_beside(self._folders.journal_file, SystemClock()) as journal:
                if entry.id is not None:
                    journal.edit_diary(entry.id, entry)
                else:
                    journal.add_diary(entry)
        except PosturewatchError as err:
            field = err.field if isinstance(err, DataError) else ""
            return Said("refused", {"why": err.in_words, "field": field})
        return Said("kept")


def show_file(path: Path) -> None:
    """Open a file or folder with the program that the desktop has for it."""
    import click

    click.launch(str(path))


def tray_actions(launcher: DesktopLauncher) -> TrayActions:
    """The tray's lines that are no commands."""
    return TrayActions(
        open_today=launcher.open_today,
        open_report=launcher.open_report,
        open_week=launcher.open_week,
        open_config=launcher.open_config,
        open_logs=launcher.open_logs,
        open_help=launcher.open_help,
        open_plan=launcher.open_plan,
        open_diary=launcher.open_diary,
        open_check=launcher.open_check,
        open_setup=launcher.open_setup,
        open_settings=launcher.open_settings,
        open_menu=launcher.open_menu if why_no_windows() is None else None,
        open_tip=launcher.open_tip if why_no_windows() is None else None,
    )
