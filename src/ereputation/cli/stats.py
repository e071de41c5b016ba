"""``stats``: the figures of a period on one screen."""

from __future__ import annotations

import sys
from datetime import timedelta

import typer  # noqa: TC002 - typer reads the annotations

from ereputation.cli import options

_WEEK = timedelta(days=7)


def stats(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    until: options.Until = None,
    now: options.Now = None,
) -> None:
    """Volume, tone, share of voice, sources, authors and rising words; the last 7 days by default, against those before.

    JSON has one object a brand, CSV one line an hour (a day, beyond eight days).
    """
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, reporting, tables

    zone = loaded.timezone
    period = options.period(since, until, length=_WEEK, now=moment, zone=zone)
    names = options.selected_brands(loaded, brand)
    with options.open_store(common, loaded, read_only=True) as store:
        measuring = reporting.Measuring(loaded, store, period, moment)
        found = [measuring.stats(one) for one in loaded.brands if one.name in names]
    chosen = options.chosen_format(common)
    if chosen == "csv":
        export.write_csv(sys.stdout, export.step_rows(found, zone), export.STEP_COLUMNS, zone=zone)
    elif chosen in {"json", "ndjson"}:
        records = (export.stats_record(one, zone) for one in found)
        export.write_json(sys.stdout, records, schema="stats", key="brands", lines=chosen == "ndjson")
    else:
        screen = options.console(common)
        for one in found:
            tables.print_stats(screen, one, zone=zone, plain=chosen == "plain")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(stats)
