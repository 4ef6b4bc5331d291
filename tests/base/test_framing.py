"""Messages between our processes: framed, limited, and errors that cross by name."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from posturewatch.base import framing
from posturewatch.base.errors import CameraBusyError, ConfigError, ModelError, SensorError


def test_messages_arrive_in_order() -> None:
    """What is sent is received, one message at a time."""
    stream = io.BytesIO()
    framing.send(stream, {"id": 1, "text": "größer"})
    framing.send(stream, {"id": 2})
    stream.seek(0)
    assert framing.receive(stream) == {"id": 1, "text": "größer"}
    assert framing.receive(stream) == {"id": 2}
    with pytest.raises(framing.PipeBrokenError):
        framing.receive(stream)


def test_a_message_may_come_in_pieces() -> None:
    """A pipe hands out as many bytes as it likes."""

    class Drip(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            return super().read(1)

    stream = io.BytesIO()
    framing.send(stream, {"a": [1, 2, 3]})
    assert framing.receive(Drip(stream.getvalue())) == {"a": [1, 2, 3]}


def test_a_huge_length_is_not_believed() -> None:
    """Native code that prints into the pipe makes an absurd length; nothing is allocated for it."""
    for noise in (b"WARNING: something\n", struct.pack(">I", 2**31), struct.pack(">I", 0)):
        with pytest.raises(framing.PipeBrokenError):
            framing.receive(io.BytesIO(noise + b"x" * 100))


@given(st.binary(max_size=300))
def test_noise_never_raises_anything_else(noise: bytes) -> None:
    """Any bytes at all: a message, or PipeBrokenError."""
    try:
        assert isinstance(framing.receive(io.BytesIO(noise)), dict)
    except framing.PipeBrokenError:
        return


def test_errors_cross_by_their_class() -> None:
    """The app sees the error that the sensor raised, with its words."""
    for error in (CameraBusyError("busy", "wait"), ModelError("damaged", "reinstall")):
        back = framing.error_from_json(framing.error_to_json(error))
        assert type(back) is type(error)
        assert (back.message, back.hint) == (error.message, error.hint)


def test_an_unknown_error_is_a_sensor_error() -> None:
    """A class that has no business in the pipe cannot be made by it."""
    assert type(framing.error_from_json(framing.error_to_json(ConfigError("x")))) is SensorError
    assert type(framing.error_from_json({"kind": "SystemExit", "message": "x"})) is SensorError
    assert type(framing.error_from_json("nonsense")) is SensorError
