"""When to nudge about posture. Pure: steps in, reminders out; time is an argument.

What counts. A verdict is *beyond* when the filtered value lies beyond the threshold by at least its standard
error: with an error that is normal this is wrong once in six at the very border and practically never half an
inch below it, and a nudge that comes wrongly costs more than one that comes later. It is *clear* when the value
is below ``clear`` and value + error is below the threshold. Anything between decides nothing: it neither begins
nor ends anything, so a value whose error straddles the threshold cannot toggle. In a sitting that is not tied all of
the value's error lies in its zero, so that it is over the threshold all the time or never: there a value that is over
it without being beyond it counts as between.

What a hold is. It begins with a value that is beyond, runs while the value itself stays at or over the
threshold, and ends when the value is clear. Time between the two limits only suspends it, unless that lasts as
long as a hold. Time without a verdict (UNRELIABLE, AWAY) suspends it up to ``GRACE_S`` in a row, since a sip or a
look aside does not end a posture; longer, and the hold begins anew, since nobody saw what happened. A hold of
which less than half was seen over the threshold is not a hold. Only a value over the threshold brings a nudge out.

The sleep of the computer, a locked screen or a camera that was gone (a gap) forget the hold.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final

from posturewatch.base.i18n import _
from posturewatch.base.records import Action, Courtesy, Outcome, Reminder, ReminderKind, Response, State, Step
from posturewatch.base.settings import PostureSettings
from posturewatch.core.reminding.passage import Passage
from posturewatch.core.reminding.quiet import AFTER_MUTE_S

KEY: Final = "posture"

ERRORS_BEYOND: Final = 1.0
"""Standard errors by which a value must clear the threshold. 0 nudges half of those who sit on the border; 2 would
let an error of half an inch hide two inches."""

GRACE_S: Final = 10.0
"""Longest time in a row without a verdict that a hold survives. Shorter, and a phone call's nod starts it anew;
longer, and two minutes of something else may hide in it."""

ALERT_AFTER_S: Final = 5.0
"""The icon changes colour when a hold has lasted this long; a glance at the keyboard is over by then."""

FEEDBACK_LEAST: Final = 0.1
"""How strong the screen's feedback is when it begins, of 1; less is not seen."""

CORRECTED_S: Final = 120.0
"""A head that comes back within two minutes of a nudge has answered it."""

DISMISSALS: Final = 2
"""After this many in a row the gap doubles, and again after as many more, up to ``GAP_FACTOR_MAX``."""

GAP_FACTOR_MAX: Final = 8


class _Evidence(Enum):
    BEYOND = auto()  # certainly beyond the threshold
    OVER = auto()  # the value is, its error reaches below
    BETWEEN = auto()  # neither over the threshold nor clear
    CLEAR = auto()
    NONE = auto()  # no verdict


_OVER: Final = frozenset({_Evidence.BEYOND, _Evidence.OVER})


