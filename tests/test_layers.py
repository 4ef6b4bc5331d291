"""ARCHITECTURE.md, held: who may import whom is read from its table, and each danger has one door."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import posturewatch

ROOT = Path(posturewatch.__file__).parent
PAGE = (Path(__file__).parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")

MOST_ARROWS = 76
"""Pairs of rooms of which one imports the other. A new one is a decision: put it into the table, and this up."""

OUTSIDE = {"", "__main__", "native_threads"}
"""What stands in no room: the version, the door of ``python -m``, and what must be set before NumPy loads."""

CLOCKS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("time", "monotonic"),
    ("time", "monotonic_ns"),
    ("time", "perf_counter"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
}


def table() -> dict[str, set[str]]:
    """Room -> the rooms that it imports, in the order of the table."""
    head = "| package | what it does | imports |\n|---|---|---|\n"
    rows = PAGE.split(head)[1].split("\n\n")[0].splitlines()
    cells = [row.strip("|").split("|") for row in rows]
    dots = re.compile(r"`([\w/]+)`")
    return {
        name.strip(" `").replace("/", "."): {one.replace("/", ".") for one in dots.findall(used)}
        for name, _what, used in cells
    }


@cache
def modules() -> dict[str, ast.Module]:
    """Dotted name below the package -> its tree; a package has the name of its folder."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def packages() -> set[str]:
    """The names of all folders with modules in them."""
    return {".".join(path.parent.relative_to(ROOT).parts) for path in ROOT.rglob("__init__.py")}


def imports(name: str) -> Iterator[str]:
    """Absolute dotted names that a module imports, wherever in it the statement stands; of ours, whole modules."""
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            base = node.module or ""
            for alias in node.names:
                full = f"{base}.{alias.name}"
                yield full if full.removeprefix("posturewatch.") in modules() else base


@cache
def arrows() -> frozenset[tuple[str, str]]:
    """Which module of ours imports which."""
    return frozenset(
        (name, target.removeprefix("posturewatch").lstrip("."))
        for name in modules()
        for target in imports(name)
        if target.split(".")[0] == "posturewatch"
    )


def room(name: str) -> str:
    """The room in which a module stands."""
    found = [one for one in table() if name == one or name.startswith(f"{one}.")]
    assert found or name in OUTSIDE | {"core"}, f"{name} stands in no room of ARCHITECTURE.md"
    return found[0] if found else ""


def test_the_table_says_who_imports_whom() -> None:
    """Every import between rooms stands in the table, and nothing stands there that is not used."""
    seen: dict[str, set[str]] = {one: set() for one in table()}
    for here, there in arrows():
        if room(here) and room(there) and room(here) != room(there):
            seen[room(here)].add(room(there))
    assert seen == table()


def test_rooms_import_only_what_stands_above_them_in_the_table() -> None:
    """So no two rooms need one another."""
    order = list(table())
    assert [(one, used) for one in order for used in table()[one] if order.index(used) >= order.index(one)] == []


def test_there_are_few_arrows() -> None:
    """The count goes down or stays."""
    assert sum(len(used) for used in table().values()) <= MOST_ARROWS


def test_no_modules_import_one_another_in_a_circle() -> None:
    """Not inside a room either: whatever imports nothing of ours is taken away, again and again, until all are gone."""
    left: dict[str, set[str]] = defaultdict(set)
    for here, there in arrows():
        if here != there:
            left[here].add(there)
    names = set(modules())
    while free := {name for name in names if not left[name] & names}:
        names -= free
    assert names == set()


def test_a_room_is_entered_by_its_public_names() -> None:
    """Who is not in a package imports of it only what stands in its ``__all__``, and all of that is imported."""
    used: dict[str, set[str]] = defaultdict(set)
    for here, there in arrows():
        parts = there.split(".")
        for depth in range(1, len(parts)):
            package = ".".join(parts[:depth])
            if here != package and not here.startswith(f"{package}.") and there not in packages():
                used[package].add(parts[depth])
    said = {}
    for package in packages() - {"", "cli"}:
        body = modules()[package].body
        assert isinstance(body[0], ast.Expr), f"{package} does not say what it is for"
        assert len(body) == 2, f"importing {package} does something"
        assert isinstance(body[1], ast.Assign)
        said[package] = set(ast.literal_eval(body[1].value))
    assert said == {package: used[package] for package in said}


