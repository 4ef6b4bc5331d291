"""The sensor process and its client, with real processes: killed, stopped, orphaned, and without a camera."""

from __future__ import annotations

import base64
import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from camera_server import RENDERS, CameraServer, Handler, answering, camera, jpeg, noisy, silent
from posturewatch.base import codec
from posturewatch.base.clock import SystemClock
from posturewatch.base.errors import (
    CameraForbiddenError,
    CameraMissingError,
    ModelError,
    PosturewatchError,
    SensorError,
    SourceEndedError,
    SourceUnreadableError,
)
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.settings import CameraSettings, ModelSettings
from posturewatch.disk.camera_password import keep_password
from posturewatch.disk.folders import find_folders
from posturewatch.sensor_client.client import RecordingSensor, SensorClient, list_cameras, observations, probe

unix = pytest.mark.unix_only("signals of Unix")


@pytest.fixture
def server() -> Iterator[CameraServer]:
    """A camera that shows one person, never the same bit for bit."""
    with camera(noisy(jpeg("d1_000"))) as one:
        yield one


@pytest.fixture
def client(server: CameraServer) -> Iterator[SensorClient]:
    """A client of that camera that loses patience after 2 s."""
    one = SensorClient(CameraSettings(source=server.address), ModelSettings(), SystemClock(), patience_s=2.0)
    yield one
    one.close()


def look_until(client: SensorClient, wanted: Lack | None, within_s: float = 20.0) -> Observation:
    """Look again and again until the answer has this lack; errors of a starting sensor are waited out."""
    end = time.monotonic() + within_s
    last: object = None
    while time.monotonic() < end:
        try:
            seen = client.look(Look(), 1.5)
        except SensorError as err:
            last = err
            time.sleep(0.2)
            continue
        if seen.lack is wanted:
            return seen
        last = seen.lack
        time.sleep(0.1)
    raise AssertionError(f"wanted {wanted}, last was {last}")


def gone(pid: int, within_s: float, *, orphan: bool = False) -> bool:
    """Whether the process is gone within some seconds, not even a zombie; an orphan's may wait for init."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if orphan and psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        if not psutil.pid_exists(pid):
            return True
        time.sleep(0.02)
    return False


def ask_until(client: SensorClient, error: type[PosturewatchError], deadline_s: float, within_s: float) -> str:
    """Look until this error comes, with nothing to see before it; its message."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            client.look(Look(), deadline_s)
        except error as err:
            return f"{err.message} {err.hint}"
    raise AssertionError(f"no {error.__name__} within {within_s} s")


def test_a_password_that_is_kept_apart_reaches_the_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The camera asks for a password, and none is kept: forbidden. One is kept now: the same client sees with it, and
    no command line of the process names it."""
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path))
    play, told = noisy(jpeg("d1_000")), "Basic " + base64.b64encode(b"me:s@cret").decode()

    def guarded(handler: Handler, stop: threading.Event) -> None:
        (play if handler.headers["Authorization"] == told else answering(401))(handler, stop)

    with camera(guarded) as server:
        source = server.address.replace("http://", "http://me@")
        client = SensorClient(CameraSettings(source=source), ModelSettings(), SystemClock())
        try:
            ask_until(client, CameraForbiddenError, 1.5, 30.0)
            keep_password(find_folders(), source, "s%40cret")
            seen = None
            end = time.monotonic() + 30
            while seen is None and time.monotonic() < end:
                with contextlib.suppress(CameraForbiddenError):
                    looked = client.look(Look(), 1.5)
                    seen = looked if looked.lack is None else None
            assert seen is not None
            assert client.pid is not None
            assert "cret" not in " ".join(psutil.Process(client.pid).cmdline())
        finally:
            client.close()


@pytest.mark.alone
def test_a_look_crosses_the_pipe(client: SensorClient) -> None:
    """Question, answer, capture time on the app's own clock; then the process is given back and none is left."""
    assert not client.running
    seen = look_until(client, None)
    assert seen.face is not None
    assert seen.trunk is not None
    assert codec.rounded(seen) == seen
    assert 0 <= time.monotonic() - seen.t_s < 2.0
    pid = client.pid
    assert pid is not None
    start = time.monotonic()
    client.close()
    client.close()
    assert time.monotonic() - start < 2.0
    assert not client.running
    assert gone(pid, 0.1)


