"""Fakes of the ports: each implements its Protocol, none patches anything, time moves when it is told to."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, tzinfo

from posturewatch.base.errors import JournalError
from posturewatch.base.loop_commands import Command
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.base.records import (
    CalibrationRow,
    Courtesy,
    DiaryEntry,
    Event,
    EventKind,
    MinuteRow,
    Outcome,
    Reminder,
    Response,
    Snapshot,
    Step,
)
from posturewatch.base.settings import Settings

MONDAY_NINE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class FakeClock:
    """Monotonic and wall time, moved by hand, together or apart."""

    def __init__(self, now: datetime = MONDAY_NINE) -> None:
        self.t_s = 1000.0
        self.wall = now

    def monotonic_s(self) -> float:
        """Seconds since some start."""
        return self.t_s

    def now(self) -> datetime:
        """Wall time."""
        return self.wall

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.t_s += seconds
        self.wall += timedelta(seconds=seconds)

    def sleep_computer(self, seconds: float) -> None:
        """Suspend: the wall clock goes on, the monotonic one stands still."""
        self.wall += timedelta(seconds=seconds)

    def set_wall(self, seconds: float) -> None:
        """Somebody sets the clock forward or back."""
        self.wall += timedelta(seconds=seconds)

    def move_to(self, zone: tzinfo) -> None:
        """The computer has flown."""
        self.wall = self.wall.astimezone(zone)


def empty_chair(t_s: float, look: Look) -> Observation:
    """A picture with nobody in it."""
    return Observation(t_s, int(t_s * 5), 640, 480, look, lack=Lack.NOBODY, brightness=120.0, people=())


class FakeSensor:
    """Answers by a function of time; raises what ``broken`` holds; counts how often it was opened and closed."""

    def __init__(self, clock: FakeClock, see: Callable[[float, Look], Observation] = empty_chair) -> None:
        self.clock = clock
        self.see = see
        self.broken: Exception | None = None
        self.looks: list[tuple[float, Look]] = []
        self.stirred = False
        self.peeks = 0
        self.opened = 0
        self.closed = 0
        self._running = False
        self._watch: tuple[Look, float, float] | None = None

    def watch(self, look: Look, every_s: float, for_s: float) -> None:
        """Look as often, when asked for what was noticed."""
        self._watch = look, every_s, self.clock.t_s

    def noticed(self) -> Observation | None:
        """What a look that is due by now sees; nothing while the camera is in trouble."""
        if self._watch is None or self.broken is not None:
            return None
        look, every_s, since_s = self._watch
        if self.clock.t_s - since_s < every_s - 0.2:
            return None
        seen = self.look(look, 1.0)
        self._watch = look, every_s, self.clock.t_s
        return seen if seen.lack in (None, Lack.NOBODY) else None

    def look(self, look: Look, deadline_s: float) -> Observation:
        """The answer for now."""
        self._watch = None
        if self.broken is not None:
            self._running = False
            raise self.broken
        if not self._running:
            self._running = True
            self.opened += 1
        if look.if_stirred and not self.stirred:
            self.peeks += 1
            return replace(empty_chair(self.clock.t_s, look), looked=Look(face=False, trunk=False), lack=Lack.GATED)
        self.looks.append((self.clock.t_s, look))
        return self.see(self.clock.t_s, look)

    def close(self) -> None:
        """Give the camera back."""
        if self._running:
            self.closed += 1
        self._running, self._watch = False, None

    @property
    def running(self) -> bool:
        """Whether the camera is open."""
        return self._running


@dataclass
class FakeJournal:
    """Keeps rows in lists; fails while ``full`` is set, keeping what could not be written, as the real one does."""

    rows: list[MinuteRow] = field(default_factory=list)
    happened: list[Event] = field(default_factory=list)
    samples: list[tuple[datetime, Step]] = field(default_factory=list)
    made: list[CalibrationRow] = field(default_factory=list)
    entries: list[DiaryEntry] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    full: bool = False
    closed: bool = False

    def _check(self) -> None:
        if self.full:
            raise JournalError("The disk is full.", "Make room.")

    def add_minute(self, row: MinuteRow) -> None:
        """One row a minute, the latest wins."""
        self.rows = [*(old for old in self.rows if old.start != row.start), row]
        self._check()

    def add_event(self, event: Event) -> None:
        """Append."""
        self.happened.append(event)
        self._check()

    def add_sample(self, at: datetime, step: Step) -> None:
        """Append."""
        self.samples.append((at, step))
        self._check()

    def add_calibration(self, row: CalibrationRow) -> int:
        """Append and number."""
        self._check()
        self.made.append(replace(row, id=len(self.made) + 1))
        return len(self.made)

    def add_diary(self, entry: DiaryEntry) -> int:
        """Append and number."""
        self._check()
        self.entries.append(entry)
        return len(self.entries)

    def calibrations(self, profile: str | None = None) -> tuple[CalibrationRow, ...]:
        """All, or a profile's."""
        return tuple(row for row in self.made if profile in (None, row.profile))

    def calibrations_in_force(self) -> dict[str, CalibrationRow]:
        """The last one added, by profile."""
        return {row.profile: row for row in self.made}

    def minutes(self, since: datetime, until: datetime) -> tuple[MinuteRow, ...]:
        """In a span."""
        return tuple(row for row in self.rows if since <= row.start < until)

    def events(self, since: datetime, until: datetime) -> tuple[Event, ...]:
        """In a span."""
        return tuple(event for event in self.happened if since <= event.at < until)

    def diary(self, since: datetime, until: datetime) -> tuple[DiaryEntry, ...]:
        """In a span."""
        return tuple(entry for entry in self.entries if since <= entry.at < until)

    def notices(self) -> tuple[str, ...]:
        """What is to be told, once."""
        out, self.told = tuple(self.told), []
        return out

    def close(self) -> None:
        """No more."""
        self.closed = True

    def of(self, kind: EventKind) -> list[Event]:
        """The events of a kind."""
        return [event for event in self.happened if event.kind is kind]


