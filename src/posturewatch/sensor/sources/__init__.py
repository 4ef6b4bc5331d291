"""Where pictures come from: cameras, video files, folders, streams, each drained so that none is stale.

Knows no network of landmarks and keeps no picture.
"""

__all__ = ["available", "drain", "open", "source"]
