"""Keeps the marts true to the facts: after files were taken in, joined or deleted, for the patients concerned."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Final

import numpy as np

from posturewatch.practice.engines import TO_MARTS, DuckEngine
from posturewatch.practice.lake import BUCKETS, Lake
from posturewatch.practice.lake_tables import MARTS, schema

if TYPE_CHECKING:
    import pyarrow as pa

BATCH: Final = 100
"""Patients computed at a time: twelve weeks of them are three million minutes, some 300 MB in DuckDB."""


def refresh(lake: Lake, patients: Iterable[int]) -> None:
    """Compute the marts of these patients anew; of one without facts nothing stays. Raises DataError."""
    import pyarrow as pa

    wanted = sorted(set(patients))
    found = {name: [schema(name).empty_table()] for name in MARTS}
    with closing(DuckEngine(lake)) as engine:
        for start in range(0, len(wanted), BATCH):
            engine.load_facts(wanted[start : start + BATCH])
            engine.define(TO_MARTS)
            for name in MARTS:
                columns = ", ".join(schema(name).names)
                found[name].append(engine.table(f"SELECT {columns} FROM {name}").cast(schema(name)))  # noqa: S608
    for name in MARTS:
        _put(lake, name, wanted, pa.concat_tables(found[name]))


def _put(lake: Lake, name: str, patients: list[int], made: pa.Table) -> None:
    """Rewrite the buckets of these patients: what they held of others, and what was made."""
    import pyarrow as pa

    bucket_of = made["patient"].to_numpy() % BUCKETS
    touched = np.array(patients, np.int64)
    for bucket in sorted({patient % BUCKETS for patient in patients}):
        path = lake.mart(name, bucket)
        old = lake.read(path, schema(name))
        others = old.filter(~np.isin(old["patient"].to_numpy(), touched))
        rows = pa.concat_tables([others, made.filter(bucket_of == bucket)])
        order = [("patient", "ascending"), *([("day", "ascending")] if "day" in rows.column_names else [])]
        lake.write(path, rows.sort_by(order))
