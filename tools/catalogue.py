"""The catalogues of src/posturewatch/locale: ``python tools/catalogue.py update|compile|check|template``.

``update``    collects the texts anew and merges them into each language; what is new stands there untranslated.
``compile``   writes the .mo files that the program reads.
``check``     says what is missing, wrong or out of date; exit code 1 where anything is.
``template``  prints every text as a .pot, for those whose programs want one. Nothing here reads it.

How to translate stands in docs/translating.md. Needs Babel (part of the ``dev`` extra).
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from string import Formatter
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

from posturewatch.base import settings
from posturewatch.base.i18n import DOMAIN, LANGUAGES, SOURCE_LANGUAGE
from posturewatch.exchange import check_table, csv_tables

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = ROOT / "src" / "posturewatch"
LOCALE: Final = SOURCE / "locale"
TRANSLATED: Final = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
"""English has no catalogue: it says what the source says."""
_PASSING: Final = re.compile(
    rb'"(Project-Id-Version|POT-Creation-Date|PO-Revision-Date|Last-Translator|Language-Team|Generated-By'
    rb"|Report-Msgid-Bugs-To)[^\n]*\n"
)
"""Lines of a catalogue's head that would change without a text changing."""

CLICK: Final[tuple[str | tuple[str, str], ...]] = (
    "Aborted!",
    "Choose from:\n\t{choices}",
    "Commands",
    "Did you mean {possibility}?",
    ("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    "Error: The two entered values do not match.",
    "Error: invalid input",
    "Error: {message}",
    ("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    "Invalid value for {param_hint}: {message}",
    "Invalid value: {message}",
    "Missing argument",
    "Missing command.",
    "Missing option",
    "No such command {name!r}.",
    "No such option {name!r}.",
    "Option {name!r} does not take a value.",
    (
        "Option {name!r} requires an argument.",
        "Option {name!r} requires {nargs} arguments.",
    ),
    "Options",
    "Positional arguments",
    "Repeat for confirmation",
    "Show the version and exit.",
    "Show this message and exit.",
    "Try '{command} {option}' for help.",
    "Usage:",
    "default: {default}",
    "directory",
    "file",
    "path",
    "{name} {filename!r} does not exist.",
    "{name} {filename!r} is a directory.",
    "{name} {filename!r} is a file.",
    "{name} {filename!r} is not readable.",
    "{name} {filename!r} is not writable.",
    ("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    "{value!r} is not a valid {number_type}.",
    "{value} is not in the range {range}.",
)
"""What the command line's library says to our users; it asks gettext as well (see i18n.lend_to_libraries)."""


ARGUMENTS: Final = {"DAY", "FILE", "FILES", "FOLDER", "FOR", "FROM", "GROUP", "KEY", "NAME", "NUMBER"} | {
    *("OTHER", "OUT", "PATIENT", "SOURCE", "TO", "TOTAL", "VALUE", "WHEN"),
}
"""How a usage line calls what stands behind a command; the same in every language."""


def main(words: list[str]) -> int:
    """Do what the one word on the command line asks for."""
    works: dict[str, Callable[[], int]]
    works = {"update": update, "compile": compile_all, "check": check, "template": template}
    if len(words) != 1 or words[0] not in works:
        sys.stderr.write(f"{__doc__}")
        return 2
    return works[words[0]]()


def update() -> int:
    """Collect the texts anew, merge them into each language, compile."""
    texts = collect()
    for language in TRANSLATED:
        catalogue = read(language) if po_path(language).exists() else Catalog(locale=language, domain=DOMAIN)
        catalogue.update(deepcopy(texts), no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        describe(catalogue)
        po_path(language).parent.mkdir(parents=True, exist_ok=True)
        po_path(language).write_bytes(written(catalogue))
    return compile_all()


def compile_all() -> int:
    """Write each language's .mo."""
    for language in TRANSLATED:
        mo_path(language).write_bytes(compiled(read(language)))
    return 0


def check() -> int:
    """Say what is missing, wrong or out of date."""
    found = list(problems())
    sys.stdout.writelines(f"{one}\n" for one in found)
    return 1 if found else 0


def template() -> int:
    """Print every text as a .pot."""
    sys.stdout.buffer.write(written(collect()))
    return 0


def problems() -> Iterator[str]:
    """One line for each thing that is not as it should be, in all catalogues."""
    texts = collect()
    for language in TRANSLATED:
        catalogue = read(language)
        yield from (f"{language}: {shown(key)} is not in the catalogue" for key in keys(texts) - keys(catalogue))
        yield from (f"{language}: {shown(key)} is no longer used" for key in keys(catalogue) - keys(texts))
        for message in catalogue:
            if message.id:
                yield from (f"{language}: {shown(identity(message))}: {what}" for what in faults(message, catalogue))
        if not mo_path(language).exists() or held(mo_path(language).read_bytes()) != held(compiled(catalogue)):
            yield f"{language}: the .mo is not the compiled .po: run compile"


def faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one translation."""
    if message.fuzzy:
        yield "is fuzzy"
    plural = isinstance(message.id, tuple)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    if plural and len(strings) != catalogue.num_plurals:
        yield f"has {len(strings)} plural forms, not {catalogue.num_plurals}"
    ids = message.id if plural else (message.id,)
    for index, text in enumerate(strings):
        if not text:
            yield "is not translated"
            continue
        # A language with one form says the plural.
        original = ids[-1] if catalogue.num_plurals == 1 else ids[min(index, len(ids) - 1)]
        wanted, given = fields(original), fields(text)
        # A singular may say "one day" in place of "{n} day".
        if wanted != given and not (plural and index == 0 and wanted - given <= {"n"} and given <= wanted):
            yield f"has the placeholders {sorted(given)}, not {sorted(wanted)}"
        if lost := typed(original) - typed(text):
            yield f"lacks {sorted(lost)}, which are typed as they are or stand in a usage line"
        if edges(original) != edges(text):
            yield "begins or ends with other white space"


def collect() -> Catalog:
    """Every text that is looked up: calls in the source, the settings' descriptions, the tables' columns, click's."""
    texts = Catalog(domain=DOMAIN, charset="utf-8")
    for ids in CLICK:
        texts.add(ids, locations=[("click", None)])
    for path in sorted(SOURCE.rglob("*.py")):
        where = path.relative_to(ROOT).as_posix()
        for ids in called(ast.parse(path.read_text(encoding="utf-8"))):
            texts.add(ids, locations=[(where, None)])
    for where, ids in described():
        texts.add(ids, locations=[(where, None)])
    describe(texts)
    return texts


def called(tree: ast.Module) -> Iterator[str | tuple[str, str]]:
    """Texts of the calls in a module, in their order. Reads the tree and not the tokens, as Babel does:
    before Python 3.12 a call inside an f-string is no token of its own."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name))
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        match call.func.id, words:
            case "_", [text]:
                yield text
            case "ngettext", [singular, plural]:
                yield singular, plural


def described() -> Iterator[tuple[str, str]]:
    """Texts that are looked up through a variable: settings' descriptions and examples, and columns' meanings."""
    sections = [field.annotation for field in settings.Settings.model_fields.values()]
    for model in (settings.Settings, *sections, settings.Exercise):
        for field in model.model_fields.values():
            texts = [field.description, *(field.examples or ())]
            yield from (("src/posturewatch/base/settings.py", text) for text in texts if isinstance(text, str))
    tables = (
        csv_tables.MINUTES,
        csv_tables.EVENTS,
        csv_tables.DIARY,
        csv_tables.CALIBRATIONS,
        check_table.CHECKS,
        csv_tables.DAYS,
    )
    for columns in tables:
        yield from (("src/posturewatch/exchange/csv_tables.py", column.meaning) for column in columns)


def describe(catalogue: Catalog) -> None:
    """The same head in each file, without dates: a date would change with every run."""
    catalogue.project = DOMAIN
    catalogue.fuzzy = False
    catalogue.header_comment = f"# Texts of {DOMAIN}. How to translate: docs/translating.md"


def read(language: str) -> Catalog:
    """A language's .po."""
    with po_path(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def written(catalogue: Catalog) -> bytes:
    """A catalogue as text, in the source's order, with the file of each text but no line."""
    made = io.BytesIO()
    write_po(made, catalogue, width=110, include_lineno=False, sort_by_file=True)
    return _PASSING.sub(b"", made.getvalue())


def compiled(catalogue: Catalog) -> bytes:
    """The .mo's bytes. The head's dates are fixed, so that the same texts give the same bytes."""
    catalogue.creation_date = catalogue.revision_date = datetime(2000, 1, 1, tzinfo=UTC)
    made = io.BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def held(compiled_bytes: bytes) -> dict[tuple[str, str], str | tuple[str, ...]]:
    """What a .mo says, without its head, which names the version of Babel."""
    return {identity(message): message.string for message in read_mo(io.BytesIO(compiled_bytes)) if message.id}


def po_path(language: str) -> Path:
    """Where a language's texts are."""
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def mo_path(language: str) -> Path:
    """Where the program finds them."""
    return po_path(language).with_suffix(".mo")


def identity(message: Message) -> tuple[str, str]:
    """Context and original; the singular stands for a plural."""
    return message.context or "", message.id if isinstance(message.id, str) else message.id[0]


def keys(messages: Iterable[Message]) -> set[tuple[str, str]]:
    """What each message is found by."""
    return {identity(message) for message in messages if message.id}


def shown(key: tuple[str, str]) -> str:
    """A message for a line of the terminal."""
    return repr(key[1] if len(key[1]) <= 60 else f"{key[1][:57]}...")


def fields(text: str) -> set[str]:
    """The placeholders of a text, with conversion and format."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return {"(braces that do not match)"}
    return {f"{name}!{how}:{form}" for _before, name, form, how in parts if name is not None}


def typed(text: str) -> set[str]:
    """What the command line knows a text by: commands in backquotes, and the names of its arguments."""
    return {*re.findall(r"`[^`]+`", text), *(ARGUMENTS & set(re.findall(r"\b[A-Z]+\b", text, re.ASCII)))}


def edges(text: str) -> tuple[str, str]:
    """White space before and after."""
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