class FakeNotifier:
    """Shows everything at once; answers what ``answers`` holds for the key."""

    def __init__(self) -> None:
        self.sent: list[Reminder] = []
        self.withdrawn: list[str] = []
        self._waiting: list[Response] = []
        self.closed = False

    def send(self, reminder: Reminder) -> None:
        """Remember it; it counts as shown unless it came muted."""
        self.sent.append(reminder)
        outcome = Outcome.MUTED if reminder.muted is not None else Outcome.SHOWN
        self._waiting.append(Response(reminder.key, reminder.kind, outcome))

    def withdraw(self, key: str) -> None:
        """Remember it."""
        self.withdrawn.append(key)

    def answer(self, response: Response) -> None:
        """The user presses a button."""
        self._waiting.append(response)

    def responses(self) -> tuple[Response, ...]:
        """What came back."""
        out, self._waiting = tuple(self._waiting), []
        return out

    def close(self) -> None:
        """No more."""
        self.closed = True


class FakeDesktop:
    """Says what it is told to say."""

    tells = False

    def __init__(self) -> None:
        self.state = Courtesy()

    def set(self, **facts: bool | float | None) -> None:
        """Change some facts."""
        self.state = replace(self.state, **facts)  # type: ignore[arg-type]

    def courtesy(self) -> Courtesy:
        """The facts."""
        return self.state

    def close(self) -> None:
        """Nothing is held."""


class FakeDisplay:
    """Keeps the snapshots."""

    def __init__(self) -> None:
        self.shown: list[Snapshot] = []

    def show(self, snapshot: Snapshot) -> None:
        """Keep it."""
        self.shown.append(snapshot)

    def close(self) -> None:
        """Nothing is held."""

    @property
    def last(self) -> Snapshot:
        """The latest."""
        return self.shown[-1]


class ScriptedInbox:
    """Commands at their times; waiting moves the fake clock. ``at`` takes a command or a function to call then."""

    def __init__(self, clock: FakeClock) -> None:
        self.clock = clock
        self._script: deque[tuple[float, Command | Callable[[], None]]] = deque()

    def at(self, after_s: float, what: Command | Callable[[], None]) -> None:
        """Do this so many seconds after the clock's start at 1000."""
        self._script.append((1000.0 + after_s, what))
        self._script = deque(sorted(self._script, key=lambda entry: entry[0]))

    def put(self, command: Command) -> None:
        """At once."""
        self._script.appendleft((self.clock.t_s, command))

    def get(self, timeout_s: float) -> Command | None:
        """The next command within the time, or None when it has passed."""
        until_s = self.clock.t_s + max(timeout_s, 0.0)
        while self._script and self._script[0][0] <= until_s:
            at_s, what = self._script.popleft()
            self.clock.advance(max(0.0, at_s - self.clock.t_s))
            if isinstance(what, Command):
                return what
            what()
        self.clock.advance(max(0.0, until_s - self.clock.t_s))
        return None


class FakeKeeper:
    """Settings, profile and day files in memory."""

    def __init__(self, settings: Settings | None = None) -> None:
        self.current: Settings | Exception = settings or Settings()
        self.kept = "desk"
        self.days: list[date] = []

    def settings(self) -> Settings:
        """What the file would say."""
        if isinstance(self.current, Exception):
            raise self.current
        return self.current

    def notice(self) -> str:
        """Nothing to tell."""
        return ""

    def profile(self) -> str:
        """The profile in force."""
        return self.kept

    def keep_profile(self, name: str) -> None:
        """Another one."""
        self.kept = name

    def write_day(self, day: date) -> None:
        """Remember that it was asked for."""
        self.days.append(day)


class FakeLauncher:
    """Has the windows that it is given, and remembers what was opened."""

    def __init__(self, windows: Iterable[str] = ()) -> None:
        self.windows = set(windows)
        self.opened: list[str] = []
        self.texts: list[str] = []
        self.reminders: list[Reminder] = []
        self.levels: list[float] = []

    def open(
        self, what: str, *, text: str = "", reminder: Reminder | None = None, begun: bool = False, of_today: bool = True
    ) -> bool:
        """Whether there is such a window."""
        self.opened.append(what)
        self.texts += [text] if text else []
        self.reminders += [reminder] if reminder is not None else []
        return what in self.windows

    def follow(self, level: float) -> None:
        """Remember it."""
        self.levels.append(level)

    def shut(self, what: str) -> None:
        """Remember it."""
        self.opened.append(f"-{what}")
