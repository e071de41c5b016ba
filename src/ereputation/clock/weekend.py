"""The Friday outlook: what the last week-ends brought, and who will be there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo

    from ereputation.clock.values import Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekend:
    """What one week-end brought, Saturday 00:00 to Monday 00:00 local time."""

    start: datetime
    mentions: int
    asking: int
    """Questions and complaints among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What to expect of the coming week-end, from the last ones that were watched."""

    brand: str
    start: datetime
    end: datetime
    weekends: tuple[Weekend, ...] = ()
    """Oldest first; those that were not watched are left out."""
    staffed: tuple[Stretch, ...] | None = None
    """The staffed stretches of the coming week-end; None when the configuration names no hours."""

    @property
    def mentions(self) -> tuple[float, float] | None:
        """Mean and standard deviation; None without week-ends."""
        return _spread([weekend.mentions for weekend in self.weekends])

    @property
    def asking(self) -> tuple[float, float] | None:
        """Mean and standard deviation of questions and complaints; None without week-ends."""
        return _spread([weekend.asking for weekend in self.weekends])


def _spread(counts: Sequence[int]) -> tuple[float, float] | None:
    """Mean and sample standard deviation (0 of a single value)."""
    if not counts:
        return None
    mean = sum(counts) / len(counts)
    squares = sum((count - mean) ** 2 for count in counts)
    return mean, (squares / (len(counts) - 1)) ** 0.5 if len(counts) > 1 else 0.0


def coming_weekend(now: datetime, zone: tzinfo) -> Stretch:
    """Saturday 00:00 to Monday 00:00 local time: the week-end that is on, else the next."""
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    saturday = midnight + timedelta(days=5 - midnight.weekday())
    return _local(saturday, zone), _local(saturday + timedelta(days=2), zone)


def weekends_before(start: datetime, zone: tzinfo, count: int) -> list[Stretch]:
    """The ``count`` week-ends before the one that begins at ``start``, oldest first."""
    saturday = start.astimezone(zone).replace(tzinfo=None)
    return [
        (_local(saturday - timedelta(weeks=n), zone), _local(saturday - timedelta(weeks=n, days=-2), zone))
        for n in range(count, 0, -1)
    ]


def _local(wall: datetime, zone: tzinfo) -> datetime:
    return wall.replace(tzinfo=zone).astimezone(UTC)
