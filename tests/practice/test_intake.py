"""From an inbox into the lake: checked, once, and overlaps resolved as a review resolves them."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from posturewatch.base.errors import DataError
from posturewatch.base.records import Event, EventKind
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.exchange import csv_tables
from posturewatch.exchange import manifest as names
from posturewatch.exchange.archive import open_shared, write_archive
from posturewatch.exchange.review import join, read_shared
from posturewatch.exchange.share import ShareChoice, gather_chosen, manifest, members
from posturewatch.practice.facts import content_of
from posturewatch.practice.intake import read_facts, take_inbox
from posturewatch.practice.lake import Lake, open_lake
from posturewatch.practice.one_patient import join_patients
from posturewatch.practice.register import Register
from report.journals import CALIBRATION, DAY, at, diary, hours

from .conftest import no_passphrase
from .shared_files import MADE, journal, key_of, share, uneven, with_note


def unnoted() -> None:
    """No log of who deleted whom."""


def held(lake: Lake, patient: int) -> JournalContent:
    """What the lake has of a patient."""
    return content_of(read_facts(lake, patient))


def test_a_file_comes_back_out_of_the_lake_as_it_was(lake: Lake) -> None:
    """Minutes, events, diary and calibrations: all that a report is made of, but for the calibrations' points."""
    content = journal(7)
    found = held(lake, 1)
    assert csv_tables.minutes_csv(found.minutes) == csv_tables.minutes_csv(content.minutes)
    assert [replace(one, id=None) for one in found.diary] == [replace(one, id=None) for one in content.diary]
    assert set(found.events) == set(content.events)
    assert held(lake, 2).checks == tuple(sorted(uneven(8).checks, key=lambda row: row.at))
    assert found.calibrations == tuple(replace(row, body="") for row in content.calibrations)


def test_a_file_is_taken_once(lake: Lake, inbox: Path, tmp_path: Path) -> None:
    """Under another name it is the same file still."""
    copied = tmp_path / "lake"
    shutil.copytree(lake.root, copied)
    again = tmp_path / "inbox"
    again.mkdir()
    shutil.copy(inbox / "a.zip", again / "other name.zip")
    told = take_inbox(open_lake(copied), again, no_passphrase)
    assert (told.files, told.known, told.patients) == (0, 1, set())


def test_a_damaged_file_is_named_and_keeps_nobody_elses_from_being_taken(tmp_path: Path) -> None:
    """Changed tables, wrong cells and what is no zip are refused with file, line and column; the rest goes in."""
    inbox = tmp_path / "inbox"
    good = share(inbox, "good.zip", journal(1, weeks=1), "one")
    (inbox / "junk.zip").write_bytes(b"no zip at all")
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(inbox / "changed.zip", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"60.00", b"59.00", 1) if name == "data/minutes.csv" else data)
    told = take_inbox(open_lake(tmp_path / "lake"), inbox, no_passphrase)
    assert (told.files, told.patients) == (1, {1})
    said = dict(told.refused)
    assert set(said) == {"junk.zip", "changed.zip"}
    assert "data/minutes.csv was changed or damaged" in said["changed.zip"]


def test_the_file_that_was_made_last_speaks_for_a_day_whenever_it_is_taken_in(tmp_path: Path) -> None:
    """As in a review of the same files, in either order."""
    early, late = journal(3, weeks=3), journal(4, weeks=2)
    paths = [
        share(tmp_path / "first", "early.zip", early, "p", MADE - timedelta(days=1)),
        share(tmp_path / "second", "late.zip", late, "p", MADE),
    ]
    files = []
    for path in paths:
        with open_shared(path) as archive:
            files.append(read_shared(path.name, archive))
    reviewed = join(files).content
    minutes = reviewed.minutes.of_days(date.min, date.max)
    for order in (("first", "second"), ("second", "first")):
        made = open_lake(tmp_path / f"lake {order[0]}")
        for folder in order:
            take_inbox(made, tmp_path / folder, no_passphrase)
        found = held(made, 1)
        assert made.patients() == [1]
        assert np.array_equal(found.minutes["fht_median_in"], minutes["fht_median_in"], equal_nan=True)
        assert np.array_equal(found.minutes["minute"], minutes["minute"])
        assert {replace(one, id=None) for one in found.diary} == {replace(one, id=None) for one in reviewed.diary}
        assert set(found.events) == set(reviewed.events)


