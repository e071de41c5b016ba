"""Buckets in, points, events and episodes out: the same code for a scan and for a backtest.

Causal: what is said of a bucket depends on it and on earlier ones only, so a prefix of the series gives a prefix
of the points and events.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING

from ereputation.detect.clock import Clock
from ereputation.detect.counts import interval
from ereputation.detect.episodes import Machine, severity
from ereputation.detect.novelty import Novelty
from ereputation.detect.scan import Volume
from ereputation.detect.share import Negativity
from ereputation.model import Bucket, Episode, Kind, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ereputation.detect.clock import Moment
    from ereputation.detect.episodes import Spell
    from ereputation.detect.settings import Settings

_LONGEST_GAP = 28 * 24.0  # hours; a longer blind stretch is no worse
_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """What is said of one bucket."""

    start: datetime
    observed: float
    expected: float
    """For what was looked at; for a blind bucket, what a full look would have brought."""
    low: float
    high: float
    """95 % interval of the expected count."""
    score: float
    """0..1, to rank moments: how far beyond the last 28 days, if significant; see ``novelty``."""
    significance: float
    """-log10 of the corrected p-value of the most abnormal trailing window."""
    blind: bool
    learning: bool
    """Too little was seen to say anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that would have been told, when, and the episode as it was known then."""

    at: datetime
    reason: Reason
    episode: Episode


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Everything detection says about a series."""

    points: tuple[Point, ...] = ()
    events: tuple[Event, ...] = ()
    episodes: tuple[Episode, ...] = ()
    """In order of opening; those the budget kept quiet have ``told_at`` None."""


def replay(buckets: Sequence[Bucket], settings: Settings, *, width: float = 3600.0) -> Replay:
    """Detect over one brand's buckets in order of time; ``width`` is a bucket's length in seconds, 5 minutes to a day.

    A missing bucket is blind, as is one with exposure 0, one without a finite count, and one that is not later
    than the bucket before it (a clock set back).
    """
    if not buckets:
        return Replay()
    return _Run(buckets, settings, width / 3600).run()


def may_alert(recent: Sequence[Bucket], settings: Settings, *, something_open: bool = False) -> bool:
    """False when a replay cannot change anything: nothing is open and the last 24 h hold too few stories for any window.

    ``recent`` are the buckets up to now, in order; older than a day are ignored.
    """
    if something_open or not recent:
        return something_open
    since = recent[-1].start - _DAY
    return sum(b.stories for b in recent if b.start > since) >= settings.min_mentions


