"""The columns of all tables of the lake. Whole numbers throughout, as in the journal: hundredths of seconds (``_cs``),
thousandths of an inch (``_mil``), milliseconds since 1970 UTC (``_ms``); days and months are those of the person's own
clock, days counted from 1970-01-01. So sums are exact, in whatever order an engine adds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from posturewatch.journal.rows import MINUTE_COLUMNS

if TYPE_CHECKING:
    import pyarrow as pa

FACTS: Final = ("minutes", "events", "diary", "checks", "calibrations")
"""By patient and month, as folders; the two stand in the path alone."""

MARTS: Final = ("days", "day_calibrations", "scores", "span_medians")
"""By patient, in one file for each bucket of patients."""

_SMALL: Final = (
    "valid_cs",
    "away_cs",
    "unreliable_cs",
    "paused_cs",
    "off_cs",
    *(f"band{part}_cs" for part in range(4)),
)

_ORIGIN: Final = (("source", "int32"), ("made_ms", "int64"))
"""Of each row: which computer it is from (register/subjects), and when the file was made that brought it."""

_COLUMNS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "minutes": (
        ("day", "int32"),
        ("minute", "int32"),
        ("offset_min", "int16"),
        ("profile", "string"),
        *(
            (column.name, "int16" if column.name in _SMALL else "int32")
            for column in MINUTE_COLUMNS
            if column.name not in ("calibration_id", "tied")
        ),
        ("calibration", "int32"),
        ("tied", "bool"),
        *_ORIGIN,
        ("speaks", "bool"),
    ),
    "events": (
        ("day", "int32"),
        ("at_ms", "int64"),
        ("place", "int32"),
        ("offset_min", "int16"),
        ("kind", "string"),
        ("outcome", "string"),
        ("detail", "string"),
        ("value", "float64"),
        *_ORIGIN,
    ),
    "diary": (
        ("day", "int32"),
        ("at_ms", "int64"),
        ("place", "int32"),
        ("offset_min", "int16"),
        ("written_ms", "int64"),
        ("written_offset_min", "int16"),
        ("kind", "string"),
        ("duration_min", "int32"),
        ("worst", "int16"),
        ("side", "string"),
        ("medication", "string"),
        ("trigger", "string"),
        ("note", "string"),
        ("score_name", "string"),
        ("score", "float64"),
        *_ORIGIN,
    ),
    "checks": (
        ("day", "int32"),
        ("at_ms", "int64"),
        ("place", "int32"),
        ("movement", "string"),
        ("line", "string"),
        *_ORIGIN,
    ),
    "calibrations": (
        ("calibration", "int32"),
        ("at_ms", "int64"),
        ("offset_min", "int16"),
        ("profile", "string"),
        ("repeatability_in", "float64"),
        ("frames", "int32"),
        ("view", "string"),
    ),
    "days": (
        ("patient", "int64"),
        ("day", "int32"),
        ("valid_cs", "int64"),
        ("unreliable_cs", "int64"),
        ("away_cs", "int64"),
        ("paused_cs", "int64"),
        ("off_cs", "int64"),
        ("unseen_cs", "int64"),
        ("tied_cs", "int64"),
        ("watched", "bool"),
        ("usable", "bool"),
        ("tied", "bool"),
        ("median_mil", "int32"),
        ("se_cs", "int64"),
        ("se_mil_cs", "int64"),
        ("headache", "bool"),
        ("worst", "int16"),
        ("breaks_due", "int32"),
        ("breaks_taken", "int32"),
        ("exercises_offered", "int32"),
        ("exercises_done", "int32"),
        ("exercises_worse", "int32"),
        ("checks", "int32"),
    ),
    "day_calibrations": (
        ("patient", "int64"),
        ("day", "int32"),
        ("calibration", "int32"),
        ("of_the_day", "int64"),
        ("repeatability_in", "float64"),
    ),
    "scores": (
        ("patient", "int64"),
        ("day", "int32"),
        ("at_ms", "int64"),
        ("place", "int32"),
        ("score_name", "string"),
        ("score", "float64"),
    ),
    "span_medians": (("patient", "int64"), ("median_mil", "int32")),
    "patients": (("patient", "int64"), ("label", "string"), ("cohort", "string")),
    "group_counts": (("cohort", "string"), ("question", "string"), ("answer", "string"), ("n", "int64")),
    "subjects": (("subject", "string"), ("source", "int32"), ("patient", "int64")),
    "files": (
        ("sha256", "string"),
        ("name", "string"),
        ("source", "int32"),
        ("patient", "int64"),
        ("made_ms", "int64"),
        ("made_offset_min", "int16"),
        ("first_day", "string"),
        ("last_day", "string"),
        ("left_out", "string"),
        ("app_version", "string"),
        ("time_zone", "string"),
        ("signed_by", "string"),
        ("path", "string"),
    ),
}


def schema(table: str) -> pa.Schema:
    """The columns of a table, each nullable."""
    import pyarrow as pa

    types = {"string": pa.string(), "bool": pa.bool_(), "float64": pa.float64()}
    types |= {name: getattr(pa, name)() for name in ("int16", "int32", "int64")}
    return pa.schema([(name, types[kind]) for name, kind in _COLUMNS[table]])
