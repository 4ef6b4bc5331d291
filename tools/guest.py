"""A small Debian 12 in QEMU, made from nothing, in which this working copy runs under a kernel with its own drivers.

:class:`Guest` makes three disks in its folder: ``root.img`` (Debian by mmdebstrap, with kernel and v4l2loopback),
``packages.img`` (the packages of the environment that runs this), and ``project.img`` (this working copy, anew each
time). :meth:`Guest.run` boots it with a command, hands out what it prints, and gives its exit code. Nothing that the
guest writes stays. Needs root, 5 GB and Debian's ``mmdebstrap qemu-system-x86 seabios e2fsprogs``.

Without KVM QEMU emulates the processor, some thirty times slower. ``Guest(folder, user_mode=True)`` boots the same
disks with a kernel that is a program (``user_mode_kernel.py``): as quick as the computer, but without suspend.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import user_mode_kernel

ROOT: Final = Path(__file__).resolve().parent.parent

NEEDED: Final = ("mmdebstrap", "qemu-system-x86_64", "mkfs.ext4")

DEBIAN: Final = (
    "systemd-sysv", "udev", "dbus", "libpam-systemd", "kmod", "util-linux", "python3",
    "linux-image-amd64", "linux-headers-amd64", "v4l2loopback-dkms", "v4l-utils", "ffmpeg",
    "libgl1", "libglib2.0-0", "libxcb1", "libegl1", "libgles2",
)  # fmt: skip

PROJECT: Final = ("src", "tests", "tools", "bench", "models", "pyproject.toml")

LEFT_OUT: Final = (
    "pyarrow*", "_duckdb*", "duckdb*", "pyspark*", "py4j*", "zensical*", "mypy*", "*mypyc*", "matplotlib*",
    "fontTools*", "fonttools*", "babel*", "fhir*", "ruff*", "pip", "setuptools", "posturewatch*", "*.pth",
)  # fmt: skip
"""Packages that no test in the guest uses."""

UNIT: Final = """
[Unit]
Description=What this guest was started for
After=systemd-udev-settle.service dbus.service local-fs.target
[Service]
Type=oneshot
StandardOutput=null
ExecStart=/bin/sh -c 'sh /project/command </dev/null >/dev/ttyS1 2>&1; echo "exit code $?" >/dev/ttyS1; sync'
ExecStopPost=/bin/systemctl poweroff --force
"""

FSTAB: Final = """
LABEL=root / ext4 rw 0 0
LABEL=packages /packages ext4 ro 0 0
LABEL=project /project ext4 rw 0 0
"""

ENVIRONMENT: Final = (
    '[ -d /lib/modules/"$(uname -r)" ] || { ln -s /project/modules/"$(uname -r)" /lib/modules/ && depmod; }\n'
    "export PYTHONPATH=/project/src:/project/tests:/packages HOME=/root LANGUAGE=en LANG=C.UTF-8 PYTHONUTF8=1\n"
    "cd /project\n"
)

END: Final = "exit code "


class GuestError(Exception):
    """The guest cannot be made or does not end as it should; the message says what."""


def has_kvm() -> bool:
    """Whether the processor itself runs guests. ``/dev/kvm`` alone does not tell: a kernel may offer it by software
    (``kvm_pvm``), which runs only kernels that were made for it."""
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and any(
        Path("/sys/module", name).exists() for name in ("kvm_intel", "kvm_amd")
    )


class Guest:
    """A guest in a folder of its own."""

    def __init__(self, folder: Path, *, user_mode: bool = False) -> None:
        self.folder = folder
        self.user_mode = user_mode

    def make(self) -> None:
        """The disks that are not there yet, and the project's anew. Raises GuestError."""
        needed = NEEDED + (user_mode_kernel.NEEDED if self.user_mode else ())
        missing = [name for name in needed if shutil.which(name) is None]
        if missing or os.geteuid() != 0:
            raise GuestError(f"needs root, and: apt-get install mmdebstrap qemu-system-x86 seabios e2fsprogs {missing}")
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self.folder / "root.img").exists():
            self._make_root()
        if not (self.folder / "packages.img").exists():
            self._make_packages()
        if self.user_mode and not (self.folder / user_mode_kernel.PROGRAM).exists():
            user_mode_kernel.make(self.folder, jobs=os.cpu_count() or 1)

    def run(self, command: str, *, within_s: float, cores: int = 2, extra: Iterable[str] = ()) -> int:
        """Boot, run the lines of a shell, print what they print, and return their exit code. Raises GuestError when
        the guest has not ended ``within_s`` seconds after its start."""
        self._make_project(command)
        code: list[int] = []
        words = self._user_mode() if self.user_mode else [*self._machine(cores), *extra]
        with (self.folder / "console").open("wb") if self.user_mode else contextlib.nullcontext() as console:
            process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=console, start_new_session=True
            )

        def end() -> None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a user-mode kernel has a process for each of its own

        late = threading.Timer(within_s, end)
        late.start()
        try:
            for line in process.stdout or ():
                text = line.decode(errors="replace").rstrip()
                if text.startswith(END):
                    code.append(int(text.removeprefix(END)))
                else:
                    print(text, flush=True)
            process.wait()
        finally:
            late.cancel()
            end()
            process.wait()
        if not code:
            raise GuestError(f"ended, after {within_s:.0f} s at most, without an exit code; see {self.folder}/console")
        return code[0]

    def _machine(self, cores: int) -> list[str]:
        fast = has_kvm()
        disks = [
            f"file={self.folder}/{name}.img,format=raw,if=virtio,snapshot=on"
            for name in ("root", "packages", "project")
        ]
        return [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-machine", "q35", "-global", "ICH9-LPC.disable_s3=0",
            "-accel", "kvm" if fast else "tcg,thread=multi,tb-size=1024", "-cpu", "host" if fast else "max",
            "-smp", str(cores), "-m", "3G", "-device", "virtio-rng-pci",
            *(word for disk in disks for word in ("-drive", disk)),
            "-kernel", str(self.folder / "vmlinuz"), "-initrd", str(self.folder / "initrd.img"),
            "-append", "root=LABEL=root console=ttyS0 quiet systemd.unit=guest.target mitigations=off",
            "-serial", f"file:{self.folder}/console", "-serial", "stdio",
        ]  # fmt: skip

    def _user_mode(self) -> list[str]:
        for written in self.folder.glob("*.written"):
            written.unlink()
        disks = [f"{self.folder}/{name}.written,{self.folder}/{name}.img" for name in ("root", "packages", "project")]
        return [
            str(self.folder / user_mode_kernel.PROGRAM), "mem=3G", "root=/dev/ubda", "rw", "systemd.unit=guest.target",
            *(f"ubd{number}={disk}" for number, disk in enumerate(disks)),
            "con=null", "con0=null,fd:2", "ssl=null", "ssl1=null,fd:1", "quiet",
        ]  # fmt: skip

    def _make_root(self) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            root, packed = Path(made) / "root", Path(made) / "root.tar"
            root.mkdir()
            _do("mmdebstrap", "--variant=minbase", f"--include={','.join(DEBIAN)}", "bookworm", str(packed))
            _do("tar", "-x", "-f", str(packed), "-C", str(root))
            self._furnish(root)
            self._image("root", root, "4G")

    def _furnish(self, root: Path) -> None:
        units = root / "etc/systemd/system"
        (units / "guest.service").write_text(UNIT)
        (units / "guest.target").write_text(
            "[Unit]\nRequires=basic.target guest.service\nWants=dbus.service systemd-logind.service "
            "systemd-udev-settle.service\nAfter=basic.target\n"
        )
        (root / "etc/fstab").write_text(FSTAB)
        for folder in ("packages", "project"):
            (root / folder).mkdir()
        _do("chroot", str(root), "useradd", "-m", "-s", "/bin/bash", "anna")
        for name in ("vmlinuz", "initrd.img"):
            shutil.copy(next((root / "boot").glob(f"{name}-*")), self.folder / name)

    def _make_packages(self) -> None:
        if sys.version_info[:2] != (3, 11):
            raise GuestError("the guest is Debian 12 with Python 3.11: run this with an environment of that version")
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            for path in map(Path, reversed(sys.path)):
                if path.name == "site-packages":
                    shutil.copytree(
                        path, made, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*LEFT_OUT)
                    )
            self._image("packages", Path(made), "1600M")

    def _make_project(self, command: str) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as made:
            for name in PROJECT:
                source, target = ROOT / name, Path(made) / name
                if source.is_dir():
                    shutil.copytree(source, target, ignore=shutil.ignore_patterns("node_modules", "found"))
                else:
                    shutil.copy(source, target)
            if self.user_mode:
                shutil.copytree(self.folder / user_mode_kernel.MODULES / "lib/modules", Path(made) / "modules")
            (Path(made) / "command").write_text(ENVIRONMENT + command)
            self._image("project", Path(made), "200M")

    def _image(self, name: str, content: Path, size: str) -> None:
        """An ext4 file system of that name with what a folder holds; there as a whole or not at all."""
        part = self.folder / f"{name}.part"
        part.unlink(missing_ok=True)
        content.chmod(0o755)
        _do("mkfs.ext4", "-q", "-L", name, "-d", str(content), str(part), size)
        part.replace(self.folder / f"{name}.img")


def _do(*words: str) -> None:
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise GuestError(f"{words[0]} failed:\n{(done.stdout + done.stderr)[-3000:]}")
