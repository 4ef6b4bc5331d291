"""From one computer to another: what is shared is what was chosen, and the reader gets it whole or not at all."""

from __future__ import annotations

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from exchange.keys_for_tests import KEY
from posturewatch.app.reports import Parcel
from posturewatch.base.errors import ImportRefusedError, UsageError
from posturewatch.base.movement import MovementRow, Worse
from posturewatch.base.records import CalibrationRow, DiaryEntry, Event, EventKind, MinuteRow
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.minute_table import MinuteTable
from posturewatch.exchange import manifest as export
from posturewatch.exchange import share
from posturewatch.exchange.archive import MIN_PASSPHRASE, PassphraseNeededError, open_shared, suggest_passphrase
from posturewatch.exchange.review import SharedFile, join, read_shared
from posturewatch.exchange.share import ShareChoice, gather_chosen
from posturewatch.exchange.signing import KnownKeys
from posturewatch.report.material import Material
from report.checks_for_tests import check
from report.journals import CALIBRATION, DAY, MADE, ZONE, at, diary, hours

MONDAY = DAY - timedelta(days=4)
PASSPHRASE = "-".join(("quite", "long", "enough", "23"))


def _chosen(
    minutes: list[MinuteRow],
    entries: list[DiaryEntry] | None = None,
    events: list[Event] | None = None,
    calibrations: tuple[CalibrationRow, ...] = (CALIBRATION,),
    checks: tuple[MovementRow, ...] = (),
    **wish: object,
) -> Parcel:
    choice = replace(ShareChoice(MONDAY, DAY), **wish)  # type: ignore[arg-type]
    content = JournalContent.of(minutes, events or (), entries or (), calibrations, checks)
    return Parcel(
        gather_chosen(content, choice, made_at=MADE, person="p1", name="Xylophia", zone="+01:00"),
        choice,
        KEY,
        KnownKeys(Path(tempfile.mkdtemp()) / "known.json"),
    )


def _write(path: Path, chosen: Parcel, *, person: str = "p1", made_at: datetime = MADE, passphrase: str = "") -> Path:
    replace(chosen, material=replace(chosen.material, person=person, made_at=made_at)).write(path, passphrase)
    return path


def _open(path: Path, passphrase: str = "") -> SharedFile:
    with open_shared(path, passphrase) as archive:
        return read_shared(path.name, archive)


def whole(file: SharedFile) -> MinuteTable:
    """All minutes of a file, as one table."""
    return file.content.minutes.of_days(date.min, date.max)


def test_what_was_shared_comes_back_equal(tmp_path: Path) -> None:
    """Minutes, events, diary and calibrations of the zip are those that were chosen."""
    events = [Event(at(10), EventKind.NUDGE, "acted", "", 1.3)]
    chosen = _chosen(hours(4, 1.2), diary(note="behind the eye"), events, with_calibration=True)
    back = _open(_write(tmp_path / "a.zip", chosen))
    assert replace(back.content, minutes=whole(back)) == chosen.material.content


def test_points_of_a_body_stay_at_home(tmp_path: Path) -> None:
    """What a calibration is made of leaves only for another computer, and the preview names it as that."""
    told = _chosen(hours(4)), _chosen(hours(4), with_calibration=True)
    without, kept = (_open(_write(tmp_path / f"{n}.zip", one)) for n, one in enumerate(told))
    assert [row.body for row in without.content.calibrations] == [""]
    assert without.content.calibrations[0].repeatability_in == CALIBRATION.repeatability_in
    assert [row.body for row in kept.content.calibrations] == [CALIBRATION.body]
    assert "without the points of your face" in told[0].preview(encrypted=False)
    assert "for a new computer of yours" in told[1].preview(encrypted=False)


@pytest.mark.parametrize("note", ["word " * 260, "n\n" * 900, "🤕" * 1000])
def test_a_long_note_is_shared_whole(tmp_path: Path, note: str) -> None:
    """However long the note: the file is written, with its PDF."""
    path = _write(tmp_path / "a.zip", _chosen(hours(4), diary(note=note)))
    with zipfile.ZipFile(path) as archive:
        assert export.REPORT_PDF in archive.namelist()


