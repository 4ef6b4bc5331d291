"""A look from frame to observation, with the real networks on rendered people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from camera_server import RENDERS
from posturewatch.base.observation import FROZEN_S, Face, Lack, Look, Trunk
from posturewatch.sensor import bundles
from posturewatch.sensor.choices import ModelOptions
from posturewatch.sensor.landmarks import Canvas, FaceBox, Landmarks, NetworkFailedError
from posturewatch.sensor.look import EMPTY_S, GATED_S, Looker
from posturewatch.sensor.native import load_opencv
from posturewatch.sensor.sources.source import ArrayShot

WHOLE = Look(whole=True)
SIDE = ("upright", "forward")


def person(name: str = "d1_000") -> np.ndarray:
    """A rendered person, decoded."""
    picture: np.ndarray = load_opencv().imread(str(RENDERS / f"{name}.jpg"))
    return picture


def shot(pixels: np.ndarray, t_s: float = 0.0) -> ArrayShot:
    """A frame taken at a time."""
    return ArrayShot(t_s, round(t_s * 10), pixels)


def noisy(pixels: np.ndarray, seed: int) -> np.ndarray:
    """The same scene a moment later, as a camera would have it."""
    noise = np.random.default_rng(seed).normal(0, 2, pixels.shape)
    return (pixels + noise).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def stills() -> Iterator[Looker]:
    """An eye for unrelated pictures."""
    networks = Landmarks(bundles.find(ModelOptions()), stills=True)
    yield Looker(networks, live=False)
    networks.reset()


@pytest.fixture(scope="module")
def networks() -> Iterator[Landmarks]:
    """Networks for films."""
    built = Landmarks(bundles.find(ModelOptions()), stills=False)
    yield built
    built.reset()


@pytest.fixture
def live(networks: Landmarks) -> Looker:
    """An eye for a live source that has seen nothing yet."""
    networks.reset()
    return Looker(networks, live=True)


def test_a_person_is_found_in_pixels(stills: Looker) -> None:
    """Irises and shoulders lie where the render has them (truth: session D1_front_top), within 20 pixels."""
    seen = stills.look(shot(person()), WHOLE)
    assert seen.lack is None
    assert seen.face is not None
    assert seen.trunk is not None
    assert seen.people == ()
    assert (seen.width_px, seen.height_px) == (640, 480)
    left_iris, right_iris = seen.face.points[473], seen.face.points[468]
    assert left_iris[0] > right_iris[0], "the person's left is at the right of the picture"
    assert 280 < right_iris[0] < 330 < left_iris[0] < 370
    assert 210 < left_iris[1] < 250
    assert seen.trunk.points[11][0] > 380
    assert seen.trunk.points[12][0] < 270
    assert seen.brightness is not None
    assert 80 < seen.brightness < 220
    assert seen.sharpness is not None
    assert seen.sharpness > 10


def test_points_are_pixels_of_the_picture_as_it_came(stills: Looker) -> None:
    """At three times the size, reduced for the networks, the points are three times as far apart."""
    cv2 = load_opencv()
    small = stills.look(shot(person()), WHOLE)
    large = stills.look(shot(cv2.resize(person(), (1920, 1440))), WHOLE)
    assert small.face is not None
    assert large.face is not None
    assert small.trunk is not None
    assert large.trunk is not None
    assert (large.width_px, large.height_px) == (1920, 1440)
    for number in (33, 263, 468, 473):
        assert np.allclose(np.array(large.face.points[number][:2]) / 3, small.face.points[number][:2], atol=3)
    assert np.allclose(np.array(large.trunk.points[11][:2]) / 3, small.trunk.points[11][:2], atol=8)


def test_two_people_are_two_people(stills: Looker) -> None:
    """Two rendered people side by side: one is described, the other listed, where he sits."""
    both = np.hstack([person("d1_000")[:, 150:470], person("d4_000")[:, 160:480]])
    seen = stills.look(shot(both), WHOLE)
    assert seen.people is not None
    assert len(seen.people) == 1
    assert seen.face is not None
    described_left = seen.face.points[1][0] < 320
    assert (seen.people[0].x_px > 320) == described_left


@pytest.mark.parametrize("side", ["left", "right"])
def test_somebody_at_the_side_of_a_wide_picture_is_seen(live: Looker, side: str) -> None:
    """In 16:9, where a face is a hundredth of the width: each time, and once. Alone nobody else is there."""
    room = np.full((720, 1280, 3), 190, np.uint8)
    room[240:, 320:960] = person("d1_000")
    assert live.look(shot(room), WHOLE).people == ()
    for number in range(3):
        begin, picture = (900 if side == "right" else 40) + 15 * number, room.copy()
        picture[240:, begin : begin + 320] = person("d4_000")[:, 160:480]
        seen = live.look(shot(picture, 0.2 * (number + 1)), WHOLE)
        assert seen.people is not None
        assert [abs(box.x_px - (begin + 160)) < 60 for box in seen.people] == [True]


def test_a_film_after_another_is_seen_as_it_is_by_itself(live: Looker) -> None:
    """The networks smooth over the time between pictures: that of a second film, which begins at zero again, must not
    be taken for the millisecond after the first one's end."""
    film = [shot(np.roll(person(), 12 * number, axis=1), 0.2 * number) for number in range(4)]
    alone = [live.look(one, WHOLE) for one in film]
    live.look(shot(person("d4_000"), 60.0), WHOLE)
    live.forget()
    assert [live.look(one, WHOLE).face for one in film] == [seen.face for seen in alone]


