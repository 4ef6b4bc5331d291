"""The journal's minutes as a table of arrays, for whatever asks for many: see ``core.history.minute_table``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from posturewatch.core.history.minute_table import MINUTE, MinuteTable
from posturewatch.journal.rows import MINUTE_COLUMNS, MINUTE_KEYS

_MISSING: Final = -(1 << 31)
"""In place of NULL. No number of a journal comes near it."""

_NUMBERS: Final = re.compile("[0-9,-]*")

COLUMNS: Final = (*MINUTE_KEYS, *(f"coalesce({column.name}, {_MISSING})" for column in MINUTE_COLUMNS))
"""What to ask the database for, column by column."""


def table_of(texts: Iterable[str], names: Mapping[int, str]) -> MinuteTable:
    """The minutes. ``texts``: each of :data:`COLUMNS` as its numbers between commas; ``names``: of the profiles.

    Raises ValueError where something else than a whole number stands among them.
    """
    texts = tuple(texts)
    if not all(map(_NUMBERS.fullmatch, texts)) or len({text.count(",") for text in texts}) > 1:
        raise ValueError("no columns of whole numbers")
    columns = [np.fromstring(text, dtype=np.int64, sep=",") for text in texts]
    minutes = np.empty(len(columns[0]), MINUTE)
    minutes["minute"], minutes["offset_min"] = columns[0], columns[1]
    numbers, minutes["profile"] = np.unique(columns[2], return_inverse=True)
    for column, stored in zip(MINUTE_COLUMNS, columns[len(MINUTE_KEYS) :], strict=True):
        into = minutes[column.field]
        if into.dtype == np.int64:  # frames, a calibration or none, tied or not known
            into[:] = np.where(stored == _MISSING, -1, stored)
        else:
            target = into if column.part is None else into[:, column.part]
            target[:] = np.where(stored == _MISSING, np.nan, stored / column.factor)
    return MinuteTable(minutes, tuple(names.get(int(number), "") for number in numbers))
