"""The plan's window: shown, taken up as it was shown, refused with its reason, taken away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes import FakeClock
from posturewatch.app.draft_plan import DraftPhase, draft_text, signed_text, write_plan
from posturewatch.app.plan_dialogue import PlanDialogue
from posturewatch.base.child import Said
from posturewatch.config.plan_file import load_accepted
from posturewatch.disk.folders import Folders
from posturewatch.ui.open import open_window
from posturewatch.ui.plan_window import PlanView

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    """A home of its own."""
    return Folders(*(tmp_path / name for name in ("config", "data", "logs", "state"))).make()


@pytest.fixture
def plan(tmp_path: Path, folders: Folders) -> Path:
    """A signed plan."""
    path = tmp_path / "plan.toml"
    phases = [DraftPhase("Getting used", 4, "1.5 in", 25), DraftPhase("On your own", 4)]
    write_plan(
        path,
        draft_text(title="Eight weeks", author="", written=NOW.date(), phases=phases, exercises=("walk",)),
    )
    write_plan(path, signed_text(folders, path)[0])
    return path


def test_what_was_shown_is_taken_up_and_can_be_taken_away(folders: Folders, plan: Path) -> None:
    """Also if the file is another one by then."""
    talk = PlanDialogue(folders, FakeClock(now=NOW))
    assert talk.view() == PlanView(("No plan is in force.",))
    assert talk.heard(Said("accept")) is None
    shown = talk.heard(Said("open", {"path": str(plan)}))
    assert shown is not None
    assert shown.kind == "offer"
    assert "Eight weeks" in shown.get("lines")
    assert shown.get("doubt") == ""
    plan.write_text("something else", encoding="utf-8")
    assert talk.heard(Said("accept")) == Said("kept")
    taken = load_accepted(folders.plan_file)
    assert taken is not None
    assert taken.plan.title == "Eight weeks"
    again = PlanDialogue(folders, FakeClock(now=NOW))
    assert again.view().in_force
    assert again.heard(Said("remove")) == Said("kept")
    assert not folders.plan_file.exists()


def test_a_wrong_plan_and_an_unsigned_one_are_said_to_be_so(folders: Folders, plan: Path) -> None:
    """The first is refused with line and key, and what was shown before cannot be taken up; the second is doubtful."""
    talk = PlanDialogue(folders, FakeClock(now=NOW))
    text = plan.read_text(encoding="utf-8")
    talk.heard(Said("open", {"path": str(plan)}))
    plan.write_text(text.replace("weeks = 4", "weeks = 0", 1), encoding="utf-8")
    refused = talk.heard(Said("open", {"path": str(plan)}))
    assert refused is not None
    assert refused.kind == "refused"
    assert "phase.1.weeks" in str(refused.get("why"))
    assert talk.heard(Said("accept")) is None
    plan.write_text(text.partition("[signature]")[0], encoding="utf-8")
    doubtful = talk.heard(Said("open", {"path": str(plan)}))
    assert doubtful is not None
    assert "Not signed" in str(doubtful.get("doubt"))
    assert talk.heard(Said("open", {"path": str(plan.with_name("none.toml"))})) is not None


def test_a_damaged_one_can_be_taken_away(folders: Folders) -> None:
    """The window says what is wrong and offers to remove it."""
    folders.plan_file.write_text("nonsense", encoding="utf-8")
    view = PlanDialogue(folders, FakeClock(now=NOW)).view()
    assert view.in_force
    assert "plan remove" in " ".join(view.lines)


@pytest.mark.desktop
@pytest.mark.usefixtures("screen")
def test_the_window_comes_up(folders: Folders, plan: Path) -> None:
    """In a process of its own, with the plan in force."""
    talk = PlanDialogue(folders, FakeClock(now=NOW))
    talk.heard(Said("open", {"path": str(plan)}))
    talk.heard(Said("accept"))
    window = open_window("plan_window", talk.view())
    try:
        assert window.shown(20)
    finally:
        window.close()
