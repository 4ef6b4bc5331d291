"""Cuts the power of the disk that posturewatch writes on, starts it again from what is left, and counts what is lost.

    python bench/power_cut.py --cuts 120                    ext4; as root on Linux
    python bench/power_cut.py --cuts 40 --file-system btrfs

The disk is ``volatile_disk.py``: what was not flushed may be lost, sector by sector and in any order, as in a real
drive's cache. A file system of the kernel's lies on it, and there the app watches a film of a person while a user
changes settings, calibrates, writes the diary, has daily files and shared files written, each as fast as it goes, or,
in every second life, does nothing, so that the app's own writes are seen by themselves. At random moments the disk is
cut. What is left is mounted like after a real cut, and looked at: the file system's own check, the journal's, doctor,
each file; then the app is started on it, and must see and end in order. From the last cut of a life the next one goes
on.

Counted against what had been said to be done when the power went: settings, calibrations, diary entries (nothing may be
missing), and the seconds between the cut and the last one that the journal has an account of.

Needs ``apt-get install nbdkit nbdkit-plugin-python libnbd-bin`` (and ``btrfs-progs``, ``xfsprogs`` for those).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "tests")]

from camera_server import camera, playing  # noqa: E402
from cli.run_cli import Cli  # noqa: E402
from faults.running_app import running  # noqa: E402
from posturewatch.app.calibration import calibration_from  # noqa: E402
from posturewatch.base.clock import SystemClock  # noqa: E402
from posturewatch.base.records import DiaryEntry, EventKind  # noqa: E402
from posturewatch.base.settings import ModelSettings, Settings  # noqa: E402
from posturewatch.config.write import set_values  # noqa: E402
from posturewatch.core.history.journal_content import JournalContent  # noqa: E402
from posturewatch.core.posture.calibration import Calibration  # noqa: E402
from posturewatch.core.posture.calibration_run import row_of  # noqa: E402
from posturewatch.disk.folders import Folders, find_folders  # noqa: E402
from posturewatch.disk.shredding import TEMP_SUFFIX  # noqa: E402
from posturewatch.journal.daily_files import DailyFiles  # noqa: E402
from posturewatch.journal.reader import open_reader  # noqa: E402
from posturewatch.journal.writer import SqliteJournal  # noqa: E402
from posturewatch.offline.demo import CLIP  # noqa: E402
from posturewatch.sensor_client.client import RecordingSensor  # noqa: E402
from soak import frames_of  # noqa: E402

MAKE = {
    "ext4": ("96M", ("mkfs.ext4", "-q"), ("e2fsck", "-fn")),
    "btrfs": ("160M", ("mkfs.btrfs", "-q"), ("btrfs", "check", "--readonly")),
    "xfs": ("320M", ("mkfs.xfs", "-q"), ("xfs_repair", "-n")),
}
"""Size of the disk, how the file system is made, and its own check."""

LOST_S = 70.0
"""What docs/journal.md promises: the first write of each minute is flushed, and comes within ten seconds of it."""

PROMISED = ("settings", "calibration", "diary")
KINDS = (*PROMISED, "day", "share")


@dataclass
class Outcome:
    """What the cuts did. ``said_and_gone``: settings, calibrations and entries that were said to be written."""

    file_system: str
    cuts: int = 0
    unmountable: int = 0
    file_system_errors: int = 0
    journal_unsound: int = 0
    said_and_gone: dict[str, int] = field(default_factory=lambda: dict.fromkeys(PROMISED, 0))
    half_written: int = 0
    doctor_errors: int = 0
    not_started_again: int = 0
    done: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 0))
    lost_s: list[float] = field(default_factory=list)

    def good(self) -> bool:
        """Whether every promise held."""
        bad = (
            self.unmountable, self.file_system_errors, self.journal_unsound, *self.said_and_gone.values(),
            self.half_written, self.doctor_errors, self.not_started_again,
        )  # fmt: skip
        return not any(bad) and max(self.lost_s, default=0.0) <= LOST_S


def can_cut() -> bool:
    """Whether this user and this computer can."""
    programs = ("nbdkit", "nbdfuse", "nbdinfo", "losetup")
    return sys.platform == "linux" and os.geteuid() == 0 and all(map(shutil.which, programs))


def make_image(kind: str, image: Path) -> None:
    """An empty disk with a file system of this kind."""
    size, make, _check = MAKE[kind]
    _do("truncate", "-s", size, str(image))
    _do(*make, str(image))


@contextlib.contextmanager
def mounted(image: Path, folder: Path) -> Iterator[Path]:
    """A disk as it was found, mounted; raises CalledProcessError where it cannot be."""
    folder.mkdir(exist_ok=True)
    if shutil.which("btrfs") is not None:
        _do("btrfs", "device", "scan", "--forget", check=False)  # each cut is a disk with the same name
    _do("mount", "-o", "loop", str(image), str(folder))
    try:
        yield folder
    finally:
        _do("umount", str(folder))


class Disk:
    """The volatile disk as a file, and the file system on it mounted, until :meth:`end`."""

    def __init__(self, image: Path, folder: Path) -> None:
        self.mount = folder / "mount"
        self.file = folder / "disk" / "file"
        self._socket = folder / "socket"
        self._loop = ""
        self.file.parent.mkdir(parents=True)
        self.mount.mkdir()
        plugin = ("python", str(HERE / "volatile_disk.py"), f"image={image}")
        self._processes = [_start("nbdkit", "-f", "-U", str(self._socket), *plugin)]
        _wait_for(self._socket.exists)
        self._processes.append(_start("nbdfuse", str(self.file), "--unix", str(self._socket)))
        _wait_for(self.file.exists)

    def mounted(self) -> None:
        """Mount it."""
        self._loop = _do("losetup", "--show", "-f", str(self.file)).strip()
        _do("mount", self._loop, str(self.mount))

    def cut(self, seed: int, image: Path) -> None:
        """What the disk would be if the power went now, as a file."""
        _do("nbdinfo", "--size", f"nbd+unix:///cut%20{seed}%20{image}?socket={self._socket}")

    def end(self) -> None:
        """Take it away, whatever the file system would still write."""
        for process in self._processes:
            process.kill()
            process.wait()
        if self._loop:
            _do("umount", "--lazy", str(self.mount), check=False)
            _do("losetup", "-d", self._loop, check=False)
        _do("umount", "--lazy", str(self.file.parent), check=False)


class User:
    """Does what a user does, as fast as it goes, unless ``busy`` is false; keeps count of what was begun and of what
    was said to be done."""

    def __init__(
        self, folders: Folders, shares: Path, made: Calibration, done: dict[str, int], *, busy: bool, seed: int
    ) -> None:  # fmt: skip
        self.begun, self.said = dict(done), dict(done)
        self._folders, self._shares, self._made = folders, shares, made
        self._chance = random.Random(seed)
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run if busy else self._end.wait)
        self.problem: BaseException | None = None

    def __enter__(self) -> User:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._end.set()
        self._thread.join()
        if self.problem is not None:
            raise self.problem

    def _run(self) -> None:
        try:
            with SqliteJournal(self._folders.journal_file, SystemClock(), busy_s=10.0) as journal:
                while not self._end.is_set():
                    kind = self._chance.choices(KINDS, weights=(6, 3, 6, 6, 1))[0]
                    self.begun[kind] += 1
                    self._do(kind, self.begun[kind], journal)
                    self.said[kind] = self.begun[kind]
        except BaseException as err:
            self.problem = err

    def _do(self, kind: str, number: int, journal: SqliteJournal) -> None:
        now = datetime.now(UTC)
        match kind:
            case "settings":
                set_values(self._folders.config_file, {"posture.threshold": threshold(number)})
            case "calibration":
                journal.add_calibration(row_of(self._made, "desk", now))
            case "diary":
                journal.add_diary(DiaryEntry(now, now, "headache", worst=number % 10 + 1))
            case "day":
                lines = (f"{number}" * 20 for _line in range(number % 500 + 1))
                DailyFiles(self._folders.days).write([("2026-01-05.csv", ("\n".join(lines) + "\nend\n").encode())])
            case _:
                out = self._shares / f"{number % 3}.zip"
                out.unlink(missing_ok=True)
                Cli(self._folders.data.parent).run("share", "--weeks", "1", "--yes", str(out))


def threshold(number: int) -> float:
    """The setting as it was written for the nth time."""
    return round(0.7 + number / 10_000, 4)


@dataclass(frozen=True)
class Life:
    """Of the app: from when on, and the seconds that the journal had watched before."""

    begin: datetime
    watched_s: float


@dataclass(frozen=True)
class Cut:
    """A disk as it was found, with what had been said to be done just before and begun just after."""

    image: Path
    life: Life
    at: datetime
    said: dict[str, int]
    begun: dict[str, int]


def watched_s(content: JournalContent) -> float:
    """Seconds of which the journal says what became of them."""
    return sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s for row in content.minutes)


def lost_s(content: JournalContent, life: Life, at: datetime) -> float:
    """Seconds of this life, up to the cut, of which nothing is known."""
    starts = [event.at for event in content.events if event.kind is EventKind.START and life.begin <= event.at <= at]
    return max(0.0, (at - max(starts, default=life.begin)).total_seconds() - (watched_s(content) - life.watched_s))


def look_at_files(home: Path) -> list[str]:
    """Files of which only a part is there: neither as they were, nor as they were to be, nor plainly a leftover."""
    found = []
    for path in sorted(home.rglob("*")):
        if not path.is_file() or path.name.endswith((TEMP_SUFFIX, "-wal", "-shm", ".lock")) or "state" in path.parts:
            continue
        content = path.read_bytes()
        whole = bool(content.strip(b"\0"))
        if path.suffix == ".zip":
            try:
                with zipfile.ZipFile(path) as archive:
                    whole = archive.testzip() is None
            except zipfile.BadZipFile:
                whole = False
        elif path.parent.name == "days" and path.name == "2026-01-05.csv":
            lines = content.decode().splitlines()
            whole = lines[-1:] == ["end"] and len({*lines[:-1]}) == 1
        elif path.suffix == ".log":
            whole = True  # a log's last line may be cut
        if not whole:
            found.append(f"{path.name} ({len(content)} bytes)")
    return found


def look_at_data(home: Path, cut: Cut, out: Outcome) -> tuple[dict[str, int], list[str]]:
    """How often each promised thing is found to have been written, and what is wrong, in words."""
    folders = find_folders({"POSTUREWATCH_HOME": str(home)})
    wrong = look_at_files(home)
    out.half_written += len(wrong)
    found = dict.fromkeys(PROMISED, 0)
    with contextlib.suppress(OSError, ValueError):
        text = folders.config_file.read_text(encoding="utf-8")
        found["settings"] = round((tomllib.loads(text)["posture"]["threshold"] - threshold(0)) * 10_000)
    with SqliteJournal(folders.journal_file, SystemClock()) as journal:
        unsound = [*journal.notices(), *journal.integrity()]
        content = journal.content()
        in_force = journal.calibrations_in_force().get("desk")
    found["diary"], found["calibration"] = len(content.diary), len(content.calibrations)
    newest = max((row.at for row in content.calibrations), default=None)
    if newest is not None and (in_force is None or in_force.at != newest):
        unsound.append("another calibration in force than the last")
    out.journal_unsound += bool(unsound)
    out.lost_s.append(lost_s(content, cut.life, cut.at))
    return found, [*wrong, *unsound, *([f"{out.lost_s[-1]:.0f} s lost"] if out.lost_s[-1] > LOST_S else [])]


def start_again(home: Path, address: str, out: Outcome) -> list[str]:
    """Doctor, then the app: it sees somebody, ends in order, and takes its leftovers along."""
    told = json.loads(Cli(home).run("doctor", "--no-camera", "--json", code=None).out)
    ill = [f"doctor: {one['says']}" for one in told if one["level"] == "error" and one["part"] in OURS]
    out.doctor_errors += bool(ill)
    try:
        with running(home, address) as app:
            app.until_it_sees()
            ended = app.quit()
        if ended:
            raise AssertionError(f"exit code {ended}")
    except AssertionError as err:
        out.not_started_again += 1
        ill.append(f"not started again: {err}")
    return ill


OURS = ("settings", "Configuration folder", "Data folder", "Log folder", "State folder", "journal", "calibration")
"""Parts of doctor's list that a power cut can harm; screen and tray are not there in the first place."""


