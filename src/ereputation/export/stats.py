"""The figures of a period as dictionaries ready for JSON, and its hours or days as rows of CSV."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ereputation.export.records import Record, number, when

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

    from ereputation.figures import Author, Period, Share, Source, Stats, Step, Tones, Totals

STEP_COLUMNS = (
    "brand", "start", "end", "stories", "mentions", "positive", "negative", "owned", "exposure", "expected", "low", "high",
)  # fmt: skip
"""In this order for good; new columns go last."""


def _number(value: float | None) -> float | None:
    return None if value is None else number(value)


def period_record(period: Period, zone: tzinfo = UTC) -> Record:
    """``since`` (included) and ``until`` (excluded)."""
    return {"since": when(period.since, zone), "until": when(period.until, zone), "hours": period.hours}


def tones_record(tones: Tones) -> Record:
    """Stories by tone, and the balance -1..1; null without any."""
    return {
        "positive": tones.positive,
        "neutral": tones.neutral,
        "negative": tones.negative,
        "net": _number(tones.net),
    }


def totals_record(totals: Totals) -> Record:
    """``stories``: near-identical mentions counted once; ``exposure``: how much was looked at, 0..1."""
    return {
        "stories": totals.stories,
        "mentions": totals.copies,
        "owned": totals.owned,
        "sentiment": tones_record(totals.tones),
        "exposure": number(totals.exposure),
        "blind_hours": totals.blind,
    }


def step_record(step: Step, zone: tzinfo = UTC) -> Record:
    """One hour or day; ``expected``, ``low``, ``high``: what was usual, null where that is not known."""
    return {
        "start": when(step.start, zone),
        "end": when(step.end, zone),
        "stories": step.stories,
        "mentions": step.copies,
        "positive": step.positive,
        "negative": step.negative,
        "owned": step.owned,
        "exposure": number(step.exposure),
        "expected": _number(step.expected),
        "low": _number(step.low),
        "high": _number(step.high),
    }


def _share(share: Share) -> Record:
    return {
        "brand": share.brand,
        "stories": share.stories,
        "mentions": share.copies,
        "of_stories": number(share.of_stories),
        "of_mentions": number(share.of_copies),
        "of_stories_before": _number(share.before),
    }


def _source(source: Source) -> Record:
    kind = {"kind": source.kind} if source.kind else {}
    return {
        "name": source.name,
        **kind,
        "mentions": source.copies,
        "stories": source.stories,
        "negative": source.negative,
    }


def _author(author: Author) -> Record:
    return {
        "name": author.name,
        "handle": author.handle,
        "site": author.site,
        "mentions": author.mentions,
        "negative": author.negative,
    }


def stats_record(stats: Stats, zone: tzinfo = UTC) -> Record:
    """One brand's period.

    ``now`` and ``before`` (as many hours just before) as ``totals_record``; ``change``: stories against before, 0.5 is half
    more, null when it cannot be said; ``share_of_voice``: the brand and its competitors that are watched as brands;
    ``sources``, ``sites``, ``authors``: the most mentions first; ``rising_terms``: null when there is nothing to compare
    with; ``undated``: mentions whose date is unknown; ``series``: by ``width`` (hour, day or week) as ``step_record``.
    """
    return {
        "brand": stats.brand,
        "period": period_record(stats.period, zone),
        "now": totals_record(stats.now),
        "before": totals_record(stats.before),
        "change": _number(stats.change),
        "share_of_voice": [_share(share) for share in stats.voice],
        "sources": [_source(source) for source in stats.sources],
        "sites": [_source(site) for site in stats.sites],
        "authors": [_author(author) for author in stats.authors],
        "rising_terms": list(stats.terms) if stats.terms_known else None,
        "undated": stats.undated,
        "width": stats.width,
        "series": [step_record(step, zone) for step in stats.steps],
    }


def step_rows(found: Iterable[Stats], zone: tzinfo = UTC) -> Iterator[Record]:
    """The hours or days of every brand, as rows of STEP_COLUMNS."""
    for stats in found:
        for step in stats.steps:
            yield {"brand": stats.brand, **step_record(step, zone)}
