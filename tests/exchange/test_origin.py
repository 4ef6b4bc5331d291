"""A share that anybody touched is refused or named, and a computer is known again by its key."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import pyzipper

from exchange.keys_for_tests import KEY, OTHER_KEY
from fakes import FakeClock
from posturewatch.app.reports import Parcel, reviewed
from posturewatch.base.errors import DataError, ImportRefusedError
from posturewatch.base.records import Event, EventKind, MinuteRow
from posturewatch.base.settings import Settings
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.disk.folders import Folders, find_folders
from posturewatch.exchange import manifest as export
from posturewatch.exchange.bring_back import import_file
from posturewatch.exchange.share import ShareChoice, gather_chosen
from posturewatch.exchange.signing import ChangedSinceSignedError, KnownKeys, SigningKey, Standing
from posturewatch.journal.take_in import take_in
from posturewatch.journal.writer import SqliteJournal
from posturewatch.report.html.page import render_html
from posturewatch.report.material import Material
from posturewatch.report.pdf.document import render_pdf
from report.journals import CALIBRATION, DAY, MADE, diary, hours

PASSPHRASE = "-".join(("quite", "long", "enough", "23"))
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
Members = dict[str, bytes]


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """The therapist's own."""
    return find_folders({"POSTUREWATCH_HOME": str(tmp_path / "home")})


def shared(
    path: Path,
    key: SigningKey = KEY,
    *,
    passphrase: str = "",
    fht_in: float = 1.2,
    rows: Sequence[MinuteRow] = (),
) -> Path:
    """A whole share of four hours, or of these minutes, a headache and a nudge."""
    events = [Event(MADE, EventKind.NUDGE, "acted", "", 1.3)]
    content = JournalContent.of(rows or hours(4, fht_in), events, diary(note="behind the eye"), (CALIBRATION,))
    choice = ShareChoice(DAY, DAY)
    chosen = gather_chosen(content, choice, made_at=MADE, person="p1", zone="+01:00")
    Parcel(chosen, choice, key, KnownKeys(path.parent / f"{path.stem}-own.json")).write(path, passphrase)
    return path


def read(path: Path, passphrase: str = "") -> Members:
    """A zip's members."""
    with pyzipper.AESZipFile(path) as archive:
        archive.setpassword(passphrase.encode() or None)
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, members: Members, passphrase: str = "") -> Path:
    """A zip of these members."""
    if not passphrase:
        with zipfile.ZipFile(path, "w") as plain:
            for name, data in members.items():
                plain.writestr(name, data)
        return path
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as locked:
        locked.setpassword(passphrase.encode())
        for name, data in members.items():
            locked.writestr(name, data)
    return path


def summed(members: Members, **head: Any) -> Members:
    """The members under a manifest with their true checksums: what a forger does who knows the format."""
    body = json.loads(members[export.MANIFEST]) | head
    notes = [
        export.MemberNote(name, hashlib.sha256(data).hexdigest(), len(data))
        for name, data in members.items()
        if name not in (export.MANIFEST, export.SIGNATURE)
    ]
    body["members"] = [{"name": note.name, "sha256": note.sha256, "size": note.size} for note in notes]
    return members | {export.MANIFEST: json.dumps(body).encode()}


def signed(members: Members, key: SigningKey) -> Members:
    """The members signed by this key."""
    return members | {export.SIGNATURE: key.sign(export.PURPOSE, members[export.MANIFEST]).encode()}


def unsigned(members: Members) -> Members:
    """The members without their signature."""
    return {name: data for name, data in members.items() if name != export.SIGNATURE}


def review(folders: Folders, *paths: Path, passphrase: str = "", compared: bool = False) -> tuple[Material, list[str]]:
    """What the therapist gets: the report's material and each file's standing."""
    made, origins = reviewed(paths, lambda _path: passphrase, Settings(), folders, NOW, compared=compared)
    return made, [str(origin.standing) for origin in origins]


def turned(members: Members) -> Members:
    """A better posture: 0.2 in where 1.2 in were measured."""
    return members | {export.MINUTES: members[export.MINUTES].replace(b"1.200", b"0.200")}


# ----------------------------------------------------------------------------- known again


