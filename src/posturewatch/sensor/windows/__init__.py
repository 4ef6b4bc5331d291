"""Windows with the camera's picture, drawn where the picture is.

Write nothing; a calibration, or the numbers of a movement check, go to the app as a message.
"""

__all__ = ["calibration_window", "live_window", "movement_window", "picture_window", "worker"]
