"""What the tray's menu and the loop may open: windows, pages and programs, each in a process of its own.

Where there is no screen or no tkinter, ``open`` says so and the caller goes another way; what the tray was asked
for is then said in the log, and the command line has it.
"""

from __future__ import annotations

import contextlib
import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from posturewatch.app.diary_form import entry_of
from posturewatch.child import Said
from posturewatch.edges.clock import SystemClock
from posturewatch.edges.folders import Folders
from posturewatch.edges.tray import TrayActions
from posturewatch.errors import PosturewatchError
from posturewatch.ports import Inbox
from posturewatch.records import Action, Command, CommandKind, Reminder
from posturewatch.settings import Settings
from posturewatch.windows.launch import WindowHandle, open_menu, open_window, why_no_windows

_WITH_CAMERA: Final = ("live", "calibrate")
"""Commands of ours whose window shows the camera's picture: they end with the app."""

_log = logging.getLogger("posturewatch.windows")


class Launchpad:
    """Implements ``ports.Launcher``, and does what the tray's lines ask for."""

    def __init__(self, folders: Folders, inbox: Inbox, settings: Settings) -> None:
        self._folders = folders
        self._inbox = inbox
        self.settings = settings
        self._windows: dict[str, WindowHandle] = {}
        self._programs: list[tuple[str, subprocess.Popen[bytes]]] = []

    # ------------------------------------------------------------------ for the loop

    def open(self, what: str, *, text: str = "", reminder: Reminder | None = None, begun: bool = False) -> bool:
        """See ``ports.Launcher``."""
        if why_no_windows() is not None:
            return False
        match what:
            case "break" if reminder is not None:
                return self._break(reminder, begun=begun)
            case "dim":
                from posturewatch.windows.dim_window import DimView

                return self._window("dim", "dim_window", DimView(), None)
            case "calibrate":
                return self._program("calibrate", "--window", *(("--profile", text) if text else ()))
            case "live":
                return self._program("live")
        return False

    def shut(self, what: str) -> None:
        """See ``ports.Launcher``."""
        window = self._windows.pop(what, None)
        if window is not None:
            window.close()

    def close(self) -> None:
        """Close every window that is still open, those of our own commands that have the camera too."""
        diary = self._windows.pop("diary", None)
        if diary is not None:
            diary.hang_up()  # it closes by itself, unless something stands in it that nobody has saved
        for what in tuple(self._windows):
            self.shut(what)
        for word, program in self._programs:
            if word in _WITH_CAMERA and program.poll() is None:
                program.terminate()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    program.wait(1.0)

    def _break(self, reminder: Reminder, *, begun: bool) -> bool:
        from posturewatch.core.exercises import find
        from posturewatch.windows.break_window import BreakView

        own = self.settings.breaks
        tip = find(own, reminder.exercise)
        view = BreakView(
            title=reminder.title,
            seconds=reminder.timeout_s,
            body=reminder.body,
            name=tip.name if tip else "",
            text=tip.text if tip else "",
            dose=tip.dose if tip else "",
            picture=tip.picture if tip else "",
            can_postpone=Action.POSTPONE in reminder.actions,
            can_skip=Action.SKIP in reminder.actions,
            strict=own.strict,
            begun=begun,
        )
        return self._window("break", "break_window", view, self._break_said)

    def _break_said(self, said: Said) -> None:
        kinds = {
            "take": CommandKind.BREAK_NOW,
            "postpone": CommandKind.BREAK_POSTPONE,
            "skip": CommandKind.BREAK_SKIP,
            "closed_early": CommandKind.BREAK_SKIP,
        }
        if said.kind in kinds:
            self._inbox.put(Command(kinds[said.kind]))

    def _window(self, what: str, name: str, view: Any, heard: Callable[[Said], Said | None] | None) -> bool:
        open_one = self._windows.get(what)
        if open_one is not None and open_one.alive:
            return True
        try:
            self._windows[what] = open_window(name, view, heard)
        except PosturewatchError as err:
            _log.info("no window: %s", err.message)
            return False
        return True

    def _program(self, *words: str) -> bool:
        """Start one of our own commands beside the app; those that have ended are let go, that none stays a zombie."""
        self._programs = [(word, program) for word, program in self._programs if program.poll() is None]
        try:
            program = subprocess.Popen(
                (sys.executable, "-m", "posturewatch", *words),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as err:
            _log.warning("posturewatch %s could not be started: %s", words[0], err.strerror)
            return False
        self._programs.append((words[0], program))
        return True

    # ------------------------------------------------------------------ for the tray

    def open_report(self) -> None:
        """Today's report in the browser."""
        day = SystemClock().now().date().isoformat()
        self._program("report", "--from", day, "--to", day, "--open")

    def open_week(self) -> None:
        """The last seven days in the browser."""
        self._program("report", "--weeks", "1", "--open")

    def open_config(self) -> None:
        """The settings file in the user's editor; written with the defaults where there is none."""
        from posturewatch.edges.config_write import init_config

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
            from posturewatch.windows.help_window import HelpView

            self._window("help", "help_window", HelpView(), None)

    def open_diary(self) -> None:
        """The diary's form."""
        if why_no_windows() is None:
            from posturewatch.windows.diary_window import DiaryView

            now = SystemClock().now()
            view = DiaryView(now.date().isoformat(), f"{now:%H:%M}")
            self._window("diary", "diary_window", view, self._diary_said)

    def open_setup(self) -> None:
        """The guided first run, where there can be a window."""
        if why_no_windows() is None:
            self._program("setup", "--window")

    def _diary_said(self, said: Said) -> Said | None:
        """What stands in the form, written over a connection of its own; answers whether it is kept."""
        if said.kind not in ("headache", "none"):
            return None
        from posturewatch.edges.journal import SqliteJournal

        try:
            entry = entry_of(said.kind, said.values, SystemClock().now())
            journal = SqliteJournal(self._folders.journal_file, SystemClock(), busy_s=10.0, check=False)
            try:
                journal.add_diary(entry)
            finally:
                journal.close()
        except PosturewatchError as err:
            return Said("refused", {"why": f"{err.message} {err.hint}".strip()})
        return Said("kept")


def show_file(path: Path) -> None:
    """Open a file or folder with the program that the desktop has for it."""
    import click

    click.launch(str(path))


def tray_actions(pad: Launchpad) -> TrayActions:
    """The tray's lines that are no commands."""
    return TrayActions(
        open_report=pad.open_report,
        open_week=pad.open_week,
        open_config=pad.open_config,
        open_logs=pad.open_logs,
        open_help=pad.open_help,
        open_diary=pad.open_diary,
        open_setup=pad.open_setup,
        open_menu=open_menu if why_no_windows() is None else None,
    )
