"""What a practice's lake costs: taking files in, opening the worklist, and where one machine ends.

    python bench/practice.py intake --files 1000        # shared files in, timed; wall clock and processor seconds
    python bench/practice.py scale --patients 1000 10000 100000 1000000
    python bench/practice.py scale --patients 1000 10000 --engine spark --master spark://127.0.0.1:7077
    python bench/practice.py cluster                    # a master and two workers on loopback, until Ctrl-C

``--work FOLDER`` (default: a temporary one) holds what is generated; it is kept when it is named. ``scale`` makes the
marts of so many patients over twelve weeks directly (84 days each, 60 of them watched), since facts of a million people
would not fit on one disk; it times the worklist's query from files to rows in a process of its own. Generated data:
nobody lived it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from posturewatch.exchange.manifest import FHIR, MANIFEST, PURPOSE, SIGNATURE

if TYPE_CHECKING:
    from posturewatch.report.material import Material

LAST_DAY = date(2026, 11, 20)
EPOCH = date(1970, 1, 1)
DAYS = 84
TESTS = Path(__file__).resolve().parent.parent / "tests" / "practice"


def tables(patients: np.ndarray, seed: int) -> dict[str, dict[str, np.ndarray | list[object]]]:
    """The marts of these patients, as columns."""
    chance = np.random.default_rng(seed)
    count = len(patients)
    n = count * DAYS
    patient = np.repeat(patients, DAYS)
    place = np.tile(np.arange(DAYS), count)
    day = (LAST_DAY - EPOCH).days - DAYS + 1 + place
    watched = (day + 3) % 7 < 5
    begin, drift = (np.repeat(chance.normal(middle, 0.3, count), DAYS) for middle in (0.9, 0.0))
    level = begin + drift * place / DAYS
    usable = watched & (chance.random(n) < 0.9)
    tied = usable & (chance.random(n) < 0.9)
    valid = np.where(usable, chance.integers(900_000, 2_800_000, n), np.where(watched, 300_000, 0))
    median = np.clip((level + chance.normal(0, 0.15, n)) * 1000, -500, 4000).astype(np.int64)
    answered = chance.random(n) < 0.88
    headache = chance.random(n) < 0.28
    due = np.where(watched, chance.integers(8, 16, n), 0)
    mask_watched, mask_answer = ~watched, ~answered
    columns: dict[str, np.ndarray | list[object]] = {
        "patient": patient,
        "day": day,
        "valid_cs": valid,
        "unreliable_cs": valid // 9,
        "away_cs": valid // 4,
        "paused_cs": np.zeros(n, np.int64),
        "off_cs": np.zeros(n, np.int64),
        "unseen_cs": np.ma.array(np.zeros(n, np.int64), mask=mask_watched),
        "tied_cs": np.ma.array(np.where(tied, valid, 0), mask=mask_watched),
        "watched": watched,
        "usable": usable,
        "tied": np.ma.array(tied, mask=mask_watched),
        "median_mil": np.ma.array(median, mask=mask_watched),
        "se_cs": valid,
        "se_mil_cs": valid * 350,
        "headache": np.ma.array(headache, mask=mask_answer),
        "worst": np.ma.array(chance.integers(2, 9, n), mask=mask_answer | ~headache),
        "breaks_due": due,
        "breaks_taken": (due * 0.6).astype(np.int64),
        "exercises_offered": due // 3,
        "exercises_done": due // 5,
        "exercises_worse": np.zeros(n, np.int64),
        "checks": (place % 28 == 27).astype(np.int64),
    }
    under = np.flatnonzero(watched)
    calibrations = {
        "patient": patient[under],
        "day": day[under],
        "calibration": 1 + place[under] // 42,
        "of_the_day": np.ones(len(under), np.int64),
        "repeatability_in": 0.1 + (patient[under] % 10) / 100,
    }
    twice = np.repeat(patients, 4)
    ends = np.tile([0, 0, DAYS - 1, DAYS - 1], count) + (LAST_DAY - EPOCH).days - DAYS + 1
    scores = {
        "patient": twice,
        "day": ends,
        "at_ms": ends * 86_400_000,
        "place": np.tile(np.arange(4), count),
        "score_name": np.tile(np.array(["NDI", "HIT-6"], object), 2 * count),
        "score": chance.integers(4, 20, 4 * count).astype(float) + np.tile([0, 36], 2 * count),
    }
    return {
        "days": columns,
        "day_calibrations": calibrations,
        "scores": scores,
        "span_medians": {"patient": patients, "median_mil": median.reshape(count, DAYS)[:, 40]},
    }


def make_marts(root: Path, patients: int) -> float:
    """A lake with the marts of so many patients; returns the seconds it took. One that is there is used as it is."""
    import pyarrow as pa

    from posturewatch.practice.lake import BUCKETS, open_lake
    from posturewatch.practice.lake_tables import MARTS, schema

    done = root / "made"
    begin = time.perf_counter()
    if done.exists():
        return 0.0
    shutil.rmtree(root, ignore_errors=True)
    lake = open_lake(root)
    for bucket in range(BUCKETS):
        numbers = np.arange(bucket or BUCKETS, patients + 1, BUCKETS)
        if not len(numbers):
            continue
        made = tables(numbers, bucket)
        for name in MARTS:
            arrays = {
                column: pa.array(values.data, mask=values.mask) if isinstance(values, np.ma.MaskedArray) else values
                for column, values in made[name].items()
            }
            lake.write(lake.mart(name, bucket), pa.table(arrays).cast(schema(name)))
    done.touch()
    return time.perf_counter() - begin


@contextmanager
def place_of(work: Path | None) -> Iterator[Path]:
    """The folder that was named, or one that goes again."""
    if work is not None:
        work.mkdir(parents=True, exist_ok=True)
        yield work
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


ONE = """
import json, sys, time, resource
begin = time.perf_counter()
from pathlib import Path
from posturewatch.practice.lake import open_lake
from posturewatch.practice.engines import TO_WORKLIST, DuckEngine, SparkEngine
root, engine, master, settings = sys.argv[1:5]
lake = open_lake(Path(root))
used = DuckEngine(lake) if engine == "duckdb" else SparkEngine(lake, master, json.loads(settings))
started = time.perf_counter()
used.load_marts()
used.define(TO_WORKLIST)
found = used.table("SELECT * FROM worklist")
end = time.perf_counter()
own = resource.getrusage(resource.RUSAGE_SELF)
import hashlib
used.close()
hashed = hashlib.sha256()
for batch in found.select(sorted(found.column_names)).sort_by("patient").to_batches(max_chunksize=10_000):
    for row in batch.to_pylist():
        hashed.update(repr(row).encode())
