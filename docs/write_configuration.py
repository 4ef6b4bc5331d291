"""Writes docs/configuration.md anew from the settings: ``python docs/write_configuration.py``."""

from __future__ import annotations

from pathlib import Path

from posturewatch.edges.config_page import configuration_page

if __name__ == "__main__":
    (Path(__file__).parent / "configuration.md").write_text(configuration_page(), encoding="utf-8")
