"""The app's I/O: clock, folders, journal, notifications, tray, presence. Each has ``probe() -> Check``."""
