"""Compare two bundles of a kind on pictures and clips: `python models/compare.py FIRST SECOND SOURCE…`.

Sources are pictures (each looked at by itself) or video files (followed from frame to frame). Printed are the faces or
people that each bundle finds and the distances in pixels between the landmarks of the two, where both find somebody.
Needs mediapipe and OpenCV; neither bundle needs to be one of those that lie here.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MESH_POINTS = 468
IRIS_CENTRES = (468, 473)
OUTER_EYE_CORNERS = (33, 263)
CLIP_SUFFIXES = (".mp4", ".gif", ".webm", ".avi", ".mov", ".mkv")


@dataclass(slots=True)
class Tally:
    """What was seen so far; distances in pixels of the picture."""

    frames: int = 0
    found: list[int] = field(default_factory=lambda: [0, 0])
    iris: list[NDArray[Any]] = field(default_factory=list)
    corners: list[NDArray[Any]] = field(default_factory=list)
    mesh: list[NDArray[Any]] = field(default_factory=list)
    body: list[NDArray[Any]] = field(default_factory=list)

    def count(self, first: NDArray[Any] | None, second: NDArray[Any] | None) -> None:
        """Take in one frame's landmarks (478 or 33 × xy) as found by each bundle; None where it found nobody."""
        self.frames += 1
        self.found[0] += first is not None
        self.found[1] += second is not None
        if first is None or second is None:
            return
        distance = np.linalg.norm(first - second, axis=1)
        if len(distance) < MESH_POINTS:
            self.body.append(distance)
            return
        self.iris.append(distance[list(IRIS_CENTRES)])
        self.corners.append(distance[list(OUTER_EYE_CORNERS)])
        self.mesh.append(distance[:MESH_POINTS])

    def report(self, title: str) -> str:
        """One line: how often somebody was found, and median / 95th percentile / largest of each distance."""
        parts = [f"{title}: {self.frames} frames, found {self.found[0]} and {self.found[1]}"]
        measured = (("iris", self.iris), ("outer corners", self.corners), ("mesh", self.mesh), ("body", self.body))
        for name, values in measured:
            if values:
                middle, high, most = np.percentile(np.concatenate(values), (50, 95, 100))
                parts.append(f"{name} {middle:.2f} / {high:.2f} / {most:.2f} px")
        return ", ".join(parts)


class Finder:
    """A face or pose bundle loaded by the Tasks API."""

    def __init__(self, bundle: Path, *, follow: bool) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        mode = vision.RunningMode.VIDEO if follow else vision.RunningMode.IMAGE
        base = BaseOptions(model_asset_path=str(bundle))
        self._follow = follow
        with zipfile.ZipFile(bundle) as members:
            self._of_pose = "pose_detector.tflite" in members.namelist()
        if self._of_pose:
            pose = vision.PoseLandmarkerOptions(base_options=base, running_mode=mode)
            self._task = vision.PoseLandmarker.create_from_options(pose)
        else:
            face = vision.FaceLandmarkerOptions(base_options=base, running_mode=mode)
            self._task = vision.FaceLandmarker.create_from_options(face)

    def find(self, picture_rgb: NDArray[Any], time_ms: int) -> NDArray[Any] | None:
        """Landmarks of the first face or person, 478 or 33 × xy in pixels; None without one."""
        import mediapipe

        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture_rgb)
        result = self._task.detect_for_video(image, time_ms) if self._follow else self._task.detect(image)
        found = result.pose_landmarks if self._of_pose else result.face_landmarks
        if not found:
            return None
        height, width = picture_rgb.shape[:2]
        return np.array([(point.x * width, point.y * height) for point in found[0]])

    def close(self) -> None:
        """Free the native part."""
        self._task.close()


def frames_of(clip: Path) -> Iterator[NDArray[Any]]:
    """RGB frames of a video file."""
    import cv2

    capture = cv2.VideoCapture(str(clip))
    try:
        while True:
            arrived, frame = capture.read()
            if not arrived:
                return
            yield np.ascontiguousarray(frame[:, :, ::-1])
    finally:
        capture.release()


def pictures_of(files: list[Path]) -> Iterator[NDArray[Any]]:
    """RGB pictures from image files; those that cannot be read are named on stderr."""
    import cv2

    for path in files:
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            print(f"compare: {path} is no readable picture", file=sys.stderr)
        else:
            yield np.ascontiguousarray(picture[:, :, ::-1])


def compare(bundles: tuple[Path, Path], frames: Iterator[NDArray[Any]], *, follow: bool, every: int) -> Tally:
    """Run both bundles over the frames; `every` n-th frame is looked at, frames are taken as 40 ms apart."""
    tally, finders = Tally(), [Finder(bundle, follow=follow) for bundle in bundles]
    try:
        for number, frame in enumerate(frames):
            if number % every == 0:
                first, second = (finder.find(frame, number * 40) for finder in finders)
                tally.count(first, second)
    finally:
        for finder in finders:
            finder.close()
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Compare and print; 0 when done."""
    parser = argparse.ArgumentParser(description="Compare two bundles of a kind on pictures and clips.")
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("sources", type=Path, nargs="+", help="picture files and video files")
    parser.add_argument("--every", type=int, default=1, help="look at every n-th picture and frame only")
    options = parser.parse_args(arguments)
    bundles = (options.first, options.second)
    pictures = [path for path in options.sources if path.suffix.lower() not in CLIP_SUFFIXES]
    if pictures:
        print(compare(bundles, pictures_of(pictures), follow=False, every=options.every).report("pictures"))
    for clip in options.sources:
        if clip.suffix.lower() in CLIP_SUFFIXES:
            print(compare(bundles, frames_of(clip), follow=True, every=options.every).report(clip.name))
    return 0


if __name__ == "__main__":
    sys.exit(main())
