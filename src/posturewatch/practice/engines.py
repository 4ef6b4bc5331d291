"""The same queries on two engines: DuckDB in this process, or Apache Spark on a cluster.

The queries are plain SQL of the part that both speak (``sql/``, one view a file), so that there is one text to read and
to prove. What would let the last digit differ is kept out of them: sums are of whole numbers, a fraction is one
division or root of such sums, and rounding is ``FLOOR(x + 0.5)``, never an engine's own ``ROUND``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Protocol

from posturewatch.base.errors import DataError, UsageError
from posturewatch.base.i18n import _
from posturewatch.core.history.summary.change import (
    ALIKE,
    DAY_SE_IN,
    DAYS_A_WEEK,
    WEEKS_OF_A_TREND,
    t_quantile,
)
from posturewatch.core.history.summary.limits import ANSWERED_DAYS, MIN_COVERAGE, MIN_TIED_MIN, MIN_VALID_MIN
from posturewatch.practice.lake import BUCKETS, Lake, base64_key
from posturewatch.practice.lake_tables import FACTS, MARTS, schema

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa
    from pyspark.sql import SparkSession

SPAN_WEEKS: Final = 12
"""Weeks that a row and its report speak of, up to the patient's newest day: a course is of eight to twelve."""

THEN_AND_NOW_DAYS: Final = 28
"""Days at the span's two ends that headaches are counted in; four weeks hold each weekday four times."""

_CS_MIN: Final = 6000

TO_MARTS: Final = (
    "spoken", "day_quality", "levels", "day_medians", "day_answers", "day_breaks", "day_exercises",
    "day_checks", "days", "day_calibrations", "scores",
    "spans", "span_medians",
)  # fmt: skip
"""Views from the facts to the marts, each after what it reads."""

TO_WORKLIST: Final = (
    "spans", "tied_days", "weeks", "missing_days", "slopes", "trends", "scatters", "calibration_pulls", "changes",
    "score_ends", "span_sums", "worklist",
)  # fmt: skip
"""Views from the marts to the worklist, each after what it reads."""

_KEPT: Final = frozenset(
    {
        "day_quality", "levels", "day_answers", "day_breaks", "day_exercises", "day_checks", "days",
        "weeks", "trends", "tied_days",
    }
)  # fmt: skip
"""Views that are read more than once: computed once where the engine can."""


