"""The log in the terminal counts tied and untied time as the report does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from journal.rows_for_tests import NINE, minute
from posturewatch.base.records import MinuteRow
from posturewatch.cli.log_text import day_lines, week_lines
from posturewatch.core.history.day_figures import figures
from posturewatch.core.history.journal_content import JournalContent
from posturewatch.core.history.summary.period import summarise_period

DAY = NINE.date()


def rows(*parts: tuple[int, bool | None, float]) -> list[MinuteRow]:
    """Minutes in a row: so many, tied or not, at this distance."""
    made: list[MinuteRow] = []
    for count, tied, fht in parts:
        made += [
            minute(
                NINE + timedelta(minutes=len(made) + place),
                tied=tied,
                fht_median_in=fht,
                fht_p10_in=fht,
                fht_p90_in=fht,
            )
            for place in range(count)
        ]
    return made


@pytest.mark.parametrize(
    "day",
    [
        rows((200, True, 0.4)),
        rows((200, False, 0.4)),
        rows((200, None, 0.4)),
        rows((130, True, 0.4), (200, False, 1.4)),
        rows((40, True, 0.4), (200, False, 1.4)),
        rows((20, True, 0.4), (20, False, 1.4)),
    ],
)
def test_terminal_and_report_say_the_same(day: Sequence[MinuteRow]) -> None:
    """Whether the day is tied, its tied minutes, median and bands."""
    shown, (summary,) = figures(DAY, day, []), summarise_period(JournalContent.of(day), first=DAY, last=DAY).days
    assert (shown.tied, shown.tied_min) == (summary.tied, summary.tied_min)
    assert shown.median_in == pytest.approx(summary.posture.p50_in)
    assert shown.band_min == pytest.approx(summary.posture.band_min)


def test_an_untied_day_says_so() -> None:
    """In words for the day, by a sign in the week, which is explained below it."""
    untied, tied = rows((200, False, 0.4)), rows((200, True, 0.4))
    assert "Not tied on this day" in " ".join(day_lines(figures(DAY, untied, []), untied, units="in"))
    assert "Not tied" not in " ".join(day_lines(figures(DAY, tied, []), tied, units="in"))
    week = week_lines([figures(DAY, untied, []), figures(DAY, tied, [])], units="in")
    assert "~" in week[1]
    assert "~" not in week[2]
    assert "~" in week[-1]
    assert figures(DAY, untied, []).fields()["tied"] is False