def test_without_the_question_nobody_counts_people(stills: Looker) -> None:
    """Where nobody looked for others, people is None and not empty."""
    assert stills.look(shot(person()), Look()).people is None


def test_an_empty_room_is_nobody(stills: Looker) -> None:
    """The wall beside the person: the networks run and find nobody."""
    cv2 = load_opencv()
    wall = cv2.resize(person()[:200, 320:], (640, 480))
    seen = stills.look(shot(wall), WHOLE)
    assert seen.lack is Lack.NOBODY
    assert seen.looked == WHOLE
    assert seen.people == ()


def test_only_the_networks_that_were_asked_for_run(stills: Looker) -> None:
    """A look at the face has no trunk, a look at the trunk no face, and says so."""
    face_only = stills.look(shot(person()), Look(trunk=False))
    assert face_only.face is not None
    assert face_only.trunk is None
    assert not face_only.looked.trunk
    trunk_only = stills.look(shot(person()), Look(face=False))
    assert trunk_only.face is None
    assert trunk_only.trunk is not None


@pytest.mark.parametrize("shape", [(0, 0), (20, 20, 3), (480, 640, 7)], ids=str)
def test_an_odd_picture_is_no_frame_and_no_crash(stills: Looker, shape: tuple[int, ...]) -> None:
    """A frame that cannot be used is an observation that says so."""
    assert stills.look(shot(np.zeros(shape, np.uint8)), WHOLE).lack is Lack.NO_FRAME


def test_grey_and_transparent_frames_are_seen(stills: Looker) -> None:
    """A monochrome camera and one with an alpha channel show the same person."""
    cv2 = load_opencv()
    for way in (cv2.COLOR_BGR2GRAY, cv2.COLOR_BGR2BGRA):
        assert stills.look(shot(cv2.cvtColor(person(), way)), WHOLE).face is not None


def test_a_camera_that_wakes_up_black_is_black(live: Looker) -> None:
    """Black frames are told from an empty room; the first real one is analysed."""
    black = live.look(shot(np.zeros((480, 640, 3), np.uint8)), WHOLE)
    assert black.lack is Lack.BLACK
    assert (black.width_px, black.height_px) == (640, 480)
    assert live.look(shot(person(), 0.2), WHOLE).face is not None


@pytest.mark.parametrize("gain", [2.5, 4.0, 10.0])
def test_a_burnt_out_picture_is_told_from_a_bright_one(stills: Looker, gain: float) -> None:
    """However much of the person the networks still find in it; the same room half as bright again is only bright."""
    burnt, bright = ((person() * each).clip(0, 255).astype(np.uint8) for each in (gain, 1.5))
    assert stills.look(shot(burnt), WHOLE).burnt
    seen = stills.look(shot(bright), WHOLE)
    assert not seen.burnt
    assert seen.face is not None