def test_a_prefix_that_three_files_share_is_a_folder() -> None:
    """``journal_read``, ``journal_rows`` and ``journal_schema`` side by side are a folder that was not made."""
    shared = Counter(
        (name.rpartition(".")[0], name.rpartition(".")[2].split("_")[0]) for name in modules() if name not in packages()
    )
    assert [pair for pair, count in shared.items() if count >= 3 and pair[1]] == []


def test_no_class_has_the_name_of_another() -> None:
    """A name is looked up once."""
    names = Counter(
        node.name for tree in modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in names.items() if count > 1] == []


def test_the_loop_knows_interfaces_only() -> None:
    """Of rooms with a door to the world it imports what their ``interface`` says."""
    wrong = [
        (here, there)
        for here, there in arrows()
        if room(here) == "loop"
        and room(there) in {"journal", "desktop", "sensor_client"}
        and not there.endswith(".interface")
    ]
    assert wrong == []


def test_only_the_sensor_names_the_camera_and_the_networks() -> None:
    """cv2 and mediapipe are imported under sensor/ alone: no picture can be in the process that writes files."""
    wrong = [
        name
        for name in modules()
        if room(name) != "sensor" and {target.split(".")[0] for target in imports(name)} & {"cv2", "mediapipe"}
    ]
    assert wrong == []


def test_nobody_reads_a_clock_but_the_clock() -> None:
    """Time is an argument everywhere; base/clock.py reads it, for the sensor too, which stamps its frames."""
    wrong = []
    for name, tree in modules().items():
        if name == "base.clock":
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
                owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
                if (owner, node.attr) in CLOCKS:
                    wrong.append(f"{name}:{node.lineno} reads {owner}.{node.attr}")
            if isinstance(node, ast.ImportFrom) and node.module == "time":
                wrong += [f"{name}:{node.lineno}" for alias in node.names if ("time", alias.name) in CLOCKS]
    assert wrong == []


def test_the_core_is_pure() -> None:
    """The core touches no file, process, thread, log or clock, nor do the records and interfaces it speaks in."""
    doors = {"os", "pathlib", "socket", "subprocess", "threading", "sqlite3", "logging", "shutil", "tempfile", "time"}
    spoken = {"base.records", "base.observation", "base.settings", "base.wording", "base.quantities"}
    spoken |= {"base.load", "base.loop_commands", "base.movement", "base.outside", "base.plan"}
    spoken |= {"base.setting_values", "base.zones"}
    wrong = [
        f"{name} imports {sorted(names)}"
        for name in modules()
        if (name.startswith("core") or name in spoken or name.endswith(".interface"))
        and (names := {target.split(".")[0] for target in imports(name)} & doors)
    ]
    assert wrong == []
    worldly = {there for here, there in arrows() if here.startswith("core") and room(there) == "base"}
    assert worldly <= spoken | {"base.errors", "base.i18n"}


FILE = re.compile(r"`([\w/.]+/\w+\.(?:py|md|toml))`")


def test_each_question_names_a_file() -> None:
    """At least forty of what a maintainer asks, each once, with the file that answers."""
    rows = re.findall(r"^\| (.+\?) \| (.+) \|$", PAGE.split("## Where is the rule for …?")[1], re.MULTILINE)
    assert len(dict(rows)) == len(rows) >= 40
    assert [question for question, answer in rows if not FILE.search(answer)] == []


def test_each_file_that_the_page_names_is_there() -> None:
    """In the walks, the choices and the questions alike."""
    here = Path(__file__).parents[1]
    assert [file for file in FILE.findall(PAGE) if not (ROOT / file).is_file() and not (here / file).is_file()] == []


def named_in(tree: ast.Module) -> set[str]:
    """What a module gives a name to at its top, under ``if TYPE_CHECKING`` and in ``try`` as well."""
    named = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            named.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            named.add(node.id)
        elif isinstance(node, ast.alias):
            named.add((node.asname or node.name).split(".")[0])
    return named


def test_tools_and_benches_import_what_is_there() -> None:
    """They run now and then, some of them for hours: what has moved is seen before."""
    here = Path(__file__).parents[1]
    wrong = []
    for path in (path for folder in ("tools", "bench", "models", "packaging") for path in (here / folder).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "posturewatch":
                inside = (node.module or "").removeprefix("posturewatch").removeprefix(".")
                known = named_in(modules()[inside]) if inside in modules() else set()
                names = [alias.name for alias in node.names if f"{inside}.{alias.name}".strip(".") not in modules()]
                wrong += [f"{path.name}: {node.module}.{name}" for name in names if name not in known]
    assert wrong == []
