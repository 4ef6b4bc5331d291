"""How often to look, and at what. Pure: the last step in, a plan out.

The camera's frames are cheap while nobody looks at them; a look costs two networks (trunk about 20 ms, face
about 6 ms of one core). So a steady upright person is looked at seldom, mostly by the face, which moves first, and by
the gate alone while no more than breath has changed; whoever moves or sits near the threshold, often; an empty chair
gets a cheap glance.

Bounds that hold at the default settings: a lasting change of half an inch or more, which stirs the picture, is looked
at three times within 5 s (``PEEK_RESTLESS_S`` + 2 × ``moving_s`` = 3 s; four times ``RESTLESS_WAIT_S`` for the
restless), a smaller one within ``CALM_WAIT_S`` + 2 × ``moving_s``, and a return to the desk at least once within
2 s, until the camera is given back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from posturewatch.base.observation import Look
from posturewatch.base.records import Reason, State, Step
from posturewatch.base.settings import WatchSettings

PEEK_S: Final = 1.0
"""Between two looks at a steady person the gate alone is asked this often whether the picture has changed much: a
hundredth of a look's cost, and a slump that begins after a look is seen a second later instead of four."""

AWAY_WAIT_S: Final = 10.0
"""The sensor glances at an empty chair by itself, each ``watch.away_s``, and tells so often that it is still empty."""

LONG_AWAY_S: Final = 120.0
LONG_AWAY_FACTOR: Final = 4 / 3
"""After so long an absence the time between two glances at the empty chair is multiplied by this: 2 s at the default. A
return is noticed a quarter of a second later in the mean, and glances are most of what an empty chair costs."""

CALM_WAIT_S: Final = 8.0
"""Time between looks at somebody upright whom the gate alone has answered for: the peeks between them see whatever
stirs, and only a change between breath and that, under half an inch, is seen so much later."""

PEEK_RESTLESS_S: Final = 2.0
CALM_LOOKS: Final = 5
"""Whoever stirs all the time without changing posture is peeked at half as often after so many looks for nothing."""

TRUNK_EVERY_S: Final = 10.0
"""The trunk is looked at this often even if nothing moves: it drifts slowly, but without the camera's noticing.
Larger saves 0.2 % of a core and leaves a slow slump of the trunk in the estimate for longer."""

TRUNK_NEAR_EVERY_S: Final = 3.0
"""… and this often near the threshold, where the shoulders' scatter decides and several looks are worth more than
one. Each second costs 0.7 % of a core while it lasts."""

WHOLE_EVERY_S: Final = 10.0
"""Other people are looked for this often: somebody who stops behind the user is seen within 10 s."""

WHOLE_GAP_S: Final = 2.0
"""… and on a change of state, but never more often than this: the search costs as much as a trunk."""

RESTLESS_S: Final = 10.0
"""After moving for this long, looks come further apart: whoever talks and fidgets all day must not cost a core. Seconds
without movement count back by a third: a pause for breath does not begin it anew, and whoever talks moves in every
other look at most."""

RESTLESS_WAIT_S: Final = 1.25
"""Time between looks at the restless. The filter believes a new posture after 3.6 s of looks
(``level_filter.GLANCE_S``): the fourth look after a change comes within 5 s and 3.75 s after the first. Longer would
break that bound."""

TRUNK_MOVING_EVERY_S: Final = 0.9
TRUNK_RESTLESS_EVERY_S: Final = 3.0
"""The trunk of whoever moves is looked at every other time, of the restless every third: it moves less than the head,
and costs most."""

NEAR_IN: Final = 0.3
"""Nearer to the threshold than this (or than its own error) counts as near; three quarters of the hysteresis
between threshold and clear at their defaults."""

PATIENCE_S: Final = 10.0
"""An unreliable interval is first watched closely for this long (it ends by itself, mostly), then less."""

CLOSED_RETRY_S: Final = 60.0
"""With the camera given back after a long absence, one look a minute."""

TROUBLE_MAX_S: Final = 4.0
"""Longest wait between looks while the camera gives nothing: one that comes back is used within ten seconds, and asking
for one that is not there costs next to nothing."""

