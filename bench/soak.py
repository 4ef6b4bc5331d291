"""A working day in one command: does anything grow, leak or drift?

Two parts. *Media time*: eight hours are replayed as fast as it goes, a film round and round through the networks, the
monitor, reminders, breaks and the journal; this process and the sensor process are both looked at. *Real time*: the
real app, with its real sensor on a camera that loops a film on loopback, is asked every few seconds for its state and
looked at from outside: resident memory, threads and handles of both processes, and how far the journal's seconds are
from the clock's.

    python bench/soak.py                     eight hours of media time, then 30 minutes of real time
    python bench/soak.py --minutes 10 --hours 2
    python bench/soak.py --minutes 0         the replay alone

The first minute warms up (libraries load, buffers are made); in media time six minutes are replayed for that before.
Growth is counted from there, from the median of the first thirty samples to the median of the last thirty. Exit code 1
where memory grew by 5 % or more, the least or the most threads or handles of the second half are over those of the
first by more than one, another sensor process was needed, the journal's seconds and the clock's are more than two
apart, or a log or a write-ahead log was ever over its limit. How large every file of the home became is told. In real
time the reminders come as often as the settings allow, so that notifications are soaked too.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import psutil

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from camera_server import camera, jpeg, playing  # noqa: E402
from faults.running_app import RunningApp, running  # noqa: E402
from posturewatch.app.calibration import calibration_from  # noqa: E402
from posturewatch.base.clock import SystemClock  # noqa: E402
from posturewatch.base.observation import Observation  # noqa: E402
from posturewatch.base.records import MinuteRow  # noqa: E402
from posturewatch.base.settings import ModelSettings, Settings  # noqa: E402
from posturewatch.core.posture.calibration import Calibration  # noqa: E402
from posturewatch.core.posture.calibration_run import row_of  # noqa: E402
from posturewatch.disk.files import write_atomic  # noqa: E402
from posturewatch.disk.folders import find_folders  # noqa: E402
from posturewatch.disk.log_file import MAX_BYTES  # noqa: E402
from posturewatch.journal.reader import open_reader  # noqa: E402
from posturewatch.journal.schema import WAL_PAGES  # noqa: E402
from posturewatch.journal.writer import SqliteJournal  # noqa: E402
from posturewatch.offline.demo import CLIP, SETTINGS  # noqa: E402
from posturewatch.offline.replay import ReplayOptions, replay  # noqa: E402
from posturewatch.sensor_client.client import RecordingSensor  # noqa: E402

WARM_S = 60.0
GROWTH = 0.05
DRIFT_S = 2.0
"""Of the whole run: what start and end may leave over, however long it was."""
EVERY_S = 4.0
"""Of media time between two looks of the networks, as often as the app looks at somebody who sits still."""
OFTEN = "[posture]\nhold_s = 10\ngap_min = 1\ndaily_cap = 100\nquiet_after_break_min = 0\n[breaks]\nevery_min = 5\n"
"""Settings of the app in real time."""
EDGE = 30
"""Samples of which the median is taken at either end."""

MIB = 1 << 20


@dataclass(frozen=True)
class Sample:
    """A process at one moment."""

    t_s: float
    rss_mib: float
    threads: int
    handles: int


@dataclass(frozen=True)
class Count:
    """A number that should not grow: the least and the most, in the first half and in the second."""

    early: tuple[int, int]
    late: tuple[int, int]

    @classmethod
    def of(cls, numbers: list[int]) -> Count:
        """Of all samples in order."""
        half = (len(numbers) + 1) // 2
        first, second = numbers[:half], numbers[half:] or numbers
        return cls((min(first), max(first)), (min(second), max(second)))

    def steady(self) -> bool:
        """One more for a moment is no growth: the watchdog of a look, somebody who asks, a file that is written."""
        return all(late <= early + 1 for early, late in zip(self.early, self.late, strict=True))

    def __str__(self) -> str:
        return f"{min(self.early[0], self.late[0])}–{max(self.early[1], self.late[1])}"


@dataclass(frozen=True)
class Growth:
    """What a process did from the end of the first minute on."""

    what: str
    minutes: float
    rss_begin_mib: float
    rss_end_mib: float
    rss_most_mib: float
    threads: Count
    handles: Count

    @property
    def share(self) -> float:
        """Growth of the resident memory as a share."""
        return self.rss_end_mib / self.rss_begin_mib - 1

    def good(self) -> bool:
        """Whether it stayed as it was."""
        return self.share < GROWTH and self.threads.steady() and self.handles.steady()


def look_at(process: psutil.Process, since_s: float) -> Sample:
    """The process now."""
    handles = process.num_handles() if sys.platform == "win32" else process.num_fds()
    return Sample(time.monotonic() - since_s, process.memory_info().rss / MIB, process.num_threads(), handles)


def growth_of(what: str, samples: list[Sample], warm_s: float = WARM_S) -> Growth:
    """From samples, the first ``warm_s`` seconds left out."""
    warm = [sample for sample in samples if sample.t_s >= warm_s] or samples
    edge = min(EDGE, max(1, len(warm) // 3))
    return Growth(
        what,
        (warm[-1].t_s - warm[0].t_s) / 60,
        statistics.median(sample.rss_mib for sample in warm[:edge]),
        statistics.median(sample.rss_mib for sample in warm[-edge:]),
        max(sample.rss_mib for sample in warm),
        Count.of([sample.threads for sample in warm]),
        Count.of([sample.handles for sample in warm]),
    )


@contextlib.contextmanager
def watching(every_s: float, seen: dict[psutil.Process, list[Sample]]) -> Iterator[None]:
    """Samples of these processes while something else is done."""
    done, begin = threading.Event(), time.monotonic()

    def watch() -> None:
        while not done.wait(every_s):
            for process, samples in seen.items():
                samples.append(look_at(process, begin))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def round_and_round(sensor: RecordingSensor, until_s: float) -> Iterator[Observation]:
    """The demonstration's film through the networks, again and again, until so much media time has passed."""
    offset_s, last_s = 0.0, 0.0
    while last_s < until_s:
        for seen in sensor.observe(str(CLIP / "test.mp4"), every_s=EVERY_S):
            last_s = offset_s + seen.t_s
            yield replace(seen, t_s=last_s)
        offset_s = last_s + EVERY_S


