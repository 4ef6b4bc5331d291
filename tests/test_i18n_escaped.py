"""No text that a person reads stands in the source outside of gettext."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

import posturewatch

ROOT = Path(posturewatch.__file__).parent

GETTEXT = {"_", "ngettext"}
LOOKED_UP_LATER = {"Column", "_column", "_minutes", "_inches", "_count", "_number_column", "_place", "_seconds"}
"""Tables' columns: their meaning is looked up when the dictionary is written (tools/catalogue.py collects it)."""

LOGGING = {"debug", "info", "warning", "error", "exception", "log"}
"""The log file is for whoever mends the program; it stays in English."""

SAYS = {"echo", "style", "confirm", "prompt", "secho", "title", "label", "button", "Finding", "MenuItem", "Reminder"}
"""Calls whose literals a person reads, even where they are one word."""

SAYING_KEYWORDS = {"help", "short_help", "epilog", "text", "label", "title", "body", "heading", "prompt", "message"}

SLIPS = {"ValueError", "TypeError", "KeyError", "RuntimeError", "WireError", "BrokenPipeError"}
"""Errors of Python's own kinds, and of our wire: they tell of a slip in the program, and end at an edge."""

PHRASE = re.compile(r"[^\W\d_]{2,}[,;:.!?…]* +[^\W\d_]{2,}")
"""Two words with a space between them: what no name, key, path or format has."""

WORD = re.compile(r"[^\W\d_]{3,}")


class Allowed(NamedTuple):
    """Phrases of a file that need no translation, and why."""

    file: str
    phrase: str
    reason: str


SQL = "a question to the database"

ALLOWED = (
    Allowed(r"journal/.*", r"^\s*(SELECT|INSERT|DELETE|CREATE|DROP|PRAGMA|BEGIN|at_ms|minute|id\b| )", SQL),
    Allowed(r"journal/.*", r"\boutcome = |\bkind = |^ALTER TABLE", SQL),
    Allowed(
        r"exchange/(check_table|csv_tables|day_columns|load_columns)\.py",
        r".",
        "meanings of columns, looked up when written",
    ),
    Allowed(r"practice/\w+\.py", r"SELECT|PRAGMA|^SET |DROP |CREATE |^ AS |IF EXISTS|hive_|CASE weeks|END AS", SQL),
    Allowed(r"practice/page_server\.py", r"^text/html|no-store|^posturewatch$", "HTTP"),
    Allowed(r"practice/worklist_page\.py", r"<|unsafe-inline|^(small soft|scroll stacks)$", "HTML, CSS"),
    Allowed(r"cli/practice\.py", r"^\.ndjson", "the ending of a file's name"),
    Allowed(r"exchange/csv_cells\.py", r"\.$", "meanings of columns, looked up when written"),
    Allowed(r"exchange/signing\.py", r"^\nACHE BUM", "words of RFC 1751, English by that standard"),
    Allowed(r"exchange/fhir/.*", r".", "the FHIR profile is published in English, its displays with it"),
    Allowed(
        r"report/(html/.*|pdf/text)\.py",
        r"<|unsafe-inline|^[a-z]+ (soft|screen|stacks)$",
        "HTML, CSS, SVG",
    ),
    Allowed(r"report/pdf/system_fonts\.py", r"\.ttf$", "a file's name"),
    Allowed(r"report/pdf/tags\.py", r"^/Artifact BMC$", "an operator of PDF"),
    Allowed(r"desktop/autostart\.py", r"^\[Desktop Entry\]$", "a file format's own words"),
    Allowed(r"desktop/autostart\.py", r"^systemctl --user status $", "a command to type"),
    Allowed(r"desktop/app_menu\.py", r"^\$link|^Start Menu$", "lines of a PowerShell script, a folder of Windows"),
    Allowed(r"desktop/notify/backends\.py", r"on run argv|display notification|end run", "AppleScript"),
    Allowed(r"desktop/presence/.*", r"^(session bus|gnome banners|give the camera back|Peak detect)$", "for programs"),
    Allowed(r"config/read\.py", r"at line|^(Cannot|Duplicate) ", "what tomllib writes"),
    Allowed(r"(app/draft_plan|app/plan_form|base/plan)\.py", r"^before the visit$", "a value in a plan's file"),
    Allowed(r"base/(child|framing)\.py", r".", "a slip between our own processes, told by the room that hears of it"),
    Allowed(r"core/reminding/breaks/clock\.py", r"no way from", "a slip of the program"),
    Allowed(r"app/main\.py", r"the loop was ended by %s", "a line of the log file"),
    Allowed(r"app/window_owner\.py", r"not on the screen in time", "a line of the log file"),
    Allowed(r".*", r"^(sudo|brew|winget|pip|posturewatch|chmod) |-m pip ", "a command to be copied"),
    Allowed(r".*", r"^(, )?posturewatch $|^(Python|opencv|mediapipe|posturewatch)$", "a name"),
    Allowed(r".*", r"^(note|warning|error)$", "the level of a check"),
    Allowed(r".*", r"^\w+\.T[A-Z]\w+$", "a style of Tk"),
    Allowed(r"app/main\.py", r"^end$", "the key by which one notification replaces another"),
    Allowed(r"app/failed_start\.py", r"^start$", "the key by which one notification replaces another"),
    Allowed(r"sensor/native\.py", r"^(DLL load failed|Could not find module)$", "what Windows' loader writes"),
    Allowed(r"app/menu\.py", r"^(headache|none)$", "a word of a command"),
    Allowed(r".*", r"^dict\[str, Any\]$", "a type"),
)


