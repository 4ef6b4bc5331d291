"""Every door through which bytes from elsewhere come in, each as a function of bytes.

A target takes any bytes and returns; it raises only where something is wrong. Refusals (``PosturewatchError`` with
words in it, and the few private errors named here) are what should happen. Used by ``test_quick.py`` (seconds, in the
ordinary test run) and by ``run.py`` (coverage-guided, as long as wanted).
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import math
import socket
import stat
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fuzz import words_out
from posturewatch.base.errors import PosturewatchError

if TYPE_CHECKING:
    from posturewatch.core.posture.calibration import Calibration


@dataclass(frozen=True)
class Target:
    """``take`` any bytes; ``seeds`` are good inputs to begin from; ``longest`` bytes are tried."""

    name: str
    take: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    longest: int = 4096
    slow: bool = False


def refuses(work: Callable[[], object]) -> bool:
    """Do it; True where it was refused in words."""
    try:
        work()
    except PosturewatchError as err:
        if not err.message:
            raise AssertionError("a refusal without words") from err
        return True
    return False


class Scratch:
    """One file of this process that is written anew for each input."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def file(self, name: str, content: bytes) -> Path:
        """The file with this content."""
        path = self.folder() / name
        path.write_bytes(content)
        return path

    def folder(self) -> Path:
        """Where it lies."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory()
        return Path(self._folder.name)


SCRATCH = Scratch()


# ---------------------------------------------------------------------------- settings


def config(data: bytes) -> None:
    """config.toml."""
    from posturewatch.config.read import load

    path = SCRATCH.file("config.toml", data)
    refuses(lambda: load(path))


def config_seeds() -> Iterable[bytes]:
    """The file as it is first written, all commented in, and small ones."""
    from posturewatch.config.write import template

    yield b'[user]\nunits = "cm"\nipd_mm = 63\n[posture]\nthreshold = "2.5 cm"\nclear = 0.6\n'
    yield b'[[breaks.own_exercise]]\nname = "x"\ntext = "y"\n[hours]\ndays = ["mon"]\nstart = "09:00"\n'
    yield template().replace("\n# ", "\n").encode()[:4000]


def config_value(data: bytes) -> None:
    """`posturewatch config set KEY VALUE`, both as typed."""
    from posturewatch.config.read import load
    from posturewatch.config.write import set_value, value_from_words

    key, _gap, value = data.decode("utf-8", "replace").partition("=")
    path = SCRATCH.file("set.toml", b"# mine\n[user]\nunits = 'in' # inches\n")
    refuses(lambda: set_value(path, key, value_from_words(value)))
    load(path)  # whatever was typed, the file is still good


# ---------------------------------------------------------------------------- observations and pipes


def observation(data: bytes) -> None:
    """A line of a recorded file."""
    from posturewatch.base import codec

    text = data.decode("utf-8", "replace")

    def both_ways() -> None:
        seen = codec.from_line(text)
        assert codec.from_line(codec.to_line(seen)) == codec.rounded(seen)

    refuses(both_ways)


def observation_seeds() -> Iterable[bytes]:
    """A line with everything in it."""
    from posturewatch.base import codec
    from posturewatch.base.observation import Face, Look, Observation, PersonBox, Texture, Trunk

    yield codec.to_line(
        Observation(
            1.5, 3, 640, 480, Look(whole=True), brightness=120.0, sharpness=3.0, change=0.5, name="a.jpg",
            texture=Texture(3, ((1.0, 2.0, 3.0, 4.0),), ((1.0, 2.0, 3.0, 4.0),)), people=(PersonBox(1.0, 2.0, 3.0),),
            clothes_tone=(-0.5, 1.25, 0.0),
        )
    ).encode()  # fmt: skip
    face = Face(tuple((float(n), 1.0, 0.0) for n in range(478)))
    trunk = Trunk(tuple((float(n), 1.0, 0.0, 1.0, 1.0) for n in range(33)), tuple((0.1, 0.2, 0.3) for n in range(33)))
    yield codec.to_line(Observation(1.5, 3, 640, 480, Look(), face=face, trunk=trunk)).encode()


def observed_by_the_monitor(data: bytes) -> None:
    """What a damaged sensor might say, all the way through the monitor: a step, and numbers that are numbers."""
    from posturewatch.base import codec
    from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
    from posturewatch.core.posture.monitor import Monitor

    monitor = Monitor(_calibrated(), PostureSettings(), LoadSettings(), UserSettings(), WatchSettings())
    for line in data.decode("utf-8", "replace").splitlines():
        with suppress(PosturewatchError):
            step = monitor.feed(codec.from_line(line))
            for number in (step.fht_in, step.fht_se_in, step.load.load_lb if step.load else None):
                assert number is None or math.isfinite(number)


@functools.cache
def _calibrated() -> Calibration:
    """Of a person made of points."""
    from core.posture.people_for_tests import seen
    from posturewatch.base.settings import UserSettings
    from posturewatch.core.posture.calibrator import build

    return build("desk", [seen(float(t_s)) for t_s in range(20)], UserSettings())


def monitor_seeds() -> Iterable[bytes]:
    """A person who sits, leans forward, and goes."""
    from core.posture.people_for_tests import Person, lacking, seen
    from posturewatch.base import codec
    from posturewatch.base.observation import Lack

    looks = [seen(1.0), seen(2.0, Person(size_px=230.0)), lacking(3.0, Lack.NOBODY)]
    yield "\n".join(codec.to_line(look) for look in looks).encode()


def pipe_message(data: bytes) -> None:
    """What comes from the sensor process, or goes to it."""
    from posturewatch.base import framing

    stream = io.BytesIO(data)
    with suppress(framing.PipeBrokenError):
        while True:
            message = framing.receive(stream)
            refuses(lambda body=message: _raise(framing.error_from_json(body.get("error"))))  # type: ignore[misc]


def _raise(err: Exception) -> None:
    if str(err):
        raise err


def pipe_seeds() -> Iterable[bytes]:
    """Two messages."""
    from posturewatch.base import framing

    out = io.BytesIO()
    framing.send(out, {"id": 1, "seen": {"v": 1}})
    framing.send(out, {"id": 1, "error": {"kind": "CameraBusyError", "message": "m", "hint": "h"}})
    yield out.getvalue()


# ---------------------------------------------------------------------------- control socket


def control_request(data: bytes) -> None:
    """A caller's line, and what is in it once the seal is right."""
    from fakes import FakeDisplay
    from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
    from posturewatch.base.inbox import QueueInbox
    from posturewatch.control import wire

    counter = ControlAnswers(LatestSnapshot(FakeDisplay()), QueueInbox())
    with suppress(wire.WireError):
        json.dumps(counter.answer(wire.fields(data)))


