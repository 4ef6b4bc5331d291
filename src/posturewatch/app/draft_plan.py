"""A therapist's plan as it is written: drafted with comments, given its pictures, signed."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from posturewatch.base.errors import ConfigError, DataError
from posturewatch.base.i18n import _
from posturewatch.base.outside import toml_tables
from posturewatch.base.pictures import PICTURE_BYTES, opened_picture
from posturewatch.config.plan_file import PURPOSE, plan_of_text, with_signature
from posturewatch.config.read import read_text
from posturewatch.disk.files import write_atomic
from posturewatch.disk.folders import Folders
from posturewatch.disk.refusals import or_say_why
from posturewatch.exchange.signing import PublicKey, own_key

THUMBNAIL_PX: Final = 480
"""Longer side of an own picture as it is put into a plan; the window shows no more."""


def signed_text(folders: Folders, path: Path) -> tuple[str, PublicKey]:
    """The text of this plan with its own pictures put in and signed by this computer's key, and the key.

    A draft may name a picture beside it (``picture_file``); it is made small and becomes ``image``. Raises ConfigError
    with line and key, DataError for a picture that cannot be had.
    """
    text = read_text(path)
    if text is None:
        raise ConfigError(
            _("There is no file {path}.").format(path=path), _("`posturewatch plan new FILE` writes one.")
        )
    return signed(folders, path, text)


def signed(folders: Folders, path: Path, text: str) -> tuple[str, PublicKey]:
    """As :func:`signed_text`, of the text that a file at ``path`` is to have."""
    whole = _with_pictures(path, text)
    found = plan_of_text(path, whole)
    key = own_key(folders.keys / "own.pem")
    return with_signature(found.text, key.sign(PURPOSE, found.signed_bytes)), key.public


def write_plan(path: Path, text: str) -> None:
    """Write a plan's file, 0600, whole or not at all. Raises DataError."""
    with or_say_why(path, _("Choose another place.")):
        write_atomic(path, text)


def _with_pictures(path: Path, text: str) -> str:
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        toml_tables(text)
        document = tomlkit.parse(text)
    except (TOMLKitError, ValueError, RecursionError):
        return text  # whoever reads it next says what is wrong, with its line
    exercises = document.get("exercise", ())
    named = [one for one in exercises if isinstance(one, dict) and "picture_file" in one]
    for one in named:
        one["image"] = _small_picture(path.parent / str(one.pop("picture_file")))
    return tomlkit.dumps(document) if named else text


def _small_picture(path: Path) -> str:
    import PIL.Image

    try:
        with PIL.Image.open(path, formats=("PNG", "JPEG")) as picture:
            picture.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
            buffer = io.BytesIO()
            picture.convert("RGB").save(buffer, "JPEG", quality=85)
        made = base64.b64encode(buffer.getvalue()).decode()
        opened_picture(made)
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as err:
        raise DataError(
            _("The picture {path} cannot be used: {why}.").format(path=path, why=err),
            _("Give a PNG or JPEG file; it is made small, to at most {kb} kB.").format(kb=PICTURE_BYTES // 1000),
        ) from err
    return made


@dataclass(frozen=True, slots=True)
class DraftPhase:
    """A phase as ``plan new`` asks for it. None: the plan leaves that setting to the person."""

    name: str
    weeks: int
    threshold: str | None = None
    every_min: float | None = None


def draft_text(
    *,
    title: str,
    author: str,
    written: date,
    phases: Sequence[DraftPhase],
    exercises: Sequence[str],
    next_visit: date | None = None,
    note: str = "",
    check: bool = False,
) -> str:
    """A new plan as commented TOML; ``exercises``: keys of ours, written out so that text and dose can be changed."""
    import tomlkit

    from posturewatch.core.reminding.exercises import builtin

    document = tomlkit.document()
    for line in _head().splitlines():
        document.add(tomlkit.comment(line))
    document.add("format", tomlkit.item("posturewatch-plan"))
    document.add("version", tomlkit.item(1))
    document.add("title", tomlkit.item(title))
    if author:
        document.add("author", tomlkit.item(author))
    document.add("written", tomlkit.item(written))
    if next_visit is not None:
        document.add("next_visit", tomlkit.item(next_visit))
    if check:
        document.add("check", tomlkit.item("before the visit"))
    if note:
        document.add("note", tomlkit.string(note, multiline="\n" in note))
    document.add("phase", _phase_tables(phases))
    chosen = [one for one in builtin() if one.key in exercises]
    if chosen:
        rows = tomlkit.aot()
        for one in chosen:
            table = tomlkit.table()
            for name, value in (("key", one.key), ("name", one.name), ("text", one.text), ("dose", one.dose)):
                table.add(name, value)
            table.add("picture", one.picture)
            rows.append(table)
        document.add("exercise", rows)
    return tomlkit.dumps(document)


def _phase_tables(phases: Sequence[DraftPhase]) -> Any:
    import tomlkit

    made = tomlkit.aot()
    for phase in phases:
        table = tomlkit.table()
        table.add("name", phase.name)
        table.add("weeks", phase.weeks)
        parts: dict[str, dict[str, Any]] = {}
        if phase.threshold is not None:
            parts["posture"] = {"threshold": phase.threshold}
        if phase.every_min is not None:
            parts["breaks"] = {"every_min": phase.every_min}
        if parts:
            table.add("settings", parts)
        made.append(table)
    return made


def _head() -> str:
    return _(
        "A plan for one person, to be handed to them as this file.\n"
        "What it may hold stands in docs/plan.md. After a change: posturewatch plan sign FILE"
    )
