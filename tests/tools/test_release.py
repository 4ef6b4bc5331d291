"""A release: the version in one place, files that can be verified, and nothing that was changed goes unnoticed."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

provenance = pytest.importorskip("provenance")


def tree(tmp_path: Path) -> Path:
    """A copy of what `release.py version` reads and writes."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "src" / "posturewatch").mkdir(parents=True)
    shutil.copy(ROOT / "src" / "posturewatch" / "__init__.py", tmp_path / "src" / "posturewatch")
    for name in ("constraints-hashed.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## [Unreleased]\n\n### Added\n- A thing.\n", encoding="utf-8"
    )
    return tmp_path


def release(where: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """tools/release.py of that tree."""
    command = [sys.executable, str(where / "tools" / "release.py"), *words]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=60)


def test_one_command_gives_the_version_to_source_and_changelog(tmp_path: Path) -> None:
    """What was Unreleased becomes its section; a second time, and a number that is none, change nothing."""
    where = tree(tmp_path)
    assert release(where, "version", "1.0.0rc1").returncode == 0
    code = (where / "src" / "posturewatch" / "__init__.py").read_text(encoding="utf-8")
    assert '__version__ = "1.0.0rc1"' in code
    log = (where / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]\n\n## [1.0.0rc1] - 20" in log
    assert log.rstrip().endswith("- A thing.")
    for number in ("1.0.0rc1", "1.0.1", "one"):
        assert release(where, "version", number).returncode == 1
    assert (where / "CHANGELOG.md").read_text(encoding="utf-8") == log


def handed_over(tmp_path: Path) -> Path:
    """A folder as a release leaves it."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "posturewatch-1.whl").write_bytes(b"wheel")
    (folder / "posturewatch-1.tar.gz").write_bytes(b"source")
    provenance.statement(folder, "1", 1_700_000_000)
    provenance.sums(folder)
    return folder


def test_what_was_changed_removed_or_added_is_named(tmp_path: Path) -> None:
    """By the checksums alone."""
    folder = handed_over(tmp_path)
    assert provenance.faults(folder, None) == []
    (folder / "posturewatch-1.whl").write_bytes(b"other")
    (folder / "posturewatch-1.tar.gz").unlink()
    (folder / "stranger.exe").write_bytes(b"")
    assert provenance.faults(folder, None) == [
        "posturewatch-1.tar.gz: missing",
        "posturewatch-1.whl: not what was released",
        "stranger.exe: not listed",
    ]


def test_the_provenance_names_every_file_and_the_commit(tmp_path: Path) -> None:
    """in-toto, SLSA 1.0; the same twice."""
    folder = handed_over(tmp_path)
    path = folder / "posturewatch-1.provenance.json"
    body = json.loads(path.read_text(encoding="utf-8"))
    assert body["_type"] == "https://in-toto.io/Statement/v1"
    assert {one["name"] for one in body["subject"]} == {"posturewatch-1.whl", "posturewatch-1.tar.gz"}
    assert str(ROOT) not in path.read_text(encoding="utf-8")
    before = path.read_bytes()
    assert provenance.statement(folder, "1", 1_700_000_000).read_bytes() == before


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH is not here")
def test_the_signature_is_that_of_the_one_who_may_sign(tmp_path: Path) -> None:
    """A real key; the same bytes twice; another key, and a changed list, are found out."""
    folder = handed_over(tmp_path)
    for name in ("ours", "other"):
        key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(tmp_path / name)]
        subprocess.run(key, check=True)
        public = (tmp_path / f"{name}.pub").read_text(encoding="ascii")
        (tmp_path / f"{name}.signers").write_text(f"{provenance.NAMESPACE} {public}", encoding="ascii")
    first = provenance.sign(folder, tmp_path / "ours").read_bytes()
    assert provenance.sign(folder, tmp_path / "ours").read_bytes() == first
    assert provenance.faults(folder, tmp_path / "ours.signers") == []
    assert provenance.faults(folder, tmp_path / "other.signers") == ["SHA256SUMS: not signed by one of other.signers"]
    (folder / "posturewatch-1.whl").write_bytes(b"other")
    provenance.sums(folder)
    assert provenance.faults(folder, tmp_path / "ours.signers") == ["SHA256SUMS: not signed by one of ours.signers"]
