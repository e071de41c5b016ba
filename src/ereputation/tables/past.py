"""A backtest for people: what would have been told, when, how often, and how long the brand took to speak."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ereputation import words
from ereputation.speech import _, n_, p_
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import SEVERITY, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.detect import Point
    from ereputation.model import Alert


class Told(Protocol):
    """An episode that would have been told."""

    @property
    def alert(self) -> Alert:
        """As it was first told."""

    @property
    def ended(self) -> datetime | None:
        """None while it is open."""

    @property
    def delay(self) -> float | None:
        """Seconds from the alert to the brand's first own document; None without one."""


class Past(Protocol):
    """What a backtest of one brand came to."""

    @property
    def brand(self) -> str:
        """Its name."""

    @property
    def false_alarms(self) -> float:
        """The budget, a month."""

    @property
    def points(self) -> Sequence[Point]:
        """Every bucket."""

    @property
    def told(self) -> Sequence[Told]:
        """Every episode told."""

    @property
    def days(self) -> float:
        """That were really looked at."""

    @property
    def per_month(self) -> float:
        """Episodes told per month of what was seen."""


class Tried(Protocol):
    """A budget tried on one brand's past."""

    @property
    def false_alarms(self) -> float:
        """The budget, a month."""

    @property
    def told(self) -> int:
        """Episodes told."""

    @property
    def per_month(self) -> float:
        """Episodes told per month of what was seen."""


def rate(per_month: float) -> str:
    """``3.2 a month``, ``1 in 4 months``: a budget or what came of it."""
    if 0 < per_month < 0.95:
        return _("1 in {duration}").format(duration=words.duration(30.4375 * 86400 / per_month))
    return _("{count} a month").format(count=words.count(round(per_month, 1)))


def _heading(past: Past, zone: tzinfo) -> str:
    if not past.points:
        return words.labelled(words.shown(past.brand, 80), _("nothing stored to replay"))
    stretch = _("{since} to {until}").format(
        since=words.stamp(past.points[0].start, zone), until=words.stamp(past.points[-1].start, zone)
    )
    blind = sum(point.blind for point in past.points)
    said = _("{brand}  {stretch}, {days} days seen").format(
        brand=words.shown(past.brand, 80), stretch=stretch, days=words.decimal(past.days, 1)
    )
    unseen = n_("{count} bucket not seen", "{count} buckets not seen", blind).format(count=words.count(blind))
    return f"{said}, {unseen}" if blind else said


def _summary(past: Past) -> str:
    return _("{told}, {rate}; the budget of false alarms is {budget}").format(
        told=_told(len(past.told)), rate=rate(past.per_month), budget=rate(past.false_alarms)
    )


def _told(many: int) -> str:
    return n_("{count} episode told", "{count} episodes told", many).format(count=words.count(many))


def _columns(told: Told, zone: tzinfo) -> tuple[str, ...]:
    alert = told.alert
    figures = (
        _("{observed} against {expected} in {duration}").format(
            observed=words.count(alert.observed),
            expected=words.count(alert.expected),
            duration=words.duration(alert.window),
        )
        if alert.kind in {"volume_spike", "negative_spike"}
        else ""
    )
    ended = (
        p_("episode", "open")
        if told.ended is None
        else _("over after {duration}").format(
            duration=words.duration((told.ended - alert.started).total_seconds())
        )
    )
    spoke = (
        ""
        if told.delay is None
        else _("brand spoke after {duration}").format(duration=words.duration(told.delay))
    )
    return (
        words.stamp(alert.at, zone),
        words.SEVERITIES[alert.severity],
        words.KINDS[alert.kind],
        _("since {moment}").format(moment=words.stamp(alert.started, zone)),
        figures,
        ended,
        spoke,
    )


def past_lines(past: Past, zone: tzinfo) -> Iterator[str]:
    """A heading, a line per episode told (when, how severe, what, figures, end, the brand's word), the sum."""
    yield _heading(past, zone)
    for told in past.told:
        yield "  ".join(column for column in _columns(told, zone) if column)
    if past.points:
        yield _summary(past)


def print_past(console: Console, past: Past, *, zone: tzinfo, plain: bool = False) -> None:
    """Print what a backtest of one brand came to."""
    if plain:
        put_lines(console, past_lines(past, zone))
        return
    from rich.table import Table
    from rich.text import Text

    marks = signs(console)
    console.print(Text(_heading(past, zone), style="bold"))
    grid = Table.grid(padding=(0, 2))
    for told in past.told:
        when, level, kind, *rest = _columns(told, zone)
        severity = told.alert.severity
        sign = Text(f"{marks.severity[severity]} {level}", style=SEVERITY[severity], no_wrap=True)
        said = Text(marks.dot.join(part for part in (kind, *rest) if part), overflow="fold")
        grid.add_row(Text(when, no_wrap=True), sign, said)
    if past.told:
        console.print(grid)
    if past.points:
        console.print(Text(_summary(past), style="dim"))


def budget_lines(brand: str, tried: Sequence[Tried]) -> Iterator[str]:
    """What each budget would have told."""
    for one in tried:
        yield _("{brand}  budget {budget}: {told}, {rate}").format(
            brand=words.shown(brand, 80),
            budget=rate(one.false_alarms),
            told=_told(one.told),
            rate=rate(one.per_month),
        )


def print_budgets(console: Console, brand: str, tried: Sequence[Tried]) -> None:
    """Print what each budget would have told; the same on a terminal and elsewhere."""
    put_lines(console, budget_lines(brand, tried))
