"""What packages are made of: entry, pins, menu entry, metadata, manual page."""

from __future__ import annotations

import configparser
import json
import plistlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from posturewatch.base import system_packages
from posturewatch.cli.commands import command_table

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"

dependencies = pytest.importorskip("dependencies")
package = pytest.importorskip("package")
man_page = pytest.importorskip("man_page")
windows_installer = pytest.importorskip("windows_installer")


def pins(path: Path) -> dict[str, str]:
    """Package -> version."""
    return dict(re.findall(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8")))


def entry(*words: str) -> subprocess.CompletedProcess[str]:
    """The frozen program's first file, run by this Python."""
    command = [sys.executable, str(PACKAGING / "entry.py"), *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_the_frozen_program_is_the_command_line_and_each_of_our_modules() -> None:
    """The app starts its own processes by ``-m MODULE``; nobody else's module is run that way."""
    assert entry("--version").stdout.startswith("posturewatch, version")
    assert entry("-m", "posturewatch", "--version").stdout.startswith("posturewatch, version")
    refused = entry("-m", "json.tool", "--help")
    assert refused.returncode == 1
    assert "no part of posturewatch" in refused.stderr


def test_the_package_runs_with_the_versions_that_were_tested() -> None:
    """Every pin is that of constraints.txt, but for what takes the place of two packages, and what freezes."""
    tested, frozen = pins(ROOT / "constraints.txt"), pins(ROOT / "constraints-package.txt")
    assert {name for name in frozen if name in tested and frozen[name] != tested[name]} == set()
    own = set(frozen) - set(tested)
    assert own <= windows_installer.BUILDERS | {"opencv-python-headless"}
    assert frozen["opencv-python-headless"] == tested["opencv-python"]
    assert not {"matplotlib", "opencv-contrib-python", "sounddevice"} & set(frozen)
    asked = {dependencies.plain(one.name) for one in dependencies.wanted()} - set(dependencies.FROZEN_WITHOUT)
    assert asked <= set(frozen), "python tools/release.py lock"
    assert "://" not in (ROOT / "constraints-package.txt").read_text(encoding="utf-8")


def test_windows_gets_what_windows_needs() -> None:
    """Pins by the conditions of Windows, whatever this computer is; each with its hashes."""
    text = windows_installer._pins("3.11")
    names = set(re.findall(r"(?m)^([A-Za-z0-9_.-]+)==", text))
    assert {"mediapipe", "winrt-runtime", "tzdata", "packaging", "opencv-python-headless"} <= names
    assert not {"dbus-fast", "python-xlib", "pyobjc-core", "pyinstaller", "setuptools"} & names
    assert ";" not in text
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


def test_the_menu_entry_is_valid_and_its_commands_exist() -> None:
    """By the desktop's own rules where its checker is here."""
    parser = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    path = PACKAGING / "linux" / "posturewatch.desktop"
    parser.read(path, encoding="utf-8")
    known = {name for section in command_table().values() for name in section}
    for section in parser.sections():
        assert parser[section]["Exec"].split()[1] in known
    if shutil.which("desktop-file-validate"):
        subprocess.run(["desktop-file-validate", str(path)], check=True)  # noqa: S607


def test_the_metadata_for_software_centres_validates(tmp_path: Path) -> None:
    """With the release that is made in it."""
    path = tmp_path / "org.posturewatch.posturewatch.metainfo.xml"
    path.write_bytes(package.metainfo())
    assert b"<release version=" in path.read_bytes()
    if shutil.which("appstreamcli") is None:
        pytest.skip("appstreamcli is not here")
    words = ["appstreamcli", "validate", "--no-net", str(path)]
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout


def test_the_flatpak_s_manifest_is_read_and_its_files_are_there(tmp_path: Path) -> None:
    """By flatpak-builder itself where it is here; the archive is made by a release."""
    manifest = PACKAGING / "flatpak" / "org.posturewatch.posturewatch.yml"
    named = re.findall(r"(?m)^ +path: (\S+)", manifest.read_text(encoding="utf-8"))
    assert [name for name in named if not (manifest.parent / name).exists()] == [
        "../../dist/posturewatch-linux-x86_64.tar.xz"
    ]
    if program := shutil.which("flatpak-builder"):
        words = (program, "--show-manifest", str(manifest))
        told = json.loads(subprocess.run(words, cwd=tmp_path, capture_output=True, check=True).stdout)
        assert told["id"] == manifest.stem
        assert told["command"] == "posturewatch"


def test_the_manual_page_has_every_command_and_formats_without_a_warning() -> None:
    """groff's own checks, where it is here."""
    text = man_page.page("2026-11-28")
    for section in command_table().values():
        for name in section:
            assert f"posturewatch {name}".replace("-", r"\-") in text
    if shutil.which("groff") is None:
        pytest.skip("groff is not here")
    words = ["groff", "-man", "-Tutf8", "-k", "-ww", "-z"]
    done = subprocess.run(words, input=text, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_mends_are_those_of_the_package_where_one_brought_the_program() -> None:
    """Here pip did; no package's mark lies in the source."""
    assert system_packages.package() == ""
    assert "pip install --force-reinstall" in system_packages.reinstall("x")
    assert not (ROOT / "src" / "posturewatch" / "package.txt").exists()


def test_the_windows_identity_is_the_one_that_notifications_are_shown_under() -> None:
    """The installer registers the name that desktop-notifier is given."""
    from posturewatch.desktop.notify.backends import APP_NAME

    script = (PACKAGING / "windows" / "posturewatch.nsi").read_text(encoding="utf-8")
    assert f'!define IDENTITY "{APP_NAME}"' in script


def test_a_signed_bundle_for_macos_asks_for_the_camera() -> None:
    """By a sentence for the user and in its signature: the hardened runtime refuses the camera without either."""
    recipe = (PACKAGING / "posturewatch.spec").read_text(encoding="utf-8")
    assert "NSCameraUsageDescription" in recipe
    assert '"macos" / "entitlements.plist"' in recipe
    asked = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert asked["com.apple.security.device.camera"] is True
