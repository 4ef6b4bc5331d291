"""A table of days without persons, with the dictionary of its columns, for somebody who counts over many.

Left out: numbers, names, computers, dates, times, zones, profiles, everything that was typed. Persons have numbers in
an order drawn anew for each export and kept nowhere; days are counted from the person's first. That hides who they are
from whoever has the table alone; somebody who knows a person's course day by day could still find it, so the table goes
to people who are bound not to look, and not onto the net.
"""

from __future__ import annotations

import csv
import io
import secrets
from contextlib import closing
from typing import Final

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.practice.engines import DuckEngine, query
from posturewatch.practice.groups import LEAST
from posturewatch.practice.lake import Lake

TABLE: Final = "days.csv"
DICTIONARY: Final = "data_dictionary.csv"


def _columns() -> tuple[tuple[str, str, str], ...]:
    """Column, unit, meaning in the user's language."""
    return (
        ("person", "", _("Number of the person in this table, in an order drawn anew for each export.")),
        ("day", "", _("Day since the person's first, which is 1.")),
        ("usable", "", _("Whether there is enough data for the day to be averaged.")),
        ("tied", "", _("Whether the day's zero is known; blank where the journal does not say.")),
        ("valid_min", "min", _("Minutes with a reliable estimate.")),
        ("median_in", "in", _("Median forward head distance against the calibrated posture, + forward.")),
        ("se_in", "in", _("Mean standard error of the minutes.")),
        ("headache", "", _("yes, no, or blank where the diary says nothing.")),
        ("worst_0_10", "", _("Worst pain, 0 to 10.")),
        ("breaks_due", "", _("Breaks announced.")),
        ("breaks_taken", "", _("Of these taken.")),
    )


def deidentified(lake: Lake) -> tuple[tuple[str, bytes], ...]:
    """Name and content of the table and its dictionary. Raises DataError with fewer than ten patients."""
    import pyarrow as pa

    patients = lake.patients()
    if len(patients) < LEAST:
        raise DataError(
            _("The lake has {n} patients; a table without persons needs {least}.").format(n=len(patients), least=LEAST)
        )
    secrets.SystemRandom().shuffle(patients)
    with closing(DuckEngine(lake)) as engine:
        engine.load_marts()
        engine.put("persons", pa.table({"patient": patients, "person": range(1, len(patients) + 1)}))
        found = engine.table(query("deidentified"))
    columns = _columns()
    names = [name for name, _unit, _meaning in columns]
    rows = zip(*(found[name].to_pylist() for name in names), strict=True)
    return (TABLE, _csv([names, *rows])), (DICTIONARY, _csv([("column", "unit", "meaning"), *columns]))


def _csv(rows: list[object]) -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows(rows)  # type: ignore[arg-type]
    return buffer.getvalue().encode()
