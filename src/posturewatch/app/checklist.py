"""Ten steps by which somebody sees posturewatch work on a system that its makers never had.

What the program can answer by itself it answers; the rest is something to do, and what should be seen then. They are
the same ten on every platform, so that reports can be laid beside each other.
"""

from __future__ import annotations

from dataclasses import dataclass

from posturewatch.app import doctor
from posturewatch.base.clock import SystemClock
from posturewatch.base.finding import Finding
from posturewatch.base.i18n import _
from posturewatch.base.settings import Settings
from posturewatch.disk.folders import Folders


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step: what it is about, what to do and should be seen, and the program's own answer where it has one."""

    about: str
    do: str
    answer: tuple[Finding, ...] = ()


def checklist(folders: Folders, settings: Settings, *, camera: bool = True) -> tuple[TrialStep, ...]:
    """The ten steps, with what the program finds now. Opens the camera for a frame and a window for a moment."""
    from posturewatch.desktop import autostart
    from posturewatch.desktop.notify import notifications
    from posturewatch.desktop.presence import session
    from posturewatch.desktop.tray import visibility as tray

    seen = doctor.ask(_("camera"), lambda: doctor.measuring(settings)) if camera else ()
    return (
        TrialStep(
            _("Camera"), _("Run `posturewatch live`: you see yourself; after closing it the light is off."), seen
        ),
        TrialStep(_("Calibration"), _("Run `posturewatch calibrate`: it ends with an error in inches or a reason.")),
        TrialStep(
            _("Windows"),
            _("Run `posturewatch setup`: each page is whole on the screen and can be left."),
            doctor.ask(_("display"), doctor.display),
        ),
        TrialStep(
            _("Tray icon"),
            _("Start `posturewatch`: an icon appears, and each line of its menu does what it says."),
            doctor.ask(_("tray"), tray.probe),
        ),
        TrialStep(
            _("Notifications"),
            _("Run `posturewatch break`: a notification or a window comes; its buttons work."),
            doctor.ask(_("notifications"), notifications.probe),
        ),
        TrialStep(
            _("Lock and idle time"),
            _("Lock the screen: the camera's light goes out within two seconds, and comes back after unlocking."),
            doctor.ask(_("session"), lambda: session.probe(SystemClock())),
        ),
        TrialStep(_("Call"), _("Join a video call: no reminder comes, and the camera is free for the call.")),
        TrialStep(_("Suspend"), _("Close the lid for two minutes: `posturewatch log` counts them as not watched.")),
        TrialStep(
            _("Start at login"),
            _("Run `posturewatch autostart enable`, log out and in: `posturewatch status` answers."),
            doctor.ask(_("start at login"), autostart.probe),
        ),
        TrialStep(
            _("The end of the session"),
            _("Log out while it watches, log in: `posturewatch log` has the minute before, and the journal is sound."),
            doctor.ask(_("journal"), lambda: doctor.journal(folders)),
        ),
    )
