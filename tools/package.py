"""What people install: a program that brings its own Python, as a package of its system. One command each.

    python tools/package.py frozen      the folder with the program, by PyInstaller (Linux and macOS)
    python tools/package.py portable    the same as an archive that runs wherever it is unpacked (Linux)
    python tools/package.py deb         the same as a package for Debian 12, Ubuntu 24.04 and later
    python tools/package.py windows     an installer for Windows, made on Linux by makensis

Each goes into dist/ (``--out``); what is made on the way lies in build/ (``--work``) and is used again. The versions
are those of constraints-package.txt, their hashes checked. The same commit gives the same bytes. Needs, on Debian:
``apt-get install binutils dpkg-dev nsis python3-gi python3-tk python3-venv``; docs/packages.md tells what is in them.
"""

from __future__ import annotations

import argparse
import functools
import gzip
import hashlib
import io
import lzma
import os
import re
import shutil
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dependencies import FROZEN_LOCK, ROOT
from making import PackageError, made_wheel, run, stamp, version
from windows_installer import installer

PACKAGING: Final = ROOT / "packaging"
MAINTAINER: Final = "The posturewatch authors <authors@posturewatch.invalid>"

PYTHONS: Final = ("/usr/bin/python3", sys.executable)
"""Asked in this order. Debian's own comes first: PyGObject, by which the tray has its menu, is built for it alone."""

NEEDS: Final = (
    "libc6 (>= 2.36)", "libegl1", "libfontconfig1", "libgcc-s1", "libgles2", "libstdc++6", "libx11-6", "libxext6",
    "libxft2", "libxss1", "zlib1g",
)  # fmt: skip
"""What the frozen program takes from the system: the C library, what MediaPipe names, what Tk draws with."""

RECOMMENDS: Final = (
    "fonts-dejavu-core | fonts-liberation", "gir1.2-ayatanaappindicator3-0.1", "gir1.2-gtk-3.0",
    "dunst | notification-daemon", "xdg-utils",
)  # fmt: skip
"""A menu in the tray, something that shows notifications, and a browser for the report."""


