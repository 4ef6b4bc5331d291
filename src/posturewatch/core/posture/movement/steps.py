"""What a movement check asks for, in words and seconds. No camera, no screen.

Nothing here asks anybody to go further than is comfortable, and every step may be skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.movement import Movement

TIMES: Final = 3
"""How often each movement is made."""

OUT_S: Final = 3.5
BACK_S: Final = 2.5
REST_S: Final = 2.0
"""Seconds to go out and stay for a moment, to come back, and to sit still before the first."""

USUAL_S: Final = 15.0
RETURN_S: Final = 10.0
"""Seconds of sitting as usual, and for one turn with closed eyes out, back and at rest."""


class CheckStep(StrEnum):
    """The steps, in order."""

    USUAL = "usual"
    UPRIGHT = "upright"
    TURN = "turn"
    NOD = "nod"
    TILT = "tilt"
    CHIN = "chin"
    RETURN = "return"


ORDER: Final = tuple(CheckStep)

MOVES: Final[dict[CheckStep, tuple[Movement, ...]]] = {
    CheckStep.USUAL: (Movement.USUAL,),
    CheckStep.UPRIGHT: (),
    CheckStep.TURN: (Movement.TURN_LEFT, Movement.TURN_RIGHT),
    CheckStep.NOD: (Movement.LOOK_DOWN, Movement.LOOK_UP),
    CheckStep.TILT: (Movement.TILT_LEFT, Movement.TILT_RIGHT),
    CheckStep.CHIN: (Movement.CHIN_IN,),
    CheckStep.RETURN: (Movement.RETURN_LEFT, Movement.RETURN_RIGHT),
}
"""What each step measures; sitting upright ties the day and measures the camera's place."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A few seconds with one thing to do. ``going``: the movement whose way out this is; ``None`` while sitting still
    or coming back."""

    words: str
    seconds: float
    going: Movement | None = None


def title(step: CheckStep) -> str:
    """The step's name."""
    return {
        CheckStep.USUAL: _("Sit as usual"),
        CheckStep.UPRIGHT: _("Sit upright"),
        CheckStep.TURN: _("Turn left and right"),
        CheckStep.NOD: _("Look down and up"),
        CheckStep.TILT: _("Tilt left and right"),
        CheckStep.CHIN: _("Draw the chin in"),
        CheckStep.RETURN: _("Find the middle with closed eyes"),
    }[step]


def what_comes(step: CheckStep) -> str:
    """What will be asked for, before it begins."""
    return {
        CheckStep.USUAL: _("Sit as you usually sit at the screen, for 15 seconds."),
        CheckStep.UPRIGHT: _("Sit upright and at ease for a few seconds, looking at the screen. It ties the day."),
        CheckStep.TURN: _(
            "Turn your head to the left, back, to the right and back, three times. Slowly, and only as far as is "
            "comfortable."
        ),
        CheckStep.NOD: _(
            "Look down, back, up and back, three times. Slowly, and only as far as is comfortable. Looking up may be "
            "left out."
        ),
        CheckStep.TILT: _(
            "Tilt your head to the left, back, to the right and back, three times: ear towards shoulder, the shoulder "
            "stays. Only as far as is comfortable."
        ),
        CheckStep.CHIN: _(
            "Draw the chin gently straight back, eyes level, and let it go, three times. No strain in front."
        ),
        CheckStep.RETURN: _(
            "By choice: with closed eyes, turn a little to the side, come back to where you think you began and stay "
            "there; three times to each side. The screen is not needed: open your eyes after a slow breath."
        ),
    }[step]


def cues(step: CheckStep) -> tuple[Cue, ...]:
    """What is done within the step, in order; none while sitting upright, which ends by itself."""
    back = _("Back to the middle.")
    out: dict[Movement, Callable[[], str]] = {
        Movement.TURN_LEFT: lambda: _("Turn to the left, as far as is comfortable."),
        Movement.TURN_RIGHT: lambda: _("Turn to the right, as far as is comfortable."),
        Movement.LOOK_DOWN: lambda: _("Look down, as far as is comfortable."),
        Movement.LOOK_UP: lambda: _("Look up, as far as is comfortable."),
        Movement.TILT_LEFT: lambda: _("Tilt to the left, as far as is comfortable."),
        Movement.TILT_RIGHT: lambda: _("Tilt to the right, as far as is comfortable."),
        Movement.CHIN_IN: lambda: _("Draw the chin gently back."),
        Movement.RETURN_LEFT: lambda: _("Close your eyes, turn to the left, come back and stay."),
        Movement.RETURN_RIGHT: lambda: _("Close your eyes, turn to the right, come back and stay."),
    }
    if step is CheckStep.UPRIGHT:
        return ()
    if step is CheckStep.USUAL:
        return (Cue(_("Sit as usual and look at the screen."), USUAL_S),)
    still = Cue(_("Look at the middle of the screen."), REST_S)
    made = [still]
    for _time in range(TIMES):
        for movement in MOVES[step]:
            if step is CheckStep.RETURN:
                made += [Cue(out[movement](), RETURN_S, movement), still]
            else:
                after = _("Let it go.") if step is CheckStep.CHIN else back
                made += [Cue(out[movement](), OUT_S, movement), Cue(after, BACK_S)]
    return tuple(made)


def question() -> str:
    """Asked after each movement."""
    return _("Did this bring on or worsen your headache?")


def purpose() -> str:
    """What the check is, on every page of it."""
    return _("For your own tracking and for your own therapist: no score, no comparison with other people.")