def accounted_s(rows: tuple[MinuteRow, ...]) -> float:
    """Seconds of which the journal says what became of them."""
    return sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s for row in rows)


@dataclass
class MediaTime:
    """What a replay did, this process and the sensor's. ``drift_s``: seconds in the journal less media seconds."""

    app: Growth
    sensor: Growth
    drift_s: float
    media_s: float
    took_s: float
    samples: dict[str, list[Sample]] = field(repr=False)


def media_time(hours: float, made: Calibration, sensor: RecordingSensor, home: Path) -> MediaTime:
    """Replay so many hours, after six minutes to warm up."""
    start = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    wish = ReplayOptions(start, calibration=made)
    replay(round_and_round(sensor, 360), wish, find_folders({"POSTUREWATCH_HOME": str(home / "warm")}), SETTINGS)
    folders = find_folders({"POSTUREWATCH_HOME": str(home / "day")})
    me = psutil.Process()
    (eye,) = (one for one in me.children(recursive=True) if "posturewatch.sensor" in one.cmdline())
    own: list[Sample] = []
    eyes: list[Sample] = []
    begin = time.monotonic()
    with watching(1.0, {me: own, eye: eyes}):
        told = replay(round_and_round(sensor, 3600 * hours), wish, folders, SETTINGS)
    took_s = time.monotonic() - begin
    with open_reader(folders.journal_file) as journal:
        drift_s = accounted_s(journal.content().minutes) - told.media_s
    return MediaTime(
        growth_of("replay", own, 0),
        growth_of("its sensor", eyes, 0),
        drift_s,
        told.media_s,
        took_s,
        {"replay": own, "its sensor": eyes},
    )


