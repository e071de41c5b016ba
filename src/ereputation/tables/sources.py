"""Sources as they stand: how they fare, when they were read, what they usually bring, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import BLUE, GREEN, ORANGE, RED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.health import Standing
    from ereputation.model import SourceState

_COLOURS = {
    "ok": GREEN,
    "recovered": GREEN,
    "quiet": ORANGE,
    "not read lately": ORANGE,
    "failed": ORANGE,
    "failing": RED,
    "dead": RED,
}
_ANSWERS = {
    "exact": "it tells which post an answer belongs to",
    "thread": "it tells only the thread an answer belongs to",
    "none": "it does not tell what an answer belongs to",
}


def _read(state: SourceState, now: datetime) -> str:
    if state.last_read is None:
        return "never read; the next scan does"
    if state.last_success is None:
        return f"never with success; last tried {words.since(state.last_read, now)}"
    return words.since(state.last_success, now)


def _new(standing: Standing, now: datetime) -> str:
    last = standing.state.last_new
    said = words.since(last, now) if last else "nothing yet"
    return f"{said}; usually every {words.duration(standing.usual_gap)}" if standing.usual_gap else said


def _trouble(standing: Standing, now: datetime) -> str:
    state = standing.state
    if not state.failures:
        return ""
    times = words.amount(state.failures, "failure", "failures in a row")
    began = (
        f" since {words.since(state.failing_since, now)}"
        if state.failing_since and state.failures > 1
        else ""
    )
    return f"{times}{began}: {words.shown(state.last_error, 600)}"


def source_rows(standing: Standing, now: datetime, zone: tzinfo, *, brief: bool) -> Iterator[tuple[str, str]]:
    """A word and a sentence each; ``brief`` leaves out what does not change."""
    again = standing.next_read
    yield "Last success", _read(standing.state, now)
    if standing.state.last_read:
        yield "Last new", _new(standing, now)
    yield (
        "Next read",
        f"{words.since(again, now)} ({words.hour(again, zone)})" if again else "at the next scan",
    )
    if trouble := _trouble(standing, now):
        yield "Trouble", trouble
    if standing.spent:
        yield "Spent", words.shown(standing.spent, 300)
    if not brief:
        yield "Keeps", words.shown(standing.source.stores, 300)
        yield "Answers", _ANSWERS[standing.source.reply_links]


def summary(standings: Sequence[Standing]) -> str:
    """``5 sources: 4 ok, 1 failing``."""
    counts: dict[str, int] = {}
    for standing in standings:
        counts[standing.said] = counts.get(standing.said, 0) + 1
    said = ", ".join(f"{words.count(many)} {what}" for what, many in counts.items())
    return (
        f"{words.amount(len(standings), 'source', 'sources')}: {said}"
        if standings
        else "no source is configured"
    )


def source_lines(
    standings: Sequence[Standing], *, now: datetime, zone: tzinfo, brief: bool = False
) -> Iterator[str]:
    """Each source in plain lines, then the sum."""
    for standing in standings:
        yield f"{words.shown(standing.source.id, 200)}  ({standing.source.kind})  {standing.said}"
        for label, said in source_rows(standing, now, zone, brief=brief):
            yield f"  {label}: {said}"
    yield summary(standings)


def print_sources(
    console: Console,
    standings: Sequence[Standing],
    *,
    now: datetime,
    zone: tzinfo,
    brief: bool = False,
    plain: bool = False,
) -> None:
    """Print each source, then the sum."""
    if plain:
        put_lines(console, source_lines(standings, now=now, zone=zone, brief=brief))
        return
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    for standing in standings:
        colour = _COLOURS.get(standing.said, BLUE)
        head = Text.assemble(
            (f"{standing.said}  ", f"bold {colour}"),
            (words.shown(standing.source.id, 200), "bold"),
            overflow="fold",
        )
        console.print(head.append(f"  {standing.source.kind}", style="dim"))
        grid = Table.grid(padding=(0, 2))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        for label, said in source_rows(standing, now, zone, brief=brief):
            grid.add_row(Text(label, style="dim"), Text(said, overflow="fold"))
        console.print(Padding(grid, (0, 0, 0, 2), expand=False))
    console.print(Text(f"\n{summary(standings)}", style="bold"))
