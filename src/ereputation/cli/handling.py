"""``alerts ack|snooze|resolve|reopen``: who takes care of what; what was decided holds until it gets more serious."""

from __future__ import annotations

import getpass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation.cli import completing, options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.model import Action

Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID", help="Alerts, as `alerts` lists them: a3 a5.", autocompletion=completing.alerts
    ),
]
By = Annotated[str | None, typer.Option("--by", help="Who decides; by default, whoever is logged in.")]
Note = Annotated[str, typer.Option("--note", help="What the others should know.")]


def ack(
    ctx: typer.Context,
    ids: Ids,
    by: By = None,
    note: Note = "",
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Say that somebody takes care: nobody else is called (escalate:), unless it gets more serious."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    _decide(common, options.load(common), ids, "acknowledged", by=by, note=note, now=options.moment(now))


def snooze(
    ctx: typer.Context,
    ids: Ids,
    lasting: Annotated[str | None, typer.Option("--for", help="For so long: 30m, 2h, 1d.")] = None,
    until: Annotated[str | None, typer.Option("--until", help="Until 18:00, or a date and time.")] = None,
    by: By = None,
    note: Note = "",
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Hold back every message about it for a while, unless it gets more serious; nothing is dropped."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    if (lasting is None) == (until is None):
        raise UsageError(_("alerts snooze: give --for 2h or --until 18:00"))
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import triage

    if until is not None:
        end = triage.until_when(until, now=moment, zone=loaded.timezone)
    else:
        pause = timedelta(seconds=options.seconds(lasting, option="--for"))
        end = triage.bounded(moment + pause, now=moment, option="--for")
    _decide(common, loaded, ids, "snoozed", by=by, note=note, now=moment, until=end)


def resolve(
    ctx: typer.Context,
    ids: Ids,
    by: By = None,
    note: Note = "",
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Say that it is over, and why (--note): nothing more is told of it, unless it gets worse and opens again."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    _decide(common, options.load(common), ids, "resolved", by=by, note=note, now=options.moment(now))


def reopen(
    ctx: typer.Context,
    ids: Ids,
    by: By = None,
    note: Note = "",
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Take back what was decided (ack, snooze, resolve): it is told and escalated as if nobody had."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    _decide(common, options.load(common), ids, "reopened", by=by, note=note, now=options.moment(now))


def _decide(
    common: options.Common,
    config: Config,
    ids: list[str],
    action: Action,
    *,
    by: str | None,
    note: str,
    now: datetime,
    until: datetime | None = None,
) -> None:
    """Note the decision for every episode named, and say what is noted."""
    from ereputation import export, tables, triage, words

    form = options.form_without_csv(common, "alerts")
    who = _whoever() if by is None else by
    with options.open_store(common, config) as store:
        named = triage.alerts_of(store, ids)
        decided = [triage.handle(store, a, action, now=now, by=who, note=note, until=until) for a in named]
    zone = config.timezone
    if form in {"json", "ndjson"}:
        records = [export.alert_record(alert, zone) for alert in decided]
        if form == "ndjson":
            for record in records:
                typer.echo(export.dump(record))
        else:
            typer.echo(
                export.dump({"schema": "ereputation/alerts-handling/1", "alerts": records}, indent=True)
            )
        return
    if common.quiet:
        return
    for alert in decided:
        told = tables.facts(alert, now, zone)
        said = tables.handling_line(alert.handling, now, zone)
        about = words.labelled(words.shown(told.brand, 80), told.kind)
        typer.echo(f"{alert.id}  {words.labelled(about, said)}")


def _whoever() -> str:
    """Who is logged in; empty where the machine does not know."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    for command in (ack, snooze, resolve, reopen):
        app.command()(command)
