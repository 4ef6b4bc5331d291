"""The settings window's form and the file: made from the schema, written with comments kept, refused at the field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from posturewatch.app.setting_words import setting_words
from posturewatch.app.settings_form import save, settings_view
from posturewatch.base.i18n import set_language
from posturewatch.base.plan import PLAN_KEYS
from posturewatch.base.settings import Settings, UserSettings
from posturewatch.config.keys import find_key
from posturewatch.config.read import load_settings
from posturewatch.config.write import init_config
from posturewatch.ui.form import FieldView


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A commented file with the defaults."""
    return init_config(tmp_path / "config.toml")


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """One with a decimal point, one with a comma."""
    yield set_language(request.param)
    set_language("en")


def fields(settings: Settings) -> dict[str, FieldView]:
    """All fields by their keys."""
    return {field.key: field for _title, own in settings_view(settings).groups for field in own}


@pytest.mark.usefixtures("language")
@pytest.mark.parametrize("units", ["in", "cm"])
def test_what_the_window_shows_can_be_saved_as_it_stands(path: Path, units: str) -> None:
    """Every field at its default, given back unchanged, leaves the settings what they were, but for rounding."""
    settings = Settings(user=UserSettings(units="cm" if units == "cm" else "in"))
    path.write_text(f'[user]\nunits = "{units}"\n', encoding="utf-8")
    shown = fields(settings)
    assert save(path, {key: field.value for key, field in shown.items()}) == {}
    kept = load_settings(path)
    assert kept.posture.threshold == pytest.approx(1.0, abs=0.005)
    posture = {"posture": Settings().posture}
    assert kept.model_copy(update=posture) == settings.model_copy(update=posture)


def test_every_field_says_what_it_is_for_and_shows_what_is_in_force() -> None:
    """The words are the schema's own; a choice and the days have theirs."""
    for key, field in fields(Settings()).items():
        known = find_key(key)
        assert known is not None
        assert field.hint.startswith(known.description)
        assert field.kind not in {"choice", "days"} or set(field.value.split()) <= {value for value, _ in field.choices}
    assert fields(Settings())["hours.days"].value == "mon tue wed thu fri sat sun"
    assert fields(Settings(user=UserSettings(units="cm")))["posture.threshold"].value == "2.54 cm"


@pytest.mark.usefixtures("language")
def test_what_is_typed_reaches_the_commented_file(path: Path) -> None:
    """With either decimal sign, with a unit or in the one shown; comments and order stay."""
    before = path.read_text(encoding="utf-8").splitlines()
    typed = {"posture.threshold": "1,2", "breaks.every_min": "27,5", "hours.days": "mon fri", "courtesy.battery": "yes"}
    assert save(path, typed | {"hours.start": "8:30", "user.language": "es", "camera.source": "/dev/video2"}) == {}
    kept = load_settings(path)
    assert (kept.posture.threshold, kept.breaks.every_min, kept.hours.days) == (
        pytest.approx(1.2 / (1.0 if kept.user.shown_units == "in" else 2.54)), 27.5, ("mon", "fri"),
    )  # fmt: skip
    assert (kept.courtesy.battery, kept.hours.start, kept.user.language) == (True, "08:30", "es")
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line in before] == before


def test_what_cannot_be_is_said_at_its_field_and_changes_nothing(path: Path) -> None:
    """All that is wrong at once; the good values beside it wait."""
    before = path.read_bytes()
    typed = {"posture.hold_s": "soon", "posture.threshold": "9 in", "hours.start": "25:00", "breaks.every_min": "40"}
    problems = save(path, typed)
    assert set(problems) == {"posture.hold_s", "posture.threshold", "hours.start"}
    assert "3600" in problems["posture.hold_s"]
    assert save(path, {"hours.days": ""}).keys() == {"hours.days"}
    assert path.read_bytes() == before


@pytest.mark.parametrize("typed", ["30", "9 in"])
@pytest.mark.parametrize(("spoken", "sign"), [("en", "."), ("de", ",")])
def test_a_length_is_refused_as_it_was_typed_and_in_the_units_shown(
    path: Path, spoken: str, sign: str, typed: str
) -> None:
    """Not as the inches that the file would hold, and with the language's decimal sign; so is the hint."""
    path.write_text('[user]\nunits = "cm"\n', encoding="utf-8")
    set_language(spoken)
    try:
        problem = save(path, {"posture.threshold": typed})["posture.threshold"]
        hint = fields(load_settings(path))["posture.threshold"].hint
    finally:
        set_language("en")
    assert problem.startswith(f"{typed} ")
    for words in (problem, hint):
        assert f"0{sign}76 cm" in words
        assert f"10{sign}16 cm" in words


def test_all_that_a_plan_may_set_has_a_name_for_people() -> None:
    """In the list of what a plan would change no line is a bare key of the file."""
    assert [key for key in PLAN_KEYS if setting_words(key) == key] == []


def test_a_limit_below_clear_takes_it_along(path: Path) -> None:
    """As the set-up does it."""
    assert save(path, {"posture.threshold": "0.5 in"}) == {}
    assert (load_settings(path).posture.threshold, load_settings(path).posture.clear) == (0.5, 0.3)


def test_a_key_that_the_window_has_not_is_not_written(path: Path) -> None:
    """Whatever comes over the pipe."""
    before = path.read_bytes()
    assert save(path, {"journal.keep_days": "7", "nonsense": "x"}) == {}
    assert path.read_bytes() == before