@lru_cache
def query(name: str) -> str:
    """The SQL of a view, with the constants of ``core/history`` in their places."""
    text = (resources.files("posturewatch.practice") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
    most_weeks = SPAN_WEEKS + 1  # a span that begins in the middle of a week touches one more
    cases = " ".join(f"WHEN {free} THEN {t_quantile(free)!r}" for free in range(1, most_weeks - 1))
    return text.format(
        min_valid_cs=round(MIN_VALID_MIN * _CS_MIN),
        min_coverage=MIN_COVERAGE,
        min_tied_cs=round(MIN_TIED_MIN * _CS_MIN),
        days_a_week=DAYS_A_WEEK,
        weeks_of_a_trend=WEEKS_OF_A_TREND,
        day_variance=_double((DAY_SE_IN * 1000) ** 2),
        alike_squared=_double(ALIKE**2),
        t_quantile=f"CAST(CASE weeks - 2 {cases} END AS DOUBLE)",
        span_days=7 * SPAN_WEEKS,
        then_and_now_days=THEN_AND_NOW_DAYS,
        answered_days=ANSWERED_DAYS,
    )


def _double(value: float) -> str:
    return f"CAST({value!r} AS DOUBLE)"


class Engine(Protocol):
    """What runs the queries."""

    def load_facts(self, patients: Sequence[int] | None = None) -> None:
        """Make views of the facts, of these patients or of all."""

    def load_marts(self) -> None:
        """Make views of the marts."""

    def put(self, name: str, table: pa.Table) -> None:
        """Make a view of a table that is here."""

    def define(self, names: Iterable[str]) -> None:
        """Make the views of these names."""

    def table(self, sql: str) -> pa.Table:
        """What a query gives."""

    def close(self) -> None:
        """Give back what it holds."""


class DuckEngine(Engine):
    """DuckDB in this process: no server, memory bounded, what does not fit goes to the disk."""

    def __init__(self, lake: Lake) -> None:
        import duckdb

        self._lake = lake
        self._kept = _KEPT
        config: dict[str, Any] = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(config=config)
        self.connection.execute("SET preserve_insertion_order = false")
        self._options = ""
        if lake.key is not None:
            # Spilled pages would be plain; the key is in this connection alone.
            self.connection.execute("SET temp_directory = ''")
            self.connection.execute(f"PRAGMA add_parquet_key('lake', '{base64_key(lake.key)}')")
            self._options = ", encryption_config = {footer_key: 'lake'}"
        else:
            self.connection.execute(f"SET temp_directory = '{str(lake.spill).replace(chr(39), chr(39) * 2)}'")

    def load_facts(self, patients: Sequence[int] | None = None) -> None:
        self._kept = _KEPT if patients is None else _KEPT | {"spoken"}  # of some patients it fits into memory
        for name in FACTS:
            if patients is None:
                files = [str(path) for path in self._lake.files("facts", name)]
            else:
                files = [
                    str(self._lake.fact(name, one, month)) for one in patients for month in self._lake.months(name, one)
                ]
            self._view(name, files, hive=True)

    def load_marts(self) -> None:
        for name in MARTS:
            self._view(name, [str(path) for path in self._lake.files("marts", name)], hive=False)

    def put(self, name: str, table: pa.Table) -> None:
        self.connection.register(name, table)

    def define(self, names: Iterable[str]) -> None:
        for name in names:
            self.connection.execute(f"DROP TABLE IF EXISTS made_{name}")
            if name in self._kept:
                self.connection.execute(f"CREATE TEMP TABLE made_{name} AS {query(name)}")
                self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS FROM made_{name}")
            else:
                self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {query(name)}")

    def table(self, sql: str) -> pa.Table:
        return self.connection.sql(sql).to_arrow_table()

    def close(self) -> None:
        self.connection.close()

    def _view(self, name: str, files: Sequence[str], *, hive: bool) -> None:
        if files:
            listed = ", ".join("'" + file.replace("'", "''") + "'" for file in files)
            wanted = ", ".join(schema(name).names)
            source = (
                f"read_parquet([{listed}], hive_partitioning = true, "
                f"hive_types = {{'patient': BIGINT, 'month': INTEGER}}{self._options})"
                if hive
                else f"read_parquet([{listed}], hive_partitioning = false{self._options})"
            )
            columns = f"patient, {wanted}" if hive else wanted
            # DuckDB 2.0 cannot filter an encrypted file while it reads it (the tags then differ): it is read whole.
            kind = "VIEW" if self._lake.key is None else "TABLE"
            self.connection.execute(f"CREATE OR REPLACE TEMP {kind} {name} AS SELECT {columns} FROM {source}")  # noqa: S608
            return
        empty = schema(name).empty_table()
        if hive:
            import pyarrow as pa

            empty = empty.append_column("patient", pa.array([], pa.int64()))
        self.connection.execute(f"DROP {'VIEW' if self._lake.key is None else 'TABLE'} IF EXISTS {name}")
        self.connection.register(name, empty)


class SparkEngine(Engine):
    """Apache Spark: the lake is read by the workers, which must all see its folder under the same name."""

    def __init__(self, lake: Lake, master: str, settings: dict[str, str] | None = None) -> None:
        """``master`` as Spark takes it: ``spark://host:7077``, ``local[2]``. Raises UsageError without PySpark or Java,
        or for an encrypted lake, whose key would have to leave this computer."""
        if lake.key is not None:
            raise UsageError(
                _("An encrypted lake is not read by Spark: its key would have to leave this computer."),
                _("Use DuckDB, or a plain lake on an encrypted disk."),
            )
        self._lake = lake
        self._session = _session(master, settings or {})

    def load_facts(self, patients: Sequence[int] | None = None) -> None:
        for name in FACTS:
            frame = self._frame(self._lake.root / "facts" / name, name)
            if patients is not None:
                frame = frame.where(frame["patient"].isin(list(patients)))
            frame.createOrReplaceTempView(name)

    def load_marts(self) -> None:
        for name in MARTS:
            self._frame(self._lake.root / "marts" / name, name).createOrReplaceTempView(name)

    def put(self, name: str, table: pa.Table) -> None:
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def define(self, names: Iterable[str]) -> None:
        for name in names:
            frame = self._session.sql(query(name))
            if name in _KEPT:
                frame = frame.persist()  # read by several views; a lost part is computed again
            frame.createOrReplaceTempView(name)

    def table(self, sql: str) -> pa.Table:
        return self._session.sql(sql).toArrow()

    def close(self) -> None:
        self._session.stop()

    def _frame(self, folder: Any, name: str) -> Any:
        wanted = ["patient", *(one for one in schema(name).names if one != "patient")]
        if not folder.is_dir():
            return self._session.createDataFrame([], _spark_columns(name, wanted))
        return self._session.read.option("basePath", str(folder)).parquet(str(folder)).select(*wanted)


_SPARK_TYPES: Final = {"int16": "SMALLINT", "int32": "INT", "int64": "BIGINT", "string": "STRING", "bool": "BOOLEAN",
                       "double": "DOUBLE"}  # fmt: skip


def _spark_columns(name: str, wanted: Sequence[str]) -> str:
    types = {"patient": "BIGINT"} | {one.name: _SPARK_TYPES[str(one.type)] for one in schema(name)}
    return ", ".join(f"{one} {types[one]}" for one in wanted)


def _session(master: str, settings: dict[str, str]) -> SparkSession:
    try:
        from pyspark.sql import SparkSession
    except ImportError as err:
        raise UsageError(
            _("Spark needs PySpark, which is not installed."), _("Install posturewatch[practice-spark].")
        ) from err
    builder = (
        SparkSession.builder.master(master)
        .appName("posturewatch practice")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        # Views of many patients do not fit into the driver's memory, from which they would be broadcast.
        .config("spark.sql.autoBroadcastJoinThreshold", "-1")
        .config("spark.sql.shuffle.partitions", str(BUCKETS // 4))
    )
    for key, value in settings.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
    except Exception as err:  # Py4J raises what Java does, and RuntimeError where there is no Java
        raise DataError(
            _("Spark cannot be had at {master}: {why}.").format(master=master, why=str(err).split("\n")[0][:200]),
            _("Start the cluster, and see that Java 17 or later is installed."),
        ) from err
    session.sparkContext.setLogLevel("ERROR")
    return session
