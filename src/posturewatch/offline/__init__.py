"""Recordings instead of a camera: measure them frame by frame, replay them as a day, show the whole way in a demo."""
