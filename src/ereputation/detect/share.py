"""Negativity: a negative share of the last 3, 6 or 24 hours that is too high for this brand.

Score of a window with n stories, x of them negative:

    s = -log10 P(BetaBinomial(n, pi, rho) >= x)    the share, blind to volume
    c = -log10 P(NegativeBinomial >= x)            the negative count against the volume's baseline x pi
    score = max(s, min(c, s + 2) if s >= 1.3)      each less log10(number of windows)

so that the count helps only when the share is up: a much-told neutral story is no backlash, a steady level of
complaints is none, ten angry posts for a tiny brand are one. Nothing unless the share is 10 points up.
pi is a discounted beta posterior of the share, rho the correlation within a day, learnt by moments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.detect.counts import beta_binomial_tail, interval, negative_binomial_tail
from ereputation.detect.scan import NOTHING, Finding, Trailing

if TYPE_CHECKING:
    from datetime import date

    from ereputation.detect.clock import Moment
    from ereputation.detect.scan import Volume

_WINDOWS = (3.0, 6.0, 24.0)  # hours
_FADE = 0.5 ** (1 / 28)  # a day
_KAPPA, _PRIOR = 20.0, 0.2  # the share before anything is seen: 20 stories at 20 %
_RHO, _RHO_DAYS = 0.03, 20.0
_DAY_CAP, _LIFT = 0.15, 0.10
_MIN_STORIES, _GATE, _HELP = 8, 1.3, 2.0


class Share:
    """The brand's usual negative share ``pi`` and its correlation ``rho`` within a day; learns whole local days."""

    def __init__(self) -> None:
        self._negative, self._other = _KAPPA * _PRIOR, _KAPPA * (1 - _PRIOR)
        self._squares = self._days = 0.0
        self._pending: list[tuple[float, float]] = []
        self._day: date | None = None  # the day being filled; None before the first
        self._now = (0.0, 0.0)

    @property
    def pi(self) -> float:
        """The usual share, 0..1."""
        return self._negative / (self._negative + self._other)

    @property
    def rho(self) -> float:
        """How much stories of one day resemble each other, 0.005..0.2."""
        return min(max((_RHO_DAYS * _RHO + self._squares) / (_RHO_DAYS + self._days), 0.005), 0.2)

    def feed(self, day: date, stories: float, negative: float, *, frozen: bool) -> None:
        """Add to the day; when a day is over it is learnt, or kept for later while ``frozen``."""
        if self._day is not None and day != self._day:
            self._pending.append(self._now)
            self._now = (0.0, 0.0)
            if not frozen:
                for past in self._pending:
                    self._learn(*past)
                self._pending = []
        self._day = day
        self._now = (self._now[0] + stories, self._now[1] + negative)

    def _learn(self, stories: float, negative: float) -> None:
        pi = self.pi
        if stories >= 5:
            usual = abs(negative / stories - pi) < 0.25
            spread = (negative - stories * pi) ** 2 - stories * pi * (1 - pi)
            pairs = stories * (stories - 1) * pi * (1 - pi)
            self._squares = _FADE * self._squares + (spread / pairs if usual else 0.0)
            self._days = _FADE * self._days + 1
        if self._days > 6:  # a bad day teaches only so much; the first week teaches all
            negative = min(negative, stories * (pi + _DAY_CAP))
        self._negative = self._negative * _FADE + negative + _KAPPA * _PRIOR * (1 - _FADE)
        self._other = self._other * _FADE + stories - negative + _KAPPA * (1 - _PRIOR) * (1 - _FADE)


class Negativity:
    """Rides on a ``Volume``, whose baseline says how many stories are usual."""

    def __init__(self, *, width: float, min_mentions: int) -> None:
        self.share = Share()
        self.frozen = False
        self._min = min_mentions
        self._trailing = Trailing(_WINDOWS, width)
        self._stories, self._negative = [0.0], [0.0]

    def feed(self, moment: Moment, stories: float, negative: float, volume: Volume) -> Finding:
        """The window whose negativity is most abnormal, given a volume that has been fed this moment."""
        self.share.feed(moment.day, stories, negative, frozen=self.frozen)
        self._stories.append(self._stories[-1] + stories)
        self._negative.append(self._negative[-1] + negative)
        windows = self._trailing.add(moment.at)
        return NOTHING if volume.learning else self._scan(windows, volume)

    def _scan(self, windows: list[tuple[float, int]], volume: Volume) -> Finding:
        pi, rho = self.share.pi, self.share.rho
        best = NOTHING
        for hours, i in windows:
            total, count = self._stories[-1] - self._stories[i], self._negative[-1] - self._negative[i]
            if total < _MIN_STORIES or count < self._min or count / total < pi + _LIFT:
                continue
            mean = max((volume.expected_sums[-1] - volume.expected_sums[i]) * pi, 1e-3)
            phi, alpha = volume.baseline.phi, volume.baseline.alpha
            variance = phi * mean + (alpha + rho * (1 - pi) / pi) * mean * mean
            by_share = beta_binomial_tail(total, count, pi, rho) - self._trailing.penalty
            by_count = negative_binomial_tail(count, mean, variance) if count >= 2 * mean else 0.0
            helped = min(by_count - self._trailing.penalty, by_share + _HELP) if by_share >= _GATE else 0.0
            score = max(by_share, helped)
            if score > best.score:
                low, high = interval(mean, variance)
                best = Finding(score, hours, count, mean, low, high, count / total, pi)
        return best
