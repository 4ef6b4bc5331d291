"""The journal's tables, their versions, and the way from one version to the next.

``PRAGMA user_version`` holds the version. A file of a later version is left alone and refused; one of an
earlier version is copied aside and then taken through the missing steps in one transaction. A released step
is never changed: a new one is added to :data:`STEPS`.

Each table has a number of columns of its own: when a file is so damaged that its list of tables is gone,
the rescue tells rows apart by that (see ``sqlite_pages.py``).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote_from_bytes

from posturewatch.base.errors import JournalError
from posturewatch.base.i18n import _
from posturewatch.disk.files import arriving, check_own, create_private, make_private

APPLICATION_ID: Final = 0x504F5357
"""``POSW``: says whose file this is, at byte 68 of the database."""


WAL_PAGES: Final = 250
"""The write-ahead log is folded in at a megabyte: some fifty times a day, and little room is needed for it."""


@dataclass(frozen=True, slots=True)
class SchemaStep:
    """SQL statements that take the journal from version ``to - 1`` to version ``to``."""

    to: int
    statements: tuple[str, ...]


STEPS: Final = (
    SchemaStep(
        1,
        (
            "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL)",
            "CREATE TABLE profiles (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
            """CREATE TABLE minutes (
                minute INTEGER PRIMARY KEY, offset_min INTEGER NOT NULL, profile_id INTEGER NOT NULL,
                valid_cs INTEGER NOT NULL, away_cs INTEGER NOT NULL, unreliable_cs INTEGER NOT NULL,
                paused_cs INTEGER NOT NULL, off_cs INTEGER NOT NULL, frames INTEGER NOT NULL,
                median_mil INTEGER, p90_mil INTEGER, mean_mil INTEGER, se_mil INTEGER, load_clb INTEGER,
                band0_cs INTEGER NOT NULL, band1_cs INTEGER NOT NULL, band2_cs INTEGER NOT NULL,
                band3_cs INTEGER NOT NULL, calibration_id INTEGER)""",
            """CREATE TABLE events (
                id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL, kind TEXT NOT NULL,
                outcome TEXT NOT NULL, detail TEXT NOT NULL, value REAL)""",
            "CREATE INDEX events_at ON events (at_ms)",
            """CREATE TABLE calibrations (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL,
                profile TEXT NOT NULL, repeatability_in REAL NOT NULL, frames INTEGER NOT NULL, view TEXT NOT NULL,
                body TEXT NOT NULL)""",
            """CREATE TABLE diary (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL,
                written_ms INTEGER NOT NULL, written_offset_min INTEGER NOT NULL, kind TEXT NOT NULL,
                duration_min INTEGER, worst INTEGER, side TEXT NOT NULL, medication TEXT NOT NULL,
                trigger TEXT NOT NULL, note TEXT NOT NULL, score_name TEXT NOT NULL, score REAL)""",
            "CREATE INDEX diary_at ON diary (at_ms)",
            """CREATE TABLE samples (
                at_ms INTEGER PRIMARY KEY, offset_min INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT,
                fht_mil INTEGER, se_mil INTEGER, raw_mil INTEGER, raw_se_mil INTEGER, load_clb INTEGER,
                distance_mm INTEGER, yaw_ddeg INTEGER, pitch_ddeg INTEGER, roll_ddeg INTEGER, lean_ddeg INTEGER,
                trunk_yaw_ddeg INTEGER)""",
        ),
    ),
    SchemaStep(2, ("ALTER TABLE minutes ADD COLUMN p10_mil INTEGER",)),
    SchemaStep(
        3,  # what was in force until now: the newest that is not of a time to come
        (
            """INSERT OR REPLACE INTO meta SELECT 'in_force:' || profile, CAST((
                SELECT id FROM calibrations AS one WHERE one.profile = named.profile
                ORDER BY one.at_ms > 1000 * CAST(strftime('%s', 'now') AS INTEGER), one.at_ms DESC, one.id DESC
                LIMIT 1) AS TEXT) FROM (SELECT DISTINCT profile FROM calibrations) AS named""",
        ),
    ),
    SchemaStep(4, ("ALTER TABLE minutes ADD COLUMN tied INTEGER",)),
    SchemaStep(
        5,  # the workstation
        tuple(
            f"ALTER TABLE minutes ADD COLUMN {name} INTEGER"
            for name in ("distance_mm", "distance_se_mm", "yaw_ddeg", "roll_ddeg", "camera_above_mm", "brightness")
        ),
    ),
    SchemaStep(
        6,  # movement checks: a row for each movement, all of one check at the same moment
        (
            """CREATE TABLE checks (
                id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, offset_min INTEGER NOT NULL,
                movement TEXT NOT NULL, outcome TEXT NOT NULL, value REAL, se REAL, again_se REAL,
                repeats INTEGER NOT NULL, scatter REAL, smoothness REAL, worse TEXT NOT NULL, trace TEXT NOT NULL)""",
            "CREATE UNIQUE INDEX checks_at ON checks (at_ms, movement)",
        ),
    ),
)

SCHEMA_VERSION: Final = STEPS[-1].to

IN_FORCE_KEY: Final = "in_force:"
"""Before a profile's name: the key in ``meta`` under which the number of its calibration in force is kept."""

IN_FORCE: Final = (
    "id = coalesce((SELECT chosen.id FROM meta JOIN calibrations AS chosen ON chosen.id = CAST(meta.value AS INTEGER) "
    "WHERE meta.key = 'in_force:' || calibrations.profile AND chosen.profile = calibrations.profile), "
    "(SELECT max(other.id) FROM calibrations AS other WHERE other.profile = calibrations.profile AND other.body != ''))"
)
"""Condition on a row of ``calibrations``: the chosen one of its profile; the last written where none was chosen. Its
date decides nothing, because a clock may have been wrong."""


