"""The journal's minutes. Pure: steps in, finished rows out; every second is weighed, not every frame.

A step speaks for the time until the next step, but not for longer than three times the wait that was planned after
it: past that nobody was watching, and the time counts as off. An empty chair is looked at once a minute at least, and
speaks for longer.
Minutes are cut where the wall clock turns; a minute keeps the offset that it began with. If the wall clock is set,
back or forth, the open minute is closed as it is and a new one begins; after a set back two rows may begin at the
same minute, each of them true.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from math import erfc, nan
from typing import Final

import numpy as np

from posturewatch.base.records import MinuteRow, State, Step
from posturewatch.core.history.quantiles import Floats, weighted_quantiles
from posturewatch.core.history.summary.limits import BAND_EDGES_IN
from posturewatch.core.history.summary.records import WORKSTATION
from posturewatch.core.reminding.passage import Passage

SQRT2: Final = 2.0**0.5

MINUTE_S: Final = 60.0

EXPECTED_S: Final = 4.0
"""A planned wait counts as this long at least (``watch.steady_s`` at its default): a look may take a second, and a busy
computer gives several late ones in a row."""

PATIENCE: Final = 3.0
"""A step speaks for at most this many of its planned waits."""

AWAY_PATIENCE_S: Final = 90.0
"""An empty chair speaks for this long: after a long absence it is looked at once a minute only, and a look may take
some more."""


@dataclass(slots=True)
class _OpenMinute:
    """A minute being filled."""

    start_s: float  # seconds since the epoch
    zone: tzinfo | None
    away_s: float = 0.0
    unreliable_s: float = 0.0
    paused_s: float = 0.0
    off_s: float = 0.0
    frames: int = 0
    samples: list[tuple[float, float, float, float]] = field(default_factory=list)  # fht, se, load, seconds
    places: list[tuple[float, ...]] = field(default_factory=list)  # WORKSTATION, seconds; NaN where not known
    loads: bool = True
    tied: bool = True

    @property
    def filled_s(self) -> float:
        return self.away_s + self.unreliable_s + self.paused_s + self.off_s + sum(one[3] for one in self.samples)

    def add(self, spent: str, step: Step | None, seconds: float) -> None:
        if spent == "valid" and step is not None and step.fht_in is not None:
            self.loads = self.loads and step.load is not None
            self.tied = self.tied and step.tied
            load_lb = step.load.load_lb if step.load is not None else 0.0
            self.samples.append((step.fht_in, step.fht_se_in or 0.0, load_lb, seconds))
            if step.raw is not None:
                told = [getattr(step.raw, name) for name in WORKSTATION[:-1]] + [step.brightness]
                self.places.append((*(nan if one is None else float(one) for one in told), seconds))
        elif spent == "away":
            self.away_s += seconds
        elif spent == "unreliable":
            self.unreliable_s += seconds
        elif spent == "paused":
            self.paused_s += seconds
        else:
            self.off_s += seconds

    def disown(self) -> None:
        """What was measured against another calibration has no number in this row."""
        self.unreliable_s += sum(one[3] for one in self.samples)
        self.samples.clear()
        self.places.clear()
        self.loads = self.tied = True

    def row(self, profile: str, calibration_id: int | None) -> MinuteRow:
        start = datetime.fromtimestamp(self.start_s, self.zone)
        row = MinuteRow(
            start, profile, 0.0, self.away_s, self.unreliable_s, self.paused_s, self.off_s, self.frames,
            calibration_id=calibration_id,
        )  # fmt: skip
        if not self.samples:
            return row
        fht, error, load, weight = np.asarray(self.samples, dtype=np.float64).T
        quantiles = weighted_quantiles(fht, weight, (0.1, 0.5, 0.9))
        loads = weighted_quantiles(load, weight, (0.5,)) if self.loads else None
        if quantiles is None:
            return row
        valid_s = float(weight.sum())
        bands = expected_bands_s(fht, error, weight)
        return MinuteRow(
            start, profile, valid_s, self.away_s, self.unreliable_s, self.paused_s, self.off_s, self.frames,
            fht_median_in=quantiles[1],
            fht_p90_in=quantiles[2],
            fht_mean_in=float((fht * weight).sum() / valid_s),
            fht_se_in=float((error * weight).sum() / valid_s),
            load_index_lb=loads[0] if loads else None,
            band_s=(float(bands[0]), float(bands[1]), float(bands[2]), float(bands[3])),
            calibration_id=calibration_id,
            fht_p10_in=quantiles[0],
            tied=self.tied,
            **self._workstation(),
        )  # fmt: skip

    def _workstation(self) -> dict[str, float]:
        """The median of each of WORKSTATION that is known, weighted by time."""
        if not self.places:
            return {}
        *columns, seconds = np.asarray(self.places, dtype=np.float64).T
        made = {}
        for name, values in zip(WORKSTATION, columns, strict=True):
            known = ~np.isnan(values)
            if middle := weighted_quantiles(values[known], seconds[known], (0.5,)):
                made[name] = middle[0]
        return made


def expected_bands_s(fht: Floats, error: Floats, seconds: Floats) -> Floats:
    """Seconds in each of the four bands, (4,), that values (n,) in inches with these Gaussian errors let expect.

    Counting each value where it lies would put every uncertain minute near the middle; leaving the uncertain ones out
    would leave out the worst postures, whose error is largest.
    """
    away = (np.array(BAND_EDGES_IN)[:, None] - fht) / (np.maximum(error, 1e-6) * SQRT2)
    below = 0.5 * np.vectorize(erfc, otypes=[np.float64])(-away)
    edges = np.vstack([np.zeros(len(fht)), below, np.ones(len(fht))])
    return np.asarray(np.diff(edges, axis=0) @ seconds)


class MinuteBook:
    """Sums steps up by the minute."""

    def __init__(self, profile: str = "", calibration_id: int | None = None) -> None:
        self._profile = profile
        self._calibration_id = calibration_id
        self._patience_s = PATIENCE * EXPECTED_S
        self._open: _OpenMinute | None = None
        self._fresh_s = 0.0
        self._spent = "off"
        self._step: Step | None = None

    def change(self, profile: str, calibration_id: int | None) -> None:
        """Another profile or calibration from here on. What the open minute holds of the old one is counted as
        unreliable, so that no row mixes two baselines."""
        if (profile, calibration_id) != (self._profile, self._calibration_id) and self._open is not None:
            self._open.disown()
            self._step, self._spent = None, "unreliable"
        self._profile, self._calibration_id = profile, calibration_id

    def feed(
        self,
        step: Step | None,
        passage: Passage,
        paused: bool = False,
        off: bool = False,
        *,
        wait_s: float = EXPECTED_S,
    ) -> tuple[MinuteRow, ...]:
        """The rows that the time since the last feed has finished.

        ``step``: what holds from now on (``None``: nobody watches). ``paused``: by the user; ``off``: the camera is
        given back for another reason. Either outweighs the step. A step with a new ``t_s`` counts as a frame.
        ``wait_s``: after which wait the next look is planned.
        """
        done = self._pass(passage)
        self._patience_s = PATIENCE * max(wait_s, EXPECTED_S)
        if step is not None and (self._step is None or step.t_s != self._step.t_s) and self._open is not None:
            self._open.frames += 1
            self._fresh_s = passage.t_s
        self._spent = "paused" if paused else "off" if off else _spent(step)
        self._step = step
        return done

    def partial(self, now: datetime) -> MinuteRow | None:
        """The open minute as it is, for a checkpoint; ``None`` before the first feed or in another minute."""
        if self._open is None or not 0.0 <= now.timestamp() - self._open.start_s < MINUTE_S:
            return None
        return self._open.row(self._profile, self._calibration_id)

    def finish(self, passage: Passage) -> tuple[MinuteRow, ...]:
        """Close the book: the rows finished since, and the open minute as far as it goes."""
        done = list(self._pass(passage))
        if self._open is not None and self._open.filled_s > 0.0:
            done.append(self._open.row(self._profile, self._calibration_id))
        self._open = self._step = None
        return tuple(done)

    # ------------------------------------------------------------------ inside

    def _pass(self, passage: Passage) -> tuple[MinuteRow, ...]:
        """Lay the time since the last feed into its minutes."""
        wall_s, now = passage.now.timestamp(), passage.now
        if self._open is None:
            self._begin(wall_s, now)
            return ()
        if passage.clock_set or passage.gap_s:
            return tuple(self._leap(passage.monotonic_s, wall_s, now))
        return tuple(self._fill(self._spent_by(passage.t_s), max(0.0, passage.wall_s), wall_s, now))

    def _spent_by(self, t_s: float) -> str:
        """What the time until now was spent with: what was last seen, unless that is too long ago."""
        if self._spent in ("paused", "off"):
            return self._spent
        patience_s = max(self._patience_s, AWAY_PATIENCE_S) if self._spent == "away" else self._patience_s
        return self._spent if t_s - self._fresh_s <= patience_s else "off"

    def _fill(self, spent: str, passed_s: float, wall_s: float, now: datetime) -> list[MinuteRow]:
        done: list[MinuteRow] = []
        at_s = wall_s - passed_s
        while self._open is not None:
            upto_s = min(wall_s, self._open.start_s + MINUTE_S)
            room_s = MINUTE_S - self._open.filled_s
            self._open.add(spent, self._step, min(max(0.0, upto_s - at_s), max(0.0, room_s)))
            at_s = max(at_s, upto_s)
            if wall_s < self._open.start_s + MINUTE_S:
                break
            done.append(self._open.row(self._profile, self._calibration_id))
            self._begin(self._open.start_s + MINUTE_S, now)
        return done

    def _leap(self, passed_s: float, wall_s: float, now: datetime) -> list[MinuteRow]:
        """Sleep, a set clock or a long stall: minutes that nobody saw have no row. What really passed of a short
        wait under a clock that was set still belongs to the open minute."""
        done: list[MinuteRow] = []
        if self._open is not None:
            if passed_s <= self._patience_s:
                self._open.add(self._spent, self._step, min(passed_s, max(0.0, MINUTE_S - self._open.filled_s)))
            minute_s = wall_s - wall_s % MINUTE_S
            if minute_s == self._open.start_s:
                return done
            if self._open.filled_s > 0.0:
                done.append(self._open.row(self._profile, self._calibration_id))
        self._begin(wall_s, now)
        return done

    def _begin(self, wall_s: float, now: datetime) -> None:
        self._open = _OpenMinute(wall_s - wall_s % MINUTE_S, now.tzinfo)


def _spent(step: Step | None) -> str:
    if step is None:
        return "off"
    if step.fht_in is not None:
        return "valid"  # with its error, also where that forbids a verdict: what is uncertain must not go missing
    return "away" if step.state is State.AWAY else "unreliable"
