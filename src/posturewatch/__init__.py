"""posturewatch: a desk posture monitor that measures forward head distance with an honest error."""

__version__ = "1.0.0rc2"
