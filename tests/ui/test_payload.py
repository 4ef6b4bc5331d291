"""A window shows what the app handed to it, whatever the pipe makes of tuples and records."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest

from posturewatch.ui.day_view import Course, TodayView, WeekLine
from posturewatch.ui.first_run import Answers, SetupView
from posturewatch.ui.form import FieldView
from posturewatch.ui.menu_window import MenuView
from posturewatch.ui.payload import record_of
from posturewatch.ui.plan_form_window import PartView, PlanFormView

FIELD = FieldView("key", "Name", "choice", "value", (("value", "text"),), "hint")
PART = PartView("plan", "1", (("Title", (FIELD, FIELD)),))
COURSE = Course(
    minutes=((1, "u", None, 0.2, True), (2, "f", 1.0, None, False)),
    marks=((1, 2, "x", "y"),),
    shifts=((1, 2),),
    states={"u": "Upright"},
    edges_in=(0.5, 1.0),
)


@pytest.mark.parametrize(
    "view",
    [
        TodayView("2026-11-28", "Sat", says=("a",), course=COURSE, week=(WeekLine("d", "n", "v", "m", (0.1,), "3"),)),
        PlanFormView("Anna", (PART,), PART, (("rolls", PART),), dark=True),
        MenuView((("1", "Pause", True, None), ("2", "Report", False, True))),
        SetupView("linux", (("0", "a camera"),), Answers(source="1", breaks=False)),
    ],
    ids=lambda view: type(view).__name__,
)
def test_a_view_comes_out_of_the_pipe_as_it_went_in(view: Any) -> None:
    """Tuples of tuples, records within, what may be missing, and names by their words."""
    assert record_of(type(view), json.loads(json.dumps(asdict(view)))) == view


def test_a_name_that_the_window_does_not_know_is_left_out() -> None:
    """The app that runs may be of a later version than the window's."""
    assert record_of(MenuView, {"lines": [], "later": 1}) == MenuView(())


@pytest.mark.parametrize("plain", [{}, {"lines": 3}, {"lines": [["one cell"]]}])
def test_what_is_no_view_is_refused(plain: dict[str, Any]) -> None:
    """With an error that ends the window, not with one that shows something else."""
    with pytest.raises((TypeError, ValueError)):
        record_of(MenuView, plain)
