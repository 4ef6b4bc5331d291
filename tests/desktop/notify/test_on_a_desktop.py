"""Reminders through real notification services on a private bus."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.conftest import Robot, end, need, owned, start, until
from desktop.notify.notification_service import NAME, NotificationService
from posturewatch.base.pictures import IconName, icon_file
from posturewatch.base.records import Action, Outcome, Reminder, ReminderKind, Response
from posturewatch.desktop.notify.backends import ButtonsBackend
from posturewatch.desktop.notify.notifications import DesktopNotifications, probe

pytestmark = pytest.mark.desktop


@pytest.fixture
def notifier(bus: str, request: pytest.FixtureRequest) -> Iterator[DesktopNotifications]:
    """The real notifier with our own icon, quick to try again; patient, since a busy computer's service answers late,
    unless the test gives another deadline."""
    deadline_s = getattr(request, "param", 30.0)
    made = DesktopNotifications((ButtonsBackend(icon_file(IconName.UPRIGHT)),), deadline_s=deadline_s, rest_s=0.3)
    yield made
    made.close()


@pytest.fixture
def service(bus: str) -> Iterator[NotificationService]:
    """A service that writes down what it is told."""
    made = NotificationService()
    yield made
    made.stop()


def nudge(body: str = "Move a little.", timeout_s: float = 20.0) -> Reminder:
    """A posture nudge with two buttons."""
    actions = (Action.SNOOZE, Action.DISMISS)
    return Reminder(ReminderKind.POSTURE, "posture", "Time to change position", body, actions, timeout_s)


def collect(notifier: DesktopNotifications, count: int) -> list[Response]:
    """Wait for so many responses."""
    found: list[Response] = []

    def enough() -> bool:
        found.extend(notifier.responses())
        return len(found) >= count

    until(enough)
    return found


def is_shown(notifier: DesktopNotifications) -> bool:
    """Send one; whether it is shown. A service that has failed is left alone for a rest, so the next may not be; one
    that stands on the screen counts as timed out first."""
    found: set[Outcome] = set()

    def told() -> set[Outcome]:
        found.update(response.outcome for response in notifier.responses())
        return found & {Outcome.SHOWN, Outcome.FAILED}

    notifier.send(nudge(timeout_s=0))
    assert until(told)
    return Outcome.SHOWN in found


def test_what_the_service_is_told(service: NotificationService, notifier: DesktopNotifications) -> None:
    """Our name and icon, normal urgency, our timeout, buttons with words, plain text."""
    notifier.send(nudge("5 < 6 & so"))
    assert [one.outcome for one in collect(notifier, 1)] == [Outcome.SHOWN]
    (note,) = service.service.notes
    assert note["app"] == "posturewatch"
    assert note["icon"].endswith("icon_upright.png")
    assert note["hints"]["urgency"] == 1
    assert note["expire"] == 20_000
    assert note["body"] == "5 < 6 & so"
    assert note["actions"][-4:] == ["snooze", "Snooze", "dismiss", "Dismiss"]


def test_a_service_with_markup_gets_escaped_text(bus: str, notifier: DesktopNotifications) -> None:
    """Where the body is markup, signs are escaped."""
    service = NotificationService(("actions", "body", "body-markup"))
    notifier.send(nudge("5 < 6 & so"))
    collect(notifier, 1)
    assert service.service.notes[0]["body"] == "5 &lt; 6 &amp; so"
    service.stop()


def test_a_service_without_buttons_gets_none(bus: str, notifier: DesktopNotifications) -> None:
    """Where there are no actions, none are sent; the note is shown all the same."""
    service = NotificationService(("body",))
    notifier.send(nudge())
    assert collect(notifier, 1)[0].outcome is Outcome.SHOWN
    assert "snooze" not in service.service.notes[0]["actions"]
    service.stop()


def test_buttons_and_closing_come_back(service: NotificationService, notifier: DesktopNotifications) -> None:
    """A pressed button is acted with its action, a closed note dismissed."""
    notifier.send(nudge())
    collect(notifier, 1)
    service.press(1, "snooze")
    assert collect(notifier, 1)[0] == Response("posture", ReminderKind.POSTURE, Outcome.ACTED, Action.SNOOZE)
    notifier.send(nudge())
    collect(notifier, 1)
    service.dismiss(2)
    assert collect(notifier, 1)[0].outcome is Outcome.DISMISSED


def test_a_new_note_closes_the_old(service: NotificationService, notifier: DesktopNotifications) -> None:
    """Reminders do not pile up: the earlier one of the same key is closed first."""
    notifier.send(nudge())
    notifier.send(nudge("Again."))
    collect(notifier, 3)
    assert service.service.closed == [1]


def test_no_service(bus: str, notifier: DesktopNotifications) -> None:
    """Without a service the reminder fails quickly; when one comes, reminders are shown again."""
    assert probe(30.0).level == "warning"
    notifier.send(nudge())
    assert collect(notifier, 1)[0].outcome is Outcome.FAILED
    service = NotificationService()
    assert probe(30.0).level == "ok"
    assert until(lambda: is_shown(notifier))
    service.stop()


@pytest.mark.alone
@pytest.mark.parametrize("notifier", [1.0], indirect=True)
def test_a_service_that_hangs(service: NotificationService, notifier: DesktopNotifications) -> None:
    """A send that is never answered fails at its deadline; later ones come through."""
    service.service.hangs = True
    began_s = time.monotonic()
    notifier.send(nudge())
    assert collect(notifier, 1)[0].outcome is Outcome.FAILED
    assert time.monotonic() - began_s < 3
    service.service.hangs = False
    assert until(lambda: is_shown(notifier))


def test_a_service_that_is_started_anew(notifier: DesktopNotifications) -> None:
    """The service dies between two reminders and another takes its place: buttons still come back."""
    first = NotificationService()
    notifier.send(nudge(timeout_s=0))
    collect(notifier, 1)
    first.stop()
    second = NotificationService()
    assert until(lambda: is_shown(notifier))
    second.press(len(second.service.notes), "snooze")
    assert collect(notifier, 1)[-1].action is Action.SNOOZE
    second.stop()


def test_the_service_goes_away(service: NotificationService, notifier: DesktopNotifications) -> None:
    """A service that has left is a failed reminder and nothing more."""
    notifier.send(nudge())
    collect(notifier, 1)
    service.stop()
    assert not owned(NAME)
    notifier.send(nudge())
    assert collect(notifier, 2)[-1].outcome is Outcome.FAILED


def test_dunst_shows_it_and_a_click_snoozes(
    screen: Robot, dunst: subprocess.Popen[bytes], notifier: DesktopNotifications, tmp_path: Path
) -> None:
    """The note is on the screen with our icon's green; the robot clicks it and takes Snooze from its actions."""
    (tmp_path / "choose").write_text("Snooze")
    notifier.send(nudge())
    assert [one.outcome for one in collect(notifier, 1)] == [Outcome.SHOWN]
    assert until(lambda: screen.find_colour((0, 128, 94)))
    place = screen.find_colour((0, 128, 94))
    assert place is not None
    screen.click(*place)
    assert [(one.outcome, one.action) for one in collect(notifier, 1)] == [(Outcome.ACTED, Action.SNOOZE)]