def test_the_zip_holds_everything_and_is_private(tmp_path: Path) -> None:
    """Report, PDF, tables, dictionary, FHIR and manifest, in one file that only its owner can read."""
    path = _write(tmp_path / "a.zip", _chosen(hours(4), diary()))
    with zipfile.ZipFile(path) as archive:
        assert set(archive.namelist()) == {
            export.MANIFEST,
            export.SIGNATURE,
            export.REPORT_HTML,
            export.REPORT_PDF,
            export.MINUTES,
            export.DAYS,
            export.EVENTS,
            export.DIARY,
            export.CALIBRATIONS,
            export.CHECKS,
            export.DICTIONARY,
            export.FHIR,
        }
        manifest = json.loads(archive.read(export.MANIFEST))
    assert manifest["time_zone"] == "+01:00"
    assert manifest["calibrations"][0]["repeatability_in"] == 0.15
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_choice_gives_the_same_bytes(tmp_path: Path) -> None:
    """Nothing in a plain file depends on chance or on when it was packed."""
    one = _write(tmp_path / "a.zip", _chosen(hours(4), diary()))
    other = _write(tmp_path / "b.zip", _chosen(hours(4), diary()))
    assert one.read_bytes() == other.read_bytes()


def _everything(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name != export.REPORT_PDF]
        return "\n".join(archive.read(name).decode() for name in names)


def test_without_the_diary_nothing_of_it_leaves(tmp_path: Path) -> None:
    """No entry in tables, page or FHIR, and the report says that it was left out, not that there was none."""
    chosen = _chosen(hours(4), diary(note="behind the eye", medication="aspirin"), diary=False)
    text = _everything(_write(tmp_path / "a.zip", chosen))
    assert "aspirin" not in text
    assert "behind the eye" not in text
    assert "72514-3" not in text
    assert "The headache diary was left out by the person." in text


def test_without_free_text_nothing_typed_leaves(tmp_path: Path) -> None:
    """Notes, medication, triggers, profile names and the name are gone; times and ratings stay."""
    body = json.dumps({"profile": "Xylophia's desk", "size": 3})
    calibration = replace(CALIBRATION, profile="Xylophia's desk", body=body)
    minutes = hours(4, profile="Xylophia's desk")
    events = [Event(at(9), EventKind.PROFILE, "", "Xylophia's desk")]
    entries = diary(note="behind the eye", medication="aspirin", trigger="row with Bob")
    chosen = _chosen(minutes, entries, events, (calibration,), free_text=False)
    text = _everything(_write(tmp_path / "a.zip", chosen))
    for typed in ("Xylophia", "aspirin", "Bob", "behind the eye"):
        assert typed not in text
    assert chosen.material.content.diary[0].worst == 6
    assert "profile 1" in text


def test_left_out_days_are_gone_and_named(tmp_path: Path) -> None:
    """A day that was left out has no minute, event or entry, and the manifest names it."""
    yesterday = DAY - timedelta(days=1)
    chosen = _chosen([*hours(4, day=yesterday), *hours(4)], diary(yesterday), without_days=frozenset({yesterday}))
    assert {row.start.date() for row in chosen.material.content.minutes} == {DAY}
    assert chosen.material.content.diary == ()
    back = _open(_write(tmp_path / "a.zip", chosen))
    assert share.left_out_days(back.manifest.left_out) == {yesterday}
    assert "1 day was left out by the person." in join([back]).notes


def test_the_preview_names_what_would_go() -> None:
    """Counts, texts, the name and whether it is encrypted are said before anything is written."""
    chosen = _chosen(hours(4), diary(note="behind the eye"))
    said = chosen.preview(encrypted=False)
    assert "240" in said
    assert "headaches: 1; texts that you typed: 1" in said
    assert "Xylophia" in said
    assert "not encrypted" in said


# ----------------------------------------------------------------------------- with a passphrase


