"""A camera's password in a real keyring: GNOME's, on a private bus, with a home of its own."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.run_cli import Cli
from desktop.conftest import bus, end, need, owned, until
from posturewatch.base.clock import SystemClock
from posturewatch.base.errors import DesktopError, SourceError
from posturewatch.base.observation import Lack, Look
from posturewatch.base.settings import CameraSettings, ModelSettings
from posturewatch.desktop.dbus import Call, ask
from posturewatch.disk import system_keyring
from posturewatch.disk.camera_password import kept_password
from posturewatch.disk.folders import find_folders
from posturewatch.sensor_client.client import SensorClient

__all__ = ["bus"]

pytest.importorskip("keyring", reason="the extra `keyring` is not installed")
pytestmark = pytest.mark.desktop

SOURCE = "http://me:open%40sesame@127.0.0.1:9/video"
BARE = "http://me@127.0.0.1:9/video"
SECRETS = "org.freedesktop.secrets"
LOGIN = "/org/freedesktop/secrets/collection/login"


@pytest.fixture
def keyring(bus: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[subprocess.Popen[bytes]]:
    """GNOME's keyring, open, and the one that the library finds."""
    place = tmp_path / "keyring"
    place.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_DATA_HOME", str(place))
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    words = ("--foreground", "--components=secrets", f"--control-directory={place}", "--unlock")
    daemon = subprocess.Popen(
        (need("gnome-keyring-daemon"), *words),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert daemon.stdin is not None
    daemon.stdin.write(b"open")
    daemon.stdin.close()
    assert until(lambda: owned(SECRETS))
    yield daemon
    daemon.send_signal(signal.SIGCONT)
    end(daemon)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of the app's own; the file that says where the password is."""
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "data" / "camera-password"


def entries() -> int:
    """How many secrets the keyring holds."""
    return len(ask(Call(SECRETS, LOGIN, "org.freedesktop.DBus.Properties", "Get", "ss",
                        ("org.freedesktop.Secret.Collection", "Items"))))  # fmt: skip


def lock() -> None:
    """Lock it, as a session does that has no password to open it with."""
    ask(Call(SECRETS, "/org/freedesktop/secrets", "org.freedesktop.Secret.Service", "Lock", "ao", ([LOGIN],)))


def test_the_password_lies_in_the_keyring_and_in_no_file(keyring: object, kept: Path, tmp_path: Path) -> None:
    """Set, it is handed to its camera and to no other, and said to be there; a new one takes the old one's place;
    another camera, or forgetting all, leaves none."""
    cli = Cli(tmp_path / "home")
    assert "the system's keyring" in cli.run("config", "set", "camera.source", SOURCE).out
    assert "sesame" not in kept.read_text()
    assert all(b"sesame" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert kept_password(find_folders(), BARE, 60.0) == "open%40sesame"
    assert kept_password(find_folders(), BARE.replace(":9", ":10")) is None
    doctor = next(each for each in cli.run("doctor", "--json", code=None).json if each["part"] == "camera password")
    assert (doctor["level"], "the system's keyring" in doctor["says"]) == ("ok", True)
    cli.run("config", "set", "camera.source", SOURCE.replace("sesame", "barley"))
    assert kept_password(find_folders(), BARE, 60.0) == "open%40barley"
    assert entries() == 1
    cli.run("config", "set", "camera.source", "0")
    assert not kept.exists()
    assert entries() == 0
    cli.run("config", "set", "camera.source", SOURCE)
    cli.run("forget", "--all", "--yes")
    assert not kept.exists()
    assert entries() == 0


def test_a_keyring_that_is_locked_is_waited_for_no_longer_than_said(
    keyring: object, kept: Path, tmp_path: Path
) -> None:
    """Nobody opens it: an error that says what to do, and the doctor says it too."""
    cli = Cli(tmp_path / "home")
    cli.run("config", "set", "camera.source", SOURCE)
    lock()
    with pytest.raises(DesktopError, match="keyring"):
        kept_password(find_folders(), BARE, 1.0)
    doctor = next(each for each in cli.run("doctor", "--json", code=None).json if each["part"] == "camera password")
    assert doctor["level"] == "error"
    assert "sesame" not in json.dumps(doctor)


def test_a_keyring_that_is_silent_does_not_hold_the_loop(
    keyring: subprocess.Popen[bytes], kept: Path, tmp_path: Path
) -> None:
    """Each look ends within its own time: nothing yet at first, then the reason, and no sensor is started. The question
    stands: with its answer the camera is tried."""
    Cli(tmp_path / "home").run("config", "set", "camera.source", SOURCE)
    keyring.send_signal(signal.SIGSTOP)
    client = SensorClient(CameraSettings(source=BARE), ModelSettings(), SystemClock())

    def look() -> object:
        try:
            return client.look(Look(), 0.3).lack
        except SourceError as err:
            return err.message

    try:
        looks = [look()]
        while looks[-1] is Lack.STARTING:
            looks.append(look())
        assert len(looks) >= 5
        assert "keyring" in str(looks[-1])
        assert client.pid is None
        keyring.send_signal(signal.SIGCONT)
        assert until(lambda: look() and client.running)
    finally:
        client.close()


def test_what_a_keyring_holds_is_not_given_up_where_there_is_none(keyring: object, kept: Path, tmp_path: Path) -> None:
    """In a session without one (by ssh, say) neither reading nor forgetting claims to have worked."""
    cli = Cli(tmp_path / "home")
    cli.run("config", "set", "camera.source", SOURCE)
    elsewhere = Cli(tmp_path / "home")
    with pytest.MonkeyPatch.context() as session:
        session.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        with pytest.raises(DesktopError, match="none in this session"):
            kept_password(find_folders(), BARE)
        assert "keyring" in elsewhere.run("forget", "--all", "--yes", code=9).err
    assert entries() == 1


def test_without_a_keyring_it_lies_in_a_file(
    bus: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bus without one: as if the library were not there."""
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
    Cli(tmp_path / "home").run("config", "set", "camera.source", SOURCE)
    assert "open%40sesame" in kept.read_text()
    assert not system_keyring.keep("name", "secret")
