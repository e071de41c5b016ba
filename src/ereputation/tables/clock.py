"""Who waits for the brand, how long it takes to answer, when it was silent, and what the week-end may bring."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _, n_
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import GREEN, ORANGE, RED, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console, RenderableType
    from rich.text import Text

    from ereputation.clock import Cell, Clock, Figures, Outlook, Wait, Why
    from ereputation.model import Episode

_WHY: dict[Why, str] = {
    "blind": N_("the brand's accounts were not read all the time since"),
    "unlinked": N_("the brand has posted since, but its source does not say whom it answers"),
    "elsewhere": N_("no account of the brand is read where it was asked"),
}
_TELLS = {
    "exact": N_("tells which post is answered"),
    "thread": N_("tells only the thread that is answered"),
    "none": N_("does not tell whom a post answers"),
}
_LONG = timedelta(days=365)
"""Accounts that brought nothing for so long are no longer known as such."""
_EXCERPT = 200
_DOUBTFUL = 5
"""Of those nobody knows of, so many are listed unless all are asked for."""
_ROWS = (
    N_("source"),
    N_("asked"),
    N_("answered"),
    N_("waiting"),
    N_("unknown"),
    N_("median"),
    N_("9 in 10"),
    N_("in time"),
)


def span(seconds: float | None) -> str:
    """``40 min``, ``2 h 05``, ``3 d``: short enough for a column; ``-`` when there is none."""
    if seconds is None:
        return "-"
    minutes = max(0, round(seconds / 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 10 * 60:
        return f"{minutes // 60} h {minutes % 60:02}"
    return (
        f"{minutes / 60:.0f} h"
        if minutes < 72 * 60
        else _("{days} d").format(days=f"{minutes / 60 / 24:.0f}")
    )


def _share(value: float | None) -> str:
    return "-" if value is None else words.percent(value)


def headline(clock: Clock) -> str:
    """How many asked, and what became of them."""
    total = clock.total
    if not total.asked:
        return _("nobody asked or complained")
    parts = [
        words.amount(total.asked, "question or complaint", "questions or complaints"),
        n_("{count} answered", "{count} answered", total.answered).format(count=words.count(total.answered)),
        (_("{count} waiting ({late} late)") if total.late else _("{count} waiting")).format(
            count=words.count(total.waiting), late=words.count(total.late)
        ),
        *(
            [n_("{count} unknown", "{count} unknown", total.unknown).format(count=words.count(total.unknown))]
            if total.unknown
            else []
        ),
    ]
    return ", ".join(parts)


def rows(clock: Clock, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """A word and a sentence: how fast, in staffed hours, how many in time, when it last spoke, what was read."""
    total = clock.total
    if total.median is not None and total.ninetieth is not None:
        yield _("Answers in"), _pace(total.median, total.ninetieth)
        if total.staffed_median is not None and total.staffed_ninetieth is not None:
            yield _("Staffed time"), _pace(total.staffed_median, total.staffed_ninetieth)
    if total.in_time is not None:
        yield (
            _("In time"),
            _("{share} within {duration}, as promised").format(
                share=words.percent(total.in_time), duration=words.duration(clock.response_time)
            ),
        )
    voice = clock.voice
    if voice.last:
        yield _("Last spoke"), f"{words.clock(voice.last, zone, now)} ({words.since(voice.last, now)})"
    else:
        yield (
            _("Last spoke"),
            _("no post of its own is on record: is `owned:` set, and are its accounts read?"),
        )
    if voice.last and not voice.accounts:
        yield (
            _("Account"),
            _("none is read: what it says without being looked for is not seen")
            if now - voice.last < _LONG
            else _("no source has brought a post of its own for a year: is its account still read?"),
        )
    for account in voice.accounts:
        read = (
            _("read {ago}").format(ago=words.since(account.last_read, now))
            if account.last_read
            else words.HEALTH[words.HEALTH["never read"]]
        )
        yield (
            _("Account"),
            words.labelled(words.shown(account.source, 60), words.also(read, _(_TELLS[account.links]))),
        )
    for why, said in _WHY.items():
        if many := clock.whys.get(why):
            yield _("Unknown"), words.labelled(words.count(many), _(said))


def _pace(median: float, ninetieth: float) -> str:
    return _("{median} (median); nine in ten within {ninetieth}").format(
        median=words.duration(median), ninetieth=words.duration(ninetieth)
    )


def _late(wait: Wait) -> str:
    return _("unknown") if wait.late is None else _("LATE") if wait.late else _("in time")


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
    lasted = words.duration(wait.seconds)
    if wait.staffed is None:
        return lasted
    return _("{duration}, {staffed} staffed").format(duration=lasted, staffed=span(wait.staffed))


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
        return _("since {moment}: {duration}, still going on").format(moment=began, duration=lasted)
    return _("{began} to {ended}: {duration}").format(
        began=began, ended=words.clock(episode.ended, zone, now), duration=lasted
    )


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
    return _("{duration} ({answered} of {asked})").format(
        duration=span(found.median), answered=words.count(found.answered), asked=words.count(found.asked)
    )


def _ordered(clock: Clock, limit: int) -> tuple[list[Wait], int]:
    """What has no known answer, the certain ones first, and how many more there are."""
    waiting, unknown = clock.open, clock.unknown
    kept = [*waiting[:limit], *unknown[:_DOUBTFUL]][:limit] if limit else [*waiting, *unknown]
    return kept, clock.total.waiting + clock.total.unknown - len(kept)


def clock_lines(clock: Clock, *, now: datetime, zone: tzinfo, limit: int = 0) -> Iterator[str]:
    """The whole clock of one brand in plain lines."""
    yield _("{brand}: {what} since {moment}").format(
        brand=words.shown(clock.brand, 80),
        what=headline(clock),
        moment=words.clock(clock.since, zone, now),
    )
    for label, said in rows(clock, now, zone):
        yield f"  {words.labelled(label, said)}"
    kept, more = _ordered(clock, limit)
    for wait in kept:
        label = _("Waiting") if wait.state == "waiting" else _("Unknown")
        yield f"  {words.labelled(label, _wait_line(wait, zone))}"
    if more:
        yield f"  {_more(more)}"
    if clock.total.asked:
        for found in clock.by_source:
            named = zip(_ROWS[1:], _figures_row(found)[1:], strict=True)
            yield "  " + _("Source {name}: {figures}").format(
                name=words.shown(found.name, 60),
                figures=", ".join(f"{_(name)} {value}" for name, value in named),
            )
        for cell in clock.by_time if clock.total.answered else ():
            yield "  " + _("Asked {day} {hours}: answered in {figures}").format(
                day=words.DAYS[cell.weekday], hours=_part(cell.hour), figures=_cell(cell.figures)
            )
    for episode in clock.silences:
        yield f"  {words.labelled(_('Silence'), _silence(episode, now, zone))}"


def _more(count: int) -> str:
    return n_("{count} more; --limit 0 shows all", "{count} more; --limit 0 shows all", count).format(
        count=words.count(count)
    )


def outlook_lines(outlook: Outlook, *, now: datetime, zone: tzinfo) -> Iterator[str]:
    """What the coming week-end may bring, and who will be there."""
    yield words.labelled(
        words.shown(outlook.brand, 80), _("week-end of {day}").format(day=words.day(outlook.start, zone))
    )
    for label, said in outlook_rows(outlook, now, zone):
        yield f"  {words.labelled(label, said)}"


def outlook_rows(outlook: Outlook, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """A word and a sentence each: mentions, questions, who is there."""
    many = len(outlook.weekends)
    if outlook.mentions is None or outlook.asking is None:
        yield _("Usually"), _("not known yet: no week-end was watched so far")
    else:
        yield (
            _("Mentions"),
            _("{mean} over {weekends}").format(
                mean=_mean(outlook.mentions, many), weekends=words.amount(many, "week-end", "week-ends")
            ),
        )
        yield _("Asking"), _("{mean} questions and complaints").format(mean=_mean(outlook.asking, many))
        worst = max(outlook.weekends, key=lambda weekend: (weekend.asking, weekend.mentions))
        if many > 1 and worst.asking:
            yield (
                _("Worst"),
                _("{day}: {mentions}, {count} asking").format(
                    day=words.day(worst.start, zone),
                    mentions=words.amount(worst.mentions, "mention", "mentions"),
                    count=words.count(worst.asking),
                ),
            )
    yield _("Staffed"), _there(outlook, now, zone)


def _mean(spread: tuple[float, float], many: int) -> str:
    mean, deviation = spread
    said = words.decimal(mean, 0)
    return f"{said} ± {words.decimal(deviation, 0)}" if many > 1 else said


def _there(outlook: Outlook, now: datetime, zone: tzinfo) -> str:
    if outlook.staffed is None:
        return _("the configuration does not say; set `staffed:`")
    if not outlook.staffed:
        return _("NOBODY: no staffed hours from Saturday to Monday")
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
    console.print(Text(f"{words.shown(clock.brand, 80)}{marks.dot}{_('response clock')}", style="bold"))
    console.print(Text(headline(clock), style="bold" if clock.total.late else ""))
    since = (_("Since"), words.clock(clock.since, zone, now))
    console.print(_grid([since, *rows(clock, now, zone)]))
    kept, more = _ordered(clock, limit)
    for title, state in (
        (_("Waiting, oldest first"), "waiting"),
        (_("Perhaps answered, not known"), "unknown"),
    ):
        if listed := [wait for wait in kept if wait.state == state]:
            console.print(_heading(title))
            console.print(_waits(listed, zone))
    if more:
        console.print(Text(_more(more), style="dim"))
    if clock.total.asked:
        console.print(_heading(_("By source")))
        console.print(_sources(clock.by_source))
    if clock.total.answered:
        console.print(_heading(_("By when it was asked: median wait (answered of asked)")))
        console.print(_week(clock.by_time))
    if clock.silences:
        console.print(_heading(_("Silences")))
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
    coming = _("week-end of {day}").format(day=words.day(outlook.start, zone))
    title = f"{words.shown(outlook.brand, 80)}{dot}{coming}"
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
        table.add_column(_(name), justify="right" if right else "left", no_wrap=right, overflow="fold")
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
