"""What the user decides about detection, and the thresholds that follow from it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

LEARNING_HOURS = 72.0
"""Observed hours before anything may be told."""
COOLDOWN = 24 * 3600.0
"""Seconds: what opens again within this time of its end is the same episode."""
_VOLUME_OPENINGS = (
    (10.0, 1.0),
    (5.0, 2.0),
    (2.0, 3.0),
    (1.0, 3.6),
    (0.5, 4.2),
    (0.25, 4.9),
    (0.1, 6.0),
    (0.01, 9.0),
)
_NEGATIVE_OPENINGS = ((10.0, 1.0), (3.0, 1.6), (1.0, 2.2), (0.5, 2.6), (0.25, 3.0), (0.1, 3.5), (0.01, 5.0))
# (false alarms a month, opening score). Measured by ``benchmarks/detection.py --openings`` on synthetic brands of 0.1 to
# 50 mentions an hour without any event, before ``openings_allowed``, in false alarms a brand-month:
#
#   score     1.0   1.5   2.0   2.5   3.0   3.5   4.0   4.5   5.0   6.0
#   volume    7.3   6.2   4.3   2.8   1.7   1.1   0.7   0.4   0.3   0.1
#   negative  1.8   0.6   0.2   0.1   0.06  0.02  0     0     0     0
#
# Real sentiment clings more than the synthetic one, so negative openings are held above what this table asks for.


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The alert budget and the brand's habits; every threshold of detection follows from these."""

    false_alarms: float = 1.0
    """How many false alarms a month one brand may cause."""
    min_mentions: int = 5
    """Fewer stories than this are never a spike."""
    response_time: float = 7200.0
    """Seconds the brand gives itself to answer."""
    timezone: str = "UTC"
    """IANA name; hours and week days of the baseline are local."""
    holidays: frozenset[date] = frozenset()
    """Local dates that look like Sundays."""
    staffed: Callable[[datetime], bool] | None = None
    """Whether somebody watches at an instant; None when the configuration does not say."""

    @property
    def volume_opening(self) -> float:
        """Score (-log10 of the corrected p-value) at which a volume spike opens."""
        return _interpolate(_VOLUME_OPENINGS, self.false_alarms)

    @property
    def negative_opening(self) -> float:
        """Score at which a negative spike opens."""
        return _interpolate(_NEGATIVE_OPENINGS, self.false_alarms)

    @property
    def openings_allowed(self) -> int:
        """At most so many episodes of a kind are told in 28 days, unless a new one is stronger than those."""
        return max(1, round(3 * min(self.false_alarms, 1000.0)))


def _interpolate(table: tuple[tuple[float, float], ...], budget: float) -> float:
    """The score for a budget, linear in the logarithm of the budget and held at the ends of the table."""
    if not budget < table[0][0]:
        return table[0][1]
    for (more, low), (less, high) in pairwise(table):
        if budget >= less:
            share = math.log(more / budget) / math.log(more / less)
            return low + share * (high - low)
    return table[-1][1]


def public_holidays(country: str, years: Iterable[int]) -> frozenset[date]:
    """The public holidays of a country (ISO 3166 code, such as "FR"); empty for a country nobody listed."""
    import holidays  # slow to import, and only needed here

    try:
        return frozenset(holidays.country_holidays(country, years=list(years)))
    except NotImplementedError:
        return frozenset()
