"""What is usual for a brand: level x hour x week day x (week-end x hour), every factor shrunk towards 1.

A factor is (observed + kappa) / (expected + kappa): without data there is no season. Older hours fade with
a half-life of two weeks. Over-dispersion (alpha) and the syndication factor (phi: how many stories come in one
burst) are learnt by moments, starting from priors that fade as data come in.
"""

from __future__ import annotations

import math
from operator import mul
from typing import NamedTuple

KAPPA = 5.0
_HALF_LIFE_HOURS = 14 * 24.0
_PHI, _ALPHA, _PRIOR_WEIGHT = 1.5, 0.1, 20.0
_MIN_LEVEL, _MIN_ALPHA = 0.02, 0.01


class Hour(NamedTuple):
    """A closed stretch (usually one hour) of what was seen: what the baseline may learn from."""

    at: float
    """Hours since the epoch."""
    cell: int
    """Week day x 24 + hour, local; a holiday is a Sunday."""
    stories: float
    """Cut back where it was abnormal."""
    exposure: float
    """Share of the stretch that was looked at, 0.5..1."""


class Baseline:
    """Learns from closed hours; ``expected`` then says how much is usual for a cell of the week."""

    def __init__(self) -> None:
        self.level: float | None = None  # None before the first fit
        self.phi, self.alpha = _PHI, _ALPHA
        self.season = [1.0] * 168
        self._weight, self._sum, self._squares = [0.0] * 168, [0.0] * 168, [0.0] * 168
        self._at: float | None = None  # None before the first hour is learnt

    def expected(self, cell: int) -> float:
        """Usual count of one stretch in this cell; only after the first fit."""
        assert self.level is not None
        return self.level * self.season[cell]

    def learn(self, hours: list[Hour], now: float) -> None:
        """Forget a little, add these hours, and fit again."""
        if not hours:
            return
        if self._at is not None:
            fade = 0.5 ** ((now - self._at) / _HALF_LIFE_HOURS)
            self._weight = [w * fade for w in self._weight]
            self._sum = [s * fade for s in self._sum]
            self._squares = [s * fade for s in self._squares]
        self._at = now
        for at, cell, count, exposure in hours:
            weight, rate = 0.5 ** ((now - at) / _HALF_LIFE_HOURS) * exposure, count / exposure
            self._weight[cell] += weight
            self._sum[cell] += weight * rate
            self._squares[cell] += weight * rate * rate
        self._fit()

    def _fit(self) -> None:
        """Three rounds of alternating least bias: each factor in turn explains what the others leave."""
        weight, total, k = self._weight, self._sum, KAPPA
        rows = [weight[24 * d : 24 * d + 24] for d in range(7)]
        columns = list(zip(*rows, strict=True))
        by_day = [sum(total[24 * d : 24 * d + 24]) for d in range(7)]
        by_end = [[sum(total[h:120:24]) for h in range(24)], [sum(total[120 + h :: 24]) for h in range(24)]]
        by_hour = _smooth([a + b for a, b in zip(*by_end, strict=True)])
        smooth_ends = [_smooth(values) for values in by_end]
        hours, days, ends = [1.0] * 24, [1.0] * 7, [[1.0] * 24, [1.0] * 24]
        overall = sum(by_day)
        level = max(overall / sum(weight), _MIN_LEVEL)
        for _ in range(3):
            parts = _by_end(columns, days)
            due = [
                level * (working * work + off * rest)
                for working, off, (work, rest) in zip(*ends, parts, strict=True)
            ]
            hours = _factors(by_hour, _smooth(due), k)
            shapes = [list(map(mul, hours, end)) for end in ends]
            days = _factors(by_day, [level * _dot(rows[d], shapes[d > 4]) for d in range(7)], k)
            parts = _by_end(columns, days)
            dues = [[level * hour * part[e] for hour, part in zip(hours, parts, strict=True)] for e in (0, 1)]
            ends = [_factors(smooth_ends[e], _smooth(dues[e]), 2 * k) for e in (0, 1)]
            shapes = [list(map(mul, hours, end)) for end in ends]
            level = max(overall / sum(days[d] * _dot(rows[d], shapes[d > 4]) for d in range(7)), _MIN_LEVEL)
        self.season = [days[d] * shape for d in range(7) for shape in shapes[d > 4]]
        self.level = level
        self._spread(level)

    def _spread(self, level: float) -> None:
        """Fit phi from how much the quiet cells hold, alpha from the squared residuals that phi leaves."""
        cells = [i for i in range(168) if self._weight[i] > 0]
        means = {i: level * self.season[i] for i in cells}
        median = sorted(means.values())[len(means) // 2]
        first = second = quiet = residual = 0.0
        for i, mean in means.items():
            w = self._weight[i]
            first += w * mean
            second += w * mean * mean
            quiet += w * mean if mean <= median else 0.0
            residual += self._squares[i] - 2 * mean * self._sum[i] + w * mean * mean
        self.phi = 1 + _PRIOR_WEIGHT * (_PHI - 1) / (_PRIOR_WEIGHT + quiet)
        alpha = (_PRIOR_WEIGHT * _ALPHA + residual - self.phi * first) / (_PRIOR_WEIGHT + second)
        self.alpha = max(alpha, _MIN_ALPHA)

    def deviation(self, mean: float) -> float:
        """Standard deviation of one stretch with this mean."""
        return math.sqrt(self.phi * mean + self.alpha * mean * mean)


def _by_end(columns: list[tuple[float, ...]], days: list[float]) -> list[tuple[float, float]]:
    """What each hour of the day weighs on working days and at the week-end; ``columns``: an hour's seven days."""
    mon, tue, wed, thu, fri, sat, sun = days
    return [
        (a * mon + b * tue + c * wed + d * thu + e * fri, f * sat + g * sun)
        for a, b, c, d, e, f, g in columns
    ]


def _smooth(values: list[float]) -> list[float]:
    """Every hour with half of its neighbours, around the clock."""
    around = zip([values[-1], *values], values, [*values[1:], values[0]], strict=False)
    return [0.25 * before + 0.5 * value + 0.25 * after for before, value, after in around]


def _dot(a: list[float], b: list[float]) -> float:
    product: float = sum(map(mul, a, b))
    return product


def _factors(seen: list[float], due: list[float], kappa: float) -> list[float]:
    return [(s + kappa) / (d + kappa) for s, d in zip(seen, due, strict=True)]
