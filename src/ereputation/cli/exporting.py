"""``export``: what is stored, taken away."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator


class What(StrEnum):
    """What ``export`` writes."""

    mentions = "mentions"
    stories = "stories"
    alerts = "alerts"
    buckets = "buckets"


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
    sentiment: options.Sentiment = None,
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
        options.complain(
            _("{number} {value} written to {to}").format(
                number=words.count(counted.number), value=what.value, to=to
            )
        )


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
        raise UsageError(_("export: --format is csv, json or ndjson"))
    return common.output.value


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command("export")(export_)
