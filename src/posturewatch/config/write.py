"""Writing the configuration file: the commented first one, and single keys with everything else left as it is."""

from __future__ import annotations

import contextlib
import re
import textwrap
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from posturewatch.base.errors import ConfigError, UsageError
from posturewatch.base.i18n import _
from posturewatch.config.key_lines import key_lines
from posturewatch.config.keys import Key, find_key, keys, section_words, sections, toml_value
from posturewatch.config.problems import REPLACED, SECRET_PLACE, ConfigProblemsError, Problem
from posturewatch.config.read import judge, read_text
from posturewatch.disk import system_keyring
from posturewatch.disk.camera_password import entry_of, forget_password, keep_password, parted
from posturewatch.disk.files import alone_in, read_file, write_atomic
from posturewatch.disk.folders import find_folders, make_folder
from posturewatch.disk.refusals import or_say_why, remedy

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_WIDTH: Final = 100

Scalar = bool | int | float | str | list[str]


def template() -> str:
    """The whole commented file: each key with unit, range, default and reason, itself commented out.

    Commented out, a key follows the default of the version that runs, which may be a better one tomorrow.
    """
    head = _comment(
        _(
            "Settings of posturewatch. Each key is optional and shown here, commented out, at its default: take the # "
            "off and change the value. The running program takes a change up as soon as the file is saved; with a "
            "mistake in the file it keeps the settings it had. `posturewatch config check` finds mistakes."
        )
    )
    return "\n".join([*head, *(line for section in sections() for line in _section_lines(section))]) + "\n"


def init_config(path: Path, *, force: bool = False) -> Path:
    """Write the commented file; returns its path. ``force`` overwrites.

    Raises ConfigError where there is one already or where it cannot be written, FolderError.
    """
    make_folder(path.parent)
    if path.exists() and not force:
        raise ConfigError(
            _("There is a configuration already: {path}.").format(path=path),
            _("Edit it, or add --force to overwrite it with the defaults."),
        )
    in_force = path == find_folders().config_file
    # The defaults name no camera that has a password.
    without_password = _kept_apart("", None) if in_force else contextlib.nullcontext()
    with without_password, or_say_why(path, kind=ConfigError):
        write_atomic(path, template())
    return path


