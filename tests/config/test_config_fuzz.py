"""Whatever stands in the configuration file: settings or one clear error, and the line that is named is right."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from posturewatch.base.errors import ConfigError
from posturewatch.base.settings import Settings
from posturewatch.config.key_lines import key_lines
from posturewatch.config.keys import keys
from posturewatch.config.read import load

names = st.one_of(
    st.sampled_from([key.name for key in keys()] + [key.section for key in keys()]),
    st.text(min_size=1, max_size=8).filter(lambda text: "\r" not in text),
)
scalars = st.one_of(
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=True),
    st.text(max_size=20).filter(lambda text: "\r" not in text),
    st.sampled_from(["1 in", "2.5 cm", "09:00", "24:00", "auto", "cm"]),
    st.datetimes(),
    st.times(),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=6,
)
documents = st.dictionaries(names, st.one_of(values, st.dictionaries(names, values, max_size=4)), max_size=5)


def loaded(content: bytes) -> Settings | ConfigError:
    """What a file with this content comes to."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_bytes(content)
        try:
            return load(path).settings
        except ConfigError as err:
            return err


def clear(outcome: Settings | ConfigError) -> bool:
    """Good settings, or an error with words and a hint."""
    return isinstance(outcome, Settings) or bool(outcome.message and outcome.hint)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_settings_or_a_clear_error(content: bytes) -> None:
    """Junk never ends in anything but ConfigError."""
    assert clear(loaded(content))


@given(documents)
@settings(max_examples=200, deadline=None)
def test_any_toml_gives_settings_or_a_clear_error(document: dict[str, Any]) -> None:
    """Well-formed TOML with any keys and values never ends in anything but settings or ConfigError."""
    assert clear(loaded(tomlkit.dumps(document).encode()))


@given(st.text(st.sampled_from("[]{}=.,\"'#\n\\ab1 -:tru"), max_size=80))
@settings(max_examples=300, deadline=None)
def test_near_toml_gives_settings_or_a_clear_error(text: str) -> None:
    """Text made of TOML's own signs finds no crack between tomllib and the look-up of lines."""
    assert clear(loaded(text.encode()))


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz"), st.integers(0, 3)), max_size=8))
def test_the_line_of_a_key_is_where_it_was_written(entries: list[tuple[str, str, int]]) -> None:
    """Keys written line by line, with blanks, comments and many-line values between, are found where they stand."""
    lines: list[str] = []
    wanted: dict[tuple[str | int, ...], int] = {}
    fillers = ["", "# x = 1 [a]", 'long = """\n[a]\nx = 1\n"""', "list = [\n  1, # ]\n  2,\n]"]
    for number, (section, name, filler) in enumerate(entries):
        path = (f"{section}{number}", name)
        lines.append(f"[{path[0]}]")
        lines += fillers[filler].split("\n")
        wanted[path] = len(lines) + 1
        lines.append(f'{name} = {{ inside = "]" }} # = "')
    found = key_lines("\n".join(lines))
    assert {path: found[path] for path in wanted} == wanted