def test_days_or_fhir_that_do_not_follow_from_the_minutes_are_refused_if_asked_after(tmp_path: Path) -> None:
    """Though the file's own computer signed it, as in a review; without ``derived`` its minutes are taken, of which
    alone the lake is made."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    choice = ShareChoice(DAY, DAY)
    content = JournalContent.of(hours(4, 1.2), [Event(at(10), EventKind.NUDGE, "acted")], diary(), (CALIBRATION,))
    for person in ("honest", names.DAYS, names.FHIR):
        what = gather_chosen(content, choice, made_at=MADE, person=person, zone="+01:00")
        made = ((name, data if isinstance(data, bytes) else b"".join(data)) for name, data in members(what))
        told = [(name, data.replace(b"1.2", b"0.2") if name == person else data) for name, data in made]
        write_archive(inbox / f"{len(list(inbox.iterdir()))}.zip", told, manifest(what, choice), key_of(person))
    careful = take_inbox(open_lake(tmp_path / "careful"), inbox, no_passphrase, derived=True)
    assert [(name, "does not follow from its minutes" in why) for name, why in careful.refused] == [
        ("1.zip", True),
        ("2.zip", True),
    ]
    assert careful.files == 1
    assert take_inbox(open_lake(tmp_path / "lake"), inbox, no_passphrase).files == 3


def test_two_computers_become_one_patient_when_the_practice_says_so(tmp_path: Path) -> None:
    """Their minutes add up; where both saw one, the one that saw more of it speaks; the other's number is gone."""
    whole = journal(5, weeks=2)
    hours = whole.minutes["hour"]
    desk = replace(whole, minutes=whole.minutes.where(hours < 13))
    laptop = replace(whole, minutes=whole.minutes.where(hours >= 12))
    inbox = tmp_path / "inbox"
    share(inbox, "a-desk.zip", desk, "desk")
    share(inbox, "b-laptop.zip", laptop, "laptop")
    made = open_lake(tmp_path / "lake")
    assert take_inbox(made, inbox, no_passphrase).patients == {1, 2}
    join_patients(made, 2, 1)
    assert csv_tables.minutes_csv(held(made, 1).minutes) == csv_tables.minutes_csv(whole.minutes)
    assert made.patients() == [1]
    assert {row["patient"] for row in Register.read(made).files.values()} == {1}
    with pytest.raises(DataError, match="no patient 2"):
        join_patients(made, 2, 1)


def test_a_file_that_another_computer_signed_is_not_taken_until_people_compared(tmp_path: Path) -> None:
    """The first key is the person's; another one under the same number may be somebody else's."""
    inbox = tmp_path / "inbox"
    share(inbox, "a.zip", journal(1, weeks=2), "p", MADE - timedelta(days=2))
    made = open_lake(tmp_path / "lake")
    take_inbox(made, inbox, no_passphrase)
    share(inbox, "b.zip", journal(2, weeks=1), "p", MADE, key="another")
    told = take_inbox(made, inbox, no_passphrase)
    assert (told.files, told.known) == (0, 1)
    assert [name for name, why in told.refused if "signed by another computer" in why] == ["b.zip"]
    assert take_inbox(made, inbox, no_passphrase, compared=True).files == 1
    share(inbox, "c.zip", journal(3, weeks=1), "p", MADE + timedelta(days=1), key="another")
    assert take_inbox(made, inbox, no_passphrase).files == 1


