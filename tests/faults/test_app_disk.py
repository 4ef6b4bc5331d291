"""What the disk, the journal and the settings file can do to a running app: said, survived, written later."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from camera_server import CameraServer, camera, jpeg, noisy
from cli.run_cli import Cli
from fakes import MONDAY_NINE, FakeClock
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import EventKind, MinuteRow
from posturewatch.disk.folders import find_folders
from posturewatch.disk.shredding import shred_all
from posturewatch.journal.daily_files import DailyFiles
from posturewatch.journal.reader import open_reader
from posturewatch.journal.retention import ours
from posturewatch.journal.writer import SqliteJournal

from .running_app import fill, running, small_disk

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.unix_only("mounts, signals and modes of Unix"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[CameraServer]:
    """A camera that shows one person, never the same bit for bit."""
    with camera(noisy(jpeg("d1_000"), fps=5)) as one:
        yield one


def journal_file(home: Path) -> Path:
    """Where the journal lies."""
    return home / "data" / "journal.sqlite"


def seconds_written(home: Path) -> float:
    """All seconds that the journal accounts for, of whatever kind."""
    with open_reader(journal_file(home)) as journal:
        rows = journal.content().minutes
        assert journal.integrity() == ()
    return sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s for row in rows)


def test_a_full_disk_is_said_and_written_up_later(tmp_path: Path, server: CameraServer) -> None:
    """No byte left for journal, log or day files: the status says so, looks go on, nothing is missing later."""
    home = tmp_path / "home"
    with small_disk(home, "4m"), running(home, server.address) as app:
        app.until_it_sees()
        begin = time.monotonic()
        filler = fill(home)
        told = app.until(lambda told: told["trouble"])
        assert "full" in told["trouble"]
        assert app.until_it_sees()["watching"]
        filler.unlink()
        app.until(lambda told: not told["trouble"])
        ran_s = time.monotonic() - begin
        assert app.quit() == 0
        assert seconds_written(home) >= ran_s - 3
        assert list((home / "data" / "days").glob("*.csv"))


def test_quitting_on_a_full_disk_ends_all_the_same(tmp_path: Path, server: CameraServer) -> None:
    """The camera is given back and the app ends within seconds, though its last words find no room."""
    home = tmp_path / "home"
    with small_disk(home, "4m"), running(home, server.address) as app:
        app.until_it_sees()
        eye = app.a_sensor()
        filler = fill(home)
        app.command(CommandKind.QUIT)
        app.process.wait(60)
        assert not eye.is_running()
        assert "Traceback" not in app.errors.read_text()
        filler.unlink()
        with open_reader(journal_file(home)) as journal:
            assert journal.integrity() == ()


def test_a_read_only_disk_is_said_at_the_start(tmp_path: Path, server: CameraServer) -> None:
    """The data folder lies on a disk that cannot be written: exit 7 with the file and what to do; writable, it runs."""
    home = tmp_path / "home"
    with small_disk(home / "data", "4m") as data:
        remount = ["mount", "-o", "remount,ro", str(data)]
        subprocess.run(remount, check=True)
        with running(home, server.address) as app:
            assert app.process.wait(60) == 7
            said = app.errors.read_text()
            assert "data" in said
            assert "POSTUREWATCH_HOME" in said or "right to write" in said
            assert "Traceback" not in said
        subprocess.run(["mount", "-o", "remount,rw", str(data)], check=True)  # noqa: S607
        with running(home, server.address) as app:
            app.until_it_sees()
            assert app.quit() == 0


LOCKER = """
    import sqlite3, sys
    connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
    connection.execute("BEGIN EXCLUSIVE")
    print("locked", flush=True)
    sys.stdin.readline()
    connection.execute("ROLLBACK")
