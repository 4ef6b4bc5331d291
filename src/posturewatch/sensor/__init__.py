"""The process with the camera: the only room that knows OpenCV and MediaPipe. No picture leaves it."""
