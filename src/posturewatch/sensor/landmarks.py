"""The networks: MediaPipe's pose and face landmarkers, and its face detector for "is somebody else there".

Films are looked at in video mode, which follows one person and smooths a little; unrelated stills in image
mode, with up to two people each. Points come out in pixels of the picture as it came. What MediaPipe raises
becomes NetworkFailedError; the network is built anew for the next look.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from posturewatch.base.errors import ModelError
from posturewatch.base.i18n import _
from posturewatch.base.observation import Face, Trunk
from posturewatch.base.system_packages import native_libraries
from posturewatch.sensor.bundles import Bundles
from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.native import MediaPipe, lacks_library, load_opencv

POSE_CONFIDENCE: Final = 0.6
"""At 0.5 a person is reported in about half of the frames of an empty room; at 0.6 in none, and seated people
are kept; at 0.9 close-ups are lost (docs/measurement.md). This is for finding somebody in a film."""

POSE_KEPT: Final = 0.5
"""Enough for a still, and to go on following somebody in a film: people seen from the side score 0.5–0.6. The
ghosts of empty rooms are dropped by their size."""

GHOST_WIDTH: Final = 0.05
"""A person whose head and shoulders span less than this share of the picture is none: ghosts have under 0.03,
seated people at least 0.14."""

SHRUNK: Final = 0.55
"""A find on a still that is smaller than this share of the person before it is a blunder: the picture around that
person's place is then looked at by itself. From the side the detector misses every third still of a person in a plain
shirt, and finds all of them there; of 63 pictures of an empty chair it makes nobody."""

AROUND: Final = 2.5
"""Side of that part of the picture over the extent of the head and shoulders before."""

FACE_CONFIDENCE: Final = 0.5

WORK_WIDTH_PX: Final = 1280
"""Larger pictures are reduced first: the networks see crops of 192 and 256 points."""

WIDE: Final = 1.5
"""Width over height from which other people's faces are looked for in squares of the picture too."""


class NetworkFailedError(Exception):
    """MediaPipe raised on this picture."""


@dataclass(frozen=True, slots=True)
class FaceBox:
    """A face that the detector found: middle and size in pixels."""

    x_px: float
    y_px: float
    width_px: float


@dataclass(frozen=True, slots=True)
class Canvas:
    """A picture as MediaPipe takes it, and the size of the one that it stands for."""

    image: Any
    width_px: int
    height_px: int


@dataclass(frozen=True, slots=True)
class _SeenBefore:
    """Where somebody was on a still: middle and extent of head and shoulders, in shares of the picture's width."""

    x: float
    y: float
    extent: float

    @classmethod
    def of(cls, trunk: Trunk, canvas: Canvas) -> _SeenBefore:
        """This person's place."""
        columns, rows = zip(*(point[:2] for point in trunk.points[:13]), strict=True)
        width = canvas.width_px
        return cls(
            (max(columns) + min(columns)) / 2 / width,
            (max(rows) + min(rows)) / 2 / width,
            _extent(trunk.points[:13]) / width,
        )

    def is_like(self, found: tuple[Trunk, ...], canvas: Canvas) -> bool:
        """Whether somebody about as large is among them, who are in the order of their sizes."""
        return bool(found) and _extent(found[0].points[:13]) >= SHRUNK * self.extent * canvas.width_px


