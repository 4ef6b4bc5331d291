"""What posturewatch is made of: pinned, hashed, licensed, listed."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]
TOOL = ROOT / "tools" / "release.py"


def pins(path: Path) -> dict[str, str]:
    """Package -> version, as pinned in a file."""
    found = re.findall(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;\\]+)", path.read_text(encoding="utf-8"))
    return {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in found}


def test_both_files_of_constraints_say_the_same() -> None:
    """The hashed constraints and the plain ones pin the same versions, each with hashes, and name no host."""
    hashed = ROOT / "constraints-hashed.txt"
    assert pins(hashed) == pins(ROOT / "constraints.txt")
    for path in (hashed, ROOT / "constraints.txt"):
        text = path.read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", hashed.read_text(encoding="utf-8"))[1:]
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)


def test_every_dependency_is_pinned() -> None:
    """Whatever pyproject.toml asks for, to run, to develop and to build, has its pin within the allowed range."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = asked["project"]["dependencies"] + asked["project"]["optional-dependencies"]["dev"]
    pinned = pins(ROOT / "constraints-hashed.txt")
    for requirement in map(Requirement, [*lines, *asked["build-system"]["requires"]]):
        name = re.sub(r"[-_.]+", "-", requirement.name).lower()
        assert requirement.specifier.contains(pinned[name]), requirement


@pytest.mark.skipif(sys.platform != "linux", reason="the page is made on Linux")
def test_every_licence_is_known_and_allowed() -> None:
    """The page of dependencies is up to date, and no licence is outside the list."""
    command = [sys.executable, str(TOOL), "licences", "--check"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr


def test_the_bill_of_materials_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """CycloneDX: every package that is needed to run, both networks with their checksums, and no path of this computer;
    the same twice."""
    pytest.importorskip("cyclonedx")
    monkeypatch.syspath_prepend(str(TOOL.parent))
    from dependencies import parts  # type: ignore[import-not-found]
    from release import bill_of_materials  # type: ignore[import-not-found]

    at = datetime(2026, 11, 23, tzinfo=UTC)
    text = bill_of_materials("0.1.0", at)
    assert text == bill_of_materials("0.1.0", at)
    body = json.loads(text)
    assert (body["bomFormat"], body["specVersion"]) == ("CycloneDX", "1.6")
    names = {one["name"] for one in body["components"]}
    assert {part.name for part in parts()} <= names
    models = [one for one in body["components"] if one["type"] == "machine-learning-model"]
    assert len(models) == 2
    assert all(one["hashes"][0]["alg"] == "SHA-256" for one in models)
    assert all(one.get("licenses") for one in body["components"])
    assert str(ROOT) not in text
    assert "file:" not in text
