"""Nothing of what the sensor does reaches the network; MediaPipe, left alone, reports its use after a minute."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from camera_server import RENDERS
from posturewatch.base import codec, framing
from posturewatch.base.observation import Look
from posturewatch.sensor import native
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.native import MediaPipe

STRACE = shutil.which("strace")
linux = pytest.mark.skipif(sys.platform != "linux", reason="the kernel's filter is Linux's")


def run(program: str) -> str:
    """What a program of a few lines prints, in a process of its own: a filter cannot be taken off again."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, encoding="utf-8", check=True, timeout=60
    )
    return done.stdout


@linux
def test_the_kernel_refuses_internet_sockets_and_no_others() -> None:
    """After forbid_network a socket of either internet family is refused, in new threads too; local ones are not."""
    said = run(
        """
        import socket, threading
        from posturewatch.sensor import guard
        def attempt():
            for family in (socket.AF_INET, socket.AF_INET6, socket.AF_UNIX):
                try:
                    socket.socket(family).close()
                    print(family.name, "open")
                except PermissionError:
                    print(family.name, "refused")
        early = threading.Event()
        thread = threading.Thread(target=lambda: (early.wait(), attempt()))
        thread.start()
        assert guard.forbid_network()
        attempt()
        early.set(); thread.join()
        late = threading.Thread(target=attempt); late.start(); late.join()
        """
    )
    refused = ["AF_INET refused", "AF_INET6 refused", "AF_UNIX open"]
    allowed = ["AF_INET open", "AF_INET6 open", "AF_UNIX open"]
    assert said.split("\n")[:9] == refused + allowed + refused


def test_the_library_that_would_report_is_told_of_no_way_out() -> None:
    """Whatever proxies the user has, libcurl inside MediaPipe gets one that it cannot use, and no exception to it."""
    os.environ["https_proxy"] = "http://proxy.invalid:3128"
    os.environ["NO_PROXY"] = "*"
    native.prepare()
    proxies = {value for name, value in os.environ.items() if name.lower().endswith("s_proxy")}
    assert proxies == {"none://off"}
    assert "NO_PROXY" not in os.environ
    assert MediaPipe().options(b"x").to_ctypes().ca_bundle_path == b""


def test_plotting_and_sound_stay_out_of_the_process() -> None:
    """Of MediaPipe only the parts in use are loaded, and a look at somebody loads no more: no plotting, no fonts."""
    said = run(
        f"""
        import sys
        from posturewatch.base.observation import Look
        from posturewatch.sensor import bundles, choices, recording
        reader = recording.RecordingReader(bundles.find(choices.ModelOptions()))
        seen = next(iter(reader.observe({str(RENDERS)!r}, stills=True, every_s=None, look=Look(whole=True))))
        loaded = {{name.split(".")[0] for name in sys.modules}}
        unwanted = {{"matplotlib", "fontTools", "sounddevice", "pydantic", "PIL", "tkinter", "absl"}}
        print(seen.face is not None and seen.trunk is not None, sorted(loaded & unwanted))
        """
    )
    assert said.strip() == "True []"


@linux
@pytest.mark.slow
@pytest.mark.skipif(STRACE is None, reason="strace is not installed")
def test_a_sensor_at_work_opens_no_internet_socket(tmp_path: Path) -> None:
    """Eighty seconds of looks under strace: no internet socket is ever had, no address connected to.

    Unguarded, MediaPipe 1.2.2 asked a proxy for its maker's host 65 s after the networks were loaded.
    """
    trace = tmp_path / "trace"
    sensor = subprocess.Popen(
        [str(STRACE), "-f", "-e", "trace=network", "-o", str(trace), sys.executable, "-P", "-m", "posturewatch.sensor"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,
    )
    assert sensor.stdin is not None
    assert sensor.stdout is not None
    models = {"pose": ModelOptions().pose, "face": ModelOptions().face}
    camera = {"source": str(RENDERS), "backend": "auto", "width_px": 640, "height_px": 480, "fps": 5.0}
    assert camera.keys() <= {name for name in dir(CameraOptions()) if not name.startswith("_")}
    framing.send(sensor.stdin, {"do": "record", "camera": camera, "models": models})
    assert framing.receive(sensor.stdout) == {"ready": True}
    end = time.monotonic() + 80
    number = 0
    while time.monotonic() < end:
        number += 1
        wish = {"source": str(RENDERS), "look": codec.look_to_json(Look(whole=True))}
        framing.send(sensor.stdin, {"id": number, "observe": wish})
        while "end" not in framing.receive(sensor.stdout):
            pass
        time.sleep(1)
    sensor.stdin.close()
    sensor.wait(60)
    lines = trace.read_text().splitlines()
    had = [line for line in lines if re.search(r"socket\(AF_INET6?,.*= \d+$", line)]
    reached = [line for line in lines if re.search(r"(connect|sendto|sendmsg)\(.*AF_INET", line)]
    assert had == []
    assert reached == []
