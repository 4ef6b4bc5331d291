"""The journal on disk: SQLite in WAL mode, one small row a minute.

What lasts. Each write is a transaction. The minute in progress is written again every ten seconds or less
(``add_minute`` replaces the row of its minute), so a kill loses ten seconds at the most: what a process has
committed is in the operating system's hands. Against a power cut the first write of each minute, every event,
calibration and diary entry is flushed to the disk (``synchronous = FULL``); the rewrites in between are not,
which spares the disk five flushes a minute. WAL frames carry checksums: an unfinished one is never read.

What fails. Minutes, events and samples that cannot be written (disk full, locked, folder gone) stay in memory,
JournalError says why, and the next write takes them along. A damaged file is set aside, its readable rows
are rescued into a new one, and :meth:`SqliteJournal.notices` tells.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, TypeVar

from posturewatch.base import movement
from posturewatch.base.clock import Clock
from posturewatch.base.errors import DataError, JournalError
from posturewatch.base.i18n import _
from posturewatch.base.movement import MovementRow
from posturewatch.base.outside import cleaned
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow, Step
from posturewatch.core.history.diary import check_entry
from posturewatch.disk.shredding import write_zeros
from posturewatch.journal import rows
from posturewatch.journal.faults import is_damage, is_full, journal_error
from posturewatch.journal.reader import JournalReader
from posturewatch.journal.rescue import looks_sound, set_aside_and_rescue
from posturewatch.journal.schema import IN_FORCE_KEY, bring_up_to_date, connect, side_files
from posturewatch.journal.waiting import Item, Sample, Waiting, insert, put_row

LOG_TRIES: Final = 5
"""How often the write-ahead log is tried to be overwritten while others go on committing."""

_T = TypeVar("_T")

_log = logging.getLogger("posturewatch.journal")


class SqliteJournal(JournalReader):
    """``interface.Journal`` in a file. One thread at a time; other processes may read and write."""

    def __init__(self, path: Path, clock: Clock, *, busy_s: float = 1.0, check: bool = True) -> None:
        """Open or create; migrate an older file after copying it; rescue a damaged one.

        ``busy_s``: how long a write waits for another process (short for the loop, which keeps what it
        could not write; 10 for a command). ``check`` reads the file through before it is trusted. Raises
        JournalError (not ours, too new, no right, no room).
        """
        self._clock = clock
        self._busy_s = busy_s
        self._waiting = Waiting()
        self._notices: list[str] = []
        self._file: tuple[int, int] = (0, 0)
        super().__init__(path, self._open(path, check=check))

    # ------------------------------------------------------------------ what the loop writes

    def add_minute(self, row: MinuteRow) -> None:
        """Write the row of its UTC minute, in place of what this process wrote of that minute before.

        A part of the minute that another run wrote is joined (:func:`rows.join_minutes`). Raises
        JournalError; the row is then kept and written later.
        """
        self._store(row)

    def add_event(self, event: Event) -> None:
        """Write an event. Raises JournalError; the event is then kept and written later."""
        self._store(event)

    def add_sample(self, at: datetime, step: Step) -> None:
        """Write a single estimate (the caller asks the settings whether). Raises JournalError as add_event."""
        self._store(Sample(at, step))

    def flush(self) -> None:
        """Write what is still waiting in memory. Raises JournalError."""
        while self._waiting:
            self._attempt(self._write_waiting, flushed=self._waiting.must_reach_the_disk())
            self._waiting.written()

    @property
    def unsaved(self) -> int:
        """Rows that wait in memory because the disk refused them."""
        return len(self._waiting)

    @property
    def lost(self) -> int:
        """Rows given up because more than MAX_WAITING waited; 0 in any ordinary life."""
        return self._waiting.lost

    def notices(self) -> tuple[str, ...]:
        """What the user should be told about the file since the last call, in the user's words."""
        told, self._notices = tuple(self._notices), []
        return told

    def close(self) -> None:
        """Write what waits, fold the write-ahead log in, give the file back. Idempotent; raises JournalError."""
        try:
            self.flush()
        finally:
            self._give_back()

    # ------------------------------------------------------------------ calibrations and diary

    def add_calibration(self, row: CalibrationRow) -> int:
        """Write a calibration, put it in force for its profile, and return its number. Raises JournalError; nothing
        is then kept."""

        def write(connection: sqlite3.Connection) -> int:
            number = insert(connection, "calibrations", rows.calibration_values(row))
            put_row(connection, "meta", (IN_FORCE_KEY + cleaned(row.profile), str(number)))
            return number

        return self._attempt(write)

    def add_checks(self, results: Iterable[MovementRow]) -> None:
        """Write the results of a movement check, all or none. Raises DataError for one that no check makes, and
        JournalError; nothing is then kept."""
        checked = [rows.check_values(movement.checked(row)) for row in results]

        def write(connection: sqlite3.Connection) -> None:
            for values in checked:
                insert(connection, "checks", values)

        self._attempt(write)

    def add_diary(self, entry: DiaryEntry) -> int:
        """Write an entry and return its number.

        A headache takes back the day's "no headache"; "no headache" said twice stays one entry. Raises
        DataError for an entry that cannot be (:func:`core.diary.check_entry`), for "no headache" on a day
        with one, and JournalError.
        """
        checked = check_entry(entry)

        def write(connection: sqlite3.Connection) -> int:
            same_day = self.diary_of(checked.at.date())
            if checked.kind == "none":
                if any(other.kind == "headache" for other in same_day):
                    raise DataError(
                        _("The diary already has a headache on {day}.").format(day=checked.at.date()),
                        _("Remove that entry first, if it is wrong: `posturewatch diary remove NUMBER`."),
                    )
                for other in same_day:
                    if other.kind == "none" and other.id is not None:
                        return other.id
            if checked.kind == "headache":
                for other in same_day:
                    if other.kind == "none":
                        connection.execute("DELETE FROM diary WHERE id = ?", (other.id,))
            return insert(connection, "diary", rows.diary_values(checked))

        return self._attempt(write)

    def edit_diary(self, number: int, entry: DiaryEntry) -> None:
        """Put this entry in the place of entry ``number``. Raises DataError as add_diary, and if none."""
        checked = check_entry(entry)

        def write(connection: sqlite3.Connection) -> None:
            self.diary_entry(number)
            connection.execute("DELETE FROM diary WHERE id = ?", (number,))
            insert(connection, "diary", rows.diary_values(checked), number)

        self._attempt(write)

    def remove_diary(self, number: int) -> DiaryEntry:
        """Remove an entry and return what it was. Raises DataError where there is none."""

        def write(connection: sqlite3.Connection) -> DiaryEntry:
            entry = self.diary_entry(number)
            connection.execute("DELETE FROM diary WHERE id = ?", (number,))
            return entry

        return self._attempt(write)

    # ------------------------------------------------------------------ for the sibling modules

    def transact(self, work: Callable[[sqlite3.Connection], _T]) -> _T:
        """Run ``work`` once in one transaction, all or nothing: import and retention. Raises JournalError."""
        try:
            return self._transaction(work)
        except (sqlite3.Error, OSError) as err:
            raise journal_error(err, self.path) from err

    def now_ms(self) -> int:
        """Now, as rows have it."""
        return rows.utc_ms(self._clock.now())

    def forget_waiting(self) -> None:
        """Give up what waits in memory, and what is remembered of the minute in progress."""
        self._waiting.clear()

    def keep(self, key: str, value: str) -> None:
        """Remember a small thing beside the rows, such as the profile in force. Raises JournalError."""
        self._attempt(lambda connection: put_row(connection, "meta", (key, value)))

    def overwrite_log(self) -> None:
        """Fold the write-ahead log in, and write zeros over it before it is cut. Raises JournalError, also where others
        read or write the journal all the while."""
        for _try in range(LOG_TRIES):
            (seen,) = self._connection.execute("PRAGMA data_version").fetchone()
            self.outside("PRAGMA wal_checkpoint(RESTART)")
            with self._locked() as connection:
                # Whoever committed meanwhile may have written into the log; then it holds more than is folded in.
                if connection.execute("PRAGMA data_version").fetchone() == (seen,):
                    write_zeros(side_files(self.path)[0])
                    break
        self.outside("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        """Nobody else writes, and neither do we."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            finally:
                self._connection.execute("ROLLBACK")
        except (sqlite3.Error, OSError) as err:
            raise journal_error(err, self.path) from err

    def _give_back(self) -> None:
        """Close the file. Whoever closes it last removes the write-ahead log, so what it held goes before; where others
        read or write all the while, they are not the last."""
        with contextlib.suppress(JournalError, sqlite3.Error):
            self.overwrite_log()
        self._connection.close()

    def outside(self, statement: str) -> None:
        """Run a statement that SQLite wants outside a transaction (VACUUM, checkpoint). Raises JournalError.

        A checkpoint that another reader holds up raises too.
        """
        try:
            answer = self._connection.execute(statement).fetchone()
        except sqlite3.Error as err:
            raise journal_error(err, self.path) from err
        if answer is not None and "wal_checkpoint" in statement and answer[0]:
            raise JournalError(
                _("The journal {path} is being read by another program.").format(path=self.path),
                _("Close reports and other posturewatch windows, then do this again."),
            )

    # ------------------------------------------------------------------ inside

    def _store(self, item: Item) -> None:
        self._waiting.put(item)
        self.flush()

    def _write_waiting(self, connection: sqlite3.Connection) -> None:
        self._waiting.write(connection, lambda minute: next(self._minutes("minute = ?", (minute,)), None))

    def _attempt(self, work: Callable[[sqlite3.Connection], _T], *, flushed: bool = True) -> _T:
        """Run the work in a transaction; if the file is damaged or the disk full, mend that and run it once more."""
        try:
            return self._transaction(work, flushed=flushed)
        except JournalError as err:  # a read within the work
            if not is_damage(err.__cause__):
                raise
            self._rescue()
        except (sqlite3.Error, OSError) as err:
            self._mend(err)
        try:
            return self._transaction(work, flushed=flushed)
        except (sqlite3.Error, OSError) as err:
            raise journal_error(err, self.path) from err

    def _mend(self, err: sqlite3.Error | OSError) -> None:
        """Do what may help before a second try; raises JournalError where nothing does."""
        if is_damage(err):
            self._rescue()
        elif is_full(err):  # folding the write-ahead log in gives its room back
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            raise journal_error(err, self.path) from err

    def _transaction(self, work: Callable[[sqlite3.Connection], _T], *, flushed: bool = True) -> _T:
        self._reopen_if_gone()
        with _transaction(self._connection, flushed=flushed) as connection:
            return work(connection)

    def _open(self, path: Path, *, check: bool) -> sqlite3.Connection:
        try:
            connection = self._open_sound(path, check=check)
            self._file = _identity(path)
        except (sqlite3.Error, OSError) as err:
            raise journal_error(err, path) from err
        return connection

    def _open_sound(self, path: Path, *, check: bool) -> sqlite3.Connection:
        try:
            connection = connect(path, self._busy_s)
            if check and not looks_sound(connection):
                connection.close()
            else:
                return self._up_to_date(connection, path)
        except sqlite3.Error as err:
            if not is_damage(err):
                raise
        self._set_aside(path)
        return self._up_to_date(connect(path, self._busy_s), path)

    def _up_to_date(self, connection: sqlite3.Connection, path: Path) -> sqlite3.Connection:
        try:
            copy = bring_up_to_date(connection, path, self._clock.now())
        except BaseException:
            connection.close()
            raise
        if copy is not None:
            self._tell(
                _("The journal was brought up to date; a copy of the former one is kept as {path}.").format(path=copy)
            )
        return connection

    def _rescue(self) -> None:
        self._connection.close()
        try:
            self._set_aside(self.path)
        except (sqlite3.Error, OSError) as err:
            raise journal_error(err, self.path) from err
        self._connection = self._open(self.path, check=False)

    def _set_aside(self, path: Path) -> None:
        """Rescue, say so, and leave an event that the log and the report will show."""
        now = self._clock.now()
        rescue = set_aside_and_rescue(path, now)
        self._tell(rescue.words())
        self._waiting.put(Event(now, EventKind.JOURNAL, "rescued", rescue.aside.name))

    def _tell(self, words: str) -> None:
        self._notices.append(words)
        _log.warning("%s", words)

    def _reopen_if_gone(self) -> None:
        """Follow the file: somebody may have removed, replaced or moved it while it was open."""
        if self._file == _identity(self.path):
            return
        existed = self.path.exists()
        fresh = self._open(self.path, check=False)  # where that fails, the open one stays: the file may come back
        self._connection.close()
        self._connection = fresh
        if not existed:
            self._tell(_("The journal {path} was gone; a new one was begun.").format(path=self.path))


def try_write(path: Path) -> None:
    """See whether a database can be written here, and leave it as it is: a journal is held for writing for a moment; a
    file that is not there is made, filled, flushed to the disk as a journal is, and removed. Raises JournalError.
    """
    new = not path.exists()
    try:
        with contextlib.closing(connect(path, 1.0)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            if new:
                connection.execute("CREATE TABLE tried (body BLOB)")
                connection.execute("INSERT INTO tried VALUES (zeroblob(20000))")
            connection.execute("COMMIT")
    except (sqlite3.Error, OSError) as err:
        raise journal_error(err, path if not new else path.parent) from err
    finally:
        if new:
            for leftover in (path, *side_files(path)):
                with contextlib.suppress(OSError):
                    leftover.unlink(missing_ok=True)


def open_beside(path: Path, clock: Clock) -> SqliteJournal:
    """The journal for a command, which writes beside the running app: it waits until the app has written, and leaves
    the file's check to the app. Raises JournalError."""
    return SqliteJournal(path, clock, busy_s=10.0, check=False)


@contextmanager
def _transaction(connection: sqlite3.Connection, *, flushed: bool) -> Iterator[sqlite3.Connection]:
    connection.execute(f"PRAGMA synchronous = {'FULL' if flushed else 'NORMAL'}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


def _identity(path: Path) -> tuple[int, int]:
    """Device and number of the file; (0, 0) where there is none."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
