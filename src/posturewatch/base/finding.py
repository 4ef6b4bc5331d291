"""One finding of ``posturewatch doctor``, as each part of the program gives it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of ``posturewatch doctor``. ``level``: ok, note, warning or error; ``mend`` a command or step."""

    part: str
    level: str
    says: str
    mend: str = ""