def test_other_settings_mean_another_process(client: SensorClient, server: CameraServer) -> None:
    """Another camera ends the process and starts one with that camera; the same settings leave it be."""
    look_until(client, None)
    first = client.pid
    client.configure(CameraSettings(source=server.address), ModelSettings())
    assert client.pid == first
    with camera(noisy(jpeg("d1_000"))) as other:
        client.configure(CameraSettings(source=other.address), ModelSettings())
        assert not client.running
        look_until(client, None)
        assert client.pid != first


@pytest.mark.alone
def test_every_look_keeps_its_deadline_even_while_the_sensor_starts(client: SensorClient) -> None:
    """A first look of a fifth of a second is answered STARTING in time, which blames no camera; nothing is killed for
    being slow to start."""
    start = time.monotonic()
    assert client.look(Look(), 0.2).lack is Lack.STARTING
    assert time.monotonic() - start < 1.0
    pid = client.pid
    look_until(client, None)
    assert client.pid == pid


def test_no_camera_is_said_and_the_process_waits_for_one() -> None:
    """Camera 99: CameraMissingError at each look, from one process that keeps trying quietly."""
    client = SensorClient(CameraSettings(source="99"), ModelSettings(), SystemClock())
    try:
        assert "video99" in ask_until(client, CameraMissingError, 1.5, 15.0)
        pid = client.pid
        with pytest.raises(CameraMissingError):
            client.look(Look(), 1.5)
        assert client.pid == pid
    finally:
        client.close()


def test_a_camera_that_goes_and_comes_back_is_one_story(server: CameraServer, client: SensorClient) -> None:
    """Switched off: CAMERA_LOST, without a new process; switched on: seen again by itself."""
    look_until(client, None)
    pid = client.pid
    server.scene = silent
    server.interrupt()
    look_until(client, Lack.CAMERA_LOST)
    server.scene = noisy(jpeg("d1_000"))
    server.interrupt()
    assert look_until(client, None).face is not None
    assert client.pid == pid


@unix
@pytest.mark.alone
def test_a_sensor_that_is_killed_is_started_again_after_a_pause(client: SensorClient) -> None:
    """SIGKILL: SensorError once, the next look within the pause fails at once, and a second later all is well."""
    look_until(client, None)
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    with pytest.raises(SensorError):
        client.look(Look(), 1.5)
    assert not client.running
    start = time.monotonic()
    with pytest.raises(SensorError):
        client.look(Look(), 1.5)
    assert time.monotonic() - start < 0.2
    assert gone(pid, 0.1)
    assert look_until(client, None).face is not None
    assert client.pid != pid


@unix
def test_an_interrupt_in_the_terminal_is_for_the_app(client: SensorClient) -> None:
    """Ctrl-C reaches every process of a terminal: the sensor leaves it to the app to end it."""
    look_until(client, None)
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    assert client.look(Look(), 1.5).lack in (None, Lack.GATED)
    assert client.pid == pid


@unix
@pytest.mark.alone
def test_a_sensor_that_hangs_is_ended_and_not_waited_for(client: SensorClient) -> None:
    """SIGSTOP, as native code that never returns: late answers are NO_FRAME, then it is killed; no zombie stays."""
    look_until(client, None)
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    start = time.monotonic()
    ask_until(client, SensorError, 0.5, 10.0)
    assert time.monotonic() - start < 2.0 + 0.5 + 2.0
    assert gone(pid, 0.2)
    assert look_until(client, None).face is not None


@unix
@pytest.mark.alone
def test_closing_a_sensor_that_hangs_takes_two_seconds_at_most(client: SensorClient) -> None:
    """Pause, lock or quit while native code hangs: the camera is given back all the same."""
    look_until(client, None)
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    start = time.monotonic()
    client.close()
    assert time.monotonic() - start < 2.0
    assert gone(pid, 0.1)


