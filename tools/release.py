"""What a release is made of, one command each.

    python tools/release.py lock       pin every dependency for every platform, with hashes (needs the index and uv)
    python tools/release.py licences   write docs/dependencies.md; with --check only compare and judge
    python tools/release.py audit      look the pinned versions up in the advisory database, where it can be reached
    python tools/release.py version V  give the tree this version; CHANGELOG.md's Unreleased becomes its section
    python tools/release.py build      wheel, source archive, bill of materials and checksums into dist/
    python tools/release.py all        with the packages of tools/package.py, provenance and, by --key, a signature
    python tools/release.py twice      all of it two times from nothing; fails where a byte differs
    python tools/release.py verify D   whether the files of folder D are those released, with --signers by whom

Run in an environment with ``pip install -e .[dev,docs,release]``. Exit code 1 where something is not as it should be.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import dependencies
import making
import provenance
from dependencies import BUILDERS, FROZEN_LOCK, LOCK, ROOT, Part, locked, parts, plain, wanted

CONSTRAINTS: Final = ROOT / "constraints.txt"
PAGE: Final = ROOT / "docs" / "dependencies.md"
DIST: Final = ROOT / "dist"
EXTRAS: Final = ("dev", "docs", "practice", "keyring")
PACKAGES: Final = ("deb", "portable", "windows")

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

FROZEN_HEAD: Final = """\
# What goes into the program that brings its own Python (tools/package.py): the runtime at the versions of
# constraints-hashed.txt, but OpenCV without windows in place of the two with them, without what nothing of ours uses,
# and with what freezes it. Made by `python tools/release.py lock`; not edited by hand.
"""

PAGE_HEAD: Final = """\
# Dependencies and their licences

Made by `python tools/release.py licences` from the installed packages' own metadata and `constraints-hashed.txt`; a
test holds it. *free*: may be used and passed on with a notice. *library*: used as it is, installed beside posturewatch
and replaceable; nothing of it is changed or copied. Nothing else is allowed. The networks are MediaPipe's (Apache-2.0;
see `NOTICE` and `models/`).
"""


def lock() -> int:
    """Resolve for all platforms and Python versions that we allow; the three files are rewritten."""
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    text = _resolved("pyproject.toml", "-", *extras, asked=BUILDERS)
    if not text:
        return 1
    LOCK.write_text(LOCK_HEAD + text, encoding="utf-8")
    pins = re.findall(r"(?m)^([^\s#]+==\S+(?: ; [^\\\n]*?)?)\s*\\?$", text)
    CONSTRAINTS.write_text(CONSTRAINTS_HEAD + "\n".join(pin.strip() for pin in pins) + "\n", encoding="utf-8")
    print(f"{len(pins)} packages, {text.count('--hash=')} hashes")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as without:
        without.write(
            "".join(f"{name} ; python_version < '3'\n" for name in dependencies.FROZEN_WITHOUT)
        )  # nowhere, that is
        without.flush()
        text = _resolved("pyproject.toml", "-", "--override", without.name, asked=dependencies.FROZEN_ADDS)
    if not text:
        return 1
    FROZEN_LOCK.write_text(FROZEN_HEAD + text, encoding="utf-8")
    print(f"{len(re.findall(r'(?m)^[^ #].*==', text))} packages in the frozen program")
    return 0


def _resolved(*words: str, asked: Sequence[str]) -> str:
    """Pins with hashes, as near to those in force as they may be; empty where that failed."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", *words, "--universal", "--generate-hashes",
        "--python-version", "3.11", "--no-header", "--no-annotate", "--no-emit-index-url", "--quiet",
    ]  # fmt: skip
    if CONSTRAINTS.exists():
        command += ["--constraint", str(CONSTRAINTS)]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(asked), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr, file=sys.stderr)
        return ""
    if "://" in done.stdout:
        print("An address stands in the resolution; not written.", file=sys.stderr)
        return ""
    return done.stdout


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


