"""Reports, sharing, the therapist's side, import and forgetting, from the command line on a generated journal."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from posturewatch.base.clock import SystemClock
from posturewatch.core.history.summary.period import summarise_period
from posturewatch.disk.folders import find_folders
from posturewatch.journal.reader import open_reader
from posturewatch.journal.writer import SqliteJournal

from .run_cli import Cli

BENCH = Path(__file__).parents[2] / "bench"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """A home with two generated weeks that end on 2026-11-20."""
    sys.path.insert(0, str(BENCH))
    try:
        from generate_journal import generate
    finally:
        sys.path.remove(str(BENCH))
    home = tmp_path_factory.mktemp("lived") / "home"
    made = generate(weeks=2)
    journal = SqliteJournal(find_folders({"POSTUREWATCH_HOME": str(home)}).make().journal_file, SystemClock())
    for row in made.calibrations:
        journal.add_calibration(row)
    for minute in made.minutes:
        journal.add_minute(minute)
    for event in made.events:
        journal.add_event(event)
    for entry in made.diary:
        journal.add_diary(entry)
    journal.close()
    return Cli(home)


def test_a_week_in_the_terminal(lived: Cli) -> None:
    """Seven lines with bars, each median with its error; days with too little are marked; as JSON the same sums."""
    out = lived.run("log", "week", "--date", "2026-11-20").out
    assert out.count("2026-11-") == 7
    assert out.count(" in  ") == len(re.findall(r"± \d\.\d in  ", out)) > 3
    sums = lived.run("log", "week", "--date", "2026-11-20", "--json").json
    assert sums[0]["day"] == "2026-11-14"
    assert sum(day["valid_min"] for day in sums) > 600


def test_the_terminal_says_what_the_report_says(lived: Cli) -> None:
    """Each day's median, P90, coverage and use are the report's; no line is wider than a terminal of 80 columns."""
    sums = lived.run("log", "week", "--date", "2026-11-20", "--json").json
    with open_reader(find_folders({"POSTUREWATCH_HOME": str(lived.home)}).journal_file) as journal:
        for told in sums:
            day = date.fromisoformat(told["day"])
            (summary,) = summarise_period(journal.content(day, day), first=day, last=day).days
            assert told["coverage"] == pytest.approx(summary.quality.coverage, abs=1e-3)
            assert told["median_in"] == pytest.approx(summary.posture.p50_in, abs=1e-3)
            assert told["p90_in"] == pytest.approx(summary.posture.p90_in, abs=1e-3)
            assert told["usable"] == summary.usable
    for words in (("log", "--date", "2026-11-20"), ("log", "week", "--date", "2026-11-20")):
        assert max(map(len, lived.run(*words).out.splitlines())) < 80


def test_the_days_files_on_demand(lived: Cli) -> None:
    """`log --write` writes the day's CSV and text and says where."""
    written = lived.run("log", "--date", "2026-11-19", "--write", "--json").json["files"]
    assert {Path(path).name for path in written} >= {"2026-11-19.csv", "2026-11-19.txt"}
    assert all(Path(path).exists() for path in written)


def test_reports_in_every_form(lived: Cli, tmp_path: Path) -> None:
    """Page, PDF and FHIR bundle in one go; the page loads nothing from anywhere."""
    # the last day alone: the journal's mark that it is made up stands on the first
    one = tmp_path / "day.html"
    lived.run("report", "--from", "2026-11-20", "--to", "2026-11-20", "--html", str(one))
    assert "Generated data." in one.read_text(encoding="utf-8")
    html, pdf, fhir = tmp_path / "r.html", tmp_path / "r.pdf", tmp_path / "r.json"
    words = ("--to", "2026-11-20", "--weeks", "2", "--html", str(html), "--pdf", str(pdf), "--fhir", str(fhir))
    assert len(lived.run("report", *words, "--json").json["files"]) == 3
    assert "not a medical device" in html.read_text(encoding="utf-8")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert '"Bundle"' in fhir.read_text(encoding="utf-8")
    assert "lies after" in lived.run("report", "--from", "2026-11-20", "--to", "2026-11-01", code=2).err
    assert "--from and --weeks" in lived.run("report", "--from", "2026-11-20", "--weeks", "2", code=2).err


