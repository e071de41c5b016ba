"""The charts of a page as inline SVG: pygal lays them out, the page's own style sheet draws them.

pygal puts a script, a style sheet and tool-tip texts into each chart. All of it is taken out again, so that a page needs
neither script nor inline style, and its colours follow light and dark through CSS variables. What is left is shapes with
class names; what a colour says is said by a place, a sign or a pattern too.
"""

from __future__ import annotations

import math
import re
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.etree import ElementTree as ET

from ereputation import words
from ereputation.speech import _
from ereputation.text import neutralise

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from ereputation.figures import Period, Step
    from ereputation.reporting import Told

_LABEL = 12
"""Height of letters, in the chart's own units."""
_LONG_NUMBER = re.compile(r"\d+\.\d{2,}")
_SVG = "{http://www.w3.org/2000/svg}"
_UNWANTED = frozenset({"background", "overlay", "text-overlay", "tooltip-overlay", "titles"})
_Point: TypeAlias = "tuple[float, float | None]"
_Box: TypeAlias = tuple[float, float, float]
"""Left, right, top."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of a chart, in its own units; a page shows the one that fits its width."""

    name: str
    width: int
    height: int
    days: int
    """Labels that fit below."""


_HIGH = (Size("wide", 960, 300, 10), Size("narrow", 400, 260, 4))
_LOW = (Size("wide", 960, 220, 10), Size("narrow", 400, 200, 4))


def volume(steps: Sequence[Step], told: Sequence[Told], period: Period, zone: tzinfo) -> list[str]:
    """Stories of each step as bars over the band of what was expected, episodes marked by their number."""
    return [_volume(steps, told, period, zone, size) for size in _HIGH]


def _volume(steps: Sequence[Step], told: Sequence[Told], period: Period, zone: tzinfo, size: Size) -> str:
    top = _round_up(max([1.0, *(step.observed for step in steps), *(step.high or 0.0 for step in steps)]))
    head = top * (1.16 if told else 1.04)
    chart = _xy(size, steps, zone, low=0.0, high=head, ticks=(0, top / 2, top))
    bars = [(n, step) for n, step in enumerate(steps) if step.stories and not step.blind]
    usual, above = ([bar for bar in bars if _is_above(bar[1]) is far] for far in (False, True))
    series = {
        "episode": _boxes((*_place(steps, one, period), head) for one in told),
        "blind": _boxes((n, n + 1, head) for n, step in enumerate(steps) if step.blind),
        "band": _band(steps),
        "usual": _boxes(_bar(n, step.observed) for n, step in usual),
        "above": _boxes(_bar(n, step.observed) for n, step in above),
        "expected": _expected(steps),
    }
    root = _drawn(chart, series, f"chart volume {size.name}")
    _explain(root, "usual", [_said(step, zone) for _, step in usual])
    _explain(root, "above", [_said(step, zone) for _, step in above])
    _number(root, told)
    return _written(root)


def trend(steps: Sequence[Step], zone: tzinfo) -> list[str]:
    """Positive stories of each step above the line, negative ones below it."""
    return [_trend(steps, zone, size) for size in _LOW]


def _trend(steps: Sequence[Step], zone: tzinfo, size: Size) -> str:
    most = max([8.0, *(max(step.positive, step.negative) for step in steps)])
    up = _round_up(max([most / 8, *(step.positive for step in steps)]))
    down = _round_up(max([most / 8, *(step.negative for step in steps)]))
    ticks = [value for value in (-down, 0, up) if not value or abs(value) > (up + down) / 8]
    chart = _xy(size, steps, zone, low=-down * 1.04, high=up * 1.04, ticks=ticks)
    counts = {
        "positive": [(n, step, step.positive) for n, step in enumerate(steps) if step.positive],
        "negative": [(n, step, -step.negative) for n, step in enumerate(steps) if step.negative],
    }
    series = {"blind": _boxes((n, n + 1, up) for n, step in enumerate(steps) if step.blind)}
    series |= {name: _boxes(_bar(n, count) for n, _, count in bars) for name, bars in counts.items()}
    root = _drawn(chart, series, f"chart trend {size.name}")
    for name, bars in counts.items():
        _explain(
            root,
            name,
            [
                words.labelled(_when(step, zone), f"{words.count(abs(n))} {words.LABELS[name]}")
                for _, step, n in bars
            ],
        )
    return _written(root)