def control_seeds() -> Iterable[bytes]:
    """Ordinary requests."""
    yield b'{"do": "status"}'
    yield b'{"do": "command", "kind": "pause", "value": 60, "text": "x"}'
    yield b'{"do": "command", "kind": "calibrate", "value": 1e999}'
    yield b'{"nonce": "00", "body": "{}", "mac": "00"}'


def control_socket(data: bytes) -> None:
    """Bytes on the socket of a running app, from somebody without the key and sealed with it: nothing without the key
    is answered or becomes a command, and who asks in order is answered afterwards."""
    from fakes import FakeDisplay
    from posturewatch.app.latest_snapshot import ControlAnswers, LatestSnapshot
    from posturewatch.base.clock import SystemClock
    from posturewatch.base.inbox import QueueInbox
    from posturewatch.control import wire
    from posturewatch.control.client import ask
    from posturewatch.control.server import ControlServer

    state, inbox = SCRATCH.folder() / "state", QueueInbox()
    state.mkdir(mode=0o700, exist_ok=True)
    with closing(ControlServer(state, SystemClock(), ControlAnswers(LatestSnapshot(FakeDisplay()), inbox).answer)):
        assert not _said(state, data, None), "answered without the key"
        assert not _said(state, data, b"\0" * 32), "answered with a wrong key"
        assert inbox.get(0) is None, "a command without the key"
        _said(state, data, wire.read_key(state))
        assert "ok" in ask(state, {"do": "status"})


