"""What the commands print, how they exit, and that the quick ones load nothing heavy."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from posturewatch.base.errors import UsageError
from posturewatch.cli.commands import command_table
from posturewatch.cli.running_app import pause_command

from .run_cli import Cli

QUICK = [("--help",), ("--version",), ("safety",), ("status",), ("config", "path"), ("log", "--help"), ("autostart",)]


def all_commands() -> list[str]:
    """Every name in the table."""
    return [name for section in command_table().values() for name in section]


@pytest.mark.parametrize("name", all_commands())
def test_every_command_explains_itself(cli: Cli, name: str) -> None:
    """--help of each command works, lists what is below it without cutting a sentence off, and creates nothing."""
    out = cli.run(name, "--help").out
    assert "Usage: posturewatch" in out
    assert not re.search(r"\w\.\.\.$", out, re.MULTILINE)
    assert not cli.home.exists()


def test_the_help_lists_every_command_and_the_exit_codes(cli: Cli) -> None:
    """One page with all commands in sections, and what the exit codes mean."""
    out = cli.run("--help").out
    assert all(f"  {name} " in out for name in all_commands())
    assert "Exit codes" in out


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "shift_jis", "utf-8"])
def test_a_terminal_of_any_encoding_is_answered(cli: Cli, encoding: str) -> None:
    """Where a sign cannot be shown a plainer one stands in its place; nothing fails, and a minus stays one."""
    environment = cli.environment() | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    for words in (("doctor", "--no-camera"), ("safety",), ("config", "show"), ("diary", "list")):
        done = subprocess.run(
            [sys.executable, "-m", "posturewatch", *words], env=environment, capture_output=True, check=False
        )
        said = (done.stdout + done.stderr).decode(encoding)
        assert "UnicodeEncodeError" not in said
        assert done.returncode in (0, 1, 7)
    show = (
        "from posturewatch.cli.failures import let_all_be_shown; let_all_be_shown(); print('−0.4 ± 0.3 in … „Modify“')"
    )
    shown = subprocess.run([sys.executable, "-c", show], env=environment, capture_output=True, check=True)
    said = shown.stdout.decode(encoding)
    assert said.startswith(("−0.4 ± 0.3", "-0.4 ± 0.3", "-0.4 +/- 0.3"))
    assert "?" not in said


def test_an_unknown_command_gets_the_nearest_name(cli: Cli) -> None:
    """A slip is answered with what was probably meant, and exit code 2."""
    assert "Did you mean status?" in cli.run("staus", code=2).err


def python_runs(cli: Cli, code: str) -> str:
    """What a Python of its own says that runs this to its end."""
    ended = subprocess.run(
        [sys.executable, "-c", code],
        env=cli.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.mark.parametrize("words", QUICK, ids=" ".join)
def test_quick_commands_load_nothing_heavy(cli: Cli, words: tuple[str, ...]) -> None:
    """Help, status and their like import no network, no OpenCV, no numpy and no pydantic."""
    code = (
        "import sys\n"
        "from posturewatch.cli import main\n"
        f"sys.argv = ['posturewatch', *{words!r}]\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'cv2', 'mediapipe', 'numpy', 'pydantic', 'PIL', 'pystray'} & set(sys.modules)\n"
        "sys.exit(f'loaded {sorted(heavy)}' if heavy else 0)\n"
    )
    python_runs(cli, code)


def test_safety_lists_when_to_seek_help(cli: Cli) -> None:
    """The list and the footer, for people and for programs."""
    out = cli.run("safety").out
    assert "thunderclap" in out
    assert "not a medical device" in out
    assert "Call the emergency number." in out
    assert "pregnancy or with a weakened immune system" in " ".join(out.split())
    assert len(cli.run("safety", "--json").json["signs"]) == 8


def test_without_a_running_app_commands_say_so(cli: Cli) -> None:
    """Status, pause and their like exit with 8 and say how to start."""
    for words in (("status",), ("pause",), ("resume",), ("break",), ("profile",), ("quit",)):
        assert "not running" in cli.run(*words, code=8).err


def test_a_wrong_time_to_pause_is_explained(cli: Cli) -> None:
    """A pause for nonsense is a usage error that shows how to write it."""
    assert "30min" in cli.run("pause", "a-while", code=2).err


@pytest.mark.parametrize(
    ("text", "seconds"),
    {
        "45": 2700,
        "30min": 1800,
        "2 h": 7200,
        "1.5h": 5400,
        "1,5h": 5400,
        "1h30": 5400,
        "1h 5min": 3900,
        "90s": 90,
    }.items(),
)
def test_a_time_to_pause_as_people_write_it(text: str, seconds: int) -> None:
    """Minutes without a unit, hours and minutes together, and either decimal sign."""
    assert pause_command(text).value == seconds


def test_a_pause_of_less_than_a_second_is_none() -> None:
    """It would be over before it is told, and was told as one without an end."""
    with pytest.raises(UsageError):
        pause_command("0.2s")
    assert pause_command("1s").value == 1.0


def test_a_threshold_below_clear_offers_to_move_clear_along(cli: Cli) -> None:
    """Refused with both values and a way out; with the way out both are set; the file is untouched in between."""
    path = Path(cli.run("config", "init").out.strip())
    before = path.read_bytes()
    refused = cli.run("config", "set", "posture.threshold", "0.5", code=3).err
    assert "clear (0.6 in, 1.52 cm)" in refused
    assert "threshold (0.5 in, 1.27 cm)" in refused
    assert "refused" in refused
    assert "--along" in refused
    assert path.read_bytes() == before
    assert "posture.clear" in cli.run("config", "set", "posture.threshold", "0.5", "--along").out
    shown = cli.run("config", "show", "--json").json["posture"]
    assert (shown["threshold"], shown["clear"]) == (0.5, 0.3)
    assert "--along" not in cli.run("config", "set", "posture.threshold", "99", code=3).err
    other_way = cli.run("config", "set", "posture.clear", "2 cm", code=3).err
    assert "posture.threshold can be raised first" in other_way


def test_a_value_may_begin_with_a_minus(cli: Cli) -> None:
    """It is refused for what it is, not taken for an option."""
    assert "-1 is not allowed" in cli.run("config", "set", "posture.threshold", "-1", code=3).err


def test_the_config_is_written_shown_checked_and_mended(cli: Cli) -> None:
    """init writes it, show lists it, a typo is found with line, key and suggestion and exit code 3."""
    path = cli.run("config", "init").out.strip()
    assert cli.run("config", "check").out
    assert cli.run("config", "set", "posture.threshold", "1.4").out
    assert cli.run("config", "show", "--json").json["posture"]["threshold"] == 1.4
    Path(path).write_text("[breaks]\nevry_min = 20\n", encoding="utf-8")
    wrong = cli.run("config", "check", code=3)
    assert "line 2" in wrong.err
    assert "every_min" in wrong.err
    report = cli.run("config", "check", "--json", code=3).json
    assert not report["ok"]
    assert cli.run("measure", "x", "--calibrate", "y", "--out", "z.csv", code=3).err


def test_settings_that_another_program_has_open_are_written_or_it_is_said_what_helps(cli: Cli) -> None:
    """An editor that keeps the file open forbids its replacement on Windows alone: then it is left as it was,
    and can be written as soon as it is let go of."""
    cli.run("config", "init")
    path = cli.home / "config" / "config.toml"
    before = path.read_text(encoding="utf-8")
    with path.open("rb"):
        done = cli.run("config", "set", "breaks.every_min", "25", code=3 if sys.platform == "win32" else 0)
    if sys.platform == "win32":
        assert "Another program has the file open: close it there and try again." in done.err
        assert path.read_text(encoding="utf-8") == before
        assert [each.name for each in path.parent.iterdir()] == ["config.toml"], "the unfinished file is gone"
        cli.run("config", "set", "breaks.every_min", "25")
    assert "every_min = 25" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(os.name != "nt", reason="an open file can be read by everybody elsewhere")
@pytest.mark.parametrize(
    ("name", "words", "code"),
    [
        ("config/config.toml", ("config", "show"), 3),
        ("data/journal.sqlite", ("diary", "list"), 7),
        ("data/journal.sqlite", ("diary", "add", "--worst", "6"), 7),
        ("shared.zip", ("review", "SHARED"), 7),
        ("shared.zip", ("import", "SHARED"), 7),
    ],
)
def test_a_file_that_another_program_keeps_to_itself_is_told_as_that(
    cli: Cli, name: str, words: tuple[str, ...], code: int
) -> None:
    """Neither the rights nor the folder are to be mended, and a shared file is not a broken one."""
    import _winapi

    cli.run("config", "init")
    cli.run("diary", "add", "--worst", "6")
    shared = cli.home / "shared.zip"
    cli.run("share", "--yes", str(shared))
    held = _winapi.CreateFile(str(cli.home / name), _winapi.GENERIC_READ, 0, 0, _winapi.OPEN_EXISTING, 0, 0)
    try:
        said = cli.run(*(str(shared) if word == "SHARED" else word for word in words), code=code).err
    finally:
        _winapi.CloseHandle(held)
    assert "program" in said
    assert re.search("[Cc]lose", said)
    cli.run("review", str(shared), "--html", str(cli.home / "a.html"))


def test_the_diary_in_the_terminal(cli: Cli) -> None:
    """Add, list, edit and remove; out-of-range values are refused with exit code 7."""
    number = cli.run("diary", "add", "--worst", "6", "--side", "left", "--json").json["id"]
    assert cli.run("diary", "list").out.count("headache") == 1
    cli.run("diary", "edit", str(number), "--worst", "3")
    assert cli.run("diary", "list", "--json").json[0]["worst"] == 3
    assert "0 to 10" in cli.run("diary", "add", "--worst", "11", code=7).err
    cli.run("diary", "remove", str(number))
    assert cli.run("diary", "list", "--json").json == []
    cli.run("diary", "none")


@pytest.mark.parametrize("note", ["*.txt", "a [1].txt", "~3 h", "~", "%PATH% $HOME", "?"])
def test_what_is_given_is_taken_as_it_stands(cli: Cli, note: str) -> None:
    """Signs by which a shell names files, homes and variables are the shell's business: nothing that came through it is
    replaced by the name of a file that happens to fit."""
    cli.home.parent.joinpath("a 1.txt").touch()
    cli.run("diary", "add", "--worst", "6", "--note", note)
    assert cli.run("diary", "list", "--json").json[0]["note"] == note


@pytest.mark.skipif(os.name != "nt", reason="the shell elsewhere gives the names")
def test_wildcards_name_the_files_of_a_review(cli: Cli) -> None:
    """`review *.zip` reads all of them, as it does where the shell does that; none is an error."""
    cli.run("diary", "add", "--worst", "6")
    for name in ("one [1].zip", "two [1].zip"):
        cli.run("share", "--yes", name)
    several = cli.run("review", "*[1].zip", "--html", "page.html", "--json").json["signed"]
    assert [each["file"] for each in several] == ["one [1].zip", "two [1].zip"]
    assert "none*.zip" in cli.run("review", "none*.zip", code=2).err


def test_a_log_that_does_not_exist_yet_is_said_as_such(cli: Cli) -> None:
    """Without a journal, log and report exit with 7 and say what to do; nothing is created."""
    for words in (("log",), ("log", "week"), ("report",)):
        assert "no journal" in cli.run(*words, code=7).err
    assert "no date" in cli.run("log", "--date", "yesteryear", code=2).err


def test_doctor_speaks_to_people_and_programs(cli: Cli) -> None:
    """Every part has a line; JSON has the same; the support file holds no path of this computer."""
    told = cli.run("doctor", "--no-camera", "--json", "--bundle", "support.zip", code=None)
    parts = {check["part"] for check in told.json}
    assert {"Python", "journal", "tray", "notifications"} <= parts
    assert all(check["level"] in {"ok", "note", "warning", "error"} for check in told.json)
    with zipfile.ZipFile(cli.home.parent / "support.zip") as bundle:
        text = "".join(bundle.read(name).decode() for name in bundle.namelist())
    assert str(cli.home.parent) not in text
    assert "mediapipe" in text


def test_no_output_takes_the_place_of_what_posturewatch_needs(cli: Cli) -> None:
    """The journal or the settings named as the file to write: refused, and they are as they were."""
    cli.run("diary", "add", "--worst", "6")
    cli.run("config", "init")
    for name in ("data/journal.sqlite", "config/config.toml"):
        own = cli.home / name
        before = own.read_bytes()
        assert "is a file that posturewatch needs" in cli.run("report", "--html", str(own), code=2).err
        assert own.read_bytes() == before


def test_forgetting_needs_a_clear_word(cli: Cli) -> None:
    """Neither --all nor --before is a usage error; asked and refused, nothing goes."""
    cli.run("diary", "none")
    assert cli.run("forget", code=2).err
    cli.run("forget", "--all", given="n\n", code=130)
    assert len(cli.run("diary", "list", "--json").json) == 1
    cli.run("forget", "--all", "--yes")
    assert cli.run("diary", "list", "--json").json == []


@pytest.mark.skipif(sys.platform == "win32", reason="a folder cannot be locked there")
def test_settings_that_are_set_at_once_are_all_kept(cli: Cli) -> None:
    """Each reads the file, changes its key and writes the file: none takes another's key back."""
    cli.run("config", "init")
    wanted = {"posture.hold_s": "200.0", "posture.daily_cap": "5", "breaks.every_min": "25.0", "user.units": "cm"}
    setting = [cli.start("config", "set", key, value) for key, value in wanted.items()]
    assert [one.wait(60) for one in setting] == [0] * len(wanted)
    told = cli.run("config", "show", "--json").json
    assert {f"{part}.{key}": str(told[part][key]) for part, key in (each.split(".") for each in wanted)} == wanted


