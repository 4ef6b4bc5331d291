"""posturewatch on cameras of a kernel's own: ``python tools/camera_lane.py WORK``; as root on Debian 12.

Makes a small Debian in WORK where there is none yet (``guest.py``; ten minutes, 5 GB), boots it in QEMU, and runs the
tests that need a camera which can be unplugged, taken, robbed of its pictures and suspended: the kernel's ``vivid``
(raw pictures) and ``v4l2loopback`` (a film of a person, raw and MJPEG). Exit code 1 where a test fails.

The whole app is tried too, and watches that person for ten minutes; its status, log and journal are printed. Where the
processor does not run guests itself (no KVM), emulation is too slow for that: the app, and the cost, are then run by a
kernel that is a program (``user_mode_kernel.py``; made once, twenty minutes), which cannot be suspended.

    python tools/camera_lane.py WORK                 all of it
    python tools/camera_lane.py WORK -k unplugged    words for pytest
    python tools/camera_lane.py WORK --app           the app alone
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
    """Make the guest, run what was asked for in it, hand its words out."""
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        print(__doc__)
        return 2
    folder, *asked = sys.argv[1:]
    quick, code = has_kvm(), 0
    try:
        if asked == ["--cost"]:
            return run(folder, "python3 bench/cost_camera.py", user_mode=not quick)
        if asked != ["--app"]:
            code = run(folder, tested(CAMERA, *asked), user_mode=False)
        if asked in ([], ["--app"]):
            code = run(folder, tested(APP), user_mode=not quick) or code
    except GuestError as err:
        print(err, file=sys.stderr)
        return 1
    return code


def tested(*words: str) -> str:
    """The line of a shell that runs these tests."""
    return shlex.join(["python3", "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "--tb=short", "-vs", *words])


def run(folder: str, command: str, *, user_mode: bool) -> int:
    """Run it in the guest, which is made where it is not there; its exit code. Raises GuestError."""
    begin_s = time.monotonic()
    guest = Guest(Path(folder).resolve(), user_mode=user_mode)
    guest.make()
    how = "a user-mode kernel" if user_mode else f"QEMU, {'KVM' if has_kvm() else 'emulation'}"
    print(f"the guest is there after {time.monotonic() - begin_s:.0f} s: {how}", flush=True)
    code = guest.run(f"export KERNEL_CAMERA=1\nuname -r\n{command} 2>&1\n", within_s=WITHIN_S)
    print(f"exit code {code}, {time.monotonic() - begin_s:.0f} s in all", flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