class Landmarks:
    """The networks, built when they are first needed. ``stills``: image mode. Raises ModelError."""

    def __init__(self, bundles: Bundles, *, stills: bool) -> None:
        self._bundles = bundles
        self._stills = stills
        self._mediapipe = MediaPipe()
        self._networks: dict[str, Any] = {}
        self._last_ms: dict[str, int] = {}
        self._detector: bytes | None = None
        self._before: _SeenBefore | None = None

    def canvas(self, picture: Pixels) -> Canvas:
        """The picture (blue first) made ready for the networks."""
        cv2 = load_opencv()
        height, width = picture.shape[:2]
        if width > WORK_WIDTH_PX:
            size = (WORK_WIDTH_PX, round(height * WORK_WIDTH_PX / width))
            # Averaging over areas costs five times as much, and below a factor of two shows nothing that this does not.
            how = cv2.INTER_LINEAR if width < 2 * WORK_WIDTH_PX else cv2.INTER_AREA
            picture = cv2.resize(picture, size, interpolation=how)
        colours = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        parts = self._mediapipe.image
        return Canvas(parts.Image(parts.ImageFormat.SRGB, colours), width, height)

    def faces(self, canvas: Canvas, t_s: float) -> tuple[Face, ...]:
        """The faces found, largest first: at most one in a film, two in a still."""
        result = self._run("face", canvas, t_s)
        found = (
            Face(tuple((p.x * canvas.width_px, p.y * canvas.height_px, p.z * canvas.width_px) for p in points))
            for points in result.face_landmarks
        )
        return tuple(sorted(found, key=lambda face: _extent(face.points), reverse=True))

    def trunks(self, canvas: Canvas, t_s: float) -> tuple[Trunk, ...]:
        """The people found, largest first: at most one in a film, two in a still."""
        found = self._people(canvas, t_s)
        if not self._stills:
            return found
        before = self._before
        if before is not None and not before.is_like(found, canvas):
            near = self._people_near(before, canvas)
            found = near if before.is_like(near, canvas) else found
        if found and (before is None or before.is_like(found, canvas)):
            self._before = _SeenBefore.of(found[0], canvas)
        return found

    def _people_near(self, before: _SeenBefore, canvas: Canvas) -> tuple[Trunk, ...]:
        """Who is found on the part of the picture around where somebody was before."""
        pixels = canvas.image.numpy_view()
        width = pixels.shape[1]
        per_px = width / canvas.width_px
        half = AROUND * before.extent / 2
        left, top = (max(0, round((middle - half) * width)) for middle in (before.x, before.y))
        right, bottom = (max(0, round((middle + half) * width)) for middle in (before.x, before.y))
        part = pixels[top:bottom, left:right].copy()
        if not part.size:
            return ()
        parts = self._mediapipe.image
        size = round(part.shape[1] / per_px), round(part.shape[0] / per_px)
        crop = Canvas(parts.Image(parts.ImageFormat.SRGB, part), *size)
        return self._people(crop, 0.0, left / per_px, top / per_px)

    def _people(self, canvas: Canvas, t_s: float, left_px: float = 0.0, top_px: float = 0.0) -> tuple[Trunk, ...]:
        """The people found, largest first, of a canvas that begins so far from the picture's left and upper edge."""
        result = self._run("pose", canvas, t_s)
        found = (
            Trunk(
                points=tuple(
                    (
                        left_px + p.x * canvas.width_px,
                        top_px + p.y * canvas.height_px,
                        p.z * canvas.width_px,
                        p.visibility or 0.0,
                        p.presence or 0.0,
                    )
                    for p in points
                ),
                world=tuple((p.x, p.y, p.z) for p in world),
            )
            for points, world in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        )
        people = (trunk for trunk in found if _extent(trunk.points[:13]) > GHOST_WIDTH * canvas.width_px)
        return tuple(sorted(people, key=lambda trunk: _extent(trunk.points[:13]), reverse=True))

    def face_boxes(self, canvas: Canvas) -> tuple[FaceBox, ...]:
        """All the faces that the detector sees, in no order, one twice at times; cheap, and blind to heads that are
        turned away. It looks at a square of 128 points: of a wide picture also at the squares to its left and right, or
        the face of somebody beside the user would be ten points wide."""
        found = self._face_boxes(canvas, canvas.image, 0)
        pixels = canvas.image.numpy_view()
        high, wide = pixels.shape[:2]
        if wide <= WIDE * high:
            return found
        parts = self._mediapipe.image
        for left in (0, wide - high):
            square = parts.Image(parts.ImageFormat.SRGB, pixels[:, left : left + high].copy())
            found += self._face_boxes(canvas, square, left)
        return found

    def _face_boxes(self, canvas: Canvas, image: Any, left: int) -> tuple[FaceBox, ...]:
        """Those on an image that begins so many points from the canvas's left edge."""
        result = self._run("faces", replace(canvas, image=image), 0.0)
        scale = canvas.width_px / min(canvas.width_px, WORK_WIDTH_PX)
        boxes = (detection.bounding_box for detection in result.detections)
        return tuple(
            FaceBox(
                (left + box.origin_x + box.width / 2) * scale,
                (box.origin_y + box.height / 2) * scale,
                box.width * scale,
            )
            for box in boxes
        )

    def warm(self) -> None:
        """Build the two landmarkers now; raises ModelError."""
        for name in ("face", "pose"):
            self._network(name)

    def reset(self) -> None:
        """Another source or another size: forget whom the networks follow."""
        for name in tuple(self._networks):
            self._drop(name)

    def _run(self, name: str, canvas: Canvas, t_s: float) -> Any:
        network = self._network(name)
        try:
            if self._stills or name == "faces":
                return network.detect(canvas.image)
            stamp_ms = max(self._last_ms.get(name, -1) + 1, round(t_s * 1000))
            self._last_ms[name] = stamp_ms
            return network.detect_for_video(canvas.image, stamp_ms)
        except (RuntimeError, ValueError, TypeError, OSError) as err:
            self._drop(name)
            raise NetworkFailedError(type(err).__name__) from err

    def _network(self, name: str) -> Any:
        if name not in self._networks:
            try:
                self._networks[name] = self._build(name)
            except (RuntimeError, ValueError, TypeError, OSError) as err:
                if lacks_library(err):
                    says = _("MediaPipe cannot be loaded: {why}").format(why=str(err)[:200])
                    raise ModelError(says, native_libraries()) from err
                raise ModelError(
                    _("MediaPipe cannot load the {kind} bundle: {why}").format(
                        kind="pose" if name == "pose" else "face", why=str(err)[:200]
                    ),
                    _("Leave the paths under [models] empty to use the bundles that ship with posturewatch."),
                ) from err
        return self._networks[name]

    def _build(self, name: str) -> Any:
        parts, mode = self._mediapipe, self._mediapipe.mode
        running = mode.IMAGE if self._stills else mode.VIDEO
        people = 2 if self._stills else 1
        if name == "pose":
            return parts.pose.PoseLandmarker.create_from_options(
                parts.pose.PoseLandmarkerOptions(
                    base_options=parts.options(self._bundles.pose),
                    running_mode=running,
                    num_poses=people,
                    min_pose_detection_confidence=POSE_KEPT if self._stills else POSE_CONFIDENCE,
                    min_pose_presence_confidence=POSE_KEPT,
                    min_tracking_confidence=POSE_KEPT,
                )
            )
        if name == "face":
            return parts.face.FaceLandmarker.create_from_options(
                parts.face.FaceLandmarkerOptions(
                    base_options=parts.options(self._bundles.face),
                    running_mode=running,
                    num_faces=people,
                    min_face_detection_confidence=FACE_CONFIDENCE,
                    min_face_presence_confidence=FACE_CONFIDENCE,
                    min_tracking_confidence=FACE_CONFIDENCE,
                )
            )
        if self._detector is None:
            self._detector = self._bundles.face_detector()
        return parts.faces.FaceDetector.create_from_options(
            parts.faces.FaceDetectorOptions(
                base_options=parts.options(self._detector),
                running_mode=mode.IMAGE,
                min_detection_confidence=FACE_CONFIDENCE,
            )
        )

    def _drop(self, name: str) -> None:
        network = self._networks.pop(name, None)
        self._last_ms.pop(name, None)
        if network is not None:
            try:
                network.close()
            except (RuntimeError, ValueError, OSError):
                return


def _extent(points: tuple[tuple[float, ...], ...]) -> float:
    """How large a person is in the picture: the wider side of the box around the points, in pixels."""
    columns, rows, *_others = zip(*points, strict=True)
    return float(max(max(columns) - min(columns), max(rows) - min(rows)))
