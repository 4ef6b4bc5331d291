"""Windows with the camera's picture, drawn where the picture is.

Write nothing; a calibration goes to the app as a message.
"""

__all__ = ["calibration_window", "live_window", "picture_window"]
