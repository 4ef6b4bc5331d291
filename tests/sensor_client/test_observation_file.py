"""What the sensor saw, in a file: whole, for its owner alone, and nothing that can stop the watching."""

from __future__ import annotations

import contextlib
import logging
import os
from pathlib import Path

import pytest

from fakes import FakeClock, FakeSensor
from posturewatch.base.codec import read_lines
from posturewatch.base.errors import DataError, SourceError
from posturewatch.base.observation import Look
from posturewatch.sensor_client.observation_file import RecordingOfSensor, new_observation_file


@pytest.fixture
def sensor() -> FakeSensor:
    """An empty chair, on a computer that has been on for a while."""
    return FakeSensor(FakeClock())


def test_observations_are_written_as_they_were_seen(sensor: FakeSensor, tmp_path: Path) -> None:
    """Each look is a line, its time counted from the first; a look that fails raises and writes nothing."""
    path = tmp_path / "day.jsonl"
    with new_observation_file(path) as file:
        recorded = RecordingOfSensor(sensor, file)
        for _look in range(3):
            assert recorded.look(Look(trunk=False), 1.0).t_s == sensor.clock.t_s
            sensor.clock.advance(1.5)
        sensor.broken = SourceError("gone")
        with pytest.raises(SourceError):
            recorded.look(Look(), 1.0)
        assert not recorded.running
    with path.open(encoding="utf-8") as file:
        kept = list(read_lines(file))
    assert [seen.t_s for seen in kept] == [0.0, 1.5, 3.0]
    assert all(seen.looked == Look(trunk=False) for seen in kept)
    if os.name != "nt":
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_is_there_is_never_overwritten(tmp_path: Path) -> None:
    """The error names the file and says what to do; so does the one for a folder that is not there."""
    path = tmp_path / "day.jsonl"
    path.write_text("dear diary")
    for wrong in (path, tmp_path / "nowhere" / "day.jsonl"):
        with pytest.raises(DataError) as caught:
            new_observation_file(wrong)
        assert str(wrong) in caught.value.message
        assert caught.value.hint
    assert path.read_text() == "dear diary"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_recording_and_not_the_watching(
    sensor: FakeSensor, caplog: pytest.LogCaptureFixture
) -> None:
    """The look is answered all the same, and the log says once that the recording ends."""
    caplog.set_level(logging.WARNING)
    with contextlib.suppress(OSError), Path("/dev/full").open("w", buffering=1, encoding="utf-8") as file:
        recorded = RecordingOfSensor(sensor, file)
        for _look in range(3):
            assert recorded.look(Look(), 1.0).people == ()
        # Closing tries to write once more: that error is the file's, not ours.
    assert caplog.text.count("recording of observations ends") == 1
