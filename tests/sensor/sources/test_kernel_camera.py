"""A camera of the kernel's own, by V4L2: what is asked for and what comes, faults and their names, and coming back.

Runs in a guest (``python tools/camera_lane.py WORK``); elsewhere it is skipped.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from posturewatch.base.errors import CameraBusyError, CameraForbiddenError, CameraMissingError, SourceError
from posturewatch.offline.demo import CLIP
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.sources.available import list_cameras
from posturewatch.sensor.sources.camera import CameraSource
from posturewatch.sensor.sources.camera_faults import held_by_another
from posturewatch.sensor.sources.drain import Drain
from posturewatch.sensor.sources.files import VideoFile
from posturewatch.sensor.sources.open import open_source
from posturewatch.sensor.sources.source import Shot

from .kernel_camera import (
    BY_ID,
    DEVICE,
    do,
    looped,
    only_in_guest,
    plug_in,
    program,
    set_control,
    suspend,
    unplug,
    vivid,
    wait_until,
)

pytestmark = [only_in_guest, pytest.mark.timeout(600)]

SECOND_PROGRAM = ("v4l2-ctl", "-d", str(DEVICE), "--stream-mmap")

OPENS = """
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.sources.camera import CameraSource
try:
    CameraSource(0, CameraOptions())
except Exception as err:
    print(type(err).__name__, err.hint)
"""


def opened_by_anna() -> str:
    """The error that a user gets who is not root."""
    words = ["runuser", "-u", "anna", "--", sys.executable, "-c", OPENS]
    return subprocess.run(words, capture_output=True, encoding="utf-8", check=True).stdout.strip()


@pytest.fixture
def camera() -> Iterator[Path]:
    """vivid's webcam."""
    with vivid() as device:
        yield device


@contextmanager
def drained(options: CameraOptions | None = None) -> Iterator[Drain]:
    """As the sensor has it."""
    choice = options or CameraOptions()
    drain = Drain(lambda: open_source(choice))
    drain.start()
    try:
        yield drain
    finally:
        drain.close(10.0)


def a_shot(drain: Drain, within_s: float = 60.0) -> Shot:
    """The next picture, however often the source must be opened for it."""
    end = time.monotonic() + within_s
    while True:
        try:
            shot = drain.next_shot(end - time.monotonic())
        except SourceError:
            assert time.monotonic() < end
            time.sleep(0.05)
            continue
        assert shot is not None, "no picture"
        return shot


def the_problem(drain: Drain, within_s: float = 60.0) -> SourceError:
    """What keeps pictures away, as soon as something does."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            drain.next_shot(1.0)
        except SourceError as err:
            return err
    raise AssertionError("pictures go on")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ((640, 480, 5.0), (640, 480, 5.0)),
        ((1280, 720, 10.0), (1280, 720, 10.0)),
        ((1900, 1000, 30.0), (1920, 1080, 5.0)),
    ],
)
def test_what_is_asked_for_is_set_or_what_comes_nearest(
    camera: Path, asked: tuple[int, int, float], given: tuple[int, int, float]
) -> None:
    """Size and rate as the driver itself reads them back, and pictures of that size."""
    with drained(CameraOptions(width_px=asked[0], height_px=asked[1], fps=asked[2])) as drain:
        picture = a_shot(drain).picture()
        told = do("v4l2-ctl", "-d", str(camera), "--get-fmt-video", "--get-parm")
    assert picture.shape == (given[1], given[0], 3)
    assert f"{given[0]}/{given[1]}" in told
    assert f"{given[2]:.3f} (" in told


def test_pictures_come_at_the_rate_and_are_dated_by_the_driver(camera: Path) -> None:
    """Ten pictures in a row at five a second lie a fifth of a second apart, by the driver's own stamps."""
    source = CameraSource(0, CameraOptions())
    stamps = []
    for _number in range(12):
        source.grab()
        stamps.append(source.t_s)
    source.close()
    assert np.median(np.diff(stamps[2:])) == pytest.approx(0.2, abs=0.02)
    assert 0.0 <= time.monotonic() - stamps[-1] < 5.0


def test_a_picture_is_never_from_before_it_was_asked_for(camera: Path) -> None:
    """Nobody looked for three seconds: the next picture was taken after the question, but for a picture's time."""
    with drained() as drain:
        a_shot(drain)
        for _number in range(3):
            time.sleep(3.0)
            asked_s = time.monotonic()
            assert a_shot(drain).t_s > asked_s - 0.25


@pytest.mark.parametrize("how", [("-pix_fmt", "yuyv422"), ("-c:v", "mjpeg", "-q:v", "3"), ("-pix_fmt", "yuv420p")])
def test_raw_and_compressed_pictures_are_the_same_pictures(how: tuple[str, ...]) -> None:
    """A film of a person by YUYV, MJPEG and YUV 4:2:0: each comes out as the film's own, upright and in its colours.

    Of ten pictures the best counts: v4l2loopback writes over one that a slow computer still reads, and half a JPEG file
    is no picture.
    """
    film = CLIP / "calibration.mp4"
    source = VideoFile(film)
    source.grab()
    wanted = source.shot().picture().astype(float)
    source.close()
    with looped(str(film), *how) as device, drained(CameraOptions(source=str(device))) as drain:
        pictures = [a_shot(drain).picture() for _number in range(10)]
    assert {picture.shape for picture in pictures} == {wanted.shape}
    assert min(float(np.abs(picture - wanted).mean()) for picture in pictures) < 12


