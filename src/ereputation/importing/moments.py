"""Dates as exports write them: ISO, ``31/12/2015 14:05``, epoch, or with ``us`` the month first; never a guess row by row."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, TypeAlias

from ereputation.importing.records import RowError
from ereputation.sources.dates import OLDEST, SKEW, read_date
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from ereputation.model import DateConfidence

Order: TypeAlias = Literal["eu", "us"]
"""Which comes first in ``03/04/2015``: the day or the month."""

_SLASHED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_FRACTION = re.compile(r"(\d{2}:\d{2}:\d{2})\.\d+$")


def order_of(dates: Iterable[str]) -> Order:
    """The order a file's dates are written in: the month comes first where a second part is beyond 12."""
    parts = [(int(found[1]), int(found[3])) for text in dates if (found := _SLASHED.match(text.strip()))]
    american = sum(second > 12 for _rest, second in parts)
    european = sum(first > 12 for first, _rest in parts)
    return "us" if american > european else "eu"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Reads the dates of one file."""

    zone: ZoneInfo
    """Of dates that name none."""
    order: Order
    now: datetime

    def read(self, date: str, time: str = "") -> tuple[datetime, DateConfidence]:
        """The instant; RowError when it is none, or none that can be believed."""
        text = f"{date} {time}".strip() if time and ":" not in date else date.strip()
        if not text:
            raise RowError(_("no date"))
        moment, confidence = self._iso(text) or self._written(text)
        if moment < OLDEST:
            raise RowError(_("{text!r} lies before 1990").format(text=text[:40]))
        if moment > self.now + SKEW:
            raise RowError(_("{text!r} lies in the future").format(text=text[:40]))
        return moment, confidence

    def _iso(self, text: str) -> tuple[datetime, DateConfidence] | None:
        if text.isdigit() and len(text) > 8:
            return None  # an epoch
        try:
            moment = datetime.fromisoformat(_FRACTION.sub(r"\1", text))
        except ValueError:
            return None
        if moment.tzinfo is None:
            return moment.replace(tzinfo=self.zone).astimezone(UTC), "assumed_zone"
        try:
            return moment.astimezone(UTC), "stated"
        except OverflowError:
            return None

    def _written(self, text: str) -> tuple[datetime, DateConfidence]:
        if found := _SLASHED.match(text):
            text = self._day_first(found) + text[found.end() :]
        read = read_date(text, self.zone.key)
        if read is None:
            raise RowError(_("{text!r} is no date we can read").format(text=text[:40]))
        return read

    def _day_first(self, found: re.Match[str]) -> str:
        first, _rest, second, year = found.groups()
        day, month = (second, first) if self.order == "us" else (first, second)
        if int(month) > 12:
            other = "us" if self.order == "eu" else "eu"
            raise RowError(
                _("{found!r} has no month {month}; --dates {other} reads it the other way round").format(
                    found=found[0], month=month, other=other
                )
            )
        return f"{day}/{month}/{year}"
