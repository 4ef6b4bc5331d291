"""Which units a user reads: those of the country, unless the settings say otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from posturewatch.base.i18n import country, country_of, set_language
from posturewatch.base.quantities import load, local_units
from posturewatch.base.settings import UserSettings
from posturewatch.config.read import load_settings


@pytest.mark.parametrize(
    ("tag", "land"),
    [
        ("en_US.UTF-8", "US"),
        ("de_DE@euro", "DE"),
        ("de-CH", "CH"),
        ("zh_Hant_TW", "TW"),
        ("en_DE", "DE"),
        ("C.UTF-8", ""),
        ("POSIX", ""),
        ("ja", ""),
        ("", ""),
    ],
)
def test_the_country_is_read_from_a_locale_of_any_platform(tag: str, land: str) -> None:
    """POSIX names, BCP 47 tags of Windows and the names of macOS; a bare language has none."""
    assert country_of(tag) == land


@pytest.mark.parametrize(
    ("locale", "language", "units"),
    [
        ({"LANG": "en_US.UTF-8"}, "en", "in"),
        ({"LANG": "es_US.UTF-8"}, "es", "in"),
        ({"LANG": "en_US.UTF-8"}, "de", "in"),
        ({"LANG": "en_GB.UTF-8"}, "en", "cm"),
        ({"LANG": "en_CA.UTF-8"}, "en", "cm"),
        ({"LANG": "de_DE.UTF-8"}, "de", "cm"),
        ({"LANG": "ja_JP.UTF-8"}, "ja", "cm"),
        ({"LANG": "en_US.UTF-8", "LC_MEASUREMENT": "de_DE.UTF-8"}, "en", "cm"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "es_ES.UTF-8"}, "es", "cm"),
        ({"LANG": "C.UTF-8"}, "en", "in"),
        pytest.param({"LANG": "C.UTF-8"}, "de", "cm", marks=pytest.mark.unix_only("Windows names a country by itself")),
        pytest.param({}, "ja", "cm", marks=pytest.mark.unix_only("Windows names a country by itself")),
    ],
)
def test_units_follow_the_country_and_else_the_language(
    monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], language: str, units: str
) -> None:
    """Inches in the United States, whatever language is read there; centimetres elsewhere; English without a
    country keeps inches."""
    for name in ("LC_ALL", "LC_MEASUREMENT", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    set_language(language)
    try:
        assert local_units() == UserSettings().shown_units == units, country()
        assert UserSettings(units="in").shown_units == "in"
        assert UserSettings(units="cm").shown_units == "cm"
    finally:
        set_language("en")


def test_those_who_read_centimetres_read_kilograms_first() -> None:
    """The rule of thumb is in pounds, which stand behind."""
    assert load(21.0, "cm") == "about 9 kg (20 lb)"
    assert load(46.0, "cm", beyond=True) == "about 20+ kg (45+ lb)"


def test_the_weight_may_be_given_in_kilograms(tmp_path: Path) -> None:
    """As a length may be in centimetres."""
    path = tmp_path / "config.toml"
    path.write_text('[user]\nbody_weight_lb = "75 kg"\n')
    assert load_settings(path).user.body_weight_lb == pytest.approx(165.35, abs=0.01)