@functools.cache
def frozen(work: Path) -> Path:
    """The folder with the program, made anew once; raises PackageError."""
    python = environment(work)
    target = work / "frozen"
    shutil.rmtree(target, ignore_errors=True)
    words = ("-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(target))
    words += ("--workpath", str(work / "pyinstaller"), str(PACKAGING / "posturewatch.spec"))
    run(str(python), *words, env=os.environ | {"PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": str(stamp())})
    folder = target / "posturewatch"
    inside = folder / "_internal"
    for library in inside.glob("mediapipe/tasks/c/*.so"):  # 26 MB of names that only a debugger reads
        run("strip", "--strip-unneeded", str(library))
    licences(python, inside)
    return folder


def environment(work: Path) -> Path:
    """The interpreter of an environment with what goes into the program, of this very commit; raises PackageError."""
    base = next((one for one in PYTHONS if _complete(one)), None)
    if base is None:
        raise PackageError("No Python here has Tk and PyGObject: sudo apt-get install python3-gi python3-tk")
    place = work / "environment"
    python = place / "bin" / "python"
    mark, wanted = place / "made-from", hashlib.sha256(FROZEN_LOCK.read_bytes()).hexdigest()
    pip = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile")
    if not mark.exists() or mark.read_text(encoding="ascii") != wanted:
        shutil.rmtree(place, ignore_errors=True)
        run(base, "-m", "venv", str(place))
        run(*pip, "--no-deps", "--require-hashes", "-r", str(FROZEN_LOCK))
        if sys.platform == "linux":
            found = run(base, "-c", "import gi; print(gi.__path__[0])").strip()
            site = next((place / "lib").glob("python3.*")) / "site-packages"
            shutil.copytree(found, site / "gi", ignore=shutil.ignore_patterns("__pycache__", "*cairo*"))
        mark.write_text(wanted, encoding="ascii")
    wheel = made_wheel(work)
    run(*pip, "--no-deps", "--force-reinstall", str(wheel))
    return python


def portable(work: Path, out: Path, *, quick: bool = False) -> Path:
    """``posturewatch-VERSION-linux-x86_64.tar.xz``: unpack it anywhere and run ``posturewatch/posturewatch``."""
    folder = frozen(work)
    (folder / "_internal" / "posturewatch" / "package.txt").write_text("portable\n", encoding="ascii")
    path = out / f"posturewatch-{version()}-linux-{machine()}.tar.xz"
    with lzma.open(path, "wb", preset=0 if quick else 6) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for one in sorted(folder.rglob("*"), key=lambda one: one.relative_to(folder).as_posix()):
            archive.add(one, f"posturewatch/{one.relative_to(folder).as_posix()}", recursive=False, filter=_plain)
    return path


def deb(work: Path, out: Path, *, quick: bool = False) -> Path:
    """``posturewatch_VERSION_amd64.deb``: the frozen program with menu entry, icon, metadata and manual page."""
    folder = frozen(work)
    (folder / "_internal" / "posturewatch" / "package.txt").write_text("deb\n", encoding="ascii")
    root = work / "deb"
    shutil.rmtree(root, ignore_errors=True)
    share = root / "usr" / "share"
    shutil.copytree(folder, root / "usr" / "lib" / "posturewatch", symlinks=True)
    (root / "usr" / "bin").mkdir(parents=True)
    (root / "usr" / "bin" / "posturewatch").symlink_to("../lib/posturewatch/posturewatch")
    pictures = ROOT / "src" / "posturewatch" / "pictures"
    _put(share / "applications" / "posturewatch.desktop", PACKAGING / "linux" / "posturewatch.desktop")
    _put(share / "icons/hicolor/256x256/apps/posturewatch.png", pictures / "icon_upright.png")
    _put(share / "icons/hicolor/scalable/apps/posturewatch.svg", pictures / "icon_upright.svg")
    _put(share / "metainfo" / "org.posturewatch.posturewatch.metainfo.xml", metainfo())
    _put(share / "man" / "man1" / "posturewatch.1.gz", packed(manual()))
    doc = share / "doc" / "posturewatch"
    _put(doc / "copyright", copyright_file())
    _put(doc / "changelog.gz", packed((ROOT / "CHANGELOG.md").read_bytes()))
    (doc / "licences").symlink_to("../../../lib/posturewatch/_internal/licences")
    size_kb = sum(path.lstat().st_size for path in root.rglob("*")) // 1024
    control = {
        "Package": "posturewatch",
        "Version": re.sub(r"(a|b|rc|\.dev)(\d+)", r"~\1\2", version()).replace("~.", "~"),
        "Architecture": run("dpkg", "--print-architecture").strip(),
        "Maintainer": MAINTAINER,
        "Installed-Size": str(size_kb),
        "Depends": ", ".join(NEEDS),
        "Recommends": ", ".join(RECOMMENDS),
        "Section": "utils",
        "Priority": "optional",
        "Description": "posture and break reminders by the webcam, on your own computer\n"
        " Estimates how far the head sits forward of your own upright posture, reminds gently, and\n"
        " keeps a log that you can choose to show your therapist. No image is stored or sent.\n"
        " It is a general wellness tool, no medical device.",
    }
    _put(root / "DEBIAN" / "control", "".join(f"{name}: {words}\n" for name, words in control.items()).encode())
    for path in (root, *root.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    path = out / f"posturewatch_{control['Version']}_{control['Architecture']}.deb"
    words = (
        "dpkg-deb",
        "--root-owner-group",
        "-Zxz",
        f"-z{0 if quick else 6}",
        "--threads-max=1",
        "--build",
        str(root),
        str(path),
    )
    run(*words, env=os.environ | {"SOURCE_DATE_EPOCH": str(stamp())})
    return path


# ------------------------------------------------------------------------------- parts


def licences(python: Path, inside: Path) -> None:
    """The licence of everything in the frozen program, one folder for each package, as their makers ask for."""
    place = inside / "licences"
    code = (
        "import sys, importlib.metadata as m\n"
        "for d in m.distributions():\n"
        "    for f in d.files or ():\n"
        "        if f.name.upper().startswith(('LICEN', 'COPYING', 'NOTICE', 'AUTHORS')) and f.locate().is_file():\n"
        "            print(d.metadata['Name'], f.locate(), sep='\\t')\n"
    )
    for line in run(str(python), "-c", code).splitlines():
        name, _, path = line.partition("\t")
        _put(place / name / Path(path).name, Path(path))
    for library in sorted(inside.glob("*.so*")):
        owner = _owner(library)
        if owner and not library.is_symlink():
            _put(place / owner / "copyright", Path("/usr/share/doc", owner, "copyright"))
    for owner in ("libpython3.11-stdlib", "python3-gi"):
        if Path("/usr/share/doc", owner, "copyright").exists():
            _put(place / owner / "copyright", Path("/usr/share/doc", owner, "copyright"))


def _owner(library: Path) -> str:
    """The Debian package that a library was taken from; empty where it came with a wheel."""
    done = subprocess.run(["dpkg", "-S", f"*/{library.name}"], capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.partition(":")[0]


def metainfo() -> bytes:
    """The AppStream metadata with the release that is made."""
    text = (PACKAGING / "linux" / "org.posturewatch.posturewatch.metainfo.xml").read_text(encoding="utf-8")
    kind = "development" if re.search(r"[a-z]", version()) else "stable"
    number = re.sub(r"(a|b|rc)(\d+)", r"~\1\2", version())
    release = f'  <releases>\n    <release version="{number}" date="{day()}" type="{kind}"/>\n  </releases>\n'
    return text.replace("</component>", release + "</component>").encode()


def manual() -> bytes:
    """posturewatch(1), of this very tree."""
    tree = os.environ | {"PYTHONPATH": str(ROOT / "src")}  # of this tree, whatever is installed where this runs
    return run(sys.executable, str(ROOT / "tools" / "man_page.py"), "-", day(), env=tree).encode()


def copyright_file() -> bytes:
    """Debian's machine-readable notice of who holds what."""
    mit = (ROOT / "LICENSE").read_text(encoding="utf-8").strip().splitlines()
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: posturewatch",
        "Comment: Python and its packages are inside; their licences lie in /usr/share/doc/posturewatch/licences.",
        "",
        "Files: *",
        "Copyright: 2026 The posturewatch authors",
        "License: MIT",
        *(f" {line}" if line.strip() else " ." for line in mit),
        "",
        "Files: usr/lib/posturewatch/_internal/posturewatch/models/*",
        "Copyright: The MediaPipe Authors",
        "License: Apache-2.0",
        " On Debian systems the whole text lies in /usr/share/common-licenses/Apache-2.0.",
    ]
    return ("\n".join(lines) + "\n").encode()


def day() -> str:
    """The day of :func:`stamp`."""
    return datetime.fromtimestamp(stamp(), UTC).date().isoformat()


def machine() -> str:
    """The processor's name."""
    return os.uname().machine


def packed(content: bytes) -> bytes:
    """gzip without time and name."""
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9, mtime=0, filename="") as stream:
        stream.write(content)
    return out.getvalue()


def _complete(python: str) -> bool:
    wanted = "import tkinter" + (", gi" if sys.platform == "linux" else "")
    done = subprocess.run([python, "-c", wanted], capture_output=True, check=False) if Path(python).exists() else None
    return done is not None and done.returncode == 0


def _put(path: Path, content: bytes | Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.read_bytes())


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    entry.mtime = stamp()
    entry.mode = 0o755 if entry.isdir() or entry.mode & 0o100 else 0o644
    return entry


def main() -> int:
    """One package, or several."""
    words = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    words.add_argument("what", nargs="+", choices=("frozen", "portable", "deb", "windows"))
    words.add_argument("--out", type=Path, default=ROOT / "dist")
    words.add_argument("--work", type=Path, default=ROOT / "build")
    words.add_argument(
        "--quick", action="store_true", help="pack less tightly: larger, and made in a fraction of the time"
    )
    words.add_argument("--python", type=Path, help="windows: a folder with CPython for Windows and its tkinter")
    given = words.parse_args()
    out, work = given.out.resolve(), given.work.resolve()
    for place in (out, work):
        place.mkdir(parents=True, exist_ok=True)
    kinds = {"portable": portable, "deb": deb}
    try:
        for what in given.what:
            if what == "windows":
                path = installer(work, out, given.python, quick=given.quick)
            else:
                path = frozen(work) if what == "frozen" else kinds[what](work, out, quick=given.quick)
            size = sum(one.lstat().st_size for one in ([path] if path.is_file() else path.rglob("*")))
            print(f"{what}: {path} ({size / 1e6:.0f} MB)", flush=True)
    except PackageError as err:
        print(err, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
