"""When the scene no longer fits the calibration."""

from __future__ import annotations

import pytest

from core.posture.people_for_tests import Person, calibrated, seen, told
from posturewatch.base.records import Reason
from posturewatch.core.posture.drift import DriftWatch
from posturewatch.core.posture.person_in_view import sight_of, usual_of

USUAL = usual_of(calibrated())


def sits(
    watch: DriftWatch,
    person: Person = Person(),  # noqa: B008  (frozen)
    *,
    seconds: float,
    from_s: float,
    reason: Reason | None = None,
    fht_in: float = 0.2,
    **angles: float,
) -> list[bool]:
    """Somebody sits so, looked at every two seconds."""
    sight = sight_of(seen(0.0, person))
    assert sight is not None
    angles.setdefault("distance_cm", USUAL.distance_cm)
    said, t_s = [], from_s
    while t_s < from_s + seconds:
        said.append(watch.feed(t_s, sight, told(fht_in, **angles)(t_s), reason))
        t_s += 2.0
    return said


def test_a_day_of_leaning_and_rolling_asks_for_nothing() -> None:
    """Back and forth, left and right, never the same for minutes on end."""
    watch, t_s = DriftWatch(USUAL), 0.0
    for _ in range(6):
        for x, share in ((320, 1.0), (400, 0.8), (250, 1.25), (320, 1.0)):
            place, near = Person(eyes=(float(x), 170.0)), USUAL.distance_cm * share
            assert not any(sits(watch, place, seconds=100, from_s=t_s, distance_cm=near))
            t_s += 100


@pytest.mark.parametrize(
    ("person", "angles"),
    [
        (Person(eyes=(470.0, 170.0)), {}),
        (Person(eyes=(320.0, 290.0)), {}),
        (Person(), {"distance_cm": 1.5 * USUAL.distance_cm}),
        (Person(), {"trunk_yaw_deg": 32.0}),
        (Person(), {"reason": Reason.TOO_UNCERTAIN}),
    ],
    ids=["beside", "camera_tilted", "farther", "turned", "never_valid"],
)
def test_resting_elsewhere_for_minutes_is_noticed(person: Person, angles: dict[str, float]) -> None:
    """Not within the first two minutes, but before five."""
    watch = DriftWatch(USUAL)
    said = sits(watch, person, seconds=300, from_s=0.0, **angles)  # type: ignore[arg-type]
    assert not any(said[:50])
    assert said[-1]


def test_forward_is_posture_and_not_drift() -> None:
    """A head that rests two and a half inches forward is what this program is for, and nearer for it."""
    near_cm = 0.73 * USUAL.distance_cm
    assert not any(sits(DriftWatch(USUAL), seconds=600, from_s=0.0, fht_in=2.5, distance_cm=near_cm))
    assert any(sits(DriftWatch(USUAL), seconds=600, from_s=0.0, distance_cm=near_cm))


def test_it_is_taken_back_when_the_old_place_is_taken_again() -> None:
    """With hysteresis: just inside the limit is not back."""
    watch = DriftWatch(USUAL)
    assert sits(watch, Person(eyes=(470.0, 170.0)), seconds=300, from_s=0.0)[-1]
    assert sits(watch, Person(eyes=(420.0, 170.0)), seconds=300, from_s=300.0)[-1]
    assert not sits(watch, Person(eyes=(340.0, 170.0)), seconds=300, from_s=600.0)[-1]


def test_a_gap_makes_it_look_anew() -> None:
    """What was found stays said until two minutes of looks say otherwise."""
    watch = DriftWatch(USUAL)
    sits(watch, Person(eyes=(470.0, 170.0)), seconds=300, from_s=0.0)
    watch.forget()
    said = sits(watch, seconds=180, from_s=4000.0)
    assert said[0]
    assert not said[-1]


def behind(watch: DriftWatch, minutes: int, fht_in: float, *, from_min: int = 0) -> bool:
    """Somebody is measured so for so long, every four seconds; whether the baseline is called slouched by then."""
    for number in range(minutes * 15):
        watch.mind_baseline(60.0 * from_min + 4.0 * number, fht_in)
    return watch.slouched


def test_hours_behind_the_baseline_say_that_it_was_slouched() -> None:
    """An hour and a half at -1.2 in, and not a film's length of leaning back; a break in between forgets nothing."""
    watch = DriftWatch(USUAL)
    assert not behind(watch, 60, -1.2)
    watch.forget()
    assert behind(watch, 35, -1.2, from_min=80)
    assert not behind(DriftWatch(USUAL), 300, -0.6)


def test_a_day_that_is_mostly_upright_has_no_slouched_baseline() -> None:
    """Leaning back for two of five minutes is no more than that."""
    watch = DriftWatch(USUAL)
    assert not any(behind(watch, 1, -1.4 if minute % 5 < 2 else 0.1, from_min=minute) for minute in range(300))