class ValueRefusedError(ConfigError):
    """A value that is not allowed, or does not fit another; the file is as it was. ``problems`` as of a file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(
            "\n".join(problem.text_without_place() for problem in problems),
            _("The value was refused; the settings file is as it was."),
        )
        self.problems = problems


def set_value(path: Path, dotted: str, value: Scalar | None) -> None:
    """Set one key; see :func:`set_values`."""
    set_values(path, {dotted: value})


def set_values(path: Path, values: Mapping[str, Scalar | None]) -> None:
    """Set keys (``posture.threshold``), or take those out that are None; comments and order stay as they are.

    All of them or none: the file is written only if the whole is good afterwards. The password of a camera's address
    is kept apart (``disk/camera_password.py``), and the address without it into the settings; only of the
    user's own settings, since a file elsewhere is none that a camera is started by. Raises UsageError for a key that
    there is not, ValueRefusedError for a value that is not allowed, ConfigError for a file that is wrong already or
    cannot be written, FolderError. Others that set keys wait meanwhile: none of theirs is lost.
    """
    with or_say_why(path, kind=ConfigError), alone_in(path.parent):
        _set_values(path, values)


def _set_values(path: Path, values: Mapping[str, Scalar | None]) -> None:
    text = read_text(path)
    start = text if text is not None else template()
    judge(path, start)
    changed = _all_changed(path, start, values)
    place = ".".join(SECRET_PLACE)
    if place not in values or path != find_folders().config_file:
        _write_if_changed(path, text, changed)
        return
    source = values[place]
    bare, password = parted(source) if isinstance(source, str) else ("", None)
    if password is not None:  # judged with it above, so that it could be told from the rest for certain
        changed = _all_changed(path, start, {**values, place: bare})
    with _kept_apart(bare, password):
        _write_if_changed(path, text, changed)


def _all_changed(path: Path, text: str, values: Mapping[str, Scalar | None]) -> str:
    for dotted, value in values.items():
        text = _changed(text, _key_to_set(dotted), value)
    try:
        judge(path, text)
    except ConfigProblemsError as err:
        raise ValueRefusedError(err.problems) from err
    return text


def _write_if_changed(path: Path, text: str | None, changed: str) -> None:
    if changed != text:
        if text is None:
            make_folder(path.parent)
        with or_say_why(path, kind=ConfigError):
            write_atomic(path, changed)


@contextlib.contextmanager
def _kept_apart(source: str, password: str | None) -> Iterator[None]:
    """The password is in its file before the settings name its camera; what was kept goes when no setting wants it any
    more. Nothing changes where the settings cannot be written."""
    folders = find_folders()
    file = folders.camera_password_file
    try:
        before, entry = read_file(file) if file.exists() else None, entry_of(folders)
        if password is not None:
            keep_password(folders, source, password)
        try:
            yield
        except BaseException:
            if password is not None:
                forget_password(folders)
                if before is not None:
                    write_atomic(file, before)
            raise
        if password is None:
            keep_password(folders, source, None)
        elif entry is not None:
            system_keyring.drop(entry)
    except OSError as err:
        raise ConfigError(
            _("The camera's password cannot be kept in {path}: {why}.").format(path=file, why=err.strerror or err),
            remedy(err),
        ) from err


def _key_to_set(dotted: str) -> Key:
    key = find_key(dotted)
    if key is not None and key.tables is not None:
        raise UsageError(
            _("{key} is a list of tables, which is written in the file.").format(key=dotted),
            _("`posturewatch config path` says where the file is, `config show` how it is written."),
        )
    if key is None:
        section, _dot, name = dotted.partition(".")
        if successor := REPLACED.get((section, name)):
            new = f"{section}.{successor[0]} {successor[1]}"
            raise UsageError(
                _("{key} has become a value of another key.").format(key=dotted), f"posturewatch config set {new}"
            )
        near = get_close_matches(dotted, [each.dotted for each in keys() if each.tables is None], n=1)
        says = _("There is no key {key} to set.").format(key=dotted)
        if near:
            says += " " + _("Did you mean {name}?").format(name=near[0])
        raise UsageError(says, _("`posturewatch config show` lists the keys."))
    return key


def _changed(text: str, key: Key, value: Scalar | None) -> str:
    for (section, old), (new, _value) in REPLACED.items():
        if (section, new) == (key.section, key.name):  # what is set now counts, not an old line that stands for it
            text = _without(text, section, old)
    if value is None:
        return _without(text, key.section, key.name)
    if (key.section, key.name) in key_lines(text):
        return _replaced(text, key, value)
    return _added(text, key, value)


def value_from_words(words: str) -> Scalar:
    """What a user typed as a value: TOML where it is TOML, otherwise the bare text."""
    import tomllib

    try:
        value = tomllib.loads(f"value = {words}")["value"]
    except tomllib.TOMLDecodeError:
        return words
    return value if isinstance(value, bool | int | float | str | list) else words


def _section_lines(section: str) -> list[str]:
    lines = ["", "", *_comment(section_words(section)), f"[{section}]"]
    for key in keys():
        if key.section == section:
            lines += ["", *_comment(key.description), *_comment(_facts(key)), *_sample(key)]
    return lines


def _facts(key: Key) -> str:
    """Unit, range and default in one line."""
    unit = _("In {unit}. ").format(unit=key.unit) if key.unit else ""
    default = toml_value(key.default)
    said = _("Default: {value}.").format(value=default) if default else _("Not set by default.")
    return unit + _("Allowed: {allowed}.").format(allowed=key.allowed) + " " + said


def _sample(key: Key) -> list[str]:
    if key.tables is None:
        return [f"#{key.name} = {toml_value(key.example)}"]
    fields = key.tables.model_fields.items()
    lines = [f"#[[{key.dotted}]]"]
    return lines + [f"#{name} = {toml_value(_example(field))}" for name, field in fields]


def _example(field: Any) -> Any:
    if not field.examples:
        return field.get_default()
    example = field.examples[0]
    return _(example) if isinstance(example, str) else example


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")


def _replaced(text: str, key: Key, value: Scalar) -> str:
    document, table = _opened(text, key.section)
    table[key.name] = value
    return _dumped(document)


def _without(text: str, section: str, name: str) -> str:
    if (section, name) not in key_lines(text):
        return text
    document, table = _opened(text, section)
    del table[name]
    return _dumped(document)


def _opened(text: str, section: str) -> tuple[TOMLDocument, Any]:
    import tomlkit

    document = tomlkit.parse(text)
    return document, document[section]


def _dumped(document: TOMLDocument) -> str:
    import tomlkit

    return tomlkit.dumps(document)


def _added(text: str, key: Key, value: Scalar) -> str:
    """A new line: under the key's commented-out default, else under its section's head, else at the end."""
    import tomlkit

    lines = key_lines(text)
    line = f"{key.name} = {tomlkit.item(value).as_string()}"
    end = "\r\n" if "\r\n" in text else "\n"
    rows = text.replace("\r\n", "\n").removesuffix("\n").split("\n")
    head = lines.get((key.section,))
    if head is not None and rows[head - 1].lstrip().startswith("["):
        return end.join(_with_line(rows, head, key, line)) + end
    if any(path[0] == key.section for path in lines):  # written as dotted keys or as an inline table
        document, table = _opened(text, key.section)
        table[key.name] = value
        return _dumped(document)
    return end.join([*rows, "", f"[{key.section}]", line]) + end


def _with_line(rows: list[str], head: int, key: Key, line: str) -> list[str]:
    """The rows with the line under the section's commented-out default, or right under its head."""
    commented = re.compile(rf"^\s*#\s?{re.escape(key.name)}\s*=")
    following = next((i for i in range(head, len(rows)) if rows[i].lstrip().startswith("[")), len(rows))
    place = next((i + 1 for i in range(head, following) if commented.match(rows[i])), head)
    return [*rows[:place], line, *rows[place:]]
