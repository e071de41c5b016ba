"""``clock``: who waits for an answer, how long answers take, silences, and the Friday outlook."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated

import typer

from ereputation.cli import options

_MONTH = timedelta(days=30)
_FRIDAY = 4


def clock(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    weekend: Annotated[
        bool, typer.Option("--weekend", help="Add what the last week-ends brought; always on Fridays.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=0, help="List at most this many that wait; 0 for all.")
    ] = 20,
    now: options.Now = None,
) -> None:
    """Questions and complaints that wait, how long answers take, and silences; the last 30 days by default."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    chosen = options.form_without_csv(common, "clock")
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, responding, tables

    zone = loaded.timezone
    begin = options.instant(since, option="--since", now=moment, zone=zone) or moment - _MONTH
    names = options.selected_brands(loaded, brand)
    brands = [one for one in loaded.brands if one.name in names]
    ahead = weekend or moment.astimezone(zone).weekday() == _FRIDAY
    with options.open_store(common, loaded, read_only=True) as store:
        most = None if chosen in {"json", "ndjson"} else limit or None
        clocks = [
            responding.response(loaded, store, one, since=begin, now=moment, most=most) for one in brands
        ]
        outlooks = [responding.outlook(loaded, store, one, now=moment) for one in brands if ahead]
    if chosen in {"json", "ndjson"}:
        coming = {found.brand: export.outlook_record(found, zone) for found in outlooks}
        records = (
            {**export.clock_record(found, zone), "weekend": coming.get(found.brand)} for found in clocks
        )
        export.write_json(sys.stdout, records, schema="clock", key="brands", lines=chosen == "ndjson")
        return
    screen, plain = options.console(common), chosen == "plain"
    for found in clocks:
        tables.print_clock(screen, found, now=moment, zone=zone, limit=limit, plain=plain)
    for coming_weekend in outlooks:
        tables.print_outlook(screen, coming_weekend, now=moment, zone=zone, plain=plain)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(clock)
