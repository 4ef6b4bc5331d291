"""The one place that builds the objects of a running posturewatch, and takes them down again in order."""
