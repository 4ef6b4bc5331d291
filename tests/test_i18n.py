"""The catalogues are whole, and what the program says is in the language that was asked for."""

from __future__ import annotations

import importlib.util
import io
import os
import plistlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from english import left_in, originals
from fakes import MONDAY_NINE
from posturewatch.app.menu import menu_for
from posturewatch.base import i18n, wording
from posturewatch.base.loop_commands import MenuItem
from posturewatch.base.records import Action, Load, Reason, Snapshot, State, Today
from posturewatch.config.write import template
from posturewatch.core.reminding.breaks import words as break_words
from posturewatch.core.reminding.exercises import builtin
from posturewatch.desktop.autostart import desktop_entry
from posturewatch.desktop.notify.text import action_words
from posturewatch.exchange.csv_tables import data_dictionary
from posturewatch.report.now_in_words import status_line, tooltip

ROOT = Path(__file__).parent.parent
OTHERS = tuple(language for language in i18n.LANGUAGES if language != "en")

SNAPSHOT = Snapshot(
    MONDAY_NINE, State.FORWARD, None, 1.24, 0.31, Load(23.4, 3.3, "rule"), "desk", ("desk", "laptop"),
    next_break_s=610, today=Today(band_min=(120, 50, 28, 2)),
)  # fmt: skip

HELP = """
import click
from posturewatch.cli.commands import build
from posturewatch.base.i18n import lend_to_libraries, set_language

def tell(command, context):
    print(command.get_help(context))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            under = command.get_command(context, name)
            tell(under, click.Context(under, info_name=name, parent=context))

set_language("auto")
lend_to_libraries()
root = build()
tell(root, click.Context(root, info_name="posturewatch"))
"""


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.set_language("en")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/catalogue.py."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "tools" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_catalogues_are_whole(tool: ModuleType) -> None:
    """Every text is in every language, with its placeholders and plural forms, and the .mo is the compiled .po."""
    assert list(tool.problems()) == []


def test_the_check_finds_what_is_wrong(tool: ModuleType) -> None:
    """Nothing said, another placeholder, a lost plural, white space and doubt are seen."""
    catalogue = tool.Catalog(locale="de")
    wrong = {"A {time}": ("", "not translated"), "B {time}": ("B {zeit}", "placeholders"), "C": (" C", "white space")}
    for text, (said, what) in wrong.items():
        catalogue.add(text, said)
        assert [what in fault for fault in tool.faults(catalogue[text], catalogue)] == [True]
    catalogue.add(("{n} day", "{n} days"), ("{n} Tag",))
    assert any("plural forms" in fault for fault in tool.faults(catalogue["{n} day"], catalogue))
    catalogue.add("Stop", "Halt", flags=["fuzzy"])
    assert list(tool.faults(catalogue["Stop"], catalogue)) == ["is fuzzy"]
    catalogue.add("{n} Go", "{n} Los")
    assert list(tool.faults(catalogue["{n} Go"], catalogue)) == []


def test_english_is_what_the_source_says() -> None:
    """It has no catalogue; a look-up gives the source's text, whatever language was in use before."""
    assert sorted(path.name for path in (Path(i18n.__file__).parents[1] / "locale").iterdir()) == sorted(OTHERS)
    i18n.set_language("de")
    assert i18n._("Resume") != "Resume"
    i18n.set_language("en")
    assert i18n._("Resume") == "Resume"
    assert [i18n.ngettext("{n} day", "{n} days", n) for n in (1, 2)] == ["{n} day", "{n} days"]


def test_the_template_holds_every_text(tool: ModuleType) -> None:
    """It is printed on demand; a program for translators finds in it what the catalogues are checked against."""
    made = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "catalogue.py"), "template"], capture_output=True, check=True, timeout=100
    )
    assert tool.keys(tool.read_po(io.BytesIO(made.stdout))) == tool.keys(tool.collect())


@pytest.mark.parametrize("language", OTHERS)
def test_the_search_for_english_finds_it(language: str) -> None:
    """The rule that the tests below lean on is not blind."""
    assert len(originals(language)) > 700
    assert left_in("Ja: I see more\n than one person.", language) == ["I see more than one person."]


@pytest.mark.parametrize("language", OTHERS)
def test_what_the_tray_says_is_in_the_language(language: str) -> None:
    """States, reasons, menu, tooltip and status, in the moments that there are."""
    i18n.set_language(language)
    moments = [
        SNAPSHOT,
        replace(SNAPSHOT, state=State.UPRIGHT, break_now=True, recalibrate=True, next_break_s=30),
        replace(SNAPSHOT, paused=True, fht_in=None, state=State.UNRELIABLE, reason=Reason.PAUSED),
        replace(SNAPSHOT, paused=True, paused_until=MONDAY_NINE + timedelta(days=2)),
        *(replace(SNAPSHOT, state=State.UNRELIABLE, reason=reason, fht_in=None) for reason in Reason),
        *(replace(SNAPSHOT, state=state) for state in State),
    ]
    said = [line for now in moments for line in (tooltip(now), status_line(now, "cm"), *_menu(menu_for(now)))]
    assert left_in("\n".join(said), language) == []


def _menu(items: tuple[MenuItem, ...]) -> list[str]:
    return [line for item in items for line in (item.text, *_menu(item.children))]


