"""How much of each hour was really looked at: an hour no source has spoken for is blind, not calm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Stretch: TypeAlias = tuple[int, int]
"""Start (included) and end (excluded), in seconds since 1970."""
_NOTHING: Mapping[str, int] = {}


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time without overlaps: in order, none touching another, none empty."""
    result: list[Stretch] = []
    for since, until in sorted(stretches):
        if since >= until:
            continue
        if result and since <= result[-1][1]:
            result[-1] = result[-1][0], max(result[-1][1], until)
        else:
            result.append((since, until))
    return result


def exposures(
    covered: Mapping[str, Iterable[Stretch]],
    weights: Mapping[str, int],
    *,
    since: int,
    steps: int,
    width: int = 3_600,
) -> list[float]:
    """The part of each step that its sources have spoken for, 0..1, a source counting by its weight.

    ``covered`` gives the stretches of each source (a missing one has none), ``weights`` the sources that count. Whole
    numbers until the last division, so that nothing covered is exactly 0 and everything covered exactly 1.
    """
    return Watch.of(covered, weights, since=since, steps=steps, width=width).exposures()


@dataclass(frozen=True, slots=True)
class Watch:
    """What sources have spoken for over some steps of time: worked out once for brands that weigh them differently."""

    covered: Mapping[str, Sequence[Stretch]]
    """Of each source, merged."""
    since: int
    width: int
    total: int
    """The weight of all sources."""
    changes: Sequence[int]
    """What the steps covered whole add, as differences from one step to the next."""
    parts: Sequence[int]
    """What the steps at the ends of a stretch add."""

    @classmethod
    def of(
        cls,
        covered: Mapping[str, Iterable[Stretch]],
        weights: Mapping[str, int],
        *,
        since: int,
        steps: int,
        width: int = 3_600,
    ) -> Watch:
        """``weights`` names the sources that count; stretches of others are left out."""
        known = {source: merged(covered[source]) for source in weights if source in covered}
        none = cls(known, since, width, 0, [0] * (steps + 1), [0] * steps)
        return none._with(weights)

    def _with(self, weights: Mapping[str, int]) -> Watch:
        """The same where these sources weigh so much more."""
        changes, parts, since, width = [*self.changes], [*self.parts], self.since, self.width
        end = since + len(parts) * width
        for source, weight in weights.items():
            for start, stop in self.covered.get(source, ()):
                low, high = max(start, since) - since, min(stop, end) - since
                if low >= high:
                    continue
                first, last = -(-low // width), high // width
                if first > last:  # inside one step
                    parts[last] += (high - low) * weight
                    continue
                changes[first] += width * weight
                changes[last] -= width * weight
                if low % width:
                    parts[first - 1] += (first * width - low) * weight
                if high % width:
                    parts[last] += (high - last * width) * weight
        return replace(self, total=self.total + sum(weights.values()), changes=changes, parts=parts)

    def exposures(self, more: Mapping[str, int] = _NOTHING) -> list[float]:
        """The part of each step that was covered, 0..1; ``more``: what sources weigh besides."""
        heavier = self._with(more) if more else self
        total = heavier.total * self.width
        whole = accumulate(heavier.changes[:-1])
        return [
            (part + full) / total if total else 0.0 for part, full in zip(heavier.parts, whole, strict=True)
        ]


def gaps(stretches: Iterable[Stretch], *, since: int, until: int) -> list[Stretch]:
    """The stretches between ``since`` and ``until`` that are not covered."""
    inside = [(max(start, since), min(stop, until)) for start, stop in merged(stretches)]
    bounds = [(since, since), *(s for s in inside if s[0] < s[1]), (until, until)]
    return [(before[1], after[0]) for before, after in pairwise(bounds) if before[1] < after[0]]