def _said(state: Path, data: bytes, key: bytes | None) -> bytes:
    """What the socket answers to these bytes, as they are or sealed with a key."""
    from posturewatch.control import wire

    conn = wire.read_address(state).connect(5.0)
    with conn, conn.makefile("rb") as lines, suppress(OSError):
        conn.settimeout(5.0)
        nonce = wire.fields(lines.readline())["nonce"]
        body = data.decode("utf-8", "replace")
        seal = wire.line({"nonce": "n", "body": body, "mac": wire.mac(key or b"", "client", nonce, "n", body)})
        conn.sendall(data + b"\n" if key is None else seal)
        conn.shutdown(socket.SHUT_WR)
        return lines.readline()
    return b""


def snapshot(data: bytes) -> None:
    """A status answer as the command line reads it."""
    from posturewatch.base.codec import snapshot_from_json
    from posturewatch.control import wire

    with suppress(ValueError, TypeError, KeyError, AttributeError, OverflowError):
        snapshot_from_json(wire.fields(data))


def snapshot_seeds() -> Iterable[bytes]:
    """One status."""
    from posturewatch.base.codec import snapshot_to_json
    from posturewatch.base.records import Load, Snapshot, State

    one = Snapshot(
        datetime(2026, 11, 23, 9, 0, tzinfo=UTC), State.UPRIGHT, None, 0.3, 0.1, Load(14.0, 3.0, "rule"), "desk"
    )
    yield json.dumps(snapshot_to_json(one)).encode()


# ---------------------------------------------------------------------------- files from elsewhere


def csv_table(data: bytes) -> None:
    """A CSV for `posturewatch import`: refused with its place, or taken whole into a journal that stays sound."""
    from fakes import FakeClock
    from posturewatch.exchange.bring_back import import_file
    from posturewatch.exchange.signing import KnownKeys
    from posturewatch.journal.writer import SqliteJournal

    path, target = SCRATCH.file("table.csv", data), SCRATCH.folder() / "table.sqlite"
    with SqliteJournal(target, FakeClock(), check=False) as journal:
        before = journal.content()
        known = KnownKeys(target.with_name("known.json"))
        refused = refuses(lambda: import_file(path, journal, known, mine=True))
        assert not refused or journal.content() == before, "a refused file left something behind"
    if not refused:
        target.unlink()


def csv_seeds() -> Iterable[bytes]:
    """All four tables, with hostile texts in them."""
    from journal.rows_for_tests import NINE, calibration, event, headache, minute
    from posturewatch.exchange import csv_tables
    from posturewatch.exchange.csv_cells import encode

    yield encode(csv_tables.minutes_csv([minute(NINE)]))
    yield encode(csv_tables.events_csv([event(NINE)]))
    yield encode(csv_tables.diary_csv([headache(NINE, note='=HYPERLINK("x")\n@y', trigger="'-1")]))
    yield encode(csv_tables.calibrations_csv([calibration(NINE)]))


