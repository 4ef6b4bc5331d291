"""The documentation builds as a site, strictly and without a network, and its commands are those of the program."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import click
import pytest

from posturewatch.cli.commands import build as commands

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"])

docs_site = pytest.importorskip("docs_site")


def test_the_site_is_built_without_a_complaint_and_fetches_nothing(tmp_path: Path) -> None:
    """No page outside the menus, no link to nowhere, no picture that is missing, no font or script from elsewhere."""
    pytest.importorskip("zensical")
    docs_site.gather(tmp_path / "source")
    docs_site.build(tmp_path / "source", tmp_path / "site")
    assert docs_site.check(tmp_path / "site") > 20
    assert "IBM" not in (tmp_path / "site" / "index.html").read_text(encoding="utf-8")


def test_a_page_that_would_be_fetched_from_elsewhere_is_named(tmp_path: Path) -> None:
    """And so is a picture that is not there."""
    (tmp_path / "a.html").write_text('<img src="https://example.org/x.png"><img src="gone.png">', encoding="utf-8")
    with pytest.raises(docs_site.SiteError, match=r"fetches https://example.org(.|\n)*gone.png does not exist"):
        docs_site.check(tmp_path)


def test_a_link_to_nowhere_ends_the_build(tmp_path: Path) -> None:
    """To a heading that does not exist, of a page that does."""
    pytest.importorskip("zensical")
    docs_site.gather(tmp_path / "source")
    with (tmp_path / "source" / "docs" / "guide.md").open("a", encoding="utf-8") as page:
        page.write("\n[nowhere](privacy.md#no-such-heading)\n")
    with pytest.raises(docs_site.SiteError, match="anchor does not exist"):
        docs_site.build(tmp_path / "source", tmp_path / "site")


def lines() -> list[tuple[str, str]]:
    """(page, words) of each command line of ours in the documentation."""
    found = []
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for written in re.findall(r"`(posturewatch [^`]+)`|^ {4}(posturewatch .+)$", text, re.MULTILINE):
            words = next(filter(None, written)).partition(" #")[0].replace("\n", " ").strip()
            found.append((page.name, words))
    return found


@pytest.mark.parametrize(("page", "words"), lines())
def test_every_command_line_of_the_documentation_is_understood(page: str, words: str) -> None:
    """Command, subcommand and options exist, as they are written."""
    command: click.Command = commands()
    rest = [word for word in re.split(r"[\s|]+", words.removeprefix("posturewatch ")) if word]
    options = set()
    while True:
        context = click.Context(command)
        for parameter in command.get_params(context):
            options |= {*parameter.opts, *parameter.secondary_opts}
        if not rest or rest[0].startswith("-") or not isinstance(command, click.Group):
            break
        inner = command.get_command(context, rest[0])
        if inner is None:
            assert not rest[0].isidentifier() or rest[0].isupper(), f"{page}: {words}"
            break
        command = inner
        rest.pop(0)
    for word in rest:
        if word.startswith("--"):
            assert re.split(r"[=,.;)\]]", word)[0] in options, f"{page}: {words}"


def test_the_source_of_the_site_needs_no_tree_around_it(tmp_path: Path) -> None:
    """Links to files of the source tree become plain words."""
    docs_site.gather(tmp_path / "source")
    shutil.rmtree(tmp_path / "source" / "docs" / "images")
    text = (tmp_path / "source" / "docs" / "contributing.md").read_text(encoding="utf-8")
    assert "](docs/" not in text
    assert "](../" not in text
