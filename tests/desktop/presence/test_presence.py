"""What the desktop says about the user, and what becomes of it when it says nothing."""

from __future__ import annotations

import json
import os
import queue
import struct
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes import FakeClock
from posturewatch.base.clock import SystemClock
from posturewatch.base.records import Courtesy
from posturewatch.desktop.presence.devices import (
    CameraHolders,
    battery,
    camera_in_use,
    captures,
    devices_in_use,
    has_camera,
)
from posturewatch.desktop.presence.macos import four_characters, is_locked
from posturewatch.desktop.presence.microphone import (
    SoundServer,
    microphone_in_use,
    monitors,
    recording_clients,
    sound_server_records,
)
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


@pytest.mark.unix_only("open files are links under Linux' /proc")
def test_another_program_with_the_camera_is_a_call(tmp_path: Path) -> None:
    """A process that is not ours and holds a video device counts."""
    process(tmp_path, 100, name="python", holds="/dev/video0")
    process(tmp_path, 200, name="editor", holds="/home/someone/text")
    assert camera_in_use(tmp_path, OURS) is False
    process(tmp_path, 300, name="meeting", holds="/dev/video0")
    assert camera_in_use(tmp_path, OURS) is True


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_processes_are_looked_through_when_a_video_node_was_opened(tmp_path: Path) -> None:
    """Not every five seconds, which would cost more than all looks: when a node is opened or closed, when one comes,
    and once a minute."""
    proc, devices = tmp_path / "proc", tmp_path / "dev"
    proc.mkdir()
    devices.mkdir()
    # Not by opening it: a program that another thread starts just then would hold it, and close it later.
    os.mknod(devices / "video0")
    holders = CameraHolders(proc, devices)
    assert holders.in_use() is False
    process(proc, 300, name="meeting", holds="/dev/video0")
    assert holders.in_use() is False, "nobody opened the node"
    (devices / "video0").read_bytes()
    assert holders.in_use() is True
    (proc / "300" / "fd" / "7").unlink()
    assert holders.in_use() is False, "who held it is looked at each time"
    process(proc, 301, name="meeting", holds="/dev/video1")
    (devices / "video1").touch()
    assert holders.in_use() is True, "a camera was plugged in"
    (proc / "301" / "fd" / "7").unlink()
    assert holders.in_use() is False
    (devices / "video1").read_bytes()
    process(proc, 302, name="meeting", holds="/dev/video1")
    assert holders.in_use() is True
    process(proc, 303, name="other", holds="/dev/video0")
    (proc / "302" / "fd" / "7").unlink()
    assert [holders.in_use() for _question in range(12)][-1] is True, "a handle that was inherited, within a minute"


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_a_watch_that_is_let_go_leaves_no_handle_behind(tmp_path: Path) -> None:
    """A user has 128 watches, for all programs together."""
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _each in range(200):
        CameraHolders(tmp_path, tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) < before + 100


@pytest.mark.skipif(sys.platform != "linux", reason="inotify")
def test_where_nodes_cannot_be_watched_processes_are_looked_through_each_time(tmp_path: Path) -> None:
    """Without the folder, or the right to read it, the answer is right all the same."""
    (tmp_path / "proc").mkdir()
    holders = CameraHolders(tmp_path / "proc", tmp_path / "nowhere")
    assert holders.in_use() is False
    process(tmp_path / "proc", 300, name="meeting", holds="/dev/video0")
    assert holders.in_use() is True


def test_our_own_sensor_started_elsewhere_is_no_call(tmp_path: Path) -> None:
    """A posturewatch command of another terminal that shows the live view does not mute us."""
    process(tmp_path, 400, name="python", holds="/dev/video0", words="python -m posturewatch calibrate")
    assert camera_in_use(tmp_path, OURS) is False


@pytest.mark.unix_only("open files are links under Linux' /proc")
@pytest.mark.parametrize(("maps", "streams"), [("7f00-7f01 rw-s 00 /dev/video0\n", True), ("7f00-7f01 libc\n", False)])
def test_a_media_broker_counts_only_while_it_streams(tmp_path: Path, maps: str, streams: bool) -> None:
    """PipeWire keeps cameras open without use; a mapped buffer tells a stream."""
    process(tmp_path, 500, name="wireplumber", holds="/dev/video0", maps=maps)
    assert camera_in_use(tmp_path, OURS) is streams


