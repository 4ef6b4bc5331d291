"""check: the movement check in a window, and its last results in the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow, to_json
from posturewatch.base.movement_words import amount, movement_name, result_words
from posturewatch.base.quantities import Units
from posturewatch.base.wording import footer
from posturewatch.cli.common import folders, json_option, print_json, settings


@click.command(
    help=_(
        "A movement check before the camera, two or three minutes, in a window: sitting as usual and upright, turning, "
        "looking down and up, tilting, drawing the chin in. For your own tracking and for your own therapist. Each "
        "step may be paused, repeated, skipped or ended."
    )
)
@click.option("--source", help=_("Instead of the configured camera."))
@click.option("--last", is_flag=True, help=_("Show the last check, beside the one before, and open no window."))
@json_option
def check(source: str | None, last: bool, as_json: bool) -> None:
    """Open the check, or show the last one."""
    from posturewatch.app import movement_check

    here, wish = folders().make(), settings()
    if last:
        rows = movement_check.last_check(here)
        if not rows:
            raise DataError(_("There is no movement check yet."), _("Make one when you like: posturewatch check"))
        _show(rows, wish.user.shown_units, as_json=as_json)
        return
    if source is not None:
        wish = wish.model_copy(update={"camera": wish.camera.model_copy(update={"source": source})})
    kept = movement_check.check_with_window(here, wish)
    if kept is None:
        if as_json:
            print_json({"kept": False, "rows": []})
        else:
            click.echo(_("Nothing was kept."))
        return
    _show(kept, wish.user.shown_units, as_json=as_json)


def _show(rows: Sequence[MovementRow], units: Units, *, as_json: bool) -> None:
    if as_json:
        print_json({"kept": True, "rows": [to_json(row) for row in rows]})
        return
    from posturewatch.core.history.checks import change, checks_of

    checks = checks_of(rows)
    now, then = checks[-1], checks[0] if len(checks) > 1 else None
    click.echo(_("Movement check of {time}").format(time=f"{now.at:%Y-%m-%d %H:%M}"))
    for row in now.rows:
        line = f"  {movement_name(row.movement)}: {result_words(row, units)}"
        made = None if then is None else change(then.row(row.movement), row)
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
