"""Who tests the tests: faults put into a module one at a time, each judged by the tests of that module.

    python tools/mutants.py core/posture/fit                            its own tests, by name
    python tools/mutants.py config/read tests/config --sample 20        tests that are named, in pytest's words

cosmic-ray makes the faults: `pip install cosmic-ray` into an environment of its own, and run this with its Python; the
tests run by the project's. A sample by a fixed seed is tried, without the kinds that change nothing at run time (types,
identity for equality), on a clone of the last commit. Each fault that no test saw is printed, to be read: it wants a
test, or an argument why it makes no difference.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
NOISE: Final = ("BitOr", "Is_", "IsNot", "_Is", "AddNot_x")
"""Parts of names of operators that make the kinds left out."""


def sample(database: Path, size: int, seed: int) -> int:
    """Take all but so many of the faults that are left after the noise out of the work; how many were left."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import WorkerOutcome, WorkResult

    with use_db(database, WorkDB.Mode.open) as work:
        made = [(item.job_id, item.mutations[0]) for item in work.pending_work_items]
        made.sort(key=lambda one: (one[1].start_pos, one[1].operator_name, one[1].occurrence))
        real = [job for job, fault in made if not any(part in fault.operator_name for part in NOISE)]
        kept = set(random.Random(seed).sample(real, min(size, len(real))))  # noqa: S311
        for job, _fault in made:
            if job not in kept:
                work.set_result(job, WorkResult(worker_outcome=WorkerOutcome.SKIPPED))
    return len(real)


def try_module(module: str, tests: list[str], size: int, seed: int, folder: Path) -> tuple[int, int]:
    """How many of the sample were seen by a test, and how large it was; the others are printed."""
    from cosmic_ray.work_db import WorkDB, use_db
    from cosmic_ray.work_item import WorkerOutcome

    parts = Path(module)
    words = " ".join(tests) or f"tests/{parts.parent}/test_{parts.name}.py"
    config, database = folder / f"{parts.name}.toml", folder / f"{parts.name}.sqlite"
    config.write_text(
        f'[cosmic-ray]\nmodule-path = "src/posturewatch/{module}.py"\ntimeout = 300.0\nexcluded-modules = []\n'
        f'test-command = "{ROOT}/.venv/bin/python -m pytest -x -q -p no:cacheprovider {words}"\n'
        '[cosmic-ray.distributor]\nname = "local"\n',
        encoding="utf-8",
    )
    clone = folder / "clone"
    environment = os.environ | {"PYTHONPATH": str(clone / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    for step in (("baseline", config), ("init", config, database)):
        subprocess.run([sys.executable, "-m", "cosmic_ray.cli", *step], cwd=clone, env=environment, check=True)
    left = sample(database, size, seed)
    subprocess.run(
        [sys.executable, "-m", "cosmic_ray.cli", "exec", config, database], cwd=clone, env=environment, check=True
    )
    with use_db(database, WorkDB.Mode.open) as work:
        done = [result for _item, result in work.completed_work_items if result.worker_outcome != WorkerOutcome.SKIPPED]
    for result in done:
        if not result.is_killed:
            print(f"SURVIVED\n{result.diff}")
    killed = sum(result.is_killed for result in done)
    print(f"{module}: {killed} of {len(done)} killed, out of {left}", flush=True)
    return killed, len(done)


def main() -> int:
    """Try one module; 1 where a fault was not seen."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("module", help="below src/posturewatch, without .py")
    words.add_argument("tests", nargs="*", help="the tests that judge")
    words.add_argument("--sample", type=int, default=14)
    words.add_argument("--seed", type=int, default=18)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "-q", ROOT, clone], check=True)  # noqa: S607
        killed, tried = try_module(asked.module, asked.tests, asked.sample, asked.seed, Path(folder))
    return int(killed < tried)


if __name__ == "__main__":
    sys.exit(main())