def test_an_encrypted_file_is_taken_with_its_passphrase(tmp_path: Path) -> None:
    """And asked for once for each."""
    words = "-".join(("quite", "long", "enough", "23"))
    share(tmp_path / "inbox", "a.zip", journal(1, weeks=1), "one", passphrase=words)
    asked: list[str] = []

    def passphrase(path: Path) -> str:
        asked.append(path.name)
        return words

    assert take_inbox(open_lake(tmp_path / "lake"), tmp_path / "inbox", passphrase).files == 1
    assert asked == ["a.zip"]


@pytest.mark.slow
def test_many_patients_are_taken_in_by_several_processes(tmp_path: Path) -> None:
    """Each patient once, the count of files going up to all."""
    content = journal(1, weeks=1)
    for number in range(20):
        share(tmp_path / "inbox", f"{number}.zip", content, f"person {number}")
    counted: list[tuple[int, int]] = []
    made = open_lake(tmp_path / "lake")
    told = take_inbox(made, tmp_path / "inbox", no_passphrase, lambda done, every: counted.append((done, every)), 2)
    assert (told.files, len(made.patients())) == (20, 20)
    assert counted[0] == (0, 20)
    assert counted[-1] == (20, 20)


@pytest.mark.unix_only("Windows' own folders keep others out")
def test_the_lake_is_its_owners_alone(lake: Lake) -> None:
    """Files 0600, folders 0700, every one of them."""
    open_to_others = [path for path in lake.root.rglob("*") if path.stat().st_mode & 0o077]
    assert open_to_others == []


def test_deletion_leaves_nothing(tmp_path: Path) -> None:
    """No byte of the lake holds what was typed, the name, or the number of the computer; others stay as they were."""
    from posturewatch.practice.one_patient import forget_patient

    inbox = tmp_path / "inbox"
    share(inbox, "Zebulon.zip", with_note(journal(1, weeks=3), "Quixotry"), "subject-Vexillum")
    share(inbox, "other.zip", journal(2, weeks=3), "subject-other")
    made = open_lake(tmp_path / "lake")
    take_inbox(made, inbox, no_passphrase)
    register = Register.read(made)
    (patient,) = (row["patient"] for row in register.files.values() if row["name"] == "Zebulon.zip")
    other = 3 - patient
    register.name(patient, "Ottoline")
    register.write()
    before = held(made, other)
    words = (b"Quixotry", b"Vexillum", b"Ottoline", b"Zebulon")
    assert forget_patient(made, patient, files_too=True, note=unnoted) == 1
    for path in made.root.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert [word for word in words if word in data or word.decode() in path.name] == []
        if path.suffix == ".parquet":
            assert unpacked(path, words) == []
    assert sorted(path.name for path in inbox.iterdir()) == ["other.zip"]
    assert held(made, other).minutes == before.minutes
    assert made.patients() == [other]


