"""What goes beside a release's files so that others can tell whence they come: checksums, provenance, a signature.

Signing needs no network: an SSH key signs SHA256SUMS, and OpenSSH, which every system has, verifies it. The provenance
is an in-toto statement (SLSA 1.0) that names commit and recipe; its checksum stands in SHA256SUMS, so that the one
signature covers it too. A transparency log (Sigstore) needs the network and an account, and is left to where those are.
"""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dependencies import FROZEN_LOCK, LOCK, ROOT

SUMS: Final = "SHA256SUMS"
NAMESPACE: Final = "posturewatch-release"
"""What a signature is good for: one made for anything else does not verify here."""


def sums(folder: Path) -> str:
    """Write SHA256SUMS over all other files of the folder; its text."""
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith(SUMS))
    text = "".join(f"{_sha256(path)}  {path.name}\n" for path in files)
    (folder / SUMS).write_text(text, encoding="utf-8")
    return text


def statement(folder: Path, version: str, at: int) -> Path:
    """Write the provenance of all files of the folder; ``at`` is the commit's time, in seconds since 1970."""
    path = folder / f"posturewatch-{version}.provenance.json"
    path.unlink(missing_ok=True)
    files = sorted(one for one in folder.iterdir() if one.is_file() and not one.name.startswith(SUMS))
    body: dict[str, Any] = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": one.name, "digest": {"sha256": _sha256(one)}} for one in files],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {
                "buildType": "urn:posturewatch:release-py:1",
                "externalParameters": {"command": "python tools/release.py all", "version": version},
                "internalParameters": {"system": _system(), "python": platform.python_version()},
                "resolvedDependencies": [
                    {"name": "posturewatch", "digest": {"gitCommit": _commit()}},
                    *({"name": one.name, "digest": {"sha256": _sha256(one)}} for one in (LOCK, FROZEN_LOCK)),
                ],
            },
            "runDetails": {
                "builder": {"id": "urn:posturewatch:by-hand"},
                "metadata": {"startedOn": datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")},
            },
        },
    }
    path.write_text(json.dumps(body, indent=2) + "\n", encoding="utf-8")
    return path


def sign(folder: Path, key: Path) -> Path:
    """Sign SHA256SUMS with an SSH key (Ed25519: the same bytes each time); raises CalledProcessError."""
    path = folder / f"{SUMS}.sig"
    path.unlink(missing_ok=True)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", str(key), "-n", NAMESPACE, str(folder / SUMS)], check=True)  # noqa: S607
    return path


def faults(folder: Path, signers: Path | None) -> list[str]:
    """What is wrong with a release that was handed over. ``signers``: OpenSSH's file of who may sign; None: anybody."""
    found = []
    listed = set()
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        wanted, _, name = line.partition("  ")
        listed.add(name)
        path = folder / name
        if Path(name).name != name or not path.is_file():
            found.append(f"{name}: missing")
        elif _sha256(path) != wanted:
            found.append(f"{name}: not what was released")
    found += [f"{name}: not listed" for name in sorted(_names(folder) - listed)]
    if signers is not None:
        words = ["ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", NAMESPACE, "-n", NAMESPACE]
        words += ["-s", str(folder / f"{SUMS}.sig")]
        done = subprocess.run(words, input=(folder / SUMS).read_bytes(), capture_output=True, check=False)
        if done.returncode != 0:
            found.append(f"{SUMS}: not signed by one of {signers.name}")
    return found


def compare(one: Path, other: Path) -> list[str]:
    """Names of files that two builds do not have in common, byte for byte."""
    names = _names(one) | _names(other)
    return sorted(name for name in names if _bytes(one / name) != _bytes(other / name))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_file() and not path.name.startswith(SUMS)}


def _bytes(path: Path) -> str | None:
    return _sha256(path) if path.is_file() else None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _commit() -> str:
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    return done.stdout.strip()


def _system() -> str:
    try:
        release: Iterable[tuple[str, str]] = platform.freedesktop_os_release().items()
        return dict(release).get("PRETTY_NAME", platform.system())
    except OSError:
        return platform.system()
