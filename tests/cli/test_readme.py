"""The README can be followed: its commands exist, and its order of commands works from nothing."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from cli.readme import README, ROOT, blocks
from posturewatch.cli.commands import build, command_table


def test_every_command_of_the_readme_exists() -> None:
    """Each `posturewatch WORD` is a command of the program."""
    known = {name for section in command_table().values() for name in section}
    commands = "\n".join(re.findall(r"`[^`]+`|^    .+$", README, re.MULTILINE))
    named = set(re.findall(r"posturewatch ([a-z][a-z-]*)\b(?!\.)", commands))
    assert named - known == set()
    for name in named:
        assert build().get_command(None, name) is not None  # type: ignore[arg-type]


def told_commands() -> list[str]:
    """Each line of the README and of the pages that is a command of ours, without comment and placeholders."""
    pages = [README, *(page.read_text(encoding="utf-8") for page in sorted((ROOT / "docs").glob("*.md")))]
    found = [
        re.sub(r" +#.*", "", line)
        for page in pages
        for line in re.findall(r"^    posturewatch .+$", page, re.MULTILINE)
    ]
    return sorted({line.strip() for line in found if not set("[…|<>&$") & set(line)})


@pytest.mark.parametrize("line", told_commands())
def test_every_command_of_readme_and_pages_is_understood(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its options where they stand there, in a folder in which its files are."""
    monkeypatch.chdir(tmp_path)
    command: click.Command = build()
    words = shlex.split(line)[1:]
    for word in words:
        if word.endswith("/inbox"):
            Path(word).mkdir(parents=True)
        elif re.search(r"[a-z]\.[a-z]", word):
            Path(word).touch()
    while isinstance(command, click.Group):
        context = command.make_context("posturewatch", words)
        words = [*context._protected_args, *context.args]
        named = command.get_command(context, words.pop(0))
        assert named is not None
        command = named
    command.make_context("posturewatch", words)


def test_one_order_of_commands_for_each_system() -> None:
    """Packages of the system first, one `pipx install`, then the set-up: nobody installs twice."""
    debian, others = blocks("Install")
    for block in (debian, others):
        assert [line for line in block if line.startswith("pipx install")] == [
            line for line in block if re.fullmatch(r"pipx install (--system-site-packages )?\.", line)
        ]
        assert sum(line.startswith("pipx install") for line in block) == 1
        assert block[-1] == "posturewatch setup"
    assert debian[0].startswith("sudo apt install pipx ")
    assert debian[1] == "pipx install --system-site-packages ."
    assert {"python3-tk", "python3-gi", "gir1.2-ayatanaappindicator3-0.1"} <= set(debian[0].split())


@pytest.mark.skipif(os.environ.get("TRY_README") != "1", reason="installs everything anew: set TRY_README=1")
@pytest.mark.skipif(sys.platform != "linux" or shutil.which("pipx") is None, reason="the block for Debian, with pipx")
def test_the_readme_works_from_nothing(tmp_path: Path) -> None:
    """In a new home, after the system's packages, the commands of the README as they stand; the tray has its menu."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "PIPX"))}
    env |= {"HOME": str(tmp_path), "PATH": f"{tmp_path}/.local/bin{os.pathsep}{os.environ['PATH']}"}
    for line in blocks("Install")[0][1:-1]:
        subprocess.run(shlex.split(line), check=True, env=env, cwd=ROOT, timeout=1800)
    for words in (("posturewatch", "setup", "--help"), ("posturewatch", "doctor", "--no-camera")):
        done = subprocess.run(
            words, env=env, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False, timeout=120
        )
        assert done.returncode in {0, 1}
        assert "Traceback" not in done.stderr
    python = tmp_path / ".local/share/pipx/venvs/posturewatch/bin/python"
    if not python.exists():
        python = tmp_path / ".local/pipx/venvs/posturewatch/bin/python"
    asked = "from posturewatch.desktop.tray.backends import appindicator_installed as a; print(a())"
    assert subprocess.check_output((python, "-c", asked), env=env, cwd=tmp_path, encoding="utf-8").strip() == "True"
