"""What version 0.1 wrote, kept here as files that are never changed, opens in this version; what a later one wrote is
refused in words. The steps from one schema to the next are in test_schema.py."""

from __future__ import annotations

import sqlite3
import tomllib
from pathlib import Path

import pytest

from cli.run_cli import Cli
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.config.read import load
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.monitor import Monitor
from posturewatch.core.posture.shared_unknowns import OTHER_CLOTHES, unknown
from posturewatch.journal.schema import SCHEMA_VERSION

HERE = Path(__file__).parent
CONFIG = HERE / "config_v1.toml"
CALIBRATION = HERE / "calibration_v1.json"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home as version 0.1 left it: settings, journal, and in the journal a calibration."""
    home = tmp_path / "home"
    for name in ("config", "data"):
        (home / name).mkdir(mode=0o700, parents=True)
    (home / "config" / "config.toml").write_bytes(CONFIG.read_bytes())
    with sqlite3.connect(home / "data" / "journal.sqlite") as journal:
        journal.executescript((HERE / "journal_v1.sql").read_text(encoding="utf-8"))
        journal.execute("UPDATE calibrations SET body = ?", (CALIBRATION.read_text(encoding="utf-8"),))
    journal.close()
    return home


def test_settings_of_version_0_1_are_taken() -> None:
    """Each key of the first version is known, with its values, in inches and in centimetres."""
    settings = load(CONFIG).settings
    assert settings.user.units == "cm"
    assert settings.posture.threshold == pytest.approx(3 / 2.54)
    assert (settings.breaks.every_min, settings.courtesy.calls, settings.report.weeks) == (25, False, 6)
    sections = tomllib.loads(CONFIG.read_text(encoding="utf-8"))
    assert sum(len(keys) for keys in sections.values()) >= 50


def test_a_calibration_of_version_0_1_still_measures() -> None:
    """It reads, says the same when it is written again and read, and the monitor takes it. What it does not hold is not
    made up: nothing is known of the person beyond anatomy, no anchor picture is, and the clothes may be any."""
    made = Calibration.from_json(CALIBRATION.read_text(encoding="utf-8"))
    assert (made.clothes_tone, made.shared.anchor_id) == (None, None)
    assert made.shared.to_json() == unknown(OTHER_CLOTHES).to_json()
    assert Calibration.from_json(made.to_json()).to_json() == made.to_json()
    assert made.frames >= 10
    Monitor(made, PostureSettings(), LoadSettings(), UserSettings(), WatchSettings())


def test_a_home_of_version_0_1_is_lived_in(home: Path) -> None:
    """Its settings hold, it can be written to, its diary and its report are there; where the journal had to be brought
    up to date, a copy of it as it was lies beside it."""
    cli = Cli(home)
    cli.run("config", "check")
    cli.run("diary", "none")
    assert "bright light" in cli.run("diary", "list").out
    copies = [path for path in (home / "data").glob("*.sqlite*") if not path.name.startswith("journal.sqlite")]
    assert len(copies) == (SCHEMA_VERSION > 1)
    cli.run("report", "--html", str(home / "report.html"), "--fhir", str(home / "report.json"), code=None)
    assert (home / "report.html").stat().st_size > 10_000
    assert cli.run("diary", "list", "--json").json[-1]["kind"] == "none"


def test_a_later_journal_is_refused_by_every_command_and_stays_as_it_is(home: Path) -> None:
    """After a downgrade each command that needs the journal exits with 7, names both versions and what to do; not a
    byte of the file has changed."""
    path = home / "data" / "journal.sqlite"
    with sqlite3.connect(path) as later:
        later.execute("PRAGMA user_version = 99")
    later.close()
    before = path.read_bytes()
    for words in (("log",), ("report", "--html", str(home / "r.html")), ("diary", "none"), ("run", "--no-tray")):
        said = Cli(home).run(*words, code=7).err
        assert "later posturewatch" in said, words
        assert "Install the later version again" in said.replace("\n", " "), words
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*damaged*"))


def test_a_setting_of_a_later_version_is_named_with_its_line(home: Path) -> None:
    """A key that this version does not know: exit 3 with line and key, and the file is left as it is."""
    path = home / "config" / "config.toml"
    path.write_text("[posture]\nthreshold = 1.5\nmind_reading = true\n")
    wrong = Cli(home).run("config", "check", code=3)
    assert "line 3" in wrong.out + wrong.err
    assert "mind_reading" in wrong.out + wrong.err
    assert "mind_reading" in path.read_text()