@cache
def modules() -> dict[str, ast.Module]:
    """Path below the package -> its tree."""
    paths = sorted(ROOT.rglob("*.py"))
    return {path.relative_to(ROOT).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def docstrings(tree: ast.AST) -> set[int]:
    """Identities of the constants that stand as statements: docstrings, here also of names."""
    return {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def called(node: ast.Call) -> str:
    """The last name of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def looked_after(tree: ast.AST) -> set[int]:
    """Identities of constants that need no look: in gettext, in the log, collected by the tool, of a slip of ours."""
    kept = docstrings(tree)
    for node in ast.walk(tree):
        parts: list[ast.AST] = []
        if isinstance(node, ast.Call):
            if called(node) in GETTEXT | LOGGING | LOOKED_UP_LATER:
                parts.append(node)
            if called(node) == "Field":
                parts += [key.value for key in node.keywords if key.arg in {"description", "examples"}]
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and called(node.exc) in SLIPS:
            parts.append(node)
        kept |= {id(part) for root in parts for part in ast.walk(root)}
    return kept


def literals(node: ast.expr) -> list[ast.Constant]:
    """The strings that an argument is made of: itself, or an f-string's fixed parts."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return [part for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def phrases(tree: ast.AST) -> list[ast.Constant]:
    """Strings of two words or more, wherever they stand."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node for node in found if PHRASE.search(node.value)]


def shown(tree: ast.AST) -> list[ast.Constant]:
    """Strings with a word in them that stand where a person reads: in what is echoed, titles, labels, helps."""
    found: list[ast.Constant] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            said = [*node.args] if called(node) in SAYS else []
            said += [key.value for key in node.keywords if key.arg in SAYING_KEYWORDS]
            found += [one for each in said for one in literals(each)]
    return [node for node in found if WORD.search(node.value)]


def escaped(tree: ast.AST, file: str) -> list[str]:
    """What a person would read in English whatever the language."""
    kept = looked_after(tree)
    allowed = [each.phrase for each in ALLOWED if re.fullmatch(each.file, file)]
    found = {id(node): node for node in [*phrases(tree), *shown(tree)] if id(node) not in kept}
    return [
        f"{file}:{node.lineno}: {node.value!r}"
        for node in found.values()
        if not any(re.search(phrase, node.value) for phrase in allowed)
    ]


def test_no_text_escaped() -> None:
    """Every phrase in the source goes through gettext, or stands in the table above with its reason."""
    assert [one for file, tree in modules().items() for one in escaped(tree, file)] == []


@pytest.mark.parametrize(
    "line",
    [
        'click.echo("Two words")', 'click.echo("Done")', 'button(frame, text="Save")', 'Reminder(title="Stop")',
        'raise ConfigError("It is not there.")', 'words = ["Something to read"]', 'click.echo(f"{n} minutes left")',
        'click.option("--x", help="Off")', 'label(frame, "Hello")', 'Finding("camera", "ok", "")',
    ],
)  # fmt: skip
def test_the_scan_finds_a_text_that_escaped(line: str) -> None:
    """Each way in which a text has escaped, or might, is seen."""
    assert escaped(ast.parse(line), "cli/anything.py")


@pytest.mark.parametrize(
    "line", ['click.echo(_("Two words"))', 'button(frame, text=_("Save"))', '_log.warning("two words")', '"Two words."']
)
def test_the_scan_lets_the_rest_be(line: str) -> None:
    """Texts in gettext, lines of the log and docstrings are no escape."""
    assert escaped(ast.parse(line), "cli/anything.py") == []


def test_each_permission_is_used() -> None:
    """No entry of the table outlives what it was for."""
    unused = list(ALLOWED)
    for file, tree in modules().items():
        texts = [node.value for node in [*phrases(tree), *shown(tree)]]
        unused = [
            each
            for each in unused
            if not (re.fullmatch(each.file, file) and any(re.search(each.phrase, text) for text in texts))
        ]
    assert unused == []
