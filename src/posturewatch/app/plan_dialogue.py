"""What the plan's window is told and what comes of its answers; the same steps as ``posturewatch plan``."""

from __future__ import annotations

from pathlib import Path

from posturewatch.app.plans import DOUBTFUL, Offer, look_at, plan_lines, signed_by, signer_words, take_away, take_up
from posturewatch.base.child import Said
from posturewatch.base.clock import Clock
from posturewatch.base.errors import PosturewatchError
from posturewatch.base.i18n import _
from posturewatch.config.plan_file import load_accepted
from posturewatch.config.read import load_settings
from posturewatch.disk.folders import Folders
from posturewatch.ui.plan_window import PlanView


class PlanDialogue:
    """One window's talk. What is taken up is the plan that was shown, whatever becomes of its file meanwhile."""

    def __init__(self, folders: Folders, clock: Clock) -> None:
        self._folders = folders
        self._clock = clock
        self._offer: Offer | None = None

    def view(self) -> PlanView:
        """The plan in force with what it changes, or that there is none; a damaged one can be taken away."""
        try:
            taken = load_accepted(self._folders.plan_file)
            if taken is None:
                return PlanView((_("No plan is in force."),))
            own = load_settings(self._folders.config_file)
        except PosturewatchError as err:
            return PlanView((err.message, err.hint), in_force=True)
        lines = plan_lines(taken, own, self._clock.now().date(), signed_by(taken.signer))
        return PlanView(tuple(lines), in_force=True)

    def heard(self, said: Said) -> Said | None:
        """The answer to what the user did in the window."""
        try:
            match said.kind:
                case "open":
                    return self._look(Path(str(said.get("path"))))
                case "accept" if self._offer is not None:
                    take_up(self._folders, self._offer, (), self._clock)
                    return Said("kept")
                case "remove":
                    take_away(self._folders, self._clock)
                    return Said("kept")
        except PosturewatchError as err:
            return Said("refused", {"why": f"{err.message}\n{err.hint}".strip()})
        return None

    def _look(self, path: Path) -> Said:
        self._offer = None
        offer = look_at(self._folders, path, self._clock.now().date())
        own = load_settings(self._folders.config_file)
        signed = signer_words(offer.public, offer.standing)
        lines = plan_lines(offer.taken, own, self._clock.now().date(), signed)
        self._offer = offer
        return Said("offer", {"lines": lines, "doubt": signed if offer.standing in DOUBTFUL else ""})
