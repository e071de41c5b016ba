"""A file of counts, ``timestamp,value``, as a regular series of buckets: odd rows are told, none is lost in silence."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from ereputation import words
from ereputation.errors import EreputationError
from ereputation.model import Bucket
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable

_NARROWEST, _WIDEST = 60.0, 7 * 86400.0  # seconds
_LARGEST = 1e12
_MILLISECONDS = 1e11  # an epoch beyond this is not in seconds
_SHOWN = 20  # warnings of one kind shown in full
_TIMES = (
    *("timestamp", "time", "date", "datetime", "start", "hour", "day", "week"),
    *("horodatage", "heure", "début", "jour", "semaine"),
)
_VALUES = (
    *("value", "count", "counts", "mentions", "stories", "volume", "observed"),
    *("valeur", "nombre", "sujets"),
)
_EMPTY = frozenset({"", "nan", "na", "n/a", "null", "none", "-"})


class CountsError(EreputationError):
    """A file of counts that cannot be replayed; the message starts with ``file:line:``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One brand's counts in order of time; steps that were missing are left out, and so blind."""

    buckets: tuple[Bucket, ...]
    """One for each row of the file. Of rows with the same time the first counts, the others are blind."""
    width: float
    """Seconds."""
    warnings: tuple[str, ...] = ()
    """What was odd but did not stop the reading, each with ``file:line:``."""


class _Row(NamedTuple):
    at: datetime
    line: int
    value: float
    """NaN where there is no number."""


def read_counts(lines: Iterable[str], *, name: str, brand: str = "", timezone: str = "UTC") -> Series:
    """Read ``timestamp,value`` rows (a header is optional, ``;`` and TAB work too) into a regular series.

    A header must name both columns, or be of two columns and name one: timestamp, date, hour...; value, count, mentions...

    Times: ISO 8601 or epoch seconds; without an offset they are local to ``timezone``, and an hour of autumn that is
    told twice is two hours. Rows may be unsorted; of two rows with one time the first counts; a row without a number
    is blind. Raises ``CountsError`` with ``name:line:`` where nothing can be made of it.
    """
    rows, warnings = _rows(lines, name, ZoneInfo(timezone))
    if not rows:
        raise CountsError(_("{name}:1: no rows; expected two columns, timestamp,value").format(name=name))
    late = [row.line for before, row in pairwise(rows) if row.at < before.at]
    warnings += _told(name, late, _("earlier than the row before it; sorted"))
    rows.sort(key=lambda row: row.at)  # stable: the first of several rows with one time stays the first
    again = {row.line for before, row in pairwise(rows) if row.at == before.at}
    warnings += _told(name, sorted(again), _("another row has this time; the first one counts"))
    blind = [row.line for row in rows if math.isnan(row.value)]
    warnings += _told(name, blind, _("no count; taken as blind"))
    fractions = [row.line for row in rows if not math.isnan(row.value) and row.value % 1]
    warnings += _told(name, fractions, _("not a whole number; rounded"))
    width = _width(name, rows)
    warnings += _steps(name, [row for row in rows if row.line not in again], width)
    buckets = tuple(_bucket(brand, row, counted=row.line not in again) for row in rows)
    return Series(buckets=buckets, width=width, warnings=tuple(warnings))


def _steps(name: str, rows: list[_Row], width: float) -> list[str]:
    """What is odd about the distance between rows."""
    irregular, missing = [], 0
    for before, row in pairwise(rows):
        steps = (row.at - before.at).total_seconds() / width
        missing += max(0, round(steps) - 1)
        if abs(steps - round(steps)) > 0.01 or steps < 0.5:
            irregular.append(row.line)
    said = _told(name, irregular, _("off the step of {width:g} s; kept where it is").format(width=width))
    if missing:
        said.append(
            _("{name}: {missing} steps of {width:g} s are missing; taken as blind").format(
                name=name, missing=words.count(missing), width=width
            )
        )
    return said


