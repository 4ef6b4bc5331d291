"""What a release is made of, one command each.

    python tools/release.py lock       pin every dependency for every platform, with hashes (needs the index and uv)
    python tools/release.py licences   write docs/dependencies.md; with --check only compare and judge
    python tools/release.py audit      look the pinned versions up in the advisory database, where it can be reached
    python tools/release.py build      wheel, source archive, bill of materials and checksums into dist/

Run in an environment with ``pip install -e .[dev,release]``. Exit code 1 where something is not as it should be.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
import uuid
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dependencies import BUILDERS, LOCK, ROOT, Part, locked, parts, plain, wanted

CONSTRAINTS: Final = ROOT / "constraints.txt"
PAGE: Final = ROOT / "docs" / "dependencies.md"
DIST: Final = ROOT / "dist"
EXTRAS: Final = ("dev", "practice")

LOCK_HEAD: Final = """\
# Every package that posturewatch and its tests need, on Linux, macOS and Windows, each with the hashes of
# all files that were published of that version. Made by `python tools/release.py lock`; not edited by hand. Use:
#   pip install --require-hashes -r constraints-hashed.txt && pip install --no-deps --no-build-isolation -e .
# (in two steps, because pip cannot check a hash of the source tree itself).
"""

CONSTRAINTS_HEAD: Final = """\
# The versions that posturewatch is tested with (on Debian 12 with Python 3.11): those of constraints-hashed.txt without
# the hashes, for `pip install -c constraints.txt -e .[dev]`. Made by `python tools/release.py lock`.
"""

PAGE_HEAD: Final = """\
# Dependencies and their licences

Made by `python tools/release.py licences` from the installed packages' own metadata and `constraints-hashed.txt`; a
test holds it. *free*: may be used and passed on with a notice. *library*: used as it is, installed beside posturewatch
and replaceable; nothing of it is changed or copied. Nothing else is allowed. The networks are MediaPipe's (Apache-2.0;
see `NOTICE` and `models/`).
"""


def lock() -> int:
    """Resolve for all platforms and Python versions that we allow; both files are rewritten."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-", "--universal", "--generate-hashes",
        "--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet",
    ]  # fmt: skip
    for extra in EXTRAS:
        command += ["--extra", extra]
    if CONSTRAINTS.exists():
        command += ["--constraint", str(CONSTRAINTS)]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(BUILDERS), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return 1
    if "://" in done.stdout:
        print("An address stands in the resolution; not written.", file=sys.stderr)
        return 1
    LOCK.write_text(LOCK_HEAD + done.stdout, encoding="utf-8")
    pins = re.findall(r"(?m)^([^\s#]+==\S+(?: ; [^\\\n]*?)?)\s*\\?$", done.stdout)
    CONSTRAINTS.write_text(CONSTRAINTS_HEAD + "\n".join(pin.strip() for pin in pins) + "\n", encoding="utf-8")
    print(f"{len(pins)} packages, {done.stdout.count('--hash=')} hashes")
    return 0


def page() -> str:
    """docs/dependencies.md."""
    runtime = parts()
    names = {part.name for part in runtime}
    others = [part for part in parts(*EXTRAS) if part.name not in names]
    return "\n".join(
        [PAGE_HEAD, "## To run", "", *_table(runtime), "", "## To develop and test", "", *_table(others), ""]
    )


def _table(rows: list[Part]) -> list[str]:
    lines = ["| package | version | licence | judged | where |", "|---|---|---|---|---|"]
    for part in rows:
        where = part.marker.replace("|", "\\|") or "everywhere"
        lines.append(f"| {part.name} | {part.version} | {part.licence or '–'} | {part.judged} | {where} |")
    return lines


def licences(*, check: bool) -> int:
    """Write or compare the page; 1 where a licence is not allowed or the page is out of date."""
    wrong = [part for part in parts(*EXTRAS) if part.judged == "not allowed"]
    for part in wrong:
        print(f"{part.name} {part.version}: licence {part.licence or 'not stated'} is not on the list", file=sys.stderr)
    text = page()
    if not check:
        PAGE.write_text(text, encoding="utf-8")
    elif PAGE.read_text(encoding="utf-8") != text:
        print("docs/dependencies.md is out of date: python tools/release.py licences", file=sys.stderr)
        return 1
    return int(bool(wrong))


