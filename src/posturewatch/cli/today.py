"""today: the day at a glance, in a window."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import ConfigError
from posturewatch.base.i18n import _
from posturewatch.cli.common import folders, parse_day, settings, units_wish

if TYPE_CHECKING:
    from posturewatch.app.today import Wish


@click.command(
    help=_(
        "Show the day in a window: its course with states and events, its bands and breaks, and the week that ends "
        "with it. It follows the log while it is open; `posturewatch log` says the same in the terminal."
    )
)
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help=_("Another day than today; also: yesterday."))
def today(day_text: str | None) -> None:
    """The window, until it is closed."""
    from posturewatch.app.today import show_day

    show_day(folders(), _Wishes().now, _open_report, parse_day(day_text) if day_text else None)


class _Wishes:
    """Unit and limit by the settings file, read again when it has changed; the limit is left out while it is wrong."""

    def __init__(self) -> None:
        self._kept: tuple[int, Wish] | None = None

    def now(self) -> Wish:
        """What the settings wish for the window, read anew where their file has changed."""
        from posturewatch.app.today import Wish

        try:
            stamp = folders().config_file.stat().st_mtime_ns
        except OSError:
            stamp = 0
        if self._kept is None or self._kept[0] != stamp:
            try:
                own = settings()
                wish = Wish(own.user.shown_units, own.posture.threshold)
            except ConfigError:
                wish = Wish(units_wish())
            self._kept = stamp, wish
        return self._kept[1]


def _open_report(day: date) -> None:
    from posturewatch.app.background import start_beside

    with suppress(OSError):
        start_beside("report", "--from", f"{day}", "--to", f"{day}", "--open")
