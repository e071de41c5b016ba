"""How numbers, times and the words of the field are said to people, in English; the one file to translate."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING

from ereputation.text import one_line

if TYPE_CHECKING:
    from datetime import datetime, tzinfo

KINDS = {
    "volume_spike": "Volume spike",
    "negative_spike": "Negative spike",
    "brand_silence": "Brand silence",
    "source_failure": "Source failure",
}
SEVERITIES = {"info": "INFO", "warning": "WARNING", "critical": "CRITICAL"}
REASONS = {"opened": "new", "escalated": "worse than last told", "closed": "over"}
LABELS = {"negative": "negative", "neutral": "neutral", "positive": "positive", "": "not scored"}
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LONG_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_RANKS = ((1e12, "a trillion"), (1e9, "a billion"), (1e6, "a million"))
_INVISIBLE = dict.fromkeys([0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x2800, 0x3164, 0xFFA0])
_MOST_MARKS = 3


def shown(text: str, limit: int = 1000) -> str:
    """Text from outside for one line of a screen: harmless, at most ``limit`` characters, no towers of accents."""
    flat = one_line(text[: 4 * limit])
    if not flat.isascii():
        flat = _without_towers(flat.translate(_INVISIBLE))
    return flat if len(flat) <= limit else flat[: limit - 1].rstrip() + "…"


def _without_towers(text: str) -> str:
    """At most three marks on a letter and seven joined signs: the longest that real writing and emoji need."""
    kept: list[str] = []
    marks = joints = 0
    for char in text:
        if char == "\u200d":
            joints += 1
            if joints > 2 * _MOST_MARKS or (kept and kept[-1] == char):
                continue
        elif unicodedata.category(char) in {"Mn", "Me", "Cf"}:
            marks += 1
            if marks > _MOST_MARKS:
                continue
        else:
            marks = 0
            joints = joints if kept and kept[-1] == "\u200d" else 0
        kept.append(char)
    return "".join(kept)


def count(value: float) -> str:
    """``1,203``, ``13.6``; small expectations keep a digit that means something."""
    if not math.isfinite(value):
        return "?"
    if float(value).is_integer() or abs(value) >= 20:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 0.1 else f"{value:.2g}"


def amount(value: float, one: str, many: str) -> str:
    """``1 mention``, ``203 mentions``."""
    return f"{count(value)} {one if value == 1 else many}"


def percent(share: float) -> str:
    """``85%``."""
    return f"{100 * share:.0f}%" if math.isfinite(share) else "?"


def times(observed: float, expected: float) -> str:
    """How many times as much, in words; empty where a ratio would say nothing."""
    if not (math.isfinite(observed) and math.isfinite(expected)) or expected <= 0 or observed <= 0:
        return ""
    if (ratio := observed / expected) >= 1.05:
        return f"{ratio:,.0f} times as many" if ratio >= 10 else f"{ratio:.1f} times as many"
    return "as many as expected" if ratio > 0.95 else f"{percent(1 - ratio)} fewer"


def duration(seconds: float) -> str:
    """``45 minutes``, ``3 hours``, ``2 h 30 min``, ``31 hours``, ``4 days``: no finer than one cares."""
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return amount(minutes, "minute", "minutes")
    if minutes < 6 * 60 and minutes % 60:
        return f"{minutes // 60} h {minutes % 60:02} min"
    if (hours := round(minutes / 60)) < 72:
        return amount(hours, "hour", "hours")
    return amount(round(hours / 24), "day", "days")


def since(moment: datetime, now: datetime) -> str:
    """``6 hours ago``; ``in 20 minutes`` when it lies ahead."""
    seconds = (now - moment).total_seconds()
    if abs(seconds) < 60:
        return "just now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def _local(moment: datetime, zone: tzinfo) -> datetime:
    try:
        return moment.astimezone(zone)
    except (OverflowError, ValueError):  # the first and last day of the calendar have no other zone
        return moment


def clock(moment: datetime, zone: tzinfo, now: datetime) -> str:
    """``Sun 13 Mar 15:00``, with the year when it is not this one."""
    local = _local(moment, zone)
    year = "" if local.year == _local(now, zone).year else f" {local.year}"
    return f"{DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year} {local:%H:%M}"


def day(moment: datetime, zone: tzinfo) -> str:
    """``Sunday 13 March 2011``."""
    local = _local(moment, zone)
    return f"{LONG_DAYS[local.weekday()]} {local.day} {LONG_MONTHS[local.month - 1]} {local.year}"


def stamp(moment: datetime, zone: tzinfo) -> str:
    """``2011-03-13 15:00``: sorts, and cuts well."""
    return f"{_local(moment, zone):%Y-%m-%d %H:%M}"


def hour(moment: datetime, zone: tzinfo) -> str:
    """``15:00``."""
    return f"{_local(moment, zone):%H:%M}"


def chance(p_value: float) -> str:
    """A p-value in words and as a number; empty when nothing was tested."""
    if not math.isfinite(p_value) or p_value >= 1:
        return ""
    if p_value <= 0:
        return "less than 1 in a trillion (p < 1e-300)"
    odds = 1 / p_value
    for size, name in _RANKS:
        if odds >= size:
            return f"less than 1 in {name} (p = {p_value:.1g})"
    rounded = round(odds, 1 - len(str(int(odds))) + 1) if odds >= 100 else round(odds)
    return f"about 1 in {rounded:,.0f} (p = {p_value:.2g})"
