"""The README's commands, as a reader finds them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
README: Final = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(heading: str) -> list[list[str]]:
    """The commands of each indented block below a heading, without comments."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    found = re.findall(r"(?:^    .+\n)+", section, re.MULTILINE)
    return [[line.partition(" #")[0].strip() for line in block.splitlines()] for block in found]
