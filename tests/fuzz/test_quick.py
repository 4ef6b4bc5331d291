"""Hostile input, the quick lane: some dozens of inputs at each door, seeds whole and mutilated, and all finds of old.

The long lane is ``python tests/fuzz/run.py --minutes N``.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .targets import TARGETS, Target

FOUND = Path(__file__).parent / "found"

SECONDS = 10.0
"""No single input may take longer; on an idle computer none takes a tenth of a second."""


@st.composite
def mutilated(draw: st.DrawFn, seeds: tuple[bytes, ...], longest: int) -> bytes:
    """A seed with pieces cut out, put in, doubled and overwritten; sometimes plain noise."""
    data = bytearray(draw(st.sampled_from((*seeds, b""))))
    for _change in range(draw(st.integers(0, 5))):
        place = draw(st.integers(0, len(data)))
        end = min(len(data), place + draw(st.integers(0, 60)))
        kind = draw(st.integers(0, 3))
        if kind == 0:
            data[place:end] = b""
        elif kind == 1:
            data[place:end] = draw(st.binary(max_size=40))
        elif kind == 2:
            data[place:place] = data[place:end] * draw(st.integers(1, 8))
        else:
            data[place:place] = draw(st.sampled_from((b"\0", b"\xff" * 4, b"-1", b"1e999", b'"', b"\n", b"[" * 300)))
    return bytes(data[:longest])


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_whatever_comes_in_is_taken_or_refused_in_words(target: Target) -> None:
    """Seeds are taken, mutilated ones taken or refused: never another error, never slowly."""
    seeds = tuple(target.seeds())
    for seed in seeds:
        target.take(seed)

    @settings(
        max_examples=15 if target.slow else 60,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(mutilated(seeds, target.longest))
    def attempt(data: bytes) -> None:
        begin = time.monotonic()
        target.take(data)
        assert time.monotonic() - begin < SECONDS

    attempt()


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_what_was_found_once_stays_mended(path: Path) -> None:
    """Inputs that once did harm are taken or refused in words."""
    (target,) = [one for one in TARGETS if one.name == path.parent.name]
    target.take(path.read_bytes())
