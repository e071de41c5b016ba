"""Shares, balances and percentiles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def share_of_voice(mentions: Mapping[str, float]) -> dict[str, float]:
    """Each brand's part of all mentions, 0..1; they add up to 1, or are all 0 when nobody is mentioned."""
    total = sum(mentions.values())
    return {brand: count / total if total else 0.0 for brand, count in mentions.items()}


def net_sentiment(positive: int, negative: int, total: int) -> float:
    """(positive - negative) / all mentions, -1..1; 0 without mentions."""
    return (positive - negative) / total if total else 0.0


def percentile(values: Iterable[float], share: float) -> float | None:
    """The value below which ``share`` (0..1) of the values lie, interpolated; None without values."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = min(max(share, 0.0), 1.0) * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def median(values: Iterable[float]) -> float | None:
    """The middle value; None without values."""
    return percentile(values, 0.5)
