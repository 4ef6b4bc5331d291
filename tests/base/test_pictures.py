"""The pictures of the package: made from their SVG, and there for everything that shows one."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from types import ModuleType

import pytest
from PIL import Image, ImageChops

from posturewatch.base.pictures import CHECK_STEPS, FOLDER, MOVEMENTS, IconName, icon_file, movement
from posturewatch.core.reminding.exercises import builtin


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """tools/pictures.py."""
    path = Path(__file__).parents[2] / "tools" / "pictures.py"
    spec = importlib.util.spec_from_file_location("pictures", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_picture_is_what_its_drawing_gives(tool: ModuleType) -> None:
    """No PNG is older than its SVG, and none is without one. A level or two are the rounding of another processor."""
    made = {path.name: content for path, content in tool.made()}
    assert set(made) == {path.name for path in FOLDER.glob("*.png")}
    for name, content in made.items():
        kept, fresh = (Image.open(source).convert("RGBA") for source in (FOLDER / name, io.BytesIO(content)))
        worst = max(high for _low, high in ImageChops.difference(kept, fresh).getextrema())
        assert worst <= 2, f"{name}: run python tools/pictures.py"


def test_everything_that_is_shown_has_its_picture() -> None:
    """Each thing the icon can say, and each built-in suggestion, in light and in dark."""
    assert all(icon_file(name).is_file() for name in IconName)
    assert {one.picture for one in builtin()} == set(MOVEMENTS)
    files = {path.stem for path in FOLDER.glob("*.png") if not path.stem.startswith("icon_")}
    assert files == {f"{name}{kind}" for name in (*MOVEMENTS, *CHECK_STEPS) for kind in ("", "_dark")}


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("name", MOVEMENTS)
def test_a_movement_is_painted_within_its_canvas(name: str, dark: bool) -> None:
    """On light and on dark it has ink, it has what moves in its own colour, and upper and side edges stay clear."""
    image = movement(name, 180, dark=dark)
    assert image.size == (320, 180)
    alpha = image.getchannel("A")
    assert sum(alpha.histogram()[200:]) > 1000
    assert alpha.crop((0, 0, image.width, 3)).getextrema() == (0, 0)
    assert alpha.crop((0, 0, 3, image.height)).getextrema() == (0, 0)
    accent = (0x3F, 0xC7, 0x9A, 255) if dark else (0x00, 0x80, 0x5E, 255)
    assert sum(count for count, colour in image.getcolors(100_000) or [] if colour == accent) > 50