def audit() -> int:
    """pip-audit over the pinned versions: 0 nothing known, 1 something known, 2 the database could not be reached."""
    options = ["--require-hashes", "--disable-pip", "--progress-spinner=off", "--format=json", "-r", str(LOCK)]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, check=False, timeout=600
    )
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr[-2000:], file=sys.stderr)
        return 2
    looked = [one for one in found if "skip_reason" not in one]
    for one in looked:
        for known in one["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            print(f"{one['name']} {one['version']}: {known['id']}, mended in {mended}")
    print(f"{len(looked)} of {len(found)} packages were looked up")
    if not looked:
        print("The advisory database could not be reached from here.", file=sys.stderr)
        return 2
    return int(any(one["vulns"] for one in looked))


def bill_of_materials(version: str, at: datetime) -> str:
    """CycloneDX 1.6 in JSON: posturewatch, the two networks that ship, and every package that it runs with."""
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.license import LicenseExpression
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    me = Component(
        name="posturewatch",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="posturewatch",
        licenses=[LicenseExpression("MIT")],
        purl=PackageURL("pypi", name="posturewatch", version=version),
    )
    bom = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, f"pkg:pypi/posturewatch@{version}"))
    bom.metadata.timestamp = at
    bom.metadata.component = me
    found = {
        part.name: Component(
            name=part.name,
            version=part.version,
            type=ComponentType.LIBRARY,
            bom_ref=part.name,
            description=part.summary or None,
            licenses=[LicenseExpression(part.licence)] if part.licence else [],
            purl=PackageURL("pypi", name=part.name, version=part.version),
        )
        for part in parts()
    }
    models = [
        Component(
            name=str(one["name"]),
            type=ComponentType.MACHINE_LEARNING_MODEL,
            bom_ref=str(one["name"]),
            licenses=[LicenseExpression("Apache-2.0")],
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=str(one["sha256"]))],
        )
        for one in _models()
    ]
    for component in (*found.values(), *models):
        bom.components.add(component)
    bom.register_dependency(me, [*(found[name] for name in sorted(_direct() & set(found))), *models])
    for part in parts():
        bom.register_dependency(found[part.name], [found[name] for name in part.needs if name in found])
    return str(JsonV1Dot6(bom).output_as_string(indent=2)) + "\n"


def _models() -> list[dict[str, Any]]:
    text = (ROOT / "models" / "manifest.json").read_text(encoding="utf-8")
    bundles: list[dict[str, Any]] = json.loads(text)["bundles"]
    return bundles


def _direct() -> set[str]:
    return {plain(requirement.name) for requirement in wanted()}


def build() -> int:
    """Build, list and sum; the same commit gives the same bytes."""
    asked = ["git", "log", "-1", "--format=%ct"]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    stamp = said.stdout.strip() or "315532800"
    environment = os.environ | {"SOURCE_DATE_EPOCH": stamp}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(DIST), "-c"]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        return 1
    (wheel,) = DIST.glob("posturewatch-*.whl")
    version = wheel.name.split("-")[1]
    at = datetime.fromtimestamp(int(stamp), UTC)
    sbom = DIST / f"posturewatch-{version}.cdx.json"
    sbom.write_text(bill_of_materials(version, at), encoding="utf-8")
    files = sorted(path for path in DIST.iterdir() if path.name.startswith("posturewatch-"))
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}" for path in files]
    (DIST / "SHA256SUMS").write_text("\n".join(sums) + "\n", encoding="ascii")
    print("\n".join(sums))
    return _whole(wheel)


def _whole(wheel: Path) -> int:
    """Whether the wheel has what a user needs and nothing that is none of theirs."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    wants = {"posturewatch/models/manifest.json", "posturewatch/demo_data/test.mp4", "posturewatch/__main__.py"}
    wants |= {f"posturewatch/models/{one['name']}" for one in _models()}
    missing = sorted(wants - names)
    strangers = sorted(name for name in names if "__pycache__" in name or name.startswith(("tests/", "bench/")))
    for name in missing:
        print(f"missing in the wheel: {name}", file=sys.stderr)
    for name in strangers:
        print(f"does not belong into the wheel: {name}", file=sys.stderr)
    return int(bool(missing or strangers))


def main() -> int:
    """One command."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    words.add_argument("what", choices=("lock", "licences", "audit", "build"))
    words.add_argument("--check", action="store_true", help="for licences: compare only")
    given = words.parse_args()
    if given.what != "lock" and not locked():
        print("There are no hashed constraints yet: python tools/release.py lock", file=sys.stderr)
        return 1
    if given.what == "licences":
        return licences(check=given.check)
    return {"lock": lock, "audit": audit, "build": build}[given.what]()


if __name__ == "__main__":
    sys.exit(main())
