"""The camera's picture as in a mirror, with what was found drawn upon it. The picture stays in this process."""

from __future__ import annotations

import tkinter as tk
from typing import Final

from posturewatch.records import Observation
from posturewatch.sensor import window_style as look
from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.native import load_opencv

WIDTH, HEIGHT = 640, 480

_FACE_POINTS: Final = (33, 133, 362, 263, 1, 61, 291, 10, 152)
"""Eye corners, tip of the nose, corners of the mouth, forehead, chin."""
_IRISES: Final = (468, 473)
_SEEN: Final = 0.5
"""Pose points that are less visible than this are not drawn."""

Point = tuple[float, float]


class Stage:
    """A canvas with the picture, mirrored, fitted into 640 × 480."""

    def __init__(self, parent: tk.Misc, scale: float) -> None:
        self._width, self._height = round(WIDTH * scale), round(HEIGHT * scale)
        self._line_px = 2 * scale
        self.canvas = tk.Canvas(
            parent,
            width=self._width,
            height=self._height,
            background=look.FIELD,
            highlightthickness=1,
            highlightbackground=look.LINE,
        )
        self._photo = tk.PhotoImage(width=self._width, height=self._height)
        self._image = self.canvas.create_image(self._width / 2, self._height / 2, image=self._photo)
        self._message = self.canvas.create_text(
            self._width / 2,
            self._height / 2,
            fill=look.INK,
            font=look.font(14),
            width=self._width * 0.8,
            justify="center",
        )
        self._number = self.canvas.create_text(
            self._width / 2, self._height * 0.16, fill=look.INK, font=look.font(60, bold=True)
        )
        self._fit = 1.0

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
        """A large number over the picture; an empty text takes it away."""
        self.canvas.itemconfigure(self._number, text=number)
        self.canvas.tag_raise(self._number)

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
                self._line(shoulders[0], shoulders[1], look.INK)
            if shoulders and ears:
                self._line(_middle(shoulders), _middle(ears), colour)
            for spot in shoulders:
                self._dot(spot, 5, look.INK)
            for spot in ears:
                self._dot(spot, 4, colour)
        if seen.face is not None:
            for number in _FACE_POINTS:
                self._dot(place(seen.face.points[number]), 2, look.INK)
            for number in _IRISES:
                self._dot(place(seen.face.points[number]), 3, colour)

    def _line(self, start: Point, end: Point, colour: str) -> None:
        for width, paint in ((2.5, look.FIELD), (1.25, colour)):  # a dark edge, so that it shows on any picture
            self.canvas.create_line(
                *start, *end, fill=paint, width=width * self._line_px, capstyle="round", tags="found"
            )

    def _dot(self, spot: Point, radius: float, colour: str) -> None:
        size = radius * self._line_px / 2
        x, y = spot
        self.canvas.create_oval(
            x - size, y - size, x + size, y + size, fill=colour, outline=look.FIELD, tags="found"
        )


def _middle(points: list[Point]) -> Point:
    return sum(x for x, _y in points) / len(points), sum(y for _x, y in points) / len(points)