class Trial:
    """Lives and cuts on one kind of file system."""

    def __init__(self, kind: str, folder: Path, address: str, made: Calibration, seed: int, *, start: bool) -> None:
        self.out = Outcome(kind)
        self._start = start
        self._folder, self._address, self._made = folder, address, made
        self._chance = random.Random(seed)
        self._image = folder / "disk.img"
        self._check = MAKE[kind][2]
        make_image(kind, self._image)
        self._done = dict.fromkeys(KINDS, 0)

    def live(self, cuts: int, *, busy: bool) -> None:
        """One life: cuts at random moments, each looked at afterwards; the next life goes on from the last."""
        made: list[Cut] = []
        with tempfile.TemporaryDirectory(dir=self._folder) as place, _volatile(self._image, Path(place)) as disk:
            disk.mounted()
            folders = find_folders({"POSTUREWATCH_HOME": str(disk.mount / "home")}).make()
            shares = disk.mount / "shares"
            shares.mkdir(exist_ok=True)
            life = Life(datetime.now(UTC), self._watched_s(folders))
            with running(disk.mount / "home", self._address) as app:
                app.until_it_sees()
                seed = self._chance.randrange(1 << 30)
                with User(folders, shares, self._made, self._done, busy=busy, seed=seed) as user:
                    for number in range(cuts):
                        time.sleep(self._chance.uniform(0.05, 4.0 if busy else 25.0))
                        image = self._folder / f"cut{number}.img"
                        said, at = dict(user.said), datetime.now(UTC)
                        disk.cut(self._chance.randrange(1 << 30), image)
                        made.append(Cut(image, life, at, said, dict(user.begun)))
                disk.end()  # all that the processes still write is lost
        for kind in KINDS:
            self.out.done[kind] += user.said[kind] - self._done[kind]
        for cut in made:
            self._look(cut)
            self.out.cuts += 1
            cut.image.replace(self._image)

    @staticmethod
    def _watched_s(folders: Folders) -> float:
        if not folders.journal_file.exists():
            return 0.0
        with open_reader(folders.journal_file) as journal:
            return watched_s(journal.content())

    def _look(self, cut: Cut) -> None:
        """Mount what is left, compare, start again; say what is wrong."""
        try:
            with mounted(cut.image, self._folder / "found") as found:
                wrong = self._compare(found / "home", cut)
                if self._start:
                    wrong += start_again(found / "home", self._address, self.out)
        except subprocess.CalledProcessError as err:
            self.out.unmountable += 1
            print(f"cut {self.out.cuts}: cannot be mounted: {err.stderr}", flush=True)
            return
        if subprocess.run([*self._check, str(cut.image)], check=False, capture_output=True).returncode:
            self.out.file_system_errors += 1
            wrong.append("the file system's own check finds errors")
        if wrong:
            print(f"cut {self.out.cuts}: " + "; ".join(wrong), flush=True)

    def _compare(self, home: Path, cut: Cut) -> list[str]:
        found, wrong = look_at_data(home, cut, self.out)
        for kind, number in found.items():
            if not cut.said[kind] <= number <= cut.begun[kind]:
                self.out.said_and_gone[kind] += 1
                wrong.append(f"{kind}: {number} found, {cut.said[kind]} said to be written, {cut.begun[kind]} begun")
        self._done |= found | {kind: cut.begun[kind] for kind in KINDS if kind not in PROMISED}
        return wrong