def _rows(lines: Iterable[str], name: str, zone: ZoneInfo) -> tuple[list[_Row], list[str]]:
    """Every row that can be read, and warnings."""
    rows: list[_Row] = []
    warnings: list[str] = []
    delimiter, columns = "", (0, 1)
    impossible: list[int] = []
    for number, raw in enumerate(lines, 1):
        line = raw.replace("\0", "").strip("\ufeff \r\n")
        if not line.strip() or line.startswith("#"):
            continue
        delimiter = delimiter or next((d for d in ("\t", ";") if d in line), ",")
        cells = [cell.strip().strip('"') for cell in line.split(delimiter)]
        if len(cells) <= max(columns):
            raise CountsError(
                _("{name}:{number}: expected two columns, timestamp,value, not {line!r}").format(
                    name=name, number=number, line=line[:60]
                )
            )
        when, what = (cells[column] for column in columns)
        at = _time(when, zone, rows[-1].at if rows else None)
        if at is None:
            if not rows and _number(what, delimiter) is None:
                columns = _columns(cells, name, number)
                continue
            raise CountsError(
                _("{name}:{number}: expected a time such as 2026-03-01T09:00:00Z, not {when!r}").format(
                    name=name, number=number, when=when[:40]
                )
            )
        value = _number(what, delimiter)
        if value is None:
            raise CountsError(
                _("{name}:{number}: expected a number, not {what!r}").format(
                    name=name, number=number, what=what[:40]
                )
            )
        if value < 0 or value > _LARGEST:
            impossible.append(number)
            value = math.nan
        rows.append(_Row(at, number, value))
    warnings += _told(name, impossible, _("such a count cannot be"))
    return rows, warnings


def _columns(header: list[str], name: str, number: int) -> tuple[int, int]:
    """Where time and value stand, by their names; of two columns, one that has a name of ours says which the other is."""
    names = [name.casefold() for name in header]
    times = [n for n, name in enumerate(names) if name in _TIMES]
    values = [n for n, name in enumerate(names) if name in _VALUES]
    if len(names) == 2 and len(times) + len(values) == 1:
        times, values = times or [1 - values[0]], values or [1 - times[0]]
    if not times or not values:
        raise CountsError(
            _(
                "{name}:{number}: expected the header timestamp,value, not {header!r};"
                " also known for the time: {times}; for the value: {values}"
            ).format(
                name=name,
                number=number,
                header=",".join(header)[:60],
                times=", ".join(_TIMES[1:]),
                values=", ".join(_VALUES[1:]),
            )
        )
    return times[0], values[0]


def _time(text: str, zone: ZoneInfo, previous: datetime | None) -> datetime | None:
    """An aware instant in UTC; None when it is no time, or none of ours.

    A local hour that exists twice is the second one when the first would not lie after the row before it.
    """
    try:
        if text.isdigit() and len(text) > 8:
            raise ValueError("an epoch")  # noqa: TRY301 - goes the way of everything that is not ISO 8601
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
            if previous is not None and at.astimezone(UTC) <= previous < at.replace(fold=1).astimezone(UTC):
                at = at.replace(fold=1)
        at = at.astimezone(UTC)
    except (ValueError, OverflowError):
        try:
            seconds = float(text)
            at = datetime.fromtimestamp(seconds / 1000 if seconds > _MILLISECONDS else seconds, UTC)
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


def _width(name: str, rows: list[_Row]) -> float:
    """The commonest step between neighbours, in seconds; an hour for a single time."""
    steps = Counter((after.at - row.at).total_seconds() for row, after in pairwise(rows) if after.at > row.at)
    if not steps:
        return 3600.0
    most = max(steps.values())
    width = min(step for step, count in steps.items() if count == most)
    if not _NARROWEST <= width <= _WIDEST:
        line = min(row.line for row in rows)
        raise CountsError(
            _(
                "{name}:{line}: the rows are {width:g} s apart; expected steps from a minute to a week: add them up, or split them"
            ).format(name=name, line=line, width=width)
        )
    return width


def _bucket(brand: str, row: _Row, *, counted: bool) -> Bucket:
    count = 0 if math.isnan(row.value) else round(row.value)
    seen = counted and not math.isnan(row.value)
    return Bucket(brand=brand, start=row.at, stories=count, copies=count, exposure=float(seen))


def _told(name: str, lines: list[int], what: str) -> list[str]:
    shown = [f"{name}:{line}: {what}" for line in lines[:_SHOWN]]
    if len(lines) > _SHOWN:
        shown.append(
            _("{name}:{line}: and {count} more: {what}").format(
                name=name, line=lines[_SHOWN], count=len(lines) - _SHOWN, what=what
            )
        )
    return shown
