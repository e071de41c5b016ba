"""One brand's past, replayed: what would have been told, when, and when the brand spoke after it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ereputation.backtest.budgets import MONTH, observed_days
from ereputation.detect import Replay, Settings, public_holidays, replay
from ereputation.model import Alert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ereputation.backtest.counts import Series
    from ereputation.detect import Event, Point
    from ereputation.model import Bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An episode that would have been told."""

    alert: Alert
    """As it was first told."""
    ended: datetime | None
    """None while it is open."""
    answered: datetime | None
    """The brand's first own document after it was told; None when there is none, or nobody can know."""

    @property
    def delay(self) -> float | None:
        """Seconds from the alert to the brand's first word; None without one."""
        return (self.answered - self.alert.at).total_seconds() if self.answered else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What a backtest of one brand has to show."""

    brand: str
    width: float
    """Of a bucket, in seconds."""
    buckets: Sequence[Bucket]
    """Everything that was learnt from; ``points`` and what follows are those asked for."""
    settings: Settings
    points: tuple[Point, ...]
    alerts: tuple[Alert, ...]
    """In the order they would have been told."""
    told: tuple[Told, ...]
    days: float
    """That were really looked at."""

    @property
    def false_alarms(self) -> float:
        """The budget, in false alarms a month."""
        return self.settings.false_alarms

    @property
    def per_month(self) -> float:
        """Episodes told per 30.4 days of what was seen."""
        return len(self.told) / self.days * MONTH if self.days else 0.0


def assemble(
    buckets: Sequence[Bucket],
    points: Sequence[Point],
    alerts: Sequence[Alert],
    settings: Settings,
    *,
    brand: str,
    width: float,
    owned: Sequence[datetime] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Past:
    """What lies between ``since`` and ``until``, of a replay that learnt from everything before as well."""

    def inside(moment: datetime) -> bool:
        return (since is None or moment >= since) and (until is None or moment < until)

    ends = {(a.kind, a.started): a.ended for a in alerts}
    shown = [alert for alert in alerts if inside(alert.at)]
    return Past(
        brand=brand,
        width=width,
        buckets=buckets,
        settings=settings,
        points=tuple(point for point in points if inside(point.start)),
        alerts=tuple(replace(alert, id=f"{n}") for n, alert in enumerate(shown, 1)),
        told=tuple(
            Told(alert=alert, ended=ends[alert.kind, alert.started], answered=_after(owned, alert.at))
            for alert in shown
            if alert.reason == "opened"
        ),
        days=observed_days((b for b in buckets if inside(b.start)), width),
    )


def _after(times: Sequence[datetime], moment: datetime) -> datetime | None:
    place = bisect_right(times, moment)
    return times[place] if place < len(times) else None


def settings_for(
    series: Series,
    timezone: str,
    country: str = "",
    false_alarms: float | None = None,
    min_mentions: int | None = None,
) -> Settings:
    """The settings a file of counts is replayed with; None: as a configuration that says nothing."""
    first, last = series.buckets[0].start.year, series.buckets[-1].start.year
    settings = Settings(
        timezone=timezone,
        holidays=public_holidays(country, range(first, last + 1)) if country else frozenset(),
    )
    return changed(settings, false_alarms, min_mentions)


def changed(settings: Settings, false_alarms: float | None, min_mentions: int | None) -> Settings:
    """The settings with what was asked for; None changes nothing."""
    return replace(
        settings,
        false_alarms=settings.false_alarms if false_alarms is None else false_alarms,
        min_mentions=settings.min_mentions if min_mentions is None else min_mentions,
    )


def over_counts(
    series: Series, settings: Settings, *, since: datetime | None = None, until: datetime | None = None
) -> Past:
    """The past of a file of counts: figures only, for there is nothing to read."""
    result = run(series, settings)
    return assemble(
        series.buckets,
        result.points,
        [_figures(event) for event in result.events],
        settings,
        brand=series.buckets[0].brand,
        width=series.width,
        since=since,
        until=until,
    )


def run(series: Series, settings: Settings) -> Replay:
    """What would have been said, and when."""
    return replay(series.buckets, settings, width=series.width)


def _figures(event: Event) -> Alert:
    """The alert of an event, without anything that would have to be read."""
    episode = event.episode
    return Alert(
        id="",
        brand=episode.brand,
        kind=episode.kind,
        severity=episode.severity,
        reason=event.reason,
        started=episode.started,
        peaked=episode.peaked,
        ended=episode.ended,
        observed=episode.observed,
        expected=episode.expected,
        low=episode.low,
        high=episode.high,
        window=episode.window,
        p_value=episode.p_value,
        stories=episode.stories,
        copies=episode.copies,
        negative_share=episode.negative_share,
        usual_share=episode.usual_share,
        coverage=episode.coverage,
        off_hours=False,
        last_owned=None,
        waiting=None,
        at=event.at,
    )
