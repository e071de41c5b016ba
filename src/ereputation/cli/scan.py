"""``scan``: the command cron runs."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation import words
from ereputation.cli import completing, options
from ereputation.errors import UsageError
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.model import Outcome
    from ereputation.scan import Result, Shard


Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=0,
        max=64,
        help="Read with so many processes; by default, as many as are worth it.",
    ),
]
Cluster = Annotated[
    str, typer.Option("--cluster", help="Read on a Dask cluster: its scheduler, such as tcp://host:8786.")
]
Part = Annotated[
    str | None,
    typer.Option(
        "--shard", help="Read only this part of the sources, such as 2/8: other machines read the rest."
    ),
]


class Level(StrEnum):
    """How serious an alert is."""

    info = "info"
    warning = "warning"
    critical = "critical"


def scan(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    source: Annotated[
        list[str] | None,
        typer.Option(
            "--source", help="Read only this source; may be repeated.", autocompletion=completing.sources
        ),
    ] = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Read sources that are not due yet (a server's Retry-After still holds)."
        ),
    ] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Read nothing: look again at what is stored.")
    ] = False,
    baseline: Annotated[
        bool,
        typer.Option(
            "--baseline", help="Take what is abnormal now as history: tell nobody, unless it grows."
        ),
    ] = False,
    wait: Annotated[
        str | None, typer.Option("--wait", help="Wait up to this long (30s, 5m) for another scan to end.")
    ] = None,
    fail_on: Annotated[
        Level | None, typer.Option("--fail-on", help="Exit with 10 on a new alert at or above this level.")
    ] = None,
    workers: Workers = None,
    cluster: Cluster = "",
    shard: Part = None,
    now: options.Now = None,
) -> None:
    """Read the sources that are due, find mentions, detect what is abnormal, and tell it."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    if options.chosen_format(common) == "csv":
        raise UsageError(_("scan: --format is table, plain, json or ndjson; `ereputation export` writes CSV"))
    moment, patience = options.moment(now), options.seconds(wait, option="--wait")
    loaded = options.load(common, warn=True)
    asked = Asked(
        only=tuple(source or ()),
        force=force,
        offline=offline,
        baseline=baseline,
        wait=patience,
        fail_on=fail_on.value if fail_on else None,
        workers=workers,
        cluster=cluster,
        shard=part(shard),
    )
    raise typer.Exit(one_pass(common, loaded, asked, now=moment))


def part(text: str | None) -> Shard | None:
    """The part ``--shard`` asks for; None: all."""
    if text is None:
        return None
    from ereputation.scan import Shard

    return Shard.parse(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the options ask of one pass."""

    only: tuple[str, ...] = ()
    force: bool = False
    offline: bool = False
    baseline: bool = False
    wait: float = 0.0
    """Seconds to wait for another scan to end."""
    fail_on: str | None = None
    """The level from which a new alert is a failure; None: no level."""
    workers: int | None = None
    """Processes to read with; None: as configured."""
    cluster: str = ""
    """The address of a scheduler that reads instead; empty: none."""
    shard: Shard | None = None
    """The part of the sources to read; None: all."""


def one_pass(
    common: options.Common,
    loaded: Config,
    asked: Asked,
    *,
    now: datetime,
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Scan once, with pings and progress, and print what came of it; the exit code. ``beat``: after each source."""
    from ereputation import monitoring
    from ereputation import scan as passes

    database = options.database(common, loaded)

    def told(outcome: Outcome) -> None:
        beat()
        progress(outcome)

    with (
        monitoring.watched(loaded, database, now=now, complain=options.complain) as watch,
        _progress(common, len(loaded.sources)) as progress,
    ):
        result = passes.run(
            loaded,
            database,
            now=now,
            only=asked.only,
            force=asked.force,
            offline=asked.offline,
            baseline=asked.baseline,
            wait=asked.wait,
            progress=told,
            workers=asked.workers,
            cluster=asked.cluster,
            shard=asked.shard,
        )
        code = result.exit_code(asked.fail_on)
        watch.ended(result, code)
    if result.deliveries:
        from ereputation.tables import delivery_lines

        for line in delivery_lines(
            result.deliveries, now=result.started, zone=loaded.timezone, quiet=common.quiet
        ):
            options.complain(line)
    _show(result, options.chosen_format(common), common, loaded)
    return code


def _progress(common: options.Common, total: int) -> AbstractContextManager[Callable[[Outcome], None]]:
    """What tells how far a scan is, where somebody sees it."""
    if common.quiet or not sys.stderr.isatty():
        return nullcontext(lambda _outcome: None)
    from ereputation.tables import progress

    return progress(shown=True, total=total)


def _show(result: Result, chosen: str, common: options.Common, loaded: Config) -> None:
    zone = loaded.timezone

    if chosen in {"json", "ndjson"}:
        from ereputation import export

        extra: dict[str, object] = {"looked_back": result.looked_back} if result.looked_back else {}
        if result.deliveries:
            extra["deliveries"] = [export.delivery_record(one, zone) for one in result.deliveries]
        record = export.scan_record(
            started=result.started,
            finished=result.finished,
            outcomes=result.outcomes,
            new_mentions=result.new_mentions,
            alerts=result.alerts,
            zone=zone,
            extra=extra,
        )
        typer.echo(export.dump(record, indent=chosen == "json"))
        return
    if not common.quiet:
        for brand, count in result.looked_back.items():
            if not count:
                continue
            options.complain(
                n_(
                    "{brand}: new or edited; {count} mention in what was stored already (it never alerts)",
                    "{brand}: new or edited; {count} mentions in what was stored already (they never alert)",
                    count,
                ).format(brand=brand, count=words.count(count))
            )
    told = [alert for alert in result.alerts if alert.kind != "source_failure"]
    if common.quiet and not told and not result.health:
        return  # a calm run says nothing

    from ereputation import reporting, tables

    curves = {}
    if told and chosen == "table":
        with options.open_store(common, loaded, read_only=True) as store:
            curves = reporting.curves(loaded, store, told)
    tables.print_scan(
        options.console(common),
        result.outcomes,
        told,
        new_mentions=result.new_mentions,
        now=result.started,
        zone=zone,
        health=result.health,
        plain=chosen == "plain",
        quiet=common.quiet,
        curves=curves,
    )


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(scan)
