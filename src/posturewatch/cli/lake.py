"""The lake that the commands for a practice work in: opened, its register read and written, each step noted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from posturewatch.base.errors import DataError
from posturewatch.base.i18n import _
from posturewatch.cli.common import ask_passphrase, new_passphrase, right_now

if TYPE_CHECKING:
    from posturewatch.practice.lake import Lake
    from posturewatch.practice.register import Register

FOLDER = click.Path(file_okay=False, path_type=Path)
PATIENT = click.IntRange(1)


@dataclass(frozen=True, slots=True)
class Place:
    """The lake that the command line names."""

    root: Path

    def open(self, *, encrypt: bool = False) -> Lake:
        """Open it, asking for its passphrase; a new one is made by ``take-in`` alone."""
        from posturewatch.practice.lake import is_encrypted_lake, open_lake

        if encrypt and not self.root.exists():
            return open_lake(self.root, new_passphrase(), encrypt=True)
        return open_lake(self.root, ask_passphrase(self.root) if is_encrypted_lake(self.root) else "", encrypt=encrypt)

    def there(self) -> Lake:
        """Open a lake that exists; raises DataError where there is none."""
        from posturewatch.practice.lake import is_lake

        if not is_lake(self.root):
            raise DataError(
                _("There is no lake at {path} yet.").format(path=self.root),
                _("`posturewatch practice take-in FOLDER` makes it of shared files."),
            )
        return self.open()


pass_place = click.make_pass_decorator(Place)


def register_of(place: Place) -> tuple[Lake, Register]:
    """The lake that is there, and its register as it is now."""
    from posturewatch.practice.register import Register

    lake = place.there()
    return lake, Register.read(lake)


@contextmanager
def changed(lake: Lake) -> Iterator[Register]:
    """The register of a lake that nobody else changes meanwhile, written back when nothing went wrong."""
    from posturewatch.practice.register import Register

    with lake.alone():
        register = Register.read(lake)
        yield register
        register.write()


def note(lake: Lake, action: str, patient: int | None = None, **more: int | str) -> None:
    """Write into the lake's audit log what is done, before it is done."""
    from posturewatch.practice import audit

    audit.note(lake.audit_file, right_now(), action, patient, **more)


def put(path: Path, content: str | bytes) -> None:
    """Write a file for its owner alone, its folder made. Raises DataError."""
    from posturewatch.disk.files import write_atomic
    from posturewatch.disk.folders import make_folder
    from posturewatch.disk.refusals import or_say_why

    with or_say_why(path, _("Choose another place.")):
        if not path.parent.is_dir():
            make_folder(path.parent)
        write_atomic(path, content)
