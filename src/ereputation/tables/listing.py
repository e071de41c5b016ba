"""Many alerts at a glance: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, p_
from ereputation.tables.charts import sparkline
from ereputation.tables.consoles import put_lines
from ereputation.tables.handling import handling_line
from ereputation.tables.styles import ASCII, SEVERITY, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.model import Alert

_ROOMY = 120
"""Columns from which an alert fits on one row; below it takes two."""
_CURVE = 24
"""Characters of the hours drawn."""
_NO_CURVES: Mapping[str, Sequence[float]] = {}


def _state(alert: Alert, now: datetime, zone: tzinfo) -> str:
    state = (
        p_("episode", "open")
        if alert.ended is None
        else _("over {moment}").format(moment=words.clock(alert.ended, zone, now))
    )
    handled = handling_line(alert.handling, now, zone)
    return f"{state}, {handled}" if handled else state


def _figures(alert: Alert) -> str:
    if alert.kind not in {"volume_spike", "negative_spike"}:
        return ""
    return _("{observed} against {expected} in {duration}").format(
        observed=words.count(alert.observed),
        expected=words.count(alert.expected),
        duration=words.duration(alert.window),
    )


def print_alert_list(
    console: Console,
    alerts: Iterable[Alert],
    *,
    now: datetime,
    zone: tzinfo,
    plain: bool = False,
    curves: Mapping[str, Sequence[float]] = _NO_CURVES,
) -> int:
    """Print one row per alert (id, severity, brand, what, since, figures, state) and say how many.

    ``curves`` gives, by alert id, the counts of the hours up to it, oldest first.
    """
    listed = list(alerts)
    if plain:
        put_lines(console, (_line(alert, now, zone) for alert in listed))
        return len(listed)
    if not listed:
        return 0
    from rich.table import Table
    from rich.text import Text

    marks, roomy = signs(console), console.width >= _ROOMY
    grid = Table.grid(padding=(0, 2))
    for alert in listed:
        colour = SEVERITY[alert.severity]
        first = Text(
            f"{marks.severity[alert.severity]} {words.SEVERITIES[alert.severity]}", colour, no_wrap=True
        )
        title = Text(f"{_about(alert)}{marks.dot}{words.KINDS[alert.kind]}", style="bold", overflow="fold")
        curve = sparkline(curves.get(alert.id, ())[-_CURVE:], ascii_only=marks is ASCII)
        drawn = Text(curve.rjust(_CURVE) if roomy and curves else curve, style=colour, no_wrap=True)
        parts = [
            _since(alert, now, zone),
            _figures(alert),
            _state(alert, now, zone),
            words.shown(alert.id, 80),
        ]
        rest = Text(marks.dot.join(part for part in parts if part), overflow="fold")
        if roomy:
            grid.add_row(first, title, *([drawn] if curves else []), rest)
        else:
            head = Text.assemble(title, "  ", drawn) if curve else title
            grid.add_row(first, Text("\n").join((head, rest)))
    console.print(grid)
    return len(listed)


def _since(alert: Alert, now: datetime, zone: tzinfo) -> str:
    """When it began, and while it is open how long ago."""
    began = words.clock(alert.started, zone, now)
    return f"{began} ({words.since(alert.started, now)})" if alert.ended is None else began


def _about(alert: Alert) -> str:
    return words.shown(alert.brand, 80) or next((words.shown(e.source, 80) for e in alert.examples), "-")


def _line(alert: Alert, now: datetime, zone: tzinfo) -> str:
    return "  ".join(
        (
            words.shown(alert.id, 80) or "-",
            words.SEVERITIES[alert.severity],
            _about(alert) or "-",
            words.KINDS[alert.kind],
            words.stamp(alert.started, zone),
            _figures(alert) or "-",
            _state(alert, now, zone),
        )
    )
