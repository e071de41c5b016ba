"""Many alerts at a glance: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.tables import words
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import SEVERITY, signs

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.model import Alert

_ROOMY = 110
"""Columns from which the id has a column of its own; below it stands under the brand."""


def _state(alert: Alert, now: datetime, zone: tzinfo) -> str:
    return "open" if alert.ended is None else f"over {words.clock(alert.ended, zone, now)}"


def _figures(alert: Alert) -> str:
    if alert.kind not in {"volume_spike", "negative_spike"}:
        return ""
    return f"{words.count(alert.observed)} against {words.count(alert.expected)} in {words.duration(alert.window)}"


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
    from rich import box
    from rich.table import Table
    from rich.text import Text

    marks, roomy = signs(console), console.width >= _ROOMY
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    for header in ("", "Brand", "What", "Since", "Observed", "State", *(("Alert",) if roomy else ())):
        table.add_column(header, overflow="fold")
    for alert in listed:
        sign, name = marks.severity[alert.severity], words.shown(alert.id, 80)
        brand = Text(words.shown(alert.brand, 80), style="bold", overflow="fold")
        if not roomy:
            brand.append(f"\n{name}", style="not bold dim")
        table.add_row(
            Text(f"{sign} {words.SEVERITIES[alert.severity]}", style=SEVERITY[alert.severity], no_wrap=True),
            brand,
            words.KINDS[alert.kind],
            words.clock(alert.started, zone, now),
            _figures(alert),
            _state(alert, now, zone),
            *((Text(name, style="dim", overflow="fold"),) if roomy else ()),
        )
    console.print(table)
    return len(listed)


def _line(alert: Alert, now: datetime, zone: tzinfo) -> str:
    return "  ".join(
        (
            words.shown(alert.id, 80) or "-",
            words.SEVERITIES[alert.severity],
            words.shown(alert.brand, 80) or "-",
            words.KINDS[alert.kind],
            words.stamp(alert.started, zone),
            _figures(alert) or "-",
            _state(alert, now, zone),
        )
    )