def export_text(data: bytes) -> None:
    """What a user typed, on its way out: comes back equal, and no cell of it begins as a formula."""
    import csv

    from journal.rows_for_tests import NINE
    from posturewatch.base.records import DiaryEntry
    from posturewatch.core.history.diary import check_entry
    from posturewatch.exchange import csv_tables

    text = data.decode("utf-8", "replace")
    half = len(text) // 2
    try:
        entry = check_entry(DiaryEntry(NINE, NINE, "headache", note=text[:half][:500], trigger=text[half:][:100]))
    except PosturewatchError:
        return
    table = csv_tables.diary_csv([entry])
    (back,) = csv_tables.read_diary(io.StringIO(table, newline=""), "diary.csv")
    assert (back.note, back.trigger) == (entry.note, entry.trigger)
    for row in csv.reader(io.StringIO(table, newline="")):
        for cell in row:
            if cell[:1] in ("=", "@", "\t", "\r") or (cell[:1] in ("+", "-") and not _number(cell)):
                raise AssertionError(f"a formula: {cell!r}")


def _number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def manifest(data: bytes) -> None:
    """manifest.json of an export."""
    from posturewatch.exchange.manifest import parse_manifest

    refuses(lambda: parse_manifest(data.decode("utf-8", "replace")))


def signature(data: bytes) -> None:
    """The signature of a shared file, and the memory of known keys."""
    from posturewatch.exchange.signing import KnownKeys, PublicKey, check_signature

    refuses(lambda: check_signature(data, "share", b"data", "share.zip"))
    known = KnownKeys(SCRATCH.file("known.json", data))
    refuses(lambda: known.standing("someone", PublicKey(bytes(32))))


def signature_seeds() -> Iterable[bytes]:
    """A whole one, one over other data, and a memory of one key."""
    from posturewatch.exchange.signing import KnownKeys, own_key

    key = own_key(SCRATCH.folder() / "share.key")
    yield key.sign("share", b"data").encode()
    yield key.sign("share", b"other").encode()
    memory = SCRATCH.folder() / "seed.json"
    KnownKeys(memory).remember("someone", key.public, datetime(2026, 11, 23, tzinfo=UTC))
    yield memory.read_bytes()


def _seed_manifest(members: Iterable[tuple[str, bytes]]) -> bytes:
    from hashlib import sha256

    from posturewatch.exchange.manifest import SIGNED_SINCE, Manifest, MemberNote

    notes = tuple(MemberNote(name, sha256(content).hexdigest(), len(content)) for name, content in members)
    made = Manifest(
        "0.1", "2026-11-23T10:00:00+01:00", "Europe/Berlin", "2026-11-23", "2026-11-23", "someone", members=notes
    )
    return replace(made, format_version=SIGNED_SINCE - 1).to_json().encode()  # unsigned, as a forger would have it


def manifest_seeds() -> Iterable[bytes]:
    """One with two members."""
    yield _seed_manifest([("data/minutes.csv", b"x"), ("data/diary.csv", b"y")])


def export_zip(data: bytes) -> None:
    """A damaged or forged zip, for import and for review, with and without a passphrase."""
    from posturewatch.exchange.archive import open_archive, open_shared
    from posturewatch.exchange.review import read_shared

    path = SCRATCH.file("share.zip", data)

    def imported() -> None:
        with open_archive(path) as archive:
            archive.check()

    def reviewed() -> None:
        with open_shared(path, "a long passphrase") as opened:
            read_shared("share.zip", opened)

    refuses(imported)
    refuses(reviewed)


def zip_seeds() -> Iterable[bytes]:
    """A whole export, one with a stored member, one with a link and one that leads elsewhere."""
    tables = [("data/minutes.csv", next(iter(csv_seeds())))]
    link = (stat.S_IFLNK | 0o777) << 16
    plain = (stat.S_IFREG | 0o600) << 16
    for name, packing, kind in (
        ("data/minutes.csv", zipfile.ZIP_DEFLATED, plain),
        ("../x", zipfile.ZIP_STORED, plain),
        ("data/minutes.csv", zipfile.ZIP_STORED, link),
    ):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", packing) as archive:
            archive.writestr("manifest.json", _seed_manifest(tables))
            info = zipfile.ZipInfo(name)
            info.external_attr, info.compress_type = kind, packing
            archive.writestr(info, tables[0][1])
        yield out.getvalue()
    yield _sealed_seed(tables)


