"""The figures of one brand over a period, from the hours as they were counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import dropwhile
from typing import TYPE_CHECKING

from ereputation import alerts, detect, figures
from ereputation.figures import Author, Source, Stats
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.config.models import Brand
    from ereputation.figures import Period, Share, Totals
    from ereputation.model import Bucket
    from ereputation.store import Store
    from ereputation.store.buckets import Watch

_BACKGROUND = timedelta(days=28)
"""At least so far back reach the texts against which words rise."""
_HOUR = timedelta(hours=1)
_TEXTS = 2_000
"""Texts compared on each side."""


@dataclass(slots=True)
class Measuring:
    """Counts brands over one period; hours are read once."""

    config: Config
    store: Store
    period: Period
    now: datetime
    limit: int = 10
    """Of sources, sites and authors."""
    _sources: list[str] = field(init=False)
    _settings: detect.Settings = field(init=False)
    _hours: dict[str, list[Bucket]] = field(default_factory=dict)
    _watch: Watch | None = None
    """Of the hours of every brand."""

    def __post_init__(self) -> None:
        self._sources = [source.id for source in self.config.sources]
        self._settings = alerts.settings_of(self.config, now=self.period.until)

    def hours(self, brand: str) -> list[Bucket]:
        """The hours of the period; of the last one, all that could be looked at is what has passed of it."""
        hours = self._between(brand, self.period.since, self.period.end)
        passed = (self.period.until - hours[-1].start) / _HOUR if hours else 1.0
        if passed < 1 and not (hours[-1].exposure or hours[-1].copies or hours[-1].owned):
            return hours[:-1]  # it has only begun, and no scan was due in it
        if passed < 1:
            hours[-1] = replace(hours[-1], exposure=min(1.0, hours[-1].exposure / passed))
        return hours

    def stats(self, brand: Brand) -> Stats:
        """What the period comes to for this brand."""
        period, name = self.period, brand.name
        width = period.width
        tones = self.store.tones(name, since=period.since, until=period.end)
        before = period.before
        past = self.store.tones(name, since=before.since, until=before.end)
        terms, known = self._rising(brand)
        everywhere = {"since": period.since, "until": period.end}
        return Stats(
            brand=name,
            period=period,
            width=width,
            now=figures.totals(self.hours(name), tones),
            before=figures.totals(self._between(name, before.since, before.end), past),
            steps=figures.steps(
                self.hours(name), tones, width=width, zone=self.config.timezone, usual=self._usual(name)
            ),
            voice=self._voice(brand),
            sources=tuple(
                Source(name=source, kind=kind, copies=copies, stories=stories, negative=negative)
                for source, kind, copies, stories, negative in self.store.by_source(name, **everywhere)[
                    : self.limit
                ]
            ),
            sites=tuple(
                Source(name=site, copies=copies, stories=stories, negative=negative)
                for site, _, copies, stories, negative in self.store.by_site(
                    name, **everywhere, limit=self.limit
                )
            ),
            authors=tuple(
                Author(name=author, handle=handle, site=site, mentions=mentions, negative=negative)
                for author, handle, site, mentions, negative in self.store.by_author(
                    name, **everywhere, limit=self.limit
                )
            ),
            terms=terms,
            terms_known=known,
            undated=self.store.undated(name, **everywhere),
        )

    def _all_hours(self, brand: str) -> list[Bucket]:
        """From where the baseline begins to learn, and from the period before at least, to the end of the period."""
        if brand not in self._hours:
            window = {
                "since": min(alerts.history_from(self.period.since), self.period.before.since),
                "until": self.period.end,
            }
            self._watch = self._watch or self.store.watch(self._sources, **window)
            self._hours[brand] = self.store.buckets(brand, sources=self._sources, watch=self._watch, **window)
        return self._hours[brand]

    def _between(self, brand: str, since: datetime, until: datetime) -> list[Bucket]:
        return [hour for hour in self._all_hours(brand) if since <= hour.start < until]

    def _usual(self, brand: str) -> Mapping[datetime, tuple[float, float, float] | None]:
        """What the detector expected of each hour, learnt from the hours before it."""
        watched = list(dropwhile(lambda hour: not hour.exposure, self._all_hours(brand)))
        points = detect.replay(watched, self._settings).points
        return {
            point.start: (point.expected, point.low, point.high)
            for point in points
            if point.start >= self.period.since and not point.learning and not point.blind
        }

    def _voice(self, brand: Brand) -> tuple[Share, ...]:
        names = [brand.name, *rivals(self.config, brand)]
        before, zone, width = self.period.before, self.config.timezone, self.period.width
        now: dict[str, Totals] = {}
        past: dict[str, Totals] = {}
        curves: dict[str, list[float]] = {}
        for name in names:
            hours = self.hours(name)
            now[name] = figures.totals(hours, {})
            past[name] = figures.totals(self._between(name, before.since, before.end), {})
            curves[name] = [
                float("nan") if step.blind else step.observed
                for step in figures.steps(hours, {}, width=width, zone=zone)
            ]
        return figures.voice(now, past, curves)

    def _rising(self, brand: Brand) -> tuple[tuple[str, ...], bool]:
        """Words of the period's stories that rose against the weeks before, and whether there are such weeks."""
        since = self.period.since
        begin = min(since - _BACKGROUND, self.period.before.since)
        texts = self.store.sampled_texts(brand.name, since=since, until=self.period.end, most=_TEXTS)
        before = self.store.sampled_texts(brand.name, since=begin, until=since, most=_TEXTS)
        found = figures.rising_terms(texts, before, drop=[brand.name, *brand.keywords], limit=12)
        return (found, True) if before else ((), False)


def rivals(config: Config, brand: Brand) -> list[str]:
    """The competitors of a brand that are watched as brands themselves."""
    wanted = {fold(name) for name in brand.competitors}
    return [
        other.name
        for other in config.brands
        if other.name != brand.name
        and not wanted.isdisjoint([fold(other.name), *(fold(word) for word in other.keywords)])
    ]
