"""The tools of the tree as modules."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

if str(ROOT / "tools") not in sys.path:
    sys.path.append(str(ROOT / "tools"))
