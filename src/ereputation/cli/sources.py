"""``sources``: what is read, how it fares, and a fresh start for one of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation.cli import options
from ereputation.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from ereputation.health import Standing
    from ereputation.starting.entries import Entry

_DEGRADED = 3
"""Exit code when something is not seen."""

sources_app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="What is read, and how it fares.",
    no_args_is_help=False,
)


@sources_app.callback()
def sources(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    now: options.Now = None,
) -> None:
    """List every source: when it was read, what it usually brings, when it is read next, what is kept of it."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    if ctx.invoked_subcommand:
        ctx.find_root().obj = common
        return
    _show(common, now, only_troubled=False)


@sources_app.command()
def health(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Show only the sources that fail, are dead, quiet or were never read; exit code 3 when there are any."""
    common = options.asked(ctx, config=config, database=database, output=output, color=color, quiet=quiet)
    if _show(common, now, only_troubled=True):
        raise typer.Exit(_DEGRADED)


@sources_app.command()
def reset(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The source's name, as `sources` lists it.")],
    config: options.ConfigFile = None,
    database: options.Database = None,
    quiet: options.Quiet = False,
    wait: Annotated[
        str | None, typer.Option("--wait", help="Wait this long for another scan to end: 30s, 5m.")
    ] = None,
) -> None:
    """Forget what a source remembers (validators, cursor, pauses), so that it is read whole; its documents stay."""
    common = options.asked(ctx, config=config, database=database, quiet=quiet)
    loaded = options.load(common)
    from ereputation.health import named
    from ereputation.store import scan_lock

    patience = options.seconds(wait, option="--wait")
    source = named(loaded, name)
    with (
        options.open_store(common, loaded) as store,
        scan_lock(options.database(common, loaded), wait=patience),
    ):
        known = source.id in store.source_states()
        store.forget_state(source.id)
    if not common.quiet:
        said = "is read whole at the next scan" if known else "was never read: nothing to forget"
        options.complain(f"{source.id} {said}")


def outlines(name: str) -> list[Entry]:
    """The feeds of an OPML file, or of standard input for ``-``; those that are left out are counted on standard error."""
    from ereputation.starting import opml as lists

    try:
        if name == "-":
            payload = sys.stdin.buffer.read(lists.MOST_BYTES + 1)
        else:
            with Path(name).open("rb") as stream:
                payload = stream.read(lists.MOST_BYTES + 1)
    except OSError as error:
        raise UsageError(f"cannot read {name}: {(error.strerror or str(error)).lower()}") from error
    held = lists.read(payload, name="standard input" if name == "-" else name)
    if held.left_out:
        options.complain(
            f"warning: {name}: left out, because they are no addresses of the web: {held.left_out}"
        )
    return list(held.entries)


def _show(common: options.Common, now: str | None, *, only_troubled: bool) -> bool:
    """Print the sources; whether any of them is in trouble."""
    chosen = options.chosen_format(common)
    if chosen == "csv":
        raise UsageError("sources: --format is table, plain, json or ndjson")
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import collect, export, tables
    from ereputation.health import standings

    with options.open_store(common, loaded, read_only=True) as store:
        found = standings(loaded, store, now=moment, due=collect.due)
    troubled = [one for one in found if one.troubled]
    shown = troubled if only_troubled else found
    if chosen in {"json", "ndjson"}:
        records = _records(shown, loaded.timezone)
        export.write_json(sys.stdout, records, schema="sources", key="sources", lines=chosen == "ndjson")
    elif shown or not only_troubled:
        tables.print_sources(
            options.console(common),
            shown,
            now=moment,
            zone=loaded.timezone,
            brief=only_troubled,
            plain=chosen == "plain",
        )
    elif not common.quiet:
        options.complain(f"all of {len(found)} sources are read, and bring what they usually do")
    return bool(troubled)


def _records(standings: Sequence[Standing], zone: ZoneInfo) -> list[dict[str, Any]]:
    from ereputation.export import when

    return [
        {
            "name": one.source.id,
            "kind": one.source.kind,
            "health": one.said,
            "last_read": when(one.state.last_read, zone),
            "last_success": when(one.state.last_success, zone),
            "last_new": when(one.state.last_new, zone),
            "usual_gap": one.usual_gap,
            "next_read": when(one.next_read, zone),
            "failures": one.state.failures,
            "failing_since": when(one.state.failing_since, zone),
            "error": one.state.last_error or None,
            "spent": one.spent or None,
            "stores": one.source.stores,
            "reply_links": one.source.reply_links,
        }
        for one in standings
    ]


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.add_typer(sources_app, name="sources")