def version(number: str, today: str) -> int:
    """Write the number into the source, and close CHANGELOG.md's Unreleased under it."""
    if not re.fullmatch(r"\d+\.\d+\.\d+((a|b|rc)\d+)?", number):
        print(f"{number} is no version such as 1.0.0 or 1.0.0rc1", file=sys.stderr)
        return 1
    source, log = ROOT / "src" / "posturewatch" / "__init__.py", ROOT / "CHANGELOG.md"
    text = log.read_text(encoding="utf-8")
    head, mark, rest = text.partition("## [Unreleased]\n")
    written = rest.partition("\n## [")[0].strip()
    if not mark or not written or f"## [{number}]" in text:
        print(f"CHANGELOG.md has nothing under Unreleased, or has {number} already", file=sys.stderr)
        return 1
    log.write_text(f"{head}{mark}\n## [{number}] - {today}\n{rest}", encoding="utf-8")
    code = source.read_text(encoding="utf-8")
    source.write_text(re.sub(r'(?m)^__version__ = ".*"$', f'__version__ = "{number}"', code), encoding="utf-8")
    print(f"{number}: commit, tag v{number}, then python tools/release.py all")
    return 0


def notes(number: str) -> str:
    """What CHANGELOG.md says of a version; empty where it has no section."""
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    found = re.search(rf"(?ms)^## \[{re.escape(number)}\][^\n]*\n(.*?)(?=^## \[|\Z)", text)
    return found[1].strip() + "\n" if found else ""


def build(out: Path = DIST) -> int:
    """Build, list and sum; the same commit gives the same bytes."""
    when = making.stamp()
    environment = os.environ | {"SOURCE_DATE_EPOCH": str(when)}
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), "-c"]
    if subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0:
        return 1
    (wheel,) = out.glob("posturewatch-*.whl")
    number = making.version()
    bill = bill_of_materials(number, datetime.fromtimestamp(when, UTC))
    (out / f"posturewatch-{number}.cdx.json").write_text(bill, encoding="utf-8")
    print(provenance.sums(out), end="")
    return _whole(wheel)


def everything(out: Path, work: Path, key: Path | None, *, quick: bool) -> int:
    """All that is handed out, from an empty folder: build, packages, notes, provenance, checksums, signature."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    if code := build(out):
        return code
    words = [sys.executable, str(ROOT / "tools" / "package.py"), *PACKAGES, "--out", str(out), "--work", str(work)]
    if code := subprocess.run([*words, *(["--quick"] if quick else [])], check=False).returncode:
        return code
    number = making.version()
    if said := notes(number):
        (out / f"posturewatch-{number}.md").write_text(said, encoding="utf-8")
    provenance.statement(out, number, making.stamp())
    print(provenance.sums(out), end="")
    if key is not None:
        print(provenance.sign(out, key))
    return 0


def twice(work: Path, *, quick: bool) -> int:
    """The same from two empty folders, compared byte for byte."""
    folders = [work / "first", work / "second"]
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
        if code := everything(folder / "dist", folder / "build", None, quick=quick):
            return code
    others = provenance.compare(*(folder / "dist" for folder in folders))
    print("\n".join(f"differs: {name}" for name in others) or "The same bytes twice.")
    return int(bool(others))


def verify(folder: Path, signers: Path | None) -> int:
    """Whether a release that was handed over is whole and, with ``signers``, by whom it should be."""
    found = provenance.faults(folder, signers)
    print("\n".join(found) or f"{folder}: as released{', and signed' if signers else ''}")
    return int(bool(found))


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
    known = ("lock", "licences", "audit", "version", "build", "all", "twice", "verify")
    words.add_argument("what", choices=known)
    words.add_argument("of", nargs="?", help="for version: the number; for verify: the folder")
    words.add_argument("--check", action="store_true", help="for licences: compare only")
    words.add_argument("--out", type=Path, default=DIST)
    words.add_argument("--work", type=Path, default=ROOT / "build")
    words.add_argument("--key", type=Path, help="for all: the SSH key that signs")
    words.add_argument("--signers", type=Path, help="for verify: OpenSSH's file of allowed signers")
    words.add_argument("--quick", action="store_true", help="for all and twice: pack less tightly")
    given = words.parse_args()
    if given.what != "lock" and not locked():
        print("There are no hashed constraints yet: python tools/release.py lock", file=sys.stderr)
        return 1
    if given.what in {"version", "verify"} and not given.of:
        words.error("which?")
    out, work = given.out.resolve(), given.work.resolve()
    done: dict[str, Callable[[], int]] = {
        "lock": lock,
        "licences": lambda: licences(check=given.check),
        "audit": audit,
        "version": lambda: version(given.of, datetime.now(UTC).date().isoformat()),
        "build": lambda: build(out),
        "all": lambda: everything(out, work, given.key, quick=given.quick),
        "twice": lambda: twice(work, quick=given.quick),
        "verify": lambda: verify(Path(given.of), given.signers),
    }
    return done[given.what]()


if __name__ == "__main__":
    sys.exit(main())