@contextlib.contextmanager
def _volatile(image: Path, folder: Path) -> Iterator[Disk]:
    disk = Disk(image, folder)
    try:
        yield disk
    finally:
        disk.end()


def see_that_it_cuts(folder: Path) -> None:
    """The disk is tried first: after a cut what was flushed is there, and of what was not some is and some is not."""
    image, cut, size = folder / "tried.img", folder / "tried-cut.img", 1 << 16
    image.write_bytes(bytes(size))
    seen = set()
    with tempfile.TemporaryDirectory(dir=folder) as place, _volatile(image, Path(place)) as disk:
        handle = os.open(disk.file, os.O_RDWR)
        os.pwrite(handle, b"f" * size, 0)
        os.fsync(handle)
        os.pwrite(handle, b"n" * size, 0)
        for seed in range(20):
            disk.cut(seed, cut)
            seen.add(bytes(sorted({*cut.read_bytes()})))
        os.close(handle)
    assert seen == {b"f", b"n", b"fn"}, f"this is no disk with a cache: {seen}"


def _start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def _do(*words: str, check: bool = True) -> str:
    return subprocess.run(words, check=check, capture_output=True, text=True).stdout


def _wait_for(there: Callable[[], bool], within_s: float = 30.0) -> None:
    end = time.monotonic() + within_s
    while not there():
        if time.monotonic() > end:
            raise TimeoutError("the disk does not come")
        time.sleep(0.02)