class _Hold:
    """For how long the posture has lasted."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self.begun = False
        self.seen_s = 0.0
        self._whole_s = self._unseen_s = self._between_s = 0.0
        self._before = _Evidence.NONE

    def feed(self, evidence: _Evidence, passed_s: float, enough_s: float) -> None:
        """``passed_s`` went by since the evidence before; ``enough_s`` is the hold that is asked for."""
        if not self.begun:
            self.begun = evidence is _Evidence.BEYOND
            self._before = evidence
            return
        self._whole_s += passed_s
        if self._before in _OVER and evidence in _OVER:
            self.seen_s += passed_s
        self._unseen_s = self._unseen_s + passed_s if evidence is _Evidence.NONE else 0.0
        self._between_s = self._between_s + passed_s if evidence is _Evidence.BETWEEN else 0.0
        self._before = evidence
        mostly_unseen = self._whole_s > 2 * enough_s and self.seen_s < enough_s
        lost = self._unseen_s > GRACE_S or self._between_s > enough_s or mostly_unseen
        if evidence is _Evidence.CLEAR or lost:
            self.forget()


class PosturePolicy:
    """Turns steps into posture nudges. ``nudges_today`` carries the cap over a restart."""

    def __init__(self, posture: PostureSettings, *, nudges_today: int = 0) -> None:
        self._posture = posture
        self._t_s = 0.0
        self._hold = _Hold()
        self._alert = False
        self._shown_today = nudges_today
        self._dismissals = 0
        self._last_shown_s: float | None = None
        self._last_muted_s: float | None = None
        self._quiet_until_s = 0.0
        self._muted_before = False
        self._awaiting_s: float | None = None
        self._responses: list[Response] = []
        self._level: float | None = None

    @property
    def level(self) -> float | None:
        """How strongly the screen shows that the head is forward, 0 to 1 (``posture.feedback``): it begins with the
        icon's colour, and is full when the hold is as long as a nudge asks for. 0 once the head is back; None while
        nothing may be shown: nobody is watched or sits there, on a break, muted, snoozed, or soon after that."""
        return self._level if self._posture.feedback != "off" else None

    @property
    def alert(self) -> bool:
        """Whether the icon shows the colour of a head held forward: the first, silent step of a nudge."""
        return self._alert and self._posture.enabled

    @property
    def nudges_today(self) -> int:
        """Nudges shown in the present local day."""
        return self._shown_today

    def change(self, posture: PostureSettings) -> None:
        """Take up new settings; what has lasted stays."""
        self._posture = posture

    def recalibrated(self) -> None:
        """A new calibration or another profile is in force: what lasted was said of the old one."""
        self._reset()

    def responses(self) -> tuple[Response, ...]:
        """ACTED for each nudge after which the head came back within two minutes, once each."""
        out, self._responses = tuple(self._responses), []
        return out

    def feed(
        self, step: Step | None, passage: Passage, courtesy: Courtesy, muted: str | None, *, on_break: bool = False
    ) -> tuple[Reminder, ...]:
        """What to tell the user after this step; ``step`` is ``None`` while nobody watches.

        ``on_break``: a break is being taken; nothing is said then, and the posture begins anew after it.
        """
        self._t_s = passage.t_s
        if passage.new_day:
            self._shown_today = self._dismissals = 0
        if passage.gap_s or step is None or on_break or courtesy.locked or courtesy.suspended:
            self._reset()
        if self._muted_before and muted is None:
            self._hush(self._t_s, AFTER_MUTE_S)
        self._muted_before = muted is not None
        if step is None or on_break:
            self._level = None
            return ()
        evidence = self._evidence(step)
        self._hold.feed(evidence, passage.watched_s, self._posture.hold_s)
        self._colour(evidence)
        nudges = self._nudge(muted) if evidence in _OVER else ()
        silent = muted is not None or not step.present or self._t_s < self._quiet_until_s
        self._level = None if silent else self._strength()
        return nudges

    def answer(self, response: Response, t_s: float) -> None:
        """Take in what the user, or time, answered to a posture nudge; other kinds are left aside. ``t_s``: of the
        present passage."""
        if response.kind is not ReminderKind.POSTURE:
            return
        if response.action is Action.SNOOZE:
            self.snooze(t_s)
        elif response.outcome is Outcome.ACTED:
            self._dismissals = 0
        elif response.outcome is Outcome.DISMISSED:
            self._dismissals += 1

    def break_taken(self, t_s: float) -> None:
        """A break is over, taken or natural: the posture begins anew, and nothing is said for a while."""
        self._reset()
        self._hush(t_s, self._posture.quiet_after_break_min * 60)

    def snooze(self, t_s: float) -> None:
        """No nudge for ``snooze_min``; the icon's colour stays honest."""
        self._hush(t_s, self._posture.snooze_min * 60)

    # ------------------------------------------------------------------ inside

    def _evidence(self, step: Step) -> _Evidence:
        verdict = step.state in (State.UPRIGHT, State.FORWARD)
        if not verdict or step.fht_in is None or step.fht_se_in is None:
            return _Evidence.NONE
        threshold_in, error_in = self._posture.threshold, ERRORS_BEYOND * step.fht_se_in
        if step.fht_in - error_in >= threshold_in:
            return _Evidence.BEYOND
        if step.fht_in >= threshold_in:
            # Of a sitting that nobody has tied the zero itself is in doubt: there only what is sure counts.
            return _Evidence.OVER if step.tied else _Evidence.BETWEEN
        clear = step.fht_in < self._posture.clear and step.fht_in + error_in < threshold_in
        return _Evidence.CLEAR if clear else _Evidence.BETWEEN

    def _colour(self, evidence: _Evidence) -> None:
        if not self._hold.begun:
            self._alert = False
            if evidence is _Evidence.CLEAR and self._awaiting_s is not None:
                if self._t_s - self._awaiting_s <= CORRECTED_S:
                    self._dismissals = 0
                    self._responses.append(Response(KEY, ReminderKind.POSTURE, Outcome.ACTED))
                self._awaiting_s = None
        elif self._hold.seen_s >= min(ALERT_AFTER_S, self._posture.hold_s):
            self._alert = True

    def _strength(self) -> float:
        if not self.alert:
            return 0.0
        first_s = min(ALERT_AFTER_S, self._posture.hold_s)
        grown = (self._hold.seen_s - first_s) / max(1.0, self._posture.hold_s - first_s)
        return FEEDBACK_LEAST + (1.0 - FEEDBACK_LEAST) * min(1.0, max(0.0, grown))

    def _nudge(self, muted: str | None) -> tuple[Reminder, ...]:
        if not self._posture.enabled or not self._posture.notification or self._hold.seen_s < self._posture.hold_s:
            return ()
        now_s = self._t_s
        gap_s = self._posture.gap_min * 60 * min(2 ** (self._dismissals // DISMISSALS), GAP_FACTOR_MAX)
        too_soon = any(
            last_s is not None and now_s - last_s < gap_s for last_s in (self._last_shown_s, self._muted_stamp(muted))
        )
        if too_soon or now_s < self._quiet_until_s or self._shown_today >= self._posture.daily_cap:
            return ()
        if muted is not None:
            self._last_muted_s = now_s
        else:
            self._last_shown_s = self._awaiting_s = now_s
            self._shown_today += 1
        return (self._words(muted),)

    def _muted_stamp(self, muted: str | None) -> float | None:
        """A muted nudge holds back the next muted one only: nothing was shown, so nothing was said too often."""
        return self._last_muted_s if muted is not None else None

    def _words(self, muted: str | None) -> Reminder:
        return Reminder(
            kind=ReminderKind.POSTURE,
            key=KEY,
            title=_("Time to change position"),
            body=_("Sit back, let the shoulders drop, or stand."),
            actions=(Action.DISMISS, Action.SNOOZE),
            sound=self._posture.sound,
            muted=muted,
        )

    def _reset(self) -> None:
        self._hold.forget()
        self._alert = False
        self._awaiting_s = None

    def _hush(self, t_s: float, for_s: float) -> None:
        self._quiet_until_s = max(self._quiet_until_s, t_s + for_s)
