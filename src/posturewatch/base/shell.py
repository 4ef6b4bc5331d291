"""Commands as people type them."""

from __future__ import annotations

import os
import shlex
import subprocess


def as_typed(*words: str) -> str:
    """Words of a command as one types them into this system's shell: a name with blanks or signs of its own stays
    one word."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
