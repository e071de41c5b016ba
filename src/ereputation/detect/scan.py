"""Volume: more stories in the last 1, 3, 6 or 24 hours than this brand's own past makes likely.

Score of a window of w hours: -log10 P(X >= S) - log10(number of windows), X negative binomial with

    mean      M = sum of exposure x level x season, times the local level (how much busier than usual the day
              before the window already was, at least 1)
    variance  phi M + (alpha corr(w) + doubt) M^2, where doubt is how uncertain the level still is

and nothing unless S reaches ``min_mentions`` and twice what was expected.
"""

# ruff: noqa: SLF001 - hold() and copy() fill another object of their own class
from __future__ import annotations

import math
from collections import deque
from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ereputation.detect.baseline import KAPPA, Baseline, Hour
from ereputation.detect.counts import correlated_share, interval, negative_binomial_tail
from ereputation.detect.settings import LEARNING_HOURS

if TYPE_CHECKING:
    from datetime import date

    from ereputation.detect.clock import Moment

_WINDOWS = (1.0, 3.0, 6.0, 24.0)  # hours
_MIN_RATIO = 2.0
_RHO = 0.7  # of the hourly deviations
_CAP, _KEEP = 3.5, 1.0  # standard deviations a hot hour may teach: in a new level, in a spike
_SHIFT_HOURS, _SHIFT_RATIO = 72, 1.5
_LEVEL_HOURS = 336
_LOCAL_HALF_LIFE = 24.0
_PROFILE_HOURS = 168.0
_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Finding:
    """The most abnormal trailing window at one moment."""

    score: float = 0.0
    """-log10 of the corrected p-value; 0 when nothing is abnormal."""
    window: float = 0.0
    """Hours."""
    observed: float = 0.0
    expected: float = 0.0
    low: float = 0.0
    high: float = 0.0
    share: float = 0.0
    """Negative share over the window, where that is what is looked at."""
    usual: float = 0.0
    """The share the brand is used to."""

    @property
    def ratio(self) -> float:
        """How many times the expected."""
        return self.observed / max(self.expected, 0.1)


NOTHING = Finding()
"""Nothing is abnormal."""


class Trailing:
    """Where each trailing window starts in a growing list of moments; every pointer only moves forward."""

    def __init__(self, windows: tuple[float, ...], width: float) -> None:
        steps = sorted({max(1, math.ceil(window / width - _EPSILON)) for window in windows})
        self.hours = tuple(step * width for step in steps)
        self.penalty = math.log10(len(steps))
        self._first = [0] * len(steps)
        self._times: list[float] = []

    def copy(self) -> Trailing:
        """One that can grow on its own."""
        other = copy(self)
        other._first, other._times = self._first.copy(), self._times.copy()
        return other

    def add(self, at: float) -> list[tuple[float, int]]:
        """(window in hours, index of its first moment) for the windows that end with this moment."""
        self._times.append(at)
        for n, hours in enumerate(self.hours):
            i = self._first[n]
            while self._times[i] <= at - hours + _EPSILON:
                i += 1
            self._first[n] = i
        return list(zip(self.hours, self._first, strict=True))


@dataclass(slots=True)
class _Stretch:
    """The clock hour (or wider bucket) that is being filled."""

    key: int
    cell: int
    count: float = 0.0
    exposure: float = 0.0
    expected: float = 0.0