"""


def test_a_journal_that_another_process_holds_is_waited_for(tmp_path: Path, server: CameraServer) -> None:
    """Another program keeps the database locked: the status says "locked", looks go on, and the rows come later."""
    home = tmp_path / "home"
    with running(home, server.address) as app:
        app.until_it_sees()
        begin = time.monotonic()
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(LOCKER), str(journal_file(home))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as locker:
            assert locker.stdout is not None
            assert locker.stdout.readline()
            told = app.until(lambda told: told["trouble"])
            assert "locked" in told["trouble"]
            assert app.until_it_sees()["watching"]
            locker.communicate(b"\n")
        app.until(lambda told: not told["trouble"])
        ran_s = time.monotonic() - begin
        assert app.quit() == 0
        assert seconds_written(home) >= ran_s - 3


def test_a_damaged_journal_is_rescued_and_told(tmp_path: Path, server: CameraServer) -> None:
    """Junk in the middle of the file: it is set aside with its date, most rows are there, log and journal tell it."""
    home = tmp_path / "home"
    Cli(home).run("config", "init")
    (home / "data").mkdir(mode=0o700, exist_ok=True)
    with SqliteJournal(journal_file(home), FakeClock()) as journal:
        for number in range(1500):
            journal.add_minute(MinuteRow(MONDAY_NINE + timedelta(minutes=number), "desk", 0.0, 60.0, 0.0, 0.0, 0.0, 30))
    size = journal_file(home).stat().st_size
    with journal_file(home).open("r+b") as file:
        file.seek(size // 2 // 4096 * 4096)
        file.write(os.urandom(4096))
    with running(home, server.address) as app:
        app.until_it_sees()
        assert app.quit() == 0
        assert "damaged" in app.log()
        assert "Rescued" in app.log()
    assert len(list((home / "data").glob("journal-damaged-*.sqlite"))) == 1
    with open_reader(journal_file(home)) as journal:
        content = journal.content()
    assert len(content.minutes) > 1000
    assert [event.outcome for event in content.events if event.kind is EventKind.JOURNAL] == ["rescued"]


def test_a_data_folder_that_goes_is_begun_anew(tmp_path: Path, server: CameraServer) -> None:
    """Somebody removes the whole data folder: the app says so or begins a new one, and never ends."""
    import shutil

    home = tmp_path / "home"
    with running(home, server.address) as app:
        app.until_it_sees()
        shutil.rmtree(home / "data")
        app.until(lambda told: told["trouble"] or journal_file(home).exists())
        (home / "data").mkdir(mode=0o700, exist_ok=True)
        app.until(lambda told: not told["trouble"])
        assert app.quit() == 0
    assert seconds_written(home) > 0


DAY_WRITER = """
    import sys
    from datetime import date, timedelta
    from pathlib import Path
    from posturewatch.journal.daily_files import DailyFiles
    daily = DailyFiles(Path(sys.argv[1]))
    print("ready", flush=True)
    for number in range(100000):
        content = f"{number:08d}\\n".encode() * 40000
        daily.write([("2026-11-22.csv", content), ("2026-11-22.txt", content)])
