"""What to do in a break: five gentle suggestions of our own, or the therapist's, from the settings or from a plan.

The suggestions are everyday movements, not a programme: nothing here is called clinical. Whoever shows one shows
:func:`posturewatch.base.wording.exercise_safety` with it; :attr:`Suggestion.safety` carries it so that it cannot be
forgotten. Off until the user turns exercises on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.plan import ExerciseOfPhase
from posturewatch.base.settings import BreakSettings, Exercise
from posturewatch.base.wording import exercise_names, exercise_safety

WALK: Final = "walk"
"""The suggestion for a longer break."""

OWN_PREFIX: Final = "own-"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One thing to do. ``key`` is what :attr:`posturewatch.base.records.Reminder.exercise` holds; ``picture`` names a
    drawing in the package and is empty where there is none, ``image`` is an own picture in base64; ``safety`` is always
    shown with the text. ``log_detail`` is what events of it carry: the key, and of a plan's the phase and the plan."""

    key: str
    name: str
    text: str
    dose: str
    picture: str
    safety: str
    image: str = ""
    log_detail: str = ""


def builtin() -> tuple[Suggestion, ...]:
    """Our five, in the order of their rotation, in the user's language."""
    what_to_do = {
        "chin_nod": (
            _(
                "Sit tall, jaw loose, eyes level. Nod slightly, as if saying a small yes, and hold, without strain in "
                "front."
            ),
            _("5 times, 5 seconds each"),
        ),
        "far_look": (
            _("Rest your eyes on something about 20 feet (6 m) away and blink slowly."),
            _("20 seconds"),
        ),
        "blade_squeeze": (
            _("Let your arms hang. Draw your shoulder blades gently back and down, not up; hold, and let go."),
            _("5 times, 5 seconds each"),
        ),
        "extension": (
            _(
                "On a stable chair without wheels, or one that is held: hands behind your neck, head supported, neck "
                "long. Lean your chest slowly over the backrest and return."
            ),
            _("5 times, slowly"),
        ),
        WALK: (
            _("Stand up, leave the desk and walk a few steps. Let your arms swing."),
            _("For the whole break"),
        ),
    }
    names, safety = exercise_names(), exercise_safety()
    return tuple(Suggestion(key, names[key], text, dose, key, safety) for key, (text, dose) in what_to_do.items())


def suggestions(breaks: BreakSettings) -> tuple[Suggestion, ...]:
    """The therapist's own where there are any, ours otherwise; whether exercises are on does not matter here."""
    if not breaks.own_exercise:
        return builtin()
    return tuple(_own(number, own) for number, own in enumerate(breaks.own_exercise, start=1))


def _own(number: int, own: Exercise) -> Suggestion:
    safety = exercise_safety()
    if isinstance(own, ExerciseOfPhase):
        return Suggestion(own.key, own.name, own.text, own.dose, own.picture, safety, own.image, own.log_detail)
    return Suggestion(f"{OWN_PREFIX}{number}", own.name, own.text, own.dose, own.picture, safety)


def find(breaks: BreakSettings, key: str | None) -> Suggestion | None:
    """The suggestion that a reminder names; ``None`` if it names none or the settings have changed since."""
    return next((one for one in suggestions(breaks) if one.key == key), None)


def log_detail(breaks: BreakSettings, key: str) -> str:
    """What an event of this exercise carries as its detail."""
    found = find(breaks, key)
    return (found.log_detail or key) if found is not None else key


class Rotation:
    """Takes the suggestions in turn. Of ours, a longer break gets the walk and a short one another (the walk too,
    where there are no longer breaks); the therapist's own come in the order given."""

    def __init__(self) -> None:
        self._turn = 0
        self._resting: set[str] = set()

    def rest(self, key: str) -> None:
        """Leave this one out for the rest of the day: it made it worse."""
        self._resting.add(key)

    def new_day(self) -> None:
        """All take turns again."""
        self._resting.clear()

    def next_key(self, breaks: BreakSettings, *, long: bool) -> str | None:
        """Key of the next suggestion, ``None`` while exercises are off or all rest."""
        if not breaks.exercises:
            return None
        keys = [one.key for one in suggestions(breaks)]
        if not breaks.own_exercise:
            if long:
                keys = [WALK]
            elif breaks.long_every_min > 0:
                keys.remove(WALK)
        keys = [key for key in keys if key not in self._resting]
        if not keys:
            return None
        if not breaks.own_exercise and long:
            return keys[0]
        key = keys[self._turn % len(keys)]
        self._turn += 1
        return key