def test_a_still_person_is_analysed_once_and_then_glanced_at(live: Looker) -> None:
    """Nothing but noise: gated, with the change; after ten seconds the networks run again all the same."""
    assert live.look(shot(noisy(person(), 1), 0.0), Look()).lack is None
    gated = live.look(shot(noisy(person(), 2), 4.0), Look())
    assert gated.lack is Lack.GATED
    assert gated.change is not None
    assert not gated.looked.face
    assert live.look(shot(noisy(person(), 3), GATED_S + 0.1), Look()).lack is None


def test_an_empty_room_is_searched_every_two_minutes_and_at_once_when_it_changes(live: Looker) -> None:
    """Nobody found and nothing but noise: the networks rest for two minutes; somebody there is seen at once."""
    empty = np.full((480, 640, 3), 90, np.uint8)
    assert live.look(shot(noisy(empty, 1), 0.0), Look()).lack is Lack.NOBODY
    assert live.look(shot(noisy(empty, 2), EMPTY_S - 1.0), Look()).lack is Lack.GATED
    assert live.look(shot(noisy(empty, 3), EMPTY_S + 0.1), Look()).lack is Lack.NOBODY
    assert live.look(shot(noisy(person(), 4), EMPTY_S + 1.5), Look()).face is not None


def test_an_empty_room_is_searched_by_both_networks_at_once(live: Looker) -> None:
    """A look at the face alone that is due brings the trunk's network along, so that its turn does not come apart."""
    empty = np.full((480, 640, 3), 90, np.uint8)
    live.look(shot(noisy(empty, 1), 0.0), Look())
    face = Look(trunk=False, if_changed=True)
    assert live.look(shot(noisy(empty, 2), EMPTY_S + 0.1), face).looked.trunk
    assert live.look(shot(noisy(empty, 3), EMPTY_S + 10.0), Look(if_changed=True)).lack is Lack.GATED


def test_a_planned_look_is_at_everything_where_somebody_steady_has_moved(live: Looker) -> None:
    """A head that has shifted by a centimetre brings trunk and others along; a hand that stirs the picture does not."""
    cv2 = load_opencv()
    planned = Look(trunk=False, if_changed=True, all_if_stirred=True)
    live.look(shot(noisy(person(), 1), 0.0), Look())
    waving = person()
    waving[330:460, 20:120] = 255 - waving[330:460, 20:120]
    assert not live.look(shot(noisy(waving, 2), 4.0), planned).looked.trunk
    shifted = cv2.warpAffine(person(), np.float32([[1, 0, 14], [0, 1, 0]]), (640, 480), borderMode=1)
    seen = live.look(shot(noisy(shifted, 3), 8.0), planned)
    assert (seen.looked.trunk, seen.looked.whole) == (True, True)
    assert seen.trunk is not None


def test_another_question_passes_the_gate(live: Looker) -> None:
    """What was not looked at the last time is looked at now, change or not."""
    live.look(shot(noisy(person(), 1), 0.0), Look(trunk=False))
    assert live.look(shot(noisy(person(), 2), 1.0), Look()).trunk is not None
    assert live.look(shot(noisy(person(), 3), 2.0), WHOLE).people == ()
    assert live.look(shot(noisy(person(), 4), 3.0), Look(anchor=True)).lack is None


def test_a_movement_opens_the_gate(live: Looker) -> None:
    """A head two percent larger: analysed at once."""
    cv2 = load_opencv()
    live.look(shot(noisy(person(), 1), 0.0), Look())
    nearer = cv2.warpAffine(person(), np.float32([[1.02, 0, -6], [0, 1.02, -4]]), (640, 480), borderMode=1)
    assert live.look(shot(noisy(nearer, 2), 1.0), Look()).face is not None


def test_a_peek_sees_movement_and_passes_over_breath(live: Looker) -> None:
    """Between two looks a head that rises half a pixel is left to the next look; one that grows by 2 % is not."""
    cv2 = load_opencv()
    peek = Look(if_stirred=True)
    live.look(shot(noisy(person(), 1), 0.0), Look())
    breath = cv2.warpAffine(person(), np.float32([[1, 0, 0], [0, 1, -0.5]]), (640, 480), borderMode=1)
    assert live.look(shot(noisy(breath, 2), 1.0), peek).lack is Lack.GATED
    nearer = cv2.warpAffine(person(), np.float32([[1.02, 0, -6], [0, 1.02, -4]]), (640, 480), borderMode=1)
    assert live.look(shot(noisy(nearer, 3), 2.0), peek).face is not None


