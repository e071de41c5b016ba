"""A stretch of whole hours, what it is compared with, and hours gathered into days or the cells of a week."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import tzinfo

    from ereputation.model import Bucket, Label

HOUR, _HALF = timedelta(hours=1), timedelta(minutes=30)
Width: TypeAlias = Literal["hour", "day", "week"]
_HOURLY = 8 * 24
"""Hours up to which a period is shown hour by hour."""
_DAILY = 120 * 24
"""Hours up to which it is shown day by day."""
_AR = 0.7
"""Correlation from one hour to the next of what exceeds the usual; the detector's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From ``since`` to ``until`` (excluded); ``since`` lies on a whole hour in UTC."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, since: datetime, until: datetime) -> Period:
        """From the hour ``since`` lies in; ValueError unless it is earlier than ``until``."""
        since, until = since.astimezone(UTC), until.astimezone(UTC)
        if since >= until:
            raise ValueError("a period has to begin before it ends")
        return cls(since=since.replace(minute=0, second=0, microsecond=0), until=until)

    @classmethod
    def lately(cls, now: datetime, length: timedelta) -> Period:
        """As many whole hours as ``length`` has, the last one the hour that ``now`` lies in."""
        begin = now.astimezone(UTC) - length
        whole = begin.replace(minute=0, second=0, microsecond=0)
        return cls.of(whole if whole == begin else whole + HOUR, now)

    @property
    def hours(self) -> int:
        """How many hours it touches."""
        return math.ceil((self.until - self.since) / HOUR)

    @property
    def end(self) -> datetime:
        """The end of the last hour: what is counted by hour reaches up to here."""
        return self.since + self.hours * HOUR

    @property
    def before(self) -> Period:
        """As many hours, just before: what it is compared with."""
        return Period(since=self.since - self.hours * HOUR, until=self.since)

    @property
    def width(self) -> Width:
        """How it is best shown: by hour up to eight days, by day up to 120, by week beyond."""
        return "hour" if self.hours <= _HOURLY else "day" if self.hours <= _DAILY else "week"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Counts of one hour, local day or local week, with what was usual for it."""

    start: datetime
    end: datetime
    copies: int = 0
    stories: int = 0
    positive: int = 0
    """Of the stories."""
    negative: int = 0
    """Of the stories."""
    owned: int = 0
    exposure: float = 0.0
    """How much of it was really looked at, 0..1; 0 is blind, not calm."""
    expected: float | None = None
    """Stories that were usual for what was looked at; None while the baseline is learnt, and where nobody looked."""
    low: float | None = None
    high: float | None = None
    """95 % interval of ``expected``; None where that is None."""

    @property
    def day(self) -> datetime:
        """A moment of its first local day: where clocks are half an hour off, its first hour may begin on the day before."""
        return self.start + _HALF

    @property
    def blind(self) -> bool:
        """Whether nobody looked."""
        return self.exposure <= 0

    @property
    def observed(self) -> float:
        """The stories: what is drawn and compared with what was expected."""
        return float(self.stories)


Usual: TypeAlias = "tuple[float, float, float] | None"
"""Expected, low, high of an hour; None where nothing is known to be usual."""
_UNKNOWN: Mapping[datetime, Usual] = {}


def steps(
    hours: Sequence[Bucket],
    tones: Mapping[datetime, Mapping[Label, int]],
    *,
    width: Width,
    zone: tzinfo,
    usual: Mapping[datetime, Usual] = _UNKNOWN,
) -> tuple[Step, ...]:
    """Hours as they are, or gathered by local day or week; ``tones``: stories of each label by hour."""
    key = _KEYS[width]
    return tuple(
        _gathered(list(group), tones, usual)
        for _, group in groupby(hours, key=lambda hour: key((hour.start + _HALF).astimezone(zone)))
    )


_KEYS: Mapping[Width, Callable[[datetime], object]] = {
    "hour": lambda local: local.timestamp(),  # a repeated hour is not the same hour
    "day": lambda local: local.date(),
    "week": lambda local: local.isocalendar()[:2],
}


def _gathered(
    hours: Sequence[Bucket], tones: Mapping[datetime, Mapping[Label, int]], usual: Mapping[datetime, Usual]
) -> Step:
    expected, low, high = _together([usual.get(hour.start) for hour in hours if hour.exposure > 0])
    labels = [tones.get(hour.start, {}) for hour in hours]
    return Step(
        start=hours[0].start,
        end=hours[-1].start + HOUR,
        copies=sum(hour.copies for hour in hours),
        stories=sum(hour.stories for hour in hours),
        positive=sum(found.get("positive", 0) for found in labels),
        negative=sum(hour.negative for hour in hours),
        owned=sum(hour.owned for hour in hours),
        exposure=sum(hour.exposure for hour in hours) / len(hours),
        expected=expected,
        low=low,
        high=high,
    )


def _together(hours: Sequence[Usual]) -> tuple[float | None, float | None, float | None]:
    """Expected, low and high of several hours; what exceeds the usual in one hour goes on in the next (AR(1))."""
    known = [hour for hour in hours if hour is not None]
    if not known or len(known) < len(hours):
        return None, None, None
    expected = sum(mean for mean, _, _ in known)
    below, above = (_deviation([abs(hour[side] - hour[0]) for hour in known]) for side in (1, 2))
    return expected, max(0.0, expected - below), expected + above


def _deviation(deviations: Sequence[float]) -> float:
    """Of a sum whose parts deviate so much, neighbours correlated."""
    squares, carried = 0.0, 0.0
    for deviation in deviations:
        squares += deviation * deviation + 2 * deviation * carried
        carried = _AR * (carried + deviation)
    return math.sqrt(squares)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """One hour of the week, local time."""

    weekday: int
    """0 is Monday."""
    hour: int
    mentions: int = 0
    watched: float = 0.0
    """Hours of this kind that were looked at, in the period; 0: unknown, not calm."""
    staffed: bool | None = None
    """Whether somebody is on duty; None when the configuration does not say."""

    @property
    def rate(self) -> float | None:
        """Mentions an hour that was looked at; None when none was."""
        return self.mentions / self.watched if self.watched else None


def heat(
    hours: Iterable[Bucket], *, zone: tzinfo, staffed: Callable[[datetime], bool] | None = None
) -> tuple[Heat, ...]:
    """The 168 hours of the week, Monday 00:00 first."""
    mentions, watched = [0] * 168, [0.0] * 168
    for bucket in hours:
        local = (bucket.start + _HALF).astimezone(zone)
        cell = local.weekday() * 24 + local.hour
        mentions[cell] += bucket.copies
        watched[cell] += bucket.exposure
    monday = datetime(2001, 1, 1, 0, 30, tzinfo=zone)  # any Monday; the middle of each hour
    return tuple(
        Heat(
            weekday=cell // 24,
            hour=cell % 24,
            mentions=mentions[cell],
            watched=watched[cell],
            staffed=None if staffed is None else staffed(monday.replace(day=1 + cell // 24, hour=cell % 24)),
        )
        for cell in range(168)
    )
