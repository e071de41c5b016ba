"""``search``: what is stored, found again."""

from __future__ import annotations

import sys
from itertools import islice
from typing import Annotated

import typer

from ereputation.cli import options
from ereputation.speech import _


def search(
    ctx: typer.Context,
    query: Annotated[str | None, typer.Argument(help="A query; all documents when left out.")] = None,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    until: options.Until = None,
    sentiment: options.Sentiment = None,
    limit: Annotated[int, typer.Option("--limit", "-n", min=0, help="At most this many; 0 for all.")] = 50,
    now: options.Now = None,
) -> None:
    """Find stored documents, newest first, with their matches highlighted."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, searching, tables

    names = options.selected_brands(loaded, brand) if brand else []
    with options.open_store(common, loaded, read_only=True) as store:
        wanted = searching.Wanted(
            brands=tuple(names),
            since=options.instant(since, option="--since", now=moment, zone=loaded.timezone),
            until=options.instant(until, option="--until", now=moment, zone=loaded.timezone),
            labels=tuple(label.value for label in sentiment or ()),
        )
        hits = searching.search(store, loaded, query or "", wanted, now=moment, warn=options.complain)
        if limit:
            hits = islice(hits, min(limit, sys.maxsize))
        chosen = options.chosen_format(common)
        if chosen in {"json", "ndjson"}:
            records = (export.document_record(d, m, spans=s, zone=loaded.timezone) for d, m, s in hits)
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


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(search)
