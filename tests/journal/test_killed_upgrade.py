"""Bringing an older journal up to date, and rescuing a damaged one: killed at any moment, and with no room for it."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fakes import FakeClock
from faults.running_app import fill, small_disk
from posturewatch.base.errors import JournalError
from posturewatch.disk.shredding import TEMP_SUFFIX
from posturewatch.journal.schema import SCHEMA_VERSION
from posturewatch.journal.writer import SqliteJournal

HERE = Path(__file__).parent

MINUTES = 60_000
"""Two months round the clock: copying and rewriting them takes long enough to be killed in the middle."""

KILLS = int(os.environ.get("UPGRADE_KILLS", "10"))

OPENS = """
import sys
from pathlib import Path
from posturewatch.base.clock import SystemClock
from posturewatch.journal.writer import SqliteJournal
print("begin", flush=True)
SqliteJournal(Path(sys.argv[1]), SystemClock())
print("end", flush=True)
"""

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal of the first version with many minutes."""
    path = tmp_path_factory.mktemp("older") / "journal.sqlite"
    connection = sqlite3.connect(path)
    connection.executescript((HERE / "journal_v1.sql").read_text(encoding="utf-8"))
    connection.execute(
        "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?) INSERT INTO minutes "
        "SELECT minute + i, offset_min, profile_id, valid_cs, away_cs, unreliable_cs, paused_cs, off_cs, frames, "
        "median_mil, p90_mil, mean_mil, se_mil, load_clb, band0_cs, band1_cs, band2_cs, band3_cs, calibration_id "
        "FROM minutes, n WHERE minute = 29923680",
        (MINUTES - 1,),
    )
    connection.commit()
    connection.close()
    return path


@pytest.fixture
def damaged(older: Path, tmp_path: Path) -> Path:
    """The same in this version, with a page of noise in its middle."""
    path = Path(shutil.copy(older, tmp_path / "journal.sqlite"))
    SqliteJournal(path, FakeClock()).close()
    for copy in path.parent.glob("journal-v*"):
        copy.unlink()
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(random.Random(1).randbytes(4096))
    return path


def opened_and_killed(path: Path) -> Iterator[bool]:
    """Open it in a process of its own that is killed later and later, until one comes to its end; whether it was."""
    chance, longest_s = random.Random(4), 0.2
    for _number in range(KILLS):
        child = subprocess.Popen([sys.executable, "-c", OPENS, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(chance.uniform(0.0, longest_s))
        child.kill()
        ended = b"end" in child.communicate()[0]
        longest_s *= 1.2
        yield ended


def rows(path: Path) -> int:
    """Minutes in a file, read by SQLite alone."""
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    (count,) = connection.execute("SELECT count(*) FROM minutes").fetchone()
    connection.close()
    return int(count)


def test_an_upgrade_killed_at_any_moment_loses_nothing(older: Path, tmp_path: Path) -> None:
    """Kill after kill the journal is of the former version or of this one, with every minute; a copy that was being
    made is not taken for one."""
    path = Path(shutil.copy(older, tmp_path / "journal.sqlite"))
    for _ended in opened_and_killed(path):
        assert rows(path) == MINUTES
        assert all(rows(copy) == MINUTES for copy in path.parent.glob("journal-v1-*.sqlite"))
    with SqliteJournal(path, FakeClock()) as journal:
        assert journal.integrity() == ()
    assert rows(path) == MINUTES
    assert len(list(path.parent.glob(f".*{TEMP_SUFFIX}"))) <= 1


def test_a_rescue_killed_at_any_moment_saves_as_much_as_one_that_is_not(damaged: Path, tmp_path: Path) -> None:
    """Each file set aside is whole, byte for byte; in the end as many minutes are there as without a kill."""
    undisturbed = Path(shutil.copy(damaged, tmp_path / "other.sqlite"))
    content = damaged.read_bytes()
    with SqliteJournal(undisturbed, FakeClock()):
        pass
    for _ended in opened_and_killed(damaged):
        assert all(aside.read_bytes() == content for aside in damaged.parent.glob("journal-damaged-*.sqlite"))
    with SqliteJournal(damaged, FakeClock()) as journal:
        assert journal.integrity() == ()
    assert rows(damaged) == rows(undisturbed)


@pytest.mark.parametrize("damage", [False, True], ids=["upgrade", "rescue"])
def test_without_room_the_former_file_stays_and_is_taken_up_later(
    older: Path, damaged: Path, tmp_path: Path, damage: bool
) -> None:
    """A full disk: said in words, not a byte changed and no half copy left; with room it goes through."""
    source = damaged if damage else older
    with small_disk(tmp_path / "small", "40m") as disk:
        path = Path(shutil.copy(source, disk / "journal.sqlite"))
        filler = fill(disk)
        with pytest.raises(JournalError, match="disk is full"):
            SqliteJournal(path, FakeClock())
        assert path.read_bytes() == source.read_bytes()
        assert [one.name for one in disk.iterdir() if one.suffix == ".sqlite"] == ["journal.sqlite"]
        filler.unlink()
        with SqliteJournal(path, FakeClock()) as journal:
            assert journal.integrity() == ()
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
        connection.close()
        assert rows(path) > 0.99 * MINUTES
