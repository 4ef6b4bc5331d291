"""posturewatch on cameras of a kernel's own: ``python tools/camera_lane.py WORK``; as root on Debian 12.

Makes a small Debian in WORK where there is none yet (``guest.py``; ten minutes, 5 GB), boots it in QEMU, and runs the
tests that need a camera which can be unplugged, taken, robbed of its pictures and suspended: the kernel's ``vivid``
(raw pictures) and ``v4l2loopback`` (a film of a person, raw and MJPEG). Exit code 1 where a test fails.

Where the processor runs guests itself (KVM), the whole app is tried too, and watches that person for ten minutes; its
status, log and journal are printed. By emulation the app came to no look within five minutes: it is left out there.

    python tools/camera_lane.py WORK                 all of it
    python tools/camera_lane.py WORK -k unplugged    words for pytest
    python tools/camera_lane.py WORK --cost          bench/cost_camera.py in place of the tests

Needs ``apt-get install mmdebstrap qemu-system-x86 seabios e2fsprogs`` and the environment of ``run.py`` on Python 3.11.
"""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path
from typing import Final

from guest import Guest, GuestError, has_kvm

CAMERA: Final = "tests/sensor/sources/test_kernel_camera.py"
APP: Final = "tests/faults/test_kernel_camera.py"

WITHIN_S: Final = 3600.0


def main() -> int:
    """Make the guest, run the tests in it, hand their words out."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 2
    begin_s = time.monotonic()
    words = [
        "-p",
        "no:cacheprovider",
        "--color=no",
        "--tb=short",
        "-v",
        "-s",
        CAMERA,
        *([APP] if has_kvm() else []),
        *sys.argv[2:],
    ]
    command = "python3 bench/cost_camera.py" if sys.argv[2:] == ["--cost"] else f"python3 -m pytest {shlex.join(words)}"
    try:
        guest = Guest(Path(sys.argv[1]).resolve())
        guest.make()
        print(f"the guest is there after {time.monotonic() - begin_s:.0f} s; KVM: {has_kvm()}", flush=True)
        code = guest.run(f"export KERNEL_CAMERA=1\nuname -r\n{command} 2>&1\n", within_s=WITHIN_S)
    except GuestError as err:
        print(err, file=sys.stderr)
        return 1
    print(f"exit code {code}, {time.monotonic() - begin_s:.0f} s in all")
    return code


if __name__ == "__main__":
    sys.exit(main())
