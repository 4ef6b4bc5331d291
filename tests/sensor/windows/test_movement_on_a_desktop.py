"""The movement check's window on a screen, with a simulated person who does what it asks for, quicker than life."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from tkinter import TclError, ttk
from typing import Any

import numpy as np
import pytest

from core.posture.movement.test_run import AT, BEFORE, EXACT, ScriptedPerson
from desktop.conftest import Robot
from posturewatch.base.child import App
from posturewatch.base.framing import receive
from posturewatch.base.movement import CheckOutcome, Movement, MovementRow, Worse, from_json
from posturewatch.base.observation import Observation
from posturewatch.base.settings import UserSettings
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.movement.run import CheckStage, MovementRun
from posturewatch.core.posture.movement.steps import CheckStep
from posturewatch.sensor.windows.movement_window import MovementWindow
from posturewatch.sensor.windows.worker import WindowView

GREY = np.full((480, 640, 3), 90, np.uint8)


class SimulatedWorker:
    """Looks at a simulated person as ``Worker`` looks at a camera: in a thread of its own; the latest is drawn."""

    def __init__(self, run: MovementRun, think: Callable[[Observation], CheckStage]) -> None:
        self.latest: WindowView[CheckStage] = WindowView(0)
        self._think, self._closing = think, threading.Event()
        self._person = ScriptedPerson(run)
        self._thread = threading.Thread(target=self._look, daemon=True)

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._closing.set()
        self._thread.join(10)

    def _look(self) -> None:
        while not self._closing.wait(0.004):
            seen = self._person.seen()
            stage = self._think(seen)
            self.latest = WindowView(self.latest.number + 1, seen, GREY, stage)


class PersonAtTheWindow:
    """Presses the window's buttons by their words, and remembers what was to be read on each page."""

    def __init__(self, window: MovementWindow, *wishes: str) -> None:
        self.window, self.pages, self._wishes = window, [], list(wishes)
        window.root.after(50, self._turn)

    pages: list[str]

    def _turn(self) -> None:
        try:
            parts = [part for part in _parts(self.window.root) if part.winfo_ismapped()]
        except TclError:  # the window is closed
            return
        said = " ".join(str(part.cget("text")) for part in parts)
        buttons = {str(part.cget("text")): part for part in parts if isinstance(part, ttk.Button)}
        for wish in self._wishes[:1]:
            button = buttons.get(wish)
            if button is not None and not button.instate(["disabled"]):
                self.pages.append(said)
                self._wishes.pop(0)
                button.invoke()
                break
        self.window.root.after(50, self._turn)


def _parts(parent: Any) -> list[Any]:
    found = []
    for child in parent.winfo_children():
        if isinstance(child, ttk.Label | ttk.Button):
            found.append(child)
        found += _parts(child)
    return found


def check(*wishes: str, steps: tuple[CheckStep, ...] = (CheckStep.TURN,)) -> tuple[dict[str, Any], list[str]]:
    """The window's last word to the app, and the pages that were read, when these buttons were pressed in turn."""
    (reading, _keep), (far, writing) = os.pipe(), os.pipe()
    app = App(os.fdopen(reading, "rb", buffering=0), os.fdopen(writing, "wb", buffering=0))
    run = MovementRun("desk", UserSettings(), AT, BEFORE, steps=steps, gain=EXACT)
    window = MovementWindow(app, run, "in", partial(SimulatedWorker, run))  # type: ignore[arg-type]
    person = PersonAtTheWindow(window, *wishes)
    said: list[dict[str, Any]] = []
    hearing = threading.Thread(target=partial(_hear, far, said), daemon=True)
    hearing.start()
    window.run()
    hearing.join(20)
    os.close(_keep)
    return said[-1], person.pages


def _hear(far: int, said: list[dict[str, Any]]) -> None:
    with os.fdopen(far, "rb", buffering=0) as stream:
        while not said or "closed" not in said[-1]:
            said.append(receive(stream))


def rows_of(said: dict[str, Any]) -> dict[Movement, MovementRow]:
    """The rows that were handed over."""
    return {row.movement: row for row in map(from_json, said["rows"])}


@pytest.mark.desktop
def test_a_check_is_made_answered_and_kept_by_its_buttons(screen: Robot) -> None:
    """Begin, sit upright, begin, turn three times each way, answer, keep: the numbers and the tie of the day are handed
    over. The safety sentence, what it is for, and the way to the red flags stand on every page."""
    assert screen.display
    said, pages = check("Begin", "Begin", "a little", "Keep")
    rows = rows_of(said)
    assert rows[Movement.TURN_LEFT].value == pytest.approx(45.0, abs=5.0)
    assert rows[Movement.TURN_RIGHT].value == pytest.approx(30.0, abs=5.0)
    assert rows[Movement.TURN_LEFT].worse is Worse.LITTLE
    assert Calibration.from_json(str(said["tied"])).profile == "desk"
    assert len(pages) == 4
    for page in pages:
        assert "Stop if you get sharp or spreading pain" in page
        assert "no score, no comparison with other people" in page
        assert "When to seek help" in page
    assert "Did this bring on or worsen your headache?" in pages[2]
    assert "Turned to the left" in pages[3]


@pytest.mark.desktop
def test_what_is_discarded_is_not_handed_over(screen: Robot) -> None:
    """Skipped, stopped and discarded: the app hears that the window was closed, and nothing else."""
    assert screen.display
    said, _pages = check("Skip", "Skip", "Discard")
    assert said == {"closed": True}


@pytest.mark.desktop
def test_a_step_may_be_paused_repeated_and_stopped(screen: Robot) -> None:
    """Each button is there while a step runs; after a stop what was not reached is said to be so."""
    assert screen.display
    said, pages = check("Begin", "Begin", "Pause", "Go on", "Repeat", "Begin", "Stop", "Keep")
    assert rows_of(said)[Movement.TURN_LEFT].outcome is CheckOutcome.STOPPED
    assert "Paused." in pages[3]
    for button in ("Pause", "Repeat", "Skip", "Stop"):
        assert button in pages[4]


@pytest.mark.desktop
def test_the_red_flags_are_one_click_away_and_pause_what_runs(screen: Robot) -> None:
    """The list opens in front, and the step waits."""
    assert screen.display
    _said, pages = check("Begin", "Begin", "When to seek help", "Close", "Go on", "Stop", "Discard")
    assert "thunderclap" in pages[3]
    assert "Paused." in pages[4]
