"""The monitor: observations in, steps out. Presence, then quality, then estimate, then the value over time.

A verdict is UPRIGHT or FORWARD and nothing else, and only comes from a look at a person that nothing speaks
against, with an error that can tell one from the other. It reads no clock: time is the observation's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import hypot
from typing import Final, Protocol

from posturewatch.base.load import load_of
from posturewatch.base.observation import FROZEN_S, Lack, Look, Observation
from posturewatch.base.records import Estimate, Reason, State, Step
from posturewatch.base.settings import LoadSettings, PostureSettings, UserSettings, WatchSettings
from posturewatch.core.posture import quality
from posturewatch.core.posture.calibration import Calibration
from posturewatch.core.posture.calibrator import hinders
from posturewatch.core.posture.chair import Chair, ChairWatch, FaceWatch
from posturewatch.core.posture.clothes import Tone
from posturewatch.core.posture.drift import DriftWatch
from posturewatch.core.posture.estimate import TRUNK_LASTS_S, Estimator
from posturewatch.core.posture.level_filter import GAP_S, Filtered, LevelFilter, Verdict, probability_beyond
from posturewatch.core.posture.person_in_view import PersonInView, UsualView, sight_of, usual_of
from posturewatch.core.posture.shared_unknowns import SharedUnknowns

_VERDICTS: Final = frozenset({State.UPRIGHT, State.FORWARD})

MOVES: Final = {
    State.UNCALIBRATED: frozenset({State.UNCALIBRATED, State.AWAY}),
    State.AWAY: frozenset({State.AWAY, State.UNRELIABLE, State.UNCALIBRATED, State.UPRIGHT}),
    State.UNRELIABLE: frozenset({State.UNRELIABLE, State.AWAY, *_VERDICTS}),
    State.UPRIGHT: frozenset({State.UPRIGHT, State.FORWARD, State.UNRELIABLE, State.AWAY}),
    State.FORWARD: frozenset({State.FORWARD, State.UPRIGHT, State.UNRELIABLE, State.AWAY}),
}
"""From which state which may follow. A new calibration begins anew outside this table; whoever comes back to
the desk is not judged FORWARD by the first look."""

MOVING: Final = 0.06
"""Share of the shoulder width by which the eyes must have moved between two looks to call it moving: 2 cm, twice what
the networks' scatter makes of somebody who sits still."""

GAP_LOOKS: Final = 3.0
"""A gap is never shorter than this many of the longest ordinary waits."""


class Measures(Protocol):
    """What the monitor needs of ``core.posture.estimate.Estimator``."""

    def estimate(self, observation: Observation) -> Estimate | None: ...
    def learn(self) -> None: ...
    def forget(self) -> None: ...
    @property
    def tied(self) -> bool: ...
    @property
    def clothes_tone(self) -> Tone | None: ...
    @property
    def shared(self) -> SharedUnknowns: ...
    @property
    def wants_anchor(self) -> bool: ...
    @property
    def wants_new_anchor(self) -> bool: ...


Maker = Callable[[Calibration], Measures]
"""Builds what estimates against a calibration."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one look says, before the table of moves and the clock have their say."""

    state: State
    reason: Reason | None = None
    present: bool = False
    value: Filtered | None = None
    raw: Estimate | None = None