@unix
def test_an_app_that_is_killed_leaves_no_sensor(server: CameraServer) -> None:
    """SIGKILL on the app: the sensor, camera and all, is gone within a second."""
    program = textwrap.dedent(
        f"""
        import time
        from posturewatch.base.clock import SystemClock
        from posturewatch.sensor_client.client import SensorClient
        from posturewatch.base.observation import Look
        from posturewatch.base.settings import CameraSettings, ModelSettings
        client = SensorClient(CameraSettings(source={server.address!r}), ModelSettings(), SystemClock())
        while client.look(Look(), 1.5).lack is not None:
            pass
        print(client.pid, flush=True)
        time.sleep(60)
        """
    )
    app = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, encoding="utf-8")
    try:
        assert app.stdout is not None
        pid = int(app.stdout.readline())
        assert psutil.pid_exists(pid)
        app.kill()
        assert gone(pid, 1.0, orphan=True)
    finally:
        app.kill()
        app.wait()


@unix
@pytest.mark.alone
def test_an_open_that_hangs_is_ended_with_the_process(tmp_path: Path) -> None:
    """A named pipe that nobody writes to blocks OpenCV in open(): looks stay in time and close ends it."""
    fifo = tmp_path / "camera"
    os.mkfifo(fifo)
    client = SensorClient(CameraSettings(source=str(fifo)), ModelSettings(), SystemClock())
    end = time.monotonic() + 6
    while time.monotonic() < end:
        start = time.monotonic()
        assert client.look(Look(), 0.5).lack in (Lack.STARTING, Lack.NO_FRAME)
        assert time.monotonic() - start < 1.0
    pid = client.pid
    assert pid is not None
    start = time.monotonic()
    client.close()
    assert time.monotonic() - start < 2.0
    assert gone(pid, 0.1)


def test_a_model_that_is_missing_is_a_model_error() -> None:
    """A wrong path under [models] reaches the app as ModelError with its hint."""
    client = SensorClient(CameraSettings(source="99"), ModelSettings(pose="nowhere.task"), SystemClock())
    try:
        assert "nowhere.task" in ask_until(client, ModelError, 1.5, 15.0)
        assert not client.running
        with pytest.raises(ModelError, match="nowhere"):
            client.look(Look(), 1.5)
        assert not client.running, "within the pause no new process is started"
    finally:
        client.close()


def test_a_recording_in_place_of_a_camera_ends(tmp_path: Path) -> None:
    """Watching a folder of images: seen on the app's clock, then SourceEndedError."""
    for number in range(12):
        (tmp_path / f"{number:02}.jpg").write_bytes(jpeg(f"d1_00{number % 3}"))
    client = SensorClient(CameraSettings(source=str(tmp_path)), ModelSettings(), SystemClock())
    try:
        seen = look_until(client, None)
        assert abs(time.monotonic() - seen.t_s) < 2.0
        ask_until(client, SourceEndedError, 1.5, 30.0)
    finally:
        client.close()


def test_a_folder_is_observed_in_order() -> None:
    """Every image, by name, with its people; the same again gives the same again, bit for bit."""
    with RecordingSensor(ModelSettings()) as sensor:
        first = list(sensor.observe(str(RENDERS)))
        again = list(sensor.observe(str(RENDERS)))
    assert [seen.name for seen in first] == ["d1_000.jpg", "d1_001.jpg", "d1_002.jpg", "d4_000.jpg", "d5_000.jpg"]
    assert all(seen.face is not None and seen.trunk is not None and seen.people == () for seen in first)
    assert again == first


def test_an_error_in_one_recording_does_not_end_the_next(tmp_path: Path) -> None:
    """A folder without images raises in the app; the same process then reads the good one."""
    with RecordingSensor(ModelSettings()) as sensor:
        with pytest.raises(SourceUnreadableError):
            list(sensor.observe(str(tmp_path)))
        assert len(list(sensor.observe(str(RENDERS)))) == 5


def test_a_recording_left_halfway_leaves_no_process() -> None:
    """Whoever stops reading early gets the process ended."""
    before = {child.pid for child in psutil.Process().children()}
    reading = observations(str(RENDERS), ModelSettings())
    next(reading)
    (pid,) = {child.pid for child in psutil.Process().children()} - before
    reading.close()  # type: ignore[attr-defined]
    assert gone(pid, 2.0)


