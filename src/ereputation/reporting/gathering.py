"""Everything a report says of a period, from the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from ereputation import coverage, figures, responding
from ereputation.reporting.measuring import Measuring
from ereputation.reporting.values import BrandReport, Report, SourceSeen, Story, Told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ereputation.clock import Stretch
    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.figures import Period, Width
    from ereputation.model import Alert, Bucket
    from ereputation.store import Store

STORIES = 10
"""Stories listed."""
_GAPS = 5
"""Longest stretches named where a source was not read."""
_HOURLY_TREND = 72
"""Hours up to which the tone is shown by the hour."""


def gather(
    config: Config,
    store: Store,
    brands: Sequence[Brand],
    period: Period,
    *,
    now: datetime,
    title: str = "",
    waiting: int | None = None,
    progress: Callable[[str], None] = lambda _brand: None,
) -> Report:
    """The report of these brands; ``progress`` is called with the name of each before it is looked at.

    ``waiting``: how many that wait for an answer are named, the oldest; None: all, and all that were answered, too.
    """
    measuring = Measuring(config, store, period, now)
    parts = []
    for brand in brands:
        progress(brand.name)
        parts.append(_brand(config, store, brand, measuring, waiting))
    forgotten = now - timedelta(seconds=config.retention)
    return Report(
        title=title,
        made=now,
        period=period,
        brands=tuple(parts),
        sources=tuple(_sources(config, store, period)),
        blind=tuple(_blind(measuring.hours(brands[0].name))) if brands else (),
        failures=tuple(_last_words(store.alerts(brands=[""], since=period.since), period)),
        forgotten_before=forgotten if forgotten > period.since else None,
    )


def _brand(
    config: Config, store: Store, brand: Brand, measuring: Measuring, waiting: int | None
) -> BrandReport:
    period, zone, name = measuring.period, config.timezone, brand.name
    hours = measuring.hours(name)
    stats = measuring.stats(brand)
    width: Width = "hour" if period.hours <= _HOURLY_TREND else "week" if stats.width == "week" else "day"
    tones = store.tones(name, since=period.since, until=period.end)
    return BrandReport(
        stats=stats,
        trend=figures.steps(hours, tones, width=width, zone=zone),
        heat=figures.heat(hours, zone=zone, staffed=_staffed(config)),
        off_hours=_off_hours(config, hours),
        stories=tuple(_stories(store, name, period)),
        told=tuple(_told(store, name, period)),
        clock=responding.response(
            config, store, brand, since=period.since, until=period.end, now=measuring.now, most=waiting
        ),
    )


def _staffed(config: Config) -> Callable[[datetime], bool] | None:
    hours, zone = config.staffed, config.timezone
    return None if hours is None else lambda when: hours.covers(when, zone)


def _off_hours(config: Config, hours: Sequence[Bucket]) -> float | None:
    on_duty, total = _staffed(config), sum(hour.copies for hour in hours)
    if on_duty is None or not total:
        return None
    half = timedelta(minutes=30)
    return sum(hour.copies for hour in hours if not on_duty(hour.start + half)) / total


def _stories(store: Store, brand: str, period: Period) -> Iterator[Story]:
    for first, copies, sites in store.top_stories(brand, since=period.since, until=period.end, limit=STORIES):
        if mention := store.mention(first):
            yield Story(mention=mention, copies=copies, sites=sites)


def _told(store: Store, brand: str, period: Period) -> Iterator[Told]:
    """The episodes of the period that were told, in order of time."""
    ends = {
        (episode.kind, episode.started): episode.ended
        for episode in store.episodes(brand, since=period.since)
        if episode.started < period.until
    }
    if not ends:
        return
    first = min(started for _, started in ends)
    alerts = [a for a in store.alerts(brands=[brand], since=first) if (a.kind, a.started) in ends]
    alerts.sort(key=lambda alert: (alert.started, alert.kind, alert.at))
    groups = [list(group) for _, group in groupby(alerts, key=lambda alert: (alert.started, alert.kind))]
    for number, told in enumerate(groups, 1):
        last = told[-1]
        ended = ends[last.kind, last.started]
        # What closed it says little of how bad it was: its figures are those of the worst that was told.
        worst = max(told, key=lambda alert: (alert.reason != "closed", alert.at))
        yield Told(number=number, alert=replace(worst, ended=ended), ended=ended, times=len(told))


def _last_words(alerts: Sequence[Alert], period: Period) -> Iterator[Alert]:
    """Of alerts newest first, the last word on each source, as far as the period reaches."""
    named = set()
    for alert in alerts:
        source = alert.examples[0].source if alert.examples else alert.id
        if alert.at < period.end and source not in named:
            named.add(source)
            yield alert


def _sources(config: Config, store: Store, period: Period) -> list[SourceSeen]:
    states = store.source_states()
    configured = {source.id: source.kind for source in config.sources}
    files = {name: state.kind for name, state in states.items() if state.kind == "import"}
    names = [*configured, *(name for name in files if name not in configured)]
    covered = store.covered(names, since=period.since, until=period.until)
    visits = store.visits(since=period.since, until=period.until)
    since, until = int(period.since.timestamp()), int(period.until.timestamp())
    found = []
    for name in names:
        if name not in configured and name not in covered:
            continue  # a file that says nothing of this time
        gaps = coverage.gaps(covered.get(name, ()), since=since, until=until)
        missed = sum(end - start for start, end in gaps)
        answered, failed = visits.get(name, (0, 0))
        found.append(
            SourceSeen(
                name=name,
                kind=configured.get(name) or files[name],
                share=1 - missed / max(1, until - since),
                gaps=tuple(
                    (_instant(start), _instant(end))
                    for start, end in sorted(gaps, key=lambda gap: gap[0] - gap[1])[:_GAPS]
                ),
                answered=answered,
                failed=failed,
                state=states.get(name),
            )
        )
    return sorted(found, key=lambda source: source.share)


def _blind(hours: Sequence[Bucket]) -> Iterator[Stretch]:
    for blind, group in groupby(hours, key=lambda hour: hour.exposure <= 0):
        if blind:
            stretch = list(group)
            yield stretch[0].start, stretch[-1].start + timedelta(hours=1)


def _instant(value: int) -> datetime:
    return datetime.fromtimestamp(value, UTC)
