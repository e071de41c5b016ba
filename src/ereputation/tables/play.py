"""The play of ``demo``: an hour a line while it runs, then the alerts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _, n_
from ereputation.tables.alerts import print_alerts
from ereputation.tables.charts import Point, print_chart
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import SEVERITY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.model import Alert, Bucket

_TITLE = N_("Air France, 11-14 March 2011: a reconstruction")
_OPENING = N_(
    "After the Japan earthquake, mentions of Air France exploded on a Sunday; its account (38,000 followers) said nothing "
    "until Monday. Facts as reported; every post is invented and says so. All runs offline, for real: feeds, matching, "
    "sentiment, detection."
)
_BAR = 200.0
"""Mentions an hour that fill a bar."""


@dataclass(slots=True)
class Play:
    """Shows scenes as they come; ``plain`` is the same without dress."""

    console: Console
    zone: tzinfo
    plain: bool = False
    hours: bool = True
    told: list[Alert] = field(default_factory=list)

    def begin(self) -> None:
        """The title, and what this is."""
        if self.plain:
            put_lines(self.console, [_(_TITLE), _(_OPENING), ""])
            return
        from rich.padding import Padding
        from rich.text import Text

        self.console.print(Text(f"\n  {_(_TITLE)}", style="bold"))
        self.console.print(Padding(Text(_(_OPENING), style="dim"), (0, 2, 1, 2)))

    def scene(self, now: datetime, alerts: Sequence[Alert], posted: int) -> None:
        """One scan: what was published since the last one, and what was told."""
        self.told += alerts
        if not self.hours:
            return
        news = [f"{words.KINDS[a.kind]} ({words.REASONS[a.reason]})" for a in alerts]
        if self.plain:
            put_lines(
                self.console,
                [
                    f"{words.stamp(now, self.zone)}  {n_('{count} post', '{count} posts', posted).format(count=f'{posted:>4}')}  {words.joined(news)}".rstrip()
                ],
            )
            return
        from rich.text import Text

        width = max(10, min(48, self.console.width - 52))
        bar = "█" * min(width, round(posted / _BAR * width)) if posted <= 4 * _BAR else _("(history)")
        clock = words.clock(now, self.zone, now)
        line = Text.assemble((f"  {clock:<17}  ", "dim"), f"{posted:>5}  ", (bar, "dim"))
        marks = [
            Text(f"◀ {what}", style=f"bold {SEVERITY[alert.severity]}")
            for alert, what in zip(alerts, news, strict=True)
        ]
        aside = Text("  ").join([line, *marks])
        if aside.cell_len <= self.console.width:
            self.console.print(aside)
            return
        self.console.print(line, overflow="ellipsis", no_wrap=True)
        for mark in marks:
            self.console.print(Text(" " * 28) + mark, overflow="ellipsis", no_wrap=True)

    def end(self, buckets: Sequence[Bucket], expected: Sequence[tuple[float, float]]) -> None:
        """The curve of the week-end with what was expected, and every alert told, oldest first."""
        points = [
            Point(start=b.start, observed=float(b.stories), expected=mean, high=high, blind=not b.exposure)
            for b, (mean, high) in zip(buckets, expected, strict=True)
        ]
        put_lines(self.console, [""])
        print_chart(self.console, points, zone=self.zone, plain=self.plain)
        for alert in self.told:
            put_lines(self.console, [""])
            print_alerts(self.console, [alert], now=alert.at, zone=self.zone, plain=self.plain)