def test_a_passphrase_opens_and_a_wrong_one_does_not(tmp_path: Path) -> None:
    """The encrypted file comes back whole with its passphrase; without it, it says what is needed."""
    chosen = _chosen(hours(4), diary())
    path = _write(tmp_path / "a.zip", chosen, passphrase=PASSPHRASE)
    assert whole(_open(path, PASSPHRASE)) == chosen.material.content.minutes
    with pytest.raises(PassphraseNeededError):
        _open(path)
    with pytest.raises(PassphraseNeededError):
        _open(path, PASSPHRASE + "x")
    assert b"aspirin" not in path.read_bytes()


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    """The format's key derivation is weak, so the passphrase must not be; nothing is written."""
    with pytest.raises(UsageError):
        _write(tmp_path / "a.zip", _chosen(hours(4)), passphrase="x" * (MIN_PASSPHRASE - 1))
    assert list(tmp_path.iterdir()) == []
    assert len(suggest_passphrase()) > MIN_PASSPHRASE
    assert suggest_passphrase() != suggest_passphrase()


@pytest.mark.desktop
def test_ordinary_tools_open_both_kinds(tmp_path: Path) -> None:
    """unzip reads the plain file, 7-Zip the encrypted one."""
    seven, unzip = shutil.which("7z"), shutil.which("unzip")
    if seven is None or unzip is None:
        if os.environ.get("CI_DESKTOP") == "1":
            pytest.fail("7z or unzip is missing")
        pytest.skip("7z (p7zip-full) or unzip is not installed")
    plain = _write(tmp_path / "a.zip", _chosen(hours(4)))
    locked = _write(tmp_path / "b.zip", _chosen(hours(4)), passphrase=PASSPHRASE)
    subprocess.run([unzip, "-tq", str(plain)], check=True, capture_output=True)
    subprocess.run([seven, "t", f"-p{PASSPHRASE}", str(locked)], check=True, capture_output=True)
    wrong = subprocess.run([seven, "t", "-pwrong", str(locked)], check=False, capture_output=True)
    assert wrong.returncode != 0


# ----------------------------------------------------------------------------- the therapist's side


def test_two_files_of_one_person_are_joined(tmp_path: Path) -> None:
    """The day that both hold is taken from the file made last, and that is said."""
    earlier = MONDAY + timedelta(days=1)
    old = _chosen([*hours(4, 0.5, MONDAY), *hours(4, 0.5, earlier)])
    new = _chosen([*hours(4, 1.5, earlier), *hours(4, 1.5)])
    first = _open(_write(tmp_path / "old.zip", old, made_at=MADE - timedelta(days=2)))
    second = _open(_write(tmp_path / "new.zip", new))
    joined = join([second, first])
    medians = {day.day: day.posture.p50_in for day in joined.period.days if day.posture.p50_in is not None}
    assert medians == {MONDAY: 0.5, earlier: 1.5, DAY: 1.5}
    assert "Joined from 2 files: old.zip, new.zip." in joined.notes
    assert any(note.startswith("1 day is in more than one of them") for note in joined.notes)


def test_the_same_number_of_two_computers_is_two_calibrations(tmp_path: Path) -> None:
    """Calibration 1 of the old computer and calibration 1 of the new one stay apart."""
    other = replace(CALIBRATION, at=at(8, 0, MONDAY), repeatability_in=0.2)
    old = _chosen(hours(4, 0.5, MONDAY), calibrations=(other,))
    new = _chosen(hours(4, 1.5))
    files = [
        _open(_write(tmp_path / "old.zip", old, made_at=MADE - timedelta(days=2))),
        _open(_write(tmp_path / "new.zip", new)),
    ]
    joined = join(files)
    assert len(joined.content.calibrations) == 2
    assert {row.calibration_id for row in joined.content.minutes} == {1, 2}


def test_two_people_are_never_mixed(tmp_path: Path) -> None:
    """Files of different pseudonyms are refused, all of them."""
    one = _open(_write(tmp_path / "a.zip", _chosen(hours(4)), person="p1"))
    other = _open(_write(tmp_path / "b.zip", _chosen(hours(4)), person="p2"))
    with pytest.raises(ImportRefusedError, match="another person"):
        join([one, other])


