"""Each source, and each thing that can be wrong with one: its own clear answer."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from camera_server import RENDERS
from posturewatch.base.errors import CameraMissingError, SourceError, SourceUnreadableError
from posturewatch.base.source_names import is_recording
from posturewatch.sensor.choices import CameraOptions
from posturewatch.sensor.frames import OddPictureError
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources.camera_faults import denied_by, held_by_another
from posturewatch.sensor.sources.open import open_source
from posturewatch.sensor.sources.source import Source


def opened(source: str | Path) -> Source:
    return open_source(CameraOptions(source=str(source)))


@pytest.fixture
def film(tmp_path: Path) -> Path:
    """Two seconds of film at 10 frames a second, made here."""
    cv2 = load_opencv()
    path = tmp_path / "film.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (320, 240))
    for number in range(20):
        writer.write(np.full((240, 320, 3), number * 10, np.uint8))
    writer.release()
    return path


def test_a_film_runs_on_media_time(film: Path) -> None:
    """Every frame in order, a tenth of a second apart, and then the end."""
    source = opened(film)
    times = []
    while source.grab():
        shot = source.shot()
        times.append(shot.t_s)
        assert shot.frame == len(times) - 1
        assert abs(int(shot.picture()[0, 0, 0]) - shot.frame * 10) <= 4
    source.close()
    assert not source.live
    assert np.allclose(np.diff(times), 0.1)
    assert len(times) == 20


@pytest.mark.parametrize(("points", "shown"), [("4:3", (128, 96)), ("1:2", (96, 192)), ("0:0", (96, 96))])
def test_oblong_points_are_made_square(tmp_path: Path, points: str, shown: tuple[int, int]) -> None:
    """A film of points that are wider than high is as wide as a player shows it: a face keeps its shape."""
    path = tmp_path / "film.y4m"
    head = f"YUV4MPEG2 W96 H96 F5:1 Ip A{points} C420jpeg\n".encode()
    path.write_bytes(head + (b"FRAME\n" + bytes([128]) * (96 * 96 * 3 // 2)) * 3)
    source = opened(path)
    assert source.grab()
    assert source.shot().picture().shape == (shown[1], shown[0], 3)


def test_a_cut_off_film_ends_early_and_not_with_a_crash(film: Path) -> None:
    """A truncated recording gives the frames that it has."""
    film.write_bytes(film.read_bytes()[: film.stat().st_size // 2])
    source = opened(film)
    count = 0
    while source.grab():
        count += 1
    assert 0 < count < 20


def test_images_come_in_the_order_people_expect(tmp_path: Path) -> None:
    """img2 before img10; other files are left alone; each frame has its file's name."""
    for name in ("img10.jpg", "img2.JPG", "img1.jpeg"):
        shutil.copy(RENDERS / "d1_000.jpg", tmp_path / name)
    (tmp_path / "notes.txt").write_text("no image")
    source = opened(tmp_path)
    names = []
    while source.grab():
        names.append(source.shot().name)
    assert names == ["img1.jpeg", "img2.JPG", "img10.jpg"]
    assert source.stills


def test_signs_that_only_look_like_digits_are_no_numbers(tmp_path: Path) -> None:
    """A raised two is none to count by, and digits of other scripts count as they do elsewhere; hidden files, of which
    macOS makes one beside each picture on a stick, are no pictures."""
    for name in ("²2.jpg", "img²5.jpg", "img٣.jpg", "img10.jpg", "._img10.jpg"):
        shutil.copy(RENDERS / "d1_000.jpg", tmp_path / name)
    source = opened(tmp_path)
    names = []
    while source.grab():
        names.append(source.shot().name)
    assert names == ["img٣.jpg", "img10.jpg", "img²5.jpg", "²2.jpg"]


def test_no_source_is_not_the_folder_that_one_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty word, as of a variable that is not set, names nothing."""
    shutil.copy(RENDERS / "d1_000.jpg", tmp_path / "1.jpg")
    monkeypatch.chdir(tmp_path)
    for word in ("", "  "):
        with pytest.raises(SourceError, match="No source is named"):
            open_source(CameraOptions(source=word))


def test_an_image_that_cannot_be_decoded_is_a_frame_without_points(tmp_path: Path) -> None:
    """One bad image among good ones keeps its place and its name."""
    shutil.copy(RENDERS / "d1_000.jpg", tmp_path / "1.jpg")
    (tmp_path / "2.jpg").write_bytes(b"\xff\xd8 no picture")
    (tmp_path / "3.png").write_bytes(b"")
    source = opened(tmp_path)
    assert source.grab()
    assert source.shot().picture().shape == (480, 640, 3)
    for name in ("2.jpg", "3.png"):
        assert source.grab()
        assert source.shot().name == name
        with pytest.raises(OddPictureError):
            source.shot().picture()
    assert not source.grab()


def test_a_grey_and_a_transparent_image_are_pictures(tmp_path: Path) -> None:
    """PNG files in grey, in 16 bit and with alpha are read as colour."""
    cv2 = load_opencv()
    cv2.imwrite(str(tmp_path / "a.png"), np.full((100, 100), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "b.png"), np.full((100, 100, 4), 77, np.uint8))
    cv2.imwrite(str(tmp_path / "c.png"), np.full((100, 100), 77 * 257, np.uint16))
    source = opened(tmp_path)
    while source.grab():
        assert source.shot().picture()[0, 0].tolist() == [77, 77, 77]


def test_a_jpeg_that_asks_for_gigabytes_is_not_decoded(tmp_path: Path) -> None:
    """A picture that announces 65,500 × 65,500 points is refused by its head."""
    data = bytearray((RENDERS / "d1_000.jpg").read_bytes())
    start = data.index(b"\xff\xc0") + 5
    data[start : start + 4] = b"\xff\xdc\xff\xdc"
    (tmp_path / "bomb.jpg").write_bytes(data)
    with pytest.raises(SourceUnreadableError):
        opened(tmp_path / "bomb.jpg")


def test_a_text_file_is_no_video(tmp_path: Path) -> None:
    """FFmpeg would play some texts; we say what it is."""
    path = tmp_path / "list.mp4"
    path.write_text("#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n")
    with pytest.raises(SourceUnreadableError, match="text file"):
        opened(path)


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    """Nothing in it: the message says so."""
    path = tmp_path / "empty.mp4"
    path.touch()
    with pytest.raises(SourceUnreadableError, match="empty"):
        opened(path)


def test_noise_is_no_video(tmp_path: Path) -> None:
    """Random bytes under a video's name are refused when opened or at the first frame."""
    path = tmp_path / "noise.mp4"
    path.write_bytes(np.random.default_rng(0).bytes(100_000))
    with pytest.raises(SourceUnreadableError):
        opened(path).grab()