def _sealed_seed(tables: list[tuple[str, bytes]]) -> bytes:
    """An encrypted one, with the passphrase that is tried."""
    from posturewatch.exchange.archive import write_archive
    from posturewatch.exchange.manifest import parse_manifest
    from posturewatch.exchange.signing import own_key

    path, key = SCRATCH.folder() / "sealed.zip", own_key(SCRATCH.folder() / "share.key")
    write_archive(path, tables, parse_manifest(_seed_manifest(tables).decode()), key, "a long passphrase")
    return path.read_bytes()


def forged_zip(data: bytes) -> None:
    """Hostile tables in an export whose checksums are right: what a forger would send a therapist."""
    from posturewatch.exchange.archive import open_shared
    from posturewatch.exchange.manifest import CALIBRATIONS, DIARY, EVENTS, MANIFEST, MINUTES
    from posturewatch.exchange.review import join, read_shared
    from posturewatch.report.material import Material

    parts = data.split(b"\0", 3)
    members = list(zip((MINUTES, EVENTS, DIARY, CALIBRATIONS), parts, strict=False))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(MANIFEST, _seed_manifest(members))
        for name, content in members:
            archive.writestr(name, content)
    path = SCRATCH.file("forged.zip", out.getvalue())

    def reviewed() -> Material:
        with open_shared(path) as opened:
            return join([read_shared("forged.zip", opened)])

    refuses(reviewed)


def forged_seeds() -> Iterable[bytes]:
    """The four tables, whole."""
    yield b"\0".join(csv_seeds())


def calibration(data: bytes) -> None:
    """A calibration's JSON, as it lies in a journal or comes with an import."""
    from posturewatch.core.posture.calibration import Calibration

    refuses(lambda: Calibration.from_json(data.decode("utf-8", "replace")))


def calibration_seeds() -> Iterable[bytes]:
    """Of points alone, and with clothes, texture and all that a sitting shares."""
    from core.posture.simulated_body import SimulatedPerson
    from posturewatch.base.settings import UserSettings
    from posturewatch.core.posture.calibrator import build

    yield _calibrated().to_json().encode()
    person = SimulatedPerson(tone=(-0.5, 1.25, 0.0))
    yield build("desk", [person.look(t_s=0.2 * i) for i in range(8)], UserSettings()).to_json().encode()


def journal(data: bytes) -> None:
    """A damaged database: opened, rescued, written to, and sound afterwards."""
    from fakes import FakeClock
    from posturewatch.base.errors import JournalError
    from posturewatch.journal.writer import SqliteJournal

    for old in SCRATCH.folder().glob("damaged*"):
        old.unlink()
    path = SCRATCH.file("damaged.sqlite", data)
    try:
        opened = SqliteJournal(path, FakeClock())
    except JournalError:
        return
    from journal.rows_for_tests import NINE, minute

    with opened:
        opened.add_minute(minute(NINE))
        opened.content()
        assert opened.integrity() == ()


def journal_seeds() -> Iterable[bytes]:
    """A small one."""
    from fakes import FakeClock
    from journal.rows_for_tests import NINE, event, headache, minute
    from posturewatch.journal.writer import SqliteJournal

    path = SCRATCH.folder() / "seed.sqlite"
    path.unlink(missing_ok=True)
    with SqliteJournal(path, FakeClock()) as made:
        made.add_minute(minute(NINE))
        made.add_event(event(NINE))
        made.add_diary(headache(NINE))
    yield path.read_bytes()


def scenes(data: bytes) -> None:
    """The text file of `posturewatch replay --scenes`, played to its end."""
    from posturewatch.offline.media import MediaClock
    from posturewatch.offline.script import ScriptedDesktop, read_scenes

    path = SCRATCH.file("scenes.txt", data)
    clock = MediaClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))

    def play() -> None:
        stage = ScriptedDesktop(read_scenes(path), clock)
        clock.advance(1e6)
        stage.due(clock.t_s)
        clock.now()

    refuses(play)


