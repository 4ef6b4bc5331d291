"""Export, wipe, import: the same rows again; and everything that is no export is refused whole."""

from __future__ import annotations

import hashlib
import io
import json
import os
import random
import stat
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exchange.keys_for_tests import KEY
from fakes import FakeClock
from journal.rows_for_tests import NINE, calibration, calibrations, event, events, headache, headaches, minute, minutes
from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.records import DiaryEntry
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.exchange import archive as archives
from posturewatch.exchange import csv_tables
from posturewatch.exchange import manifest as export
from posturewatch.exchange.bring_back import import_file
from posturewatch.exchange.csv_cells import encode
from posturewatch.exchange.signing import KnownKeys
from posturewatch.journal.take_in import Taken, take_in
from posturewatch.journal.writer import SqliteJournal

MANIFEST = export.Manifest("0.1", "2026-11-23T10:00:00+01:00", "Europe/Berlin", "2026-11-23", "2026-11-23", "someone")


def brought(path: Path, into: SqliteJournal, *, mine: bool = False) -> Taken:
    """Import a file where no other computer is known yet; says what was new."""
    return import_file(path, into, KnownKeys(path.parent / "known.json"), mine=mine).taken


def journal(path: Path) -> SqliteJournal:
    """A journal under the fake clock."""
    return SqliteJournal(path, FakeClock())


def members(content: JournalContent) -> tuple[tuple[str, bytes], ...]:
    """The data of an export."""
    return (
        (export.MINUTES, encode(csv_tables.minutes_csv(content.minutes))),
        (export.EVENTS, encode(csv_tables.events_csv(content.events))),
        (export.DIARY, encode(csv_tables.diary_csv(content.diary))),
        (export.CALIBRATIONS, encode(csv_tables.calibrations_csv(content.calibrations))),
    )


