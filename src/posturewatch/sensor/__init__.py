"""The process with the camera: it looks when it is asked, and answers with points, or why there are none.

Writes no file, reaches no network but a camera's, and lets no picture out.
"""

__all__ = []