def test_a_peek_asks_the_trunk_only_where_the_head_has_moved(live: Looker) -> None:
    """A hand, or somebody behind, stirs the picture: the face alone is looked at. A head that has shifted by a
    centimetre and more brings the trunk as well."""
    cv2 = load_opencv()
    live.look(shot(noisy(person(), 1), 0.0), Look())
    waving = person()
    waving[330:460, 20:120] = 255 - waving[330:460, 20:120]
    seen = live.look(shot(noisy(waving, 2), 1.0), Look(if_stirred=True))
    assert (seen.looked.face, seen.looked.trunk) == (True, False)
    assert (seen.face is None, seen.trunk is None) == (False, True)
    shifted = cv2.warpAffine(person(), np.float32([[1, 0, 14], [0, 1, 0]]), (640, 480), borderMode=1)
    seen = live.look(shot(noisy(shifted, 3), 2.0), Look(if_stirred=True))
    assert seen.looked.trunk
    assert seen.trunk is not None


def test_a_look_at_somebody_steady_passes_over_breath_and_sees_half_an_inch(live: Looker) -> None:
    """A chest that rises by half a pixel is no change; a head that grows by 2 % is, for each kind of look."""
    cv2 = load_opencv()
    steady = Look(trunk=False, if_changed=True)
    live.look(shot(noisy(person(), 1), 0.0), Look())
    breath = cv2.warpAffine(person(), np.float32([[1, 0, 0], [0, 1, -0.5]]), (640, 480), borderMode=1)
    assert live.look(shot(noisy(breath, 2), 4.0), steady).lack is Lack.GATED
    assert live.look(shot(noisy(breath, 3), 4.2), Look(trunk=False)).lack is None
    nearer = cv2.warpAffine(person(), np.float32([[1.02, 0, -6], [0, 1.02, -4]]), (640, 480), borderMode=1)
    assert live.look(shot(noisy(nearer, 4), 8.0), steady).face is not None


def test_a_frozen_picture_is_frozen(live: Looker) -> None:
    """The same picture bit for bit: gated at first, frozen after five seconds, fine when it moves again."""
    live.look(shot(person(), 0.0), Look())
    assert live.look(shot(person(), 2.0), Look()).lack is Lack.GATED
    frozen = live.look(shot(person(), FROZEN_S), Look())
    assert frozen.lack is Lack.FROZEN
    assert frozen.still_s == FROZEN_S
    assert live.look(shot(person("d1_001"), FROZEN_S + 1), Look()).face is not None


def test_a_recording_may_repeat_itself(networks: Landmarks) -> None:
    """Two equal frames of a film are both analysed: the gate and the freeze are for live sources."""
    networks.reset()
    eye = Looker(networks, live=False)
    for t_s in (0.0, 10.0, 20.0):
        seen = eye.look(shot(person(), t_s), Look())
        assert seen.lack is None
        assert seen.still_s == 0.0


def test_a_change_of_resolution_is_survived(live: Looker) -> None:
    """From 640 × 480 to 1280 × 720 and back while it runs: points fit each size."""
    cv2 = load_opencv()
    wide = cv2.resize(person(), (1280, 720))
    for t_s, pixels in ((0.0, person()), (0.2, wide), (0.4, person())):
        seen = live.look(shot(pixels, t_s), Look())
        assert (seen.width_px, seen.height_px) == (pixels.shape[1], pixels.shape[0])
        assert seen.face is not None
        assert abs(seen.face.points[1][0] / seen.width_px - 0.5) < 0.1


def test_time_that_steps_back_is_survived(live: Looker) -> None:
    """Frames with the same or an earlier time do not make the networks fail."""
    for number, t_s in enumerate((5.0, 5.0, 3.0)):
        assert live.look(shot(noisy(person(f"d1_00{number}"), number), t_s), Look()).face is not None