def test_every_so_many_seconds_is_media_time() -> None:
    """Images count one second each: a look every two seconds sees the first, third and fifth."""
    seen = list(observations(str(RENDERS), ModelSettings(), every_s=2.0, look=Look(trunk=False)))
    assert [one.t_s for one in seen] == [0.0, 2.0, 4.0]
    assert all(one.trunk is None for one in seen)


@unix
def test_the_sensor_is_humble_and_silent(client: SensorClient) -> None:
    """Low priority, no core dumps, a new file of it is for its owner alone, and no internet socket is open."""
    look_until(client, None)
    assert client.pid is not None
    process = psutil.Process(client.pid)
    assert process.nice() >= 10
    if sys.platform == "linux":
        limits = Path(f"/proc/{client.pid}/limits").read_text()
        (core,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert core.split()[4:6] == ["0", "0"]
        assert Path(f"/proc/{client.pid}/coredump_filter").read_text().strip() == "00000000"
    addresses = {connection.raddr.ip for connection in process.net_connections("inet") if connection.raddr}
    assert addresses == {"127.0.0.1"}, "the camera that this test configured, and nobody else"


def test_probe_judges_each_part() -> None:
    """Doctor hears of libraries, models and camera by name; a missing camera is an error with a way to mend it."""
    checks = {check.part: check for check in probe(CameraSettings(source="99"), ModelSettings())}
    assert set(checks) == {"opencv", "models", "mediapipe", "camera"}
    assert checks["models"].level == checks["mediapipe"].level == checks["opencv"].level == "ok"
    assert checks["camera"].level == "error"
    assert checks["camera"].mend
    seen = {check.part: check for check in probe(CameraSettings(source=str(RENDERS)), ModelSettings())}
    assert seen["camera"].level == "ok"
    broken = {check.part: check for check in probe(CameraSettings(source="99"), ModelSettings(face="none.task"))}
    assert broken["models"].level == "error"


def test_the_list_of_cameras_is_a_list() -> None:
    """On a computer without a camera it is empty, and asking for it is no error."""
    assert all(source and name for source, name in list_cameras())


def test_a_sensor_that_watches_tells_by_itself_once_and_gives_the_camera_back_at_once(server: CameraServer) -> None:
    """Left to look by itself it wakes the app with what it has seen; meanwhile nobody asks it, and a close ends it."""
    woken = threading.Event()
    client = SensorClient(CameraSettings(source=server.address), ModelSettings(), SystemClock(), wake=woken.set)
    try:
        look_until(client, None)
        assert client.noticed() is None
        client.watch(Look(), 0.3, 20.0)
        assert woken.wait(60.0)
        seen = client.noticed()
        assert seen is not None
        assert seen.face is not None
        assert client.noticed() is None
        client.watch(Look(), 5.0, 20.0)
        pid = client.pid
        assert pid is not None
        client.close()
        assert gone(pid, 2.0)
    finally:
        client.close()


def test_a_sensor_that_watches_tells_that_its_camera_is_lost() -> None:
    """The next planned look may be ten seconds off: who would have told nothing until then says it by itself."""
    woken = threading.Event()
    with camera(noisy(jpeg("d1_000"))) as server:
        client = SensorClient(CameraSettings(source=server.address), ModelSettings(), SystemClock(), wake=woken.set)
        try:
            look_until(client, None)
            client.watch(Look(if_stirred=True), 0.3, 60.0)
            server.close()
            assert woken.wait(60.0)
            seen = client.noticed()
            assert seen is not None
            assert seen.lack is Lack.CAMERA_LOST
        finally:
            client.close()


def test_a_question_ends_the_watch_and_gets_its_own_answer(client: SensorClient) -> None:
    """What was noticed before it is old: it is not told any more."""
    look_until(client, None)
    client.watch(Look(), 0.1, 20.0)
    seen = client.look(Look(trunk=False), 1.5)
    assert not seen.looked.trunk
    assert client.noticed() is None
