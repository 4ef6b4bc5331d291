"""Visit mode: four pages of the report's own words in large type, and nothing that others should not see."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from posturewatch.base.i18n import LANGUAGES, set_language
from posturewatch.report import check_tables, first_screen, sentences, words
from posturewatch.report.html.markup import tag
from posturewatch.report.html.present import render_present
from posturewatch.report.material import Material, gather
from posturewatch.report.plan_tables import done_by_phase, phases
from report.checks_for_tests import NOW, check
from report.html.test_in_browser import CHROMIUM, NODE, _tools
from report.journals import DAY, HOSTILE, at, diary, hours, report
from report.plans import done, plan

__all__ = ["_tools"]

START = DAY - timedelta(weeks=5)


def with_plan(material: Material) -> Material:
    """The twelve weeks with a plan that is in its second phase at their end."""
    taken = plan(START)
    events = list(material.content.events)
    for day in range(35):
        events += done(taken, "rolls", at(10, 0, START + timedelta(days=day)), "skipped" if day % 3 else "done")
    events += done(taken, "nods", at(11), "worse")
    period = material.period
    return gather(
        replace(material.content, events=tuple(sorted(events, key=lambda event: event.at))),
        first=period.first,
        last=period.last,
        made_at=material.made_at,
        zone=material.zone,
        person=material.person,
        plan=taken,
    )


def test_an_exercise_that_was_not_offered_in_a_phase_has_a_dash_there(material: Material) -> None:
    """None of none would look like something left undone."""
    assert ("Nods", "–", "0 of 1", "1") in done_by_phase(with_plan(material)).rows


def test_a_limit_of_the_plan_that_was_not_in_force_is_said_to_be_so(material: Material) -> None:
    """The person keeps their own limit and takes the plan's rhythm: the table says which is which."""
    told = with_plan(material)
    assert told.plan is not None
    kept = replace(told, plan=replace(told.plan, kept=("posture.threshold",)))
    assert [row[3] for row in phases(told).rows] == ["limit 1.50\u00a0in", "a break every 25 min", ""]
    assert [row[3] for row in phases(kept).rows] == [
        "limit 1.50\u00a0in (kept: the person's own)",
        "a break every 25 min",
        "",
    ]


def test_each_page_says_what_the_report_says(material: Material) -> None:
    """Verdict, change, hours and the plan, word for word."""
    told = with_plan(material)
    page = render_present(told)
    for said in (
        sentences.verdict(told),
        sentences.change(told),
        sentences.heat(told),
        first_screen.answers(told)[2].says[0],
    ):
        assert tag("p", said)[3:-4] in page
    for said in ("Week 6 of 12, phase 2 of 3: More often", "Shoulder rolls", "10 of 28", "0 of 1", "Next visit"):
        assert said in page
    assert page.count('class="sheet"') == 4


def test_nothing_that_was_typed_into_the_diary_is_shown() -> None:
    """Others may see the screen; what a plan's author wrote is escaped like any text."""
    typed = diary(note="zzz note", medication="zzz pills", trigger="zzz trigger")
    told = report(hours(4), entries=typed, first=DAY - timedelta(days=6), name=HOSTILE)
    page = render_present(replace(told, plan=plan(START, title=HOSTILE[:100], note=HOSTILE)))
    assert "zzz" not in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_without_a_plan_the_last_page_says_so() -> None:
    """Left out, or never made."""
    assert "No plan was shared." in render_present(report(hours(4), first=DAY - timedelta(days=6)))


def with_checks(material: Material) -> Material:
    """And two movement checks."""
    checks = (*check(), *check(NOW, 9.0))
    return replace(material, content=replace(material.content, checks=checks))


def test_movement_checks_stand_with_then_and_now(material: Material) -> None:
    """Then, now and the change with its error, in the words of the report's own table."""
    told = with_checks(material)
    bare = replace(material, content=replace(material.content, checks=()))
    assert 'class="checks"' not in render_present(bare)
    page = render_present(told)
    for name, then, now, change, *_more in check_tables.then_and_now(told).rows:
        if change != words.MISSING:
            assert tag("td", name)[4:-5] in page
            assert tag("td", f"{then} → {now} ({change})")[4:-5] in page


@pytest.mark.desktop
@pytest.mark.slow
@pytest.mark.usefixtures("_tools")
@pytest.mark.parametrize(("scheme", "language"), [("light", "en"), ("dark", "de"), ("light", "ja"), ("dark", "es")])
def test_the_pages_fit_the_screen_are_turned_by_keys_and_print_as_four_sheets(
    material: Material, tmp_path: Path, scheme: str, language: str
) -> None:
    """In Chromium at 1280 × 720: no scrolling, type of 16 px at least, no request, no accessibility fault."""
    assert language in LANGUAGES
    set_language(language)
    path = tmp_path / "present.html"
    path.write_text(render_present(with_checks(with_plan(material))), encoding="utf-8")
    command = [shutil.which("node") or "node", str(NODE / "present.mjs"), str(CHROMIUM), str(path), scheme]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=110)
    seen: dict[str, Any] = json.loads(ended.stdout)
    assert [one["id"] for one in seen["shown"]] == ["sheet-1", "sheet-2", "sheet-3", "sheet-4"]
    assert max(one["over"] for one in seen["shown"]) <= 1, seen["shown"]
    assert min(one["smallest"] for one in seen["shown"]) >= 16
    assert max(one["wide"] for one in seen["shown"]) <= 0
    assert seen["turned"] == ["sheet-4", "sheet-3", "sheet-1", "sheet-4", "sheet-2"]
    assert (seen["errors"], seen["requests"], seen["axe"], seen["pages"]) == ([], [], [], 4)
    assert 0 < max(seen["drawn"]) < 980 * 2 / 3, "on paper the words stand in the last third of 980 points"