def capture_device(proc: Path, text: str) -> None:
    """The status of a microphone as ALSA shows it."""
    status = proc / "asound" / "card0" / "pcm0c" / "sub0" / "status"
    status.parent.mkdir(parents=True, exist_ok=True)
    status.write_text(text)


def test_a_running_capture_device_is_a_call(tmp_path: Path) -> None:
    """ALSA's status of the microphone, where no sound server answers: running, closed, or nothing known."""
    assert microphone_in_use(tmp_path, by_server=True) is None
    capture_device(tmp_path, "closed\n")
    assert microphone_in_use(tmp_path, by_server=True) is False
    capture_device(tmp_path, "state: RUNNING\nowner_pid   : 1\n")
    assert microphone_in_use(tmp_path, by_server=True) is True


@pytest.mark.parametrize(("program", "call"), [("pipewire", False), ("pulseaudio", False), ("arecord", True)])
def test_the_sound_server_outranks_alsa(tmp_path: Path, program: str, call: bool) -> None:
    """Where the server has said who records, a device that it runs itself is no call; a program that goes round it is.
    ALSA names the thread that opened the device, here a thread of process 900."""
    capture_device(tmp_path, "state: RUNNING\nowner_pid   : 901\n")
    for number, name in ((900, program), (901, "data-loop.0")):
        (tmp_path / str(number)).mkdir()
        (tmp_path / str(number) / "comm").write_text(f"{name}\n")
        (tmp_path / str(number) / "status").write_text(f"Name:\t{name}\nTgid:\t900\nPid:\t{number}\n")
    assert microphone_in_use(tmp_path, by_server=False) is call


def test_a_running_device_without_an_owner_is_the_server_s(tmp_path: Path) -> None:
    """Nobody is named: the sound server, which has answered, knows better."""
    capture_device(tmp_path, "state: RUNNING\n")
    assert microphone_in_use(tmp_path, by_server=False) is False


def test_playback_is_no_call(tmp_path: Path) -> None:
    """Music is not a meeting: playback devices are not looked at."""
    status = tmp_path / "asound" / "card0" / "pcm0p" / "sub0" / "status"
    status.parent.mkdir(parents=True)
    status.write_text("state: RUNNING\n")
    assert devices_in_use(lambda: camera_in_use(tmp_path, OURS), sound_server_records, tmp_path).in_call is False


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


def stream(name: str = "audio stream", spec: str = "s16le 1ch 48000Hz", source: int = 5, **own: Any) -> dict[str, Any]:
    """A recording stream as pactl lists it; ``own`` are more fields or, with a dot in them, properties."""
    more = {"source": source, "corked": False, "client": "8", "owner_module": "6", "resample_method": "speex-float-1"}
    more |= {key: value for key, value in own.items() if "." not in key}
    properties = {"media.name": name, "application.name": "x"} | {k: v for k, v in own.items() if "." in k}
    return {**more, "sample_specification": spec, "properties": properties}


@pytest.mark.parametrize(
    ("recording", "call"),
    [
        (stream(), True),
        (stream("RecordStream"), True),
        (stream(client=74, owner_module=None), True),  # as pactl writes it beside PipeWire
        (stream("Peak detect", "float32le 1ch 25Hz"), False),
        (stream("PlasmaPA-VolumeMeter", "float32le 1ch 25Hz"), False),
        (stream("anything", "float32le 1ch 144Hz"), False),
        (stream("Lautstärke", resample_method="peaks"), False),
        (stream("meter", **{"resample.peaks": "true"}), False),
        (stream("meter", **{"stream.monitor": "true"}), False),
        (stream("NoiseTorch Microphone", client="k. A.", owner_module="27"), False),
        (stream("rnnoise", **{"node.link-group": "filter-chain-1"}), False),
        (stream("an equaliser", **{"media.category": "Filter"}), False),
        (stream(corked=True), False),
        (stream("telephone", "s16le 1ch 8000Hz"), True),
    ],
)
def test_who_listens_to_the_microphone(recording: dict[str, Any], call: bool) -> None:
    """A program that records a voice is a call, under whatever name; a meter and a filter are none."""
    assert recording_clients(json.dumps([recording])) is call


