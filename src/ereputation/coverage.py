"""How much of each hour was really looked at: an hour no source has spoken for is blind, not calm."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Stretch: TypeAlias = tuple[int, int]
"""Start (included) and end (excluded), in seconds since 1970."""


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
    covered: Mapping[str, Sequence[Stretch]],
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
    total = sum(weights.values()) * width
    changes = [0] * (steps + 1)  # what the steps covered whole add, as differences from one step to the next
    parts = [0] * steps  # what the steps at the ends of a stretch add
    end = since + steps * width
    for source, weight in weights.items():
        for start, stop in merged(covered.get(source, ())):
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
    whole = accumulate(changes[:-1])
    return [(part + full) / total if total else 0.0 for part, full in zip(parts, whole, strict=True)]


def gaps(stretches: Iterable[Stretch], *, since: int, until: int) -> list[Stretch]:
    """The stretches between ``since`` and ``until`` that are not covered."""
    inside = [(max(start, since), min(stop, until)) for start, stop in merged(stretches)]
    bounds = [(since, since), *(s for s in inside if s[0] < s[1]), (until, until)]
    return [(before[1], after[0]) for before, after in pairwise(bounds) if before[1] < after[0]]