class Volume:
    """Feed observed moments in order; an answer depends only on what was fed before."""

    def __init__(self, *, width: float, min_mentions: int) -> None:
        self.baseline = Baseline()
        self.trailing = Trailing(_WINDOWS, width)
        self.expected_sums = [0.0]  # with what could be hidden in a blind stretch before the moment
        self._held = False
        self._width, self._min = width, min_mentions
        self._unit = max(1.0, width)  # the baseline's stretch, in hours
        self._sums = [0.0]
        self._local: list[tuple[float, float]] = [(0.0, 0.0)]
        self._correlated = [correlated_share(h / self._unit, _RHO) for h in self.trailing.hours]
        self._pending: list[Hour] = []
        self._recent: deque[float] = deque(maxlen=_LEVEL_HOURS)
        self._shift: deque[tuple[float, float]] = deque(maxlen=max(3, round(_SHIFT_HOURS / self._unit)))
        self._behind = 1.0  # stories behind the level
        self._day: date | None = None  # of the last fit
        self._stretch: _Stretch | None = None  # None before the first moment
        self._seen = self._counted = 0.0  # stretches looked at and closed; stories in all

    def hold(self) -> Volume:
        """A copy that learns no more, as of just before the last moment.

        It judges whether the episode which that moment opened goes on: what an episode brings must not make it
        look usual, so that more mentions can never end it earlier.
        """
        held = copy(self)
        held._held = True
        held.baseline, held.trailing = copy(self.baseline), self.trailing.copy()
        held._sums, held.expected_sums = self._sums.copy(), self.expected_sums.copy()
        held._local = [*self._local[:-1], self._local[-2]]
        held._pending, held._recent, held._shift = [], self._recent.copy(), self._shift.copy()
        held._stretch = replace(self._stretch) if self._stretch else None
        return held

    @property
    def learning(self) -> bool:
        """Whether too little was seen to say anything."""
        return self._seen * self._unit < LEARNING_HOURS or self._seen < 8

    def usual(self, moment: Moment, exposure: float = 1.0) -> float:
        """Expected stories of one bucket."""
        b = self.baseline
        rate = b.expected(moment.cell) if b.level is not None else (self._counted + 0.5) / (self._seen + 1)
        return rate * exposure * self._width / self._unit

    def roll(self, moment: Moment) -> None:
        """Close the stretch that is over and, once a local day, fit the baseline; before ``usual`` is asked."""
        key = math.floor(moment.at / self._unit + _EPSILON)
        if self._stretch is not None and self._stretch.key != key:
            self._close(self._stretch)
            self._stretch = None
        if self._stretch is None:
            self._stretch = _Stretch(key, moment.cell)
        if moment.day != self._day and not self._held:
            self._day = moment.day
            self.baseline.learn(self._pending, key * self._unit)
            self._pending = []
            self._behind = sum(self._recent) + 1

    def feed(self, moment: Moment, count: float, exposure: float, hidden: float) -> Finding:
        """The most abnormal window that ends with this moment; ``hidden`` is what a blind stretch before it may hold."""
        mean = self.usual(moment, exposure)
        assert self._stretch is not None
        taught = count if not hidden or not self.learning else count * mean / (mean + hidden)
        self._stretch.count += taught
        self._stretch.exposure += exposure * self._width / self._unit
        self._stretch.expected += mean
        self._counted += taught
        self._sums.append(self._sums[-1] + count)
        self.expected_sums.append(self.expected_sums[-1] + mean + hidden)
        self._local.append(self._next_local(count, mean))
        windows = self.trailing.add(moment.at)
        return NOTHING if self.learning else self._scan(windows)

    def _next_local(self, count: float, mean: float) -> tuple[float, float]:
        """Discounted observed (cut back) and expected of the last day: how much busier than usual today already is."""
        seen, due = self._local[-1]
        if self._held:
            return seen, due
        fade = 0.5 ** (self._width / _LOCAL_HALF_LIFE)
        cut = min(count, mean + _CAP * self.baseline.deviation(mean) + 1)
        return seen * fade + cut, due * fade + mean

    def _scan(self, windows: list[tuple[float, int]]) -> Finding:
        b = self.baseline
        doubt = b.phi / self._behind + max(0.0, 0.25 * (1 - self._seen * self._unit / _PROFILE_HOURS))
        best, floor = None, 0.0
        for (hours, i), correlated in zip(windows, self._correlated, strict=True):
            observed, expected = (
                self._sums[-1] - self._sums[i],
                self.expected_sums[-1] - self.expected_sums[i],
            )
            if observed < self._min or observed < _MIN_RATIO * expected:
                continue
            seen, due = self._local[i]
            mean = max(expected, 1e-3) * max(1.0, (seen + KAPPA) / (due + KAPPA))
            variance = b.phi * mean + (b.alpha * correlated + doubt) * mean * mean
            score = negative_binomial_tail(observed, mean, variance) - self.trailing.penalty
            if score > floor:
                floor, best = score, (hours, observed, mean, variance)
        if best is None:
            return NOTHING
        hours, observed, mean, variance = best
        low, high = interval(mean, variance)
        return Finding(floor, hours, observed, mean, low, high)

    def _close(self, stretch: _Stretch) -> None:
        """Keep what the baseline may learn: hot stretches are cut back, unless three days say that the level is new."""
        if stretch.exposure < 0.5:
            return
        count, mean = stretch.count, stretch.expected
        deviation = self.baseline.deviation(mean)
        if not self.learning and count > mean + _CAP * deviation + 1:
            seen, due = (sum(values) for values in zip(*self._shift, strict=True))
            new_level = seen > _SHIFT_RATIO * max(due, 0.02)
            count = mean + (_CAP if new_level else _KEEP) * deviation
        at = stretch.key * self._unit
        self._pending.append(Hour(at, stretch.cell, count, min(stretch.exposure, 1.0)))
        self._recent.append(count)
        self._shift.append((stretch.count, mean))
        self._seen += stretch.exposure
