"""Sources as they stand: how they fare, when they were read, what they usually bring, what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _
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
    "exact": N_("it tells which post an answer belongs to"),
    "thread": N_("it tells only the thread an answer belongs to"),
    "none": N_("it does not tell what an answer belongs to"),
}


def _read(state: SourceState, now: datetime) -> str:
    if state.last_read is None:
        return _("never read; the next scan does")
    if state.last_success is None:
        return _("none yet; last tried {ago}").format(ago=words.since(state.last_read, now))
    return words.since(state.last_success, now)


def _new(standing: Standing, now: datetime) -> str:
    last = standing.state.last_new
    said = words.since(last, now) if last else _("nothing yet")
    if not standing.usual_gap:
        return said
    return _("{last}; usually every {duration}").format(
        last=said, duration=words.duration(standing.usual_gap)
    )


def _trouble(standing: Standing, now: datetime) -> str:
    state = standing.state
    if not state.failures:
        return ""
    times = words.amount(state.failures, "failure", "failures in a row")
    if state.failing_since and state.failures > 1:
        lasted = words.duration((now - state.failing_since).total_seconds())
        times = _("{failures}, for {duration}").format(failures=times, duration=lasted)
    return words.labelled(times, words.shown(state.last_error, 600))


def source_rows(standing: Standing, now: datetime, zone: tzinfo, *, brief: bool) -> Iterator[tuple[str, str]]:
    """A word and a sentence each; ``brief`` leaves out what does not change."""
    again = standing.next_read
    yield _("Last success"), _read(standing.state, now)
    if standing.state.last_read:
        yield _("Last new"), _new(standing, now)
    yield (
        _("Next read"),
        f"{words.since(again, now)} ({words.hour(again, zone)})" if again else _("at the next scan"),
    )
    if trouble := _trouble(standing, now):
        yield _("Trouble"), trouble
    if standing.spent:
        yield _("Spent"), words.shown(standing.spent, 300)
    if not brief:
        yield _("Keeps"), _(standing.source.stores)
        yield _("Answers"), _(_ANSWERS[standing.source.reply_links])


def summary(standings: Sequence[Standing]) -> str:
    """``5 sources: 4 ok, 1 failing``."""
    counts: dict[str, int] = {}
    for standing in standings:
        counts[standing.said] = counts.get(standing.said, 0) + 1
    if not standings:
        return _("no source is configured")
    said = ", ".join(f"{words.count(many)} {words.HEALTH[what]}" for what, many in counts.items())
    return words.labelled(words.amount(len(standings), "source", "sources"), said)


def source_lines(
    standings: Sequence[Standing], *, now: datetime, zone: tzinfo, brief: bool = False
) -> Iterator[str]:
    """Each source in plain lines, then the sum."""
    for standing in standings:
        yield f"{words.shown(standing.source.id, 200)}  ({standing.source.kind})  {words.HEALTH[standing.said]}"
        for label, said in source_rows(standing, now, zone, brief=brief):
            yield f"  {words.labelled(label, said)}"
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
            (f"{words.HEALTH[standing.said]}  ", f"bold {colour}"),
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