def filled(path: Path) -> SqliteJournal:
    """A journal with some of everything."""
    written = journal(path)
    for number in range(3):
        written.add_calibration(calibration(NINE + timedelta(hours=number), body=f'{{"n": {number}}}'))
    for index in range(50):
        row = minute(NINE + timedelta(minutes=index), valid_s=float(index), away_s=10.0, calibration_id=1 + index % 3)
        written.add_minute(row)
    for index in range(20):
        written.add_event(event(NINE + timedelta(milliseconds=4321 * (index // 2))))
    written.remove_diary(written.add_diary(headache(NINE + timedelta(hours=3))))
    written.add_diary(headache(note='=HYPERLINK("x")\nzweite Zeile, ä', trigger="'quoted"))
    written.add_diary(DiaryEntry(NINE, NINE, "score", score_name="HIT-6", score=52.0))
    return written


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """An export of :func:`filled`."""
    path = tmp_path / "export.zip"
    with filled(tmp_path / "first.sqlite") as source:
        archives.write_archive(path, members(source.content()), replace(MANIFEST, subject=source.subject()), KEY)
    return path


def test_export_wipe_import_gives_equal_rows(tmp_path: Path, exported: Path) -> None:
    """Numbers of entries and calibrations, offsets, doubled events and the subject included."""
    with journal(tmp_path / "first.sqlite") as source, journal(tmp_path / "second.sqlite") as target:
        taken = brought(exported, target)
        assert target.content() == source.content()
        assert target.subject() == source.subject()
        assert (taken.minutes, taken.events, taken.diary, taken.calibrations, taken.known) == (50, 20, 2, 3, 0)


def test_another_persons_file_is_not_taken_in(tmp_path: Path, exported: Path) -> None:
    """A journal with minutes of its own refuses a file with another number and names both, until told that both are
    mine; nothing is written before, and the journal keeps its own number."""
    with journal(tmp_path / "own.sqlite") as own:
        own.add_minute(minute(NINE - timedelta(days=40), valid_s=30.0, calibration_id=None))
        before = own.content()
        with archives.open_archive(exported) as archive:
            theirs = archive.manifest.subject
        with pytest.raises(ImportRefusedError) as refused:
            brought(exported, own)
        assert theirs in str(refused.value)
        assert own.subject() in str(refused.value)
        assert own.content() == before
        number = own.subject()
        taken = brought(exported, own, mine=True)
        assert own.subject() == number
        assert (taken.minutes + taken.events + taken.diary + taken.calibrations, taken.known) == (75, 0)
        again = brought(exported, own, mine=True)
        assert (again.minutes, again.events, again.diary, again.calibrations, again.known) == (0, 0, 0, 0, 75)


def test_a_calibration_without_its_points_takes_no_place(tmp_path: Path) -> None:
    """Of a share: the calibration that has its points stays the one, and where there is none nothing is in force."""
    shared = [replace(calibration(NINE, body='{"n": 1}'), body="", id=1)]
    with journal(tmp_path / "own.sqlite") as own, journal(tmp_path / "new.sqlite") as new:
        own.add_calibration(calibration(NINE, body='{"n": 1}'))
        assert take_in(own, shared).known == 1
        assert [row.body for row in own.calibrations()] == ['{"n": 1}']
        assert take_in(new, shared).calibrations == 1
        assert new.calibrations_in_force() == {}


def test_importing_twice_changes_nothing(tmp_path: Path, exported: Path) -> None:
    """What the journal has already stays, and is counted as known."""
    with journal(tmp_path / "first.sqlite") as target:
        before, subject = target.content(), target.subject()
        taken = brought(exported, target)
        assert target.content() == before
        assert taken.known == 50 + 20 + 2 + 3
        assert target.subject() == subject


def test_minutes_follow_their_calibration_to_its_new_number(tmp_path: Path, exported: Path) -> None:
    """Where the number is taken by another calibration, the imported one gets a new number and its minutes too."""
    with journal(tmp_path / "other.sqlite") as target:
        other = target.add_calibration(calibration(body='{"n": "other"}'))
        target.add_minute(minute(NINE - timedelta(days=1), calibration_id=other))
        brought(exported, target, mine=True)
        bodies = {row.id: row.body for row in target.calibrations()}
        for index, row in enumerate(target.minutes(NINE, NINE + timedelta(hours=1))):
            assert bodies[row.calibration_id] == f'{{"n": {index % 3}}}'


@given(
    st.lists(minutes(), max_size=4, unique_by=lambda row: row.start),
    st.lists(events, max_size=4),
    st.lists(headaches, max_size=3),
    st.lists(calibrations, max_size=2, unique_by=lambda row: row.at),  # one person calibrates once at a time
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_journal_survives(tmp_path_factory: pytest.TempPathFactory, rows, happened, entries, made) -> None:  # type: ignore[no-untyped-def]
    """Whatever a journal may hold comes back equal from its export."""
    folder = tmp_path_factory.mktemp("t")
    with journal(folder / "a.sqlite") as source, journal(folder / "b.sqlite") as target:
        for each in made:
            source.add_calibration(each)
        for row in rows:
            source.add_minute(replace(row, calibration_id=None))
        for one in happened:
            source.add_event(one)
        for entry in entries:
            source.add_diary(entry)
        archives.write_archive(folder / "e.zip", members(source.content()), MANIFEST, KEY)
        brought(folder / "e.zip", target)
        assert target.content() == source.content()


@pytest.mark.parametrize("name", [name for name, _data in members(JournalContent())])
def test_a_single_table_comes_back_too(tmp_path: Path, exported: Path, name: str) -> None:
    """A CSV taken out of an export is imported by itself; since it does not say whose it is, only as one's own."""
    with archives.open_archive(exported) as archive:
        path = tmp_path / Path(name).name
        path.write_bytes(archive.read(name))
    table = Path(name).stem
    with journal(tmp_path / "first.sqlite") as source, journal(tmp_path / "second.sqlite") as target:
        with pytest.raises(ImportRefusedError, match="does not say whose it is"):
            brought(path, target)
        assert target.content() == JournalContent()
        brought(path, target, mine=True)
        assert getattr(target.content(), table) == getattr(source.content(), table)


def test_one_wrong_cell_refuses_the_whole_export(tmp_path: Path) -> None:
    """The last row of the last table is wrong: nothing of the others is taken."""
    content = JournalContent.of((minute(),), (event(),), (replace(headache(), worst=6, id=1),), (calibration(),))
    path = tmp_path / "export.zip"
    spoilt = [(name, data.replace(b",90,6,", b",90,11,")) for name, data in members(content)]
    archives.write_archive(path, spoilt, MANIFEST, KEY)
    with journal(tmp_path / "j.sqlite") as target:
        with pytest.raises(ImportRefusedError, match=r"export\.zip/data/diary\.csv, line 2, column 10"):
            brought(path, target)
        assert target.content() == JournalContent()
        assert target.days() == ()


@pytest.mark.parametrize(
    ("head", "row", "place"),
    [
        ((1, b"nonsense"), None, "line 1, column 2: there is no column 'nonsense'"),
        ((0, b"schema_version"), None, "line 1, column 17: the column schema_version stands twice"),
        (None, (1, b""), r"line 2, column 2 \(.*\): the cell is blank"),
    ],
)
def test_the_place_of_a_mistake_is_named(
    tmp_path: Path, head: tuple[int, bytes] | None, row: tuple[int, bytes] | None, place: str
) -> None:
    """File, line and column, both counted from one, the first line being the names."""
    path = tmp_path / "diary.csv"
    table = next(data for name, data in members(JournalContent.of((), (), (headache(),), ())) if "diary" in name)
    lines = [line.split(b",") for line in table.splitlines()]
    for line, change in zip(lines, (head, row), strict=True):
        if change is not None:
            line[change[0]] = change[1]
    path.write_bytes(b"".join(b",".join(line) + b"\n" for line in lines))
    refused(path, tmp_path, rf"diary\.csv, {place}")


# --------------------------------------------------------------------------- hostile files


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None]) -> Path:
    """The same zip with members changed or left out, and nothing else."""
    with zipfile.ZipFile(path) as source:
        kept = [change(info.filename, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for member in kept:
            if member is not None:
                target.writestr(*member)
    return path


def refused(path: Path, tmp_path: Path, match: str) -> None:
    """The file is refused with these words, and the journal is as it was."""
    with journal(tmp_path / "untouched.sqlite") as target:
        with pytest.raises(ImportRefusedError, match=match) as caught:
            brought(path, target, mine=True)
        assert caught.value.hint
        assert caught.value.exit_code == 7
        assert target.content() == JournalContent()


def test_a_changed_member_is_refused(tmp_path: Path, exported: Path) -> None:
    """One number changed by hand: the checksum says so."""
    rewritten(exported, lambda name, data: (name, data.replace(b"1.250", b"0.250")))
    refused(exported, tmp_path, "checksum")


def test_a_missing_member_is_refused(tmp_path: Path, exported: Path) -> None:
    """The manifest promises it, so its absence is damage."""
    rewritten(exported, lambda name, data: None if name == export.EVENTS else (name, data))
    refused(exported, tmp_path, "events.csv is missing")


@pytest.mark.parametrize(
    ("manifest", "match"),
    [
        (b"{", "not JSON"),
        (b"[" * 100_000, "not JSON|no export"),
        (b'{"format": "other"}', "no export"),
        (b'{"format": "posturewatch-export", "format_version": 99}', "later posturewatch|format 99"),
        (b'{"format": "posturewatch-export", "format_version": 1, "members": 3}', "damaged"),
    ],
)
def test_a_strange_manifest_is_refused(tmp_path: Path, exported: Path, manifest: bytes, match: str) -> None:
    """Not JSON, foreign, from a later version, damaged."""
    rewritten(exported, lambda name, data: (name, manifest if name == export.MANIFEST else data))
    refused(exported, tmp_path, match)


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "data\\..\\evil.csv", "C:evil.csv", "data/../../x"])
def test_names_that_lead_elsewhere_are_refused(tmp_path: Path, exported: Path, name: str) -> None:
    """A path out of the archive is refused, though nothing would be unpacked anyway."""
    with zipfile.ZipFile(exported, "a") as zipped:
        zipped.writestr(name, "x")
    refused(exported, tmp_path, "leads out")
    assert not (tmp_path.parent / "evil.csv").exists()


def test_links_are_refused(tmp_path: Path, exported: Path) -> None:
    """A symbolic link as a member."""
    info = zipfile.ZipInfo("report.html")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(exported, "a") as zipped:
        zipped.writestr(info, "/etc/passwd")
    refused(exported, tmp_path, "link")


def test_doubled_and_too_many_members_are_refused(tmp_path: Path, exported: Path) -> None:
    """Two members of one name, and hundreds of them."""
    copy = tmp_path / "copy.zip"
    copy.write_bytes(exported.read_bytes())
    with zipfile.ZipFile(exported, "a") as zipped, pytest.warns(UserWarning, match="Duplicate"):
        zipped.writestr(export.MINUTES, "x")
    refused(exported, tmp_path, "twice")
    with zipfile.ZipFile(copy, "a") as zipped:
        for number in range(export.MAX_MEMBERS):
            zipped.writestr(f"x{number}", "")
    refused(copy, tmp_path, "too many")


def test_odd_packing_is_refused(tmp_path: Path, exported: Path) -> None:
    """LZMA and bzip2 can be made to eat memory; an export never uses them."""
    with zipfile.ZipFile(exported, "a") as zipped:
        zipped.writestr("x", "x", compress_type=zipfile.ZIP_BZIP2)
    refused(exported, tmp_path, "unusual")


def test_a_bomb_is_refused_in_little_memory(tmp_path: Path) -> None:
    """Members that would unpack to gigabytes are refused by what they say, and read in pieces if they lie."""
    path = tmp_path / "bomb.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped,
        zipped.open(export.MANIFEST, "w", force_zip64=True) as member,
    ):
        for _megabyte in range(64):
            member.write(bytes(1 << 20))
    tracemalloc.start()
    refused(path, tmp_path, "too long")
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20


def test_a_member_that_lies_about_its_length_is_refused(tmp_path: Path, exported: Path) -> None:
    """The length in the directory is smaller than what comes out."""
    data = bytearray(exported.read_bytes())
    with zipfile.ZipFile(exported) as zipped:
        size = zipped.getinfo(export.MINUTES).file_size
    wrong = (size - 100).to_bytes(4, "little")
    place = data.rfind(size.to_bytes(4, "little"))
    data[place : place + 4] = wrong
    exported.write_bytes(data)
    refused(exported, tmp_path, "longer than it says|damaged|checksum")


def test_a_table_without_line_ends_is_refused(tmp_path: Path) -> None:
    """An endless line is given up early."""
    path = tmp_path / "minutes.csv"
    path.write_bytes(csv_tables.minutes_csv(()).encode() + b"a" * (archives.MAX_LINE_CHARS + 100_000))
    refused(path, tmp_path, r"minutes\.csv, line 2: the line has no end")


@pytest.mark.parametrize("sign", [";", "\t"])
def test_a_table_that_a_spreadsheet_has_saved_is_told_as_that(tmp_path: Path, sign: str) -> None:
    """In many countries it puts semicolons between the cells, and commas into the numbers: nothing is guessed at."""
    path = tmp_path / "minutes.csv"
    path.write_text(csv_tables.minutes_csv([minute()]).replace(",", sign), encoding="utf-8")
    refused(path, tmp_path, r"minutes\.csv, line 1: a comma is wanted between the cells")


@pytest.mark.parametrize("content", [b"", b"\x00" * 100, b"\xff\xfe\xfd", b"PK\x03\x04junk", b"date,open\n1,2\n"])
def test_what_is_no_export_is_refused(tmp_path: Path, content: bytes) -> None:
    """Empty, binary, a torn zip, a foreign table."""
    path = tmp_path / "file"
    path.write_bytes(content)
    refused(path, tmp_path, "file")


def test_a_folder_or_a_missing_file_is_refused(tmp_path: Path) -> None:
    """Neither can be read."""
    refused(tmp_path / "nowhere.zip", tmp_path, "nowhere")
    refused(tmp_path, tmp_path, "ordinary file")


@pytest.mark.parametrize("seed", range(30))
def test_random_damage_gives_the_rows_or_a_refusal(tmp_path: Path, exported: Path, seed: int) -> None:
    """Flipped, cut and repeated bytes: either every row is as it was, or nothing is taken."""
    chance = random.Random(seed)
    data = bytearray(exported.read_bytes())
    for _wound in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        kind = chance.randrange(3)
        if kind == 0:
            data[place] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del data[place : place + chance.randint(1, 50)]
        else:
            data[place:place] = data[place : place + chance.randint(1, 50)]
    exported.write_bytes(data)
    with journal(tmp_path / "first.sqlite") as source, journal(tmp_path / "target.sqlite") as target:
        try:
            brought(exported, target)
        except ImportRefusedError:
            assert target.content() == JournalContent()
        else:
            assert target.content() == source.content()


# --------------------------------------------------------------------------- the archive itself


def test_an_export_is_private_and_the_same_for_the_same_content(tmp_path: Path) -> None:
    """0600, manifest first, then its signature, no trace of when it was zipped."""
    content = members(JournalContent.of((minute(),)))
    for name in ("a.zip", "b.zip"):
        archives.write_archive(tmp_path / name, content, MANIFEST, KEY)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    if os.name != "nt":
        assert stat.S_IMODE((tmp_path / "a.zip").stat().st_mode) & 0o077 == 0
    with zipfile.ZipFile(tmp_path / "a.zip") as zipped:
        assert zipped.namelist()[:2] == [export.MANIFEST, export.SIGNATURE]
        assert zipped.testzip() is None


def test_all_members_are_checked_for_a_review(tmp_path: Path, exported: Path) -> None:
    """A changed report, or a member that the manifest does not know, is noticed."""
    with archives.open_archive(exported) as archive:
        archive.check()
    with zipfile.ZipFile(exported, "a") as zipped:
        zipped.writestr("stranger.html", "x")
    with archives.open_archive(exported) as archive, pytest.raises(ImportRefusedError, match="stranger"):
        archive.check()


def test_a_manifest_survives() -> None:
    """Written and parsed it is equal, calibrations and checksums included."""
    manifest = replace(
        MANIFEST,
        left_out=("diary",),
        generated=True,
        calibrations=(export.CalibrationSummary(1, "2026-11-23T09:00:00+01:00", "desk", 0.1, 40, "front"),),
        members=(export.MemberNote("a", hashlib.sha256(b"x").hexdigest(), 1),),
    )
    assert export.parse_manifest(manifest.to_json()) == manifest
    assert json.loads(manifest.to_json())["format"] == "posturewatch-export"


@given(st.binary(max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_bytes_as_a_manifest_are_refused(junk: bytes) -> None:
    """Junk gives ImportRefusedError and nothing else."""
    with pytest.raises(ImportRefusedError):
        export.parse_manifest(junk.decode("utf-8", "replace"))


def test_lines_are_cut_at_line_feeds_alone() -> None:
    """Characters that Python also takes for line ends stay within their cell, split letters are put together."""
    text = "a\u2028b\x85c\r\nü\n\nlast"
    pieces = [bytes([byte]) for byte in b"\xef\xbb\xbf" + text.encode()]
    assert list(archives.text_lines(pieces, "f")) == ["a\u2028b\x85c\r\n", "ü\n", "\n", "last"]


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    """Whether all comes in one piece or byte by byte."""
    text = b"one\ntwo\n\xc3(\nfour\n"
    for pieces in ([text], [bytes([byte]) for byte in text]):
        with pytest.raises(ImportRefusedError, match="line 3: not UTF-8"):
            list(archives.text_lines(pieces, "f"))


def test_an_export_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A folder that is not there is named."""
    with pytest.raises(DataError, match="nowhere"):
        archives.write_archive(tmp_path / "nowhere" / "e.zip", (), MANIFEST, KEY)


@pytest.mark.parametrize("passphrase", ["", "a-long-passphrase"])
def test_an_export_that_could_not_be_opened_again_is_not_written(tmp_path: Path, passphrase: str) -> None:
    """A file larger than a reader takes is refused as it is written, and leaves nothing."""
    most = archives.MAX_UNPACKED_BYTES if passphrase else archives.MAX_MEMBER_BYTES
    pieces = (bytes(1 << 20) for _number in range((most >> 20) + 1))
    with pytest.raises(DataError, match="opened again"):
        archives.write_archive(tmp_path / "e.zip", [(export.MINUTES, pieces)], MANIFEST, KEY, passphrase)
    assert list(tmp_path.iterdir()) == []


def test_a_day_file_brings_its_minutes_back(tmp_path: Path) -> None:
    """The daily CSV of the data folder is an import too; a calibration made later than the minute is not its own."""
    path = tmp_path / "2026-11-23.csv"
    path.write_bytes(encode(csv_tables.minutes_csv([minute(calibration_id=7)])))
    with journal(tmp_path / "a.sqlite") as empty:
        brought(path, empty, mine=True)
        assert [row.calibration_id for row in empty.content().minutes] == [7]
    with journal(tmp_path / "b.sqlite") as other:
        while other.add_calibration(calibration(datetime(2027, 1, 1, tzinfo=UTC))) < 7:
            pass
        brought(path, other, mine=True)
        assert [row.calibration_id for row in other.content().minutes] == [None]


def test_the_archive_needs_no_seekable_trick(exported: Path) -> None:
    """A zip in a zip, or bytes before the zip, are no export either way: only a whole one is opened."""
    inner = exported.read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as zipped:
        zipped.writestr("inner.zip", inner)
    exported.write_bytes(buffer.getvalue())
    with pytest.raises(ImportRefusedError, match="manifest"), archives.open_archive(exported):
        pass
