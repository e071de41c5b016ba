"""When somebody watches: ``Mon-Fri 09:00-18:00, Sat 10:00-12:30``, and staffed time between two instants.

Opening hours are wall-clock hours. Where clocks change, an hour that is repeated counts twice and an hour that is
skipped not at all, as for the people who work it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo

Hours: TypeAlias = tuple[int, int]
"""Start (included) and end (excluded), in seconds since Monday 00:00."""

_DAY = 86_400
_WEEK = 7 * _DAY
_MONDAY = datetime(1900, 1, 1)  # noqa: DTZ001 - wall-clock time: a Monday to count weeks from
_DAYS = (
    ("monday", "lundi"),
    ("tuesday", "mardi"),
    ("wednesday", "mercredi"),
    ("thursday", "jeudi"),
    ("friday", "vendredi"),
    ("saturday", "samedi"),
    ("sunday", "dimanche"),
)
_EVERY_DAY = re.compile(r"\b(?:daily|every ?day|everyday|tous les jours|7/7|7j/7)(?!\d)")
_FILLER = re.compile(r"\b(?:from|on|du|de|des|le|les)\b")
_DASH = re.compile(r"[–—−]|\b(?:to|until|au|a|jusqu'a)\b")
_AND = re.compile(r"[;&+/]|\b(?:and|et)\b")
_TOKEN = re.compile(r"\s*(?:(\d{1,2})(?:\s?[:h.](\d{2})?)?\s?([ap]m)?(?![\d:])|([a-z]+)\.?|([-,]))\s*")
_MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Staffed:
    """The opening hours of a week."""

    hours: tuple[Hours, ...]
    """Sorted, apart from each other, never empty."""
    text: str = field(default="", compare=False)
    """As it was written."""

    @classmethod
    def parse(cls, text: str) -> Staffed:
        """``Mon-Fri 09:00-18:00, Sat 10:00-12:30``, ``lun-ven 9h-18h``, ``24/7``; ValueError with a hint otherwise.

        Days without hours before a comma share the hours that follow (``sat, sun 10:00-12:00``); hours without days
        share the days before (``Mon-Fri 9h-12h, 14h-18h``), or are those of every day. An end before its start is on
        the next day.
        """
        plain = fold(text).strip()
        if len(plain) > _MAX_TEXT:
            raise ValueError(
                _("expected hours such as Mon-Fri 09:00-18:00, found {count} characters").format(
                    count=len(plain)
                )
            )
        if plain.replace(" ", "") in {"24/7", "24h/24", "24h/7", "24h/247j/7", "24/24"}:
            return cls(((0, _WEEK),), text)
        for pattern, instead in ((_EVERY_DAY, " mon-sun "), (_FILLER, " "), (_DASH, "-"), (_AND, ",")):
            plain = pattern.sub(instead, plain)
        return cls(_merged(_Parser(text, plain).ranges()), text)

    def __str__(self) -> str:
        return self.text

    def covers(self, when: datetime, zone: tzinfo) -> bool:
        """Whether somebody watches at ``when`` (aware), by the clocks of ``zone``."""
        wall = _wall(when, _offset(when, zone)) % _WEEK
        return any(start <= wall < end for start, end in self.hours)

    def seconds_between(self, start: datetime, end: datetime, zone: tzinfo) -> float:
        """Staffed seconds from ``start`` to ``end`` (aware); 0 when ``end`` is not later."""
        total = 0.0
        for begin, stop, offset in _stretches(start.astimezone(UTC), end.astimezone(UTC), zone):
            total += self._before(_wall(stop, offset)) - self._before(_wall(begin, offset))
        return total

    def between(self, start: datetime, end: datetime, zone: tzinfo) -> tuple[tuple[datetime, datetime], ...]:
        """The staffed stretches from ``start`` to ``end`` (aware), in order, in UTC."""
        found: list[tuple[datetime, datetime]] = []
        for begin, stop, offset in _stretches(start.astimezone(UTC), end.astimezone(UTC), zone):
            first, last = _wall(begin, offset), _wall(stop, offset)
            weeks = range(int(first // _WEEK), int(last // _WEEK) + 1)
            for opens, closes in (
                (week * _WEEK + a, week * _WEEK + b) for week in weeks for a, b in self.hours
            ):
                low, high = max(opens, first), min(closes, last)
                if low >= high:
                    continue
                since, until = begin + timedelta(seconds=low - first), begin + timedelta(seconds=high - first)
                if found and found[-1][1] == since:
                    since = found.pop()[0]
                found.append((since, until))
        return tuple(found)

    def counter(
        self, since: datetime, until: datetime, zone: tzinfo
    ) -> Callable[[datetime, datetime], float]:
        """``seconds_between`` as a look-up, for many pairs of instants between ``since`` and ``until``; others are worked out."""
        stretches = self.between(since, until, zone)
        starts = [start.timestamp() for start, _ in stretches]
        lengths = [(end - start).total_seconds() for start, end in stretches]
        sums = list(accumulate(lengths, initial=0.0))

        def before(moment: datetime) -> float:
            at = moment.timestamp()
            place = bisect_right(starts, at) - 1
            return sums[place] + min(at - starts[place], lengths[place]) if place >= 0 else 0.0

        def seconds(start: datetime, end: datetime) -> float:
            if start < since or end > until:
                return self.seconds_between(start, end, zone)
            return max(0.0, before(end) - before(start))

        return seconds

    def next_opening(self, when: datetime, zone: tzinfo) -> datetime:
        """The first instant from ``when`` on at which somebody watches (``when`` itself if so), in UTC."""
        at = when.astimezone(UTC)
        # Clock changes can hide an opening, but not for long: the second week is a reserve.
        for begin, stop, offset in _stretches(at, at + timedelta(seconds=3 * _WEEK), zone):
            wall = _wall(begin, offset) % _WEEK
            openings = (max(wall, start) for start, end in self.hours if end > wall)
            first = min(openings, default=self.hours[0][0] + _WEEK)
            if (found := begin + timedelta(seconds=first - wall)) < stop:
                return found
        raise AssertionError("three weeks without any opening")  # hours are never empty

    def _before(self, wall: float) -> float:
        """Staffed seconds of wall-clock time between 1900 and ``wall``."""
        weeks, rest = divmod(wall, _WEEK)
        in_week = sum(end - start for start, end in self.hours)
        return weeks * in_week + sum(min(rest, end) - start for start, end in self.hours if rest > start)


def _offset(when: datetime, zone: tzinfo) -> timedelta:
    return when.astimezone(zone).utcoffset() or timedelta()


def _wall(when: datetime, offset: timedelta) -> float:
    """Wall-clock seconds since Monday 1 January 1900."""
    return (when.astimezone(UTC).replace(tzinfo=None) + offset - _MONDAY).total_seconds()


def _stretches(
    start: datetime, end: datetime, zone: tzinfo
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time from ``start`` to ``end`` (UTC) cut into pieces of a week at most in which the clocks do not change."""
    while start < end:
        stop = start + min(end - start, timedelta(seconds=_WEEK))
        offset = _offset(start, zone)
        if _offset(stop, zone) != offset:
            same = start
            while stop - same > timedelta.resolution:
                middle = same + (stop - same) / 2
                same, stop = (middle, stop) if _offset(middle, zone) == offset else (same, middle)
        yield start, stop, offset
        start = stop


