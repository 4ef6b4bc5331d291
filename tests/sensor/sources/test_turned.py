"""``camera.turn``: a picture that hangs on its side or head stands upright before anything looks at it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from camera_server import RENDERS
from posturewatch.base.errors import CalibrationError
from posturewatch.base.settings import CameraSettings, ModelSettings, Settings
from posturewatch.offline.demo import CLIP
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources.open import open_source
from posturewatch.sensor_client.client import RecordingSensor

PICTURE = RENDERS / "d1_000.jpg"


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_picture_comes_back_as_it_was(turn: int, tmp_path: Path) -> None:
    """Turned anticlockwise on the disk, and clockwise by the source: picture, gate's glance and size are the upright
    ones."""
    cv2 = load_opencv()
    upright = cv2.imread(str(PICTURE))
    cv2.imwrite(str(tmp_path / "turned.png"), np.rot90(upright, turn // 90))
    with closing(open_source(CameraOptions(source=str(tmp_path / "turned.png"), turn=turn))) as source:
        assert source.grab()
        shot = source.shot()
        assert np.array_equal(shot.picture(), upright)
        assert shot.glance().shape[0] < shot.glance().shape[1]
        assert (shot.name, shot.frame, shot.t_s) == ("turned.png", 0, 0.0)
        assert source.stills
        assert not source.live
        assert not source.grab()


def test_a_camera_upside_down_is_refused_and_measured_once_it_is_said(tmp_path: Path) -> None:
    """The calibration names the turn that is wanted; with it everything is as if the camera stood upright."""
    from posturewatch.app.calibration import calibration_from

    cv2 = load_opencv()
    film, hung = cv2.VideoCapture(str(CLIP / "calibration.mp4")), tmp_path / "hung.avi"
    writer = None
    while (frame := film.read())[0]:
        height, width = frame[1].shape[:2]
        writer = writer or cv2.VideoWriter(str(hung), cv2.VideoWriter.fourcc(*"MJPG"), 5.0, (width, height))
        writer.write(np.ascontiguousarray(np.rot90(frame[1], 2)))
    assert writer is not None
    writer.release()
    with RecordingSensor(ModelSettings()) as sensor, pytest.raises(CalibrationError) as caught:
        calibration_from(sensor, str(hung), Settings())
    assert "camera.turn = 180" in caught.value.hint
    with RecordingSensor(ModelSettings(), CameraSettings(turn=180).turn) as sensor:
        made = calibration_from(sensor, str(hung), Settings())
    assert made.view == "frontal"
    assert made.repeatability_in < 0.15
