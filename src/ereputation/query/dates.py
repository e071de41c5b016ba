"""Dates in queries: ``2011-03-11``, ``2011-03``, ``2011-03-11T18:00``, ``P2D``, ``12h``, ``2011-03-11..2011-03-14``."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo

from ereputation.query.nodes import Period
from ereputation.speech import _

_ISO = re.compile(
    r"P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?",
    re.IGNORECASE | re.ASCII,
)
_ISO_SECONDS = (365 * 86400, 30 * 86400, 7 * 86400, 86400, 3600, 60, 1)
_SHORT = re.compile(r"(\d{1,6})([smhdjw])", re.IGNORECASE | re.ASCII)
_SHORT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "j": 86400, "w": 7 * 86400}
_CALENDAR = re.compile(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?", re.ASCII)


class BadDateError(ValueError):
    """The text is no date; the argument says what to write instead."""


def period(field: str, value: str, *, now: datetime | None, timezone: tzinfo) -> Period:
    """What ``since:``, ``before:`` or ``date:`` with this value allows, in UTC.

    A date is the local midnight; ``before`` is exclusive; the last day of a ``date:`` range is included.
    A year counts 365 days and a month 30 in ``P1Y2M``.
    """
    try:
        if field == "since":
            return Period(_bounds(value, now, timezone)[0], None)
        if field == "before":
            return Period(None, _bounds(value, now, timezone)[0])
        first, dots, last = value.partition("..")
        if not dots:
            return Period(*_bounds(value, now, timezone))
        if not first and not last:
            raise BadDateError("write 2011-03-11..2011-03-14")
        since = _bounds(first, now, timezone)[0] if first else None
        before = _upper(last, now, timezone) if last else None
    except OverflowError as error:
        raise BadDateError(_("choose a nearer date")) from error
    if since and before and before < since:
        raise BadDateError(_("the range ends before it starts"))
    return Period(since, before)


def _upper(value: str, now: datetime | None, timezone: tzinfo) -> datetime:
    start, end = _bounds(value, now, timezone)
    return start if end is None else end


def _bounds(value: str, now: datetime | None, timezone: tzinfo) -> tuple[datetime, datetime | None]:
    """Start, and end (excluded) of a day, month or year; an instant has no end."""
    if (seconds := duration(value)) is not None:
        if now is None:
            raise BadDateError(_("a time from now has no meaning here; write a date such as 2011-03-11"))
        return now.astimezone(UTC).replace(microsecond=0) - timedelta(seconds=seconds), None
    if match := _CALENDAR.fullmatch(value):
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        return _calendar(year, month, day, timezone)
    try:
        instant = datetime.fromisoformat(value)
    except ValueError as error:
        raise BadDateError(_("write a date such as 2011-03-11, 2011-03-11T18:00, P2D, 2d or 12h")) from error
    return (instant if instant.tzinfo else instant.replace(tzinfo=timezone)).astimezone(UTC), None


def _calendar(year: int, month: int | None, day: int | None, timezone: tzinfo) -> tuple[datetime, datetime]:
    try:
        start = datetime(year, month or 1, day or 1, tzinfo=timezone)
        if day:
            end = start + timedelta(days=1)
        elif month:
            end = start.replace(year=year + month // 12, month=month % 12 + 1)
        else:
            end = start.replace(year=year + 1)
    except ValueError as error:
        raise BadDateError(_("there is no such day")) from error
    return start.astimezone(UTC), end.astimezone(UTC)


def duration(value: str) -> int | None:
    """Seconds of ``P2D``, ``PT12H``, ``2d`` or ``12h``; None when it is no duration."""
    if match := _SHORT.fullmatch(value):
        return int(match[1]) * _SHORT_SECONDS[match[2].lower()]
    match = _ISO.fullmatch(value)
    if match is None or not any(match.groups()):
        return None
    return sum(int(n or 0) * unit for n, unit in zip(match.groups(), _ISO_SECONDS, strict=True))
