"""When may we come back? One reader for every dialect of rate limiting.

``Retry-After`` in seconds or as an HTTP date (RFC 9110, 10.2.3); ``X-RateLimit-Reset`` as ISO 8601 (Mastodon), epoch (X)
or seconds to go (Reddit); ``RateLimit-Reset`` as epoch (Bluesky) or seconds to go; the usage headers of the Graph API,
which are JSON (https://developers.facebook.com/docs/graph-api/overview/rate-limiting). Limits that are told in the body
of an answer are read where that body is.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = timedelta(hours=24)
"""No server keeps us away for longer: a wrong date must not silence a source for years."""

_EPOCH = 1e9  # a larger number is an instant, a smaller one a number of seconds to go
_RESETS = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_USAGES = ("x-app-usage", "x-page-usage", "x-business-use-case-usage")
_MUCH = 80.0  # per cent of a quota that refills within the hour: from here on we slow down
_LONGEST_USAGE = 10_000  # characters
_REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _instant(text: str, now: datetime, clock: datetime) -> datetime | None:
    """The instant that ``text`` means, on our clock; None when it means nothing. ``clock``: the server's."""
    text = text.partition(";")[0].strip()
    try:
        number = float(text)
    except ValueError:
        try:
            stated = datetime.fromisoformat(text) if "T" in text and "," not in text else _http_date(text)
        except ValueError:
            stated = _http_date(text)
        if stated is None:
            return None
        return now + ((stated if stated.tzinfo else stated.replace(tzinfo=UTC)) - clock)
    if number != number or abs(number) > 1e11:  # noqa: PLR0124 - NaN
        return None
    return now + (
        datetime.fromtimestamp(number, UTC) - clock if number > _EPOCH else timedelta(seconds=number)
    )


def _spent(headers: Mapping[str, str]) -> bool:
    for name in _REMAINING:
        try:
            if float(headers.get(name, "1").partition(";")[0]) < 1:
                return True
        except ValueError:
            continue
    return False


def _usages(text: str) -> Iterator[Mapping[str, object]]:
    """The records of one usage header: one of an app or a page, a list of them for each business."""
    try:
        stated = json.loads(text[:_LONGEST_USAGE])
    except (ValueError, RecursionError):
        return
    if not isinstance(stated, dict):
        return
    for record in (stated, *stated.values()):
        for one in record if isinstance(record, list) else [record]:
            if isinstance(one, dict):
                yield one


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and 0 <= value < 1e6 else 0.0


def _graph_pause(headers: Mapping[str, str]) -> timedelta:
    """How long to leave the Graph API alone: as long as it says, else three minutes for every per cent above 80."""
    minutes = 0.0
    for name in _USAGES:
        for usage in _usages(headers[name]) if name in headers else ():
            told = _number(usage.get("estimated_time_to_regain_access"))
            used = max(_number(usage.get(part)) for part in ("call_count", "total_time", "total_cputime"))
            minutes = max(minutes, told or 3 * (min(used, 100.0) - _MUCH))
    return timedelta(minutes=minutes)


def retry_at(headers: Mapping[str, str], status: int, now: datetime) -> datetime | None:
    """When the server allows the next request; None when it does not say.

    Header names are in lower case. Never in the past, never more than 24 hours away. A reset time counts on 429 and 503,
    and on any answer that says nothing remains.
    """
    candidates = [headers.get("retry-after", "")]
    if status in {429, 503} or _spent(headers):
        candidates += [headers.get(name, "") for name in _RESETS]
    if any(candidates):
        clock = _http_date(headers.get("date", "")) or now
        for text in candidates:
            if text and (moment := _instant(text, now, clock)):
                return min(max(moment, now), now + LONGEST)
    pause = _graph_pause(headers)
    return min(now + pause, now + LONGEST) if pause else None
