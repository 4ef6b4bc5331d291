"""Signals, kills, hangs and little memory, on a running app with a real sensor: it goes on, or ends in order."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from camera_server import CameraServer, camera, jpeg, noisy
from cli.run_cli import Cli
from fakes import FakeDisplay, FakeNotifier
from posturewatch.app.main import CliOverrides, Running
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import EventKind
from posturewatch.disk.folders import find_folders
from posturewatch.journal.reader import open_reader
from posturewatch.sensor.bundles import models_folder

from .running_app import RunningApp, running

pytestmark = [
    pytest.mark.timeout(400),
    pytest.mark.unix_only("signals of Unix"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[CameraServer]:
    """A camera that shows one person, never the same bit for bit."""
    with camera(noisy(jpeg("d1_000"), fps=5)) as one:
        yield one


@pytest.fixture
def app(tmp_path: Path, server: CameraServer) -> Iterator[RunningApp]:
    """A running app on that camera."""
    with running(tmp_path / "home", server.address) as one:
        yield one


def events(home: Path) -> list[tuple[EventKind, str]]:
    """What the journal says has happened."""
    with open_reader(home / "data" / "journal.sqlite") as journal:
        return [(event.kind, event.outcome) for event in journal.content().events]


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGSTOP])
def test_a_sensor_that_dies_or_hangs_is_a_state_and_is_replaced(app: RunningApp, how: signal.Signals) -> None:
    """Killed, crashed or hanging, the app says that the measuring part failed, starts another, and says all is well."""
    app.until_it_sees()
    first = app.a_sensor()
    first.send_signal(how)
    said = app.until(lambda told: told["reason"] == "sensor_failed")
    assert said["state"] == "unreliable"
    second = app.a_sensor(other_than=first.pid)
    app.until_it_sees()
    psutil.wait_procs([first], timeout=30)
    assert not psutil.pid_exists(first.pid), "not even a zombie"
    assert second.is_running()
    assert app.quit() == 0
    cameras = [outcome for kind, outcome in events(app.home) if kind is EventKind.CAMERA]
    assert cameras[:2] == ["sensor_failed", "back"]
    assert not second.is_running()


def test_a_hangup_reads_the_settings_again_and_ends_nothing(tmp_path: Path, server: CameraServer) -> None:
    """SIGHUP: the app runs on with the settings as they now stand, though by its date the file has not changed."""
    home = tmp_path / "home"
    Cli(home).run("config", "init")
    path = home / "config" / "config.toml"
    path.write_text("[posture]\nthreshold = 2.0\n")
    with running(home, server.address) as app:
        app.until(lambda told: told["threshold_in"] == 2.0)
        app.until_it_sees()
        time.sleep(1.5)
        before = path.stat()
        with path.open("r+") as file:
            file.write("[posture]\nthreshold = 1.5\n")
            file.flush()
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        time.sleep(2.5)
        assert app.until_it_sees()["threshold_in"] == 2.0
        app.process.send_signal(signal.SIGHUP)
        app.until(lambda told: told["threshold_in"] == 1.5)
        assert app.until_it_sees()["watching"]
        assert app.quit() == 0


def test_an_app_that_stands_still_makes_up_no_time(app: RunningApp) -> None:
    """App and sensor stopped for eighteen seconds, as by sleep: an event, none of it counts as watched, and it
    sees again."""
    app.until_it_sees()
    family = [psutil.Process(app.process.pid), app.a_sensor()]
    for process in family:
        process.suspend()
    time.sleep(18)
    for process in reversed(family):
        process.resume()
    app.until_it_sees()
    assert app.quit() == 0
    with open_reader(app.home / "data" / "journal.sqlite") as journal:
        content = journal.content()
    (slept,) = [event for event in content.events if event.kind is EventKind.SUSPEND]
    assert slept.value is not None
    assert 15 < slept.value < 60
    begun = next(event.at for event in content.events if event.kind is EventKind.START)
    ended = next(event.at for event in content.events if event.kind is EventKind.STOP)
    watched_s = sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s for row in content.minutes)
    assert watched_s <= (ended - begun).total_seconds() - slept.value + 4
    assert sum(row.off_s for row in content.minutes) <= slept.value + 4


def test_a_kill_loses_at_most_the_last_ten_seconds(app: RunningApp) -> None:
    """SIGKILL while it watches: all but ten seconds of it stand in the journal."""
    app.until_it_sees()
    begin = time.monotonic()
    time.sleep(18)
    app.process.kill()
    app.process.wait()
    ran_s = time.monotonic() - begin
    with open_reader(app.home / "data" / "journal.sqlite") as journal:
        assert journal.integrity() == ()
        rows = journal.content().minutes
    counted = sum(row.valid_s + row.away_s + row.unreliable_s + row.paused_s + row.off_s for row in rows)
    assert counted >= ran_s - 10.5


def test_a_bundle_that_is_gone_is_named_until_it_is_back(tmp_path: Path, server: CameraServer) -> None:
    """The pose bundle that the settings name is not there: the status names it, as long as it lasts; put there, the
    app sees by itself."""
    home, bundle = tmp_path / "home", tmp_path / "mine.task"
    Cli(home).run("config", "init")
    Cli(home).run("config", "set", "models.pose", str(bundle))
    with running(home, server.address) as app:
        told = app.until(lambda told: str(bundle) in told["trouble"])
        assert told["reason"] == "sensor_failed"
        assert str(bundle) in Cli(home).run("status").out
        shutil.copy(models_folder() / "pose_landmarker_full.task", bundle)
        assert app.until_it_sees()["trouble"] == ""
        assert app.quit() == 0


@pytest.mark.alone
def test_a_stopped_sensor_does_not_hold_up_the_end(app: RunningApp) -> None:
    """The sensor hangs and the user quits: over within five seconds, sensor and all."""
    app.until_it_sees()
    eye = app.a_sensor()
    eye.send_signal(signal.SIGSTOP)
    begin = time.monotonic()
    app.process.send_signal(signal.SIGTERM)
    assert app.process.wait(60) == 0
    assert time.monotonic() - begin < 5
    assert not psutil.pid_exists(eye.pid)


def test_a_kill_at_any_moment_leaves_nothing_in_the_way(tmp_path: Path, server: CameraServer) -> None:
    """SIGKILL five times at random moments of start and run: no sensor stays, the next start has the journal whole."""
    chance = random.Random(6)
    home = tmp_path / "home"
    for _round in range(5):
        with running(home, server.address) as app:
            time.sleep(chance.uniform(0.3, 6.0))
            family = psutil.Process(app.process.pid).children(recursive=True)
            app.process.kill()
            app.process.wait()
            _gone, left = psutil.wait_procs(family, timeout=30)
            assert [one for one in left if one.status() != psutil.STATUS_ZOMBIE] == []
    with running(home, server.address) as app:
        app.until_it_sees()
        assert app.quit() == 0
    with open_reader(home / "data" / "journal.sqlite") as journal:
        assert journal.integrity() == ()
    assert not list((home / "data").glob("*damaged*"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_any_moment_of_the_start_ends_it(
    tmp_path: Path, server: CameraServer, number: signal.Signals
) -> None:
    """Asked to end while it is still starting, it ends within seconds, nothing stays behind, and it can start again."""
    home = tmp_path / "home"
    for wait_s in (0.2, 0.6, 1.2, 2.0):
        with running(home, server.address) as app:
            time.sleep(wait_s)
            family = psutil.Process(app.process.pid).children(recursive=True)
            app.process.send_signal(number)
            app.process.wait(60)
            _gone, left = psutil.wait_procs(family, timeout=30)
            assert left == []
            assert number != signal.SIGTERM or "Traceback" not in app.errors.read_text()
    assert Cli(home).run("status", code=8).err


def test_many_starts_at_once_are_one_app(tmp_path: Path, server: CameraServer) -> None:
    """Five starts in the same moment: one runs, four say so and exit with 8, and one sensor has the camera."""
    home = tmp_path / "home"
    apps = [RunningApp(home, server.address) for _number in range(5)]
    try:
        end = time.monotonic() + 60
        while sum(app.process.poll() is None for app in apps) > 1 and time.monotonic() < end:
            time.sleep(0.1)
        (one,) = [app for app in apps if app.process.poll() is None]
        assert [app.process.returncode for app in apps if app is not one] == [8] * 4
        one.until_it_sees()
        family = psutil.Process(one.process.pid).children(recursive=True)
        assert ["posturewatch.sensor" in process.cmdline() for process in family] == [True]
        assert one.quit() == 0
    finally:
        for app in apps:
            app.end()


@pytest.mark.skipif(sys.platform != "linux", reason="a folder with open files is removed so under Linux")
def test_a_home_that_is_removed_while_it_runs_stays_one_app(app: RunningApp, server: CameraServer) -> None:
    """Before the place is made anew, and after: a second start finds the first, which answers again, says so, and ends
    in order."""
    app.until_it_sees()
    shutil.rmtree(app.home)
    second = RunningApp(app.home, server.address)
    try:
        assert second.process.wait(60) == 8
    finally:
        second.end()
    app.until_it_sees()
    assert "removed while posturewatch ran" in app.log()
    third = RunningApp(app.home, server.address)
    try:
        assert third.process.wait(60) == 8
    finally:
        third.end()
    assert app.quit() == 0
    assert (app.home / "data" / "journal.sqlite").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a running process are Linux's to change")
def test_little_memory_ends_the_sensor_and_not_the_app(app: RunningApp) -> None:
    """With no memory for networks and pictures the app says that measuring failed; with memory again, all is well."""
    app.until_it_sees()
    process = psutil.Process(app.process.pid)
    before = process.rlimit(psutil.RLIMIT_AS)
    process.rlimit(psutil.RLIMIT_AS, (process.memory_info().vms + (64 << 20), before[1]))
    eye = app.a_sensor()
    eye.kill()
    app.until(lambda told: told["reason"] == "sensor_failed")
    app.command(CommandKind.PAUSE, 2.0)
    app.until(lambda told: told["paused"])
    process.rlimit(psutil.RLIMIT_AS, before)
    app.until_it_sees()
    assert app.quit() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_when_memory_runs_out_the_sensor_goes_first(app: RunningApp) -> None:
    """Linux is told that the sensor is the one to end; the app stays as it is."""
    app.until_it_sees()
    eye = app.a_sensor()
    assert Path(f"/proc/{eye.pid}/oom_score_adj").read_text().strip() == "500"
    own = Path("/proc/self/oom_score_adj").read_text()
    assert Path(f"/proc/{app.process.pid}/oom_score_adj").read_text() == own


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
def test_neither_process_can_be_dumped(app: RunningApp) -> None:
    """Core dumps are off in the app and in the sensor, by limit and by filter; both run with umask 077."""
    app.until_it_sees()
    for pid in (app.process.pid, app.a_sensor().pid):
        limits = Path(f"/proc/{pid}/limits").read_text()
        (core,) = [line for line in limits.splitlines() if line.startswith("Max core file size")]
        assert core.split()[4:6] == ["0", "0"]
        assert int(Path(f"/proc/{pid}/coredump_filter").read_text(), 16) == 0
        assert "Umask:\t0077" in Path(f"/proc/{pid}/status").read_text()


class BrokenLoop:
    """A loop with a bug."""

    def run(self) -> None:
        """Ends in something that nobody foresaw."""
        raise ZeroDivisionError("division by zero")


def test_a_bug_in_the_loop_does_not_end_it_silently(tmp_path: Path) -> None:
    """The user is told, the tray is closed, and the failure reaches the command line, which writes a report."""
    app = Running(find_folders({"POSTUREWATCH_HOME": str(tmp_path)}), CliOverrides())
    display, notifier = FakeDisplay(), FakeNotifier()
    app._work(BrokenLoop(), display, notifier)  # type: ignore[arg-type]
    assert isinstance(app._failure, ZeroDivisionError)
    assert [reminder.key for reminder in notifier.sent] == ["end"]
    assert "unexpected" in notifier.sent[0].body


def test_a_session_that_ends_takes_it_along(tmp_path: Path, server: CameraServer) -> None:
    """The whole process group is told to end at once, as at log-out: exit 0, nothing stays."""
    home = tmp_path / "home"
    app = subprocess.Popen(
        [sys.executable, "-m", "posturewatch", "run", "--no-tray", "--source", server.address],
        env=Cli(home).environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        deadline = time.monotonic() + 60
        while not psutil.Process(app.pid).children() and time.monotonic() < deadline:
            time.sleep(0.1)
        family = psutil.Process(app.pid).children(recursive=True)
        os.killpg(app.pid, signal.SIGTERM)
        assert app.wait(60) == 0
        _gone, left = psutil.wait_procs(family, timeout=30)
        assert left == []
        assert events(home)[-1][0] is EventKind.STOP
    finally:
        app.kill()
        app.wait()