def test_a_video_of_stamps_is_refused(tmp_path: Path) -> None:
    """A film of 32 × 32 points cannot be measured, and that is said at once."""
    cv2 = load_opencv()
    path = tmp_path / "tiny.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (32, 32))
    writer.write(np.zeros((32, 32, 3), np.uint8))
    writer.release()
    with pytest.raises(SourceUnreadableError, match="32"):
        opened(path)


def test_a_folder_without_images_says_so(tmp_path: Path) -> None:
    """Neither a crash nor an empty result."""
    (tmp_path / "readme.txt").write_text("x")
    with pytest.raises(SourceUnreadableError, match="no image"):
        opened(tmp_path)


def test_a_single_image_is_a_recording_of_one_frame() -> None:
    """A JPEG by itself can be measured."""
    source = opened(RENDERS / "d1_000.jpg")
    assert source.grab()
    assert source.shot().name == "d1_000.jpg"
    assert not source.grab()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The path stands in the message."""
    with pytest.raises(SourceError, match=r"away\.mp4"):
        opened(tmp_path / "away.mp4")


@pytest.mark.unix_only("device paths of Unix")
def test_a_missing_camera_is_missing_and_not_unreadable() -> None:
    """Camera 99 and a device that is not there: CameraMissingError with a hint."""
    for source in ("99", "/dev/video99", "/dev/v4l/by-id/usb-none-video-index0"):
        with pytest.raises(CameraMissingError) as missing:
            opened(source)
        assert missing.value.hint


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="device paths of Unix")
def test_a_device_that_is_no_camera_is_said_to_be_none() -> None:
    """A character device that takes no pictures is told from a busy camera."""
    with pytest.raises(CameraMissingError, match="no camera"):
        opened("/dev/null")


def test_an_unknown_kind_of_address_is_refused() -> None:
    """rtsp:// and file:// are not opened by accident."""
    for address in ("rtsp://127.0.0.1/x", "file:///etc/passwd", "concat:///a"):
        with pytest.raises(SourceError, match="addresses"):
            opened(address)


def test_a_path_with_a_null_is_an_error_and_not_a_crash() -> None:
    """Odd text in the settings ends in SourceError."""
    for source in ("a\0b", "x" * 5000):
        with pytest.raises(SourceError):
            opened(source)


def test_recordings_are_told_from_cameras(film: Path, tmp_path: Path) -> None:
    """What runs on media time and what is live is decided by the name alone."""
    assert is_recording(str(film))
    assert is_recording(str(tmp_path))
    assert not is_recording("0")
    assert not is_recording("http://127.0.0.1/video")


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_whoever_holds_a_device_is_found(tmp_path: Path) -> None:
    """A file that another process has open is held; one that only this process has open is not, nor a longer name."""
    node = tmp_path / "video1"
    node.touch()
    with node.open(), (tmp_path / "video10").open("w") as longer:
        assert not held_by_another(node)
        holder = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[longer.fileno()])
        assert not held_by_another(node)
        holder.communicate(b"\n")
    with node.open() as held:
        holder = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held.fileno()])
        assert held_by_another(node)
        by_id = tmp_path / "usb-A_Camera-video-index0"
        by_id.symlink_to(node)
        assert held_by_another(by_id)
        holder.communicate(b"\n")
    assert not held_by_another(node)


CONSENT = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore\webcam"


@pytest.mark.parametrize("root", ["HKEY_LOCAL_MACHINE", "HKEY_CURRENT_USER"])
@pytest.mark.parametrize("place", [CONSENT, CONSENT + r"\NonPackaged"])
def test_windows_a_camera_denied_by_the_administrator_or_the_user_is_forbidden(root: str, place: str) -> None:
    """Denied for the computer, for the user, or for desktop programs: each is enough."""
    registry = {(root, place, "Value"): "Deny"}
    assert denied_by(lambda *asked: registry.get(asked, "Allow"))


def test_windows_a_camera_that_nobody_denied_is_allowed() -> None:
    """Allowed everywhere, or no entry at all, is no denial."""
    assert not denied_by(lambda *_asked: "Allow")
    assert not denied_by(lambda *_asked: None)
