"""A loop with fakes at every port, and a script of what happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from core.posture.people_for_tests import Person, calibrated, seen
from fakes import (
    FakeClock,
    FakeDesktop,
    FakeDisplay,
    FakeJournal,
    FakeKeeper,
    FakeLauncher,
    FakeNotifier,
    FakeSensor,
    ScriptedInbox,
)
from posturewatch.base.loop_commands import Command, CommandKind
from posturewatch.base.observation import Look, Observation
from posturewatch.base.records import CalibrationRow
from posturewatch.base.settings import Settings
from posturewatch.core.posture.cues import RIGID
from posturewatch.loop.loop import Loop
from posturewatch.loop.ports import Consumer, Ports


@dataclass
class House:
    """Everything that a test may look at. ``run`` plays the script and ends with QUIT."""

    settings: Settings = field(default_factory=Settings)
    clock: FakeClock = field(default_factory=FakeClock)
    journal: FakeJournal = field(default_factory=FakeJournal)
    notifier: FakeNotifier = field(default_factory=FakeNotifier)
    desktop: FakeDesktop = field(default_factory=FakeDesktop)
    display: FakeDisplay = field(default_factory=FakeDisplay)
    launcher: FakeLauncher = field(default_factory=FakeLauncher)
    applied: list[Settings] = field(default_factory=list)
    recording: bool = False

    def __post_init__(self) -> None:
        self.sensor = FakeSensor(self.clock)
        self.inbox = ScriptedInbox(self.clock)
        self.keeper = FakeKeeper(self.settings)

    def at(self, after_s: float, what: Command | CommandKind | Callable[[], None]) -> House:
        """Let this happen so many seconds after the start."""
        self.inbox.at(after_s, Command(what) if isinstance(what, CommandKind) else what)
        return self

    def run(self, for_s: float) -> House:
        """Let the loop run for so long, then quit."""
        self.at(for_s, CommandKind.QUIT)
        ports = Ports(
            self.clock,
            self.sensor,
            self.journal,
            self.notifier,
            self.desktop,
            self.display,
            self.inbox,
            self.keeper,
            self.launcher,
            (Consumer(tuple(Settings.model_fields), self.applied.append),),
        )
        Loop(ports, self.settings, recording=self.recording).run()
        return self


def inhabited(settings: Settings | None = None) -> House:
    """A house with somebody calibrated, who sits before the camera and does not move."""
    person = Person()
    mesh = np.array(person.mesh().points)[list(RIGID)]
    mesh[:, 2] = np.linspace(-20.0, 20.0, len(mesh)) ** 2 / 20.0
    made = calibrated(person)
    made = replace(made, reference=replace(made.reference, template=mesh - mesh.mean(axis=0)))

    def see(t_s: float, look: Look) -> Observation:
        return seen(t_s, person, looked=look)

    house = House(settings or Settings())
    house.journal.add_calibration(CalibrationRow(house.clock.now(), "desk", 0.1, 30, "frontal", made.to_json()))
    house.sensor.see = see
    return house
