"""The world as the loop sees it: each port a Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from posturewatch.base.clock import Clock
from posturewatch.base.inbox import Inbox
from posturewatch.base.records import Reminder
from posturewatch.base.settings import Settings
from posturewatch.desktop.interface import Desktop, Display, Notifier
from posturewatch.journal.interface import Journal
from posturewatch.sensor_client.interface import Sensor


class Keeper(Protocol):
    """What outlives a run besides the journal: the settings, the profile in force, the files of a day."""

    def settings(self) -> Settings:
        """The settings as the file has them now; raises ConfigError, and the previous ones stay in force."""
        ...

    def notice(self) -> str:
        """What the user should be told about the settings file since the last call; empty: nothing."""
        ...

    def profile(self) -> str: ...
    def keep_profile(self, name: str) -> None: ...
    def write_day(self, day: date) -> None:
        """Write the day's CSV and summary from the journal; raises DataError."""
        ...


class Launcher(Protocol):
    """Opens a window in a process of its own, without waiting for it. One of a kind at a time.

    A window that was to open and is not seen within some seconds is told by the command WINDOW_FAILED. One with the
    camera's picture ends in CAMERA_RETURNED, after CALIBRATED if a calibration was made and kept in it.
    """

    def open(
        self, what: str, *, text: str = "", reminder: Reminder | None = None, begun: bool = False, of_today: bool = True
    ) -> bool:
        """Open ``break``, ``calibrate`` or ``live``; False where there is no screen or no toolkit.

        ``text``: the profile to calibrate, or the calibration (JSON, may be empty) that the live view measures
        against; ``of_today``: whether that was made or tied today. ``reminder`` is what a break or a dimming says;
        ``begun``: the break runs already.
        """
        ...

    def follow(self, level: float) -> None:
        """Let the screen show so strongly (0 to 1) that the head is forward; at 0 it fades. ``shut`` of ``feedback``
        ends it at once."""
        ...

    def shut(self, what: str) -> None:
        """Close the window of this kind, if it is open."""
        ...


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who uses these ``sections`` of the settings, and how new ones are taken up in the loop's thread."""

    sections: tuple[str, ...]
    take_up: Callable[[Settings], object]


@dataclass(frozen=True, slots=True)
class Ports:
    """One adapter for each port, and who else uses the settings; ``app`` builds them, tests give fakes."""

    clock: Clock
    sensor: Sensor
    journal: Journal
    notifier: Notifier
    desktop: Desktop
    display: Display
    inbox: Inbox
    keeper: Keeper
    launcher: Launcher
    consumers: tuple[Consumer, ...] = ()
    """Who uses the settings behind the ports: the sensor, the notifier, the language."""