def test_a_computer_is_known_again(tmp_path: Path, folders: Folders) -> None:
    """The first file says which words to compare, the next that the computer is the same; the report says so too."""
    path = shared(tmp_path / "a.zip")
    first, said = review(folders, path)
    assert said == [Standing.FIRST]
    assert any(KEY.public.words in note and "first time" in note for note in first.notes)
    again, said = review(folders, path)
    assert said == [Standing.SAME]
    assert any("same computer as last time" in note and "2026-11-23" in note for note in again.notes)
    assert again.warnings == ()
    assert KEY.public.words in render_html(again)


def test_another_computer_is_marked_until_its_words_were_compared(tmp_path: Path, folders: Folders) -> None:
    """Loud at the head of page and PDF, again and again, until `--compared`; then both computers are the person's."""
    review(folders, shared(tmp_path / "a.zip"))
    other = shared(tmp_path / "b.zip", OTHER_KEY)
    for _turn in range(2):
        made, said = review(folders, other)
        assert said == [Standing.OTHER]
        assert OTHER_KEY.public.words in made.warnings[0]
        assert KEY.public.words in made.warnings[0]
        assert made.warnings[0].split(":")[0] in render_html(made).split("<h2")[0]
        assert render_pdf(made).startswith(b"%PDF")
    assert review(folders, other, compared=True)[1] == [Standing.SAME]
    made, said = review(folders, other)
    assert said == [Standing.SAME]
    assert made.warnings == ()
    assert review(folders, tmp_path / "a.zip")[1] == [Standing.SAME]


def test_of_two_first_files_one_key_alone_is_the_persons(tmp_path: Path, folders: Folders) -> None:
    """A forged file slipped in beside the first one is not remembered with it."""
    mine, forged = shared(tmp_path / "a.zip"), shared(tmp_path / "b.zip", OTHER_KEY)
    assert review(folders, mine, forged)[1] == [Standing.FIRST, Standing.OTHER]
    assert review(folders, forged)[1] == [Standing.OTHER]


def test_two_computers_of_one_day_add_up(tmp_path: Path, folders: Folders) -> None:
    """Four hours at one computer and the next four at another: once both are known, the day has eight, and of the
    minute that both saw the one that saw more of it speaks; until then the other has no say in it."""
    there = [replace(row, start=row.start + timedelta(hours=4) - timedelta(minutes=1)) for row in hours(4, 0.2)]
    there[0] = replace(there[0], valid_s=20.0, unreliable_s=40.0, band_s=(20.0, 0.0, 0.0, 0.0))
    one = shared(tmp_path / "one.zip")
    other = shared(tmp_path / "other.zip", OTHER_KEY, rows=there)
    doubted, _standing = review(folders, one, other)
    assert doubted.period.quality.valid_min == pytest.approx(240.0)
    assert "Its days are taken only where no other file has them." in doubted.warnings
    assert not any("add up" in note for note in doubted.notes)
    made, _standing = review(folders, one, other, compared=True)
    assert made.period.quality.valid_min == pytest.approx(479.0)
    assert made.period.posture.band_min == pytest.approx((239.0, 0.0, 240.0, 0.0))
    assert any("and computers add up" in note for note in made.notes)


def test_the_sender_sees_the_words_that_the_reader_sees(tmp_path: Path) -> None:
    """The preview of a share names the six words of the key that signs it."""
    content = JournalContent.of(hours(4), (), (), (CALIBRATION,))
    chosen = gather_chosen(content, ShareChoice(DAY, DAY), made_at=MADE, person="p1")
    parcel = Parcel(chosen, ShareChoice(DAY, DAY), KEY, KnownKeys(tmp_path / "known.json"))
    assert KEY.public.words in parcel.preview(encrypted=False)


# ----------------------------------------------------------------------------- tampered with