def test_odd_files_of_an_inbox_are_left_or_taken_once(tmp_path: Path) -> None:
    """A copy under another name, one cut short by a copying that still goes on, what a Mac and a browser keep beside a
    file, and one of somebody new whose minutes were changed: one patient, two refused, and no number given to anybody
    of whom nothing was taken."""
    inbox = tmp_path / "inbox"
    good = share(inbox, "gut – Änne.zip", journal(1, weeks=1), "one")
    (inbox / "copy.ZIP").write_bytes(good.read_bytes())
    (inbox / "half.zip").write_bytes(good.read_bytes()[:5000])
    (inbox / "._gut.zip").write_bytes(b"\0\5\x16\7 Mac OS X")
    (inbox / "loading.zip.part").write_bytes(good.read_bytes()[:100])
    (inbox / "folder.zip").mkdir()
    changed = share(tmp_path / "other", "changed.zip", journal(2, weeks=1), "two")
    with zipfile.ZipFile(changed) as source, zipfile.ZipFile(inbox / "changed.zip", "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"desk", b"dusk") if name.endswith("minutes.csv") else data)
    made = open_lake(tmp_path / "lake")
    told = take_inbox(made, inbox, no_passphrase)
    assert (told.files, told.known, sorted(name for name, _why in told.refused)) == (1, 1, ["changed.zip", "half.zip"])
    assert list(Register.read(made).labels.values()) == [""]
    assert take_inbox(made, inbox, no_passphrase).known == 2


def test_a_deleted_patients_copy_goes_too_and_their_number_is_nobody_elses(tmp_path: Path) -> None:
    """The copy under another name would have brought them back; what comes from elsewhere later is a new patient."""
    from posturewatch.practice.one_patient import forget_patient

    inbox = tmp_path / "inbox"
    share(inbox, "a.zip", journal(1, weeks=1), "one")
    theirs = share(inbox, "b.zip", journal(2, weeks=1), "two")
    (inbox / "b (1).zip").write_bytes(theirs.read_bytes())
    again = theirs.read_bytes()
    made = open_lake(tmp_path / "lake")
    take_inbox(made, inbox, no_passphrase)
    assert forget_patient(made, 2, files_too=True, note=unnoted) == 2
    assert sorted(path.name for path in inbox.iterdir()) == ["a.zip"]
    assert Register.read(made).labels == {1: ""}
    (inbox / "b.zip").write_bytes(again)
    assert take_inbox(made, inbox, no_passphrase).patients == {3}
    assert sorted(Register.read(made).labels) == [1, 3]


def unpacked(path: Path, words: tuple[bytes, ...]) -> list[bytes]:
    """Which words a Parquet file holds once it is unpacked: compression would hide them from a search of its bytes."""
    import pyarrow.parquet as pq

    with path.open("rb") as file:
        text = str(pq.ParquetFile(file).read().to_pylist()).encode()
    return [word for word in words if word in text]


def test_an_encrypted_lake_tells_nothing_without_its_passphrase(tmp_path: Path) -> None:
    """Neither its files nor a wrong passphrase; with the right one the worklist is the same."""
    from posturewatch.practice.worklist import worklist

    share(tmp_path / "inbox", "a.zip", with_note(journal(1, weeks=3), "Quixotry"), "subject-Vexillum")
    words = "-".join(("quite", "long", "enough", "23"))
    made = open_lake(tmp_path / "lake", words, encrypt=True)
    take_inbox(made, tmp_path / "inbox", no_passphrase)
    plain = open_lake(tmp_path / "plain")
    take_inbox(plain, tmp_path / "inbox", no_passphrase)
    assert worklist(open_lake(tmp_path / "lake", words), {}, MADE.date()) == worklist(plain, {}, MADE.date())
    for path in made.root.rglob("*.parquet"):
        data = path.read_bytes()
        assert data[:4] == b"PARE", "Parquet with an encrypted footer"
        assert [word for word in (b"Quixotry", b"Vexillum", b"median_mil", b"subject") if word in data] == []
    with pytest.raises(DataError, match="does not open"):
        open_lake(tmp_path / "lake", "another one of that length")
    with pytest.raises(DataError, match="is not encrypted"):
        open_lake(tmp_path / "plain", words, encrypt=True)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """A lake is made in an empty folder only."""
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(DataError, match="something else"):
        open_lake(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["letters.txt"]


@pytest.mark.unix_only("Windows lets nobody replace a file that is open")
def test_what_a_table_of_the_lake_held_is_overwritten_once_the_new_one_is_in_its_place(tmp_path: Path) -> None:
    """Whoever holds the former file open sees its content until the new one has its name, and zeros afterwards."""
    made = open_lake(tmp_path / "lake")
    register = Register.read(made)
    path = made.register("patients")
    register.write()
    with path.open("rb") as former:
        size = len(former.read())
        register.write()
        former.seek(0)
        assert former.read() == bytes(size)
    assert path.read_bytes().strip(b"\0")
    assert [each.name for each in path.parent.iterdir() if each.name.endswith(".part")] == []
