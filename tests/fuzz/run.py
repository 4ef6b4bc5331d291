"""Hostile input, the long lane: coverage-guided (atheris), each door in a process of its own with bounded memory.

    python tests/fuzz/run.py --minutes 10            all doors, sharing the time
    python tests/fuzz/run.py --minutes 5 csv zip     these doors

Needs ``pip install atheris`` (Linux, macOS); without it inputs are mutilated seeds, not guided by coverage. Prints how
many inputs each door took. An input that does harm is written into ``--out`` (the system's folder for temporary files
if not given), said, and the exit code is 1; put it into ``tests/fuzz/found/DOOR/`` once it is mended.
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
MEMORY_MB = 1200
"""Of one door's process, libraries included (OpenCV and its decoder have 200 of them)."""
SLOWEST_S = 10


@dataclass(frozen=True)
class Outcome:
    """What became of one door."""

    name: str
    inputs: int
    seconds: float
    coverage: int
    harm: str


def fuzz_here(name: str, seconds: float, corpus: Path, out: Path) -> None:
    """The child: does not return."""
    sys.path[:0] = [str(TESTS)]
    if importlib.util.find_spec("atheris") is None:
        _mutilate(name, seconds, out)
        return
    import atheris

    with atheris.instrument_imports(include=["posturewatch", "zipfile", "tomllib", "csv", "json"]):
        from fuzz.targets import TARGETS

        (target,) = [one for one in TARGETS if one.name == name]
        for number, seed in enumerate(target.seeds()):
            (corpus / f"seed{number}").write_bytes(seed)
            target.take(seed)
    arguments = [
        sys.argv[0], str(corpus), f"-max_total_time={int(seconds)}", f"-max_len={target.longest}",
        f"-rss_limit_mb={MEMORY_MB}", f"-timeout={SLOWEST_S}", "-print_final_stats=1",
        f"-artifact_prefix={out / name}-",
    ]  # fmt: skip
    atheris.Setup(arguments, target.take)
    atheris.Fuzz()


def _mutilate(name: str, seconds: float, out: Path) -> None:
    """Random changes of the seeds until the time is over."""
    from fuzz.targets import TARGETS

    (target,) = [one for one in TARGETS if one.name == name]
    seeds, chance, count = [*target.seeds(), b""], random.Random(1), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        data = bytearray(chance.choice(seeds))
        for _change in range(chance.randrange(8)):
            place = chance.randrange(len(data) + 1)
            data[place : place + chance.randrange(40)] = chance.randbytes(chance.randrange(40))
        try:
            target.take(bytes(data))
        except BaseException:
            (out / f"{name}-crash").write_bytes(data)
            raise
        count += 1
    print(f"stat::number_of_executed_units: {count}", file=sys.stderr)


def fuzz(name: str, seconds: float, out: Path) -> Outcome:
    """One door for so many seconds."""
    with tempfile.TemporaryDirectory() as corpus:
        begin = time.monotonic()
        words = ["--door", name, "--seconds", str(seconds), "--corpus", corpus, "--out", str(out)]
        done = subprocess.run(
            [sys.executable, __file__, *words],
            capture_output=True,
            check=False,
            timeout=seconds * 3 + 120,
        )
        passed_s = time.monotonic() - begin
    said = done.stderr.decode(errors="replace")
    inputs = re.search(r"number_of_executed_units:\s*(\d+)", said)
    coverage = re.findall(r"cov: (\d+)", said)
    harm = ""
    if done.returncode != 0:
        told = done.stdout.decode(errors="replace").splitlines()[-15:]
        harm = "\n".join(told + [line for line in said.splitlines() if "crash" in line or "ERROR" in line])
    return Outcome(name, int(inputs[1]) if inputs else 0, passed_s, int(coverage[-1]) if coverage else 0, harm)


def main() -> int:
    """All doors, or those that are named."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("doors", nargs="*")
    words.add_argument("--minutes", type=float, default=5.0, help="for all doors together")
    words.add_argument("--out", type=Path, default=Path(tempfile.gettempdir()))
    words.add_argument("--door", help=argparse.SUPPRESS)
    words.add_argument("--seconds", type=float, help=argparse.SUPPRESS)
    words.add_argument("--corpus", type=Path, help=argparse.SUPPRESS)
    given = words.parse_args()
    if given.door:
        sys.argv = sys.argv[:1]
        fuzz_here(given.door, given.seconds, given.corpus, given.out)
        return 0
    sys.path[:0] = [str(TESTS)]
    from fuzz.targets import TARGETS

    names = [target.name for target in TARGETS]
    chosen = given.doors or names
    if unknown := set(chosen) - set(names):
        print(f"No such door: {', '.join(sorted(unknown))}. There are: {', '.join(names)}", file=sys.stderr)
        return 2
    each_s = max(1.0, 60 * given.minutes / len(chosen))
    print(f"{'door':16}{'inputs':>10}{'seconds':>9}{'coverage':>10}")
    harmed = 0
    total = 0
    for name in chosen:
        outcome = fuzz(name, each_s, given.out)
        total += outcome.inputs
        print(f"{name:16}{outcome.inputs:>10}{outcome.seconds:>9.0f}{outcome.coverage:>10}", flush=True)
        if outcome.harm:
            harmed += 1
            print(outcome.harm, flush=True)
    print(f"{'all':16}{total:>10}   harm at {harmed} doors")
    return int(harmed > 0)


if __name__ == "__main__":
    sys.exit(main())