digest = hashed.hexdigest()[:16]
print(json.dumps({"rows": found.num_rows, "start_s": started - begin, "query_s": end - started,
                  "cpu_s": own.ru_utime + own.ru_stime, "rss_mb": own.ru_maxrss / 1024, "digest": digest}))
"""


def measured(root: Path, engine: str, master: str, settings: dict[str, str]) -> dict[str, float | str]:
    """One opening in a process of its own. Of Spark's Java processes, cluster and driver, memory is added as it was at
    most, and processor time."""
    words = [sys.executable, "-c", ONE, str(root), engine, master, json.dumps(settings)]
    before = java_now() if engine == "spark" else {}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    most, cpu = 0.0, dict[int, float]()
    while process.poll() is None:
        if engine == "spark":
            now = java_now()
            most = max(most, sum(memory for memory, _seconds in now.values()))
            cpu |= {pid: seconds - before.get(pid, (0.0, 0.0))[1] for pid, (_memory, seconds) in now.items()}
        time.sleep(0.2)
    if process.returncode != 0 or process.stdout is None:
        return {"failed": float(process.returncode)}
    said: dict[str, float | str] = json.loads(process.stdout.read().splitlines()[-1])
    said["java_mb"], said["cpu_s"] = most, float(said["cpu_s"]) + sum(cpu.values())
    return said


def java_now() -> dict[int, tuple[float, float]]:
    """Resident megabytes and processor seconds of each Java process."""
    import psutil

    found = {}
    for one in psutil.process_iter(["name"]):
        if one.info["name"] == "java":
            try:
                found[one.pid] = (one.memory_info().rss / 2**20, sum(one.cpu_times()[:2]))
            except psutil.Error:
                continue
    return found


def scale(given: argparse.Namespace) -> None:
    """A row for each number of patients and each engine."""
    settings = dict(pair.split("=", 1) for pair in given.conf)
    print("| patients | engine | files MB | start s | query s | processor s | memory MB | µs a patient |")
    print("|---|---|---|---|---|---|---|---|")
    with place_of(given.work) as work:
        for patients in given.patients:
            root = work / f"lake-{patients}"
            make_marts(root, patients)
            size = sum(path.stat().st_size for path in root.rglob("*.parquet")) / 1e6
            for engine in given.engine:
                best = measured(root, engine, given.master, settings)
                if "failed" in best:
                    print(f"| {patients} | {engine} | {size:.0f} | failed |", flush=True)
                    continue
                memory = float(best["rss_mb"]) + float(best["java_mb"])
                cost = float(best["query_s"]) / patients * 1e6
                print(
                    f"| {patients:,} | {engine} | {size:.0f} | {best['start_s']:.1f} | {best['query_s']:.2f} | "
                    f"{best['cpu_s']:.1f} | {memory:.0f} | {cost:.0f} | {best['digest']}",
                    flush=True,
                )


def make_files(folder: Path, count: int) -> None:
    """So many shared files of twelve weeks, of sixteen journals under numbers of their own: all that an intake reads of
    a file, which is all but the report."""
    from shared_files import FIRST, LAST, MADE, journal, key_of

    from posturewatch.exchange import share
    from posturewatch.exchange.archive import write_archive
    from posturewatch.exchange.manifest import REPORT_HTML, REPORT_PDF

    if folder.exists() and len(list(folder.glob("*.zip"))) >= count:
        return
    folder.mkdir(parents=True, exist_ok=True)
    choice = share.ShareChoice(FIRST, LAST)
    with tempfile.TemporaryDirectory() as place:
        models = []
        for seed in range(min(16, count)):
            made = share.gather_chosen(journal(seed), choice, made_at=MADE, person="one")
            model = Path(place) / f"{seed}.zip"
            read = [one for one in share.members(made) if one[0] not in {REPORT_HTML, REPORT_PDF}]
            write_archive(model, read, share.manifest(made, choice), key_of("one"))
            models.append((made, model))
        for number in range(count):
            relabel(*models[number % len(models)], folder / f"share-{number:05d}.zip", f"subject-{number:06d}")


def relabel(made: Material, model: Path, path: Path, subject: str) -> None:
    """The same tables, packed as they are, under another computer's number, signed anew, and the FHIR bundle made for
    that number: to pack the minutes of a thousand takes an hour."""
    from shared_files import key_of

    from posturewatch.exchange.fhir.bundle import fhir_lines

    bundle = "".join(fhir_lines(replace(made, person=subject))).encode()
    note = {"name": FHIR, "sha256": hashlib.sha256(bundle).hexdigest(), "size": len(bundle)}
    with zipfile.ZipFile(model) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        head = json.loads(source.read(MANIFEST))
        head |= {"subject": subject, "members": [note if one["name"] == FHIR else one for one in head["members"]]}
        text = json.dumps(head, ensure_ascii=False) + "\n"
        target.writestr(MANIFEST, text)
        target.writestr(SIGNATURE, key_of("one").sign(PURPOSE, text.encode()).encode())
        target.writestr(FHIR, bundle)
        with model.open("rb") as raw:
            for info in source.infolist():
                if info.filename in {MANIFEST, SIGNATURE, FHIR} or target.fp is None:
                    continue
                raw.seek(info.header_offset)
                name, extra = struct.unpack("<26x2H", raw.read(30))  # PKWARE's APPNOTE, 4.3.7
                raw.seek(info.header_offset + 30 + name + extra)
                packed = raw.read(info.compress_size)
                info.header_offset = target.fp.tell()
                target.fp.write(info.FileHeader(zip64=False) + packed)
                target.filelist.append(info)
                target.NameToInfo[info.filename] = info
                target.start_dir = target.fp.tell()


def intake(given: argparse.Namespace) -> None:
    """Take them in once, timed."""
    sys.path += [str(TESTS), str(TESTS.parent)]
    from posturewatch.practice.intake import take_inbox
    from posturewatch.practice.lake import open_lake

    with place_of(given.work) as work:
        make_files(work / "inbox", given.files)
        shutil.rmtree(work / "lake", ignore_errors=True)
        before, begin = os.times(), time.perf_counter()
        told = take_inbox(
            open_lake(work / "lake"),
            work / "inbox",
            lambda _path: "",
            workers=given.workers,
            compared=True,
            derived=given.derived,
        )
        wall, after = time.perf_counter() - begin, os.times()
        cpu = sum(after[:4]) - sum(before[:4])
        size = sum(path.stat().st_size for path in (work / "lake").rglob("*.parquet")) / 1e6
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
        print(
            f"{told.files} files, {len(told.refused)} refused: {wall:.1f} s, {cpu:.1f} processor s "
            f"({cpu / max(1, told.files) * 1000:.0f} ms a file), lake {size:.0f} MB, load {load:.1f}"
        )


def run_cluster(_given: argparse.Namespace) -> None:
    """Two workers until Ctrl-C."""
    sys.path += [str(TESTS), str(TESTS.parent)]
    from spark_cluster import cluster

    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder), workers=2, memory="4g") as made:
        print(made.master, flush=True)
        while True:
            time.sleep(1)


def main() -> None:
    """One measurement."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    kinds = words.add_subparsers(required=True)
    one = kinds.add_parser("scale")
    one.add_argument("--patients", type=int, nargs="+", default=[1000, 10_000, 100_000])
    one.add_argument("--engine", nargs="+", choices=["duckdb", "spark"], default=["duckdb"])
    one.add_argument("--master", default="local[2]")
    one.add_argument("--conf", action="append", default=[], metavar="KEY=VALUE", help="settings of Spark")
    one.set_defaults(run=scale)
    two = kinds.add_parser("intake")
    two.add_argument("--files", type=int, default=1000)
    two.add_argument("--workers", type=int)
    two.add_argument("--derived", action="store_true", help="as `practice take-in --derived`")
    two.set_defaults(run=intake)
    kinds.add_parser("cluster").set_defaults(run=run_cluster)
    for part in (one, two):
        part.add_argument("--work", type=Path)
    given = words.parse_args()
    given.run(given)


if __name__ == "__main__":
    main()
