"""Counts as pictures made of characters: a sparkline, and a chart of hours with the expected band."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ereputation import words
from ereputation.speech import _
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import ASCII, BLUE, RED, UNICODE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console
    from rich.text import Text

    from ereputation import detect
    from ereputation.tables.styles import Signs

    Counted: TypeAlias = "Point | detect.Point"
    """The detector's own points can be drawn as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One stretch of time on a chart."""

    start: datetime
    observed: float
    expected: float = 0.0
    high: float = 0.0
    """Upper end of what was expected; 0 when nothing was."""
    blind: bool = False


def sparkline(values: Sequence[float], *, ascii_only: bool = False) -> str:
    """One character per value, lowest to highest; a space where a value is missing (NaN). Zero is the lowest block."""
    blocks = (ASCII if ascii_only else UNICODE).blocks
    top = max((v for v in values if math.isfinite(v)), default=0.0)
    last = len(blocks) - 1

    def block(value: float) -> str:
        if not math.isfinite(value):
            return " "
        return blocks[min(last, math.ceil(max(value, 0.0) / top * last))] if top > 0 else blocks[0]

    return "".join(map(block, values))


def _gathered(points: Sequence[Counted], columns: int) -> list[Point]:
    """Neighbours added up until every point has its column; a sum is blind when all of it was."""
    each = max(1, math.ceil(len(points) / max(1, columns)))
    groups = (points[i : i + each] for i in range(0, len(points), each))
    return [
        Point(
            start=group[0].start,
            observed=sum(p.observed for p in group),
            expected=sum(p.expected for p in group),
            high=sum(p.high for p in group),
            blind=all(p.blind for p in group),
        )
        for group in groups
    ]


def _step(points: Sequence[Counted]) -> str:
    if len(points) < 2:
        return words.duration(3600)
    return words.duration((points[1].start - points[0].start).total_seconds())


def chart_lines(points: Sequence[Counted], zone: tzinfo) -> Iterator[str]:
    """One line per stretch: time, count, what was expected; and what was not seen."""
    for point in points:
        if point.blind:
            yield f"{words.stamp(point.start, zone)}  {_('not seen')}"
            continue
        usual = ""
        if point.high:
            usual = "  " + _("expected {expected}, at most {most}").format(
                expected=words.count(point.expected), most=words.count(point.high)
            )
        mark = f"  {_('above')}" if point.high and point.observed > point.high else ""
        yield f"{words.stamp(point.start, zone)}  {words.count(point.observed)}{usual}{mark}"


def print_chart(
    console: Console,
    points: Sequence[Counted],
    *,
    zone: tzinfo,
    height: int = 8,
    title: str = "",
    plain: bool = False,
) -> None:
    """A bar chart of counts over time: what exceeds the expected band stands out in colour and by a thin line.

    Stretches are added up to fit the console's width; one that nobody watched is marked ``?``.
    """
    from rich.text import Text

    if plain:
        put_lines(console, chart_lines(points, zone))
        return
    if not points:
        return
    marks = signs(console)
    top = max((p.observed for p in points), default=0.0)
    axis = max(len(words.count(v)) for v in (top * len(points), 0.0))
    columns = max(10, console.width - axis - 3)
    drawn = _gathered(points, columns)
    wide = min(4, columns // len(drawn))
    top = max([max(p.observed, p.high) for p in drawn] + [1.0])
    console.print(_caption(points, drawn, title, zone))
    for row in range(height, 0, -1):
        label = words.count(top * row / height) if row in {height, (height + 1) // 2} else ""
        line = Text(f"{label:>{axis}} ┤" if marks is UNICODE else f"{label:>{axis}} |", style="dim")
        for point in drawn:
            sign, style = _cell(point, row, height / top, marks)
            line.append(sign * wide, style=style)
        console.print(line, no_wrap=True, crop=False)
    console.print(
        Text(_days(drawn, zone, " " * (axis + 2), wide, console.width), style="dim"),
        no_wrap=True,
        overflow="crop",
    )


def _caption(points: Sequence[Counted], drawn: Sequence[Counted], title: str, zone: tzinfo) -> Text:
    """What is drawn, its highest point, and what a bar stands for."""
    from rich.text import Text

    peak = max(points, key=lambda point: point.observed)
    said = (
        _("at most {observed} in {duration} ({expected} expected), {moment}")
        if peak.high
        else _("at most {observed} in {duration}, {moment}")
    )
    most = said.format(
        observed=words.count(peak.observed),
        duration=_step(points),
        expected=words.count(peak.expected),
        moment=words.clock(peak.start, zone, peak.start),
    )
    each = (
        _("one bar = {duration}; ? = not seen") if any(p.blind for p in drawn) else _("one bar = {duration}")
    ).format(duration=_step(drawn))
    return Text.assemble(
        (words.shown(title, 200), "bold"), f"  {most}" if title else most, (f"  {each}", "dim")
    )


def _cell(point: Counted, row: int, scale: float, marks: Signs) -> tuple[str, str]:
    """What stands in one row of a point's column, and its style."""
    if point.blind:
        return ("?" if row == 1 else " "), "dim"
    level = point.observed * scale - (row - 1)
    if level > 0:
        block = marks.full if level >= 1 or marks is ASCII else UNICODE.blocks[min(7, int(level * 8))]
        beyond = 0 < point.high < point.observed and row - 1 >= math.floor(point.high * scale)
        return block, RED if beyond else BLUE
    return (marks.band if point.high > 0 and math.ceil(point.high * scale) == row else " "), "dim"


def _days(points: Sequence[Counted], zone: tzinfo, margin: str, wide: int, width: int) -> str:
    """The axis: a day's name under its first bar, where there is room."""
    line, day = margin, ""
    for number, point in enumerate(points):
        column = len(margin) + number * wide
        local = point.start.astimezone(zone)
        name = f"{words.DAYS[local.weekday()]} {local.day}"
        if name != day and (not day or len(line) < column) and column + len(name) <= width:
            line = line.ljust(column) + name
        day = name
    return line
