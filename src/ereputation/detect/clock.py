"""From instants to what the baseline needs: hours since the epoch, the local day, the cell of the local week."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from datetime import date, datetime

_SUNDAY = 6


class Moment(NamedTuple):
    """One bucket's place in time."""

    at: float
    """Start, in hours since the epoch."""
    day: date
    """Local."""
    cell: int
    """Local week day x 24 + hour; a holiday is a Sunday."""


class Clock:
    """Local time of a brand. A bucket wider than six hours has no hour of its own: it counts as noon."""

    def __init__(self, timezone: str, holidays: frozenset[date], width: float) -> None:
        self._zone = ZoneInfo(timezone)
        self._holidays = holidays
        self._has_hours = width <= 6

    def moment(self, start: datetime) -> Moment:
        """Where a bucket that starts at this aware instant lies."""
        local = start.astimezone(self._zone)
        day = local.date()
        weekday = _SUNDAY if day in self._holidays else local.weekday()
        return Moment(start.timestamp() / 3600, day, weekday * 24 + (local.hour if self._has_hours else 12))
