"""Observations as lines: exact round trips, and nothing but DataError for anything else."""

from __future__ import annotations

import contextlib
import json
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base import codec
from posturewatch.base.codec import snapshot_from_json, snapshot_to_json
from posturewatch.base.errors import DataError
from posturewatch.base.observation import Face, Lack, Look, Observation, PersonBox, Texture, Trunk
from posturewatch.base.records import Load, Reason, Snapshot, State, Today

PIXELS = st.floats(-5000, 5000)
SHARES = st.floats(0, 1)


def full(t_s: float = 12.3456789) -> Observation:
    """An observation with every field set."""
    face = Face(tuple((100.123 + n, 50.456 - n, -0.789 * n) for n in range(478)))
    trunk = Trunk(
        points=tuple((n + 0.1, n + 0.2, -n - 0.3, 0.98765, 0.5) for n in range(33)),
        world=tuple((n / 100, -n / 100, 0.12345) for n in range(33)),
    )
    return Observation(
        t_s=t_s,
        frame=7,
        width_px=640,
        height_px=480,
        looked=Look(whole=True, anchor=True),
        face=face,
        trunk=trunk,
        texture=Texture(3, trunk=((1.25, 2.5, 3.75, 4.0),), head=()),
        people=(PersonBox(1.5, 2.5, 99.99),),
        brightness=120.1234,
        sharpness=0.0,
        change=1.5,
        clothes_tone=(-0.12345, 1.5, -3.0),
        still_s=0.2,
        name="012.jpg",
    )


def test_a_line_holds_the_whole_observation() -> None:
    """Every field comes back, points to a hundredth of a pixel, in under 20,000 characters."""
    line = codec.to_line(full())
    back = codec.from_line(line)
    assert back.t_s == full().t_s
    assert back.looked == full().looked
    assert back.texture == full().texture
    assert back.people == full().people
    assert back.name == "012.jpg"
    assert back.sharpness == 0.0
    assert back.clothes_tone == pytest.approx((-0.123, 1.5, -3.0), abs=6e-4)
    assert back.face is not None
    assert back.trunk is not None
    assert back.face.points[9] == (109.12, 41.46, -7.1)
    assert back.trunk.points[3] == (3.1, 3.2, -3.3, 0.988, 0.5)
    assert back.trunk.world[2] == (0.02, -0.02, 0.1235) or back.trunk.world[2] == (0.02, -0.02, 0.1234)
    assert len(line) < 20_000


def test_an_empty_look_stays_empty() -> None:
    """What is missing stays None and is not turned into 0."""
    bare = Observation(t_s=1.0, frame=0, width_px=0, height_px=0, looked=Look(False, False), lack=Lack.NO_FRAME)
    assert codec.from_line(codec.to_line(bare)) == bare


def test_a_second_round_trip_changes_nothing() -> None:
    """What the pipe rounded, a recorded file keeps bit for bit: a replay is the same day again."""
    once = codec.rounded(full())
    assert codec.rounded(once) == once
    assert codec.to_line(once) == codec.to_line(full())


@given(st.tuples(PIXELS, PIXELS, PIXELS), st.floats(0, 1e9))
def test_any_points_survive_two_round_trips(point: tuple[float, float, float], t_s: float) -> None:
    """Whatever the networks say, the first rounding is the last, within half a hundredth of a pixel."""
    seen = Observation(t_s, 0, 640, 480, Look(), face=Face((point,) * 478))
    once = codec.rounded(seen)
    assert codec.rounded(once) == once
    assert once.face is not None
    assert all(abs(a - b) <= 0.005 + 1e-9 for a, b in zip(point, once.face.points[0], strict=True))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = (
    "v",
    "t_s",
    "frame",
    "size",
    "looked",
    "face",
    "trunk",
    "world",
    "anchor",
    "chest",
    "head",
    "people",
    "lack",
    "brightness",
    "still_s",
    "name",
)


@given(st.sampled_from(KEYS), JSON)
def test_a_damaged_field_is_a_data_error(key: str, value: object) -> None:
    """One field replaced by anything at all: the observation is read, or refused with DataError."""
    body = codec.to_json(full())
    body[key] = value
    with contextlib.suppress(DataError):
        assert isinstance(codec.from_json(body), Observation)


@pytest.mark.parametrize("key", ["size", "face"])
def test_a_number_beyond_all_measure_is_refused(key: str) -> None:
    """On either side of zero, however far beyond."""
    for number in (10**12 + 1, -(10**12) - 1, 10**300):
        body = codec.to_json(full())
        body[key] = [number, *body[key][1:]]
        with pytest.raises(DataError, match=key):
            codec.from_json(body)


@pytest.mark.parametrize(("length", "taken"), [(4096, True), (4097, False)])
def test_a_name_is_a_path_and_no_longer_than_one(length: int, taken: bool) -> None:
    """4096 signs are the longest path of Linux."""
    body = codec.to_json(full()) | {"name": "n" * length}
    if taken:
        assert codec.from_json(body).name == body["name"]
        return
    with pytest.raises(DataError, match="name"):
        codec.from_json(body)


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: data.decode("latin-1")))
def test_a_foreign_line_is_a_data_error(line: str) -> None:
    """Text that is no observation is refused and never taken for one."""
    with pytest.raises(DataError):
        codec.from_line(line)


def test_deep_nesting_and_long_lines_are_refused() -> None:
    """Lines made to exhaust the reader end in DataError."""
    for line in ("[" * 100_000, '{"v":1,' + '"a":' * 50_000, "9" * 2_000_000):
        with pytest.raises(DataError):
            codec.from_line(line)


def test_points_that_are_no_numbers_cannot_be_written() -> None:
    """NaN and infinity are stopped on the way out, not found by the reader."""
    face = Face(tuple((float("nan"), 0.0, 0.0) for _ in range(478)))
    with pytest.raises(DataError):
        codec.to_line(Observation(0.0, 0, 1, 1, Look(), face=face))


def test_the_damaged_line_is_named() -> None:
    """A recorded file with a bad line says which one."""
    lines = [codec.to_line(full()), "", "{}"]
    with pytest.raises(DataError, match="3"):
        list(codec.read_lines(lines))


def test_another_format_is_refused_politely() -> None:
    """A line of a later version is refused with a hint, not half read."""
    body = codec.to_json(full()) | {"v": 2}
    with pytest.raises(DataError) as refused:
        codec.from_line(json.dumps(body))
    assert refused.value.hint


BERLIN = timezone(timedelta(hours=1))
NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BERLIN)


def test_a_snapshot_survives_the_socket() -> None:
    """Fields and back: the same record, times and nested records included."""
    whole = Snapshot(
        NINE, State.FORWARD, None, 1.4, 0.3, Load(25.0, 3.2, "rule"), "desk", ("desk", "laptop"),
        paused_until=NINE, paused=True, today=Today(valid_min=3.5, band_min=(1.0, 2.0, 0.5, 0.0)),
    )  # fmt: skip
    assert snapshot_from_json(snapshot_to_json(whole)) == whole
    away = Snapshot(NINE, State.AWAY, Reason.NOBODY, None, None, None, "desk")
    assert snapshot_from_json(snapshot_to_json(away)) == away
