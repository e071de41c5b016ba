"""``search`` and ``export``: what is stored, found again and taken away."""

from __future__ import annotations

import sys
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation.cli import options
from ereputation.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator


class What(StrEnum):
    """What ``export`` writes."""

    mentions = "mentions"
    stories = "stories"
    alerts = "alerts"
    buckets = "buckets"


class ToneLabel(StrEnum):
    """Sentiment to keep."""

    negative = "negative"
    neutral = "neutral"
    positive = "positive"


Sentiment = Annotated[
    list[ToneLabel] | None, typer.Option("--sentiment", help="Only this sentiment; may be repeated.")
]


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
    sentiment: Sentiment = None,
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
                options.complain("nothing stored matches")


def export_(
    ctx: typer.Context,
    what: Annotated[What, typer.Argument(help="What to write.")] = What.mentions,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    to: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write to this file instead of standard output.")
    ] = None,
    dialect: Annotated[
        str | None, typer.Option("--dialect", help="CSV for: excel-fr, brandwatch, talkwalker, meltwater.")
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Only mentions this query matches.")] = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    until: options.Until = None,
    sentiment: Sentiment = None,
    now: options.Now = None,
) -> None:
    """Write mentions, stories, alerts or buckets as CSV (the default), JSON or NDJSON."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, searching

    zone = loaded.timezone
    form = _file_format(common, to)
    columns = export.dialect(dialect or "")
    with options.open_store(common, loaded, read_only=True) as store:
        wanted = searching.Wanted(
            brands=tuple(options.selected_brands(loaded, brand)),
            since=options.instant(since, option="--since", now=moment, zone=zone),
            until=options.instant(until, option="--until", now=moment, zone=zone),
            labels=tuple(label.value for label in sentiment or ()),
        )
        counted = _Counted(searching.rows(store, loaded, what.value, wanted, query=query or "", now=moment))
        chunks = export.chunks(counted, what.value, form=form, dialect=columns, zone=zone)
        export.write(chunks, to or sys.stdout, encoding=columns.encoding if form == "csv" else "utf-8")
    if to and not common.quiet:
        options.complain(f"{counted.number:,} {what.value} written to {to}")


class _Counted:
    """Hands rows on and counts them."""

    def __init__(self, rows: Iterator[Any]) -> None:
        self._rows, self.number = rows, 0

    def __iter__(self) -> Iterator[Any]:
        for row in self._rows:
            self.number += 1
            yield row


def _file_format(common: options.Common, to: Path | None) -> str:
    if common.output is None:
        suffix = to.suffix.lower().removeprefix(".") if to else "csv"
        return suffix if suffix in {"csv", "json", "ndjson"} else "csv"
    if common.output.value not in {"csv", "json", "ndjson"}:
        raise UsageError("export: --format is csv, json or ndjson")
    return common.output.value


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(search)
    app.command("export")(export_)
