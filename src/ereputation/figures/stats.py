"""What a period comes to for one brand: volume, tone, share of voice, who speaks and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation.figures.ratios import net_sentiment, share_of_voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from ereputation.figures.periods import Period, Step, Width
    from ereputation.model import Bucket, Label

_COMPARABLE = 0.5
"""Share of a period that must have been looked at before it is compared with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tones:
    """The stories of a period by tone; pruned ones are not among them."""

    positive: int = 0
    neutral: int = 0
    negative: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.positive + self.neutral + self.negative

    @property
    def net(self) -> float | None:
        """(positive - negative) / all, -1..1; None without any."""
        return net_sentiment(self.positive, self.negative, self.total) if self.total else None

    def share(self, label: Label) -> float | None:
        """The part of one tone, 0..1; None without any."""
        counts = {"positive": self.positive, "neutral": self.neutral, "negative": self.negative}
        return counts[label] / self.total if self.total else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A period in numbers."""

    copies: int = 0
    """Every earned mention."""
    stories: int = 0
    """Near-identical mentions counted once, in the hour of the first."""
    owned: int = 0
    """Posts of the brand itself."""
    tones: Tones = Tones()
    hours: int = 0
    exposure: float = 0.0
    """How much of it was really looked at, 0..1."""
    blind: int = 0
    """Hours nobody looked at all."""

    @property
    def comparable(self) -> bool:
        """Whether enough was looked at to compare with it."""
        return self.exposure >= _COMPARABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One brand beside those it is compared with."""

    brand: str
    stories: int
    copies: int
    of_stories: float
    """Its part of all stories, 0..1; the parts add up to 1, or are all 0 when nobody is mentioned."""
    of_copies: float
    before: float | None = None
    """``of_stories`` in the period before; None when that was not looked at, or held nothing."""
    curve: tuple[float, ...] = ()
    """Stories of each step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A source, or a site, and what came from there."""

    name: str
    kind: str = ""
    """Of the source; empty for a site."""
    copies: int = 0
    stories: int = 0
    negative: int = 0
    """Negative stories."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Somebody who mentioned the brand."""

    name: str
    handle: str
    """Without the ``@``; empty when there is none."""
    site: str
    mentions: int
    negative: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a period comes to for one brand."""

    brand: str
    period: Period
    width: Width
    now: Totals
    before: Totals
    """The same number of hours just before."""
    steps: tuple[Step, ...] = ()
    voice: tuple[Share, ...] = ()
    """The brand and its competitors that are watched too, the loudest first; only itself when there is none."""
    sources: tuple[Source, ...] = ()
    """The most mentions first, as are sites and authors."""
    sites: tuple[Source, ...] = ()
    authors: tuple[Author, ...] = ()
    terms: tuple[str, ...] = ()
    """Words that rose against the weeks before."""
    terms_known: bool = True
    """False when nothing of the weeks before is stored, so that nothing can be said to rise."""
    undated: int = 0
    """Mentions without a date that were read after a gap: they count as mentions, not as stories of any hour."""

    @property
    def change(self) -> float | None:
        """Stories against the period before, as a part of it (0.5: half more); None when it cannot be said."""
        if not (self.now.comparable and self.before.comparable and self.before.stories):
            return None
        return self.now.stories / self.before.stories - 1

    @property
    def rivals(self) -> tuple[Share, ...]:
        """The competitors among the voices."""
        return tuple(share for share in self.voice if share.brand != self.brand)


def totals(hours: Sequence[Bucket], tones: Mapping[datetime, Mapping[Label, int]]) -> Totals:
    """What hours come to; ``tones``: stories of each label by hour."""
    labels = list(tones.values())
    return Totals(
        copies=sum(hour.copies for hour in hours),
        stories=sum(hour.stories for hour in hours),
        owned=sum(hour.owned for hour in hours),
        tones=Tones(
            positive=sum(found.get("positive", 0) for found in labels),
            neutral=sum(found.get("neutral", 0) for found in labels),
            negative=sum(found.get("negative", 0) for found in labels),
        ),
        hours=len(hours),
        exposure=sum(hour.exposure for hour in hours) / len(hours) if hours else 0.0,
        blind=sum(hour.exposure <= 0 for hour in hours),
    )


def voice(
    now: Mapping[str, Totals], before: Mapping[str, Totals], curves: Mapping[str, Iterable[float]]
) -> tuple[Share, ...]:
    """The share of voice of each brand, the loudest first."""
    of_stories = share_of_voice({brand: found.stories for brand, found in now.items()})
    of_copies = share_of_voice({brand: found.copies for brand, found in now.items()})
    past = share_of_voice({brand: found.stories for brand, found in before.items()})
    known = all(found.comparable for found in before.values()) and any(past.values())
    shares = [
        Share(
            brand=brand,
            stories=found.stories,
            copies=found.copies,
            of_stories=of_stories[brand],
            of_copies=of_copies[brand],
            before=past[brand] if known and brand in past else None,
            curve=tuple(curves.get(brand, ())),
        )
        for brand, found in now.items()
    ]
    return tuple(sorted(shares, key=lambda share: (-share.stories, -share.copies, share.brand)))
