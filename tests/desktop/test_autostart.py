"""Start at login: the texts of all three platforms, and the files of this one."""

from __future__ import annotations

import configparser
import os
import plistlib
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from posturewatch.base.errors import ConfigError, InstanceError, ModelError
from posturewatch.desktop import app_menu, autostart
from posturewatch.desktop.autostart import desktop_entry, launch_agent, run_value, start_command, systemd_unit

COMMAND = ("/opt/my tools/python", "-m", "posturewatch", "run")
HOSTILE = ('/opt/a b/$HOME`x`"q\\%u', "run")

PYTHON = str(Path(sys.executable).with_name("pythonw.exe")) if sys.platform == "win32" else sys.executable
"""This interpreter; on Windows as the program that opens no console."""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="the files of this platform")


def test_the_desktop_entry_is_valid_and_quoted() -> None:
    """The entry parses, names a command with a space in its path as one word, and asks for no terminal."""
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(desktop_entry(COMMAND, "/x/icon.png"))
    entry = parser["Desktop Entry"]
    assert shlex.split(entry["Exec"]) == list(COMMAND)
    assert entry["Terminal"] == "false"
    assert entry["Icon"] == "/x/icon.png"


def test_no_sign_in_a_path_is_a_command() -> None:
    """Dollar, backquote, quote, backslash and per cent are taken as they are."""
    line = next(line for line in desktop_entry(HOSTILE).splitlines() if line.startswith("Exec="))
    assert line == r'Exec="/opt/a b/\\$HOME\\`x\\`\\"q\\\\%%u" "run"'
    unit = next(line for line in systemd_unit(HOSTILE).splitlines() if line.startswith("ExecStart="))
    assert unit == r'ExecStart="/opt/a b/$$HOME`x`\"q\\%%u" "run"'


def test_a_newline_cannot_add_a_line() -> None:
    """A path with a line end stays one value."""
    assert len(desktop_entry(("/a\nHidden=true", "run")).splitlines()) == len(desktop_entry(COMMAND).splitlines())


def test_the_unit_restarts_after_a_crash_only() -> None:
    """The supervised choice comes back after a crash, with patience, and dumps no core. What waiting does not mend,
    such as broken settings, is said once."""
    text = systemd_unit(COMMAND)
    once = f"RestartPreventExitStatus=2 {ConfigError.exit_code} {ModelError.exit_code} {InstanceError.exit_code}"
    for line in ("Restart=on-failure", once, "RestartSec=10", "LimitCORE=0", "WantedBy=graphical-session.target"):
        assert line in text.splitlines()


def test_the_launch_agent_runs_in_a_graphical_session() -> None:
    """The property list has the words one by one and restarts only after a crash: with SuccessfulExit, broken settings
    would come back every ten seconds."""
    agent = plistlib.loads(launch_agent(COMMAND))
    assert agent["ProgramArguments"] == list(COMMAND)
    assert agent["RunAtLoad"] is True
    assert agent["KeepAlive"] == {"Crashed": True}


def test_the_run_key_quotes_a_path_with_a_space() -> None:
    """One command line as Windows programs take it apart."""
    assert run_value(COMMAND) == '"/opt/my tools/python" -m posturewatch run'


def test_this_installation_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command is this interpreter with our module, not a name on the path."""
    monkeypatch.delenv("POSTUREWATCH_HOME", raising=False)
    assert start_command() == (PYTHON, "-m", "posturewatch", "run")


def test_a_chosen_home_goes_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set up in a folder of its own is started with it at login, and another home is another installation."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("POSTUREWATCH_HOME", str(tmp_path / "my home"))
    assert start_command() == (PYTHON, "-m", "posturewatch", "--home", str(tmp_path / "my home"), "run")
    if sys.platform == "linux":
        assert autostart.enable().ours
        assert f'"--home" "{tmp_path / "my home"}" "run"' in Path(autostart.status().where).read_text()
        monkeypatch.delenv("POSTUREWATCH_HOME")
        assert not autostart.status().ours


@linux_only
def test_the_application_menu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our entry starts this installation in the background and shows our icon; it goes again without a trace."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.delenv("POSTUREWATCH_HOME", raising=False)
    where = app_menu.add()
    assert where == tmp_path / "applications" / "posturewatch.desktop"
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(where.read_text())
    entry = parser["Desktop Entry"]
    assert shlex.split(entry["Exec"]) == [sys.executable, "-m", "posturewatch", "start"]
    assert Path(entry["Icon"]).is_file()
    assert app_menu.remove()
    assert not app_menu.remove()
    assert list(where.parent.iterdir()) == []


def test_the_menu_of_windows_and_macos() -> None:
    """A path with a quote in it stays one text of PowerShell; the macOS bundle runs our command and names its icon."""
    script = app_menu.shortcut_script(Path("o'brien.lnk"), COMMAND, Path("x.ico"))
    assert "CreateShortcut('o''brien.lnk')" in script
    assert "$link.TargetPath = '/opt/my tools/python'" in script
    files = app_menu.bundle_files(COMMAND)
    about = plistlib.loads(files["Contents/Info.plist"])
    assert about["CFBundleIconFile"] == about["CFBundleExecutable"] == "posturewatch"
    assert shlex.split(files["Contents/MacOS/posturewatch"].decode().splitlines()[1])[1:] == list(COMMAND)


@linux_only
def test_enable_disable_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On and off leave the folder as it was, and the file is private."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert not autostart.status().enabled
    assert autostart.disable().enabled is False
    now = autostart.enable()
    assert (now.enabled, now.ours) == (True, True)
    path = Path(now.where)
    assert path.parent == tmp_path / "autostart"
    assert path.stat().st_mode & 0o077 == 0
    assert autostart.probe().level == "ok"
    assert autostart.enable() == now
    assert autostart.disable().enabled is False
    assert list(path.parent.iterdir()) == []


@linux_only
def test_an_entry_of_another_installation_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An entry with another command is there, but not ours; one that is hidden is off."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    where = Path(autostart.enable().where)
    where.write_text(desktop_entry(COMMAND))
    assert autostart.status().ours is False
    assert autostart.probe().level == "warning"
    where.write_text(desktop_entry(COMMAND) + "Hidden=true\n")
    assert autostart.status().enabled is False


@linux_only
def test_a_folder_that_cannot_be_written_is_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in the place of the folder: the error says what and what to do."""
    (tmp_path / "autostart").write_text("in the way")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    with pytest.raises(autostart.DesktopError) as caught:
        autostart.enable()
    assert caught.value.exit_code == 9
    assert caught.value.hint


@linux_only
@pytest.mark.desktop
def test_the_desktop_s_own_checker_agrees(tmp_path: Path) -> None:
    """desktop-file-validate finds no error in the entry, hostile path included."""
    checker = shutil.which("desktop-file-validate")
    if checker is None:
        if os.environ.get("CI_DESKTOP") == "1":
            pytest.fail("desktop-file-utils is not installed (see .ci/packages.txt)")
        pytest.skip("desktop-file-utils is not installed")
    for number, command in enumerate((COMMAND, HOSTILE)):
        path = tmp_path / f"entry{number}.desktop"
        path.write_text(desktop_entry(command))
        done = subprocess.run((checker, str(path)), capture_output=True, encoding="utf-8", check=False)
        assert "error" not in done.stdout
        assert done.returncode == 0
