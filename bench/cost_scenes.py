"""Scenes for the cost measurements: pictures as a camera would send them, encoded beforehand, streamed over loopback.

A picture that repeats bit for bit is a frozen camera to the app, and one without noise is easier than life. So every
picture here has noise of its own, drawn anew for each frame (sd 2 grey levels), and a person who sits still breathes
(half a pixel up and down in 3.7 s, out of step with the looks) and shifts a little every twenty seconds, from one
rendered neutral frame to another. The empty room is the render with the person painted over by what is left and right
of them, with the same noise.
"""

from __future__ import annotations

import csv
import http.server
import math
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

FPS = 5
NOISE_SD = 2.0
HELD_S = 20
BREATH_PX, BREATH_S = 0.5, 3.7
QUALITY = 85
FORWARD_IN = 2.2

MIXED = (
    ("steady", 80), ("moving", 16), ("steady", 60), ("away", 20), ("moving", 14), ("forward", 10),
)  # fmt: skip
"""One round of a mixed day, seconds: 70 % steady, 15 % moving, 10 % away, 5 % forward."""

Picture = np.ndarray
Jpegs = list[bytes]


@dataclass(frozen=True)
class Scenes:
    """Encoded pictures by name of the scene, and where the recording to calibrate on is."""

    pictures: dict[str, Jpegs]
    calibration: Path


def frames_of(video: Path, every: int = 1, last: int | None = None) -> list[Picture]:
    """Decoded frames of a video."""
    import cv2

    film, found, number = cv2.VideoCapture(str(video)), [], 0
    while last is None or number < last:
        more, picture = film.read()
        if not more:
            break
        if number % every == 0:
            found.append(picture)
        number += 1
    return found


def of_renders(clip: Path) -> Scenes:
    """The scenes of a rendered clip session (calibration.mp4, test.mp4, truth.csv)."""
    neutral, test = frames_of(clip / "calibration.mp4"), frames_of(clip / "test.mp4")
    far = [test[number] for number, fht_in in truth_of(clip).items() if fht_in >= FORWARD_IN]
    chance = np.random.default_rng(7)
    pictures = {
        "steady": held(neutral[::12][:3], chance),
        "moving": [encode(noisy(picture, chance)) for picture in test],
        "forward": held(far[:: max(1, len(far) // 2)][:2], chance),
        "away": held([emptied(neutral[0])], chance, breath_px=0.0),
    }
    return Scenes(pictures, clip / "calibration.mp4")


def of_film(film: Path, name: str, seconds: tuple[float, float], folder: Path) -> Scenes:
    """One scene of a real film, five pictures a second, with its first three seconds to calibrate on."""
    import cv2

    reel = cv2.VideoCapture(str(film))
    rate = reel.get(cv2.CAP_PROP_FPS)
    frames = frames_of(film, last=round(seconds[1] * rate))
    folder.mkdir()
    for number, picture in enumerate(frames[: round(3 * rate) : 2]):
        cv2.imwrite(str(folder / f"{number:03d}.png"), picture)
    chance = np.random.default_rng(7)
    chosen = frames[round(seconds[0] * rate) :: max(1, round(rate / FPS))]
    return Scenes({name: [encode(noisy(picture, chance)) for picture in chosen]}, folder)


def truth_of(clip: Path) -> dict[int, float]:
    """FHT in inches by number of the test frame."""
    with (clip / "truth.csv").open(newline="", encoding="utf-8") as file:
        return {int(row["file"]): float(row["fht_in"]) for row in csv.DictReader(file) if row["kind"] == "test"}


def held(pictures: Sequence[Picture], chance: np.random.Generator, breath_px: float = BREATH_PX) -> Jpegs:
    """Each picture for twenty seconds, breathing, with fresh noise in every frame."""
    made = []
    for picture in pictures:
        for number in range(HELD_S * FPS):
            lift = breath_px * math.sin(2 * math.pi * number / FPS / BREATH_S)
            made.append(encode(noisy(lifted(picture, lift), chance)))
    return made


def lifted(picture: Picture, lift_px: float) -> Picture:
    """The picture moved up."""
    import cv2

    if not lift_px:
        return picture
    height, width = picture.shape[:2]
    move = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, -lift_px]])
    return cv2.warpAffine(picture, move, (width, height), borderMode=cv2.BORDER_REPLICATE)


def noisy(picture: Picture, chance: np.random.Generator) -> Picture:
    """The picture with a camera's noise."""
    noise = chance.normal(0.0, NOISE_SD, picture.shape)
    return (picture + noise).round().clip(0, 255).astype(np.uint8)


def emptied(picture: Picture) -> Picture:
    """The room without the person: each row runs from its left edge to its right edge."""
    width = picture.shape[1]
    left = picture[:, : width // 20].mean(axis=1, keepdims=True)
    right = picture[:, -(width // 20) :].mean(axis=1, keepdims=True)
    share = np.linspace(0.0, 1.0, width)[None, :, None]
    return (left * (1 - share) + right * share).astype(np.uint8)


def encode(picture: Picture) -> bytes:
    """As JPEG."""
    import cv2

    done, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    assert done
    return data.tobytes()


def schedule(scenes: Scenes, name: str) -> Jpegs:
    """One round of a scene, or of the mixed day."""
    if name != "mixed":
        return scenes.pictures[name]
    made: Jpegs = []
    at = dict.fromkeys(scenes.pictures, 0)
    for part, seconds in MIXED:
        pictures = scenes.pictures[part]
        made += [pictures[(at[part] + number) % len(pictures)] for number in range(seconds * FPS)]
        at[part] += seconds * FPS
    return made


class Camera:
    """A stream over loopback in a process of its own, so that nothing of it is counted. A context manager."""

    def __init__(self, pictures: Jpegs) -> None:
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(pictures, there), daemon=True)
        self._process.start()
        self.address = f"http://127.0.0.1:{here.recv()}/"

    def __enter__(self) -> Camera:
        return self

    def __exit__(self, *_why: object) -> None:
        self._process.terminate()
        self._process.join()


def _serve(pictures: Jpegs, tell: Connection) -> None:
    class Stream(http.server.BaseHTTPRequestHandler):
        """Sends the pictures round and round, in real time."""

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
            self.end_headers()
            try:
                for picture in _in_time(pictures):
                    head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(picture)}\r\n\r\n"
                    self.wfile.write(head.encode() + picture + b"\r\n")
            except OSError:
                return

        def log_message(self, *_what: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stream)
    server.daemon_threads = True
    tell.send(server.server_address[1])
    server.serve_forever()


def _in_time(pictures: Jpegs) -> Iterator[bytes]:
    begun_s, number = time.monotonic(), 0
    while True:
        time.sleep(max(0.0, begun_s + number / FPS - time.monotonic()))
        yield pictures[number % len(pictures)]
        number += 1
