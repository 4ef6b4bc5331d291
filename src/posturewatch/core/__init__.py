"""The domain, pure: time is an argument, and what it decides is returned.

Knows no file, process, thread, log or clock.
"""

__all__ = ["history", "posture", "reminding"]