def as_text(stored: bytes) -> str:
    """A text of the database, with U+FFFD where a damaged one is no UTF-8, which else ends the whole query."""
    return stored.decode("utf-8", "replace")


def read_only(path: Path, busy_s: float = 5.0) -> sqlite3.Connection:
    """A connection that reads, outside any transaction, waiting ``busy_s`` for a lock. Raises sqlite3.Error.

    SQLite takes no other computer in a URI than this one: a shared folder of Windows (``\\\\server\\share``) is part of
    the path, behind an empty name (https://sqlite.org/uri.html), where ``Path.as_uri`` makes it the computer's.
    """
    name = quote_from_bytes(os.fsencode(path.absolute().as_posix()))
    return sqlite3.connect(
        f"file://{'' if name.startswith('/') else '/'}{name}?mode=ro", uri=True, timeout=busy_s, isolation_level=None
    )


def connect(path: Path, busy_s: float) -> sqlite3.Connection:
    """A connection that writes: private file, WAL, deleted rows overwritten, waiting ``busy_s`` for a lock.

    ``isolation_level`` is None: transactions are begun in the open, never by the driver's guess. The
    connection may be made in one thread and used in another, not in two at once. Raises sqlite3.Error, OSError.
    """
    _refuse_others(path)
    create_private(path)
    connection = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    connection.text_factory = as_text
    try:
        if not _may_change(connection):  # it is refused in a moment; even its mode stays as it is
            return connection
        for each in (path, *side_files(path)):  # SQLite gives its side files the rights of the database
            make_private(each)
        if connection.execute("PRAGMA page_count").fetchone() == (0,):
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # takes hold in an empty file alone
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA wal_autocheckpoint = {WAL_PAGES}")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(
            "PRAGMA temp_store = MEMORY"
        )  # nothing of the journal goes into the system's temporary folder
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_others(path: Path) -> None:
    """Raise JournalError where the folder or a file of the journal belongs to another user."""
    for each in (path.parent, path, *side_files(path)):
        try:
            check_own(each)
        except PermissionError as err:
            raise JournalError(
                _("The journal cannot lie at {path}: {why}.").format(path=each, why=err.strerror),
                _("Give yourself the right to write there, or set POSTUREWATCH_HOME to another folder."),
            ) from err


def _may_change(connection: sqlite3.Connection) -> bool:
    """Whether a file is empty or a journal that this version knows."""
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    return not tables or (mark == APPLICATION_ID and version_of(connection) <= SCHEMA_VERSION)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema version of an open file; 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_is_ours(connection: sqlite3.Connection, path: Path, newest: int = SCHEMA_VERSION) -> int:
    """The version of a file that is ours (or empty) and not too new; raises JournalError otherwise."""
    version = version_of(connection)
    mark = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if tables and mark != APPLICATION_ID:
        raise JournalError(
            _("{path} is a database, but not a journal of posturewatch.").format(path=path),
            _("Move that file away and start again."),
        )
    if version > newest:
        raise JournalError(
            _(
                "The journal {path} was written by a later posturewatch (schema {theirs}; this one knows {ours}). "
                "Nothing was changed."
            ).format(path=path, theirs=version, ours=newest),
            _("Install the later version again, or start with another folder by setting POSTUREWATCH_HOME."),
        )
    return version


def bring_up_to_date(
    connection: sqlite3.Connection, path: Path, now: datetime, steps: tuple[SchemaStep, ...] = STEPS
) -> Path | None:
    """Create the tables or migrate them; returns the copy taken before a migration.

    All missing steps run in one transaction: a crash in the middle leaves the earlier version whole. Raises
    JournalError for a foreign or newer file, sqlite3.Error and OSError where the disk refuses.
    """
    version = check_is_ours(connection, path, steps[-1].to)
    if version == steps[-1].to:
        return None
    copy = backup(connection, path, version, now) if version else None
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection)  # another process may have been first
        for step in steps:
            if step.to > version:
                for statement in step.statements:
                    connection.execute(statement)
        draw_subject(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {max(version, steps[-1].to)}")
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    return copy


def draw_subject(connection: sqlite3.Connection) -> None:
    """Give the journal a random name for its person, unless it has one."""
    import uuid

    connection.execute("INSERT OR IGNORE INTO meta VALUES ('subject', ?)", (str(uuid.uuid4()),))


def backup(connection: sqlite3.Connection, path: Path, version: int, now: datetime) -> Path:
    """A whole copy beside the journal, named by its schema version and the day. Raises sqlite3.Error, OSError."""
    copy = unused_name(path.with_name(f"{path.stem}-v{version}-{now:%Y-%m-%d}{path.suffix}"))
    with arriving(copy) as part:
        target = sqlite3.connect(part)
        try:
            target.execute("PRAGMA journal_mode = MEMORY")  # a copy that is not whole is no use: no file to undo it by
            connection.backup(target)
        finally:
            target.close()
    return copy


def unused_name(path: Path) -> Path:
    """This path, or with ``-2``, ``-3`` … before the suffix, so that nothing is overwritten."""
    candidate, number = path, 2
    while candidate.exists():
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return candidate


def side_files(path: Path) -> tuple[Path, ...]:
    """The write-ahead log and the shared memory that SQLite keeps beside a database."""
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


def undo_file(path: Path) -> Path:
    """The file by which SQLite undoes what was begun in a database without a write-ahead log."""
    return path.with_name(path.name + "-journal")
