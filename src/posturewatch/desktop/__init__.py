"""The user's session: presence, tray, notifications, start at login; one folder for each part.

Knows nothing of posture: what to show comes in, what the user answered goes out.
"""

__all__ = ["app_menu", "autostart", "interface", "notify", "presence", "session_end", "tray"]
