"""Sentences that more than one package says: states, reasons, the names of days and exercises, the footer and when
to seek help.

The wording rules stand in docs/wording.md; a test holds them over every catalogue.
"""

from __future__ import annotations

from datetime import date

from posturewatch.base.i18n import _
from posturewatch.base.records import Reason, State


def state_words(state: State) -> str:
    """A short name of the state."""
    return {
        State.UNCALIBRATED: _("Not calibrated yet"),
        State.AWAY: _("Away"),
        State.UNRELIABLE: _("Cannot tell right now"),
        State.UPRIGHT: _("Upright"),
        State.FORWARD: _("Head forward"),
    }[state]


def reason_words(reason: Reason) -> str:
    """One sentence that tells the user why there is no number."""
    return {
        Reason.STARTING: _("Just starting."),
        Reason.NOBODY: _("I see nobody."),
        Reason.TURNED: _("Your head is turned too far."),
        Reason.NODDED: _("Your head is bowed or raised too far."),
        Reason.TILTED: _("Your head is tilted too far."),
        Reason.OUT_OF_FRAME: _("You are partly outside the picture."),
        Reason.TOO_NEAR: _("You are too near to the camera."),
        Reason.TOO_FAR: _("You are too far from the camera."),
        Reason.DIM: _("It is too dark."),
        Reason.TOO_BRIGHT: _("The picture is too bright to see you in."),
        Reason.BLURRED: _("The picture is blurred."),
        Reason.FACE_COVERED: _("Your face is covered."),
        Reason.SECOND_PERSON: _("I see more than one person."),
        Reason.GHOST: _("I am not sure that this is you."),
        Reason.SHOULDERS_UNSEEN: _("I cannot see your shoulders."),
        Reason.FROZEN: _("The camera picture is frozen."),
        Reason.BLACK: _("The camera picture is black."),
        Reason.NOT_AS_CALIBRATED: _("You sit differently from when you calibrated."),
        Reason.PICTURE_TURNED: _("The picture stands on its side or on its head."),
        Reason.TOO_UNCERTAIN: _("The estimate is too uncertain right now."),
        Reason.NO_FRAME: _("The camera sends no picture."),
        Reason.CAMERA_LOST: _("The camera is gone; I keep trying."),
        Reason.CAMERA_MISSING: _("There is no camera."),
        Reason.CAMERA_BUSY: _("Another program is using the camera."),
        Reason.CAMERA_FORBIDDEN: _("I may not use the camera."),
        Reason.SENSOR_FAILED: _("The measuring part stopped; I am starting it again."),
        Reason.PAUSED: _("Paused."),
    }[reason]


def footer() -> str:
    """The sentence at the foot of every report."""
    return _(
        "posturewatch is a general wellness tool. It is not a medical device and does not diagnose, treat or "
        "monitor any condition. Headaches, scores and notes in it are the person's own, kept as they were entered."
    )


def privacy_words() -> str:
    """The privacy promise in a sentence."""
    return _("No images are stored; everything stays on this computer.")


def seek_help() -> tuple[str, ...]:
    """When to seek immediate medical attention: the list, each a phrase. Always there, never inferred from a log."""
    return (
        _('a sudden severe "thunderclap" headache unlike any before'),
        _("headache with fever, stiff neck and light sensitivity"),
        _("headache with vision change, slurred speech, facial drooping, arm or leg weakness, confusion or fainting"),
        _("headache after a head or neck injury"),
        _("headache that wakes you from sleep and keeps getting worse"),
        _("a new headache pattern after age 50 with no headache history"),
        _("headache with unexplained weight loss or a history of cancer"),
        _("new neck pain with dizziness, double vision, trouble swallowing or unsteady walking"),
    )


def seek_help_title() -> str:
    """The line above :func:`seek_help`."""
    return _("Seek immediate medical attention for:")


def call_for_help() -> str:
    """What to do where the list says "immediate"."""
    return _("Call the emergency number.")


def where_seek_help_is() -> str:
    """Points to the list, beside whatever takes up a headache; the same whatever is entered."""
    return _("When to seek help at once: `posturewatch safety`, or the tray's menu.")


def see_a_doctor_soon() -> str:
    """What is not for the emergency number and does not wait either."""
    return _("See a doctor soon about a new headache in pregnancy or with a weakened immune system.")


def exercise_safety() -> str:
    """The sentence that stands with every exercise, whoever wrote the exercise."""
    return _(
        "Move gently, within comfort, breathing normally. Stop if you get sharp or spreading pain, dizziness, "
        "visual change, numbness or a worse headache. Skip these if you have had a recent neck injury, surgery "
        "or fracture, or were told not to. Your therapist's instructions come first."
    )


def noted_as_worse() -> str:
    """The answer to "the exercise made it worse"."""
    return _(
        "Noted in your log. Leave this one for today; it is not suggested again before tomorrow. When to seek help is "
        "told by `posturewatch safety` and in the tray's menu."
    )


def exercise_names() -> dict[str, str]:
    """Our own exercises by their keys."""
    return {
        "chin_nod": _("Gentle chin nod"),
        "far_look": _("Look into the distance"),
        "blade_squeeze": _("Shoulder-blade squeeze"),
        "extension": _("Seated upper-back stretch"),
        "walk": _("Stand and walk"),
    }


def weekday_names() -> dict[str, str]:
    """The days of the week as the settings write them, with their short names."""
    return {
        "mon": _("Mon"),
        "tue": _("Tue"),
        "wed": _("Wed"),
        "thu": _("Thu"),
        "fri": _("Fri"),
        "sat": _("Sat"),
        "sun": _("Sun"),
    }


def weekday_name(index: int) -> str:
    """Short name of a weekday, 0 = Monday."""
    return tuple(weekday_names().values())[index]


def day_name(day: date) -> str:
    """A day as lists and heads show it: ``Fri 2026-11-20``."""
    return f"{weekday_name(day.weekday())} {day.isoformat()}"
