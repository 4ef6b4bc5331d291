"""The Desktop port answered by polls and watchers, whatever the platform.

Nothing here keeps the loop waiting: ``courtesy`` hands out what threads of our own have found. A question that
fails, or whose last answer is old, answers ``None``: cannot tell. Names of other programs and titles of windows
are never kept; what leaves this module are the yes, no and seconds of ``records.Courtesy``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from typing import Final, Protocol

from posturewatch.base.clock import Clock
from posturewatch.base.records import Courtesy

TICK_S: Final = 0.5
"""How often a due question is looked for; lock and suspend arrive as signals and do not wait for it."""

STALE_TICKS: Final = 4
"""An answer older than this many of its periods is dropped: the thread hangs in a service that does not answer."""

UNANSWERED_TIMES: Final = 6
"""A question that nobody can answer, such as one on a bus that is not there, is asked so much more seldom."""

_log = logging.getLogger(__name__)


class Watcher(Protocol):
    """Something that is told by signals and keeps its answer ready."""

    def courtesy(self) -> Courtesy: ...
    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Poll:
    """A group of questions asked every ``every_s`` seconds; ``ask`` may block for about a second and may raise."""

    name: str
    every_s: float
    ask: Callable[[], Courtesy]


def merge(parts: Iterable[Courtesy]) -> Courtesy:
    """One answer from several: yes outranks no, no outranks cannot-tell; of idle times the shortest."""
    known = tuple(parts)
    idle = [part.idle_s for part in known if part.idle_s is not None]

    def any_of(name: str) -> bool | None:
        answers = [getattr(part, name) for part in known if getattr(part, name) is not None]
        return any(answers) if answers else None

    flags = {field.name: any_of(field.name) for field in fields(Courtesy) if field.name != "idle_s"}
    return Courtesy(idle_s=min(idle) if idle else None, **flags)


class News:
    """Calls ``changed`` when an answer is another than before. Idle seconds are no news: they change all the time."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._told = Courtesy()

    def heed(self, answer: Courtesy) -> None:
        """This is the answer now. For one thread."""
        told, self._told = self._told, replace(answer, idle_s=None)
        if told != self._told:
            self._changed()


class NullDesktop:
    """Implements ``interface.Desktop`` where nothing can be asked."""

    tells = True

    def courtesy(self) -> Courtesy:
        """Nothing is known."""
        return Courtesy()

    def close(self) -> None:
        """Nothing is held."""


class PolledDesktop:
    """Implements ``interface.Desktop`` by polls in one thread and watchers that bring their own, and leave word too."""

    tells = True

    def __init__(
        self,
        clock: Clock,
        polls: tuple[Poll, ...],
        watchers: tuple[Watcher, ...] = (),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """``changed`` is called by a thread of its own when the answer is another."""
        self._news = News(changed)
        self._clock = clock
        self._polls = polls
        self._watchers = watchers
        self._found: dict[str, tuple[float, Courtesy]] = {}
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="presence", daemon=True)
        self._thread.start()

    def courtesy(self) -> Courtesy:
        """What is known now; returns at once."""
        now_s = self._clock.monotonic_s()
        fresh = []
        for poll in self._polls:
            at_s, answer = self._found.get(poll.name, (float("-inf"), Courtesy()))
            if now_s - at_s <= STALE_TICKS * max(poll.every_s, TICK_S):
                fresh.append(answer)
        return merge((*fresh, *(watcher.courtesy() for watcher in self._watchers)))

    def close(self) -> None:
        """End the threads; waits a second at most."""
        self._closed.set()
        for watcher in self._watchers:
            watcher.close()
        self._thread.join(timeout=1.0)

    def _run(self) -> None:
        due_s = dict.fromkeys((poll.name for poll in self._polls), float("-inf"))
        while not self._closed.is_set():
            for poll in self._polls:
                now_s = self._clock.monotonic_s()
                if now_s >= due_s[poll.name] and not self._closed.is_set():
                    answer = self._ask(poll)
                    self._found[poll.name] = (now_s, answer or Courtesy())
                    wait_s = poll.every_s * (1 if answer is not None else UNANSWERED_TIMES)
                    due_s[poll.name] = self._clock.monotonic_s() + wait_s
            self._news.heed(self.courtesy())
            self._closed.wait(max(TICK_S, min(due_s.values(), default=TICK_S) - self._clock.monotonic_s()))

    @staticmethod
    def _ask(poll: Poll) -> Courtesy | None:
        try:
            return poll.ask()
        except Exception as err:  # whatever a desktop does, it must not end the monitoring
            _log.debug("presence: %s cannot tell (%s)", poll.name, type(err).__name__)
            return None