def scenes_seeds() -> Iterable[bytes]:
    """One of each."""
    yield b"0:05:00 call on\n0:06 call off\n10 idle 30\n11 sleep 60 # x\n12 pause 30\n13 break_now\n"


# ---------------------------------------------------------------------------- models, pictures, streams


def bundle(data: bytes) -> None:
    """A model bundle that the settings name."""
    from posturewatch.sensor import bundles
    from posturewatch.sensor.choices import ModelOptions

    path = SCRATCH.file("pose.task", data)
    refuses(lambda: bundles.find(ModelOptions(pose=str(path))))


def bundle_seeds() -> Iterable[bytes]:
    """A zip with the right names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("pose_detector.tflite", "pose_landmarks_detector.tflite"):
            archive.writestr(name, b"TFL3" * 20)
    yield out.getvalue()


def model_manifest(data: bytes) -> None:
    """models/manifest.json beside a bundle."""
    from posturewatch.sensor import bundles
    from posturewatch.sensor.choices import ModelOptions

    folder = SCRATCH.folder() / "models"
    folder.mkdir(exist_ok=True)
    (folder / "a.task").write_bytes(b"x")
    (folder / "manifest.json").write_bytes(data)
    refuses(lambda: bundles.find(ModelOptions(), folder))


def model_manifest_seeds() -> Iterable[bytes]:
    """A small one that is right."""
    digest = hashlib.sha256(b"x").hexdigest()
    entries = [{"kind": kind, "name": "a.task", "size": 1, "sha256": digest} for kind in ("pose", "face")]
    yield json.dumps({"bundles": entries}).encode()


def picture(data: bytes) -> None:
    """A frame of a stream: decoded, glanced at, or an odd picture."""
    from posturewatch.sensor.frames import OddPictureError
    from posturewatch.sensor.sources.http import JpegShot

    shot = JpegShot(0.0, 0, data)
    for look in (shot.glance, shot.picture):
        with suppress(OddPictureError):
            assert look().size <= 3 << 25


def picture_seeds() -> Iterable[bytes]:
    """A small JPEG, PNG, BMP and WebP."""
    import cv2
    import numpy as np

    pixels = np.arange(24 * 32 * 3, dtype=np.uint8).reshape(24, 32, 3)
    for suffix in (".jpg", ".png", ".bmp", ".webp"):
        yield bytes(cv2.imencode(suffix, pixels)[1].tobytes())


def film(data: bytes) -> None:
    """A video file: its frames, or an error of ours."""
    from posturewatch.sensor.sources.files import VideoFile

    path = SCRATCH.file("film.avi", data)

    def played() -> None:
        source = VideoFile(path, regular=True)
        try:
            for _frame in range(20):
                if not source.grab():
                    return
                source.shot().picture()
        finally:
            source.close()

    refuses(played)


def film_seeds() -> Iterable[bytes]:
    """Three small frames as MJPEG in AVI, and as MPEG-4 in MP4 and Matroska."""
    import cv2
    import numpy as np

    for suffix, coding in ((".avi", "MJPG"), (".mp4", "mp4v"), (".mkv", "mp4v")):
        path = SCRATCH.folder() / f"seed{suffix}"
        writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*coding), 5.0, (32, 24))
        for _frame in range(3):
            writer.write(np.zeros((24, 32, 3), np.uint8))
        writer.release()
        yield path.read_bytes()


class _Speaker:
    """A loopback server that says the bytes of the day to every caller and hangs up."""

    def __init__(self) -> None:
        self.bytes = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            caller, _address = self._listener.accept()
            with caller, suppress(OSError):
                caller.settimeout(0.2)
                caller.recv(4096)
                caller.sendall(self.bytes)


_SPEAKER: list[_Speaker] = []


def stream(data: bytes) -> None:
    """All that an MJPEG camera on the network might answer."""
    from posturewatch.base.errors import SourceError
    from posturewatch.sensor.sources.http import MjpegStream

    if not _SPEAKER:
        _SPEAKER.append(_Speaker())
    _SPEAKER[0].bytes = data
    with suppress(SourceError):
        camera = MjpegStream(f"http://127.0.0.1:{_SPEAKER[0].port}/")
        try:
            for _frame in range(4):
                camera.grab()
        finally:
            camera.close()


def stream_seeds() -> Iterable[bytes]:
    """Streams with and without lengths, and in chunks."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=f\r\n"
    body = b"--f\r\nContent-Length: 6\r\n\r\n\xff\xd8abcd\r\n--f\r\n\r\n\xff\xd8xyz\r\n--f\r\n"
    yield head + b"\r\n" + body
    yield head + b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    yield b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n"


