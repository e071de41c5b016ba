"""``import``: history from files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated

import typer

from ereputation import speech, words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zoneinfo import ZoneInfo

    from ereputation.importing import Result

_BUFFER = 1 << 16


class Product(StrEnum):
    """Whose export a file is."""

    ereputation = "ereputation"
    brandwatch = "brandwatch"
    talkwalker = "talkwalker"
    meltwater = "meltwater"
    plain = "plain"


class Dates(StrEnum):
    """What comes first in 03/04/2015."""

    eu = "eu"
    us = "us"


def import_(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(help="CSV or NDJSON; - for standard input.")],
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    source: Annotated[
        str | None, typer.Option("--source", help='Name of the source. Default: "import: <file name>".')
    ] = None,
    dialect: Annotated[
        Product | None, typer.Option("--dialect", help="Whose export it is. Default: told by its columns.")
    ] = None,
    mapped: Annotated[
        str | None,
        typer.Option("--map", help="Columns of any other file: published=Date,text=Content,url=Link."),
    ] = None,
    dates: Annotated[
        Dates | None,
        typer.Option(
            "--dates", help="03/04/2015 is 3 April (eu) or March 4 (us). Default: told by the first rows."
        ),
    ] = None,
    timezone: Annotated[
        str | None,
        typer.Option("--timezone", help="Zone of dates that name none. Default: the configuration's."),
    ] = None,
    keep_sentiment: Annotated[
        bool, typer.Option("--keep-sentiment", help="Take the file's sentiment instead of our own.")
    ] = False,
    wait: Annotated[
        str | None, typer.Option("--wait", help="Wait up to this long (30s, 5m) for a scan to end.")
    ] = None,
    now: options.Now = None,
) -> None:
    """Store history from a file: it feeds search, baseline and backtest, and never alerts."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet, verbose=verbose)
    moment, patience = options.moment(now), options.seconds(wait, option="--wait")
    loaded = options.load(common)
    from ereputation import importing

    how = importing.How(
        source=(source or "").strip(),
        dialect=dialect.value if dialect else "",
        mapped=importing.parse_map(mapped) if mapped else {},
        order=dates.value if dates else None,
        zone=options.zone(timezone, "--timezone") if timezone else None,
        keep_sentiment=keep_sentiment,
    )
    name = _("standard input") if file == "-" else Path(file).name
    with _opened(file) as payload, _progress(shown=not common.quiet and sys.stderr.isatty()) as progress:
        result = importing.run(
            loaded,
            options.database(common, loaded),
            payload,
            name,
            how,
            now=moment,
            wait=patience,
            progress=progress,
        )
    _show(result, options.chosen_format(common), common, loaded.timezone)
    raise typer.Exit(result.exit_code)


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        payload = Path(file).open("rb", buffering=_BUFFER)  # noqa: SIM115 - closed below
    except OSError as error:
        raise UsageError(
            _("import: cannot read {file}: {reason}").format(file=file, reason=speech.reason(error))
        ) from error
    with payload:
        yield payload


@contextmanager
def _progress(*, shown: bool) -> Iterator[Callable[[int], None]]:
    if not shown:
        yield lambda _rows: None
        return
    from ereputation.tables import stderr_console

    with stderr_console().status("reading...") as status:
        yield lambda rows: status.update(_("{rows} rows read").format(rows=words.count(rows)))


def _show(result: Result, chosen: str, common: options.Common, zone: ZoneInfo) -> None:
    from ereputation import export, tables

    for fault in result.faults:
        options.complain(fault)
    if chosen in {"json", "ndjson"}:
        record = {
            "schema": "ereputation/import/1",
            "source": result.source,
            "dialect": result.dialect,
            "rows": result.rows,
            "imported": result.imported,
            "new": result.new,
            "mentions": result.mentions,
            "corrected": result.corrected,
            "bad": result.bad,
            "faults": result.faults,
            "since": export.when(result.since, zone),
            "until": export.when(result.until, zone),
        }
        typer.echo(export.dump(record, indent=chosen == "json"))
    elif not common.quiet:
        tables.print_import(options.console(common), result, zone=zone)


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command("import")(import_)
