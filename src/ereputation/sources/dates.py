"""Dates as the web writes them, French and English first: an instant in UTC, and how far to trust it.

Our reader comes before feedparser's, which gives nothing for French day names, one hour off for CET, and a date
in the wrong month for ``2016/6/29``.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from ereputation.speech import _
from ereputation.text import fold, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.model import DateConfidence

Dated: TypeAlias = "tuple[datetime, DateConfidence]"

SKEW = timedelta(hours=1)
"""How far ahead of ours a clock may be; a date beyond it is not believed."""
OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Nothing on the web is older; earlier dates are counters that were never set."""

_LONGEST = 120
_MONTHS = {  # French and English, then those that arrive from neighbours; folded
    name: number
    for number, names in enumerate(
        (
            "january janvier jan janv januar januari janeiro enero ene gennaio gen",
            "february fevrier feb fev fevr februar februari fevereiro febrero febbraio",
            "march mars mar marz maerz mrz maart mrt marco marzo",
            "april avril apr avr abril abr aprile",
            "may mai mei maio mayo maggio mag",
            "june juin jun juni junho junio giugno giu",
            "july juillet jul juil juli julho julio luglio lug",
            "august aout aug aou augustus agosto ago",
            "september septembre sep sept setembro set septiembre settembre",
            "october octobre oct oktober okt outubro out octubre ottobre ott",
            "november novembre nov novembro noviembre",
            "december decembre dec dezember dez dezembro diciembre dic dicembre",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?![a-z])\.?"
_TIME = (
    r"(?P<hour>\d{1,2})\s?(?:[:h.]\s?(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|(?=h(?![a-z])|[ap]\.?m))h?\s?(?P<half>[ap]\.?m\.?(?![a-z]))?"
)
_THEN = rf"(?:(?:\s*,\s*|\s*[-–|]\s*|\s+)(?:a\s+|at\s+)?{_TIME})?"
_ZONE = r"\s*(?P<zone>[a-z(+\-−].*)?"
_WEEKDAY = r"(?:[a-z]{2,9}\.?\s*,?\s*)?(?:le\s+)?"
_DAY = r"(?P<day>\d{1,2})(?:er|st|nd|rd|th|e)?"
_YEAR = r"(?P<year>\d{4}|\d{2})(?!\d)"

_PATTERNS = (
    # 2011-03-11T06:46:23+01:00, 2016/6/29 15:07:41, 2011-03
    rf"(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?:(?P=sep)(?P<day>\d{{1,2}})(?:(?:\s*t\s*|\s+|\s*,\s*){_TIME})?{_ZONE})?",
    # 20110311T064623Z
    rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:t?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}})?)?{_ZONE}",
    # 11/03/2011 14:30: the day comes first
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep){_YEAR}{_THEN}{_ZONE}",
    # ven., 11 mars 2011 06:46:23 +0100; 1er avril 2011; Fri,11-Mar-11
    rf"{_WEEKDAY}{_DAY}\s*[-\s.]?\s*(?:de\s)?{_MONTH}\s*[-,\s]?\s*(?:del?\s)?{_YEAR}{_THEN}{_ZONE}",
    # March 11th, 2011 at 6:46 am
    rf"{_WEEKDAY}{_MONTH}\s*{_DAY}\s*,?\s*(?P<year>\d{{4}}){_THEN}{_ZONE}",
    # Fri Mar 11 06:46:23 CET 2011
    rf"{_WEEKDAY}{_MONTH}\s+{_DAY}\s+{_TIME}\s*(?P<zone>[a-z+\-][a-z0-9:+\-]*)?\s+(?P<year>\d{{4}})",
)
_CLOCK = r"([01]\d|2[0-3]):([0-5]\d):([0-5]\d)"
_MAIL = re.compile(  # as RFC 822 writes them, in RSS
    rf"(?:[A-Z][a-z]{{2}}, )?(\d\d?) ([A-Z][a-z]{{2}}) (\d{{4}}) {_CLOCK} (?:GMT|([+-])(0\d|1[0-4])([0-5]\d))",
    re.ASCII,
)
_ISO = re.compile(  # as RFC 3339 writes them, in Atom
    rf"(\d{{4}})-(\d\d)-(\d\d)T{_CLOCK}(?:\.(\d{{1,6}}))?(?:Z|([+-])(0\d|1[0-4]):([0-5]\d))", re.ASCII
)
_SHORT_MONTHS = dict(
    zip(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
        range(1, 13),
        strict=True,
    )
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{12,13})")