TAMPERINGS: dict[str, tuple[Callable[[Members], Members], str]] = {
    "a table, its sum made anew": (lambda given: summed(turned(given)), "was changed since it was signed"),
    "a table alone": (turned, "checksum"),
    "the page, its sum made anew": (
        lambda given: summed(given | {export.REPORT_HTML: b"<p>all is well"}),
        "was changed since it was signed",
    ),
    "the days, their sum made anew": (
        lambda given: summed(given | {export.DAYS: given[export.DAYS].replace(b"1.200", b"0.200")}),
        "was changed since it was signed",
    ),
    "whose it is": (lambda given: summed(given, subject="p2"), "was changed since it was signed"),
    "when it was made": (lambda given: summed(given, made_at="2027-01-01T00:00:00+01:00"), "was changed since"),
    "the signature taken away": (unsigned, "its signature was taken away"),
    "a table, and the signature taken away": (lambda given: unsigned(summed(turned(given))), "signature was taken"),
    "the key swapped, the signature left": (
        lambda given: (
            given
            | {
                export.SIGNATURE: given[export.SIGNATURE].replace(
                    KEY.public.raw.hex().encode(), OTHER_KEY.public.raw.hex().encode()
                )
            }
        ),
        "was changed since it was signed",
    ),
    "a signature of the same key over another file": (
        lambda given: given | {export.SIGNATURE: signed(summed(turned(given)), KEY)[export.SIGNATURE]},
        "was changed since it was signed",
    ),
    "a signature for something else": (
        lambda given: given | {export.SIGNATURE: KEY.sign("plan", given[export.MANIFEST]).encode()},
        "signature cannot be read",
    ),
    "junk for a signature": (lambda given: given | {export.SIGNATURE: b"{}"}, "signature cannot be read"),
    "a very long signature": (lambda given: given | {export.SIGNATURE: b" " * 100_000}, "too long"),
    "the days, signed by the person": (
        lambda given: signed(summed(given | {export.DAYS: given[export.DAYS].replace(b"1.200", b"0.200")}), KEY),
        r"days\.csv, 2026-11-20, fht_\w+_in: 0\.200 in the file, 1\.200 by its minutes",
    ),
    "a day less, signed by the person": (
        lambda given: signed(summed(given | {export.DAYS: given[export.DAYS].splitlines()[0] + b"\r\n"}), KEY),
        r"2026-11-\d\d: missing or in surplus",
    ),
    "a FHIR value, signed by the person": (
        lambda given: signed(summed(given | {export.FHIR: given[export.FHIR].replace(b"1.2,", b"0.2,")}), KEY),
        r"bundle\.json, fht-median \(2026-11-20T.*value: 0\.2 in the file, 1\.2 by its minutes",
    ),
    "a FHIR patient, signed by the person": (
        lambda given: signed(
            summed(given | {export.FHIR: given[export.FHIR].replace(b'"value": "p1"', b'"value": "p2"')}), KEY
        ),
        r"bundle\.json, .*p2 in the file, p1 by its minutes",
    ),
    "a FHIR observation less, signed by the person": (
        lambda given: signed(summed(given | {export.FHIR: _without_one(given[export.FHIR])}), KEY),
        "missing or in surplus",
    ),
    "a FHIR bundle of other lines, signed by the person": (
        lambda given: signed(summed(given | {export.FHIR: json.dumps(json.loads(given[export.FHIR])).encode()}), KEY),
        "it cannot be read",
    ),
    "no FHIR at all, signed by the person": (
        lambda given: signed(summed(given | {export.FHIR: b"[[["}), KEY),
        "it cannot be read",
    ),
}


def _without_one(bundle: bytes) -> bytes:
    lines = bundle.splitlines(keepends=True)
    return b"".join(lines[:3] + lines[4:])


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["plain", "encrypted"])
@pytest.mark.parametrize("kind", TAMPERINGS)
def test_a_file_that_was_tampered_with_is_refused(tmp_path: Path, folders: Folders, kind: str, passphrase: str) -> None:
    """Each way to change a share is refused in words by `review`, plain or encrypted, and nothing is remembered."""
    change, why = TAMPERINGS[kind]
    members = change(read(shared(tmp_path / "a.zip", passphrase=passphrase), passphrase))
    path = packed(tmp_path / "changed.zip", members, passphrase)
    with pytest.raises(ImportRefusedError, match=why):
        review(folders, path, passphrase=passphrase)
    assert not folders.keys.exists()


def test_a_whole_file_repacked_is_still_whole(tmp_path: Path, folders: Folders) -> None:
    """The tests above refuse for what was changed, not for how they pack."""
    for passphrase in ("", PASSPHRASE):
        members = read(shared(tmp_path / "a.zip", passphrase=passphrase), passphrase)
        path = packed(tmp_path / "same.zip", members, passphrase)
        assert review(folders, path, passphrase=passphrase)[0].period.usable_days == 1