@pytest.mark.parametrize("language", OTHERS)
def test_what_a_break_says_is_in_the_language(language: str) -> None:
    """Notices, breaks, exercises, buttons, safety and help."""
    i18n.set_language(language)
    actions = tuple(Action)
    reminders = [break_words.notice_reminder(10, 180, long=long, actions=actions) for long in (False, True)] + [
        break_words.break_reminder(45, long=long, actions=actions, exercise=None, muted=None) for long in (False, True)
    ]
    said = [text for each in (*reminders, break_words.sitting_reminder(9000)) for text in (each.title, each.body)]
    said += [text for each in builtin() for text in (each.name, each.text, each.dose)]
    said += [action_words(action) for action in actions]
    said += [wording.footer(), wording.exercise_safety(), wording.seek_help_title(), *wording.seek_help()]
    said += [wording.privacy_words()]
    assert left_in("\n".join(said), language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_files_that_a_person_opens_are_in_the_language(language: str) -> None:
    """The settings' file, the columns' dictionary, the entry that starts the program."""
    i18n.set_language(language)
    said = "\n".join((template(), data_dictionary(), desktop_entry(("posturewatch",))))
    said = said.replace("\n# ", " ")
    assert left_in(said, language) == []


@pytest.mark.parametrize("language", OTHERS)
def test_every_help_of_the_command_line_is_in_the_language(language: str) -> None:
    """Each command with its options, and the words of the library that prints them."""
    said = _python(language, "-c", HELP)
    assert len(said) > 5000
    assert left_in(said, language) == []


@pytest.mark.parametrize(("language", "word"), [("de", "Fehler"), ("es", "Error"), ("ja", "エラー")])
def test_a_mistake_on_the_command_line_is_told_in_the_language(language: str, word: str, tmp_path: Path) -> None:
    """The library's own messages too; the language of the settings file goes before the environment's."""
    settings = tmp_path / "config" / "config.toml"
    settings.parent.mkdir()
    settings.write_text(f'[user]\nlanguage = "{language}"\n', encoding="utf-8")
    said = _python("en", "-m", "posturewatch", "log", "--nonsense", home=tmp_path)
    assert word in said
    assert left_in(said, language) == []


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("words", [("safety",), ("status",), ("config", "show"), ("profile", "nowhere")])
def test_commands_answer_in_the_language(language: str, words: tuple[str, ...], tmp_path: Path) -> None:
    """What is printed, with and without success."""
    said = _python(language, "-m", "posturewatch", *words, home=tmp_path)
    assert said.strip()
    assert left_in(said, language) == []


def _python(language: str, *words: str, home: Path | None = None) -> str:
    """What a process of Python prints on both its streams."""
    asked = {"LANGUAGE": language, "PYTHONUTF8": "1", "POSTUREWATCH_HOME": str(home or Path("nowhere").absolute())}
    ended = subprocess.run(
        [sys.executable, *words],
        env=os.environ | asked,
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.stdout + ended.stderr


def test_auto_means_what_the_environment_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """LANGUAGE goes before LANG; a language that we have not is passed over; else English."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "ja_JP.UTF-8")
    monkeypatch.setenv("LANGUAGE", "fr:de_AT")
    assert i18n.set_language("auto") == "de"
    assert i18n.ngettext("{n} day", "{n} days", 2) == "{n} Tage"
    monkeypatch.delenv("LANGUAGE")
    assert i18n.set_language() == "ja"
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")
    assert i18n.preferred_language() in i18n.LANGUAGES
    assert i18n.set_language("es") == i18n.current_language() == "es"
    assert i18n._("Not a text of ours") == "Not a text of ours"


@pytest.mark.parametrize(
    ("language_id", "tag"), [(0x407, "de_DE"), (0x80A, "es_MX"), (0x411, "ja_JP"), (0x5C0A, "es"), (0xFFFF, "")]
)
def test_windows_names_its_language(language_id: int, tag: str) -> None:
    """A number of Windows becomes a tag, also for a dialect that Python has not heard of."""
    assert i18n.windows_tag(language_id)[: len(tag)] == tag


def test_macos_names_its_languages(tmp_path: Path) -> None:
    """The list of the settings in its order; a file that is absent or damaged names none."""
    path = tmp_path / "preferences.plist"
    assert i18n.mac_tags(str(path)) == []
    path.write_bytes(plistlib.dumps({"AppleLanguages": ["fr-CH", "de-CH", 3]}))
    assert i18n.mac_tags(str(path)) == ["fr-CH", "de-CH"]
    path.write_bytes(plistlib.dumps({"AppleLanguages": "de"}))
    assert i18n.mac_tags(str(path)) == []
    for damage in (b"no list", b"<?xml version='1.0'?><plist><dict>"):
        path.write_bytes(damage)
        assert i18n.mac_tags(str(path)) == []


def test_auto_holds_after_libraries_have_our_language() -> None:
    """What is written into LANGUAGE for a library does not become the user's wish."""
    script = (
        "import os; from posturewatch.base import i18n; i18n.set_language('ja'); i18n.lend_to_libraries();"
        "import gettext; print(os.environ['LANGUAGE'], i18n.set_language('auto'), gettext.gettext('Usage:'))"
    )
    assert _python("de", "-c", script).split() == ["ja", "de", "使い方:"]
