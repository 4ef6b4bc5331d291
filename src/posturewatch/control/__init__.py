"""Commands from the command line to the running app, and its snapshot back, over a local socket.

Knows no command's meaning; what comes in is a ``Command`` in the loop's inbox.
"""

__all__ = ["client", "server", "wire"]
