"""``watch``: what ``scan`` does, again and again, until stopped."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation.cli import options
from ereputation.cli.scan import Asked, Cluster, Part, Workers, one_pass, part
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.config import Config


def watch(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    every: Annotated[
        str | None,
        typer.Option("--every", help="Scan this often (15m, 1h); by default, when the next source is due."),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = "",
    shard: Part = None,
    passes: Annotated[
        int | None, typer.Option("--passes", min=1, hidden=True, help="Stop after so many.")
    ] = None,
    now: options.Now = None,
) -> None:
    """Scan again and again until stopped; a changed configuration is read again, a failed pass is said and not the last."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    if options.chosen_format(common) == "csv":
        raise UsageError(
            _("watch: --format is table, plain, json or ndjson; `ereputation export` writes CSV")
        )
    between = options.seconds(every, option="--every")
    start, began = options.moment(now), time.monotonic()
    asked = Asked(workers=workers, cluster=cluster, shard=part(shard))
    loaded = options.load(common, warn=True)
    common = replace(common, config=loaded.path)
    from ereputation.watch import Watch, tell_systemd

    def clock() -> datetime:
        return start + timedelta(seconds=time.monotonic() - began) if now else options.moment(None)

    def beat() -> None:
        tell_systemd("WATCHDOG=1", os.environ)

    def scan(current: Config, moment: datetime) -> int:
        code = one_pass(common, current, asked, now=moment, beat=beat)
        sys.stdout.flush()
        return code

    watching = Watch(
        config=loaded,
        every=between or None,
        load=lambda: options.load(common, warn=True),
        one_pass=scan,
        database=lambda current: options.database(common, current),
        complain=options.complain,
        clock=clock,
        sleep=time.sleep,
        beat=beat,
        shard=str(asked.shard or ""),
    )
    tell_systemd("READY=1", os.environ)
    try:
        raise typer.Exit(watching.run(passes))
    finally:
        tell_systemd("STOPPING=1", os.environ)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(watch)