def test_dunst_a_closed_note_is_dismissed(
    screen: Robot, dunst: subprocess.Popen[bytes], notifier: DesktopNotifications
) -> None:
    """A right click closes it: dismissed, and gone from the screen."""
    notifier.send(nudge())
    collect(notifier, 1)
    assert until(lambda: screen.find_colour((0, 128, 94)))
    screen.click(*(screen.find_colour((0, 128, 94)) or (0, 0)), button=3)
    assert collect(notifier, 1)[0].outcome is Outcome.DISMISSED
    assert until(lambda: screen.find_colour((0, 128, 94)) is None)


def test_xfce_has_buttons_to_click(screen: Robot, notifier: DesktopNotifications) -> None:
    """xfce4-notifyd draws real buttons; Tab and Return press none, the robot finds one that answers."""
    service = start(need("xfce4-notifyd"))
    try:
        assert until(lambda: owned(NAME))
        notifier.send(nudge())
        assert collect(notifier, 1)[0].outcome is Outcome.SHOWN
        assert until(lambda: screen.find_colour((0, 128, 94)))
        answers: list[Response] = []
        window = screen.do("search", "--onlyvisible", "--class", "xfce4-notifyd").split()[0]
        left, top, width, height = screen.place(window)
        for share in (0.45, 0.6, 0.75, 0.9):
            screen.click(left + int(width * share), top + height - 24)
            if until(lambda: answers.extend(notifier.responses()) or answers, 2.0):
                break
        assert answers
        assert answers[0].action in {Action.SNOOZE, Action.DISMISS}
    finally:
        end(service)
