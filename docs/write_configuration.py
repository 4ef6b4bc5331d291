"""Writes docs/configuration.md anew from the settings: ``python docs/write_configuration.py``."""

from __future__ import annotations

from pathlib import Path

from posturewatch.config.keys import Key, keys, section_words, sections, toml_value


def page() -> str:
    """The whole page: how the file works, then a table for each section."""
    lines = [
        "# Configuration",
        "",
        (
            "One file in TOML. `posturewatch config path` says where it is, `config init` writes it with every key "
            "commented out at its default, `config show` lists what is in force and where it comes from, "
            "`config check` names every mistake with its line. The running program takes a saved change up within "
            "two seconds; with a mistake in the file it keeps the settings it had and says so."
        ),
        "",
        (
            'Lengths are inches, or a text with a unit such as `"2.5 cm"` or `"25 mm"`. Setting the environment '
            "variable `POSTUREWATCH_HOME` to a folder moves configuration, data, logs and state there."
        ),
        "",
        (
            "The password of a network camera is kept apart: `posturewatch config set camera.source "
            "http://name:password@host/path`, like the settings window, puts it into the system's keyring where there "
            "is one and posturewatch was installed with its extra `keyring` (`pip install posturewatch[keyring]`; an "
            "entry of the name `posturewatch`), else into `camera-password` in the data folder (yours alone, mode "
            "0600), and writes `http://name@host/path` into this file. It is handed to no other "
            "scheme, name, host or port than it was given for, and overwritten when another source is set or all is "
            "forgotten (`forget --all`). An address that was written into this file by hand with its password works "
            "too; the same command moves the password out of it. `posturewatch doctor` says where it is."
        ),
        "",
        "This page is written by `python docs/write_configuration.py`; a test sees that it is up to date.",
    ]
    for section in sections():
        lines += ["", f"## [{section}]", "", section_words(section), ""]
        lines += [
            "| Key | Default | Unit | Allowed | What and why |",
            "|" + "---|" * 5,
        ]
        lines += [_row(key) for key in keys() if key.section == section]
    return "\n".join(lines) + "\n"


def _row(key: Key) -> str:
    default = toml_value(key.default)
    cells = (f"`{key.name}`", f"`{default}`" if default else "–", key.unit or "–", key.allowed, key.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    (Path(__file__).parent / "configuration.md").write_text(page(), encoding="utf-8")
