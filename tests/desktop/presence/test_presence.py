"""What the desktop says about the user, and what becomes of it when it says nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from fakes import FakeClock
from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.devices import (
    camera_in_use,
    devices_in_use,
    has_camera,
    microphone_in_use,
    recording_clients,
)
from posturewatch.desktop.presence.macos import four_characters
from posturewatch.desktop.presence.polled import NullDesktop, Poll, PolledDesktop, merge
from posturewatch.desktop.presence.windows import Consent, in_use, own_keys

OURS = frozenset({100})


def until(fact: Callable[[], bool], patience_s: float = 5.0) -> bool:
    """Wait until something holds."""
    waiting = threading.Event()
    for _turn in range(int(patience_s / 0.02)):
        if fact():
            return True
        waiting.wait(0.02)
    return False


def process(proc: Path, pid: int, *, name: str, holds: str = "", maps: str = "", words: str = "program") -> None:
    """A process as /proc shows it, holding one file open."""
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "comm").write_text(f"{name}\n")
    (folder / "cmdline").write_bytes(words.replace(" ", "\0").encode())
    (folder / "maps").write_text(maps)
    if holds:
        (folder / "fd" / "7").symlink_to(holds)


def test_yes_outranks_no_and_no_outranks_cannot_tell() -> None:
    """Answers from several sources become one; of idle times the shortest counts."""
    merged = merge((Courtesy(locked=False, idle_s=50), Courtesy(locked=True, full_screen=False), Courtesy(idle_s=3)))
    assert merged == Courtesy(locked=True, full_screen=False, idle_s=3)
    assert merge(()) == Courtesy()


def test_a_question_that_fails_cannot_tell() -> None:
    """A poll that raises leaves its facts unknown and the others known."""

    def broken() -> Courtesy:
        raise OSError("gone")

    desktop = PolledDesktop(FakeClock(), (Poll("a", 1, broken), Poll("b", 1, lambda: Courtesy(on_battery=True))))
    assert until(lambda: desktop.courtesy() == Courtesy(on_battery=True))
    desktop.close()


def test_a_question_that_hangs_holds_nobody_up_and_its_answer_grows_old() -> None:
    """While a poll hangs, courtesy answers at once; after four periods the old answer is dropped."""
    clock = FakeClock()
    answers = iter((Courtesy(in_call=True),))
    free = threading.Event()

    def once() -> Courtesy:
        found = next(answers, None)
        if found is None:
            free.wait(10)
            return Courtesy()
        return found

    desktop = PolledDesktop(clock, (Poll("devices", 1.0, once),))
    assert until(lambda: desktop.courtesy().in_call is True)
    clock.advance(1.5)
    assert desktop.courtesy().in_call is True
    clock.advance(5)
    assert desktop.courtesy() == Courtesy()
    free.set()
    desktop.close()


def test_the_null_knows_nothing() -> None:
    """Without a desktop every fact is unknown."""
    null = NullDesktop()
    assert null.courtesy() == Courtesy()
    null.close()


def test_another_program_with_the_camera_is_a_call(tmp_path: Path) -> None:
    """A process that is not ours and holds a video device counts."""
    process(tmp_path, 100, name="python", holds="/dev/video0")
    process(tmp_path, 200, name="editor", holds="/home/someone/text")
    assert camera_in_use(tmp_path, OURS) is False
    process(tmp_path, 300, name="meeting", holds="/dev/video0")
    assert camera_in_use(tmp_path, OURS) is True


def test_our_own_sensor_started_elsewhere_is_no_call(tmp_path: Path) -> None:
    """A posturewatch command of another terminal that shows the live view does not mute us."""
    process(tmp_path, 400, name="python", holds="/dev/video0", words="python -m posturewatch calibrate")
    assert camera_in_use(tmp_path, OURS) is False


@pytest.mark.parametrize(("maps", "streams"), [("7f00-7f01 rw-s 00 /dev/video0\n", True), ("7f00-7f01 libc\n", False)])
def test_a_media_broker_counts_only_while_it_streams(tmp_path: Path, maps: str, streams: bool) -> None:
    """PipeWire keeps cameras open without use; a mapped buffer tells a stream."""
    process(tmp_path, 500, name="wireplumber", holds="/dev/video0", maps=maps)
    assert camera_in_use(tmp_path, OURS) is streams


def test_a_running_capture_device_is_a_call(tmp_path: Path) -> None:
    """ALSA's status of the microphone: running, closed, or nothing known."""
    assert microphone_in_use(tmp_path) is None
    status = tmp_path / "card0" / "pcm0c" / "sub0" / "status"
    status.parent.mkdir(parents=True)
    status.write_text("closed\n")
    assert microphone_in_use(tmp_path) is False
    status.write_text("state: RUNNING\nowner_pid   : 1\n")
    assert microphone_in_use(tmp_path) is True


