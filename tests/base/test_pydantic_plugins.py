"""Settings are made without looking for pydantic's plugins, and without what that would load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


def run(code: str, *path: Path) -> str:
    """What this program prints, in a Python of its own with these folders on its path."""
    paths = "".join(f"sys.path.insert(0, {str(folder)!r})\n" for folder in path)
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{paths}{code}"], capture_output=True, text=True, timeout=60, check=True
    )
    return done.stdout.strip()


def test_making_settings_loads_nothing_that_reads_the_metadata_of_packages() -> None:
    """A pydantic that keeps its loader elsewhere would bring it back unseen, and two megabytes in each process."""
    said = run(
        "from posturewatch.base.settings import Settings\n"
        "Settings()\n"
        "print(sorted({'importlib.metadata', 'email', 'csv', 'zipfile'} & set(sys.modules)))"
    )
    assert said == "[]"


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    """A folder with an installed package that brings a plugin for pydantic."""
    (tmp_path / "nosy.py").write_text("print('loaded')\nclass Nosy:\n    pass\nplugin = Nosy()\n", encoding="utf-8")
    told = tmp_path / "nosy-1.0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: nosy\nVersion: 1.0\n", encoding="utf-8")
    (told / "entry_points.txt").write_text("[pydantic]\nnosy = nosy:plugin\n", encoding="utf-8")
    return tmp_path


def test_no_plugin_of_another_package_is_loaded_by_our_settings(plugin: Path) -> None:
    """Nobody else's code sees what the settings hold."""
    assert run("from posturewatch.base.settings import Settings\nSettings()", plugin) == ""


def test_a_name_that_we_do_not_stand_for_is_pydantics_own() -> None:
    """A later pydantic that asks its loader for something else gets it, and starts."""
    said = run(
        "from posturewatch.base import pydantic_plugins\n"
        "pydantic_plugins.leave_out()\n"
        "from pydantic.plugin._loader import PYDANTIC_ENTRY_POINT_GROUP, get_plugins\n"
        "print(PYDANTIC_ENTRY_POINT_GROUP)"
    )
    assert said == "pydantic"
