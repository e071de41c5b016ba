"""A backtest as data: one line per bucket and per alert, or one record per brand."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Protocol

from ereputation.export.records import Record, number, when

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from ereputation.detect import Point
    from ereputation.model import Alert


class Told(Protocol):
    """An episode that would have been told."""

    @property
    def alert(self) -> Alert:
        """As it was first told."""

    @property
    def ended(self) -> datetime | None:
        """None while it is open."""

    @property
    def answered(self) -> datetime | None:
        """The brand's first own document after it was told; None when there is none."""

    @property
    def delay(self) -> float | None:
        """Seconds from the alert to that document; None without one."""


class Past(Protocol):
    """What a backtest of one brand came to."""

    @property
    def brand(self) -> str:
        """Its name."""

    @property
    def width(self) -> float:
        """Of a bucket, in seconds."""

    @property
    def false_alarms(self) -> float:
        """The budget, a month."""

    @property
    def points(self) -> Sequence[Point]:
        """Every bucket."""

    @property
    def told(self) -> Sequence[Told]:
        """Every episode told."""

    @property
    def days(self) -> float:
        """That were really looked at."""

    @property
    def per_month(self) -> float:
        """Episodes told per month of what was seen."""


class Tried(Protocol):
    """A budget tried on one brand's past."""

    @property
    def false_alarms(self) -> float:
        """The budget, a month."""

    @property
    def told(self) -> int:
        """Episodes told."""

    @property
    def per_month(self) -> float:
        """Episodes told per month of what was seen."""


def point_record(brand: str, point: Point, zone: tzinfo = UTC) -> Record:
    """One bucket: ``score`` (0..1) ranks moments and keeps nine digits, so that ranks stay apart."""
    return {
        "type": "bucket",
        "brand": brand,
        "start": when(point.start, zone),
        "observed": int(point.observed),
        "expected": number(point.expected),
        "score": round(point.score, 9),
        "blind": point.blind,
    }


def past_record(past: Past, zone: tzinfo = UTC) -> Record:
    """One brand in short: its episodes, when each would have been told, and how many a month."""
    return {
        "brand": past.brand,
        "width": number(past.width),
        "buckets": len(past.points),
        "blind": sum(point.blind for point in past.points),
        "days_seen": number(past.days),
        "false_alarms": number(past.false_alarms),
        "told": len(past.told),
        "per_month": number(past.per_month),
        "episodes": [
            {
                "kind": told.alert.kind,
                "severity": told.alert.severity,
                "started": when(told.alert.started, zone),
                "told": when(told.alert.at, zone),
                "ended": when(told.ended, zone),
                "answered": when(told.answered, zone),
                "delay": told.delay,
            }
            for told in past.told
        ],
    }


def budget_record(brand: str, tried: Tried) -> Record:
    """What one budget would have told."""
    return {
        "brand": brand,
        "false_alarms": number(tried.false_alarms),
        "told": tried.told,
        "per_month": number(tried.per_month),
    }
