"""Builds the objects of a running posturewatch and takes them down again in order.

Holds no rule: what is decided stands in ``core``.
"""

__all__ = [
    "background",
    "calibration",
    "checklist",
    "doctor",
    "draft_plan",
    "failed_start",
    "first_run",
    "keeper",
    "main",
    "movement_check",
    "plan_form",
    "plans",
    "reports",
    "setting_words",
    "support_file",
    "today",
]