def _repacked(path: Path, change: dict[str, bytes]) -> Path:
    """A copy of a zip with members replaced or added, checksums left as they were."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.pop(name, old.read(name)))
        for name, data in change.items():
            new.writestr(name, data)
    target = path.with_name("changed.zip")
    target.write_bytes(buffer.getvalue())
    return target


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({export.MINUTES: b"utc_start\n"}, "checksum"),
        ({export.REPORT_HTML: b"<script>"}, "checksum"),
        ({"../../evil.txt": b"x"}, "leads out"),
        ({"extra.txt": b"x"}, "does not belong"),
        ({export.MANIFEST: b"{}"}, "no export"),
    ],
)
def test_a_file_that_was_touched_is_refused_whole(tmp_path: Path, change: dict[str, bytes], why: str) -> None:
    """Changed, added or misnamed members: refused, with the reason."""
    path = _repacked(_write(tmp_path / "a.zip", _chosen(hours(4))), dict(change))
    with pytest.raises(ImportRefusedError, match=why):
        _open(path)


def test_other_files_are_refused_in_words(tmp_path: Path) -> None:
    """Text, a cut-off zip and a missing file are ImportRefusedError, never a traceback of a library."""
    text = tmp_path / "a.txt"
    text.write_text("hello")
    whole = _write(tmp_path / "b.zip", _chosen(hours(4)))
    cut = tmp_path / "c.zip"
    cut.write_bytes(whole.read_bytes()[:5000])
    for path in (text, cut, tmp_path / "missing.zip"):
        with pytest.raises(ImportRefusedError):
            _open(path)


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE])
def test_a_flipped_byte_is_seen_or_changes_nothing(tmp_path: Path, passphrase: str) -> None:
    """Damage anywhere in either kind of file is refused in words, or the rows are the same all the same."""
    chosen = _chosen(hours(4))
    whole = _write(tmp_path / "a.zip", chosen, passphrase=passphrase).read_bytes()
    spoilt = tmp_path / "b.zip"
    refused = 0
    for place in (3, 40, 900, len(whole) // 2, len(whole) - 700, len(whole) - 30, len(whole) - 5):
        data = bytearray(whole)
        data[place] ^= 0xFF
        spoilt.write_bytes(bytes(data))
        try:
            assert whole(_open(spoilt, passphrase)) == chosen.material.content.minutes
        except ImportRefusedError:
            refused += 1
    assert refused >= 4


def test_reviewing_needs_neither_camera_nor_tray_nor_settings() -> None:
    """The reading side imports no MediaPipe, OpenCV, tray, notification or settings library."""
    code = (
        "import sys, posturewatch.exchange.review, posturewatch.report.html.page, posturewatch.exchange.archive\n"
        "heavy = {'mediapipe', 'cv2', 'pystray', 'plyer', 'desktop_notifier', 'pydantic', 'scipy', 'PIL', 'psutil'}\n"
        "found = sorted(heavy & {name.split('.')[0] for name in sys.modules})\n"
        "sys.exit(', '.join(found) or 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_reports_days_are_the_files_days(tmp_path: Path) -> None:
    """The period runs from the first to the last day that any file covers, in the writer's own zone."""
    joined = join([_open(_write(tmp_path / "a.zip", _chosen(hours(4))))])
    assert (joined.period.first, joined.period.last) == (MONDAY, DAY)
    assert joined.content.minutes.of_days(MONDAY, DAY).start(0).utcoffset() == ZONE.utcoffset(None)
    assert isinstance(joined.period.first, date)


def test_the_review_requirements_follow_the_package() -> None:
    """requirements-review.txt asks for no other version than pyproject.toml does, and for nothing besides."""
    root = Path(__file__).parents[2]
    wanted = (root / "requirements-review.txt").read_text(encoding="utf-8").splitlines()
    package = (root / "pyproject.toml").read_text(encoding="utf-8")
    for line in (line for line in wanted if line and not line.startswith("#")):
        assert f'"{line}"' in package, line


def test_movement_checks_are_shared_and_may_be_left_out(tmp_path: Path) -> None:
    """With their traces, and in the report that is joined from the file; without the diary, without what was answered
    of the headache; left out, and said so."""

    def joined(**wish: object) -> Material:
        chosen = _chosen(hours(4), diary(), checks=check(at(12)), **wish)
        return join([_open(_write(tmp_path / "a.zip", chosen))])

    assert joined().content.checks == check(at(12))
    assert {row.worse for row in joined(diary=False).content.checks} == {Worse.NOT_ASKED}
    left = _chosen(hours(4), diary(), checks=check(at(12)), with_checks=False)
    assert _open(_write(tmp_path / "b.zip", left)).content.checks == ()
    assert "The movement checks were left out by the person." in left.material.notes
