"""What a power cut finds of a file that is replaced: the old one or the new one, whole."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from posturewatch.disk.files import write_atomic

WRITES = """
import sys
from pathlib import Path
from posturewatch.disk.files import write_atomic
path = Path(sys.argv[1])
path.write_text("former")
write_atomic(path, "new")
"""


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
def test_the_new_name_reaches_the_disk_before_the_old_content_is_overwritten(tmp_path: Path) -> None:
    """By the kernel's record: content flushed, renamed, folder flushed, and only then zeros over the former file."""
    record = tmp_path / "record"
    calls = "trace=fsync,rename,renameat,renameat2,write"
    words = [
        "strace",
        "-f",
        "-y",
        "-e",
        calls,
        "-o",
        str(record),
        sys.executable,
        "-c",
        WRITES,
        str(tmp_path / "x.toml"),
    ]
    if subprocess.run(words, check=False).returncode:
        pytest.skip("tracing is not allowed here")
    lines = [
        line for line in record.read_text(errors="replace").splitlines() if "x.toml" in line or f"<{tmp_path}>" in line
    ]
    renamed = next(place for place, line in enumerate(lines) if "rename" in line)
    assert "fsync" in lines[renamed - 1]
    assert "fsync" in lines[renamed + 1]
    assert f"<{tmp_path}>" in lines[renamed + 1]
    assert "\\0\\0\\0" in lines[renamed + 2]


def test_a_file_replaced_again_and_again_is_whole_after_each_power_cut(tmp_path: Path) -> None:
    """Forty cuts of a disk whose cache is lost: as it was before, or as it was to be, and never before what was said to
    be written."""
    from power_cut import Disk, can_cut, make_image, mounted

    if not can_cut():
        pytest.skip("needs root on Linux, nbdkit with its Python plugin, and libnbd's programs")
    image, cuts, said = tmp_path / "disk.img", [], [0]
    make_image("ext4", image)
    disk = Disk(image, tmp_path / "disk")
    end = threading.Event()

    def write() -> None:
        while not end.is_set():
            write_atomic(disk.mount / "x", content(said[0] + 1))
            said[0] += 1

    writer = threading.Thread(target=write)
    try:
        disk.mounted()
        write_atomic(disk.mount / "x", content(0))
        writer.start()
        for number in range(40):
            time.sleep(0.01)
            before = said[0]
            disk.cut(number, tmp_path / f"{number}.img")
            cuts.append((tmp_path / f"{number}.img", before, said[0] + 1))
    finally:
        end.set()
        writer.join()
        disk.end()
    for cut, first, last in cuts:
        with mounted(cut, tmp_path / "found") as found:
            assert (found / "x").read_bytes() in [content(number) for number in range(first, last + 1)]


def content(number: int) -> bytes:
    """Several blocks that tell which write they are of."""
    return f"{number} ".encode() * 2000