def _xy(
    size: Size, steps: Sequence[Step], zone: tzinfo, *, low: float, high: float, ticks: Iterable[float]
) -> Any:
    """A chart without series; a step is one unit wide."""
    pygal = _pygal()
    chart = pygal.XY(
        width=size.width,
        height=size.height,
        range=(low, high),
        xrange=(0, max(1, len(steps))),
        css=[],
        js=[],
        style=pygal.style.Style(label_font_size=_LABEL, font_family="sans-serif"),
        margin=0,
        spacing=8,
        show_legend=False,
        show_dots=False,
        show_x_guides=True,
        allow_interruptions=True,
        truncate_label=-1,
        no_data_text="",
    )
    chart.x_labels = [{"label": label, "value": place} for place, label in _days(steps, zone, size.days)]
    chart.y_labels = [{"label": words.count(abs(value)), "value": value} for value in ticks]
    return chart


@cache
def _pygal() -> Any:
    """Pygal without what it hooks into the import of every other module for the sake of its maps."""
    import pygal.style

    sys.meta_path[:] = [hook for hook in sys.meta_path if not isinstance(hook, pygal.PluginImportFixer)]
    return pygal


def _days(steps: Sequence[Step], zone: tzinfo, room: int) -> list[tuple[float, str]]:
    """Where days (or, in a short period, every third hour) begin, as many as fit."""
    found: list[tuple[float, str]] = []
    starts = [(step.start if _is_hour(step) else step.day).astimezone(zone) for step in steps]
    if len(steps) <= 36 and steps and _is_hour(steps[0]):
        hours = [(float(n), words.hour(start, zone)) for n, start in enumerate(starts)]
        found = [hour for hour, start in zip(hours, starts, strict=True) if start.hour % 3 == 0] or hours[:1]
    else:
        long = len({start.date() for start in starts}) > 14
        years = bool(starts) and (starts[-1] - starts[0]).days > 300
        found = [
            (n, words.month(start, zone) if years else words.short_day(start, zone, month=long))
            for n, start in enumerate(starts)
            if n == 0 or start.date() != starts[n - 1].date()
        ]
        if len(found) > 1 and found[1][0] - found[0][0] < len(steps) / room / 2:
            del found[0]  # a first day that is nearly over has no room for its name
    return found[:: math.ceil(len(found) / room) or 1]


def _round_up(value: float) -> int:
    """The next number a scale may well end with."""
    if value <= 2:
        return max(1, math.ceil(value))
    size: float = 10.0 ** math.floor(math.log10(value))
    ends = (round(n * size) for n in (1, 1.2, 1.4, 1.6, 2, 3, 4, 5, 6, 8, 10, 20))
    return next(end for end in ends if end >= value)


def _is_above(step: Step) -> bool:
    return step.high is not None and step.observed > step.high


def _bar(place: int, height: float) -> _Box:
    return place + 0.1, place + 0.9, height


def _boxes(boxes: Iterable[_Box]) -> Iterator[_Point]:
    """Each as a closed line of its own."""
    for left, right, top in boxes:
        yield from ((left, 0.0), (left, top), (right, top), (right, 0.0), (right, None))


def _band(steps: Sequence[Step]) -> Iterator[_Point]:
    """Along the upper end and back along the lower one, for each stretch in which something was expected."""
    for stretch in _stretches(steps):
        for n, step in stretch:
            yield from ((n, step.high), (n + 1, step.high))
        for n, step in reversed(stretch):
            yield from ((n + 1, step.low), (n, step.low))
        yield stretch[0][0], None


def _expected(steps: Sequence[Step]) -> Iterator[_Point]:
    for stretch in _stretches(steps):
        yield stretch[0][0], stretch[0][1].expected
        yield from ((n + 0.5, step.expected) for n, step in stretch)
        yield stretch[-1][0] + 1, stretch[-1][1].expected
        yield stretch[0][0], None


def _stretches(steps: Sequence[Step]) -> Iterator[list[tuple[int, Step]]]:
    run: list[tuple[int, Step]] = []
    for n, step in enumerate(steps):
        if step.expected is not None:
            run.append((n, step))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _place(steps: Sequence[Step], told: Told, period: Period) -> tuple[float, float]:
    """Where an episode begins and ends on the axis; at least as wide as its number."""
    begin, end = _at(steps, told.alert.started), _at(steps, told.ended or period.until)
    least = max(len(steps), 1) / 60
    return min(begin, len(steps) - least), max(end, min(begin + least, len(steps)))


