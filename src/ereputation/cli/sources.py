"""``sources``: what is read and how it fares, a fresh start for one of them, and more of them."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation import speech, words
from ereputation.cli import completing, options, spoken
from ereputation.errors import UsageError
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from ereputation.config import Config
    from ereputation.health import Standing
    from ereputation.starting.discovery import Discovery, Found
    from ereputation.starting.entries import Entry

_DEGRADED = 3
"""Exit code when something is not seen."""

sources_app = spoken.Typer(
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
    name: Annotated[
        str,
        typer.Argument(help="The source's name, as `sources` lists it.", autocompletion=completing.sources),
    ],
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
        said = (
            _("{source} is read whole at the next scan")
            if known
            else _("{source} was never read: nothing to forget")
        )
        options.complain(said.format(source=source.id))


@sources_app.command()
def discover(
    ctx: typer.Context,
    pages: Annotated[list[str], typer.Argument(metavar="URL", help="Web pages.", show_default=False)],
    config: options.ConfigFile = None,
    output: options.Format = None,
    now: options.Now = None,
) -> None:
    """Find the feeds behind web pages: those they name, else those at the usual places. Needs no configuration."""
    common = options.asked(ctx, config=config, output=output)
    chosen = options.form_without_csv(common, "sources discover")
    moment = options.moment(now)
    from ereputation import export
    from ereputation.starting import discovery
    from ereputation.text import one_line

    sites = [discovery.web_page(page) for page in pages]
    seen = discovery.discover(sites, contact=_contact(common), now=moment)
    found = [(one.page, feed) for one in seen for feed in one.feeds]
    if chosen in {"json", "ndjson"}:
        records = (
            {"page": page, "url": feed.url, "title": feed.title, "documents": feed.documents,
             "newest": export.when(feed.newest, UTC)}
            for page, feed in found
        )  # fmt: skip
        export.write_json(sys.stdout, records, schema="discover", key="feeds", lines=chosen == "ndjson")
    else:
        for _rest, feed in found:
            typer.echo(one_line(_described(feed)))
    _say_faults(seen)
    if not found:
        raise typer.Exit(1)


@sources_app.command()
def add(
    ctx: typer.Context,
    urls: Annotated[
        list[str], typer.Argument(metavar="URL", help="Feeds, or pages that have one.", show_default=False)
    ],
    unread: Annotated[
        bool, typer.Option("--unread", help="Take the addresses of feeds as they are: reach nothing.")
    ] = False,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Add feeds to the configuration, found behind web pages where need be; its comments and formatting stay."""
    common = options.asked(ctx, config=config, quiet=quiet)
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation.starting import discovery
    from ereputation.starting.entries import Entry

    as_typed = [url.strip() for url in urls if unread or "${" in url]
    entries = [Entry(url=url, typed=True) for url in as_typed]
    sites = [discovery.web_page(url) for url in urls if url.strip() not in as_typed]
    seen = discovery.discover(sites, contact=loaded.contact, now=moment) if sites else []
    entries += [Entry(url=one.best.url, note=one.best.title) for one in seen if one.best]
    missing = [one for one in seen if not one.best]
    _say_faults(missing)
    _put_in(common, loaded, entries)
    if missing:
        options.complain(_("what could not be read was not added: --unread takes feeds as they are"))
        raise typer.Exit(_DEGRADED if entries else 1)


@sources_app.command()
def opml(
    ctx: typer.Context,
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The list to take over, or to write; - for a pipe.")
    ] = "-",
    export: Annotated[bool, typer.Option("--export", help="Write our feeds for a feed reader.")] = False,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
) -> None:
    """Take over the feeds of a feed reader's list into the configuration, or write one (--export)."""
    common = options.asked(ctx, config=config, quiet=quiet)
    loaded = options.load(common)
    if not export:
        if file == "-" and sys.stdin.isatty():
            raise UsageError(_("sources opml: name the file to take over, or --export"))
        _put_in(common, loaded, outlines(file))
        return
    from ereputation.starting import opml as lists

    text, others = lists.written(loaded.sources)
    if others and not common.quiet:
        options.complain(
            _("left out, being no feeds or having a secret address: {others}").format(
                others=", ".join(others)
            )
        )
    if file == "-":
        typer.echo(text, nl=False)
        return
    try:
        with Path(file).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise UsageError(
            _("cannot write {file}: {reason}").format(file=file, reason=speech.reason(error))
        ) from error


def _contact(common: options.Common) -> str:
    """Of the configuration, where there is one."""
    from ereputation.config import find
    from ereputation.errors import ConfigError

    try:
        path = find(common.config, environ=os.environ, cwd=Path.cwd())
    except ConfigError:
        return ""
    return options.load(replace(common, config=path)).contact


def _put_in(common: options.Common, loaded: Config, entries: Sequence[Entry]) -> None:
    """Write them into the configuration, and say what came of it."""
    from ereputation.starting import adding

    came = adding.add(loaded, entries, environ=os.environ)
    if common.quiet:
        return
    for entry in came.added:
        typer.echo(_("added: {entry}").format(entry=entry.shown()))
    for entry in came.known:
        typer.echo(_("read already: {entry}").format(entry=entry.shown()))


def _described(feed: Found) -> str:
    said = words.amount(feed.documents, "document", "documents")
    if feed.newest:
        said = _("{documents}, newest {date:%Y-%m-%d}").format(documents=said, date=feed.newest)
    return f"{feed.url}  {words.labelled(feed.title or _('(no title)'), said)}"


def _say_faults(seen: Sequence[Discovery]) -> None:
    for one in seen:
        for fault in one.faults:
            options.complain(_("warning: {what}").format(what=fault))


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
        raise UsageError(
            _("cannot read {name}: {reason}").format(name=name, reason=speech.reason(error))
        ) from error
    held = lists.read(payload, name=_("standard input") if name == "-" else name)
    if held.left_out:
        options.complain(
            _("warning: {name}: left out, because they are no addresses of the web: {left_out}").format(
                name=name, left_out=held.left_out
            )
        )
    return list(held.entries)


def _show(common: options.Common, now: str | None, *, only_troubled: bool) -> bool:
    """Print the sources; whether any of them is in trouble."""
    chosen = options.form_without_csv(common, "sources")
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
        options.complain(
            n_(
                "the only source is read, and brings what it usually does",
                "all of {count} sources are read, and bring what they usually do",
                len(found),
            ).format(count=len(found))
        )
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