"""


def test_a_day_file_is_never_half_written(tmp_path: Path) -> None:
    """Killed twenty times while it writes: the file is always one whole version, and leftovers are swept."""
    days = tmp_path / "days"
    for kill in range(20):
        with subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(DAY_WRITER), str(days)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.013 * (kill % 7) + 0.02)
            writer.kill()
        for path in days.glob("2026-*"):
            lines = path.read_bytes().splitlines()
            assert len(lines) == 40000
            assert len(set(lines)) == 1
    shred_all(DailyFiles(days).before(MONDAY_NINE.date() - timedelta(days=300)))
    assert {path.name for path in days.iterdir()} <= {"2026-11-22.csv", "2026-11-22.txt"}


def test_a_settings_file_that_is_damaged_while_running_changes_nothing(tmp_path: Path, server: CameraServer) -> None:
    """Junk, a folder in its place, nothing at all: the old settings hold, with words; mended, they are taken."""
    home = tmp_path / "home"
    Cli(home).run("config", "init")
    path = home / "config" / "config.toml"
    path.write_text("[posture]\nthreshold = 2.0\nclear = 1.0\n")
    with running(home, server.address) as app:
        app.until(lambda told: told["threshold_in"] == 2.0)
        path.write_bytes(b"\x00\xff[[[")
        app.until(lambda told: "not taken up" in told["trouble"])
        path.unlink()
        path.mkdir()
        app.command(CommandKind.RELOAD)
        app.until(lambda told: told["trouble"])
        assert app.snapshot()["threshold_in"] == 2.0  # type: ignore[index]
        path.rmdir()
        path.write_text("[posture]\nthreshold = 1.5\n")
        app.until(lambda told: told["threshold_in"] == 1.5 and not told["trouble"])
        assert app.quit() == 0


def test_everything_written_is_private(tmp_path: Path, server: CameraServer) -> None:
    """After a run with a report and an export every file below the home is 0600 and every folder 0700."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    with running(home, server.address) as app:
        app.until_it_sees()
        cli = Cli(home)
        cli.run("config", "set", "user.units", "cm")
        cli.run("diary", "add", "--worst", "3")
        for kind in ("html", "pdf", "fhir"):
            cli.run("report", f"--{kind}", str(home / f"report.{kind}"))
        cli.run("doctor", "--no-camera", "--bundle", str(home / "support.zip"), code=None)
        assert app.quit() == 0
    wrong = {}
    for path in home.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode != (0o700 if path.is_dir() else 0o600):
            wrong[path.relative_to(home).as_posix()] = oct(mode)
    assert wrong == {}
    with closing(sqlite3.connect(journal_file(home))) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_the_list_of_what_is_ours_holds_against_a_full_run(tmp_path: Path, server: CameraServer) -> None:
    """After a run with a profile of its own, reports and a diary, each file is on the list, is the journal, the
    settings or the lock; after `forget --all` those are left, and no word of the diary in any of them."""
    home = tmp_path / "home"
    word = "Nackenschmerz-Wort"
    with running(home, server.address) as app:
        app.until_it_sees()
        cli = Cli(home)
        cli.run("config", "set", "user.units", "cm")
        cli.run("config", "set", "camera.source", "http://me:Kamera-Wort@127.0.0.1:9/video")
        cli.run("diary", "add", "--worst", "3", "--note", word)
        cli.run("report", "--html", str(home / "data" / "reports" / "mine.html"), code=None)
        app.command(CommandKind.PROFILE, text="Sofa-Wort")
        app.command(CommandKind.WRITE_DAY)
        app.until(lambda told: told["profile"] == "Sofa-Wort")
        assert app.quit() == 0
    folders = find_folders({"POSTUREWATCH_HOME": str(home)})

    def files() -> set[str]:
        return {path.relative_to(home).as_posix() for path in home.rglob("*") if not path.is_dir()}

    stays = {"config/config.toml", "data/journal.sqlite", "state/instance.lock"}
    listed = {path.relative_to(home).as_posix() for path in ours(folders)}
    assert {"data/profile", "data/camera-password"} <= listed
    assert files() - stays == listed
    Cli(home).run("forget", "--all", "--yes")
    assert files() <= stays
    words = (word.encode(), b"Sofa-Wort", b"Kamera-Wort")
    for path in home.rglob("*"):
        assert path.is_dir() or not any(each in path.read_bytes() for each in words)


def test_a_disk_that_is_full_at_the_first_start_is_named_as_the_reason(tmp_path: Path) -> None:
    """The start fails with what is wrong; the empty journal that it may leave is called none, and with room it runs."""
    with small_disk(tmp_path / "disk", "400k") as disk:
        home = disk / "home"
        home.mkdir(mode=0o700)
        filler = fill(disk)
        cli = Cli(home)
        refused = cli.run("run", "--no-tray", "--source", "0", code=None)
        assert refused.code in (6, 7)
        assert "No space left" in refused.err or "full" in refused.err
        filler.unlink()
        fill(disk).unlink()
        (home / "data").mkdir(parents=True, exist_ok=True)
        (home / "data" / "journal.sqlite").touch()
        assert "There is no journal" in cli.run("log", code=None).err
        assert "earlier" not in cli.run("doctor", "--no-camera", code=None).out
