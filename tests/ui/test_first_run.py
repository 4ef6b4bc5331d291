"""The guided first run without a window: the flow, and the terminal that shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from posturewatch.base.child import Said
from posturewatch.base.errors import CalibrationError, DesktopError
from posturewatch.ui.first_run import (
    ORDER,
    Answers,
    Option,
    SetupStep,
    answers_from,
    calibrate_for,
    following,
    page_for,
    take,
)
from posturewatch.ui.first_run_terminal import run_in_terminal

CAMERAS = (Option("0", "Webcam"), Option("2", "Integrated camera"))


class Tools:
    """Set-up tools that remember; the first ``refuse`` calibrations fail."""

    def __init__(self, refuse: int = 0, cameras: tuple[Option, ...] = CAMERAS) -> None:
        self.refuse = refuse
        self.found = cameras
        self.calibrated: list[str] = []
        self.applied: list[Answers] = []

    def cameras(self) -> tuple[Option, ...]:
        return self.found

    def show_camera(self, source: str) -> None:
        raise AssertionError(source)

    def hide_camera(self) -> None:
        """Nothing is open."""

    def calibrate(self, source: str, tell: Callable[[float, str], None]) -> str:
        self.calibrated.append(source)
        if len(self.calibrated) <= self.refuse:
            raise CalibrationError("Your head is turned too far.", "Look at the screen.")
        for share in (0.2, 0.4):
            tell(share, "Stay so.")
        tell(1.0, "Done.")
        return "Calibrated."

    def calibrate_in_window(self, source: str) -> str:
        raise DesktopError(source)

    def apply(self, answers: Answers) -> None:
        self.applied.append(answers)


def go(tools: Tools, lines: Iterable[str], platform: str = "linux") -> tuple[Answers, list[str]]:
    """Run in a terminal whose user types these lines."""
    typed = iter(lines)
    said: list[str] = []

    def ask(prompt: str) -> str:
        said.append(prompt)
        return next(typed)

    return run_in_terminal(tools, Answers(), platform, ask, said.append), said


def test_return_alone_goes_through() -> None:
    """Pressing Return at every question takes the defaults, calibrates and applies once."""
    tools = Tools()
    answers, _said = go(tools, [""] * 8)
    assert answers == Answers(source="0", calibrated=True)
    assert tools.applied == [answers]


def test_it_begins_unless_it_is_told_not_to() -> None:
    """The last question starts the watching, Return alone too; the end says what is true."""
    for answer, words in (("", "is watching now"), ("2", "To begin: posturewatch start")):
        answers, said = go(Tools(), [*[""] * 7, answer])
        assert answers.start is (answer == "")
        assert any(words in line for line in said)


def test_the_terminal_says_what_to_do_while_it_calibrates() -> None:
    """Ten seconds are not silent, and the same words are not said twice."""
    _answers, said = go(Tools(), [""] * 8)
    assert said.count("  Stay so.") == 1
    assert said.index("  Stay so.") < said.index("  Done.") < said.index("Calibrated.")


def test_every_answer_is_kept() -> None:
    """The second camera, early, with exercises, at login; wrong numbers are asked again."""
    answers, said = go(Tools(), ["", "2", "", "2", "7", "x", "1", "2", "1", "2"])
    assert answers == Answers("2", True, "cm", 0.7, True, True, True, start=False)
    assert said.count("Please give one of the numbers.") == 2


def test_a_refused_calibration_says_why_and_may_be_skipped() -> None:
    """The reason and the hint are shown; s goes on without, and the end says so."""
    tools = Tools(refuse=9)
    answers, said = go(tools, ["", "", "", "s", "", "", "", "", ""])
    assert not answers.calibrated
    assert "Your head is turned too far." in said
    assert any("posturewatch calibrate" in line for line in said)


def test_no_camera_is_no_dead_end() -> None:
    """Without a camera the page says so, and the rest can be set."""
    answers, said = go(Tools(cameras=()), ["", "s", "", "", "", "", ""])
    assert answers.source == "0"
    assert any("No camera was found" in line for line in said)


@pytest.mark.parametrize(("platform", "hint"), [("linux", "usermod"), ("win32", "Settings"), ("darwin", "macOS asks")])
def test_the_permission_hint_fits_the_platform(platform: str, hint: str) -> None:
    """Each platform has its own way to allow the camera."""
    assert any(hint in line for line in page_for(SetupStep.CAMERA, Answers(), CAMERAS, platform).text)


@pytest.mark.parametrize("step", ORDER)
def test_every_page_has_words_and_its_default_among_its_choices(step: SetupStep) -> None:
    """No page is empty, and what is chosen beforehand can be chosen."""
    page = page_for(step, Answers(), CAMERAS, "linux")
    assert page.title
    assert page.text
    assert not page.choices or page.chosen in {choice.value for choice in page.choices}


def test_the_pages_stay_at_their_ends() -> None:
    """Back from the first page is the first page, on from the last is the last."""
    assert following(SetupStep.WELCOME, -1) is SetupStep.WELCOME
    assert following(SetupStep.DONE) is SetupStep.DONE


def test_strange_answers_change_nothing() -> None:
    """A value that no page offers leaves the answers as they were."""
    before = Answers("2", True, 1.5, False, False, True)
    for step in ORDER:
        if step is not SetupStep.CAMERA:
            assert take(step, before, "rubbish") == before
    said = Said("finish", {"threshold": "NaN", "breaks": ["x"], "calibrated": True})
    assert answers_from(said, before) == before


def test_the_window_calibrates_with_the_picture_and_without_one_where_there_can_be_none() -> None:
    """The sensor's own window is asked for first; a refusal in it is told and not tried again."""

    class Pictured(Tools):
        answer: Exception | str = "Calibrated with the picture."

        def calibrate_in_window(self, source: str) -> str:
            if isinstance(self.answer, Exception):
                raise self.answer
            return f"{self.answer} {source}"

    class Told:
        def __init__(self) -> None:
            self.said: list[dict[str, object]] = []

        def tell(self, kind: str, **values: object) -> None:
            self.said.append({"kind": kind, **values})

    tools, told = Pictured(), Told()
    calibrate_for(tools, told, "2")
    tools.answer = CalibrationError("No calibration was kept.", "Start it again when you like.")
    calibrate_for(tools, told, "2")
    assert [(said["ok"], tools.calibrated) for said in told.said] == [(True, []), (False, [])]
    tools.answer = DesktopError("There is no screen.")
    calibrate_for(tools, told, "2")
    assert tools.calibrated == ["2"]
    assert told.said[-1] == {"kind": "calibrated", "ok": True, "words": "Calibrated."}
