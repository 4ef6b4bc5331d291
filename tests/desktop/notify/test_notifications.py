"""The notifier: one send, one fate, whatever the way to the screen does."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from posturewatch.base.errors import DesktopError
from posturewatch.base.records import Action, Outcome, Reminder, ReminderKind, Response
from posturewatch.desktop.notify.backends import Answered
from posturewatch.desktop.notify.notifications import DesktopNotifications, ways
from posturewatch.desktop.notify.text import Note

PATIENCE_S = 5.0


class Stage:
    """A way to the screen that does as it is told: ``works``, ``fails`` or ``hangs``."""

    def __init__(self, name: str = "stage", mood: str = "works") -> None:
        self.name = name
        self.mood = mood
        self.shown: list[tuple[str, str]] = []
        self.cleared: list[str] = []
        self.answered: dict[str, Answered] = {}
        self.at_once: Action | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    async def show(self, key: str, note: Note, answered: Answered) -> None:
        self.loop = asyncio.get_running_loop()
        if self.mood == "hangs":
            await asyncio.sleep(3600)
        if self.mood == "fails":
            raise DesktopError("broken")
        self.shown.append((key, note.title))
        self.answered[key] = answered
        if self.at_once is not None:
            answered(Outcome.ACTED, self.at_once)

    async def clear(self, key: str) -> None:
        self.cleared.append(key)

    async def close(self) -> None:
        self.cleared.append("*")

    def press(self, key: str, action: Action) -> None:
        """The user presses a button."""
        assert self.loop is not None
        self.loop.call_soon_threadsafe(self.answered[key], Outcome.ACTED, action)


def reminder(key: str = "posture", timeout_s: float = 0.0, muted: str | None = None) -> Reminder:
    """A nudge."""
    return Reminder(ReminderKind.POSTURE, key, "Time", "Move", (Action.SNOOZE, Action.DISMISS), timeout_s, muted=muted)


def collect(notifier: DesktopNotifications, count: int) -> list[Response]:
    """Wait until so many responses have come."""
    found: list[Response] = []
    waiting = threading.Event()
    for _turn in range(int(PATIENCE_S / 0.01)):
        found.extend(notifier.responses())
        if len(found) >= count:
            break
        waiting.wait(0.01)
    return found


@pytest.fixture
def stage() -> Stage:
    """One way that works."""
    return Stage()


@pytest.fixture
def notifier(stage: Stage) -> Iterator[DesktopNotifications]:
    """A notifier over that way."""
    made = DesktopNotifications((stage,), deadline_s=0.2, rest_s=0.2)
    yield made
    made.close()


def test_a_button_is_an_answer(stage: Stage, notifier: DesktopNotifications) -> None:
    """Shown, then acted on with the action of the button, and nothing after that."""
    notifier.send(reminder())
    assert [one.outcome for one in collect(notifier, 1)] == [Outcome.SHOWN]
    stage.press("posture", Action.SNOOZE)
    assert collect(notifier, 1) == [Response("posture", ReminderKind.POSTURE, Outcome.ACTED, Action.SNOOZE)]
    stage.press("posture", Action.SNOOZE)
    notifier.send(reminder("other"))
    assert [one.key for one in collect(notifier, 1)] == ["other"]


def test_the_dismiss_button_dismisses(stage: Stage, notifier: DesktopNotifications) -> None:
    """Pressing Dismiss counts as dismissed, as closing the note does."""
    notifier.send(reminder())
    collect(notifier, 1)
    stage.press("posture", Action.DISMISS)
    assert collect(notifier, 1)[0].outcome is Outcome.DISMISSED


def test_an_answer_quicker_than_the_send_comes_after_shown(stage: Stage, notifier: DesktopNotifications) -> None:
    """Shown comes first even if the service reports the click before the send returns."""
    stage.at_once = Action.TAKE_BREAK
    notifier.send(reminder())
    assert [one.outcome for one in collect(notifier, 2)] == [Outcome.SHOWN, Outcome.ACTED]


def test_nobody_answers(stage: Stage) -> None:
    """After its time a note is timed out and taken from the screen."""
    notifier = DesktopNotifications((stage,))
    notifier.send(reminder(timeout_s=0.05))
    outcomes = [one.outcome for one in collect(notifier, 2)]
    notifier.close()
    assert outcomes == [Outcome.SHOWN, Outcome.TIMED_OUT]
    assert "posture" in stage.cleared


def test_a_later_note_takes_the_place_of_the_earlier(notifier: DesktopNotifications) -> None:
    """Two reminders with one key: the first ends unanswered when the second comes."""
    notifier.send(reminder())
    notifier.send(reminder())
    assert [one.outcome for one in collect(notifier, 3)] == [Outcome.SHOWN, Outcome.TIMED_OUT, Outcome.SHOWN]


def test_a_withdrawn_note_gives_no_answer(stage: Stage, notifier: DesktopNotifications) -> None:
    """What the app takes back is cleared and says nothing any more."""
    notifier.send(reminder())
    collect(notifier, 1)
    notifier.withdraw("posture")
    notifier.send(reminder("next"))
    assert [one.key for one in collect(notifier, 1)] == ["next"]
    assert stage.cleared == ["posture"]


def test_a_muted_reminder_is_muted(stage: Stage, notifier: DesktopNotifications) -> None:
    """A reminder that comes muted is answered as muted and never shown."""
    notifier.send(reminder(muted="call"))
    assert collect(notifier, 1)[0].outcome is Outcome.MUTED
    assert stage.shown == []


@pytest.mark.parametrize("mood", ["fails", "hangs"])
def test_the_next_way_is_taken(mood: str) -> None:
    """When the best way fails or hangs, the next one shows the note."""
    best, next_one = Stage("best", mood), Stage("next")
    notifier = DesktopNotifications((best, next_one), deadline_s=0.1, rest_s=60)
    notifier.send(reminder())
    assert collect(notifier, 1)[0].outcome is Outcome.SHOWN
    assert next_one.shown == [("posture", "Time")]
    notifier.close()


def test_a_way_that_failed_rests_and_is_tried_again(stage: Stage, notifier: DesktopNotifications) -> None:
    """No way left: failed, at once while it rests; after the rest it works again."""
    stage.mood = "fails"
    notifier.send(reminder())
    notifier.send(reminder())
    assert [one.outcome for one in collect(notifier, 2)] == [Outcome.FAILED, Outcome.FAILED]
    stage.mood = "works"
    threading.Event().wait(0.4)
    notifier.send(reminder())
    assert collect(notifier, 1)[0].outcome is Outcome.SHOWN


def test_another_way_is_taken_up_while_it_runs(stage: Stage, notifier: DesktopNotifications) -> None:
    """The former way's note goes unanswered and the way is closed; the next reminder comes by the new one."""
    other = Stage("other")
    notifier.send(reminder("break"))
    collect(notifier, 1)
    notifier.use((other,))
    notifier.send(reminder())
    shown = collect(notifier, 2)
    assert [(one.key, one.outcome) for one in shown] == [("break", Outcome.TIMED_OUT), ("posture", Outcome.SHOWN)]
    assert ([key for key, _title in stage.shown], stage.cleared) == (["break"], ["break", "*"])
    assert [key for key, _title in other.shown] == ["posture"]


def test_closing_never_waits_for_a_service_that_hangs() -> None:
    """With a send that hangs, close returns and later sends are let go."""
    stage = Stage(mood="hangs")
    notifier = DesktopNotifications((stage,), deadline_s=3600)
    notifier.send(reminder())
    closed = threading.Thread(target=notifier.close)
    closed.start()
    closed.join(PATIENCE_S)
    assert not closed.is_alive()
    notifier.send(reminder())
    notifier.close()


def test_the_log_backend_counts_as_shown() -> None:
    """Whoever chose the log gets the log."""
    notifier = DesktopNotifications(ways("log"))
    notifier.send(reminder())
    assert collect(notifier, 1)[0].outcome is Outcome.SHOWN
    notifier.close()
