"""A Linux kernel that is an ordinary program (User-mode Linux), with virtual cameras: for a guest where no KVM is.

Programs in it run at the processor's own speed, on one core; system calls are slow. Debian's own build of it has no
cameras, so one is made from Debian's kernel sources: twenty minutes of a processor, 2 GB while it is built.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

SOURCES: Final = ("linux-source-6.1", "v4l2loopback-dkms")

NEEDED: Final = ("gcc", "make", "flex", "bison", "bc")

PROGRAM: Final = "user-mode-linux"
MODULES: Final = "user-mode-modules"

TURNED_ON: Final = (
    "VIRTIO_UML", "UML_PCI_OVER_VIRTIO", "MEDIA_SUPPORT", "MEDIA_CAMERA_SUPPORT", "MEDIA_TEST_SUPPORT",
    "V4L_TEST_DRIVERS", "FB", "CGROUPS", "DEVTMPFS", "TMPFS_XATTR", "FHANDLE", "SECCOMP", "SECCOMP_FILTER",
    "SECURITY", "SECURITY_LANDLOCK", "EXT4_FS", "AUTOFS_FS", "HIGH_RES_TIMERS", "SYSVIPC", "POSIX_MQUEUE", "EXPERT",
)  # fmt: skip
"""The first two for memory-mapped devices, without which the kernel offers no media drivers at all."""

TURNED_OFF: Final = (
    "NO_IOMEM", "MEDIA_SUPPORT_FILTER", "MEDIA_SUBDRV_AUTOSELECT", "DVB_CORE", "SOUND", "USB_SUPPORT", "GCC_PLUGINS",
)  # fmt: skip

AS_MODULES: Final = ("VIDEO_DEV", "VIDEO_VIVID")


def make(folder: Path, *, jobs: int) -> None:
    """``user-mode-linux`` and its modules in ``folder``. Raises subprocess.CalledProcessError."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        place = Path(made)
        _do("apt-get", "download", "-qq", *SOURCES, cwd=place)
        for package in place.glob("*.deb"):
            _do("dpkg-deb", "-x", str(package), ".", cwd=place)
        (packed,) = (place / "usr/src").glob("linux-source-*.tar.xz")
        _do("tar", "-x", "-f", str(packed), cwd=place)
        (source,) = place.glob("linux-source-*/")
        loopback = next((place / "usr/src").glob("v4l2loopback-*/"))
        build = ("make", "ARCH=um", f"--jobs={jobs}")
        _do(*build, "defconfig", cwd=source)
        on, off, modules = (
            [word for name in names for word in (f"--{how}", name)]
            for how, names in (("enable", TURNED_ON), ("disable", TURNED_OFF), ("module", AS_MODULES))
        )
        # The number is that of no device: it only must not be the one that means "not chosen".
        number = ("--set-val", "UML_PCI_OVER_VIRTIO_DEVICE_ID", "1234")
        _do("scripts/config", *on, *off, *modules, *number, cwd=source)
        _do(*build, "olddefconfig", cwd=source)
        _do(*build, "linux", "modules", cwd=source)
        target = f"INSTALL_MOD_PATH={place / MODULES}"
        _do(*build, target, "modules_install", cwd=source)
        _do(*build, f"M={loopback}", "modules", cwd=source)
        _do(*build, f"M={loopback}", target, "modules_install", cwd=source)
        for link in (place / MODULES).rglob("*"):
            if link.is_symlink():  # to the sources, which go
                link.unlink()
        shutil.move(place / MODULES, folder / MODULES)
        shutil.move(source / "linux", folder / PROGRAM)


def _do(*words: str, cwd: Path) -> None:
    subprocess.run(words, cwd=cwd, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
