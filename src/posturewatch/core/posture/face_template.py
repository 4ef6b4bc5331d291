"""The calibrated face: a mean mesh over several looks, and from where the camera sees it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from posturewatch.base.observation import IRISES
from posturewatch.core.posture.cues import RIGID
from posturewatch.core.posture.geometry import Floats, nearest_rotation, similarity

LEAST_SHARE: Final = 0.4
"""The face counts as seen from this camera if the network found it in this share of the looks."""

NOSE_SLOPE: Final = 1.07
NOSE_DOWN: Final = 0.724
"""Where a nose's tip lies under the eyes as the camera is raised, radians: a straight line over five rendered
people, each predicted from the other four to 5° RMS; the forehead–chin axis of the same mesh gives 8°, because
the network guesses the slope of a face worse than the length of a nose."""

USUAL_PITCH: Final = 0.07
"""Radians by which a camera on top of a screen usually looks down."""

NOSE_SHARE: Final = 0.85
"""Weight of the nose against that habit: 5° against the 12° by which cameras differ."""


@dataclass(frozen=True, slots=True)
class FaceMeshes:
    """Meshes (n, 478, 3) px of the looks with a face, and their median's key figures."""

    meshes: Floats
    median: Floats

    @classmethod
    def of(cls, meshes: Floats) -> FaceMeshes | None:
        """From meshes with NaN where no face was found; ``None`` if it was found too seldom."""
        found = meshes[np.isfinite(meshes[:, 0, 0])]
        if len(found) < max(4, LEAST_SHARE * len(meshes)):
            return None
        return cls(found, np.asarray(np.median(found, axis=0)))

    @property
    def eyes_px(self) -> Floats:
        """Midway between the irises, (2,) px."""
        return np.asarray(self.median[list(IRISES), :2].mean(axis=0))

    @property
    def pupils_px(self) -> float:
        """Distance of the irises in the mesh's three dimensions, px: what a frontal view would show."""
        return float(np.linalg.norm(self.median[IRISES[0]] - self.median[IRISES[1]]))


def mesh_template(meshes: Floats) -> tuple[Floats, Floats]:
    """Mean rigid mesh (n, 3) px about its centre, in the median pose and size, and the median centre (2,) px.

    Generalised Procrustes analysis (Gower 1975): align, average, repeat.
    """
    rigid = meshes[:, list(RIGID)]
    mean = rigid[0]
    for _ in range(4):
        aligned = []
        for mesh in rigid:
            scale, turn = similarity(mesh, mean)
            aligned.append(scale * (mesh - mesh.mean(axis=0)) @ turn.T)
        mean = np.mean(aligned, axis=0)
    poses = [similarity(mean, mesh) for mesh in rigid]
    scale = float(np.exp(np.median([np.log(s) for s, _ in poses])))
    turn = nearest_rotation(np.mean([r for _, r in poses], axis=0))
    return np.asarray(scale * (mean - mean.mean(axis=0)) @ turn.T), np.asarray(
        np.median(rigid[:, :, :2].mean(axis=1), axis=0)
    )


def view_angles(seen: FaceMeshes | None, world: Floats) -> tuple[float, float]:
    """Azimuth and pitch of the camera, radians: + the person faces to the right of the picture; + the camera
    looks down. From the mesh's axes of symmetry; from the pose network's world points (33, 3) where no face is
    seen."""
    if seen is None:
        ears = world[7] - world[8]
        nose = world[0] - (world[7] + world[8]) / 2
        by_ears = np.arctan2(ears[2], ears[0])
        by_nose = np.arctan2(nose[0], -nose[2])
        # Mean of two directions, not of two numbers: they may lie on both sides of 180°.
        azimuth = np.arctan2(np.sin(by_ears) + np.sin(by_nose), np.cos(by_ears) + np.cos(by_nose))
        return float(azimuth), USUAL_PITCH
    mesh = seen.median
    across = _unit(_unit(mesh[263] - mesh[33]) + _unit(mesh[454] - mesh[234]))
    up = mesh[10] - mesh[152]
    forward = np.cross(across, _unit(up - across * float(across @ up)))
    azimuth = float(np.arctan2(forward[0], -forward[2]))
    nose = mesh[[1, 4, 5]].mean(axis=0) - (mesh[33] + mesh[263]) / 2
    down = NOSE_SLOPE * float(np.arctan2(nose[1], -nose[2])) - NOSE_DOWN
    return azimuth, NOSE_SHARE * down + (1 - NOSE_SHARE) * USUAL_PITCH


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))