class Monitor:
    """See the module. ``stills``: frames are unrelated, each is measured by itself. ``maker`` builds what estimates."""

    def __init__(
        self,
        calibration: Calibration | None,
        posture: PostureSettings,
        load: LoadSettings,
        user: UserSettings,
        watch: WatchSettings,
        *,
        stills: bool = False,
        same_sitting: bool | None = None,
        maker: Maker | None = None,
    ) -> None:
        self._stills = stills
        self._maker: Maker = maker or partial(Estimator, stills=stills, same_sitting=same_sitting)
        self._take_up(posture, load, user, watch)
        self._presence, self._face = ChairWatch(), FaceWatch()
        self._estimator: Measures | None = None
        self._usual: UsualView | None = None
        self._drift: DriftWatch | None = None
        self._clock_s = self._seen_s = self._since_s = 0.0
        self.calibrate_with(calibration)

    def change(self, posture: PostureSettings, load: LoadSettings, user: UserSettings, watch: WatchSettings) -> None:
        """Take up new settings. What was learnt of person and sitting stays; what was filtered begins anew."""
        self._take_up(posture, load, user, watch)
        self.reset()

    def _take_up(self, posture: PostureSettings, load: LoadSettings, user: UserSettings, watch: WatchSettings) -> None:
        self._load, self._user, self._watch = load, user, watch
        self._gap_s = max(GAP_S, GAP_LOOKS * max(watch.steady_s, watch.near_s, watch.moving_s))
        self._filter = LevelFilter(gap_s=self._gap_s)
        self._threshold_in = posture.threshold
        self._verdict = Verdict(posture.threshold, posture.clear)

    @property
    def tied(self) -> bool | None:
        """Whether the calibration holds for what is worn, as far as is known; ``None`` without one."""
        return None if self._estimator is None else self._estimator.tied

    @property
    def clothes_tone(self) -> Tone | None:
        """That of the clothes that are worn, as far as is known."""
        return None if self._estimator is None else self._estimator.clothes_tone

    @property
    def shared(self) -> SharedUnknowns | None:
        """What is known by now of person and sitting; ``None`` without a calibration."""
        return None if self._estimator is None else self._estimator.shared

    def calibrate_with(self, calibration: Calibration | None) -> None:
        """Measure against this one from now on (``None``: there is none); what was filtered before is forgotten."""
        known = calibration is not None
        self._estimator = self._maker(calibration) if calibration is not None else None
        self._usual = usual_of(calibration) if calibration is not None else None
        self._drift = DriftWatch(self._usual) if self._usual is not None else None
        self._state = State.UNRELIABLE if known else State.UNCALIBRATED
        self.reset()

    def reset(self) -> None:
        """After time that nobody saw: what was before says nothing about now."""
        self._now_s: float | None = None
        self._last: _Finding | None = None
        self._analysed: Observation | None = None
        self._trunk_s: float | None = None
        self._eyes: tuple[float, float] | None = None
        self._forget_values()
        self._presence.forget()
        self._face.forget()
        if self._drift is not None:
            self._drift.forget()
        self._state = State.UNRELIABLE if self._estimator is not None else State.UNCALIBRATED
        self._since_s = self._clock_s

    def asking(self, look: Look) -> Look:
        """The look that is planned, with the trunk where the one that was seen last would be too old by then (the gate
        may have kept it from being looked at), and with the wish to keep this person's texture as a reference where
        that is missing: only from a posture that nothing but its error speaks against, so that it is a good one."""
        own = self._estimator
        if own is not None and self._now_s is not None and self._trunk_s is not None and not look.trunk:
            look = replace(look, trunk=self._now_s + self._watch.steady_s - self._trunk_s > TRUNK_LASTS_S)
        uncertain = self._last is not None and self._last.reason is Reason.TOO_UNCERTAIN
        if own is None or not look.trunk or not (self._state in _VERDICTS or uncertain):
            return look
        if not (own.wants_anchor or own.wants_new_anchor):
            return look
        return replace(look, face=True, anchor=True, new_anchor=own.wants_new_anchor)

    def feed(self, seen: Observation) -> Step:
        """What the monitor says after this observation. Raises nothing."""
        self._pass(seen.t_s)
        gated = seen.lack is Lack.GATED and seen.still_s < FROZEN_S
        if gated and self._analysed is None:
            return self._step(seen, _Finding(State.UNRELIABLE, Reason.STARTING), moving=False)
        if not gated:
            self._analysed = seen
            self._trunk_s = seen.t_s if seen.trunk is not None else self._trunk_s
        elif self._analysed is not None:
            seen = replace(self._analysed, t_s=seen.t_s)
        finding, sight = self._find(seen, gated)
        moving = self._moving(finding, sight)
        return self._step(seen, finding, moving)

    # ------------------------------------------------------------------ time

    def _pass(self, t_s: float) -> None:
        """Our own clock never steps back; a gap, or a clock that was set far back, begins anew."""
        before_s = self._now_s
        if before_s is not None and not self._stills and abs(t_s - before_s) > self._gap_s:
            self.reset()
            before_s = None
        self._clock_s += max(0.0, t_s - before_s) if before_s is not None else 0.0
        self._now_s = t_s

    def _forget_values(self) -> None:
        self._filter.forget()
        self._verdict.forget()
        if self._estimator is not None:
            self._estimator.forget()

    # ------------------------------------------------------------------ one look

    def _find(self, seen: Observation, gated: bool) -> tuple[_Finding, PersonInView | None]:
        if self._stills:
            self._forget_values()
            self._presence.forget()
            self._face.forget()
        lack = quality.lacks(seen)
        if lack is not None and lack is not Reason.NOBODY:
            self._filter.miss(self._clock_s)
            return _Finding(State.UNRELIABLE, lack), None
        sight = sight_of(seen)
        if sight is None:
            blind = seen.looked.face and not seen.looked.trunk and not self._stills
            return (self._blind() if blind else self._nobody()), None
        if quality.is_ghost(sight, self._usual):
            return self._ghost(), None
        chair = self._presence.somebody(sight, self._clock_s)
        return self._somebody(seen, sight, chair, gated), sight

    def _nobody(self) -> _Finding:
        self._filter.miss(self._clock_s)
        if self._presence.nobody(self._clock_s) is Chair.MISSED:
            return _Finding(State.UNRELIABLE, Reason.NOBODY)
        self._forget_values()
        return _Finding(State.AWAY, Reason.NOBODY)

    def _blind(self) -> _Finding:
        """The face network alone found nothing: it misses bowed, small and covered faces, so it refutes nobody."""
        self._filter.miss(self._clock_s)
        last = self._last
        if last is None:
            return _Finding(State.UNRELIABLE, Reason.STARTING)
        if last.value is None:
            return last
        value = self._filter.now
        if value is None:
            return _Finding(State.UNRELIABLE, Reason.TOO_UNCERTAIN, present=True)
        return replace(last, value=replace(value, unsettled=True), raw=None)

    def _ghost(self) -> _Finding:
        """Somebody, or something, too small to sit here: for the chair that is nobody, but not surely so."""
        self._filter.miss(self._clock_s)
        self._presence.nobody(self._clock_s)
        return _Finding(State.UNRELIABLE, Reason.GHOST)

    def _somebody(self, seen: Observation, sight: PersonInView, chair: Chair, gated: bool) -> _Finding:
        if self._estimator is None or self._usual is None:
            hindrance = hinders(seen) if seen.looked.trunk else None
            return _Finding(State.UNCALIBRATED, hindrance, present=True)
        estimate = self._last.raw if gated and self._last is not None else self._estimator.estimate(seen)
        others = self._presence.others(seen, self._clock_s)
        covered = self._face.feed(quality.face_hidden(seen, sight, self._usual), self._clock_s)
        reason = quality.objection(
            seen,
            sight,
            self._usual,
            estimate,
            people=others,
            covered=covered,
        )
        if chair is Chair.STRANGE:
            reason = Reason.GHOST
        elif chair is Chair.ARRIVING:
            reason = reason or Reason.STARTING
        if self._drift is not None and chair is Chair.TAKEN and not self._stills:
            self._drift.feed(self._clock_s, sight, estimate, reason)
        if reason is not None or estimate is None:
            self._filter.miss(self._clock_s)
            return _Finding(State.UNRELIABLE, reason or Reason.TOO_UNCERTAIN, present=True, raw=estimate)
        if not gated:
            self._estimator.learn()
        found = self._judge(estimate, gated)
        if self._drift is not None and found.value is not None and self._estimator.tied and not self._stills:
            self._drift.mind_baseline(self._clock_s, found.value.fht_in)
        return found

    def _judge(self, estimate: Estimate, gated: bool) -> _Finding:
        value = self._filter.hold(self._clock_s) if gated else None
        if value is None:
            value = self._filter.feed(self._clock_s, estimate.fht_in, estimate.fht_se_in, estimate.sitting_se_in)
        forward = self._verdict.feed(value.fht_in, value.se_in)
        if forward is None:
            # There is a number all the same, with its error: only the verdict is missing.
            return _Finding(State.UNRELIABLE, Reason.TOO_UNCERTAIN, True, value, estimate)
        return _Finding(State.FORWARD if forward else State.UPRIGHT, None, True, value, estimate)

    def _moving(self, finding: _Finding, sight: PersonInView | None) -> bool:
        """Whether closer looks are worth it: the head has moved, values disagree, or somebody is missing."""
        before, self._eyes = self._eyes, sight.eyes if sight is not None else None
        if finding.reason in (Reason.NOBODY, Reason.GHOST, Reason.STARTING):
            return finding.state is State.UNRELIABLE
        if finding.value is not None and finding.value.unsettled:
            return True
        if before is None or sight is None:
            return False
        moved_px = hypot(sight.eyes[0] - before[0], sight.eyes[1] - before[1])
        return moved_px > MOVING * sight.size_px

    # ------------------------------------------------------------------ the step

    def _step(self, seen: Observation, finding: _Finding, moving: bool) -> Step:
        finding = self._uncalibrated(finding) if self._estimator is None else finding
        if not self._stills and finding.state not in MOVES[self._state]:
            finding = _Finding(State.UNRELIABLE, Reason.STARTING, finding.present, raw=finding.raw)
        if finding.state is not self._state:
            self._state, self._since_s = finding.state, self._clock_s
        self._last = finding
        value = finding.value
        load = load_of(value.fht_in, value.se_in, self._load, self._user) if value is not None else None
        return Step(
            t_s=seen.t_s,
            state=finding.state,
            reason=finding.reason,
            present=finding.present,
            fht_in=value.fht_in if value is not None else None,
            fht_se_in=value.se_in if value is not None else None,
            load=load,
            raw=finding.raw,
            p_forward=None if value is None else probability_beyond(self._threshold_in, value.fht_in, value.se_in),
            tied=self._estimator is not None and self._estimator.tied,
            moving=moving,
            recalibrate=self._drift is not None and self._drift.moved,
            slouched=self._drift is not None and self._drift.slouched,
            held_s=self._clock_s - self._since_s,
            brightness=seen.brightness,
        )

    def _uncalibrated(self, finding: _Finding) -> _Finding:
        """Without a calibration there are only an empty chair and the want of a calibration, with what hinders it."""
        if finding.state is State.AWAY:
            return finding
        return replace(finding, state=State.UNCALIBRATED)