def test_the_older_format_is_no_way_around(tmp_path: Path, folders: Folders) -> None:
    """Unsigned files of an older version are read and said to be unsigned; once a signed one was seen, loudly."""
    members = unsigned(summed(turned(read(shared(tmp_path / "a.zip"))), format_version=2))
    old = packed(tmp_path / "old.zip", members)
    made, said = review(folders, old)
    assert said == [Standing.UNSIGNED]
    assert any("not signed" in note for note in made.notes)
    assert any("days.csv" in warning for warning in made.warnings)  # the forger forgot them
    review(folders, tmp_path / "a.zip")
    made, said = review(folders, old)
    assert said == [Standing.NO_LONGER_SIGNED]
    assert "not signed" in made.warnings[0]
    newer = signed(summed(turned(read(tmp_path / "a.zip"))), OTHER_KEY)
    with pytest.raises(ImportRefusedError, match="does not follow from its minutes"):
        review(folders, packed(tmp_path / "newer.zip", newer))


def test_a_difference_of_another_version_is_named_not_refused(tmp_path: Path, folders: Folders) -> None:
    """What another version computed otherwise stands as a warning in the report, which is made of the minutes."""
    members = read(shared(tmp_path / "a.zip"))
    members |= {export.DAYS: members[export.DAYS].replace(b"1.200", b"0.900")}
    made, _said = review(folders, packed(tmp_path / "b.zip", signed(summed(members, app_version="0.0.9"), KEY)))
    assert "days.csv, 2026-11-20" in made.warnings[0]
    assert made.posture.p50_in == 1.2


def test_one_in_the_last_place_is_no_difference(tmp_path: Path, folders: Folders) -> None:
    """Two processors may round a sum differently: 1.199 for 1.200 passes, 1.198 does not."""
    members = read(shared(tmp_path / "a.zip"))
    for cell, passes in ((b"1.199", True), (b"1.198", False)):
        changed = signed(summed(members | {export.DAYS: members[export.DAYS].replace(b"1.200", cell)}), KEY)
        path = packed(tmp_path / "b.zip", changed)
        if passes:
            assert review(folders, path)[0].warnings == ()
        else:
            with pytest.raises(ImportRefusedError, match="1\\.198"):
                review(folders, path)


def test_a_generated_quarter_follows_from_its_minutes(tmp_path: Path, folders: Folders, twelve_weeks: Any) -> None:
    """Twelve full weeks with breaks, pauses, diary and a calibration: days and FHIR are those of the minutes."""
    first, last = twelve_weeks.minutes[0].start.date(), twelve_weeks.minutes[-1].start.date()
    choice = ShareChoice(first, last, free_text=False, without_days=frozenset({first + timedelta(days=8)}))
    with SqliteJournal(tmp_path / "j.sqlite", FakeClock()) as journal:
        made = twelve_weeks
        take_in(journal, chain(made.calibrations, made.minutes, made.events, made.diary))
        content = journal.content()
    chosen = gather_chosen(content, choice, made_at=MADE.replace(microsecond=123), person="p1", zone="CET")
    Parcel(chosen, choice, KEY, KnownKeys(tmp_path / "own.json")).write(tmp_path / "a.zip")
    made, said = review(folders, tmp_path / "a.zip")
    assert said == [Standing.FIRST]
    assert made.warnings == ()
    assert made.period.usable_days > 40


# ----------------------------------------------------------------------------- brought back


