"""How many threads native libraries may take: one.

NumPy's OpenBLAS starts a thread for each core, and they wait for work by spinning: on two cores a linear system of
14 unknowns then costs fifteen times its processor time, a matching of textures four times. The number is read
from the environment once, when NumPy loads, so it must be set before; child processes inherit it.
"""

from __future__ import annotations

import os
from typing import Final

_VARIABLES: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


def hold() -> None:
    """One thread each, unless the user's environment says otherwise. Call before anything imports NumPy."""
    for name in _VARIABLES:
        os.environ.setdefault(name, "1")
