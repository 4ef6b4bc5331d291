"""The report in each language: page, PDF words, tables, day and week texts hold no English."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from english import left_in
from posturewatch.base.i18n import LANGUAGES, set_language
from posturewatch.base.records import EventKind
from posturewatch.report import words
from posturewatch.report.html.page import render_html
from posturewatch.report.material import Material


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_no_english_is_left_in_the_page(language: str, material: Material) -> None:
    """Texts, tables, labels of the charts (the JSON) and what a screen reader hears."""
    set_language(language)
    for shown in (material, replace(material, units="cm")):
        page = re.sub(r"<script>.*?</script>|<style>.*?</style>", "", render_html(shown), flags=re.DOTALL)
        assert left_in(page.replace("\u00a0", " "), language) == []


@pytest.mark.parametrize("language", [language for language in LANGUAGES if language != "en"])
def test_every_event_has_its_word(language: str) -> None:
    """No kind of event is named in English."""
    from fakes import MONDAY_NINE
    from posturewatch.base.records import Event

    named = {}
    for code in ("en", language):
        set_language(code)
        named[code] = [
            words.event_words(Event(MONDAY_NINE, kind, outcome)) for kind in EventKind for outcome in ("", "back")
        ]
    assert not set(named["en"]) & set(named[language])
