"""Options that several commands share."""

from __future__ import annotations

import click

from posturewatch.i18n import _

json_option = click.option("--json", "as_json", is_flag=True, help=_("Print JSON for a program to read."))
