"""docs/command_line.md and the program say the same: exit codes, fields of each --json, errors as JSON."""

from __future__ import annotations

import ast
import inspect
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from posturewatch.base import errors
from posturewatch.base.folding import folded, wide
from posturewatch.base.records import Snapshot
from posturewatch.cli.columns import prose
from posturewatch.cli.commands import build
from posturewatch.cli.failures import INTERRUPTED
from posturewatch.offline.measure import COLUMNS

from .run_cli import Cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "command_line.md").read_text(encoding="utf-8")


def documented() -> dict[str, str]:
    """What the page says of each command's fields."""
    table = PAGE.partition("## Fields")[2]
    return {match[1]: match[2] for match in re.finditer(r"^\| `([a-z -]+)` \| (.*) \|$", table, re.MULTILINE)}


def names(says: str) -> set[str]:
    """The fields in a cell of the table, of the plain call."""
    if says.startswith(("as `diary add`", "a list of the same")):
        return names(documented()["diary add"])
    if says.startswith("as `autostart status`"):
        return names(documented()["autostart status"])
    plain = re.sub(r"\([^)]*\)", "", says.partition(";")[0])
    return set(re.findall(r"`([a-z0-9_]+)`", plain))


def commands(group: click.Group, above: str = "") -> Iterator[tuple[str, click.Command]]:
    """Every command by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from commands(command, f"{above}{name} ")
        else:
            yield f"{above}{name}", command


JSON = {
    words: command
    for words, command in commands(build())
    if any(parameter.name == "as_json" for parameter in command.params)
}


def test_every_command_with_json_is_on_the_page_and_no_other() -> None:
    """A new command needs its row."""
    assert set(documented()) == set(JSON)


@pytest.mark.parametrize(
    "words",
    [
        ("safety",),
        ("config", "path"),
        ("config", "check"),
        ("autostart", "status"),
        ("doctor", "--no-camera"),
        ("diary", "add", "--worst", "3"),
        ("diary", "list"),
        ("diary", "score", "NDI", "12"),
        ("log",),
        ("report", "--html", "r.html"),
    ],
    ids=" ".join,
)
def test_the_fields_are_those_of_the_page(cli: Cli, words: tuple[str, ...]) -> None:
    """Run, and compared with the page."""
    if words[0] in {"log", "report"} or words[:2] == ("diary", "list"):
        cli.run("diary", "none")
    answer = cli.run(*words, "--json", code=None).json
    one = answer[0] if isinstance(answer, list) else answer
    command = " ".join(words[:2]) if words[0] in {"config", "diary", "autostart"} else words[0]
    assert set(one) == names(documented()[command])


@pytest.mark.parametrize("words", ["calibrate", "measure", "replay", "demo", "review", "forget", "pause", "profile"])
def test_the_fields_that_need_a_camera_or_a_running_app_stand_in_the_source(words: str) -> None:
    """Each documented name is a key of what the command prints."""
    callback = JSON[words].callback
    assert callback is not None
    tree = ast.parse(inspect.getsource(inspect.unwrap(callback)))
    keys = {
        key.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant)
    }
    assert names(documented()[words]) <= keys


def test_the_fields_of_status_are_those_of_the_snapshot() -> None:
    """All of them."""
    assert names(documented()["status"]) == {field.name for field in fields(Snapshot)}


def test_every_exit_code_is_on_the_page_in_the_readme_and_in_the_help() -> None:
    """And no other."""
    kinds = [kind for kind in vars(errors).values() if inspect.isclass(kind)]
    codes = {kind.exit_code for kind in kinds if issubclass(kind, errors.PosturewatchError)} | {0, 1, 2, INTERRUPTED}
    table = PAGE.partition("## Exit codes")[2].partition("## Errors")[0]
    assert {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)} == codes
    told = re.search(r"Exit codes: (.*?130)", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert told is not None
    assert {int(code) for code in re.findall(r"\b\d+\b", told[1])} == codes
    epilog = build().epilog or ""
    assert {int(code) for code in re.findall(r"\b\d+\b", epilog)} == codes


def test_the_columns_of_measure_are_on_the_page() -> None:
    """All of them, in their order."""
    told = re.search(r"a row for each frame: `([^`]+)`", PAGE)
    assert told is not None
    assert re.split(r",\s+", told[1]) == list(COLUMNS)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (("status", "--json"), 8, "not running"),
        (("log", "--date", "whenever", "--json"), 2, "no date"),
        (("log", "wek", "--json"), 2, "Did you mean week?"),
        (("lgo", "--json"), 2, "Did you mean log?"),
        (("report", "--json"), 7, "no journal"),
        (("calibrate", "--json", "--source", "/nowhere.mp4"), 4, ""),
    ],
)
def test_an_error_under_json_is_json(cli: Cli, words: tuple[str, ...], code: int, says: str) -> None:
    """Message, hint and the exit code, and nothing else on either stream that a program would trip over."""
    error = cli.run(*words, code=code).json["error"]
    assert set(error) == {"message", "hint", "exit_code"}
    assert error["exit_code"] == code
    assert says in error["message"]


@pytest.mark.parametrize("words", [("config", "shwo"), ("config", "show", "--jsn"), ("log", "wek"), ("statsu",)])
def test_an_unknown_word_is_guessed_in_the_language_of_the_user(cli: Cli, words: tuple[str, ...]) -> None:
    """Commands, commands below them, options and words to choose from."""
    cli.run("config", "set", "user.language", "de")
    said = cli.run(*words, code=2).err
    assert "Meinten Sie" in said
    assert "No such" not in said


@pytest.mark.parametrize("words", ["config show", "--help", "log --help", "config path"])
@pytest.mark.unix_only("a pipe of a Unix shell")
def test_a_reader_that_goes_early_is_no_error(cli: Cli, words: str) -> None:
    """``| head -1`` and ``| true`` end with 0 and without a word."""
    script = f"{shlex.quote(sys.executable)} -m posturewatch {words} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", script],  # noqa: S607
        env=cli.environment(),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_text_keeps_to_the_terminal(columns: int, language: str) -> None:
    """Words stay whole, wide signs count twice, and nothing is lost."""
    text = {
        "en": "Measured 3 h 20 min · away 45 min · cannot tell 12 min · camera off 1 h 05 min and_a_word_" + "x" * 90,
        "ja": "計測した時間は3時間20分、離席は45分、判定できない時間は12分、カメラがオフの時間は1時間05分です。",
    }[language]
    lines = prose(text, columns)
    assert max(map(wide, lines)) < columns
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(wide(line) < columns for line in folded(text, columns - 1, indent=8))


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
def test_when_to_seek_help_keeps_to_the_terminal(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, columns: int, language: str
) -> None:
    """Read by somebody in a hurry, in whichever language: no line is broken by the terminal."""
    monkeypatch.setenv("COLUMNS", str(columns))
    cli.run("config", "set", "user.language", language)
    out = cli.run("safety").out
    assert max(map(wide, out.splitlines())) < columns


EVERY_HELP = """
import json, sys
from posturewatch.base.i18n import set_language
set_language(sys.argv[1])
import click
from cli.test_documented import commands
from posturewatch.base.folding import wide
from posturewatch.cli.commands import build
root, columns = build(), int(sys.argv[2])
pages = {name: command.get_help(click.Context(command, info_name=name)) for name, command in commands(root)}
pages[""] = root.get_help(click.Context(root, info_name="posturewatch"))
print(json.dumps({name: [line for line in page.splitlines() if wide(line) > columns] for name, page in pages.items()}))
"""


@pytest.mark.parametrize("columns", [40, 60, 80])
@pytest.mark.parametrize("language", ["en", "de", "es", "ja"])
def test_help_keeps_to_the_terminal(cli: Cli, columns: int, language: str) -> None:
    """Of every command, in every language; in a process of its own, since words are taken as a command is imported."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY_HELP, language, str(columns)],
        env=cli.environment() | {"COLUMNS": str(columns), "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=120,
    )
    pages = json.loads(done.stdout)
    assert len(pages) > 50
    assert {name: lines for name, lines in pages.items() if lines} == {}


def test_the_program_s_own_help_is_in_the_user_s_language(cli: Cli) -> None:
    """Also the words of modules that are imported before the language is known."""
    done = subprocess.run(
        [sys.executable, "-m", "posturewatch", "break", "--help"],
        env=cli.environment() | {"LANGUAGE": "de", "LANG": "de_DE.UTF-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert "Print JSON" not in done.stdout
    assert "JSON" in done.stdout


@pytest.mark.parametrize("columns", [46, 60, 80, 200])
@pytest.mark.parametrize("span", ["day", "week"])
def test_the_log_keeps_to_the_terminal(cli: Cli, columns: int, span: str) -> None:
    """However narrow the window is, within reason."""
    cli.run("diary", "none")
    done = subprocess.run(
        [sys.executable, "-m", "posturewatch", "log", span],
        env=cli.environment() | {"COLUMNS": str(columns)},
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    assert max(map(wide, done.stdout.splitlines())) < max(columns, 57 if span == "week" else 0)