def test_share_review_wipe_and_import(lived: Cli, tmp_path: Path) -> None:
    """What is shared is shown first; a no writes nothing; the file opens elsewhere and comes back whole."""
    path = tmp_path / "shared.zip"
    shown = lived.run("share", str(path), "--to", "2026-11-20", "--weeks", "2", given="n\n")
    assert "nothing is sent" in shown.out
    assert not path.exists()
    lived.run("share", str(path), "--to", "2026-11-20", "--weeks", "2", "--yes")
    elsewhere = Cli(tmp_path / "elsewhere")
    elsewhere.run("review", str(path), "--html", str(tmp_path / "review.html"))
    assert (tmp_path / "review.html").stat().st_size > 100_000
    elsewhere.run("import", str(path))
    weeks = [cli.run("log", "week", "--date", "2026-11-20", "--json").json for cli in (lived, elsewhere)]
    assert weeks[0] == weeks[1]


def test_an_encrypted_file_needs_its_passphrase(lived: Cli, tmp_path: Path) -> None:
    """With --encrypt the file opens with the passphrase and with no other, for a review and for an import."""
    path, secret = tmp_path / "sealed.zip", "a-long-passphrase"
    lived.run(
        "share", str(path), "--to", "2026-11-20", "--weeks", "1", "--encrypt", "--yes", given=f"{secret}\n{secret}\n"
    )
    html = str(tmp_path / "r.html")
    assert lived.run("review", str(path), "--html", html, code=7, given="wrong-passphrase\n").err
    lived.run("review", str(path), "--html", html, given=f"{secret}\n")
    elsewhere = Cli(tmp_path / "elsewhere")
    assert "passphrase" in elsewhere.run("import", str(path), code=7, given="wrong-passphrase\n").err
    elsewhere.run("import", str(path), given=f"{secret}\n")
    assert elsewhere.run("log", "--date", "2026-11-20", "--json").json[0]["valid_min"] > 0


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_a_passphrase_that_is_no_text_is_refused(lived: Cli, tmp_path: Path, locale: str) -> None:
    """Bytes of another encoding are no accident of the program, and nothing is written."""
    path = tmp_path / "sealed.zip"
    words = ("share", str(path), "--to", "2026-11-20", "--weeks", "1", "--encrypt", "--yes")
    for settings in ({}, {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}):
        done = subprocess.run(
            [sys.executable, "-m", "posturewatch", *words],
            env=lived.environment() | {"LC_ALL": locale} | settings,
            input=b"p\xfcssw\xffrd-123456\n",
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert (done.returncode, path.exists()) == (2, False)
        assert b"passphrase is no text" in done.stderr


def test_a_piped_passphrase_is_utf8_whatever_the_code_page(lived: Cli, tmp_path: Path) -> None:
    """It has the letters that somebody types who opens the file; a mark before them, as of PowerShell, is none."""
    path, secret = tmp_path / "sealed.zip", "a-long-pässwort-日本"
    words = ("share", str(path), "--to", "2026-11-20", "--weeks", "1", "--encrypt", "--yes")
    subprocess.run(
        [sys.executable, "-m", "posturewatch", *words],
        env=lived.environment() | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"},
        input=b"\xef\xbb\xbf" + secret.encode() + b"\r\n",
        capture_output=True,
        check=True,
        timeout=120,
    )
    lived.run("review", str(path), "--html", str(tmp_path / "r.html"), given=f"{secret}\n")


def test_a_piped_passphrase_is_given_once(lived: Cli, tmp_path: Path) -> None:
    """One line on standard input is the passphrase; none is an error, not a wait; nothing is written then."""
    path, secret = tmp_path / "sealed.zip", "a-long-passphrase"
    words = ("share", str(path), "--to", "2026-11-20", "--weeks", "1", "--encrypt")
    assert "passphrase" in lived.run(*words, "--yes", code=2, given="", timeout_s=30).err
    assert not path.exists()
    lived.run(*words, given=f"y\n{secret}\n", timeout_s=30)
    lived.run("review", str(path), "--html", str(tmp_path / "r.html"), given=f"{secret}\r\n")


def test_a_foreign_file_is_refused_whole(lived: Cli, tmp_path: Path) -> None:
    """A file that is no export is refused with exit code 7 and changes nothing."""
    junk = tmp_path / "junk.zip"
    junk.write_bytes(b"PK\x03\x04 this is no archive")
    before = lived.run("log", "week", "--date", "2026-11-20", "--json").json
    assert "refused" in lived.run("import", str(junk), code=7).err
    assert lived.run("review", str(junk), code=7).err
    assert lived.run("log", "week", "--date", "2026-11-20", "--json").json == before


def test_a_review_leaves_its_page_until_it_is_cleaned(lived: Cli, tmp_path: Path) -> None:
    """Nothing decrypted goes into the temporary folder: the page lies in the reviewer's own folder, and --clean removes
    it."""
    path = tmp_path / "share.zip"
    lived.run("share", str(path), "--yes", "--weeks", "1")
    page = Path(lived.run("review", str(path), "--json").json["files"][0])
    assert page.is_file()
    assert str(lived.home) in str(page)
    lived.run("review", "--clean")
    assert not page.exists()


def test_a_report_since_a_visit_must_hold_the_visit(lived: Cli, tmp_path: Path) -> None:
    """The visit's date stands in the page; one outside of the report's days is a usage error that writes nothing."""
    page = tmp_path / "r.html"
    span = ("--from", "2026-08-29", "--to", "2026-11-20", "--html", str(page))
    assert "does not lie within" in lived.run("report", *span, "--since", "2026-08-01", code=2).err
    assert not page.exists()
    lived.run("report", *span, "--since", "2026-10-10")
    assert "2026-10-10" in page.read_text(encoding="utf-8").split("<section")[0]


SPAN = ("--from", "2026-11-07", "--to", "2026-11-20")
SINCE = "Since the visit on 2026-11-14"


def test_the_date_of_a_visit_is_kept_until_it_is_forgotten(lived: Cli, tmp_path: Path) -> None:
    """`--since` once: the next report and the next share tell what changed since, a report that does not hold the visit
    does not; a later visit takes its place; `none` forgets it."""

    def report(*words: str) -> str:
        page = tmp_path / "r.html"
        lived.run("report", *(words or SPAN), "--html", str(page))
        return page.read_text(encoding="utf-8")

    def share(name: str) -> str:
        path = tmp_path / name
        lived.run("share", str(path), "--yes", *SPAN)
        with zipfile.ZipFile(path) as archive:
            return archive.read("report.html").decode("utf-8")

    lived.run("report", *SPAN, "--since", "none", "--html", str(tmp_path / "first.html"))
    assert "Since the visit" not in report()
    assert SINCE in report(*SPAN, "--since", "2026-11-14")
    assert SINCE in report()
    assert SINCE in share("kept.zip")
    assert "Since the visit" not in report("--from", "2026-11-15", "--to", "2026-11-20")
    assert SINCE in report()
    assert "Since the visit on 2026-11-12" in report(*SPAN, "--since", "2026-11-12")
    assert "Since the visit on 2026-11-12" in report()
    assert "Since the visit" not in report(*SPAN, "--since", "none")
    assert "Since the visit" not in report()
    assert "Since the visit" not in share("forgotten.zip")


def test_a_review_tells_what_changed_since_a_visit(lived: Cli, tmp_path: Path) -> None:
    """The therapist names the day of their own visit, for this report alone; one outside of the files is a usage error
    that writes nothing."""
    shared, page = tmp_path / "share.zip", tmp_path / "v.html"
    lived.run("report", *SPAN, "--since", "none", "--html", str(tmp_path / "r.html"))
    lived.run("share", str(shared), "--yes", *SPAN)
    for day in ("2026-11-07", "2026-11-21"):
        said = lived.run("review", str(shared), "--html", str(page), "--since", day, code=2).err
        assert "does not lie within" in said
        assert not page.exists()
    lived.run("review", str(shared), "--html", str(page), "--since", "2026-11-14")
    assert SINCE in page.read_text(encoding="utf-8")
    lived.run("review", str(shared), "--html", str(page))
    assert "Since the visit" not in page.read_text(encoding="utf-8")
