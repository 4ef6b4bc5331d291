"""Chest and head followed by the texture of clothes and skin, between looks and beside the networks.

Knows no posture: pairs of points go out.
"""

__all__ = ["tracker"]
