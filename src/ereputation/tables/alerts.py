"""Alerts for people: what, since when, how much against how much, why, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _
from ereputation.tables.charts import sparkline
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import ASCII, SEVERITY, signs
from ereputation.tables.telling import facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console, RenderableType
    from rich.panel import Panel
    from rich.style import Style
    from rich.text import Text

    from ereputation.model import Alert
    from ereputation.tables.styles import Signs
    from ereputation.tables.telling import Facts

_SIDE_BY_SIDE = 130
"""Columns from which the examples stand beside the facts."""
_WIDEST = 180
_NO_CURVES: Mapping[str, Sequence[float]] = {}


def alert_lines(alert: Alert, now: datetime, zone: tzinfo) -> Iterator[str]:
    """An alert as plain ``key: value`` lines, complete, one fact a line."""
    told = facts(alert, now, zone)
    yield f"{told.severity}  {told.brand}  {told.kind}  ({told.state})"
    yield f"  {told.headline}"
    for label, said in told.rows:
        yield f"  {words.labelled(label, said)}"
    for title, where, url in told.examples:
        yield f"  {words.labelled(_('Example'), f'{title}  ({where})  {url}')}".rstrip()
    if told.advice:
        yield f"  {words.labelled(_('What to do'), told.advice)}"


def print_alerts(
    console: Console,
    alerts: Iterable[Alert],
    *,
    now: datetime,
    zone: tzinfo,
    plain: bool = False,
    curves: Mapping[str, Sequence[float]] = _NO_CURVES,
) -> int:
    """Print one panel (or plain block) per alert and say how many.

    ``curves`` gives, by alert id, the counts of the last hours, oldest first; they are drawn in the panel.
    """
    shown = 0
    for alert in alerts:
        if plain:
            put_lines(console, ([""] if shown else []))
            put_lines(console, alert_lines(alert, now, zone))
        else:
            told = facts(alert, now, zone)
            console.print(_panel(console, alert, told, curves.get(alert.id, ())))
        shown += 1
    return shown


def _panel(console: Console, alert: Alert, told: Facts, curve: Sequence[float]) -> Panel:
    from rich.console import Group
    from rich.padding import Padding
    from rich.panel import Panel
    from rich.table import Table
    from rich.text import Text

    colour, marks = SEVERITY[alert.severity], signs(console)
    width = min(console.width, _WIDEST)
    inner = width - 6
    title = Text.assemble(
        (f"{marks.severity[alert.severity]} {told.severity} ", f"bold {colour}"),
        (f"{told.brand}{marks.dot}{told.kind}", "bold"),
    )
    title.truncate(width - 6, overflow="ellipsis")
    head: list[RenderableType] = [Text(f"{told.headline[0].upper()}{told.headline[1:]}", style="bold")]
    if alert.kind in {"volume_spike", "negative_spike"} and alert.observed > 0:
        head.append(Padding(_bars(alert, min(inner, 100), marks, colour), (1, 0, 0, 0)))
    if curve:
        drawn = sparkline(curve[-(inner - 12) :], ascii_only=marks is ASCII)
        head.append(Text.assemble((f"{_('by hour')}   ", "dim"), (drawn, colour)))
    rows, seen = _rows(told, colour), _examples(told, marks)
    if width >= _SIDE_BY_SIDE and told.examples:
        body = Table.grid(padding=(0, 4), expand=True)
        body.add_column(ratio=1)
        body.add_column(ratio=1)
        body.add_row(rows, seen)
        parts: list[RenderableType] = [*head, Text(), body]
    else:
        parts = [*head, Text(), rows, *([Text(), seen] if told.examples else [])]
    return Panel(
        Group(*parts),
        title=title,
        title_align="left",
        subtitle=Text(told.state, style="dim"),
        subtitle_align="right",
        border_style=colour,
        padding=(1, 2),
        width=width,
    )


def _rows(told: Facts, colour: str) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, said in told.rows:
        grid.add_row(Text(label, style="dim"), Text(said, overflow="fold"))
    if told.advice:
        grid.add_row()
        grid.add_row(
            Text(_("What to do"), style=f"bold {colour}"), Text(told.advice, style="bold", overflow="fold")
        )
    return grid


def _examples(told: Facts, marks: Signs) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for title, where, url in told.examples:
        grid.add_row(marks.point, Text(title, overflow="fold"))
        grid.add_row("", Text(where, style="dim", overflow="fold"))
        if url:
            grid.add_row("", Text(url, style=_link(url), overflow="fold"))
    return grid


def _link(url: str) -> Style:
    """Where colours are, a terminal can open the address although it is folded over lines."""
    from rich.style import Style

    return Style(dim=True, link=url if url.startswith(("https://", "http://")) else None)


def _bars(alert: Alert, width: int, marks: Signs, colour: str) -> Text:
    """Observed over expected, to the same scale; the shade reaches to the end of what is usual."""
    from rich.text import Text

    values = (alert.observed, alert.expected)
    figures = [words.count(value) for value in values]
    digits = max(map(len, figures))
    seen_label, due_label = _("observed"), _("expected")
    wide = max(len(seen_label), len(due_label))
    room = max(8, width - digits - wide - 4)
    scale = room / max(alert.observed, alert.high, alert.expected, 1e-9)
    seen, due = (max(1 if v > 0 else 0, round(v * scale)) for v in values)
    shade = max(0, round(alert.high * scale) - due)
    return Text.assemble(
        (f"{seen_label:<{wide}}  ", "dim"),
        f"{figures[0]:>{digits}}  ",
        (marks.full * seen, colour),
        "\n",
        (f"{due_label:<{wide}}  ", "dim"),
        f"{figures[1]:>{digits}}  ",
        (marks.full * due, "dim"),
        (marks.shade * shade, "dim"),
    )