def source(data: bytes) -> None:
    """`camera.source`, whatever is written there (nothing that exists is opened)."""
    from posturewatch.base.source_names import camera_number, is_recording
    from posturewatch.sensor.choices import CameraOptions
    from posturewatch.sensor.sources.open import open_source

    text = data.decode("utf-8", "replace").replace("/", "_").replace("http", "hxxp").replace("\\", "_")
    if not text.strip(" .~") or camera_number(text) is not None or is_recording(text):
        return

    refuses(lambda: open_source(CameraOptions(source=text)).close())


# ---------------------------------------------------------------------------- words that go out


def notification(data: bytes) -> None:
    """A text on its way to any notification service: within the limits, no option, whole characters."""
    from posturewatch.desktop.notify.text import plain

    text = plain(data.decode("utf-8", "replace"), 63)
    assert len(text.encode("utf-16-le")) // 2 <= 63
    assert not text.startswith("-")
    assert all(char == "\n" or char.isprintable() for char in text)


TARGETS = tuple(
    Target(*one)  # type: ignore[arg-type]
    for one in (
        ("config", config, config_seeds),
        ("config_value", config_value, lambda: (b"posture.threshold=2.5 cm", b"hours.days=mon,tue", b"user.ipd_mm=63")),
        ("observation", observation, observation_seeds, 20_000),
        ("monitor", observed_by_the_monitor, monitor_seeds, 40_000),
        ("pipe", pipe_message, pipe_seeds),
        ("control", control_request, control_seeds),
        ("control_socket", control_socket, control_seeds, 6000, True),
        ("snapshot", snapshot, snapshot_seeds),
        ("csv", csv_table, csv_seeds, 8192, True),
        ("export_text", export_text, lambda: (b"=1+1", b"@SUM(A1)", b"-2+3", b"\tcmd", b"'quoted", "ä\n機".encode())),
        ("manifest", manifest, manifest_seeds),
        ("signature", signature, signature_seeds),
        ("zip", export_zip, zip_seeds, 8192),
        ("forged_zip", forged_zip, forged_seeds, 8192),
        ("calibration", calibration, calibration_seeds, 60_000),
        ("journal", journal, journal_seeds, 120_000, True),
        ("scenes", scenes, scenes_seeds),
        ("bundle", bundle, bundle_seeds, 8192),
        ("model_manifest", model_manifest, model_manifest_seeds),
        ("picture", picture, picture_seeds, 8192),
        ("film", film, film_seeds, 16_384, True),
        ("stream", stream, stream_seeds, 8192),
        ("source", source, lambda: (b"0", b"/dev/video7", b"rtsp://x", b"clip.mp4", b"~/x")),
        ("notification", notification, lambda: (b"-x", b"a" * 80, "\U0001f600".encode() * 40)),
        ("fhir_text", words_out.fhir_text, lambda: words_out.HOSTILE, 2000, True),
        ("page_text", words_out.page_text, lambda: words_out.HOSTILE, 2000, True),
    )
)
"""All doors. FHIR and pages are written and never read: what is tried of them is the text that goes in."""