class FakeNetworks:
    """Networks that fail when told to; what they find is what they are given."""

    def __init__(self) -> None:
        self.failing = False
        self.runs = 0

    def canvas(self, picture: np.ndarray) -> Canvas:
        """Nothing to prepare."""
        return Canvas(None, picture.shape[1], picture.shape[0])

    def trunks(self, _canvas: Canvas, _t_s: float) -> tuple[Trunk, ...]:
        """Nobody, or a failure."""
        self.runs += 1
        if self.failing:
            raise NetworkFailedError("RuntimeError")
        return ()

    def faces(self, _canvas: Canvas, _t_s: float) -> tuple[Face, ...]:
        """Nobody."""
        return ()

    def face_boxes(self, _canvas: Canvas) -> tuple[FaceBox, ...]:
        """Nobody."""
        return ()

    def reset(self) -> None:
        """Nothing to forget."""


def test_a_network_that_fails_is_an_observation_and_is_tried_again() -> None:
    """MediaPipe raising on a frame: NETWORK_FAILED; the next frame is analysed even if nothing has changed."""
    networks = FakeNetworks()
    eye = Looker(networks, live=True)  # type: ignore[arg-type]
    networks.failing = True
    assert eye.look(shot(noisy(person(), 1), 0.0), Look()).lack is Lack.NETWORK_FAILED
    networks.failing = False
    assert eye.look(shot(noisy(person(), 2), 1.0), Look()).lack is Lack.NOBODY
    assert networks.runs == 2


def test_the_texture_of_the_clothes_is_followed_from_an_anchor(networks: Landmarks) -> None:
    """After an anchor the chest is recognised in the next picture of the same person; forgotten when told."""
    networks.reset()
    eye = Looker(networks, live=False)
    assert eye.look(shot(person("d1_000"), 0.0), Look()).texture is None
    first = eye.look(shot(person("d1_000"), 1.0), Look(anchor=True, new_anchor=True)).texture
    later = eye.look(shot(person("d1_001"), 2.0), Look()).texture
    assert first is not None
    assert later is not None
    assert later.anchor_id == first.anchor_id
    assert len(later.trunk) + len(later.head) >= 8
    again = eye.look(shot(person("d1_002"), 3.0), Look(anchor=True, new_anchor=True)).texture
    assert again is not None
    assert again.anchor_id != first.anchor_id


def test_a_picture_is_never_in_an_observation(stills: Looker) -> None:
    """All that leaves is numbers, names and flags: no arrays, no bytes."""
    seen = stills.look(shot(person()), WHOLE)

    def leaves(value: object) -> Iterator[object]:
        if isinstance(value, tuple):
            for part in value:
                yield from leaves(part)
        elif hasattr(value, "__dataclass_fields__"):
            for name in value.__dataclass_fields__:
                yield from leaves(getattr(value, name))
        else:
            yield value

    assert {type(leaf) for leaf in leaves(replace(seen, name="x"))} <= {int, float, bool, str, type(None)}


def test_what_mediapipe_itself_raises_is_known_and_forgotten(networks: Landmarks) -> None:
    """MediaPipe raises where its time goes back, which is brought about behind our back: a failure of this look, and
    the next look at the same person is as if nothing had been."""
    networks.reset()
    canvas = networks.canvas(person())
    for name, find in (("face", networks.faces), ("pose", networks.trunks)):
        assert find(canvas, 0.0)
        networks._networks[name].detect_for_video(canvas.image, 600_000)
        with pytest.raises(NetworkFailedError):
            find(canvas, 1.0)
        assert find(canvas, 2.0)


def test_a_still_from_the_side_is_searched_where_somebody_was_before() -> None:
    """The detector finds nobody on the second still; around the place of the first it finds the person, of the same
    size, and around an empty chair nobody."""
    upright, forward = (load_opencv().imread(str(RENDERS.parent / "renders_side" / f"{n}.jpg")) for n in SIDE)
    empty = noisy(np.full_like(upright, 128), 4)
    networks = Landmarks(bundles.find(ModelOptions()), stills=True)
    try:
        assert not networks.trunks(networks.canvas(forward), 0.0)
        (before,) = networks.trunks(networks.canvas(upright), 0.0)
        (found,) = networks.trunks(networks.canvas(forward), 0.0)
        assert not networks.trunks(networks.canvas(empty), 0.0)
    finally:
        networks.reset()
    ear, shoulder = 8, 12
    for one in (before, found):
        assert one.points[ear][1] < one.points[shoulder][1] < upright.shape[0]
    sizes = [np.ptp(np.array(one.points)[:13, :2], axis=0).max() for one in (before, found)]
    assert sizes[1] == pytest.approx(sizes[0], rel=0.25)