def test_no_day_to_come_is_entered_as_today(cli: Cli) -> None:
    """A slip in the year of "no headache" is said, and nothing is written for another day."""
    assert "cannot lie in the future" in cli.run("diary", "none", "2150-01-01", code=7).err
    assert cli.run("diary", "list", "--json").json == []


@pytest.mark.parametrize("word", ["edit", "remove"])
def test_a_number_that_no_entry_can_have_is_said(cli: Cli, word: str) -> None:
    """However many digits were typed."""
    assert "There is no diary entry number" in cli.run("diary", word, "9" * 30, code=7).err


def test_a_read_only_data_folder_is_said_and_nothing_is_lost(cli: Cli) -> None:
    """A data folder that is a file: exit code 7, the folder named, no crash report needed."""
    cli.home.mkdir()
    (cli.home / "data").write_text("in the way")
    wrong = cli.run("diary", "none", code=7)
    assert "data" in wrong.err
    assert (cli.home / "data").read_text() == "in the way"


def test_a_home_that_is_a_file_is_said(cli: Cli) -> None:
    """POSTUREWATCH_HOME at a file: an error that names the variable."""
    cli.home.write_text("a file")
    assert "POSTUREWATCH_HOME" in cli.run("diary", "none", code=7).err


def test_the_home_option_moves_everything(cli: Cli) -> None:
    """--home keeps config, data and logs in the folder that it names."""
    other = cli.home.parent / "other"
    cli.run("--home", str(other), "diary", "none")
    assert (other / "data" / "journal.sqlite").exists()
    assert not cli.home.exists()