def test_unplugged_it_is_missing_and_plugged_in_it_is_back(camera: Path) -> None:
    """Within seconds each, and by the same number."""
    with drained() as drain:
        a_shot(drain)
        unplug()
        assert isinstance(the_problem(drain), CameraMissingError)
        before = drain.opened
        plug_in()
        a_shot(drain, 10.0)
        assert drain.opened == before + 1


def test_a_device_that_is_disconnected_with_its_node_left_is_a_problem_in_words(camera: Path) -> None:
    """The driver has let the device go, the node still stands: said to be gone, and looked for again."""
    with drained() as drain:
        a_shot(drain)
        set_control("disconnect")
        the_problem(drain)
        unplug()
        plug_in()
        a_shot(drain)


def test_another_program_that_has_the_camera_is_waited_for(camera: Path) -> None:
    """Its pictures go elsewhere: said to be busy; when the other ends, ours come."""
    with program(*SECOND_PROGRAM):
        wait_until(lambda: held_by_another(camera))
        time.sleep(1.0)
        with drained() as drain:
            assert isinstance(the_problem(drain), CameraBusyError)
    with drained() as drain:
        a_shot(drain)


def test_a_program_of_another_user_makes_it_busy_too(camera: Path) -> None:
    """The holder belongs to somebody whose files we may not list; the kernel tells all the same."""
    do("usermod", "-aG", "video", "anna")
    with program(*SECOND_PROGRAM):
        wait_until(lambda: held_by_another(camera))
        time.sleep(1.0)
        assert opened_by_anna().startswith(CameraBusyError.__name__)


def test_a_second_program_does_not_get_it_and_does_not_disturb(camera: Path) -> None:
    """While we watch, another one is refused, and our pictures go on."""
    with drained() as drain:
        first = a_shot(drain)
        other = subprocess.run(
            [*SECOND_PROGRAM, "--stream-count=1"], check=False, capture_output=True, encoding="utf-8"
        )
        assert "busy" in (other.stdout + other.stderr).lower()
        assert a_shot(drain).t_s > first.t_s
        assert drain.opened == 1


def test_given_back_it_is_anybody_elses(camera: Path) -> None:
    """After the end another program has it at once."""
    with drained() as drain:
        a_shot(drain)
    do(*SECOND_PROGRAM, "--stream-count=1")


def test_dropped_pictures_are_waited_for(camera: Path) -> None:
    """Two of three are lost: pictures still come, none older than its question. All lost: none comes in time, and
    when they are back so are ours."""
    with drained(CameraOptions(fps=10)) as drain:
        a_shot(drain)
        set_control("percentage_of_dropped_buffers", 66)
        for _number in range(5):
            asked_s = time.monotonic()
            assert a_shot(drain, 10.0).t_s > asked_s - 0.25
        set_control("percentage_of_dropped_buffers", 100)
        time.sleep(1.0)
        assert drain.next_shot(1.0) is None
        set_control("percentage_of_dropped_buffers", 0)
        a_shot(drain)


@pytest.mark.parametrize(
    "fault", ["inject_v4l2_buf_flag_error", "inject_vidioc_qbuf_error", "inject_fatal_streaming_error"]
)
def test_errors_of_the_driver_are_got_over(camera: Path, fault: str) -> None:
    """A picture marked as broken, a buffer refused, a stream that fails for good: pictures come again."""
    with drained(CameraOptions(fps=10)) as drain:
        a_shot(drain)
        set_control(fault)
        time.sleep(0.5)
        later_s = time.monotonic()
        while a_shot(drain).t_s < later_s:
            pass


@pytest.mark.parametrize("fault", ["inject_vidioc_reqbufs_error", "inject_vidioc_streamon_error"])
def test_a_camera_that_does_not_start_at_once_is_tried_again(camera: Path, fault: str) -> None:
    """The first start fails; the next does not."""
    set_control(fault)
    with drained() as drain:
        a_shot(drain)


def test_a_user_without_the_right_is_told_so(camera: Path) -> None:
    """The group is missing: forbidden, and the command that helps."""
    do("gpasswd", "-d", "anna", "video", check=False)
    assert opened_by_anna().startswith(f"{CameraForbiddenError.__name__} Run: sudo usermod -aG video")


def test_a_name_by_id_is_opened_and_found_again(camera: Path) -> None:
    """By its lasting name, which is a link: opened, known to be held, missing while unplugged, and back."""
    assert BY_ID.is_symlink()
    with drained(CameraOptions(source=str(BY_ID))) as drain:
        a_shot(drain)
        unplug()
        said = the_problem(drain)
        assert isinstance(said, CameraMissingError)
        assert str(BY_ID) in said.message
        plug_in()
        a_shot(drain)
    with program(*SECOND_PROGRAM):
        wait_until(lambda: held_by_another(BY_ID))


def test_nodes_that_take_no_pictures_are_not_listed() -> None:
    """vivid with an output, text and a radio beside its webcam: only the webcam is a camera."""
    with vivid("node_types=0x1ff1d"):
        (one,) = list_cameras()
        others = {str(node) for node in Path("/dev").glob("video*") if node.name[5:] != one.source}
        assert "vivid" in one.name
        assert others
        for other in others:
            with pytest.raises(CameraMissingError, match="no camera"):
                CameraSource(other, CameraOptions())


def test_after_a_suspend_pictures_are_new(camera: Path) -> None:
    """To memory and back: no picture from before, and pictures again within ten seconds."""
    with drained() as drain:
        a_shot(drain)
        suspend(6)
        asked_s = time.monotonic()
        assert a_shot(drain).t_s > asked_s - 0.25
        assert time.monotonic() - asked_s < 10
