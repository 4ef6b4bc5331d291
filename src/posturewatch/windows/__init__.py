"""Small windows, each a short-lived process of its own, so that the tray can keep the main thread of the app.

``launch.py`` opens them from the app's side; everything else here runs in the window's process. They speak JSON,
a line each, over stdin and stdout. The toolkit is tkinter: it comes with Python's installers on Windows and
macOS and as ``python3-tk`` on Debian.
"""
