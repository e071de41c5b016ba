"""The past of a brand as the database holds it: every hour anybody looked at, alerts with what was known then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ereputation import alerts, detect
from ereputation.backtest.past import Past, assemble, changed
from ereputation.backtest.silences import Voice, silences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.detect import Settings
    from ereputation.model import Bucket
    from ereputation.store import Store


def over_store(
    config: Config,
    store: Store,
    brands: Sequence[str],
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    false_alarms: float | None = None,
    min_mentions: int | None = None,
) -> Iterator[Past]:
    """Each brand's past, replayed from the first hour anybody looked at; None leaves what the configuration says."""
    sources = [source.id for source in config.sources]
    first = store.covered_from(sources)
    end = min(until, now) if until else now
    for brand in config.brands:
        if brand.name not in brands:
            continue
        buckets = _seen(store.buckets(brand.name, since=first, until=end, sources=sources)) if first else []
        settings = changed(_settings(config, buckets, now), false_alarms, min_mentions)
        yield _past(config, store, brand, buckets, settings, since=since, until=until, end=end)


def _seen(buckets: list[Bucket]) -> list[Bucket]:
    """From the first to the last hour anybody looked at."""
    looked = [n for n, bucket in enumerate(buckets) if bucket.exposure]
    return buckets[looked[0] : looked[-1] + 1] if looked else []


def _settings(config: Config, buckets: Sequence[Bucket], now: datetime) -> Settings:
    """The configuration's, with the public holidays of every year that is replayed."""
    settings = alerts.settings_of(config, now=now, with_holidays=False)
    if not config.country or not buckets:
        return settings
    years = range(buckets[0].start.year, buckets[-1].start.year + 1)
    return replace(settings, holidays=detect.public_holidays(config.country, years))


def _past(
    config: Config,
    store: Store,
    brand: Brand,
    buckets: Sequence[Bucket],
    settings: Settings,
    *,
    since: datetime | None,
    until: datetime | None,
    end: datetime,
) -> Past:
    result = detect.replay(buckets, settings)
    voice = Voice.of(config, store, brand, until=end)
    quiet = silences(store, voice, result.events, settings, end=end)
    events = sorted([*result.events, *quiet], key=lambda event: event.at)
    told = [
        alerts.describe(config, store, brand, event.episode, event.reason, now=event.at)
        for event in events
        if (since is None or event.at >= since) and event.at <= end
    ]
    return assemble(
        buckets,
        result.points,
        told,
        settings,
        brand=brand.name,
        width=3600.0,
        owned=voice.times,
        since=since,
        until=until,
    )
