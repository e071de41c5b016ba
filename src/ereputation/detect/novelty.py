"""How far beyond anything usual a moment is: what ranks moments that are significant.

Busy brands are significant often; what a person wants first is what this brand has not seen for weeks. The
score of a bucket is ``1 - 1 / r`` where r says how many times the count of the last one or three buckets
exceeds the 99.8 % quantile of such counts in the last 28 days; 0 when it does not, or when the moment is not
significant. Within a day only a stronger moment scores again: one event is one event.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import deque

_QUANTILE = 0.998
_MEMORY_HOURS = 28 * 24.0
_REST_HOURS = 24.0
_LENGTHS = (1, 3)  # buckets: 5 and 15 minutes of a 5-minute series


class _Rolling:
    """The quantile of the values of the last weeks."""

    def __init__(self) -> None:
        self._values: deque[tuple[float, float]] = deque()
        self._sorted: list[float] = []

    def quantile(self, at: float) -> float:
        """99.8 % of what was added in the last 28 days lies at or below this."""
        while self._values and self._values[0][0] < at - _MEMORY_HOURS:
            _, old = self._values.popleft()
            del self._sorted[bisect_left(self._sorted, old)]
        return (
            self._sorted[min(int(_QUANTILE * len(self._sorted)), len(self._sorted) - 1)]
            if self._sorted
            else 0
        )

    def add(self, at: float, value: float) -> None:
        self._values.append((at, value))
        insort(self._sorted, value)


class Novelty:
    """Feed observed moments in order; answers with the score (0..1) that ranks them."""

    def __init__(self) -> None:
        self._rolling = [_Rolling() for _ in _LENGTHS]
        self._last: deque[float] = deque(maxlen=max(_LENGTHS))
        self._kept: deque[tuple[float, float]] = deque()

    def feed(self, at: float, count: float, *, significant: bool, hidden: float = 0.0) -> float:
        """``hidden``: what a blind stretch before the moment may have piled up in it; it is not news."""
        self._last.append(max(0.0, count - hidden))
        best = 0.0
        for length, rolling in zip(_LENGTHS, self._rolling, strict=True):
            total = sum(list(self._last)[-length:])
            usual = max(rolling.quantile(at), 1.0)
            if total > usual:
                best = max(best, 1 - usual / total)
            rolling.add(at, total)
        while self._kept and self._kept[0][0] <= at - _REST_HOURS:
            self._kept.popleft()
        if not significant or best <= max((score for _, score in self._kept), default=0.0):
            return 0.0
        self._kept.append((at, best))
        return best