_OFFSETS = {  # hours east of Greenwich
    **dict.fromkeys(("z", "ut", "utc", "gmt", "wet", "uct"), 0.0),
    **dict.fromkeys(("bst", "west", "cet", "met", "mez", "hnec"), 1.0),
    **dict.fromkeys(("cest", "mest", "mesz", "eet", "sast", "haec"), 2.0),
    **dict.fromkeys(("eest", "msk", "trt"), 3.0),
    "gst": 4.0,
    "pkt": 5.0,
    "ist": 5.5,
    "ict": 7.0,
    "sgt": 8.0,
    "hkt": 8.0,
    "awst": 8.0,
    "jst": 9.0,
    "kst": 9.0,
    "aest": 10.0,
    "aedt": 11.0,
    "nzst": 12.0,
    "nzdt": 13.0,
    "brt": -3.0,
    "art": -3.0,
    "ndt": -2.5,
    "nst": -3.5,
    "adt": -3.0,
    "ast": -4.0,
    "hna": -4.0,
    "haa": -3.0,
    "edt": -4.0,
    "est": -5.0,
    "hae": -4.0,
    "hne": -5.0,
    "cdt": -5.0,
    "cst": -6.0,
    "hac": -5.0,
    "hnc": -6.0,
    "mdt": -6.0,
    "mst": -7.0,
    "hnr": -7.0,
    "har": -6.0,
    "pdt": -7.0,
    "pst": -8.0,
    "hap": -7.0,
    "hnp": -8.0,
    "akdt": -8.0,
    "akst": -9.0,
    "hst": -10.0,
}
_OFFSET = re.compile(r"(?:gmt|utc|ut)?\s*([+\-−])\s?(\d{1,2})(?::?(\d{2}))?(?!\d)")
_NAME = re.compile(r"\(?([a-z]{1,5})(?![a-z/])")
_PLACE = re.compile(r"\(?([a-z_]+(?:/[a-z_]+){1,2})")


def _zone(text: str) -> tzinfo | None:
    """The zone that stands after a time (folded text); None when none is named that we know."""
    if found := _OFFSET.match(text):
        offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(offset if found[1] == "+" else -offset) if offset < timedelta(hours=15) else None
    if (found := _NAME.match(text)) and found[1] in _OFFSETS:
        return timezone(timedelta(hours=_OFFSETS[found[1]]))
    if found := _PLACE.match(text):
        name = "/".join(part.title() for part in found[1].split("/"))
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            return None
    return None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else year + (2000 if year < 70 else 1900)


def _month_and_day(month: str, day: str | None) -> tuple[int, int]:
    if not month.isdigit():
        return _MONTHS[month], int(day or 1)
    first, second = int(month), int(day or 1)
    return (second, first) if first > 12 and second <= 12 else (first, second)  # 03/25/2011 is American


def _time(parts: dict[str, str | None]) -> timedelta:
    hour, half = int(parts.get("hour") or 0), parts.get("half") or ""
    if half and hour <= 12:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    minute, second = int(parts.get("minute") or 0), int(parts.get("second") or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError(_("no such time"))
    microseconds = int((parts.get("fraction") or "0")[:6].ljust(6, "0"))
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59), microseconds=microseconds)


def _moment(parts: dict[str, str | None], zone: tzinfo) -> Dated:
    month, day = _month_and_day(parts["month"] or "1", parts["day"])
    local = datetime(_year(parts["year"] or ""), month, day) + _time(parts)  # noqa: DTZ001 - its zone comes next
    stated = _zone(parts.get("zone") or "") if parts.get("hour") else None
    return local.replace(tzinfo=stated or zone).astimezone(UTC), "stated" if stated else "assumed_zone"


def _well_written(text: str) -> datetime | None:
    """The instant of a date as standards want it; None for every other, and for days no calendar has."""
    try:
        if found := _MAIL.fullmatch(text):
            day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
            moment = datetime(
                int(year), _SHORT_MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=UTC
            )
        elif found := _ISO.fullmatch(text):
            year, month, day, hour, minute, second, fraction, sign, hours, minutes = found.groups()
            microsecond = int(fraction.ljust(6, "0")) if fraction else 0
            moment = datetime(
                int(year), int(month), int(day), int(hour), int(minute), int(second), microsecond, UTC
            )
        else:
            return None
        if not sign:
            return moment
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        return moment - offset if sign == "+" else moment + offset
    except (ValueError, KeyError, OverflowError):
        return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """When first needed: it takes some milliseconds."""
    return re.compile(pattern)


def read_date(text: str, timezone: str | None = None) -> Dated | None:
    """The instant ``text`` states, or None. Without a zone of its own it is read in ``timezone`` (None: UTC)."""
    return _read(text[:_LONGEST], timezone)


@lru_cache(maxsize=1_024)  # an entry often says the same date twice
def _read(text: str, timezone: str | None) -> Dated | None:
    if moment := _well_written(text):
        return moment, "stated"
    text = fold(one_line(text)).strip(" .;")
    if found := _EPOCH.fullmatch(text):
        seconds = int(found[1]) if found[1] else int(found[2]) / 1000
        if seconds < 1e10:
            return datetime.fromtimestamp(seconds, UTC), "stated"
    zone = ZoneInfo(timezone) if timezone else UTC
    for pattern in _PATTERNS:
        if found := _compiled(pattern).fullmatch(text):
            try:
                return _moment(found.groupdict(), zone)
            except (ValueError, OverflowError):
                continue
    return None


def believable(moment: datetime, now: datetime) -> bool:
    """Neither in the future (an hour of skew is forgiven) nor before 1990."""
    return OLDEST <= moment <= now + SKEW


def trusted(candidates: Iterable[Dated | None], now: datetime) -> Dated:
    """The first believable one; when there is none, this moment stands in, and says so."""
    for candidate in candidates:
        if candidate and believable(candidate[0], now):
            return candidate
    return now, "first_seen"