def frames_of(name: str) -> list[bytes]:
    """A film of the demonstration as JPEGs."""
    import cv2

    reader, out = cv2.VideoCapture(str(CLIP / name)), []
    while True:
        read, pixels = reader.read()
        if not read:
            return out or [jpeg("d1_000")]
        out.append(bytes(cv2.imencode(".jpg", pixels)[1].tobytes()))


WAL_BYTES = 2 * WAL_PAGES * (4096 + 24)
"""A write-ahead log is laid into the database once it has so many pages, each with 24 bytes of its own; twice that, for
a single write that comes on top."""
MOST_BYTES = {"-wal": WAL_BYTES, ".log": MAX_BYTES}
"""By how a file's name ends."""


def sizes_of(home: Path) -> dict[str, int]:
    """Bytes of every file below, by its name; what goes while it is looked at is left out."""
    out = {}
    for path in home.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                out[str(path.relative_to(home))] = path.stat().st_size
    return out


@dataclass(frozen=True)
class FileSize:
    """Bytes of a file after the first minute, at the end, and at the most."""

    begin: int
    end: int
    most: int


def files_of(samples: list[tuple[float, dict[str, int]]], warm_s: float = WARM_S) -> dict[str, FileSize]:
    """How each file grew, from what was there at each moment."""
    warm = [sizes for t_s, sizes in samples if t_s >= warm_s] or [sizes for _, sizes in samples]
    names = sorted({name for sizes in warm for name in sizes})
    return {
        name: FileSize(warm[0].get(name, 0), warm[-1].get(name, 0), max(sizes.get(name, 0) for sizes in warm))
        for name in names
    }


def too_large(files: dict[str, FileSize]) -> list[str]:
    """The files that were ever larger than their kind may become."""
    return [
        name
        for name, size in files.items()
        for ending, most in MOST_BYTES.items()
        if name.endswith(ending) and size.most > most
    ]


@dataclass
class RealTime:
    """What the running app did."""

    app: Growth
    sensor: Growth
    drift_s: float
    minutes: float
    asked: int
    unanswered: int
    slowest_answer_s: float
    sensors: int
    states: dict[str, int]
    files: dict[str, FileSize]
    samples: dict[str, list[Sample]] = field(repr=False)


def real_time(minutes: float, made: Calibration, home: Path, every_s: float) -> RealTime:
    """The app on a looping camera for so long."""
    folders = find_folders({"POSTUREWATCH_HOME": str(home)}).make()
    clock = SystemClock()
    with SqliteJournal(folders.journal_file, clock) as journal:
        row = row_of(made, "desk", clock.now())
        journal.add_calibration(row)
    write_atomic(folders.config_file, OFTEN)
    with camera(playing(*frames_of("test.mp4"), fps=5)) as server, running(home, server.address) as app:
        return _sit_through(minutes, every_s, app)


def _sit_through(minutes: float, every_s: float, app: RunningApp) -> RealTime:
    app.until_it_sees()
    process, begin = psutil.Process(app.process.pid), time.monotonic()
    eye = app.a_sensor()
    pids, states = {eye.pid}, {}
    own, sensor, sizes = [], [], []
    asked = unanswered = 0
    slowest_s = 0.0
    while time.monotonic() - begin < 60 * minutes:
        time.sleep(every_s)
        own.append(look_at(process, begin))
        sizes.append((own[-1].t_s, sizes_of(app.home)))
        found = app.sensor()
        if found is not None:
            pids.add(found.pid)
            sensor.append(look_at(found, begin))
        before = time.monotonic()
        told = app.snapshot()
        slowest_s = max(slowest_s, time.monotonic() - before)
        asked += 1
        unanswered += told is None
        if told is not None:
            name = told["reason"] or told["state"]
            states[name] = states.get(name, 0) + 1
    app.quit()
    with open_reader(app.home / "data" / "journal.sqlite") as journal:
        content = journal.content()
    rows = content.minutes
    begun = next(event.at for event in content.events if event.kind.value == "start")
    ended = [event.at for event in content.events if event.kind.value == "stop"][-1]
    drift_s = accounted_s(rows) - (ended - begun).total_seconds()
    grown = growth_of("app", own), growth_of("sensor", sensor)
    return RealTime(
        *grown,
        drift_s,
        minutes,
        asked,
        unanswered,
        slowest_s,
        len(pids),
        states,
        files_of(sizes),
        {"app": own, "sensor": sensor},
    )