def test_the_sound_server_is_asked_where_a_device_runs(tmp_path: Path) -> None:
    """Each question starts a program. While no device of ALSA runs and no headset is connected by Bluetooth, one a
    minute will do; where a device runs, a program was heard, or ALSA knows no devices, each time."""
    asked, says = [], False

    def ask() -> bool:
        asked.append(says)
        return says

    bluetooth = tmp_path / "bluetooth"
    (bluetooth / "hci0").mkdir(parents=True)
    server = SoundServer(ask, tmp_path, bluetooth)

    def questions(number: int) -> tuple[set[bool | None], int]:
        asked.clear()
        return {server.records() for _question in range(number)}, len(asked)

    assert questions(24) == ({False}, 24), "no devices"
    capture_device(tmp_path, "closed")
    assert questions(24) == ({False}, 2)
    capture_device(tmp_path, "state: RUNNING")
    assert questions(4) == ({False}, 4)
    capture_device(tmp_path, "closed")
    (bluetooth / "hci0:11").mkdir()
    assert questions(4) == ({False}, 4)
    (bluetooth / "hci0:11").rmdir()
    says = True
    assert questions(24) == ({False, True}, 20), "from elsewhere, heard within a minute, and then asked each time"


def test_a_recording_of_the_loudspeakers_is_no_call() -> None:
    """Who records a monitor hears what is played; beside a program with the microphone it changes nothing."""
    sources = [
        {"index": 4, "name": "alsa_output.pci.monitor", "properties": {}},
        {"index": 5, "name": "alsa_input.pci", "properties": {"device.class": "sound"}},
        {"index": 6, "name": "screen", "properties": {"device.class": "monitor"}},
    ]
    hears_speakers = monitors(json.dumps(sources))
    assert hears_speakers == {4, 6}
    assert recording_clients(json.dumps([stream(source=4), stream(source=6)]), hears_speakers) is False
    assert recording_clients(json.dumps([stream(source=4), stream(source=5)]), hears_speakers) is True
    assert monitors("no json") == frozenset()


@pytest.mark.unix_only("a shell script stands for pactl")
def test_a_meter_does_not_take_the_camera_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sound settings are open: the server's only client is a meter, and ALSA says that the microphone runs."""
    capture_device(tmp_path, "state: RUNNING\n")
    pactl = tmp_path / "pactl"
    pactl.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps([stream('Peak detect', 'float32le 1ch 25Hz')])}\nEND\n")
    pactl.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert devices_in_use(lambda: camera_in_use(tmp_path, OURS), sound_server_records, tmp_path).in_call is False
    pactl.write_text("#!/bin/sh\nexit 1\n")
    assert devices_in_use(lambda: camera_in_use(tmp_path, OURS), sound_server_records, tmp_path).in_call is True


def capability(all_nodes: int, this_node: int = 0) -> bytes:
    """What a driver answers to VIDIOC_QUERYCAP."""
    return struct.pack("16s32s32sIII12x", b"driver", b"card", b"bus", 0x60100, all_nodes, this_node)


@pytest.mark.parametrize(
    ("answer", "camera"),
    [
        (capability(0x84A00001, 0x04200001), True),  # a webcam's picture
        (capability(0x84A00001, 0x04A00000), False),  # its second node, for metadata
        (capability(0x84208000, 0x04208000), False),  # a codec, memory to memory
        (capability(0x84204000, 0x04204000), False),  # with several planes
        (capability(0x84201000, 0x04201000), True),  # a phone's or a board's camera
        (capability(0x85200003, 0x05200003), True),  # a loopback that writes and reads
        (capability(0x00000002), False),  # an output
    ],
)
def test_a_node_that_captures_nothing_is_no_camera(answer: bytes, camera: bool) -> None:
    """Codecs, metadata and outputs have video nodes too."""
    assert captures(answer) is camera


@pytest.mark.unix_only("open files are links under Linux' /proc")
def test_who_holds_a_codec_is_in_no_call(tmp_path: Path) -> None:
    """A player that decodes by a video node does not count; one with a camera does."""
    process(tmp_path, 300, name="player", holds="/dev/video11")
    assert camera_in_use(tmp_path, OURS, capturing=lambda node: node != "/dev/video11") is False
    process(tmp_path, 301, name="meeting", holds="/dev/video0")
    assert camera_in_use(tmp_path, OURS, capturing=lambda node: node != "/dev/video11") is True


