"""Twelve generated weeks, made once for all tests of the report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from generate_journal import GeneratedJournal, generate
from posturewatch.base.i18n import set_language
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.report.material import Material, gather
from report.checks_for_tests import NOW, check

LAST = date(2026, 11, 20)
FIRST = LAST - timedelta(days=83)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Texts are compared in English; a test may change the language for itself."""
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(scope="session")
def twelve_weeks() -> GeneratedJournal:
    """A generated journal of twelve weeks."""
    return generate(seed=7, weeks=12, until=LAST)


@pytest.fixture(scope="session")
def material(twelve_weeks: GeneratedJournal) -> Material:
    """The report's material of those weeks."""
    return gather(
        JournalContent.of(
            twelve_weeks.minutes,
            twelve_weeks.events,
            twelve_weeks.diary,
            twelve_weeks.calibrations,
            (*check(), *check(NOW, 9.0)),
        ),
        first=FIRST,
        last=LAST,
        made_at=datetime(2026, 11, 20, 18, 5, tzinfo=ZoneInfo("America/New_York")),
        zone="America/New_York",
        person="6a1d7f0e-0000-4000-8000-generated",
    )
