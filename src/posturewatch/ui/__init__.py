"""What windows are made of; small windows, each a process of its own; how the app opens and hears them.

Write nothing and decide nothing: what the user did goes back as a message.
"""

__all__ = [
    "break_window",
    "day_view",
    "diary_window",
    "feedback_window",
    "first_run",
    "first_run_terminal",
    "form",
    "help_window",
    "open",
    "palette",
    "plan_form_window",
    "plan_window",
    "settings_window",
    "toolkit",
    "tooltip_window",
]
