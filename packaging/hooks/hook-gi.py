"""PyGObject without its libraries and typelibs: those are the desktop's own, or there is none and the tray is X11's."""

from PyInstaller.utils.hooks import collect_submodules

hiddenimports = [name for name in collect_submodules("gi") if "cairo" not in name]