def test_playback_is_no_call(tmp_path: Path) -> None:
    """Music is not a meeting: playback devices are not looked at."""
    status = tmp_path / "asound" / "card0" / "pcm0p" / "sub0" / "status"
    status.parent.mkdir(parents=True)
    status.write_text("state: RUNNING\n")
    assert devices_in_use(tmp_path, OURS).in_call is False


@pytest.mark.parametrize(
    ("listing", "records"),
    [
        ("[]", False),
        ('[{"properties": {"media.name": "Peak detect"}}]', False),
        ('[{"properties": {"media.name": "audio stream"}}]', True),
        ('[{"corked": true, "properties": {"media.name": "audio stream"}}]', False),
        ("no json", None),
        ('{"properties": 3}', None),
        ("[3]", None),
    ],
)
def test_a_recording_client_of_the_sound_server(listing: str, records: bool | None) -> None:
    """Level meters and stopped streams are no recording; junk cannot tell."""
    assert recording_clients(listing) is records


BOOT_S = 1_790_000_000.0


def file_time(unix_s: float) -> int:
    """Windows' count of 100 ns since 1601."""
    return int((unix_s + 11_644_473_600) * 10_000_000)


def consent(key: str, *, stopped: int = 0, started_s: float = BOOT_S + 3600) -> Consent:
    """An entry of a program that began to use the device an hour after the boot, and still does."""
    return Consent(key, file_time(started_s), stopped)


def test_windows_consent_store() -> None:
    """A stop time of zero means in use; our own interpreter does not count; no entries cannot tell."""
    own = (r"C:\Python\python.exe",)
    assert in_use((), own, BOOT_S) is None
    assert in_use((consent("C:#Python#python.exe"), consent("C:#meet.exe", stopped=133)), own, BOOT_S) is False
    assert in_use((consent("C:#meet.exe"),), own, BOOT_S) is True


@pytest.mark.parametrize("name", ["python.exe", "pythonw.exe"])
@pytest.mark.parametrize("folder", ["C:#Users#Jürgen#pipx#venvs#posturewatch#Scripts", "C:#Python313"])
def test_windows_with_and_without_a_console_we_are_no_call(folder: str, name: str) -> None:
    """The tray runs under pythonw, the sensor under python, and an environment's launcher runs the base's: all ours."""
    own = (r"C:\Users\Jürgen\pipx\venvs\posturewatch\Scripts\pythonw.exe", r"C:\Python313\python.exe")
    assert in_use((consent(f"{folder}#{name}".upper()),), own, BOOT_S) is False


@pytest.mark.parametrize(
    "path",
    [
        r"C:\Users\me\AppData\Local\Microsoft\WindowsApps\PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0\python.exe",
        r"C:\Program Files\WindowsApps\PythonSoftwareFoundation.Python.3.13_3.13.4.0_x64__qbz5n2kfra8p0\python.exe",
    ],
)
def test_windows_a_python_of_the_store_is_known_by_its_family(path: str) -> None:
    """A packaged program stands in the store under its family name, not under its path."""
    assert in_use((consent("PythonSoftwareFoundation.Python.3.13_qbz5n2kfra8p0"),), (path,), BOOT_S) is False
    assert in_use((consent("Microsoft.WindowsCamera_8wekyb3d8bbwe"),), (path,), BOOT_S) is True


def test_windows_a_frozen_program_is_known_by_its_own_name() -> None:
    """An installed posturewatch.exe does not take the python.exe beside it for itself."""
    own = (r"C:\Program Files\posturewatch\posturewatch.exe",)
    assert own_keys(own) == {"c:#program files#posturewatch#posturewatch.exe"}


def test_windows_what_a_power_cut_left_open_is_no_call() -> None:
    """An entry that began before this boot cannot go on; one from a moment before may: clocks are set late."""
    assert in_use((consent("C:#meet.exe", started_s=BOOT_S - 86_400),), (), BOOT_S) is False
    assert in_use((consent("C:#meet.exe", started_s=BOOT_S - 30),), (), BOOT_S) is True


def test_apple_codes_are_big_endian() -> None:
    """'gone' as CoreAudio spells it."""
    assert four_characters("gone") == 0x676F6E65


def test_without_a_camera_nobody_can_hold_one(tmp_path: Path) -> None:
    """A folder of devices without a video device tells so; one that cannot be read does not."""
    (tmp_path / "null").touch()
    assert has_camera(tmp_path) is False
    (tmp_path / "video2").touch()
    assert has_camera(tmp_path) is True
    assert has_camera(tmp_path / "missing") is True