def write_samples(path: Path, seen: dict[str, list[Sample]]) -> None:
    """All samples as CSV: for finding out when something grew."""
    with path.open("w", encoding="ascii", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("process", "t_s", "rss_mib", "threads", "handles"))
        rows.writerows(
            (name, round(one.t_s, 1), round(one.rss_mib, 2), one.threads, one.handles)
            for name, samples in seen.items()
            for one in samples
        )


def tell(growth: Growth) -> None:
    """A line of the table."""
    print(
        f"{growth.what:18}{growth.minutes:8.1f}{growth.rss_begin_mib:11.1f}{growth.rss_end_mib:9.1f}"
        f"{growth.rss_most_mib:9.1f}{100 * growth.share:+9.1f} %{growth.threads!s:>9}"
        f"{growth.handles!s:>11}{'' if growth.good() else '  GREW'}"
    )


def main() -> int:
    """Both parts, a table, and the verdict."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--hours", type=float, default=8.0, help="of media time")
    words.add_argument("--minutes", type=float, default=30.0, help="of real time")
    words.add_argument("--every", type=float, default=2.0, help="seconds between samples of the real app")
    words.add_argument("--json", action="store_true")
    words.add_argument("--samples", type=Path, help="write all samples into this CSV file")
    given = words.parse_args()
    seen: dict[str, list[Sample]] = {}
    good, out = True, {}
    head = f"{'':18}{'minutes':>8}{'MiB begin':>11}{'end':>9}{'most':>9}{'growth':>11}{'threads':>9}{'handles':>11}"
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as end:
        home = Path(folder)
        if not given.json:
            print(head)
        sensor = end.enter_context(RecordingSensor(ModelSettings()))
        made = calibration_from(sensor, str(CLIP / "calibration.mp4"), Settings())
        if given.hours > 0:
            media = media_time(given.hours, made, sensor, home)
            seen |= media.samples
            out["media"] = asdict(replace(media, samples={}))
            good &= media.app.good() and media.sensor.good() and abs(media.drift_s) <= DRIFT_S
            if not given.json:
                tell(media.app)
                tell(media.sensor)
                print(
                    f"  {media.media_s / 3600:.2f} h of media time in {media.took_s:.0f} s; "
                    f"journal less media time: {media.drift_s:+.1f} s"
                )
        sensor.close()
        if given.minutes > 0:
            real = real_time(given.minutes, made, home / "real", given.every)
            seen |= real.samples
            out["real"] = asdict(replace(real, samples={}))
            good &= real.app.good() and real.sensor.good() and real.sensors == 1
            good &= abs(real.drift_s) <= DRIFT_S and not too_large(real.files)
            if not given.json:
                tell(real.app)
                tell(real.sensor)
                print(
                    f"  journal less clock: {real.drift_s:+.1f} s in {given.minutes:g} min; asked {real.asked} times, "
                    f"unanswered {real.unanswered}, slowest {1000 * real.slowest_answer_s:.0f} ms; "
                    f"sensor processes: {real.sensors}; seen: {real.states}"
                )
                for name, size in real.files.items():
                    print(f"  {name}: {size.begin} → {size.end} bytes, at the most {size.most}")
                print("".join(f"  {name} was larger than it may become\n" for name in too_large(real.files)), end="")
    if given.samples is not None:
        write_samples(given.samples, seen)
    if given.json:
        print(json.dumps(out | {"good": good}, indent=2))
    else:
        print("steady" if good else "NOT STEADY")
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