@pytest.mark.unix_only("open files are links under Linux' /proc")
def test_the_writer_of_a_virtual_camera_is_in_no_call(tmp_path: Path) -> None:
    """A phone as a camera, say: one program writes the loopback device that we read. A second one reads it: a call."""
    sys = tmp_path / "class"
    sys.mkdir()
    device = tmp_path / "devices" / "virtual" / "video4linux" / "video9"
    device.mkdir(parents=True)
    (sys / "video9").symlink_to(device)
    process(tmp_path, 300, name="phone", holds="/dev/video9")
    assert camera_in_use(tmp_path, OURS, sys=sys, capturing=lambda _node: True) is False
    process(tmp_path, 301, name="meeting", holds="/dev/video9")
    assert camera_in_use(tmp_path, OURS, sys=sys, capturing=lambda _node: True) is True


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


@pytest.mark.parametrize(
    ("session", "locked"),
    [
        ({"kCGSSessionOnConsoleKey": True}, False),
        ({"kCGSSessionOnConsoleKey": True, "CGSSessionScreenIsLocked": True}, True),
        ({"kCGSSessionOnConsoleKey": False}, True),
        ({}, False),
    ],
)
def test_a_mac_that_shows_another_user_s_session_is_locked(session: dict[str, object], locked: bool) -> None:
    """Somebody else has switched to their account: nobody of ours sits there, and the camera is theirs."""
    assert is_locked(session) is locked


def test_one_odd_stream_keeps_no_other_from_being_heard() -> None:
    """A call beside a stream that is told otherwise than we know is a call; with that one alone nothing is known."""
    odd = {"source": 1, "properties": None}
    assert recording_clients(json.dumps([odd, stream()])) is True
    assert recording_clients(json.dumps([stream(corked=True), odd])) is None
    assert recording_clients(json.dumps([stream(corked=True)])) is False
    assert [recording_clients(text) for text in ("{}", "null", "not json")] == [None, None, None]


def test_a_system_without_a_list_of_batteries_tells_of_none(tmp_path: Path) -> None:
    """As in a container: no battery, and no failure that would be logged every ten seconds."""
    assert battery(tmp_path / "nowhere").on_battery is None


def test_the_computer_s_own_battery_counts_and_no_other(tmp_path: Path) -> None:
    """No battery: cannot tell, whatever a mouse's says; one that discharges: on battery; on the mains: no."""

    def supply(name: str, **says: str) -> None:
        (tmp_path / name).mkdir(exist_ok=True)
        for what, value in says.items():
            (tmp_path / name / what).write_text(f"{value}\n")

    supply("AC", type="Mains", online="0")
    supply("hidpp_battery_0", type="Battery", scope="Device", status="Discharging")
    assert battery(tmp_path).on_battery is None
    supply("BAT0", type="Battery", status="Discharging")
    assert battery(tmp_path).on_battery is True
    supply("BAT0", status="Charging")
    assert battery(tmp_path).on_battery is False


def test_a_question_that_nobody_answers_is_asked_more_seldom() -> None:
    """One that answers is asked again after its time; one that fails, such as of a bus that is gone, much later."""
    answered, failed = [], []
    often = threading.Event()

    def answers() -> Courtesy:
        answered.append(True)
        if len(answered) == 3:
            often.set()
        return Courtesy(locked=False)

    def fails() -> Courtesy:
        failed.append(True)
        raise OSError

    desktop = PolledDesktop(SystemClock(), (Poll("answers", 0.5, answers), Poll("fails", 0.5, fails)))
    assert often.wait(10)
    desktop.close()
    assert len(failed) == 1


def test_news_is_told_and_idle_time_is_none() -> None:
    """A lock leaves word for the loop; seconds without a key, which are others at every question, do not."""
    told: queue.Queue[str] = queue.Queue()
    asked = threading.Semaphore(0)
    now = [Courtesy(locked=False, idle_s=1.0)]

    def ask() -> Courtesy:
        asked.release()
        return replace(now[0], idle_s=time.monotonic())

    desktop = PolledDesktop(SystemClock(), (Poll("screen", 0.5, ask),), changed=lambda: told.put("news"))
    assert told.get(timeout=10) == "news"  # known at all
    for _question in range(3):
        assert asked.acquire(timeout=10)
    assert told.empty()
    now[0] = Courtesy(locked=True)
    assert told.get(timeout=10) == "news"
    desktop.close()
