"""The settings file: read, judged, written and watched.

Knows not who uses a setting; the limits of each key stand in ``base/settings.py``.
"""

__all__ = ["keys", "layers", "plan_file", "problems", "read", "watch", "write"]
