"""The password of a network camera, from the command line: kept in a file of its own, and told by nobody."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from .run_cli import Cli

SOURCE = "http://me:open%40sesame@127.0.0.1:9/video"
BARE = "http://me@127.0.0.1:9/video"


def settings_of(cli: Cli) -> str:
    """The settings file."""
    return (cli.home / "config" / "config.toml").read_text()


def kept(cli: Cli) -> Path:
    """Where the password is kept."""
    return cli.home / "data" / "camera-password"


def told(cli: Cli) -> dict[str, str]:
    """What doctor says of it."""
    one = next(each for each in cli.run("doctor", "--json", code=None).json if each["part"] == "camera password")
    return {"level": one["level"], "says": one["says"]}


def test_a_password_is_kept_apart_from_the_settings(cli: Cli) -> None:
    """The settings hold the address without it, the file is its owner's alone, doctor says where it is, and nothing
    that is printed holds it."""
    said = cli.run("config", "set", "camera.source", SOURCE)
    assert "camera-password" in said.out
    assert f'source = "{BARE}"' in settings_of(cli)
    assert "open%40sesame" in kept(cli).read_text()
    if os.name != "nt":
        assert stat.S_IMODE(kept(cli).stat().st_mode) == 0o600
    doctor = told(cli)
    assert doctor["level"] == "ok"
    assert "camera-password" in doctor["says"]
    shown = cli.run("config", "show")
    assert "sesame" not in said.out + said.err + shown.out + shown.err + doctor["says"]
    assert all("sesame" not in path.read_text() for path in cli.home.rglob("*") if path.is_file() and path != kept(cli))


def test_a_password_stays_while_its_camera_does_and_goes_with_it(cli: Cli) -> None:
    """The address without a password, as a window shows it, changes nothing; another user, host or camera, the
    default, or settings made anew take the password away."""
    cli.run("config", "set", "camera.source", SOURCE)
    cli.run("config", "set", "camera.source", BARE)
    cli.run("config", "set", "camera.source", BARE.replace("video", "other"))
    assert "open%40sesame" in kept(cli).read_text()
    for source in ("http://you@127.0.0.1:9/video", "http://me@127.0.0.1:10/video", "https://me@127.0.0.1:9/video", "0"):
        cli.run("config", "set", "camera.source", SOURCE)
        cli.run("config", "set", "camera.source", source)
        assert not kept(cli).exists(), source
    cli.run("config", "set", "camera.source", SOURCE)
    cli.run("config", "unset", "camera.source")
    assert not kept(cli).exists()
    cli.run("config", "set", "camera.source", SOURCE)
    cli.run("config", "init", "--force")
    assert not kept(cli).exists()


def test_a_password_in_the_settings_is_said_and_moved_by_the_same_command(cli: Cli) -> None:
    """Written by hand it stays where it is until the command moves it; no copy is left behind."""
    cli.run("config", "init")
    file = cli.home / "config" / "config.toml"
    file.write_text(settings_of(cli).replace('#source = "0"', f'source = "{SOURCE}"'))
    doctor = told(cli)
    assert doctor["level"] == "note"
    assert "settings file" in doctor["says"]
    assert SOURCE in settings_of(cli)
    cli.run("config", "set", "camera.source", SOURCE)
    assert "sesame" not in settings_of(cli)
    assert told(cli)["level"] == "ok"


@pytest.mark.parametrize(
    "words", [("run", "--no-tray", "--source"), ("calibrate", "--source"), ("replay",), ("measure", "--out", "x.csv")]
)
def test_a_source_without_its_scheme_is_repeated_nowhere(cli: Cli, words: tuple[str, ...]) -> None:
    """Given on the command line it is refused as in the settings: neither terminal nor log has its password."""
    said = cli.run(*words, "me:Geheimnis@cam.example/video", code=2)
    assert "http://" in said.err
    assert "Geheimnis" not in said.out + said.err
    assert not any(b"Geheimnis" in path.read_bytes() for path in cli.home.rglob("*") if path.is_file())


def test_a_refused_source_changes_no_password(cli: Cli) -> None:
    """A password that cannot be told from the rest is refused, and the one that was kept is kept."""
    cli.run("config", "set", "camera.source", SOURCE)
    before = kept(cli).read_bytes()
    refused = cli.run("config", "set", "camera.source", "http://me:new#word@127.0.0.1/video", code=None)
    assert refused.code != 0
    assert "new" not in refused.err
    assert kept(cli).read_bytes() == before
    assert BARE in settings_of(cli)


@pytest.mark.unix_only("a folder in the file's place is refused otherwise there")
def test_where_it_cannot_be_kept_the_settings_are_left_alone(cli: Cli) -> None:
    """What, where and what to do is said, without the password; the settings are as they were."""
    cli.run("config", "set", "camera.source", "0")
    before = settings_of(cli)
    kept(cli).mkdir(parents=True)
    refused = cli.run("config", "set", "camera.source", SOURCE, code=None)
    assert refused.code != 0
    assert "camera-password" in refused.err
    assert "sesame" not in refused.err
    assert settings_of(cli) == before


def test_a_damaged_file_holds_no_password(cli: Cli) -> None:
    """Doctor says that none is kept, and a new one replaces it."""
    cli.run("config", "set", "camera.source", SOURCE)
    for damage in ("", "[]", "{" * 9000, '{"login": 7, "password": {}}', "\x00\x01"):
        kept(cli).write_text(damage)
        assert told(cli)["level"] == "note"
    cli.run("config", "set", "camera.source", SOURCE)
    assert told(cli)["level"] == "ok"
