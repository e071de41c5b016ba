"""What a scan did: what it read, what it could not, what is new, and the alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import N_, _
from ereputation.tables.alerts import print_alerts
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import BLUE, ORANGE, RED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console
    from rich.table import Table

    from ereputation.model import Alert, Outcome, SourceState

_WORDS = {"failed": N_("failed"), "later": N_("later"), "odd": N_("odd")}
_FEW = 5
"""Sources that rest are named one by one up to so many."""


def _summary(outcomes: Sequence[Outcome], new_mentions: int) -> str:
    due = [o for o in outcomes if o.status != "not_due"]
    failed = sum(o.status == "failed" for o in due)
    if not due:
        return _("Nothing was due.")
    same = sum(o.status == "unchanged" for o in due)
    said = (
        _("Read {read} of {sources} ({unchanged} unchanged): {documents}, {fresh} new; {mentions}.")
        if same
        else _("Read {read} of {sources}: {documents}, {fresh} new; {mentions}.")
    )
    return said.format(
        read=words.count(len(due) - failed),
        sources=words.amount(len(due), "source", "sources"),
        unchanged=words.count(same),
        documents=words.amount(sum(o.documents for o in due), "document", "documents"),
        fresh=words.count(sum(o.new for o in due)),
        mentions=words.amount(new_mentions, "new mention", "new mentions"),
    )


def _troubles(outcomes: Sequence[Outcome], now: datetime, zone: tzinfo) -> Iterator[tuple[str, str, str]]:
    """A word, a source, and what is the matter, for each source that is not simply well."""
    resting = [o for o in outcomes if o.status == "not_due" and o.error]
    for outcome in outcomes:
        source = words.shown(outcome.source, 120)
        why = words.shown(outcome.error or _("no reason given"), 600)
        why = words.again(why, outcome.retry_at, zone, now)
        if outcome.status == "failed":
            yield "failed", source, why
        elif outcome.status == "not_due" and outcome.error:
            if len(resting) <= _FEW:
                yield "later", source, why
        elif outcome.warning:
            yield "odd", source, words.shown(outcome.warning, 600)
    if len(resting) > _FEW:
        times = [o.retry_at for o in resting if o.retry_at]
        why = _("their servers asked for a pause")
        if times:
            why = _("{why}; the first again from {moment}").format(
                why=why, moment=words.clock(min(times), zone, now)
            )
        yield "later", words.amount(len(resting), "source", "sources"), why


def _health(state: SourceState, now: datetime, zone: tzinfo) -> tuple[str, str]:
    """A source whose health changed, and the news of it."""
    name = words.shown(state.name, 120)
    began = state.failing_since
    if state.health in {"ok", "recovered"}:
        return name, _("is read again")
    if state.health == "dead":
        said = (
            _("is given up as dead; not read since {moment} ({duration})")
            if began
            else _("is given up as dead; not read")
        )
    else:
        said = _("fails since {moment} ({duration})") if began else _("fails")
    if began:
        said = said.format(
            moment=words.clock(began, zone, now), duration=words.duration((now - began).total_seconds())
        )
    return name, words.labelled(said, words.shown(state.last_error, 600)) if state.last_error else said


def scan_lines(
    outcomes: Sequence[Outcome],
    *,
    new_mentions: int,
    now: datetime,
    zone: tzinfo,
    health: Sequence[SourceState] = (),
    quiet: bool = False,
) -> Iterator[str]:
    """The scan in plain lines, without its alerts; ``quiet`` leaves only changes of health."""
    if not quiet:
        yield _summary(outcomes, new_mentions)
        for word, source, why in _troubles(outcomes, now, zone):
            yield f"  {words.labelled(_(_WORDS[word]), words.labelled(source, why))}"
    for state in health:
        source, news = _health(state, now, zone)
        yield words.labelled(_("source {name}").format(name=source), news)


def print_scan(
    console: Console,
    outcomes: Sequence[Outcome],
    alerts: Sequence[Alert],
    *,
    new_mentions: int,
    now: datetime,
    zone: tzinfo,
    health: Sequence[SourceState] = (),
    plain: bool = False,
    quiet: bool = False,
    curves: Mapping[str, Sequence[float]] | None = None,
) -> None:
    """Print what a scan did; ``health`` holds the sources whose health changed in it, ``curves`` the hours of each alert.

    With ``quiet`` only new alerts and changes of health are printed: a calm run says nothing.
    """
    if plain:
        lines = list(
            scan_lines(outcomes, new_mentions=new_mentions, now=now, zone=zone, health=health, quiet=quiet)
        )
        put_lines(console, [*lines, *([""] if lines and alerts else [])])
    else:
        from rich.text import Text

        if not quiet:
            console.print(Text(_summary(outcomes, new_mentions), style="bold"))
        troubles = [] if quiet else list(_troubles(outcomes, now, zone))
        news = [_health(state, now, zone) for state in health]
        grid = _dressed(troubles, news, [state.health in {"ok", "recovered"} for state in health])
        if grid.row_count:
            console.print(grid)
        if not quiet:
            console.print()
    print_alerts(console, alerts, now=now, zone=zone, plain=plain, curves=curves or {})
    if not alerts and not quiet:
        put_lines(console, [_("No new alert.")])


def _dressed(
    troubles: Sequence[tuple[str, str, str]], health: Sequence[tuple[str, str]], recovered: Sequence[bool]
) -> Table:
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 2), pad_edge=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    grid.add_column(overflow="fold", ratio=2)
    colours = {"failed": RED, "later": BLUE, "odd": ORANGE}
    for word, source, why in troubles:
        grid.add_row(
            Text(_(_WORDS[word]), style=colours[word]),
            Text(source, overflow="fold"),
            Text(why, overflow="fold"),
        )
    for (source, news), well in zip(health, recovered, strict=True):
        sign = Text(_("source"), style=BLUE if well else RED)
        grid.add_row(sign, Text(source, overflow="fold"), Text(news, overflow="fold"))
    return grid