def test_a_bug_leaves_a_report_without_paths_or_names(cli: Cli) -> None:
    """An unexpected exception: exit code 1, a report in the log folder that names no path and no user."""
    code = (
        "import getpass, pathlib\n"
        "from posturewatch.cli.crash import write_report\n"
        "try:\n    raise RuntimeError(f'{pathlib.Path.home()}/secret.txt broke for {getpass.getuser()}')\n"
        "except RuntimeError as err:\n    print(write_report(err))\n"
    )
    report = Path(python_runs(cli, code).strip()).read_text(encoding="utf-8")
    assert "RuntimeError: <path> broke for <name>" in report
    assert str(Path.home()) not in report


def test_an_old_report_that_cannot_go_keeps_no_new_one_from_being_written(cli: Cli) -> None:
    """On Windows an editor keeps what it shows; a folder with such a name can be removed nowhere."""
    (cli.home / "logs" / "crash-20200101-000000.txt").mkdir(parents=True)
    for second in range(20):
        (cli.home / "logs" / f"crash-20200102-{second:06}.txt").write_text("old")
    code = "from posturewatch.cli.crash import write_report; print(write_report(ValueError()))"
    assert Path(python_runs(cli, code).strip()).is_file()


def test_the_readme_names_no_command_that_there_is_not() -> None:
    """Every `posturewatch WORD` in the README is a command of the table."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^ {4}|`)posturewatch ([a-z]+)", readme, re.MULTILINE))
    assert named
    assert named <= set(all_commands())


def test_json_through_a_pipe_is_utf8_whatever_the_code_page(tmp_path: Path) -> None:
    """A program that reads our JSON gets every sign, where text for a person has to make do with the code page."""
    cli = Cli(tmp_path / "日本 ü")
    environment = cli.environment() | {"PYTHONUTF8": "0", "PYTHONIOENCODING": "cp1252"}
    words = [sys.executable, "-m", "posturewatch", "config", "path", "--json"]
    ended = subprocess.run(words, env=environment, capture_output=True, timeout=60, check=True)
    assert json.loads(ended.stdout.decode("utf-8"))["path"].startswith(str(cli.home))


@pytest.mark.unix_only("pipes of Unix")
@pytest.mark.parametrize("name", ["config/config.toml", "data/journal.sqlite", "logs/posturewatch.log", "data/profile"])
def test_a_pipe_in_the_place_of_a_file_of_ours_holds_nothing_up(cli: Cli, name: str) -> None:
    """A pipe into which nobody writes, and from which nobody reads, is refused or passed over, never waited for."""
    path = cli.home / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.mkfifo(path, 0o600)
    for words in (("status",), ("config", "show"), ("log",), ("profile",), ("diary", "add", "--worst", "3")):
        cli.run(*words, code=None, timeout_s=60)


@pytest.mark.parametrize("sign", ["\u202e", "\u009b", "\x1b[2J", "\r"])
def test_what_is_given_steers_no_terminal_and_no_page(cli: Cli, sign: str) -> None:
    """A name for the head of a report with signs that turn or steer is refused; an error repeats none of them."""
    refused = cli.run("share", "--name", f"a{sign}b", "--yes", code=2)
    unknown = cli.run(f"a{sign}b", code=2)
    assert not any(each in refused.err + unknown.err for each in sign if not each.isprintable())


def test_a_settings_file_of_many_megabytes_is_not_even_parsed(cli: Cli) -> None:
    """`config check` says it is too large and `status` answers, in far less memory than the file has."""
    folder = cli.home / "config"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "config.toml").open("w") as file:
        file.write("[user]\n")
        for number in range(2_000_000):
            file.write(f"key_{number} = {number}\n")
    begin = time.monotonic()
    assert cli.run("config", "check", code=3).err
    assert cli.run("status", code=8).err
    assert time.monotonic() - begin < 20 * float(os.environ.get("POSTUREWATCH_PATIENCE", "1"))


@pytest.mark.parametrize("words", [("status",), ("doctor",)])
def test_a_part_that_is_not_installed_is_named(cli: Cli, words: tuple[str, ...]) -> None:
    """As where only what a review needs is installed: what is missing and how to get it, no crash report; doctor has a
    line for each check that needs it."""
    code = "import sys; sys.modules['filelock'] = None; from posturewatch.cli import main; main()"
    ended = subprocess.run(
        [sys.executable, "-c", code, *words],
        env=cli.environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "needs filelock, which is not installed" in ended.stdout + ended.stderr
    assert "pip install --force-reinstall posturewatch" in ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert not list(cli.home.rglob("crash-*"))
