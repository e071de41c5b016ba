"""Many alerts at a glance: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _, p_
from ereputation.tables.consoles import put_lines
from ereputation.tables.handling import handling_line
from ereputation.tables.styles import SEVERITY, signs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.model import Alert

_ROOMY = 140
"""Columns from which an alert fits on one row; below it takes two."""


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
    console: Console, alerts: Iterable[Alert], *, now: datetime, zone: tzinfo, plain: bool = False
) -> int:
    """Print one row per alert (id, severity, brand, what, since, figures, state) and say how many."""
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
        sign = f"{marks.severity[alert.severity]} {words.SEVERITIES[alert.severity]}"
        title = Text(f"{_about(alert)}{marks.dot}{words.KINDS[alert.kind]}", style="bold", overflow="fold")
        parts = [
            words.clock(alert.started, zone, now),
            _figures(alert),
            _state(alert, now, zone),
            words.shown(alert.id, 80),
        ]
        rest = Text(marks.dot.join(part for part in parts if part), overflow="fold")
        first = Text(sign, style=SEVERITY[alert.severity], no_wrap=True)
        grid.add_row(first, title, rest) if roomy else grid.add_row(first, Text("\n").join((title, rest)))
    console.print(grid)
    return len(listed)


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
