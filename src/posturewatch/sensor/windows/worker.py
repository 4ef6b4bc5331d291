"""The thread behind a window: looks as fast as it can and leaves the latest for the window to draw."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from posturewatch.base.errors import PosturewatchError, SensorError, SourceError
from posturewatch.base.i18n import _
from posturewatch.base.observation import Lack, Look, Observation
from posturewatch.sensor import bundles, guard
from posturewatch.sensor.choices import CameraOptions, ModelOptions
from posturewatch.sensor.frames import Pixels
from posturewatch.sensor.look import Looker
from posturewatch.sensor.sources.drain import Drain

FRAME_S: Final = 1.0
"""Wait for a frame at most so long before the window says that there is none."""

Thought = TypeVar("Thought")


@dataclass(frozen=True, slots=True)
class WindowView(Generic[Thought]):
    """What the window draws: the latest look, what was made of it, or what keeps pictures away."""

    number: int
    seen: Observation | None = None
    picture: Pixels | None = None
    thought: Thought | None = None
    problem: PosturewatchError | None = None


class Worker(Generic[Thought]):
    """Owns source and networks. ``think`` is called with each look, in this thread and no other."""

    def __init__(
        self, camera: CameraOptions, models: ModelOptions, look: Look, think: Callable[[Observation], Thought]
    ) -> None:
        from posturewatch.sensor.sources.open import open_source

        self.latest: WindowView[Thought] = WindowView(0)
        self._models = models
        self._look = look
        self._think = think
        self._drain = Drain(lambda: open_source(camera))
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="looks", daemon=True)

    def start(self) -> None:
        """Open the camera and begin to look."""
        self._drain.start()
        self._thread.start()

    def close(self) -> None:
        """Give the camera back."""
        self._closing = True
        self._drain.close()

    def _run(self) -> None:
        guard.forbid_network()  # of this thread, which loads the networks; the window itself may need an X server
        try:
            looker = self._looker()
        except PosturewatchError as err:
            self._tell(problem=err)
            return
        while not self._closing:
            try:
                self._once(looker)
            except SourceError as err:
                self._tell(problem=err)
                threading.Event().wait(0.5)
            except Exception as err:  # a bug must be seen in the window, not end it silently
                self._tell(problem=SensorError(_("This failed: {what}").format(what=type(err).__name__)))
                raise

    def _looker(self) -> Looker:
        from posturewatch.sensor.landmarks import Landmarks

        networks = Landmarks(bundles.find(self._models), stills=False)
        networks.warm()
        return Looker(networks, live=False)

    def _once(self, looker: Looker) -> None:
        shot = self._drain.next_shot(FRAME_S)
        if shot is None:
            self._tell(problem=SourceError(_("The camera sends no picture.")))
            return
        look = looker.see(shot, self._look)
        picture = look.picture
        if look.observation.lack is Lack.NO_FRAME or picture is None:
            self._tell(problem=SourceError(_("The camera's picture cannot be used.")))
            return
        self._tell(seen=look.observation, picture=picture, thought=self._think(look.observation))

    def _tell(
        self,
        seen: Observation | None = None,
        picture: Pixels | None = None,
        thought: Thought | None = None,
        problem: PosturewatchError | None = None,
    ) -> None:
        self.latest = WindowView(self.latest.number + 1, seen, picture, thought, problem)
