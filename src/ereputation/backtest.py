"""Detection replayed over the past as if it were live: the same code, causal, over stored buckets or a file of counts."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ereputation.detect import Replay, Settings, replay
from ereputation.errors import EreputationError, UsageError
from ereputation.model import Bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_MONTH = 365.25 / 12
_NARROWEST, _WIDEST = 60.0, 86400.0  # seconds
_LARGEST = 1e12
_SHOWN = 20  # warnings of one kind shown in full
_EMPTY = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})


class CountsError(EreputationError):
    """A file of counts that cannot be replayed; the message starts with ``file:line:``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One brand's counts in order of time; steps that were missing are left out, and so blind."""

    buckets: tuple[Bucket, ...]
    width: float
    """Seconds."""
    warnings: tuple[str, ...] = ()
    """What was odd but did not stop the reading, each with ``file:line:``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One budget tried on one series."""

    false_alarms: float
    """The budget: false alarms a month."""
    told: int
    """Alerts opened."""
    per_month: float
    """Alerts opened per 30.4 days of what was seen."""


def read_counts(lines: Iterable[str], *, name: str, brand: str = "", timezone: str = "UTC") -> Series:
    """Read ``timestamp,value`` rows (a header is optional, ``;`` and TAB work too) into a regular series.

    Times: ISO 8601 or epoch seconds; without an offset they are local to ``timezone``. Rows may be unsorted; of two
    rows with one timestamp the later counts; a row without a number is blind. Raises ``CountsError`` with
    ``name:line:`` where nothing can be made of it.
    """
    rows, warnings = _rows(lines, name, ZoneInfo(timezone))
    if not rows:
        raise CountsError(f"{name}:1: no rows; expected two columns, timestamp,value")
    late = [line for (at, _, _), (after, line, _) in pairwise(rows) if after < at]
    warnings += _told(name, late, "earlier than the row before it; sorted")
    rows.sort(key=lambda row: row[:2])
    last = {at: (line, value) for at, line, value in rows}
    doubles = [line for at, line, _ in rows if last[at][0] != line]
    warnings += _told(name, doubles, "another row follows for the same time; the later row counts")
    width = _width(list(last))
    blind = [line for line, value in last.values() if math.isnan(value)]
    warnings += _told(name, blind, "no count; taken as blind")
    irregular, missing = [], 0
    for before, at in pairwise(last):
        steps = (at - before).total_seconds() / width
        missing += max(0, round(steps) - 1)
        if abs(steps - round(steps)) > 0.01 or steps < 0.5:
            irregular.append(last[at][0])
    warnings += _told(name, irregular, f"off the step of {width:g} s; kept where it is")
    if missing:
        warnings.append(f"{name}:1: {missing} steps of {width:g} s are missing; taken as blind")
    return Series(
        buckets=tuple(_bucket(brand, at, value) for at, (_, value) in last.items()),
        width=width,
        warnings=tuple(warnings),
    )


def run(series: Series, settings: Settings) -> Replay:
    """What would have been said, and when."""
    return replay(series.buckets, settings, width=series.width)


def compare(
    buckets: Sequence[Bucket], settings: Settings, budgets: Iterable[float], *, width: float = 3600.0
) -> list[Outcome]:
    """How many alerts each budget would have told on this past."""
    seen = sum(min(b.exposure, 1.0) for b in buckets if b.exposure > 0) * width / 86400
    outcomes = []
    for budget in budgets:
        result = replay(buckets, replace(settings, false_alarms=budget), width=width)
        told = sum(event.reason == "opened" for event in result.events)
        outcomes.append(
            Outcome(false_alarms=budget, told=told, per_month=told / seen * _MONTH if seen else 0.0)
        )
    return outcomes


def budget(text: str) -> float:
    """``1/month``, ``0.5/week``, ``2/day`` or a bare number a month, as false alarms a month; else ``UsageError``."""
    number, _, period = text.strip().lower().partition("/")
    days = {"": _MONTH, "month": _MONTH, "week": 7.0, "day": 1.0, "year": 365.25}
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if period.strip() not in days or not 0 < value < math.inf:
        raise UsageError(f"expected a budget such as 1/month, 2/week or 6/year, not {text!r}")
    return value * _MONTH / days[period.strip()]


def _rows(
    lines: Iterable[str], name: str, zone: ZoneInfo
) -> tuple[list[tuple[datetime, int, float]], list[str]]:
    """(time, line, value) of every row that can be read, and warnings; NaN where there is no number."""
    rows: list[tuple[datetime, int, float]] = []
    warnings: list[str] = []
    delimiter = ""
    for number, raw in enumerate(lines, 1):
        line = raw.replace("\0", "").strip().lstrip("\ufeff")
        if not line or line.startswith("#"):
            continue
        delimiter = delimiter or next((d for d in ("\t", ";") if d in line), ",")
        cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
        if len(cells) < 2:
            raise CountsError(f"{name}:{number}: expected two columns, timestamp,value, not {line[:60]!r}")
        at = _time(cells[0], zone)
        if at is None:
            if not rows and _number(cells[1], delimiter) is None:
                continue  # the header
            raise CountsError(
                f"{name}:{number}: expected a time such as 2026-03-01T09:00:00Z, not {cells[0][:40]!r}"
            )
        value = _number(cells[1], delimiter)
        if value is None:
            raise CountsError(f"{name}:{number}: expected a number, not {cells[1][:40]!r}")
        if value < 0 or value > _LARGEST:
            warnings.append(f"{name}:{number}: a count of {value:g} cannot be")
            value = math.nan
        rows.append((at, number, value))
    return rows, warnings


def _time(text: str, zone: ZoneInfo) -> datetime | None:
    """An aware instant in UTC; None when it is no time, or none of ours."""
    try:
        at = datetime.fromisoformat(text)
        at = (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        try:
            at = datetime.fromtimestamp(float(text), UTC)
        except (ValueError, OverflowError, OSError):
            return None
    return at if 1970 <= at.year <= 2200 else None


def _number(text: str, delimiter: str) -> float | None:
    """The value; NaN when the cell says there is none, None when it says something else."""
    if text.lower() in _EMPTY:
        return math.nan
    try:
        value = float(text.replace(",", ".") if delimiter == ";" else text)
    except ValueError:
        return None
    return value if math.isfinite(value) else math.nan


def _width(times: list[datetime]) -> float:
    """The commonest step between neighbours, in seconds, held to a minute..a day; an hour for a single time."""
    steps = Counter((after - at).total_seconds() for at, after in pairwise(times) if after > at)
    if not steps:
        return 3600.0
    most = max(steps.values())
    return min(max(min(s for s, count in steps.items() if count == most), _NARROWEST), _WIDEST)


def _bucket(brand: str, start: datetime, value: float) -> Bucket:
    if math.isnan(value):
        return Bucket(brand=brand, start=start, exposure=0.0)
    count = round(value)
    return Bucket(brand=brand, start=start, stories=count, copies=count)


def _told(name: str, lines: list[int], what: str) -> list[str]:
    shown = [f"{name}:{line}: {what}" for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(f"{name}:{lines[_SHOWN]}: and {len(lines) - _SHOWN} more: {what}")
    return shown
