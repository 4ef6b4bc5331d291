"""The rooms of ARCHITECTURE.md, held: imports run downwards only, and each danger has one door."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import posturewatch

ROOT = Path(posturewatch.__file__).parent

RANKS: dict[str, int] = (
    dict.fromkeys(("records", "errors", "i18n", "drawing", "native_threads"), 0)
    | dict.fromkeys(("settings", "wording", "quantities", "codec", "child", "zip_directory", "source_names"), 1)
    | dict.fromkeys(("core", "ports", "ui"), 2)
    | dict.fromkeys(("sensor", "edges", "report", "windows"), 3)
    | {"loop": 4}
    | dict.fromkeys(("app", "doctor"), 5)
    | {"offline": 6, "cli": 7, "__main__": 8}
)
"""A room may import from lower ranks and from itself; rooms of one rank are strangers."""

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


def modules() -> dict[str, ast.Module]:
    """Dotted name below the package -> its tree."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def room(name: str) -> str:
    """The first part of a module's name below the package."""
    return name.split(".", maxsplit=1)[0]


def imports(name: str, tree: ast.Module) -> set[str]:
    """Absolute dotted names that a module imports, wherever in it the statement stands."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name} imports relatively"
            base = node.module or ""
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names} if base == "posturewatch" else set()
    return found


def test_imports_run_downwards_only() -> None:
    """No module imports from a room above or beside its own."""
    wrong = []
    for name, tree in modules().items():
        here = room(name)
        if here == "__init__":
            continue
        assert here in RANKS, f"{name} stands in no room of this table"
        for target in imports(name, tree):
            if not target.startswith("posturewatch."):
                continue
            there = room(target.removeprefix("posturewatch."))
            if there in {"__version__", here}:
                continue
            assert there in RANKS, f"{name} imports {target}, which stands in no room of this table"
            if RANKS[there] >= RANKS[here]:
                wrong.append(f"{name} imports {target}")
    assert wrong == []


def test_only_the_sensor_names_the_camera_and_the_networks() -> None:
    """cv2 and mediapipe are imported under sensor/ alone: no picture can be in the process that writes files."""
    wrong = [
        name
        for name, tree in modules().items()
        if room(name) != "sensor" and {target.split(".")[0] for target in imports(name, tree)} & {"cv2", "mediapipe"}
    ]
    assert wrong == []


def test_nobody_reads_a_clock_but_the_clock() -> None:
    """Time is an argument everywhere; base/clock.py reads it, and the sensor stamps its frames."""
    wrong = []
    for name, tree in modules().items():
        if name == "edges.clock" or room(name) == "sensor":
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
    """The core touches no file, process, socket, thread or log."""
    doors = {"os", "pathlib", "socket", "subprocess", "threading", "sqlite3", "logging", "shutil", "tempfile", "time"}
    wrong = [
        f"{name} imports {sorted(names)}"
        for name, tree in modules().items()
        if room(name) in {"core", "records", "ports", "settings"}
        and (names := {target.split(".")[0] for target in imports(name, tree)} & doors)
    ]
    assert wrong == []


def test_imports_make_no_circle() -> None:
    """No module imports itself by way of others, wherever the import statement stands: in a function, or for types."""
    trees = modules()
    ours = {f"posturewatch.{name.removesuffix('.__init__')}": name for name in trees}
    waits_for = {}
    for name, tree in trees.items():
        named = imports(name, tree) | {
            f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        waits_for[name] = {ours[target] for target in named & ours.keys()} - {name}
    try:
        TopologicalSorter(waits_for).prepare()
    except CycleError as err:
        pytest.fail(f"these import one another: {' -> '.join(err.args[1])}")
