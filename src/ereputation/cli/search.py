"""``search``: what is stored, found again."""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.searching import Hit, Wanted
    from ereputation.store import Store


def search(
    ctx: typer.Context,
    query: Annotated[
        str | None,
        typer.Argument(
            help="A query. Without one: the interactive screen on a terminal, all documents elsewhere."
        ),
    ] = None,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    until: options.Until = None,
    source: options.Source = None,
    sentiment: options.Sentiment = None,
    status: options.Status = None,
    live: Annotated[
        bool,
        typer.Option(
            "--live", help="Also ask the configured sources that search; their answers are shown, not stored."
        ),
    ] = False,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most this many; 0 for all.")] = 50,
    now: options.Now = None,
) -> None:
    """Find stored documents, newest first, with their matches highlighted; on a terminal as you type."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, searching, tables

    names = options.selected_brands(loaded, brand) if brand else []
    if live and not (query or "").strip():
        raise UsageError(_("search --live: give a query to ask the networks for"))
    narrowed = {
        "brands": tuple(names),
        "labels": tuple(label.value for label in sentiment or ()),
        "statuses": tuple(chosen.value for chosen in status or ()),
        "sources": _sources(common, loaded, source),
    }
    begin, end = options.stretch(since, until, now=moment, zone=loaded.timezone)
    if query is None and _interactive(common):
        raise typer.Exit(_look_around(common, loaded, now, limit, since or "", until or "", narrowed))
    with options.open_store(common, loaded, read_only=True) as store:
        wanted = searching.Wanted(since=begin, until=end, **narrowed)
        hits = searching.search(store, loaded, query or "", wanted, now=moment, warn=options.complain)
        if live:
            hits = merge(
                _of_networks(common, loaded, store, query or "", wanted, moment),
                hits,
                key=lambda hit: hit[0].published,
                reverse=True,
            )
        if limit:
            hits = islice(hits, min(limit, sys.maxsize))
        chosen = options.chosen_format(common)
        if chosen in {"json", "ndjson"}:
            records = (
                export.document_record(d, m, spans=s, zone=loaded.timezone)
                | ({"live": d.id == 0} if live else {})
                for d, m, s in hits
            )
            export.write_json(
                sys.stdout,
                records,
                schema="search",
                key="documents",
                lines=chosen == "ndjson",
                query=query or "",
            )
        elif chosen == "csv":
            export.write_documents_csv(sys.stdout, hits, zone=loaded.timezone)
        else:
            shown = tables.print_documents(
                options.console(common), hits, zone=loaded.timezone, plain=chosen == "plain"
            )
            if not shown and not common.quiet:
                options.complain(_("nothing stored matches"))


def _sources(common: options.Common, config: Config, wanted: list[str] | None) -> tuple[str, ...]:
    """The names of the sources asked for, as they are stored."""
    if not wanted:
        return ()
    with options.open_store(common, config, read_only=True) as store:
        return tuple(options.selected_sources(config, store.source_states(), wanted))


def _of_networks(
    common: options.Common, config: Config, store: Store, text: str, wanted: Wanted, now: datetime
) -> list[Hit]:
    """What the networks answer and the store does not hold; who could not be asked is said on standard error."""
    from ereputation import live, query
    from ereputation.finder import Finder

    asked = query.parse(text, now=now, timezone=config.timezone)
    answers, hosts = asyncio.run(live.ask(config, asked, hosts=store.hosts(), now=now))
    with options.open_store(common, config) as writing:
        writing.save_hosts(hosts.values())  # when to come back, for the next scan
    for answer in answers:
        if answer.error:
            options.complain(words.labelled(answer.source, answer.error))
    return live.hits(answers, store, Finder.of(config), asked, wanted)


def _interactive(common: options.Common) -> bool:
    """Whether somebody sits there who may be asked: a terminal on both sides, and no format for programs."""
    form = common.output.value if common.output else "table"
    streams = (sys.stdin, sys.stdout)
    return form in {"table", "plain"} and all(stream is not None and stream.isatty() for stream in streams)


def _look_around(
    common: options.Common,
    config: Config,
    now: str | None,
    limit: int,
    since: str,
    until: str,
    narrowed: dict[str, tuple[str, ...]],
) -> int:
    """The interactive screen, or a plain prompt where it cannot run or is not wanted."""
    from ereputation import screen

    with options.open_store(common, config, read_only=True):
        pass  # what is wrong with it is said before the screen covers all
    asked = screen.Asked(
        brands=narrowed["brands"],
        since=since,
        until=until,
        labels=narrowed["labels"],
        statuses=narrowed["statuses"],
        sources=narrowed["sources"],
    )
    database = options.database(common, config)
    clock = partial(options.moment, now)
    if common.output is None and common.color != options.ColorWhen.never and screen.can_show():
        return screen.run(config, database, asked, clock=clock)
    return screen.prompt(
        config,
        database,
        asked,
        clock=clock,
        console=options.console(common),
        plain=options.chosen_format(common) == "plain",
        limit=limit,
    )


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(search)
