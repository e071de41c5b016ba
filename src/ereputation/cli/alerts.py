"""``alerts``: open and past alerts."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from ereputation.cli import completing, handling, options, spoken
from ereputation.errors import UsageError
from ereputation.speech import _

Open = Annotated[
    bool, typer.Option("--open", help="Only episodes that are still open, and that nobody has resolved.")
]

_IN_FULL = 3
"""More alerts than this are listed on a terminal, one row each, unless one says -v."""

_BEFORE = "ereputation.alerts"
"""What was asked before the word ``list``."""

alerts_app = spoken.Typer(
    invoke_without_command=True, rich_markup_mode=None, help="Open and past alerts.", no_args_is_help=False
)


@alerts_app.callback()
def alerts(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    only_open: Open = False,
    now: options.Now = None,
) -> None:
    """List open and past alerts, newest first; recompute one, and note who takes care of it."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    if ctx.invoked_subcommand:
        ctx.find_root().obj = common
        ctx.meta[_BEFORE] = (brand, since, only_open, now)
        return
    _list(common, brand, since, only_open=only_open, now=now)


@alerts_app.command("list")
def list_(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    only_open: Open = False,
    now: options.Now = None,
) -> None:
    """List open and past alerts, newest first: what `alerts` alone does."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    brand_before, since_before, open_before, now_before = ctx.meta[_BEFORE]
    _list(
        common,
        brand or brand_before,
        since or since_before,
        only_open=only_open or open_before,
        now=now or now_before,
    )


def _list(
    common: options.Common, brand: list[str] | None, since: str | None, *, only_open: bool, now: str | None
) -> None:
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import export, reporting, tables

    chosen = options.chosen_format(common)
    with options.open_store(common, loaded, read_only=True) as store:
        listed = store.alerts(
            brands=options.selected_brands(loaded, brand) if brand else None,
            since=options.instant(since, option="--since", now=moment, zone=loaded.timezone),
            only_open=only_open,
        )
        curves = reporting.curves(loaded, store, listed) if chosen == "table" else {}
    if chosen in {"json", "ndjson"}:
        records = (export.alert_record(alert, zone=loaded.timezone) for alert in listed)
        export.write_json(sys.stdout, records, schema="alerts", key="alerts", lines=chosen == "ndjson")
    elif chosen == "csv":
        export.write_alerts_csv(sys.stdout, listed, zone=loaded.timezone)
    else:
        if not listed and not common.quiet:
            options.complain(_("no alert so far"))
        screen, zone = options.console(common), loaded.timezone
        if chosen == "table" and len(listed) > _IN_FULL and not common.verbose:
            tables.print_alert_list(screen, listed, now=moment, zone=zone, curves=curves)
            if not common.quiet:
                hint = _("`ereputation show {alert}` shows one in full, -v all of them")
                options.complain(hint.format(alert=listed[0].id))
            return
        tables.print_alerts(screen, listed, now=moment, zone=zone, plain=chosen == "plain", curves=curves)


@alerts_app.command()
def explain(
    ctx: typer.Context,
    alert: Annotated[
        str, typer.Argument(help="The alert's id, as `alerts` lists it.", autocompletion=completing.alerts)
    ],
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    now: options.Now = None,  # noqa: ARG001 - taken by every command
) -> None:
    """Recompute an alert from the database, and say whether it still agrees."""
    common = options.asked(ctx, config=config, database=database, output=output, color=color)
    loaded = options.load(common)
    from ereputation import alerts as review
    from ereputation import export, tables

    with options.open_store(common, loaded, read_only=True) as store:
        told = store.alert(alert)
        if told is None:
            raise UsageError(
                _("alerts explain: there is no alert {alert!r}; `ereputation alerts` lists them").format(
                    alert=alert
                )
            )
        account = review.recompute(loaded, store, told)
    chosen = options.chosen_format(common)
    if chosen in {"json", "ndjson"}:
        again = account.episode
        record = {
            "schema": "ereputation/alerts-explain/1",
            "alert": export.alert_record(told, loaded.timezone),
            "agrees": account.agrees,
            "recomputed": again
            and {
                "observed": again.observed,
                "expected": again.expected,
                "low": again.low,
                "high": again.high,
                "p_value": again.p_value,
                "window": again.window,
                "stories": again.stories,
                "copies": again.copies,
                "negative_share": again.negative_share,
                "coverage": again.coverage,
            },
        }
        typer.echo(export.dump(record, indent=chosen == "json"))
    else:
        tables.print_account(options.console(common), account, zone=loaded.timezone, plain=chosen == "plain")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    handling.add_to(alerts_app)
    app.add_typer(alerts_app, name="alerts")