class _Run:
    def __init__(self, buckets: Sequence[Bucket], settings: Settings, width: float) -> None:
        self.buckets, self.width = buckets, width
        self.clock = Clock(settings.timezone, settings.holidays, width)
        self.volume = Volume(width=width, min_mentions=settings.min_mentions)
        self.negativity = Negativity(width=width, min_mentions=settings.min_mentions)
        self.novelty = Novelty()
        self.held: Volume | None = None  # what judges while an episode is open
        allowed = settings.openings_allowed
        self.machines: dict[Kind, Machine] = {
            "volume_spike": Machine(settings.volume_opening, allowed, width),
            "negative_spike": Machine(settings.negative_opening, allowed, width),
        }
        self.times = [b.start.timestamp() / 3600 for b in buckets]
        latest = accumulate(self.times, max, initial=float("-inf"))
        self.late = [at <= before for at, before in zip(self.times, latest, strict=False)]
        self.sums = {
            name: list(
                accumulate(
                    (0.0 if late else value(b) for b, late in zip(buckets, self.late, strict=True)),
                    initial=0.0,
                )
            )
            for name, value in _TOTALS.items()
        }
        self.next = self.times[0]  # where the next bucket should start if nothing is missing
        # Where nobody looked since the last bucket that was read, and how much of each was missed.
        self.blind: deque[tuple[Moment, float]] = deque(maxlen=round(_LONGEST_GAP / width))
        self.unread: tuple[Moment, float] | None = None  # the part of the last bucket that was not read

    def run(self) -> Replay:
        points: list[Point] = []
        events: list[Event] = []
        for n, (bucket, at) in enumerate(zip(self.buckets, self.times, strict=True)):
            points.append(self._blind_point(bucket) if self.late[n] else self._step(n, bucket, at, events))
        episodes = [
            (spell.opened, self._episode(kind, spell, len(self.buckets)))
            for kind, machine in self.machines.items()
            for spell in machine.spells
        ]
        episodes.sort(key=lambda pair: pair[0])
        return Replay(points=tuple(points), events=tuple(events), episodes=tuple(e for _, e in episodes))

    def _step(self, n: int, bucket: Bucket, at: float, events: list[Event]) -> Point:
        moment = self.clock.moment(bucket.start)
        self.volume.roll(moment)
        self._skip(at)
        usual = self.volume.usual(moment)
        if not bucket.exposure > 0 or not 0 <= bucket.stories < float("inf"):
            self._hide(moment)
            return self._blind_point(bucket, usual)
        exposure, count = min(bucket.exposure, 1.0), float(bucket.stories)
        if self.blind:
            self.blind.append((moment, 1 - exposure))
        hidden = self._hidden(self.volume)
        mean = usual * exposure
        low, high = interval(mean, self.volume.baseline.deviation(mean) ** 2)
        learning = self.volume.learning
        finding = self.volume.feed(moment, count, exposure, hidden)
        judged = finding
        if self.held is not None:  # an episode is open: what was usual before it decides whether it goes on
            self.held.roll(moment)
            judged = self.held.feed(moment, count, exposure, self._hidden(self.held))
        self.blind.clear()
        self.unread = (moment, 1 - exposure)
        negative = min(float(bucket.negative), count)
        doubt = self.negativity.feed(moment, count, negative, self.held or self.volume)
        opening = self.machines["volume_spike"].opening
        rank = self.novelty.feed(at, count, significant=finding.score >= opening, hidden=hidden)
        for (kind, machine), found in zip(self.machines.items(), (judged, doubt), strict=True):
            events += [
                Event(at=_instant(at + self.width), reason=reason, episode=self._episode(kind, spell, n + 1))
                for reason, spell in machine.feed(at, found, exposure)
            ]
        is_open = any(machine.current is not None for machine in self.machines.values())
        self.held = (self.held or self.volume.hold()) if is_open else None
        self.negativity.frozen = is_open
        return Point(
            start=bucket.start,
            observed=count,
            expected=mean,
            low=low,
            high=high,
            score=rank,
            significance=finding.score,
            blind=False,
            learning=learning,
        )

    def _skip(self, at: float) -> None:
        """Missing buckets are blind: what they may have held can arrive with the next one that is read."""
        missing = min(at - self.next, _LONGEST_GAP)
        self.next = at + self.width
        while missing > self.width / 2:
            moment = self.clock.moment(_instant(at - missing))
            self._hide(moment)
            missing -= self.width

    def _hide(self, moment: Moment) -> None:
        if self.unread is not None:
            self.blind.append(self.unread)
            self.unread = None
        self.blind.append((moment, 1.0))

    def _hidden(self, volume: Volume) -> float:
        """Stories that arrived unseen and may be in the first bucket that is read again."""
        return sum(volume.usual(moment, missed) for moment, missed in self.blind)

    def _blind_point(self, bucket: Bucket, usual: float = 0.0) -> Point:
        return Point(
            start=bucket.start,
            observed=float(bucket.stories),
            expected=usual,
            low=0.0,
            high=0.0,
            score=0.0,
            significance=0.0,
            blind=True,
            learning=self.volume.learning,
        )

    def _episode(self, kind: Kind, spell: Spell, until: int) -> Episode:
        """The spell as it is known after ``until`` buckets."""
        first = bisect_left(self.times, spell.started, hi=until)
        last = until if spell.ended is None else bisect_left(self.times, spell.ended, hi=until)
        total = {name: sums[last] - sums[first] for name, sums in self.sums.items()}
        length = max((self.times[last - 1] - spell.started) / self.width + 1, 1)
        best, usual = spell.best, self.negativity.share.pi
        share = total["negative"] / total["stories"] if total["stories"] else 0.0
        share = max(share, best.share)
        return Episode(
            brand=self.buckets[0].brand,
            kind=kind,
            started=_instant(spell.started),
            opened=_instant(spell.opened),
            peaked=_instant(spell.peaked),
            ended=None if spell.ended is None else _instant(spell.ended),
            severity=severity(
                score=best.score, ratio=spell.ratio, negative_share=share, usual_share=best.usual or usual
            ),
            observed=best.observed,
            expected=best.expected,
            low=best.low,
            high=best.high,
            window=best.window * 3600,
            p_value=10**-best.score,
            score=best.score,
            told_score=spell.told_score,
            told_at=None if spell.told_at is None else _instant(spell.told_at),
            reason=spell.reason,
            stories=int(total["stories"]),
            copies=int(total["copies"]),
            negative_share=share,
            usual_share=best.usual or usual,
            coverage=min(total["exposure"] / length, 1.0),
        )


def _finite(value: float) -> float:
    return float(value) if 0 <= value < float("inf") else 0.0


_TOTALS: dict[str, Callable[[Bucket], float]] = {
    "stories": lambda b: _finite(b.stories),
    "copies": lambda b: _finite(b.copies),
    "negative": lambda b: _finite(b.negative),
    "exposure": lambda b: _finite(b.exposure),
}


def _instant(hours: float) -> datetime:
    return datetime.fromtimestamp(round(hours * 3600), UTC)
