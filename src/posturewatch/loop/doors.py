"""The world as the loop sees it: each door a Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from posturewatch.base.ports import Clock, Desktop, Display, Inbox, Journal, Keeper, Launcher, Notifier, Sensor
from posturewatch.base.settings import Settings


@dataclass(frozen=True, slots=True)
class Consumer:
    """Somebody who uses these ``sections`` of the settings, and how new ones are taken up in the loop's thread."""

    sections: tuple[str, ...]
    take_up: Callable[[Settings], object]


@dataclass(frozen=True, slots=True)
class Doors:
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
    """Who uses the settings behind the doors: the sensor, the notifier, the language."""
