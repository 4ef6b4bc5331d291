"""The same queries on DuckDB and on a Spark cluster of one master and two workers give the same answers, to the last
digit, also after a worker was killed.

Needs PySpark (the extra `practice-spark`) and Java 17 or later. ``.ci/run`` installs PySpark into a folder of its own
and runs this with CI_SPARK=1; by hand, with the tests' own Python:

    python -m pip install --target .venv/spark "pyspark>=4.3,<4.4"
    CI_SPARK=1 PYTHONPATH=.venv/spark python -m pytest tests/practice/test_spark.py
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
from collections.abc import Iterator
from typing import Any

import pytest

from posturewatch.practice.engines import MARTS, TO_MARTS, TO_WORKLIST, DuckEngine, Engine, SparkEngine
from posturewatch.practice.lake import Lake

from .spark_cluster import Cluster, cluster

if os.environ.get("CI_SPARK") != "1" and not (importlib.util.find_spec("pyspark") and shutil.which("java")):
    pytest.skip("needs PySpark and Java; see above", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

LEAN = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.executor.memory": "512m",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",  # for three patients it takes longer to compile than to compute
}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A cluster for this module."""
    with cluster(tmp_path_factory.mktemp("cluster"), workers=2, memory="600m") as made:
        yield made


def answers(engine: Engine) -> dict[str, list[dict[str, Any]]]:
    """The marts made of the facts anew, and the worklist made of the marts that are in the lake."""
    engine.load_facts()
    engine.define(TO_MARTS)
    found = {name: engine.table(f"SELECT * FROM {name}").to_pylist() for name in MARTS}  # noqa: S608
    engine.load_marts()
    engine.define(TO_WORKLIST)
    return found | {"worklist": engine.table("SELECT * FROM worklist").to_pylist()}


def alike(found: dict[str, list[dict[str, Any]]]) -> dict[str, list[str]]:
    """Rows in an order of their own, each with its columns by name, so that only values are compared."""
    return {name: sorted(repr(sorted(row.items())) for row in rows) for name, rows in found.items()}


def test_spark_answers_as_duckdb_does_and_survives_a_killed_worker(lake: Lake, running: Cluster) -> None:
    """Every value of every row; then one of two workers is killed with what it held, and the answers stay."""
    duck = DuckEngine(lake)
    wanted = alike(answers(duck))
    duck.close()
    assert len(wanted["worklist"]) == 3
    spark = SparkEngine(lake, running.master, LEAN)
    try:
        assert alike(answers(spark)) == wanted
        assert running.alive() == 2
        os.killpg(os.getpgid(running.workers[0].pid), signal.SIGKILL)  # the worker, and what it started
        spark.define(TO_WORKLIST)
        again = spark.table("SELECT * FROM worklist").to_pylist()
        assert alike({"worklist": again})["worklist"] == wanted["worklist"]
    finally:
        spark.close()
