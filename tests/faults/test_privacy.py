"""The promise, proven: whole runs under strace reach no network and write no picture; logs hold no landmarks."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from camera_server import CameraServer, camera, noisy
from cli.run_cli import Cli
from posturewatch.base.loop_commands import CommandKind
from posturewatch.base.records import EventKind
from posturewatch.journal.reader import open_reader
from posturewatch.offline.demo import CLIP

from .running_app import running
from .strace_reader import PACTL_MEMORY, PICTURE_STARTS, STRACE, Trace, prefix

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's"),
    pytest.mark.skipif(STRACE is None and "CI_DESKTOP" not in os.environ, reason="strace is not installed"),
]

EXPECTED = tuple(
    re.compile(pattern)
    for pattern in (
        r"data/journal\.sqlite(-wal|-shm|-journal)?",
        r"data/days/\.?(\d{4}-\d\d-\d\d\.(csv|txt)|\d{4}-W\d\d\.txt|data_dictionary\.csv)(\.[0-9a-f]{8}\.part)?",
        r"data/\.?profile(\.[0-9a-f]{8}\.part)?",
        r"data/reports?/[^/]*\.html(\.[0-9a-f]{8}\.part)?",
        r"state/(instance\.lock|control\.sock)",
        r"state/\.?control\.(key|json)(\.[0-9a-f]{8}\.part)?",
        r"state/posturewatch\.(png|part)",
        r"logs/posturewatch\.log",
        r"\.?(report\.(html|pdf)|measured\.csv)(\.[0-9a-f]{8}\.part)?",
        r"\.posturewatch-demo",
        r"([a-z]+/){0,2}#\d+",
    )
)
"""All that a run may write below its home. The icon is the one picture: the app's own, drawn by the program. ``#`` with
a number is a file that never had a name: a trial of whether the disk has room, gone when it is closed."""

OWN_PICTURE = "/state/posturewatch.p"


@pytest.fixture(autouse=True)
def _no_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spoken to on a desktop is ``desktop/test_privacy_desktop.py``'s; here there are neither buses nor
    sound."""
    for name in ("DBUS_SESSION_BUS_ADDRESS", "DBUS_SYSTEM_BUS_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


def chunks(picture: bytes, count: int = 60, length: int = 24) -> list[bytes]:
    """Pieces of a picture file from all over it, by which it would be known again in any wrapping but encryption."""
    step = max(1, (len(picture) - length) // count)
    return [picture[start : start + length] for start in range(200, len(picture) - length, step)]


def unexpected(trace: Trace, home: Path) -> list[str]:
    """Files that were written outside the list, or outside the home."""
    out = []
    for path in trace.written():
        if path.split(" ")[0] == PACTL_MEMORY:
            continue
        place = Path(path)
        inside = place.relative_to(home).as_posix() if place.is_relative_to(home) else None
        if inside is None or not any(pattern.fullmatch(inside) for pattern in EXPECTED):
            out.append(path)
    return out


def pictures_written(trace: Trace) -> list[str]:
    """Writes to a disk that begin as a picture file does."""
    return [
        f"{path}: {start[:60]}"
        for path, starts in trace.written().items()
        if OWN_PICTURE not in path
        for start in starts
        if any(start.startswith((f', "{magic}', f', [{{iov_base="{magic}')) for magic in PICTURE_STARTS)
    ]


def check_files(home: Path, pieces: list[bytes]) -> None:
    """No file left behind holds a piece of a source picture, a picture file's beginning, or a block large enough."""
    for path in home.rglob("*"):
        if not path.is_file() or OWN_PICTURE in path.as_posix():
            continue
        content = path.read_bytes()
        assert not [piece for piece in pieces if piece in content], path
        assert b"\xff\xd8\xff" not in content, path
        assert b"\x89PNG" not in content, path
        assert b"data:image/jpeg" not in content, path
        assert path.stat().st_mode & 0o077 == 0, path
    with closing(sqlite3.connect(home / "data" / "journal.sqlite")) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            columns = [row[1] for row in database.execute(f'PRAGMA table_info("{table}")')]
            blobs = " + ".join(f"(typeof(\"{name}\") = 'blob')" for name in columns)
            assert database.execute(f'SELECT total({blobs}) FROM "{table}"').fetchone() == (0.0,), table  # noqa: S608


def check_log(home: Path) -> None:
    """The log is short, and no line of it looks like landmarks: no more than six numbers in a row."""
    text = (home / "logs" / "posturewatch.log").read_text(encoding="utf-8")
    assert len(text) < 20_000
    without_times = re.sub(r"(?m)^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+", "", text)
    assert not re.search(r"(-?\d+(\.\d+)?[,;\s\[\]()]+){7,}", without_times)
    assert str(Path.home()) not in text.replace(str(home), "")


@pytest.mark.slow
def test_a_demo_reaches_no_network_and_writes_no_picture(tmp_path: Path) -> None:
    """Calibration, measuring, nudge, break and report under strace: no internet socket is had, only the expected
    files are written, none begins as a picture, none holds a piece of the film."""
    home = tmp_path / "out"
    traces = tmp_path / "traces"
    traces.mkdir()
    demo = [sys.executable, "-m", "posturewatch", "demo", "--out", str(home), "--json"]
    command = [*prefix(traces / "demo.trace"), *demo]
    done = subprocess.run(
        command,
        env=Cli(tmp_path / "home").environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Time to change position" in done.stdout
    assert "Time for a short break" in done.stdout
    trace = Trace.of(traces)
    assert trace.families() <= {"AF_UNIX"}
    assert trace.reached() == set()
    assert trace.local() == set()
    assert unexpected(trace, home) == []
    assert pictures_written(trace) == []
    films = [path.read_bytes() for path in CLIP.glob("*.mp4")]
    check_files(home, [piece for film in films for piece in chunks(film)])


def frames(path: Path, every: int) -> list[bytes]:
    """Frames of a film as JPEGs."""
    import cv2

    film, out, number = cv2.VideoCapture(str(path)), [], 0
    while True:
        read, pixels = film.read()
        if not read:
            return out
        if number % every == 0:
            out.append(bytes(cv2.imencode(".jpg", pixels)[1].tobytes()))
        number += 1


@pytest.fixture
def upright() -> list[bytes]:
    """Somebody who sits upright."""
    return frames(CLIP / "calibration.mp4", 2)


@pytest.fixture
def server(upright: list[bytes]) -> Iterator[CameraServer]:
    """A camera on loopback, the only address that a live run may reach."""
    from camera_server import playing

    with camera(playing(*upright, fps=5)) as one:
        yield one


def nudged(home: Path) -> bool:
    """Whether a nudge has been tried: where nothing shows notifications it is in the journal as failed."""
    with open_reader(home / "data" / "journal.sqlite") as journal:
        return any(event.kind is EventKind.NUDGE for event in journal.content().events)


SETTINGS = """
[posture]
hold_s = 10
gap_min = 1
[watch]
near_s = 0.5
steady_s = 1
[journal]
raw_samples = true
"""


@pytest.mark.slow
def test_a_live_run_reaches_its_camera_alone_and_writes_no_picture(
    tmp_path: Path, server: CameraServer, upright: list[bytes]
) -> None:
    """A running app on a loopback camera, calibrated there, nudging, on a break, paused, reported on, quit: the one
    internet address is the camera's, and no byte of its pictures is on the disk, raw samples switched on or not."""
    home = tmp_path / "home"
    traces = tmp_path / "traces"
    traces.mkdir()
    (home / "config").mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    settings = home / "config" / "config.toml"
    settings.write_text(SETTINGS)
    settings.chmod(0o600)
    forward = frames(CLIP / "test.mp4", 1)[90:110]
    with running(home, server.address, prefix=prefix(traces / "run.trace")) as app:
        app.until_it_sees()
        app.command(CommandKind.CALIBRATE, 1.0)
        app.until(lambda told: told["calibrating"] is not None)
        app.until(lambda told: told["calibrating"] is None, within_s=120)
        app.until(lambda told: told["state"] in ("upright", "forward"), within_s=120)
        server.scene = noisy(forward[10], fps=5)
        server.interrupt()
        app.until(lambda _told: nudged(home), within_s=180)
        app.command(CommandKind.BREAK_NOW)
        app.command(CommandKind.PAUSE, 3.0)
        app.until(lambda told: told["paused"])
        app.until(lambda told: not told["paused"] and told["watching"])
        report = [sys.executable, "-m", "posturewatch", "report", "--html", str(home / "report.html")]
        for number, words in enumerate((report, [*report[:-2], "--pdf", str(home / "report.pdf")])):
            traced = [*prefix(traces / f"report{number}.trace"), *words]
            subprocess.run(traced, env=Cli(home).environment(), check=True, timeout=200, capture_output=True)
        app.command(CommandKind.QUIT)
        app.process.wait(60)
    time.sleep(0.5)
    trace = Trace.of(traces)
    assert trace.families() <= {"AF_UNIX", "AF_INET"}
    assert trace.reached() == {("127.0.0.1", server.port)}
    assert trace.local() <= {str(home / "state" / "control.sock")}
    strangers = [path for path in unexpected(trace, home) if path != str(app.errors)]
    assert strangers == []
    assert pictures_written(trace) == []
    check_files(home, [piece for picture in (*upright[:3], forward[10]) for piece in chunks(picture)])
    check_log(home)


def test_the_proof_would_see_a_picture(tmp_path: Path) -> None:
    """A program that does write a JPEG, opens an internet socket and connects is caught by each of these checks."""
    traces = tmp_path / "traces"
    traces.mkdir()
    target = tmp_path / "data" / "journal.sqlite"
    target.parent.mkdir()
    program = f"""
import socket, os
open({str(target)!r}, "wb").write(b"\\xff\\xd8\\xff\\xe0 picture")
open({str(tmp_path / "secret.bin")!r}, "wb").write(b"raw")
s = socket.socket()
s.settimeout(0.2)
try:
    s.connect(("127.0.0.1", 9))
except OSError:
    pass
listener, caller = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
listener.bind({str(tmp_path / "stranger")!r})
listener.listen()
caller.connect({str(tmp_path / "stranger")!r})
"""
    subprocess.run([*prefix(traces / "x.trace"), sys.executable, "-c", program], check=True)
    trace = Trace.of(traces)
    assert trace.families() == {"AF_INET", "AF_UNIX"}
    assert trace.local() == {str(tmp_path / "stranger")}
    assert trace.reached() == {("127.0.0.1", 9)}
    assert unexpected(trace, tmp_path) == [str(tmp_path / "secret.bin")]
    assert len(pictures_written(trace)) == 1
