"""Between two looks at a steady person the loop asks whether anything has stirred."""

from __future__ import annotations

import pytest

from loop.house import House, inhabited
from posturewatch.base.errors import CameraMissingError
from posturewatch.base.records import State


@pytest.fixture
def house() -> House:
    """Somebody calibrated, who sits before the camera and does not move."""
    return inhabited()


def test_a_calm_person_is_peeked_at_each_second_and_looked_at_every_fourth(house: House) -> None:
    """What has not stirred is left alone: the looks come as planned, with peeks between them."""
    house.run(60)
    assert house.display.last.state is State.UPRIGHT
    assert 13 <= len(house.sensor.looks) <= 18
    assert 25 <= house.sensor.peeks <= 45


def test_a_stir_brings_a_look_at_once_trunk_and_all(house: House) -> None:
    """A picture that has changed much is looked at within a second or so, at face and trunk, until it is calm again."""
    house.at(30, lambda: setattr(house.sensor, "stirred", True))
    house.at(40, lambda: setattr(house.sensor, "stirred", False))
    house.run(60)
    stirred = [(t_s, look) for t_s, look in house.sensor.looks if look.if_stirred]
    assert 1030 <= stirred[0][0] <= 1032.5
    assert all(look.face and look.trunk for _t_s, look in stirred)
    assert 5 <= len(stirred) <= 12
    assert house.display.last.state is State.UPRIGHT


def test_a_camera_lost_at_a_peek_is_told_by_the_next_look(house: House) -> None:
    """A peek that fails is no news by itself; the look after it says what is wrong, four seconds later at most."""

    def unplug() -> None:
        house.sensor.broken = CameraMissingError("gone")

    house.at(30, unplug)
    house.run(36)
    assert house.display.last.state is State.UNRELIABLE
    assert house.display.last.fht_in is None


def test_while_nothing_goes_on_the_loop_rests_between_looks(house: House) -> None:
    """A turn gathers all that there is; somebody who sits still needs one each four seconds, not one each second."""
    house.run(180)
    assert house.display.last.state is State.UPRIGHT
    begun = house.display.shown[0].at
    last_minute = [shown for shown in house.display.shown if (shown.at - begun).total_seconds() >= 120]
    assert 13 <= len(last_minute) <= 20


def test_a_lock_ends_the_rest_and_gives_the_camera_back(house: House) -> None:
    """Whatever the loop waits for: a second after the screen is locked the camera is closed."""
    closed_at: list[bool] = []
    house.at(30.1, lambda: house.desktop.set(locked=True))
    house.at(32.1, lambda: closed_at.append(not house.sensor.running))
    house.run(33)
    assert closed_at == [True]
