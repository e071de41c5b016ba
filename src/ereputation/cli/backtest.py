"""``backtest``: alert rules replayed over the past."""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime, tzinfo
    from zoneinfo import ZoneInfo

    from ereputation.backtest import Past, Series


def backtest(
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
    counts: Annotated[
        str | None,
        typer.Option(
            "--counts",
            help="Replay this file of timestamp,value rows (- for standard input); needs no configuration.",
        ),
    ] = None,
    false_alarms: Annotated[
        str | None, typer.Option("--false-alarms", help="The budget: 1/month, 2/week, 1/quarter.")
    ] = None,
    budget: Annotated[
        str | None, typer.Option("--budget", help="Compare budgets: 1/week,1/month,1/quarter.")
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="With --counts: the brand's zone. Default: UTC.")
    ] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="With --counts: whose public holidays count, such as FR.")
    ] = None,
    min_mentions: Annotated[
        int | None, typer.Option("--min-mentions", min=1, help="Fewer than this are never a spike.")
    ] = None,
    now: options.Now = None,
) -> None:
    """Replay the alert rules over what is stored, or over a file of counts, as if it were live."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    chosen = options.form_without_csv(common, "backtest")
    from ereputation import backtest as past

    allowed = past.budget(false_alarms) if false_alarms is not None else None
    budgets = [past.budget(text) for text in budget.split(",")] if budget is not None else []
    moment = options.moment(now)
    if counts is None and (timezone or country):
        raise UsageError(_("--timezone and --country go with --counts; the configuration has keys for them"))
    if counts is not None:
        zone = options.zone(timezone or "UTC", "--timezone")
        stretch = _stretch(since, until, moment, zone)
        series = _read(counts, brand, timezone or "UTC", common)
        settings = past.settings_for(series, timezone or "UTC", country or "", allowed, min_mentions)
        _show([past.over_counts(series, settings, **stretch)], budgets, chosen, common, zone)
        return
    from ereputation.backtest.stored import over_store

    loaded = options.load(common)
    stretch = _stretch(since, until, moment, loaded.timezone)
    with options.open_store(common, loaded, read_only=True) as store:
        pasts = over_store(
            loaded,
            store,
            options.selected_brands(loaded, brand),
            now=moment,
            false_alarms=allowed,
            min_mentions=min_mentions,
            **stretch,
        )
        if sys.stderr.isatty() and not common.quiet:
            pasts = iter(_watched(pasts))
        _show(pasts, budgets, chosen, common, loaded.timezone)


def _watched(pasts: Iterable[Past]) -> list[Past]:
    """The same, all worked out before the first is shown, with a word on each meanwhile."""
    from ereputation import tables

    with tables.working(shown=True) as tell:
        done = []
        for past in pasts:
            done.append(past)
            tell(_("{brand} replayed").format(brand=past.brand))
    return done


def _stretch(
    since: str | None, until: str | None, now: datetime, zone: ZoneInfo
) -> dict[str, datetime | None]:
    return dict(zip(("since", "until"), options.stretch(since, until, now=now, zone=zone), strict=True))


def _read(name: str, brands: list[str] | None, timezone: str, common: options.Common) -> Series:
    """The file of counts; what is odd in it goes to standard error."""
    from ereputation.backtest import read_counts

    if brands and len(brands) > 1:
        raise UsageError(_("--brand: a file of counts is of one brand"))
    brand = brands[0] if brands else "counts" if name == "-" else Path(name).stem
    series = read_counts(options.text_lines(name, "--counts"), name=name, brand=brand, timezone=timezone)
    if not common.quiet:
        for warning in series.warnings:
            options.complain(_("warning: {what}").format(what=warning))
    return series


def _show(
    pasts: Iterable[Past], budgets: list[float], chosen: str, common: options.Common, zone: tzinfo
) -> None:
    if budgets:
        _compare(pasts, budgets, chosen, common)
    elif chosen == "ndjson":
        _write(line for past in pasts for line in _lines(past, zone))
    elif chosen == "json":
        _as_json(list(pasts), zone)
    else:
        from ereputation import tables

        for number, past in enumerate(pasts):
            if number:
                typer.echo()
            tables.print_past(options.console(common), past, zone=zone, plain=chosen == "plain")


def _lines(past: Past, zone: tzinfo) -> Iterator[dict[str, Any]]:
    """Buckets in order of time, each alert after the bucket at whose end it was told."""
    from ereputation import export

    alerts = deque(past.alerts)
    for point in past.points:
        while alerts and alerts[0].at <= point.start:
            yield {"type": "alert", **export.alert_record(alerts.popleft(), zone)}
        yield export.point_record(past.brand, point, zone)
    yield from ({"type": "alert", **export.alert_record(alert, zone)} for alert in alerts)


def _write(records: Iterable[dict[str, Any]]) -> None:
    from ereputation import export

    export.write(export.lines(records), sys.stdout)


def _as_json(pasts: list[Past], zone: tzinfo) -> None:
    from ereputation import export

    record = {
        "schema": "ereputation/backtest/1",
        "brands": [export.past_record(past, zone) for past in pasts],
        "alerts": [export.alert_record(alert, zone) for past in pasts for alert in past.alerts],
    }
    typer.echo(export.dump(record, indent=True))


def _compare(pasts: Iterable[Past], budgets: list[float], chosen: str, common: options.Common) -> None:
    from ereputation import backtest, export, tables

    records = []
    for past in pasts:
        tried = backtest.compare(past.buckets, past.settings, budgets, width=past.width)
        if chosen in {"json", "ndjson"}:
            records += [export.budget_record(past.brand, one) for one in tried]
        else:
            tables.print_budgets(options.console(common), past.brand, tried)
    if chosen == "ndjson":
        _write({"type": "budget", **record} for record in records)
    elif chosen == "json":
        typer.echo(export.dump({"schema": "ereputation/backtest/1", "budgets": records}, indent=True))


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(backtest)
