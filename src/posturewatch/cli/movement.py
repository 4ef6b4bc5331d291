"""check: the movement check in a window or in the terminal, and its last results."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import DataError, UsageError
from posturewatch.base.folding import folded
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow, to_json
from posturewatch.base.movement_words import amount, movement_name, result_words
from posturewatch.base.quantities import Units
from posturewatch.base.wording import footer
from posturewatch.cli.columns import terminal_columns
from posturewatch.cli.common import folders, json_option, print_json, settings
from posturewatch.cli.progress import StatusLine

if TYPE_CHECKING:
    from posturewatch.base.settings import Settings
    from posturewatch.disk.folders import Folders


@click.command(
    help=_(
        "A movement check before the camera, two or three minutes: sitting as usual and upright, turning, looking down "
        "and up, tilting, drawing the chin in. With a screen a window guides you, without one the terminal. For your "
        "own tracking and for your own therapist. Each step may be paused, repeated, skipped or ended."
    )
)
@click.option("--source", help=_("Instead of the configured camera."))
@click.option("--last", is_flag=True, help=_("Show the last check, beside the one before, and open no window."))
@click.option("--window/--no-window", default=None, help=_("With the window, or in the terminal; default: as it goes."))
@json_option
def check(source: str | None, last: bool, window: bool | None, as_json: bool) -> None:
    """Open the check, or show the last one."""
    from posturewatch.app import movement_check
    from posturewatch.ui.open import why_no_windows

    here, wish = folders().make(), settings()
    if last:
        rows = movement_check.last_check(here)
        if not rows:
            raise DataError(_("There is no movement check yet."), _("Make one when you like: posturewatch check"))
        _show(rows, wish.user.shown_units, as_json=as_json)
        return
    if source is not None:
        wish = wish.model_copy(update={"camera": wish.camera.model_copy(update={"source": source})})
    if window or (window is None and why_no_windows() is None):
        kept = movement_check.check_with_window(here, wish)
    else:
        kept = _in_terminal(here, wish)
    if kept is None:
        if as_json:
            print_json({"kept": False, "rows": []})
        else:
            click.echo(_("Nothing was kept."))
        return
    _show(kept, wish.user.shown_units, as_json=as_json)


class Guide:
    """What the check says in the terminal: on the error stream, as all that guides."""

    def __init__(self) -> None:
        self._line = StatusLine(lively=True)

    def say(self, line: str) -> None:
        """Print a line below what stands there."""
        self._line.end()
        for part in folded(line, terminal_columns() - 1, 2) if line else [""]:
            click.echo(part, err=True)

    def show(self, line: str) -> None:
        """What takes the place of what was shown before."""
        self._line.show(line)

    @staticmethod
    def keys() -> AbstractContextManager[Callable[[], str]]:
        """Single keys while it lasts."""
        return single_keys()


def _in_terminal(here: Folders, wish: Settings) -> tuple[MovementRow, ...] | None:
    """The check by text and keys."""
    from posturewatch.app import movement_check

    guide = Guide()

    def keeps(rows: Sequence[MovementRow]) -> bool:
        guide.say("")
        for row in rows:
            guide.say(f"  {movement_name(row.movement)}: {result_words(row, wish.user.shown_units)}")
        guide.say(_("± is the standard error. Keep it to see it beside your next check."))
        return click.confirm(_("Keep"), default=True, err=True)

    return movement_check.check_in_terminal(here, wish, guide, keeps)


def _show(rows: Sequence[MovementRow], units: Units, *, as_json: bool) -> None:
    if as_json:
        print_json({"kept": True, "rows": [to_json(row) for row in rows]})
        return
    from posturewatch.core.history.checks import checks_of, difference

    checks = checks_of(rows)
    now, then = checks[-1], checks[0] if len(checks) > 1 else None
    click.echo(_("Movement check of {time}").format(time=f"{now.at:%Y-%m-%d %H:%M}"))
    for row in now.rows:
        line = f"  {movement_name(row.movement)}: {result_words(row, units)}"
        made = None if then is None else difference(row, then.row(row.movement))
        if made is not None and then is not None:
            judged = _("more than its error") if made.more_than_error else _("within its error")
            told = _("{change} ± {error} since {day}").format(
                change=amount(made.value, row, units, signed=True),
                error=amount(made.se, row, units),
                day=then.at.date(),
            )
            line += f" ({told}, {judged})"
        click.echo(line)
    click.echo(footer())


@contextmanager
def single_keys() -> Iterator[Callable[[], str]]:
    """What tells the keys that were pressed since it was last called, in order; the terminal is as it was afterwards.
    Raises UsageError where nobody sits at a terminal."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(_("This needs a terminal with a keyboard."), _("Run it in a terminal, or with --window."))
    if sys.platform == "win32":
        import msvcrt

        def waiting() -> str:
            found = ""
            while msvcrt.kbhit():
                found += msvcrt.getwch()
            return found

        yield waiting
        return
    import os
    import select
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)

    def pressed() -> str:
        ready, _out, _err = select.select([number], [], [], 0)
        return os.read(number, 64).decode("utf-8", "ignore") if ready else ""

    tty.setcbreak(number)  # Ctrl-C still ends the program
    try:
        yield pressed
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)