def _merged(ranges: Iterable[Hours]) -> tuple[Hours, ...]:
    """Sorted, cut at the end of the week, overlaps joined."""
    pieces = sorted(
        piece
        for start, end in ranges
        for piece in ((start, min(end, _WEEK)), (0, end - _WEEK))
        if piece[0] < piece[1]
    )
    joined: list[Hours] = []
    for start, end in pieces:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


class _Parser:
    """Tokens, left to right: days, dashes, commas, times."""

    def __init__(self, original: str, plain: str) -> None:
        self.original = original
        self.tokens: list[str | int] = []  # an int is a time of day in seconds
        at = 0
        while at < len(plain):
            found = _TOKEN.match(plain, at)
            if not found:
                raise self.refused(plain[at : at + 20])
            hour, minute, half, word, sign = found.groups()
            self.tokens.append(word or sign or self.time(int(hour), int(minute or 0), half))
            at = found.end()

    def refused(self, found: object) -> ValueError:
        near = _(' (not understood: "{found}")').format(found=found) if found else ""
        return ValueError(
            _(
                'expected hours such as "Mon-Fri 09:00-18:00, Sat 10:00-12:30" or 24/7, not "{original}"{hint}'
            ).format(original=self.original, hint=near)
        )

    def time(self, hour: int, minute: int, half: str | None) -> int:
        if half and not 1 <= hour <= 12:
            raise self.refused(f"{hour}{half}")
        hour = hour % 12 + 12 * (half == "pm") if half else hour
        if minute > 59 or hour * 60 + minute > 24 * 60:
            raise self.refused(f"{hour}:{minute:02}")
        return hour * 3600 + minute * 60

    def day(self, word: str) -> int:
        for number, names in enumerate(_DAYS):
            if len(word) >= 3 and any(f"{name}s".startswith(word) for name in names):
                return number
        raise self.refused(word)

    def ranges(self) -> Iterator[Hours]:
        days: list[int] = []
        waiting = False  # days were named, and their hours come later
        tokens = [",", *self.tokens, ","]
        at = 0
        while at < len(tokens) - 1:
            part = tokens[at]
            if part == ",":
                at += 1
                continue
            last = tokens[at + 2] if tokens[at + 1] == "-" and at + 2 < len(tokens) else None
            if isinstance(part, int):
                if not isinstance(last, int) or part in {last, _DAY}:
                    raise self.refused("")
                for day in days or range(7):
                    yield day * _DAY + part, day * _DAY + (last if last > part else last + _DAY)
                waiting = False
            else:
                first = self.day(str(part))
                until = self.day(last) if isinstance(last, str) else first
                days = [
                    *(days if waiting else []),
                    *((first + step) % 7 for step in range((until - first) % 7 + 1)),
                ]
                waiting = True
            at += 3 if last is not None else 1
        if waiting or not any(isinstance(part, int) for part in tokens):
            raise self.refused("")
