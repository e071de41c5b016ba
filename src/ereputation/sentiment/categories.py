"""What complaints and praise are about, and their shares over many mentions."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.model import Sentiment, Word

RISKS = (
    "service",
    "delay",
    "refund",
    "price",
    "quality",
    "safety",
    "fraud",
    "data leak",
    "outage",
    "legal",
    "strike",
    "lay-offs",
    "boycott",
    "scandal",
    "discrimination",
    "ecology",
    "conduct",
    "competitor",
    "results",
)
PRAISES = ("thanks", "recommendation", "praise", "award", "results")
WORLD = "ext"
"""Events of the world (earthquake, war, weather): hardly about the brand."""
_NO_RISKS = frozenset((*PRAISES, WORLD, "")) - frozenset(RISKS)


def risks(words: Iterable[Word]) -> tuple[str, ...]:
    """Categories of the negative words, the heaviest first; ironic thanks are a complaint about nothing named."""
    weights: dict[str, float] = {}
    for word in words:
        if word.weight <= 0 and word.category not in _NO_RISKS:
            weights[word.category] = weights.get(word.category, 0) - word.weight
    return tuple(category for category, _ in sorted(weights.items(), key=lambda item: (-item[1], item[0])))


def shares(sentiments: Iterable[Sentiment]) -> tuple[tuple[str, float], ...]:
    """Each risk category's share (0..1) of the negative mentions that name one, largest first; they add up to 1.

    A mention counts once, under its heaviest category: "62 % delay, 21 % refund".
    """
    counts = Counter(
        sentiment.categories[0]
        for sentiment in sentiments
        if sentiment.label == "negative" and sentiment.categories
    )
    total = counts.total()
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple((category, count / total) for category, count in ranked)
