"""What can go wrong, said so that the user knows what to do.

One base, one subclass per edge. Adapters translate (``raise CameraError(...) from err``); only the
command line prints ``message`` and ``hint`` and exits with ``exit_code``.

Exit codes: 0 done · 1 unexpected (a bug) · 2 wrong words on the command line · 3 configuration ·
4 source or camera · 5 models · 6 calibration · 7 data (journal, import, export) · 8 another instance ·
9 desktop (display, tray, notifications) · 130 interrupted.
"""

from __future__ import annotations


class PosturewatchError(Exception):
    """Base of every error that we raise on purpose.

    ``message`` says what is wrong and where; ``hint`` says what to do about it.
    """

    exit_code = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def in_words(self) -> str:
        """Message and hint in one text, for where there is one place for both."""
        return f"{self.message} {self.hint}".strip()


class UsageError(PosturewatchError):
    """The command line's words do not fit together."""

    exit_code = 2


class ConfigError(PosturewatchError):
    """The configuration cannot be used; the message names file, line and key."""

    exit_code = 3


class SourceError(PosturewatchError):
    """Frames cannot be had: file, folder, stream or camera."""

    exit_code = 4


class CameraMissingError(SourceError):
    """There is no such camera (or it was unplugged)."""


class CameraBusyError(SourceError):
    """Another program holds the camera."""


class CameraForbiddenError(SourceError):
    """This user may not open the camera."""


class SourceUnreadableError(SourceError):
    """The file, folder or stream exists and holds nothing that can be read as pictures."""


class SourceEndedError(SourceError):
    """The recording that was watched in place of a camera has come to its end."""


class SensorError(SourceError):
    """The sensor process died, hung or answered nonsense."""


class ModelError(PosturewatchError):
    """A model bundle is missing, damaged or of the wrong kind."""

    exit_code = 5


class CalibrationError(PosturewatchError):
    """The frames given do not make a calibration; the message says why."""

    exit_code = 6


class DataError(PosturewatchError):
    """Journal, import or export."""

    exit_code = 7

    def __init__(self, message: str, hint: str = "", *, field: str = "") -> None:
        """``field``: which field of a form or an entry is wrong; empty where it is none alone."""
        super().__init__(message, hint)
        self.field = field


class FolderError(DataError):
    """A folder of ours is missing, read-only or not a folder."""


class JournalError(DataError):
    """The journal cannot be opened, read or written."""


class ImportRefusedError(DataError):
    """A file given for import or review is damaged or foreign; nothing of it was taken."""


class InstanceError(PosturewatchError):
    """Another posturewatch runs already, or none runs to speak to."""

    exit_code = 8


class DesktopError(PosturewatchError):
    """Display, tray, notification or autostart cannot be had."""

    exit_code = 9


def came_of_interrupt(err: BaseException | None) -> bool:
    """Whether Ctrl+C is what ended in this error: Python before 3.12 makes a RuntimeError of it in a class that is just
    being made (``__set_name__``), and libraries make errors of their own of it."""
    while err is not None and not isinstance(err, KeyboardInterrupt):
        err = err.__cause__ or err.__context__
    return err is not None
