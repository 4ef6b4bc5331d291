"""The world as the loop sees it: each door a Protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from posturewatch.ports import Clock, Desktop, Display, Inbox, Journal, Keeper, Launcher, Notifier, Sensor
from posturewatch.settings import Settings


@dataclass(frozen=True, slots=True)
class Doors:
    """One adapter for each port; ``app.py`` builds them, tests give fakes."""

    clock: Clock
    sensor: Sensor
    journal: Journal
    notifier: Notifier
    desktop: Desktop
    display: Display
    inbox: Inbox
    keeper: Keeper
    launcher: Launcher
    apply: Callable[[Settings], None]
    """Takes new settings up in whatever stands behind the doors: the sensor, the notifier, the language."""
