"""Joins the seven outputs of the attention face network to the two that the Tasks face graph reads.

The network finds a mesh of 468 points and, in a second look at eyes, lips and irises, the same points there once more
and better, in an order of its own. How they replace mesh points is written in a graph configuration that MediaPipe
compiles into its library; it is read from there, so that no table has to be kept by hand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tflite_graph import GraphEditor

MESH_POINTS = 468
IRIS_POINTS = 5
POINTS = MESH_POINTS + 2 * IRIS_POINTS
MESH_OUTPUT = "output_mesh_identity"
FLAG_OUTPUT = "conv_faceflag"
# Outputs with refined points, x and y only, in the order in which the configuration speaks of them after the mesh.
REFINED_OUTPUTS = ("output_lips", "output_left_eye", "output_right_eye", "output_left_iris", "output_right_iris")


@dataclass(frozen=True, slots=True)
class Refinement:
    """Where one output's points go: row k replaces landmark `landmarks[k]`.

    `depth_from` names the mesh points whose mean z the landmarks get; empty when the mesh's own z stays.
    """

    landmarks: tuple[int, ...]
    depth_from: tuple[int, ...]


def read_refinements(message: bytes) -> tuple[Refinement, ...]:
    """Read the refinements from a serialised `LandmarksRefinementCalculatorOptions`: the mesh first, then the parts.

    Field numbers are those of MediaPipe's landmarks_refinement_calculator.proto. Raises ValueError when the message is
    not laid out as the five outputs of the network need it.
    """
    found = tuple(_read_refinement(content) for number, content in _fields(message) if number == 1)
    if len(found) != 1 + len(REFINED_OUTPUTS) or found[0].landmarks != tuple(range(MESH_POINTS)):
        raise ValueError("the landmark refinement configuration is not that of the attention network")
    if sorted({index for part in found for index in part.landmarks}) != list(range(POINTS)):
        raise ValueError("the landmark refinement configuration does not cover all landmarks")
    return found


def join_face_outputs(schema: ModuleType, model: Any, refinements: tuple[Refinement, ...]) -> None:
    """Append operators that put all points into one tensor, and make it and the face flag the outputs.

    Points: `[1, 1, 1, 1434]`, 478 × xyz in pixels of the 192 × 192 input. Landmarks 468 … 472 are the iris at the left
    of the picture (the person's right in a picture that is not mirrored), 473 … 477 the other one; centres first.
    x and y come from the refined outputs where there are any, z from the mesh; an iris has the mean z of its eyelids.
    """
    edit = GraphEditor(schema, model)
    mesh = edit.reshape(edit.tensor_named(MESH_OUTPUT), "joined/mesh", (MESH_POINTS, 3))
    places = edit.scale_columns(_refined_places(edit, mesh, refinements), "joined/xy", (1.0, 1.0, 0.0))
    depths = edit.scale_columns(_depths(edit, mesh, refinements), "joined/z", (0.0, 0.0, 1.0))
    points = edit.add(places, depths, "joined/points")
    edit.set_outputs(edit.reshape(points, "joined/landmarks", (1, 1, 1, 3 * POINTS)), edit.tensor_named(FLAG_OUTPUT))


def _refined_places(edit: GraphEditor, mesh: int, refinements: tuple[Refinement, ...]) -> int:
    parts, row_of, rows = [mesh], list(range(POINTS)), MESH_POINTS
    for output, part in zip(REFINED_OUTPUTS, refinements[1:], strict=True):
        short = output.replace("output_", "joined/")
        flat = edit.reshape(edit.tensor_named(output), f"{short}_xy", (len(part.landmarks), 2))
        parts.append(edit.pad_column(flat, short))
        for row, landmark in enumerate(part.landmarks, start=rows):
            row_of[landmark] = row
        rows += len(part.landmarks)
    return edit.pick_rows(edit.stack_rows(tuple(parts), "joined/found"), "joined/refined", tuple(row_of))


def _depths(edit: GraphEditor, mesh: int, refinements: tuple[Refinement, ...]) -> int:
    parts, row_of = [mesh], list(range(MESH_POINTS)) + [0] * (2 * IRIS_POINTS)
    for output, part in zip(REFINED_OUTPUTS, refinements[1:], strict=True):
        if not part.depth_from:
            continue
        short = output.replace("output_", "joined/")
        lids = edit.pick_rows(mesh, f"{short}_lids", part.depth_from)
        for landmark in part.landmarks:
            row_of[landmark] = MESH_POINTS + len(parts) - 1
        parts.append(edit.mean_row(lids, f"{short}_depth"))
    return edit.pick_rows(edit.stack_rows(tuple(parts), "joined/depths"), "joined/depth", tuple(row_of))


def _read_refinement(message: bytes) -> Refinement:
    landmarks = tuple(value for number, value in _fields(message) if number == 1)
    depth_rule = next(content for number, content in _fields(message) if number == 2)
    # Of the three rules (1 none, 2 copy, 3 average of the points named) only the last takes z from elsewhere.
    averages = [content for number, content in _fields(depth_rule) if number == 3]
    depth_from = tuple(value for content in averages for number, value in _fields(content) if number == 1)
    return Refinement(landmarks, depth_from)


def _fields(message: bytes) -> Iterator[tuple[int, Any]]:
    """Field number and value (int for varints, bytes for length-delimited) of a protocol buffer message."""
    place = 0
    while place < len(message):
        key, place = _varint(message, place)
        value, place = _varint(message, place)
        if key & 7 == 2:
            yield key >> 3, message[place : place + value]
            place += value
        elif key & 7 == 0:
            yield key >> 3, value
        else:
            raise ValueError(f"unexpected wire type {key & 7} in a configuration message")


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place