def _at(steps: Sequence[Step], moment: datetime) -> float:
    for n, step in enumerate(steps):
        if moment < step.end:
            return n + max(0.0, (moment - step.start) / (step.end - step.start))
    return float(len(steps))


def _when(step: Step, zone: tzinfo) -> str:
    if _is_hour(step):
        return words.clock(step.start, zone, step.start)
    return words.short_day(step.day, zone, month=True)


def _is_hour(step: Step) -> bool:
    return (step.end - step.start).total_seconds() <= 3600


def _said(step: Step, zone: tzinfo) -> str:
    if step.expected is None:
        return _("{when}: {count}").format(when=_when(step, zone), count=words.count(step.stories))
    return _("{when}: {count}, {expected} expected").format(
        when=_when(step, zone), count=words.count(step.stories), expected=words.count(step.expected)
    )


def _drawn(chart: Any, series: dict[str, Iterator[_Point]], name: str) -> Any:
    """The chart's tree, with its series, and nothing but shapes, axis texts and class names."""
    for title, points in series.items():
        chart.add(title, list(points) or [(0, None)])
    root = chart.render_tree()
    _drop(root)
    for node in root.iter():
        _strip(node, tuple(series))
    root.attrib.pop("xmlns", None)
    root.attrib |= {"class": name, "aria-hidden": "true", "focusable": "false"}
    return root


def _drop(node: Any) -> None:
    """Take out what is for scripts, for other style sheets and for nobody."""
    for child in list(node):
        if not isinstance(child.tag, str):
            node.remove(child)  # a comment
            continue
        name, classes = child.tag.removeprefix(_SVG), child.attrib.get("class", "").split()
        if name in {"defs", "script", "style", "desc", "title"} or not _UNWANTED.isdisjoint(classes):
            node.remove(child)
        else:
            _drop(child)


def _strip(node: Any, series: Sequence[str]) -> None:
    node.tag = node.tag.removeprefix(_SVG)
    kept = {
        key: _LONG_NUMBER.sub(_short, value)
        for key, value in node.attrib.items()
        if key in {"viewBox", "class", "transform", "d", "x", "y"} and value
    }
    if found := re.search(r"serie-(\d+)", kept.get("class", "")):
        kept["class"] = series[int(found[1])]
    elif "reactive" in kept.get("class", ""):
        del kept["class"]  # the series' own class says it
    node.attrib.clear()
    node.attrib.update(kept)


def _short(number: re.Match[str]) -> str:
    return f"{float(number[0]):.1f}".removesuffix(".0")


def _group(root: Any, name: str) -> Any:
    return next((node for node in root.iter("g") if node.attrib.get("class") == name), None)


def _explain(root: Any, name: str, texts: Sequence[str]) -> None:
    """What a browser says when one rests on a bar."""
    group = _group(root, name)
    for node, text in zip(list(group) if texts else (), texts, strict=True):
        ET.SubElement(node, "title").text = neutralise(text)


def _number(root: Any, told: Sequence[Told]) -> None:
    """The number of each episode at its upper left, above the bars."""
    group = _group(root, "episode")
    free = 0.0  # what begins together is numbered side by side
    nodes = list(group) if told else []
    corners = [[float(part) for part in re.findall(r"[\d.]+", node.attrib["d"])] for node in nodes]
    last = max((max(numbers[0::2]) for numbers in corners), default=0.0)
    for node, numbers, one in zip(nodes, corners, told, strict=True):
        room = last - 12.0 * (len(told) - one.number + 1)  # so that all after it fit
        left, top = min(numbers[0::2]), min(numbers[1::2])
        left = max(free, min(left, room))
        free = left + 9.0 * len(str(one.number)) + 3
        node.attrib["class"] = f"{one.alert.kind} {one.alert.severity}"
        place = {"x": f"{left + 5:.1f}", "y": f"{top + 14:.1f}", "class": "number"}
        ET.SubElement(group, "text", place).text = str(one.number)
        if one.alert.kind == "brand_silence":  # a frame: over the others, so that it stays whole
            group.remove(node)
            group.append(node)


def _written(root: Any) -> str:
    """As it stands inside HTML, where no namespace is declared."""
    return ET.tostring(root, encoding="unicode")
