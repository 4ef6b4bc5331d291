"""Linux: does another program record from a microphone?

The sound server is asked for the programs that record. A level meter, a noise filter and a recording of the
loudspeakers are no call. ALSA says RUNNING for each of these, so it is believed only about programs that go round the
server, and where no server answers.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

_SOUND_SERVERS: Final = frozenset({"pipewire", "pipewire-pulse", "wireplumber", "pulseaudio"})

VOICE_HZ: Final = 4000
"""No voice is understood below this rate; meters read the level some 25 times a second."""

ALL_THE_SAME_EVERY: Final = 12
"""Where nothing has stirred, all is asked at each so many questions all the same: a minute, five seconds apart."""


def microphone_in_use(proc: Path, *, by_server: bool) -> bool | None:
    """Whether an ALSA capture device runs; None where ALSA tells nothing.

    ``by_server``: one that the sound server runs counts too. Otherwise the server has said itself who records.
    """
    found = None
    for status in (proc / "asound").glob("card*/pcm*c/sub*/status"):
        try:
            text = status.read_text("utf-8", "replace")
        except OSError:
            continue
        if "RUNNING" in text and (by_server or _goes_round_the_server(text, proc)):
            return True
        found = False
    return found


def _goes_round_the_server(status: str, proc: Path) -> bool:
    """Whether the owner of a running capture device is known, and no sound server."""
    owner = re.search(r"^owner_pid\s*:\s*(\d+)", status, re.MULTILINE)
    if owner is None:
        return False
    with contextlib.suppress(OSError):
        # ALSA names the thread; the program's name is its process's.
        thread = (proc / owner[1] / "status").read_text("utf-8", "replace")
        process = re.search(r"^Tgid:\s*(\d+)", thread, re.MULTILINE)
        name = (proc / (process or owner)[1] / "comm").read_text("utf-8", "replace").strip()
        return name not in _SOUND_SERVERS
    return False


class SoundServer:
    """Whether a program records by the sound server, asked every few seconds all day.

    Each question starts a program (5 ms, which every five seconds is nearly what all looks at an empty chair cost). Who
    records by a server keeps a device of ALSA running, or a headset by Bluetooth; where there is neither, the server is
    asked once a minute, for sources that lie elsewhere.
    """

    def __init__(
        self,
        ask: Callable[[], bool | None] | None = None,
        proc: Path = Path("/proc"),
        bluetooth: Path = Path("/sys/class/bluetooth"),
    ) -> None:
        self._ask = ask or sound_server_records
        self._proc = proc
        self._bluetooth = bluetooth
        self._records: bool | None = None
        self._asked = 0

    def records(self) -> bool | None:
        """As :func:`sound_server_records`."""
        seldom = self._records is False and microphone_in_use(self._proc, by_server=True) is False
        if not seldom or self._asked % ALL_THE_SAME_EVERY == 0 or self._headset():
            self._records = self._ask()
        self._asked += 1
        return self._records

    def _headset(self) -> bool:
        """Whether something is connected by Bluetooth, whose sound ALSA does not know; such are called ``hci0:11``."""
        try:
            return any(":" in name for name in os.listdir(self._bluetooth))  # noqa: PTH208  (every few seconds, all day)
        except OSError:
            return False


def sound_server_records() -> bool | None:
    """Whether a program records by PulseAudio or PipeWire; None where neither answers."""
    streams = _pactl("source-outputs")
    if streams is None:
        return None
    records = recording_clients(streams)
    # Asked only when somebody records: most of the day nobody does.
    return recording_clients(streams, monitors(_pactl("sources") or "")) if records else records


def _pactl(what: str) -> str | None:
    pactl = shutil.which("pactl")
    if pactl is None:
        return None
    try:
        done = subprocess.run([pactl, "--format=json", "list", what], capture_output=True, timeout=1.0, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace")


def monitors(listing: str) -> frozenset[int]:
    """Numbers of the sources that hear the loudspeakers, of pactl's JSON list of sources."""
    try:
        return frozenset(
            source["index"]
            for source in json.loads(listing)
            if source["properties"].get("device.class") == "monitor" or source.get("name", "").endswith(".monitor")
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def recording_clients(listing: str, monitors: frozenset[int] = frozenset()) -> bool | None:
    """Whether a stream of pactl's JSON list of recording streams is a program that listens to a microphone.

    ``monitors``: sources that are none. A stream that is told in another way than we know keeps no other from being
    heard; with it alone nothing is known.
    """
    try:
        streams = json.loads(listing)
    except ValueError:
        return None
    told = [_listens_by(stream, monitors) for stream in streams] if isinstance(streams, list) else [None]
    return True if True in told else None if None in told else False


def _listens_by(stream: Any, monitors: frozenset[int]) -> bool | None:
    try:
        return stream.get("source") not in monitors and _listens(stream)
    except (KeyError, TypeError, AttributeError):
        return None


def _listens(stream: dict[str, Any]) -> bool:
    """Whether a recording stream runs, and is neither a level meter nor a part of the sound server."""
    own: dict[str, Any] = stream["properties"]
    rate = re.search(r"(\d+)\s*Hz", stream.get("sample_specification", ""))
    meter = (
        own.get("media.name") == "Peak detect"
        or stream.get("resample_method") == "peaks"
        or "true" in (own.get("resample.peaks"), own.get("stream.monitor"))
        or (rate is not None and int(rate[1]) < VOICE_HZ)
    )
    # Filters, echo cancellers and loopbacks are no client's, or link groups of PipeWire. Who listens behind them
    # has a stream of their own.
    part = (
        not str(stream.get("client", 0)).isdigit()  # pactl says so in words, or with null
        or "node.link-group" in own
        or own.get("media.category") == "Filter"
        or own.get("media.role") in {"DSP", "filter"}
    )
    return not (stream.get("corked") or meter or part)
