"""The doors between the loop and the world: one Protocol, one real adapter, one null, each.

The loop sees these and nothing behind them. Adapters live in ``edges/`` and ``sensor/``; fakes for tests
in ``tests/fakes.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

from posturewatch.base.records import (
    CalibrationRow,
    Command,
    Courtesy,
    DiaryEntry,
    Event,
    Look,
    MinuteRow,
    Observation,
    Reminder,
    Response,
    Snapshot,
    Step,
)

if TYPE_CHECKING:  # pydantic takes a quarter of a second, and `status` needs none of it
    from posturewatch.base.settings import Settings


@dataclass(frozen=True, slots=True)
class Check:
    """One line of ``posturewatch doctor``. ``level``: ok, note, warning or error; ``mend`` a command or step."""

    part: str
    level: str
    says: str
    mend: str = ""


class Clock(Protocol):
    """The only reader of time."""

    def monotonic_s(self) -> float:
        """Seconds that never step back; does not count suspend on every platform."""
        ...

    def now(self) -> datetime:
        """Wall time, aware, in the local zone."""
        ...


class Sensor(Protocol):
    """The process with the camera, seen from the app."""

    def look(self, look: Look, deadline_s: float) -> Observation:
        """Answer within ``deadline_s`` seconds or raise SensorError/SourceError. Starts the process if needed."""
        ...

    def close(self) -> None:
        """End the process and give the camera back. Idempotent."""
        ...

    @property
    def running(self) -> bool:
        """Whether a sensor process is alive (the camera may be open)."""
        ...


class Journal(Protocol):
    """What was measured and what happened. Writing raises JournalError."""

    def add_minute(self, row: MinuteRow) -> None: ...
    def add_event(self, event: Event) -> None: ...
    def add_sample(self, at: datetime, step: Step) -> None: ...
    def add_calibration(self, row: CalibrationRow) -> int: ...
    def add_diary(self, entry: DiaryEntry) -> int: ...
    def calibrations(self, profile: str | None = None) -> tuple[CalibrationRow, ...]: ...
    def minutes(self, since: datetime, until: datetime) -> tuple[MinuteRow, ...]: ...
    def events(self, since: datetime, until: datetime) -> tuple[Event, ...]: ...
    def diary(self, since: datetime, until: datetime) -> tuple[DiaryEntry, ...]: ...
    def notices(self) -> tuple[str, ...]:
        """What the user should be told about the journal itself since the last call (a rescue, a new beginning)."""
        ...

    def close(self) -> None: ...


class Notifier(Protocol):
    """Desktop notifications. A failure is a Response with outcome FAILED, never an exception."""

    def send(self, reminder: Reminder) -> None: ...
    def withdraw(self, key: str) -> None: ...
    def responses(self) -> tuple[Response, ...]:
        """What came back since the last call."""
        ...

    def close(self) -> None: ...


class Desktop(Protocol):
    """Lock, idle, calls, full screen … as far as this session tells."""

    def courtesy(self) -> Courtesy: ...
    def close(self) -> None: ...


class Display(Protocol):
    """Whatever shows the snapshot: a tray icon, or nothing."""

    def show(self, snapshot: Snapshot) -> None: ...
    def close(self) -> None: ...


class Inbox(Protocol):
    """Where commands wait for the loop, from whichever thread they come."""

    def put(self, command: Command) -> None: ...
    def get(self, timeout_s: float) -> Command | None:
        """The next command, or None after ``timeout_s`` seconds."""
        ...


class Keeper(Protocol):
    """What outlives a run besides the journal: the settings, the profile in force, the files of a day."""

    def settings(self) -> Settings:
        """The settings as the file has them now; raises ConfigError, and the previous ones stay in force."""
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

    def open(self, what: str, *, text: str = "", reminder: Reminder | None = None, begun: bool = False) -> bool:
        """Open ``break``, ``dim``, ``calibrate`` or ``live``; False where there is no screen or no toolkit.

        ``text``: the profile to calibrate, or the calibration (JSON, may be empty) that the live view measures
        against. ``reminder`` is what a break or a dimming says; ``begun``: the break runs already.
        """
        ...

    def shut(self, what: str) -> None:
        """Close the window of this kind, if it is open."""
        ...
