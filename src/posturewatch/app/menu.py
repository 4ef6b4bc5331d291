"""The tray's menu as plain records: snapshot in, lines out. Which toolkit draws it is not known here.

Everything that a day needs lies on the first level or one level below, so that it takes two clicks at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from posturewatch.base.i18n import _
from posturewatch.base.loop_commands import Command, CommandKind, MenuItem
from posturewatch.base.quantities import Units
from posturewatch.base.records import Snapshot
from posturewatch.report.now_in_words import band_words, load_words, next_break_words, silence_words, state_line

HALF_HOUR_S = timedelta(minutes=30).total_seconds()
HOUR_S = timedelta(hours=1).total_seconds()
HOURS_AHEAD = 8

SEPARATOR = MenuItem()


def menu_for(snapshot: Snapshot, units: Units = "in") -> tuple[MenuItem, ...]:
    """The whole menu for this moment, from the top down."""
    return (
        *_tells(snapshot, units),
        SEPARATOR,
        _pause_or_resume(snapshot),
        *_snooze(snapshot),
        *_break_answers(snapshot),
        SEPARATOR,
        *_tie(snapshot),
        MenuItem(_("Calibrate…"), Command(CommandKind.CALIBRATE)),
        *_profiles(snapshot),
        MenuItem(_("Live view…"), Command(CommandKind.LIVE_VIEW)),
        SEPARATOR,
        MenuItem(_("Headache now"), Command(CommandKind.DIARY, text="headache")),
        MenuItem(_("No headache today"), Command(CommandKind.DIARY, text="none")),
        SEPARATOR,
        MenuItem(_("Today…"), call="open_today"),
        MenuItem(_("Last seven days"), call="open_week"),
        MenuItem(_("More"), children=_more()),
        SEPARATOR,
        MenuItem(_("Quit"), Command(CommandKind.QUIT)),
    )


def _tells(snapshot: Snapshot, units: Units) -> tuple[MenuItem, ...]:
    """The lines that only tell: state, next break, the day so far, trouble."""
    lines = [
        state_line(snapshot, units),
        load_words(snapshot, units),
        silence_words(snapshot),
        next_break_words(snapshot),
        band_words(snapshot),
        snapshot.trouble,
    ]
    if snapshot.recalibrate:
        lines.append(_("Five seconds of sitting upright are wanted."))
    return tuple(MenuItem(line, enabled=False) for line in lines if line)


def _pause_or_resume(snapshot: Snapshot) -> MenuItem:
    if snapshot.paused:
        return MenuItem(_("Resume"), Command(CommandKind.RESUME))
    choices: tuple[tuple[str, float | None], ...] = (
        (_("30 minutes"), HALF_HOUR_S),
        (_("1 hour"), HOUR_S),
        (_("2 hours"), 2 * HOUR_S),
        (_("Until tomorrow"), -1),
        (_("Until I resume"), None),
    )
    whiles = [MenuItem(text, Command(CommandKind.PAUSE, value)) for text, value in choices]
    hours = [
        MenuItem(_("Until {time}").format(time=hour), Command(CommandKind.PAUSE, text=hour))
        for hour in _hours_ahead(snapshot.at)
    ]
    return MenuItem(_("Pause"), children=(*whiles, *hours))


def _hours_ahead(now: datetime) -> Iterator[str]:
    """The full hours that are left of the day, those of a working day at the most; ``Until tomorrow`` has the night."""
    yield from (f"{hour:02d}:00" for hour in range(now.hour + 1, min(24, now.hour + 1 + HOURS_AHEAD)))


def _tie(snapshot: Snapshot) -> tuple[MenuItem, ...]:
    """Five seconds that tie the calibration to today, where there is one."""
    if snapshot.tied is None or snapshot.paused:
        return ()
    return (MenuItem(_("Sit upright (5 s)"), Command(CommandKind.CALIBRATE_QUICK)),)


def _snooze(snapshot: Snapshot) -> tuple[MenuItem, ...]:
    """The nudge's other button, while the icon says that there is something to nudge about."""
    if not snapshot.alert or snapshot.paused:
        return ()
    return (MenuItem(_("Snooze posture reminders"), Command(CommandKind.SNOOZE)),)


def _break_answers(snapshot: Snapshot) -> tuple[MenuItem, ...]:
    """A break for the asking, and the buttons of a due or begun one for desktops whose notifications have none; only
    what works now."""
    answers = []
    if not snapshot.on_break:
        answers.append(MenuItem(_("Take a break now"), Command(CommandKind.BREAK_NOW)))
    if snapshot.can_postpone and (snapshot.break_now or snapshot.on_break):
        answers.append(MenuItem(_("Postpone the break"), Command(CommandKind.BREAK_POSTPONE)))
    if snapshot.break_now and snapshot.can_skip:
        answers.append(MenuItem(_("Skip the break"), Command(CommandKind.BREAK_SKIP)))
    if snapshot.on_break and snapshot.can_postpone:
        answers.append(MenuItem(_("Finish the break early"), Command(CommandKind.BREAK_SKIP)))
    if snapshot.last_exercise or (snapshot.on_break and snapshot.exercise):
        answers.append(MenuItem(_("The exercise made it worse"), Command(CommandKind.EXERCISE_WORSE)))
    return tuple(answers)


def _profiles(snapshot: Snapshot) -> tuple[MenuItem, ...]:
    """The profiles to choose from, and a way to make the usual ones that there are not yet."""
    missing = [name for name in (_("laptop"), _("standing")) if name not in snapshot.profiles]
    return (
        MenuItem(
            _("Profile: {name}").format(name=snapshot.profile),
            children=(
                *(
                    MenuItem(name, Command(CommandKind.PROFILE, text=name), checked=name == snapshot.profile)
                    for name in snapshot.profiles
                ),
                *(
                    MenuItem(_("Calibrate for {name}…").format(name=name), Command(CommandKind.CALIBRATE, text=name))
                    for name in missing
                ),
            ),
        ),
    )


def _more() -> tuple[MenuItem, ...]:
    return (
        MenuItem(_("Today's report"), call="open_report"),
        MenuItem(_("Diary…"), call="open_diary"),
        MenuItem(_("Movement check…"), call="open_check"),
        MenuItem(_("Set up again…"), call="open_setup"),
        MenuItem(_("Settings…"), call="open_settings"),
        MenuItem(_("Open the settings file"), call="open_config"),
        MenuItem(_("Open the logs folder"), call="open_logs"),
        MenuItem(_("Your therapist's plan…"), call="open_plan"),
        MenuItem(_("When to seek help"), call="open_help"),
    )