def trial(kind: str, cuts: int, seed: int, folder: Path, *, start: bool) -> Outcome:
    """So many cuts, about ten a life."""
    see_that_it_cuts(folder)
    with RecordingSensor(ModelSettings()) as sensor:
        made = calibration_from(sensor, str(CLIP / "calibration.mp4"), Settings())
    with camera(playing(*frames_of("test.mp4"), fps=5)) as server:
        one = Trial(kind, folder, server.address, made, seed, start=start)
        while one.out.cuts < cuts:
            one.live(min(10, cuts - one.out.cuts), busy=one.out.cuts // 10 % 2 == 0)
            print(f"{one.out.cuts} cuts", file=sys.stderr, flush=True)
    return one.out


def main() -> int:
    """Print the table; 1 where a promise did not hold."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("--cuts", type=int, default=120)
    words.add_argument("--file-system", choices=tuple(MAKE), default="ext4")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--quick", action="store_true", help="do not start the app again after each cut")
    given = words.parse_args()
    if not can_cut():
        words.error("as root, after apt-get install nbdkit nbdkit-plugin-python libnbd-bin")
    with tempfile.TemporaryDirectory() as folder:
        out = trial(given.file_system, given.cuts, given.seed, Path(folder), start=not given.quick)
    lost = sorted(out.lost_s)
    for name, value in asdict(out).items():
        if name != "lost_s":
            print(f"{name.replace('_', ' '):24}{value!s:>10}")
    print(f"seconds lost: median {lost[len(lost) // 2]:.1f}, most {lost[-1]:.1f}; bar {LOST_S:.0f}")
    return int(not out.good())


if __name__ == "__main__":
    sys.exit(main())
