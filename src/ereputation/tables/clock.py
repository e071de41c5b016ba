"""Who waits for the brand, how long it takes to answer, when it was silent, and what the week-end may bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import GREEN, ORANGE, RED, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console, RenderableType
    from rich.text import Text

    from ereputation.clock import Cell, Clock, Figures, Outlook, Wait
    from ereputation.model import Episode

_WHY = {
    "blind": "the brand's accounts were not read all the time since",
    "unlinked": "the brand has posted since, but its source does not say whom it answers",
    "elsewhere": "no account of the brand is read where it was asked",
}
_TELLS = {
    "exact": "tells which post is answered",
    "thread": "tells only the thread that is answered",
    "none": "does not tell whom a post answers",
}
_EXCERPT = 200
_DOUBTFUL = 5
"""Of those nobody knows of, so many are listed unless all are asked for."""
_NOTHING = "nobody asked or complained"
_ROWS = ("source", "asked", "answered", "waiting", "unknown", "median", "9 in 10", "in time")


def span(seconds: float | None) -> str:
    """``40 min``, ``2 h 05``, ``3 d``: short enough for a column; ``-`` when there is none."""
    if seconds is None:
        return "-"
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 10 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return f"{minutes / 60:.0f} h" if minutes < 72 * 60 else f"{minutes / 60 / 24:.0f} d"


def _share(value: float | None) -> str:
    return "-" if value is None else words.percent(value)


def headline(clock: Clock) -> str:
    """How many asked, and what became of them."""
    total = clock.total
    if not total.asked:
        return _NOTHING
    parts = [
        words.amount(total.asked, "question or complaint", "questions or complaints"),
        f"{words.count(total.answered)} answered",
        f"{words.count(total.waiting)} waiting"
        + (f" ({words.count(total.late)} late)" if total.late else ""),
        *([f"{words.count(total.unknown)} unknown"] if total.unknown else []),
    ]
    return ", ".join(parts)


def rows(clock: Clock, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """A word and a sentence: how fast, in staffed hours, how many in time, when it last spoke, what was read."""
    total = clock.total
    if total.median is not None and total.ninetieth is not None:
        yield "Answers in", _pace(total.median, total.ninetieth)
        if total.staffed_median is not None and total.staffed_ninetieth is not None:
            yield "Staffed time", _pace(total.staffed_median, total.staffed_ninetieth)
    if total.in_time is not None:
        yield (
            "In time",
            f"{words.percent(total.in_time)} within {words.duration(clock.response_time)}, as promised",
        )
    voice = clock.voice
    if voice.last:
        yield "Last spoke", f"{words.clock(voice.last, zone, now)} ({words.since(voice.last, now)})"
    else:
        yield "Last spoke", "no post of its own is on record: is `owned:` set, and are its accounts read?"
    if voice.last and not voice.accounts:
        yield "Account", "none is read: what it says without being looked for is not seen"
    for account in voice.accounts:
        read = f"read {words.since(account.last_read, now)}" if account.last_read else "never read"
        yield "Account", f"{words.shown(account.source, 60)}: {read}; {_TELLS[account.links]}"
    for why, said in _WHY.items():
        if many := sum(wait.why == why for wait in clock.waits):
            yield "Unknown", f"{words.count(many)}: {said}"


def _pace(median: float, ninetieth: float) -> str:
    return f"{words.duration(median)} (median); nine in ten within {words.duration(ninetieth)}"


def _late(wait: Wait) -> str:
    return "unknown" if wait.late is None else "LATE" if wait.late else "in time"


def _who(wait: Wait) -> str:
    document = wait.mention.document
    handle = words.shown(document.author_handle, 60).lstrip("@")
    author = f"@{handle}" if handle else words.shown(document.author_name, 60)
    return ", ".join(part for part in (author, words.shown(document.source, 60)) if part)


def _said(wait: Wait) -> str:
    document = wait.mention.document
    found = marking.title(document, (), _EXCERPT) or marking.excerpt(
        document, wait.mention.match.spans, _EXCERPT
    )
    return marking.plain(found)


def _age(wait: Wait) -> str:
    staffed = "" if wait.staffed is None else f", {span(wait.staffed)} staffed"
    return f"{words.duration(wait.seconds)}{staffed}"


def _wait_line(wait: Wait, zone: tzinfo) -> str:
    document = wait.mention.document
    return "  ".join(
        (
            words.stamp(document.published, zone),
            _age(wait),
            _late(wait),
            _who(wait) or "-",
            _said(wait) or "-",
            words.shown(document.url, 4000) or "-",
            f"[{wait.mention.id}]",
        )
    )


def _silence(episode: Episode, now: datetime, zone: tzinfo) -> str:
    began = words.clock(episode.started, zone, now)
    lasted = words.duration(((episode.ended or now) - episode.started).total_seconds())
    if episode.ended is None:
        return f"since {began}: {lasted}, still going on"
    return f"{began} to {words.clock(episode.ended, zone, now)}: {lasted}"


def _figures_row(found: Figures) -> tuple[str, ...]:
    return (
        words.shown(found.name, 60),
        words.count(found.asked),
        words.count(found.answered),
        words.count(found.waiting),
        words.count(found.unknown),
        span(found.median),
        span(found.ninetieth),
        _share(found.in_time),
    )


def _part(hour: int) -> str:
    return f"{hour:02}-{hour + 6:02} h"


def _cell(found: Figures) -> str:
    return f"{span(found.median)} ({words.count(found.answered)} of {words.count(found.asked)})"


def _ordered(clock: Clock, limit: int) -> tuple[list[Wait], int]:
    """What has no known answer, the certain ones first, and how many more there are."""
    without = [*clock.open, *clock.unknown]
    kept = [*clock.open[:limit], *clock.unknown[:_DOUBTFUL]][:limit] if limit else without
    return kept, len(without) - len(kept)


def clock_lines(clock: Clock, *, now: datetime, zone: tzinfo, limit: int = 0) -> Iterator[str]:
    """The whole clock of one brand in plain lines."""
    yield f"{words.shown(clock.brand, 80)}: {headline(clock)} since {words.clock(clock.since, zone, now)}"
    for label, said in rows(clock, now, zone):
        yield f"  {label}: {said}"
    kept, more = _ordered(clock, limit)
    for wait in kept:
        yield f"  {'Waiting' if wait.state == 'waiting' else 'Unknown'}: {_wait_line(wait, zone)}"
    if more:
        yield f"  {words.count(more)} more; --limit 0 shows all"
    if clock.total.asked:
        for found in clock.by_source:
            named = zip(_ROWS[1:], _figures_row(found)[1:], strict=True)
            yield f"  Source {words.shown(found.name, 60)}: {', '.join(f'{name} {value}' for name, value in named)}"
        for cell in clock.by_time if clock.total.answered else ():
            yield f"  Asked {words.DAYS[cell.weekday]} {_part(cell.hour)}: answered in {_cell(cell.figures)}"
    for episode in clock.silences:
        yield f"  Silence: {_silence(episode, now, zone)}"


def outlook_lines(outlook: Outlook, *, now: datetime, zone: tzinfo) -> Iterator[str]:
    """What the coming week-end may bring, and who will be there."""
    yield f"{words.shown(outlook.brand, 80)}: week-end of {words.day(outlook.start, zone)}"
    for label, said in outlook_rows(outlook, now, zone):
        yield f"  {label}: {said}"


def outlook_rows(outlook: Outlook, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """A word and a sentence each: mentions, questions, who is there."""
    many = len(outlook.weekends)
    if outlook.mentions is None or outlook.asking is None:
        yield "Usually", "not known yet: no week-end was watched so far"
    else:
        over = f"over {words.amount(many, 'week-end', 'week-ends')}"
        yield "Mentions", f"{_mean(outlook.mentions, many)} {over}"
        yield "Asking", f"{_mean(outlook.asking, many)} questions and complaints"
        worst = max(outlook.weekends, key=lambda weekend: (weekend.asking, weekend.mentions))
        if many > 1 and worst.asking:
            yield (
                "Worst",
                (
                    f"{words.day(worst.start, zone)}: {words.amount(worst.mentions, 'mention', 'mentions')}, "
                    f"{words.count(worst.asking)} asking"
                ),
            )
    yield "Staffed", _there(outlook, now, zone)


def _mean(spread: tuple[float, float], many: int) -> str:
    mean, deviation = spread
    return f"{mean:,.0f} ± {deviation:,.0f}" if many > 1 else f"{mean:,.0f}"


def _there(outlook: Outlook, now: datetime, zone: tzinfo) -> str:
    if outlook.staffed is None:
        return "the configuration does not say; set `staffed:`"
    if not outlook.staffed:
        return "NOBODY: no staffed hours from Saturday to Monday"
    return ", ".join(
        f"{words.clock(start, zone, now)}-{words.hour(end, zone)}" for start, end in outlook.staffed
    )


def print_clock(
    console: Console, clock: Clock, *, now: datetime, zone: tzinfo, limit: int = 0, plain: bool = False
) -> None:
    """Print the clock of one brand; ``limit`` bounds the open ones that are listed, 0 lists all."""
    if plain:
        put_lines(console, clock_lines(clock, now=now, zone=zone, limit=limit))
        return
    from rich.text import Text

    marks = signs(console)
    console.print(Text(f"{words.shown(clock.brand, 80)}{marks.dot}response clock", style="bold"))
    console.print(Text(headline(clock), style="bold" if clock.total.late else ""))
    since = ("Since", words.clock(clock.since, zone, now))
    console.print(_grid([since, *rows(clock, now, zone)]))
    kept, more = _ordered(clock, limit)
    for title, state in (("Waiting, oldest first", "waiting"), ("Perhaps answered, not known", "unknown")):
        if listed := [wait for wait in kept if wait.state == state]:
            console.print(_heading(title))
            console.print(_waits(listed, zone))
    if more:
        console.print(Text(f"{words.count(more)} more; --limit 0 shows all", style="dim"))
    if clock.total.asked:
        console.print(_heading("By source"))
        console.print(_sources(clock.by_source))
    if clock.total.answered:
        console.print(_heading("By when it was asked: median wait (answered of asked)"))
        console.print(_week(clock.by_time))
    if clock.silences:
        console.print(_heading("Silences"))
        for episode in clock.silences:
            console.print(Text(f"  {_silence(episode, now, zone)}"))
    console.print()


def print_outlook(
    console: Console, outlook: Outlook, *, now: datetime, zone: tzinfo, plain: bool = False
) -> None:
    """Print what the coming week-end may bring."""
    if plain:
        put_lines(console, outlook_lines(outlook, now=now, zone=zone))
        return
    from rich.text import Text

    dot = signs(console).dot
    title = f"{words.shown(outlook.brand, 80)}{dot}week-end of {words.day(outlook.start, zone)}"
    console.print(Text(title, style="bold"))
    console.print(_grid(outlook_rows(outlook, now, zone)))
    console.print()


def _heading(title: str) -> Text:
    from rich.text import Text

    return Text(f"\n{title}", style="bold")


def _grid(pairs: Iterable[tuple[str, str]]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2), pad_edge=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    before = ""
    for label, said in pairs:
        grid.add_row(Text("" if label == before else label, style="dim"), Text(said, overflow="fold"))
        before = label
    return grid


def _waits(waits: Sequence[Wait], zone: tzinfo) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2), pad_edge=True)
    grid.add_column(no_wrap=True, justify="right")
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for wait in waits:
        colour = "dim" if wait.late is None else RED if wait.late else GREEN
        byline = f"{words.stamp(wait.mention.document.published, zone)}  {_who(wait)}  [{wait.mention.id}]"
        grid.add_row(
            Text(span(wait.seconds), style="bold"),
            Text(_late(wait), style=colour),
            Text.assemble(_said(wait), "\n", (byline, "dim"), overflow="fold"),
        )
    return grid


def _sources(found: Sequence[Figures]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 1), pad_edge=True, header_style="dim")
    for name in _ROWS:
        right = name != "source"
        table.add_column(name, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for figures in found:
        table.add_row(*(Text(value, overflow="fold") for value in _figures_row(figures)))
    return table


def _week(cells: Sequence[Cell]) -> RenderableType:
    from rich.table import Table
    from rich.text import Text

    hours = sorted({cell.hour for cell in cells})
    found = {(cell.weekday, cell.hour): cell.figures for cell in cells}
    table = Table(box=None, padding=(0, 1), pad_edge=True, header_style="dim")
    table.add_column("")
    for hour in hours:
        table.add_column(_part(hour), justify="right", no_wrap=True)
    for weekday in sorted({cell.weekday for cell in cells}):
        row = [Text(words.DAYS[weekday], style="dim")]
        for hour in hours:
            figures = found.get((weekday, hour))
            late = figures is not None and figures.late > 0
            row.append(Text(_cell(figures) if figures else "", style=ORANGE if late else ""))
        table.add_row(*row)
    return table
