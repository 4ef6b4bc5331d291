"""The documentation as a site: ``python tools/docs_site.py [--out FOLDER] [--sample FOLDER]``; needs the docs extra.

The pages of docs/ and those of the tree's root become one set (ARCHITECTURE.md is architecture.md there), with a sample
report made by `posturewatch demo` (``--sample``: the folder of a demo that ran already). The build is strict: a link
to a page or heading that does not exist ends it, and so do a missing picture, a page that is in no menu, and anything
that a browser would fetch from elsewhere. No network is needed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent

FROM_ROOT: Final = {
    "ARCHITECTURE.md": "architecture.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "SECURITY.md": "security.md",
    "CODE_OF_CONDUCT.md": "conduct.md",
}
"""Pages of the tree's root, and what they are called in the site."""

_LINK: Final = re.compile(r"(!?\[[^\]]*\]\()([^)#\s]+)(#[^)\s]*)?(\))")
_FETCHED: Final = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
_LOADING: Final = ("stylesheet", "preload", "icon", "modulepreload", "preconnect", "dns-prefetch")


class SiteError(Exception):
    """The site is not as it should be; the message names each fault on a line."""


def gather(folder: Path) -> None:
    """Sources of the site in ``folder``; raises SiteError for links and pictures that lead nowhere."""
    docs = folder / "docs"
    shutil.copytree(ROOT / "docs" / "images", docs / "images")
    faults: list[str] = []
    pages = {path: path.name for path in (ROOT / "docs").glob("*.md")}
    pages |= {ROOT / name: called for name, called in FROM_ROOT.items()}
    for path, called in pages.items():
        text = path.read_text(encoding="utf-8")
        (docs / called).write_text(_relinked(text, path, faults), encoding="utf-8")
    shutil.copy(ROOT / "zensical.toml", folder)
    listed = set(_listed(tomllib.loads((ROOT / "zensical.toml").read_text(encoding="utf-8"))["project"]["nav"]))
    faults += [f"zensical.toml: {name} is in no menu" for name in sorted(set(pages.values()) - listed)]
    if faults:
        raise SiteError("\n".join(faults))


def _listed(entry: Any) -> list[str]:
    if isinstance(entry, str):
        return [entry]
    inner = entry.values() if isinstance(entry, dict) else entry
    return [name for one in inner for name in _listed(one)]


def _relinked(text: str, path: Path, faults: list[str]) -> str:
    """The page with its links as the site needs them: pages by their name there, other files of the tree unlinked."""

    def anew(found: re.Match[str]) -> str:
        begin, target, heading, end = found[1], found[2], found[3] or "", found[4]
        if "://" in target or target.startswith(("mailto:", "sample/")):
            return found[0]
        file = (path.parent / target).resolve()
        if not file.exists():
            faults.append(f"{path.relative_to(ROOT)}: {target} does not exist")
        if file.parent == ROOT / "docs" and file.suffix == ".md":
            return f"{begin}{file.name}{heading}{end}"
        if file.parent == ROOT and file.name in FROM_ROOT:
            return f"{begin}{FROM_ROOT[file.name]}{heading}{end}"
        if file.is_relative_to(ROOT / "docs"):
            return f"{begin}{file.relative_to(ROOT / 'docs').as_posix()}{end}"
        return begin[: begin.rindex("]")].lstrip("![")  # a file of the source tree: named, without a link

    parts = re.split(r"(```.*?```|`[^`\n]*`)", text, flags=re.DOTALL)  # not in code
    return "".join(part if part.startswith("`") else _LINK.sub(anew, part) for part in parts)


def build(source: Path, out: Path) -> None:
    """Zensical, strictly; raises SiteError with what it said."""
    words = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", str(source / "zensical.toml")]
    done = subprocess.run(words, cwd=source, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = re.sub(r"\x1b\[[\d;]*m", "", done.stdout + done.stderr)
        raise SiteError(said.partition("Traceback")[0].strip())
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(source / "site", out)


def sample(out: Path, demo: Path | None) -> None:
    """The report that the therapist's page speaks of; raises SiteError."""
    place = out / "sample"
    place.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = demo
        if made is None:
            made = Path(scratch) / "demo"
            words = [sys.executable, "-m", "posturewatch", "demo", "--out", str(made)]
            done = subprocess.run(words, capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SiteError(f"posturewatch demo: {done.stderr[-1000:]}")
        shutil.copy(made / "report.html", place / "report.html")


class _Fetched(HTMLParser):
    """Addresses that a browser fetches by itself as it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "link" and not any(word in (given.get("rel") or "") for word in _LOADING):
            return
        if tag in _FETCHED and given.get(_FETCHED[tag]):
            self.addresses.append(given[_FETCHED[tag]] or "")


def check(out: Path) -> int:
    """How many pages there are; raises SiteError where one fetches from elsewhere or from a file that is not there."""
    faults = []
    pages = sorted(out.rglob("*.html"))
    for page in pages:
        parser = _Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        for address in parser.addresses:
            if address.startswith(("data:", "#")):
                continue
            if "://" in address or address.startswith("//"):
                faults.append(f"{page.relative_to(out)} fetches {address}")
            elif page.name != "404.html" and not (page.parent / address.partition("?")[0]).exists():
                faults.append(f"{page.relative_to(out)}: {address} does not exist")
    if faults:
        raise SiteError("\n".join(faults))
    return len(pages)


def main() -> int:
    """Gather, build, add the sample, check."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    words.add_argument("--out", type=Path, default=ROOT / "build" / "site")
    words.add_argument("--sample", type=Path, help="a folder that `posturewatch demo` has filled")
    given = words.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            gather(Path(scratch))
            build(Path(scratch), given.out.resolve())
        sample(given.out.resolve(), given.sample)
        count = check(given.out.resolve())
    except SiteError as err:
        print(err, file=sys.stderr)
        return 1
    print(f"{count} pages in {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