_TROUBLE: Final = frozenset({
    Reason.NO_FRAME, Reason.CAMERA_LOST, Reason.CAMERA_MISSING, Reason.CAMERA_BUSY, Reason.CAMERA_FORBIDDEN,
    Reason.SENSOR_FAILED, Reason.FROZEN, Reason.BLACK,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plan:
    """Wait ``wait_s``, then look. ``close_camera``: give the camera back for the time of the wait.

    ``peek``: meanwhile the sensor looks so every ``peek_s`` by itself, and tells what is no longer as it was; ``None``:
    it does not."""

    look: Look
    wait_s: float
    close_camera: bool = False
    peek: Look | None = None
    peek_s: float = PEEK_S


class Cadence:
    """Plans the next look from what the last one brought."""

    def __init__(self, watch: WatchSettings) -> None:
        self._watch = watch
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget what has been seen, and since when."""
        self._last_s: float | None = None
        self._trunk_s: float | None = None
        self._whole_s: float | None = None
        self._state: State | None = None
        self._same_since_s = 0.0
        self._moving = False
        self._moved_s = 0.0
        self._empty_since_s: float | None = None
        self._trouble_wait_s = 0.0
        self._due_s = 0.0
        self._early = 0

    def change(self, watch: WatchSettings) -> None:
        """Take up new settings; what has been seen stays."""
        self._watch = watch

    def next(self, step: Step | None, now_s: float, threshold_in: float) -> Plan:
        """What to look at after which wait. ``step``: what the last look brought (``None``: nothing yet)."""
        if self._last_s is not None and now_s < self._last_s:
            self.begin_anew()
        passed_s = now_s - self._last_s if self._last_s is not None else 0.0
        self._last_s = now_s
        if step is None:
            self._trunk_s = self._whole_s = now_s
            return Plan(Look(whole=True), min(self._watch.moving_s, self._watch.near_s))
        changed = self._note(step, now_s, passed_s)
        if self._empty_since_s is not None and self._long_empty(now_s):
            self._trunk_s = self._whole_s = None
            return Plan(Look(whole=True), CLOSED_RETRY_S, close_camera=True)
        wait_s = self._wait(step, now_s, threshold_in)
        near = _near(step, threshold_in)
        every_s = TRUNK_NEAR_EVERY_S if near else TRUNK_EVERY_S
        every_s = TRUNK_RESTLESS_EVERY_S if self._restless else every_s
        look = self._look(step, now_s + wait_s, changed, every_s)
        settled = step.fht_in is not None and not (changed or near or _jumped(step))
        early = now_s < self._due_s - 0.1
        self._due_s = now_s + wait_s
        self._early = self._early + 1 if early and not (changed or step.moving or _jumped(step)) else 0
        if step.state is State.AWAY:
            look = replace(look, if_changed=True)
            return Plan(look, wait_s, peek=look, peek_s=self._glance_s(now_s))
        everything = settled and not (step.moving or self._restless)
        look = replace(look, if_changed=settled, all_if_stirred=everything)
        if step.fht_in is None or wait_s < 2 * PEEK_S:
            return Plan(look, wait_s)
        if self._restless:  # they stir for certain: what is looked at then, and how often, as while they move
            return Plan(look, wait_s, peek=replace(look, if_stirred=True, if_changed=False), peek_s=RESTLESS_WAIT_S)
        # At everything, so that what stirred may be somebody else and the planned look can be left to the gate.
        peek = replace(look, trunk=True, whole=True, if_stirred=True, if_changed=False)
        return Plan(look, wait_s, peek=peek, peek_s=PEEK_RESTLESS_S if self._early >= CALM_LOOKS else PEEK_S)

    def _note(self, step: Step, now_s: float, passed_s: float) -> bool:
        """Keep what has lasted since when; says whether the state has changed."""
        changed = step.state is not self._state
        if changed:
            self._state, self._same_since_s = step.state, now_s
        # What was seen last holds for the time since then.
        moved_s = self._moved_s + (passed_s if self._moving else -passed_s / 3)
        self._moved_s = min(max(moved_s, 0.0), 2 * RESTLESS_S)
        self._moving = step.moving
        if step.present:
            self._empty_since_s = None
        elif step.state is State.AWAY and self._empty_since_s is None:
            self._empty_since_s = now_s
        return changed

    def _long_empty(self, now_s: float) -> bool:
        return self._state is State.AWAY and self._empty_s(now_s) >= self._watch.close_after_away_min * 60

    def _empty_s(self, now_s: float) -> float:
        return now_s - (self._empty_since_s if self._empty_since_s is not None else now_s)

    def _glance_s(self, now_s: float) -> float:
        """Time between two glances at an empty chair."""
        return self._watch.away_s * (LONG_AWAY_FACTOR if self._empty_s(now_s) >= LONG_AWAY_S else 1.0)

    def _wait(self, step: Step, now_s: float, threshold_in: float) -> float:
        watch = self._watch
        if step.reason in _TROUBLE and not step.present:
            self._trouble_wait_s = min(max(watch.near_s, self._trouble_wait_s * 2), TROUBLE_MAX_S)
            return self._trouble_wait_s
        self._trouble_wait_s = 0.0
        if step.state is State.AWAY:
            return max(self._glance_s(now_s), AWAY_WAIT_S)
        slow_s = max(watch.near_s, min(RESTLESS_WAIT_S, watch.steady_s))
        if step.moving:
            return max(watch.moving_s, slow_s) if self._restless else watch.moving_s
        if step.state in (State.UNRELIABLE, State.UNCALIBRATED) or step.fht_in is None:
            return self._patient(now_s)
        near_s = slow_s if self._restless else watch.near_s
        if _near(step, threshold_in):
            return min(near_s, watch.steady_s)
        unchanged = step.state is State.UPRIGHT and step.raw is not None and step.raw.t_s < step.t_s
        return max(CALM_WAIT_S, watch.steady_s) if unchanged else watch.steady_s

    @property
    def _restless(self) -> bool:
        return self._moved_s >= RESTLESS_S

    def _patient(self, now_s: float) -> float:
        """From ``near_s`` to ``steady_s`` over ten patiences: close at first, then as seldom as when all is well."""
        near, steady = self._watch.near_s, max(self._watch.near_s, self._watch.steady_s)
        lasted_s = now_s - self._same_since_s
        share = min(max(lasted_s - PATIENCE_S, 0.0) / (10 * PATIENCE_S), 1.0)
        return near + share * (steady - near)

    def _look(self, step: Step, at_s: float, changed: bool, trunk_every_s: float) -> Look:
        """Face always; trunk and whole as long ago as they are, or because something has happened."""
        whole_due = self._whole_s is None or at_s - self._whole_s >= (WHOLE_GAP_S if changed else WHOLE_EVERY_S)
        trunk_due = self._trunk_s is None or at_s - self._trunk_s >= trunk_every_s
        if step.state is State.AWAY:
            trunk = trunk_due  # the face network alone tells a return; the trunk finds a bowed head
        else:
            verdict = step.state in (State.UPRIGHT, State.FORWARD)
            rested = self._trunk_s is None or at_s - self._trunk_s >= TRUNK_MOVING_EVERY_S
            stirs = (step.moving or _jumped(step)) and rested and not self._restless
            trunk = trunk_due or whole_due or changed or stirs or not verdict
        whole = trunk and whole_due and step.state is not State.AWAY
        if trunk:
            self._trunk_s = at_s
        if whole:
            self._whole_s = at_s
        return Look(face=True, trunk=trunk, whole=whole)


def _near(step: Step, threshold_in: float) -> bool:
    """Whether the verdict could turn with the next look."""
    return step.fht_in is not None and abs(step.fht_in - threshold_in) <= max(NEAR_IN, step.fht_se_in or 0.0)


def _jumped(step: Step) -> bool:
    """A single frame far from the filtered value: head or trunk has moved, so the trunk is wanted too."""
    return step.raw is not None and step.fht_in is not None and abs(step.raw.fht_in - step.fht_in) > NEAR_IN
