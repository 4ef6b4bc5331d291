"""What doctor says of the networks, tried on real pictures."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np

from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Landmarks
from posturewatch.sensor.probe import MEDIAPIPE, sees, shipped_picture


def test_the_networks_are_tried_on_a_person() -> None:
    """Found in the picture that ships, and in an empty one nobody: that they load says nothing of what they see."""
    networks = Landmarks(bundles.find(ModelOptions()), stills=True)
    picture = shipped_picture()
    assert sees(networks, picture)
    assert not sees(networks, np.zeros_like(picture))


def test_the_version_that_is_wanted_is_the_one_that_was_tried() -> None:
    """An install of today gets it too: a later one was seen to find nobody."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"mediapipe=={MEDIAPIPE}" in project["dependencies"]
