"""The camera's picture as in a mirror, with what was found drawn upon it. The picture stays in this process."""

from __future__ import annotations

import tkinter as tk
from typing import Final

from posturewatch.base.observation import IRISES, Observation
from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.native import load_opencv
from posturewatch.ui.palette import DARK
from posturewatch.ui.toolkit import Window

WIDTH, HEIGHT = 640, 480
LEAST_HEIGHT: Final = 240
"""Sizes of the picture, in ordinary pixels."""

ON_PICTURE: Final = DARK
"""Colours of what is drawn upon the picture, whatever the window's: bright lines with a dark edge show on any."""

_FACE_POINTS: Final = (33, 133, 362, 263, 1, 61, 291, 10, 152)
"""Eye corners, tip of the nose, corners of the mouth, forehead, chin."""
_SEEN: Final = 0.5
"""Pose points that are less visible than this are not drawn."""

Point = tuple[float, float]


class Picture:
    """A canvas with the picture, mirrored, fitted into 640 × 480, or less where the screen is small."""

    def __init__(self, window: Window) -> None:
        self._line_px = 2 * window.scale
        self.canvas = tk.Canvas(
            window.body,
            background=ON_PICTURE.field,
            highlightthickness=1,
            highlightbackground=window.colours.line,
        )
        self._photo = tk.PhotoImage()
        self._image = self.canvas.create_image(0, 0, image=self._photo)
        self._message = self.canvas.create_text(0, 0, fill=ON_PICTURE.ink, font=window.font(14), justify="center")
        self._plate = self.canvas.create_rectangle(0, 0, 0, 0, fill=ON_PICTURE.field, outline="")
        self._number = self.canvas.create_text(0, 0, fill=ON_PICTURE.ink, font=window.font(60, bold=True))
        self._fit = 1.0
        self._least_px = window.px(LEAST_HEIGHT)
        self._resize(window.px(WIDTH), window.px(HEIGHT))

    def shrink(self, by_px: int) -> None:
        """Make it lower by so many pixels, its shape kept, that the window fits on its monitor; not below half size."""
        height = max(self._least_px, self._height - max(0, by_px))
        self._resize(round(self._width * height / self._height), height)

    def _resize(self, width: int, height: int) -> None:
        self._width, self._height = width, height
        self.canvas.configure(width=width, height=height)
        self._photo.configure(width=width, height=height)
        self.canvas.coords(self._image, width / 2, height / 2)
        self.canvas.coords(self._message, width / 2, height / 2)
        self.canvas.itemconfigure(self._message, width=width * 0.8)
        self.canvas.coords(self._number, width / 2, height * 0.16)

    def show(self, picture: Pixels, seen: Observation, colour: str) -> None:
        """Show this picture with the points of ``seen``; lines of head and trunk in ``colour``."""
        cv2 = load_opencv()
        height, width = picture.shape[:2]
        self._fit = min(self._width / width, self._height / height)
        size = (max(1, round(width * self._fit)), max(1, round(height * self._fit)))
        mirrored = cv2.flip(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), 1)
        rgb = cv2.cvtColor(mirrored, cv2.COLOR_BGR2RGB)
        self._photo.configure(data=b"P6 %d %d 255\n" % size + rgb.tobytes(), format="PPM")
        self.canvas.itemconfigure(self._message, text="")
        self._draw(seen, width, size, colour)

    def count(self, number: str) -> None:
        """A large number over the picture, on a plate of its own as the wall may be white; an empty text takes it
        away."""
        self.canvas.itemconfigure(self._number, text=number)
        self.canvas.coords(self._plate, *(self.canvas.bbox(self._number) if number else (0, 0, 0, 0)))
        for item in (self._plate, self._number):
            self.canvas.tag_raise(item)

    def say(self, text: str) -> None:
        """Words in place of a picture."""
        self._photo.blank()
        self.canvas.delete("found")
        self.count("")
        self.canvas.itemconfigure(self._message, text=text)

    def _draw(self, seen: Observation, width_px: int, size: tuple[int, int], colour: str) -> None:
        self.canvas.delete("found")
        left, top = (self._width - size[0]) / 2, (self._height - size[1]) / 2

        def place(point: tuple[float, ...]) -> Point:
            return left + (width_px - point[0]) * self._fit, top + point[1] * self._fit

        if seen.trunk is not None:
            points = seen.trunk.points
            shoulders = [place(points[number]) for number in (11, 12) if points[number][3] >= _SEEN]
            ears = [place(points[number]) for number in (7, 8) if points[number][3] >= _SEEN]
            if len(shoulders) == 2:
                self._line(shoulders[0], shoulders[1], ON_PICTURE.ink)
            if shoulders and ears:
                self._line(_middle(shoulders), _middle(ears), colour)
            for spot in shoulders:
                self._dot(spot, 5, ON_PICTURE.ink)
            for spot in ears:
                self._dot(spot, 4, colour)
        if seen.face is not None:
            for number in _FACE_POINTS:
                self._dot(place(seen.face.points[number]), 2, ON_PICTURE.ink)
            for number in IRISES:
                self._dot(place(seen.face.points[number]), 3, colour)

    def _line(self, start: Point, end: Point, colour: str) -> None:
        for width, paint in ((2.5, ON_PICTURE.field), (1.25, colour)):  # a dark edge, so that it shows on any picture
            self.canvas.create_line(
                *start, *end, fill=paint, width=width * self._line_px, capstyle="round", tags="found"
            )

    def _dot(self, spot: Point, radius: float, colour: str) -> None:
        size = radius * self._line_px / 2
        x, y = spot
        self.canvas.create_oval(
            x - size, y - size, x + size, y + size, fill=colour, outline=ON_PICTURE.field, tags="found"
        )


def _middle(points: list[Point]) -> Point:
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)