def test_an_import_asks_whose_computer_it_was(tmp_path: Path) -> None:
    """A first file is taken and its computer remembered; another's, or an unsigned one, needs `--mine` from then on."""
    known = KnownKeys(tmp_path / "keys" / "shares.json")
    mine, other = shared(tmp_path / "a.zip"), shared(tmp_path / "b.zip", OTHER_KEY)
    old = packed(tmp_path / "old.zip", unsigned(summed(read(mine), format_version=2)))
    changed = packed(tmp_path / "changed.zip", summed(turned(read(mine))))
    with SqliteJournal(tmp_path / "j.sqlite", FakeClock()) as journal:
        assert import_file(old, journal, known).origin.standing is Standing.UNSIGNED  # type: ignore[union-attr]
        assert import_file(mine, journal, known).origin.standing is Standing.FIRST  # type: ignore[union-attr]
        assert import_file(mine, journal, known).origin.standing is Standing.SAME  # type: ignore[union-attr]
        before = journal.content()
        for path in (other, old):
            with pytest.raises(ImportRefusedError) as refused:
                import_file(path, journal, known)
            assert "--mine" in refused.value.hint
        with pytest.raises(ChangedSinceSignedError):
            import_file(changed, journal, known, mine=True)
        assert journal.content() == before
        assert import_file(other, journal, known, mine=True).origin.standing is Standing.SAME  # type: ignore[union-attr]
        assert import_file(other, journal, known).origin.standing is Standing.SAME  # type: ignore[union-attr]
        assert import_file(old, journal, known, mine=True).origin.doubtful  # type: ignore[union-attr]


def test_what_one_shares_is_known_as_ones_own(tmp_path: Path) -> None:
    """A share that is brought back to the computer that wrote it is of the same computer, not of an unknown one."""
    path = shared(tmp_path / "a.zip")
    own = KnownKeys(tmp_path / "a-own.json")
    assert own.standing("p1", KEY.public) is Standing.SAME
    with SqliteJournal(tmp_path / "j.sqlite", FakeClock()) as journal:
        assert import_file(path, journal, own).origin.standing is Standing.SAME  # type: ignore[union-attr]


def test_a_damaged_memory_stops_a_review(tmp_path: Path, folders: Folders) -> None:
    """It is named; the file is not taken for a first one."""
    folders.keys.mkdir(parents=True)
    (folders.keys / "shares.json").write_text("{")
    with pytest.raises(DataError, match="known keys"):
        review(folders, shared(tmp_path / "a.zip"))


def test_of_years_the_comparison_is_bounded(tmp_path: Path, folders: Folders) -> None:
    """A FHIR member that is far longer than its minutes allow is read no further than its first part that is none."""
    members = read(shared(tmp_path / "a.zip"))
    head = members[export.FHIR].splitlines(keepends=True)[0]
    for between, why in ((b",\n", "it cannot be read"), (b",", "the line has no end")):
        swollen = members | {export.FHIR: head + (b"[]" + between) * 1_000_000 + b"[]\n]}"}
        path = packed(tmp_path / "b.zip", signed(summed(swollen), KEY))
        with pytest.raises(ImportRefusedError, match=rf"bundle\.json,.* {why}"):
            review(folders, path)


def test_a_head_that_claims_other_days_is_seen(tmp_path: Path, folders: Folders) -> None:
    """Days that the manifest says were shared and that days.csv does not have: signed or not, it is refused."""
    members = read(shared(tmp_path / "a.zip"))
    longer = signed(summed(members, first_day="2026-11-01"), KEY)
    with pytest.raises(ImportRefusedError, match=r"2026-11-\d\d: missing or in surplus"):
        review(folders, packed(tmp_path / "b.zip", longer))


def test_replacing_the_key_makes_another_person_of_nobody(tmp_path: Path, folders: Folders) -> None:
    """The same number under another key is no new person: both files are of one, and one is in doubt."""
    review(folders, shared(tmp_path / "a.zip"))
    made, said = review(folders, tmp_path / "a.zip", shared(tmp_path / "b.zip", OTHER_KEY, fht_in=0.2))
    assert said == [Standing.SAME, Standing.OTHER]
    assert made.warnings[0].startswith("b.zip")
    assert made.posture.p50_in == 1.2  # what is in doubt does not speak over what is not, whenever it says it was made
    forged = json.loads(read(tmp_path / "b.zip")[export.MANIFEST])["made_at"].replace("2026", "2027")
    later = signed(summed(read(tmp_path / "b.zip"), made_at=forged, app_version="0.0.9"), OTHER_KEY)
    made, _said = review(folders, packed(tmp_path / "c.zip", later), tmp_path / "a.zip")
    assert made.posture.p50_in == 1.2
    assert made.made_at == MADE
    assert review(folders, tmp_path / "b.zip")[0].posture.p50_in == 0.2
