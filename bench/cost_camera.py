"""What pictures from a V4L2 device cost by their format: raw (YUYV) beside MJPEG, milliseconds a picture.

    python bench/cost_camera.py                   the arithmetic alone, on any computer: no device, no driver
    python tools/camera_lane.py WORK --cost       in the guest of the camera lane, from its cameras

In the guest a film of a person is sent into ``v4l2loopback`` in each format, and taken by the camera source as the
sensor does: one picture that is only drained, one that the gate glances at, one that is decoded for the networks. The
pose network is timed in the same process: milliseconds of another computer mean little by themselves, the ratio to the
network does.

Each is the quickest of many by the clock on the wall, which other programs can only lengthen: a user-mode kernel counts
processor time in hundredths of a second.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

sys.path[:0] = [str(Path(__file__).resolve().parent.parent / "tests")]

from posturewatch.offline.demo import CLIP  # noqa: E402
from posturewatch.sensor.bundles import find  # noqa: E402
from posturewatch.sensor.choices import CameraOptions, ModelOptions  # noqa: E402
from posturewatch.sensor.frames import grey_for_gate  # noqa: E402
from posturewatch.sensor.landmarks import Landmarks  # noqa: E402
from posturewatch.sensor.sources.camera import CameraSource  # noqa: E402
from posturewatch.sensor.sources.files import VideoFile  # noqa: E402
from sensor.sources.kernel_camera import IN_GUEST, looped  # noqa: E402

PICTURES = 40
FPS = 5  # of the film
FORMATS = {"YUYV": ("-pix_fmt", "yuyv422"), "MJPEG": ("-c:v", "mjpeg", "-q:v", "3")}


def quickest_ms(work: Callable[[], object], before: Callable[[], object]) -> float:
    """Time of ``work``, each time after ``before``."""
    found = []
    for _number in range(PICTURES):
        before()
        begun_s = time.perf_counter()
        work()
        found.append(1000 * (time.perf_counter() - begun_s))
    return min(found)


def row(source: CameraSource, networks: Landmarks) -> tuple[float, ...]:
    """A picture drained; glanced at and decoded besides; and the pose network on it."""
    drained_ms = quickest_ms(source.grab, lambda: time.sleep(2 / FPS))  # one is there: nothing is waited for
    glance_ms = quickest_ms(lambda: source.shot().glance(), source.grab)
    picture_ms = quickest_ms(lambda: source.shot().picture(), source.grab)
    canvas = networks.canvas(source.shot().picture())
    return drained_ms, glance_ms, picture_ms, quickest_ms(lambda: networks.trunks(canvas, source.t_s), source.grab)


def arithmetic() -> None:
    """What either format asks for once the driver has given it: the same pictures, 640 × 480."""
    film = VideoFile(CLIP / "calibration.mp4")
    pictures = []
    while len(pictures) < PICTURES and film.grab():
        pictures.append(cv2.resize(film.shot().picture(), (640, 480)))
    film.close()
    raw = [cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_YUY2) for picture in pictures]
    packed = [cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 90])[1] for picture in pictures]
    for name, work, items in (
        ("YUYV copied", np.copy, raw),
        ("YUYV to colours", lambda one: cv2.cvtColor(one, cv2.COLOR_YUV2BGR_YUYV), raw),
        ("MJPEG decoded", lambda one: cv2.imdecode(one, cv2.IMREAD_COLOR), packed),
        ("MJPEG decoded at an eighth", lambda one: cv2.imdecode(one, cv2.IMREAD_REDUCED_GRAYSCALE_8), packed),
        ("gate's picture from colours", grey_for_gate, pictures),
    ):
        left = iter(items)
        print(f"{name:30}{quickest_ms(lambda work=work, left=left: work(next(left)), lambda: None):8.2f} ms")  # type: ignore[misc]


def main() -> int:
    """The table."""
    if not IN_GUEST:
        arithmetic()
        return 0
    networks = Landmarks(find(ModelOptions()), stills=False)
    print(f"{'':8}{'drained':>10}{'glance':>10}{'picture':>10}{'pose network':>14}   ms a picture")
    for name, how in FORMATS.items():
        with looped(str(CLIP / "calibration.mp4"), *how) as device:
            source = CameraSource(str(device), CameraOptions())
            found = row(source, networks)
            source.close()
        print(f"{name:8}{found[0]:10.2f}{found[1]:10.2f}{found[2]:10.2f}{found[3]:14.1f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
