"""What a workbook says of itself: when, what of, what was asked for, what could not be seen, what the columns mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ereputation import words
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

_ENOUGH = 0.995


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How far the sources could be read."""

    hours: int
    """Of the period, as far as anything is known of it."""
    seen: float
    """The share of them that was really looked at."""
    blind: int
    """Hours in which nothing could be read."""
    sources: Sequence[tuple[str, str, datetime | None]]
    """Name, health, last success."""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a workbook was made of."""

    brands: Sequence[str]
    since: datetime | None
    until: datetime | None
    """None: no bound was asked for."""
    now: datetime
    zone: ZoneInfo
    query: str = ""
    labels: Sequence[str] = ()
    reach: Reach

    def lines(self, counts: Mapping[str, int]) -> Iterator[tuple[str, Any]]:
        """A word and a value for each line; ``counts``: the rows of each sheet."""
        yield _("Made by"), "ereputation"
        yield _("Made"), self.now
        yield _("Brands"), ", ".join(self.brands)
        yield _("From"), self.since or _("the first that is stored")
        yield _("To (excluded)"), self.until or _("the last that is stored")
        if self.query:
            yield _("Query"), self.query
        if self.labels:
            yield _("Tone"), ", ".join(words.LABELS.get(label, label) for label in self.labels)
        yield _("Time zone"), _("{zone}: every date here is local time").format(zone=self.zone.key)
        for name, count in counts.items():
            yield _("Rows of {sheet}").format(sheet=name), count
        yield "", ""
        yield from self._coverage()
        yield "", ""
        yield from _columns()

    def _coverage(self) -> Iterator[tuple[str, Any]]:
        reach = self.reach
        if not reach.hours:
            said = _("nothing was read in this period")
        elif reach.seen >= _ENOUGH:
            said = _("everything that was due was read")
        else:
            said = _(
                "{share} of what was due was read; in {blind} of {hours} hours nothing was: the counts are a lower bound"
            ).format(
                share=words.percent(reach.seen),
                blind=words.count(reach.blind),
                hours=words.count(reach.hours),
            )
        yield _("Coverage"), said
        for name, health, last in reach.sources:
            when = words.stamp(last, self.zone) if last else _("never")
            yield (
                _("Source"),
                _("{source}: {health}, last read {when}").format(
                    source=words.shown(name, 200), health=words.HEALTH[health], when=when
                ),
            )


def _columns() -> Iterator[tuple[str, str]]:
    yield "copies", _("documents that tell the same story nearly word for word; the story counts once")
    yield "sentiment, score", _("the tone towards the brand; from -1 (very negative) to 1 (very positive)")
    yield "words", _("the words that decided the tone, with their weights")
    yield "observed, expected", _("what was counted in the worst window, and what is usual at such hours")
    yield "low, high", _("the range in which 95 of 100 usual windows lie")
    yield "p_value", _("how likely so many are by chance")
    yield "exposure", _("the share of the hour in which the sources were really read; 0 is blind, not calm")
