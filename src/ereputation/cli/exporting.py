"""``export``: what is stored, taken away."""

from __future__ import annotations

import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from ereputation import export
    from ereputation.config import Config
    from ereputation.searching import Wanted
    from ereputation.store import Store


_YEAR = timedelta(days=366)


class What(StrEnum):
    """What ``export`` writes."""

    mentions = "mentions"
    stories = "stories"
    alerts = "alerts"
    buckets = "buckets"


class FileFormat(StrEnum):
    """How ``export`` writes it."""

    csv = "csv"
    json = "json"
    ndjson = "ndjson"
    xlsx = "xlsx"


_FOREIGN = frozenset({"xls", "xlsm", "xlsb", "ods", "pdf", "html", "parquet", "docx"})
"""Names of files that promise what we do not write."""


def export_(
    ctx: typer.Context,
    what: Annotated[
        What | None,
        typer.Argument(
            help="What to write; by default mentions, and in a workbook all four.", show_default=False
        ),
    ] = None,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: Annotated[
        FileFormat | None, typer.Option("--format", help="Default: what the file's name says, else csv.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file: x.csv, x.xlsx, x.json, x.ndjson."),
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", help="Columns for: excel-fr, brandwatch, talkwalker, meltwater."),
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Only mentions this query matches.")] = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    since: options.Since = None,
    until: options.Until = None,
    sentiment: options.Sentiment = None,
    now: options.Now = None,
) -> None:
    """Write mentions, stories, alerts or buckets as CSV (the default), JSON, NDJSON, or a workbook for Excel."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    loaded = options.load(common)
    from ereputation import searching, tables

    zone = loaded.timezone
    form = _file_format(common, to)
    columns = _dialect(dialect, form)
    begin, end = options.stretch(since, until, now=moment, zone=zone)
    wanted = searching.Wanted(
        brands=tuple(options.selected_brands(loaded, brand)),
        since=begin,
        until=end,
        labels=tuple(label.value for label in sentiment or ()),
    )
    with (
        options.open_store(common, loaded, read_only=True) as store,
        tables.counting(shown=to is not None and not common.quiet and sys.stderr.isatty()) as tick,
    ):
        order = _Order(store, loaded, wanted, query or "", columns, moment, tick)
        if form == "xlsx":
            counts = order.workbook([what] if what else list(What), to)
        else:
            counts = order.text(what or What.mentions, form, to)
    if to and not common.quiet:
        written = ", ".join(_amount(name, count) for name, count in counts.items())
        options.complain(_("{what} written to {file}").format(what=written, file=to))


def _amount(name: str, count: int) -> str:
    said = {
        "mentions": n_("{count} mention", "{count} mentions", count),
        "stories": n_("{count} story", "{count} stories", count),
        "alerts": n_("{count} alert", "{count} alerts", count),
        "buckets": n_("{count} bucket", "{count} buckets", count),
    }[name]
    return said.format(count=words.count(count))


class _Order:
    """What was asked for, and where it comes from."""

    def __init__(
        self,
        store: Store,
        config: Config,
        wanted: Wanted,
        query: str,
        dialect: export.Dialect,
        now: datetime,
        tick: Callable[[int], None],
    ) -> None:
        self.store, self.config, self.wanted, self.query = store, config, wanted, query
        self.dialect, self.now, self.tick = dialect, now, tick
        self.number = 0

    def text(self, what: What, form: str, to: Path | None) -> dict[str, int]:
        """Write one kind as text; how many there were."""
        from ereputation import export

        chunks = export.chunks(
            self._rows(what, self.query),
            what.value,
            form=form,
            dialect=self.dialect,
            zone=self.config.timezone,
        )
        export.write(chunks, to or sys.stdout, encoding=self.dialect.encoding if form == "csv" else "utf-8")
        return {what.value: self.number}

    def workbook(self, kinds: list[What], to: Path | None) -> dict[str, int]:
        """Write a workbook with a sheet for each kind; how many there were of each."""
        from ereputation import export

        zone = self.config.timezone
        if self.query and not {What.mentions, What.stories}.intersection(kinds):
            raise UsageError(_("--query selects mentions and stories only"))
        sheets = []
        for kind in kinds:
            theirs = self.dialect if kind is What.mentions or len(kinds) == 1 else export.dialect("")
            shape = export.table(kind.value, theirs, zone, moments=True)
            query = self.query if kind in {What.mentions, What.stories} else ""
            sheets.append(export.Sheet(kind.value, shape.columns, shape.rows(self._rows(kind, query))))
        about = export.About(
            brands=self.wanted.brands,
            since=self.wanted.since,
            until=self.wanted.until,
            now=self.now,
            zone=zone,
            query=self.query,
            labels=self.wanted.labels,
            reach=self._reach(),
        )
        return export.write_workbook(
            to or _standard_output(), sheets, zone=zone, created=self.now, notes=about.lines
        )

    def _rows(self, what: What, query: str) -> Iterator[Any]:
        from ereputation import searching

        return self._counted(
            searching.rows(self.store, self.config, what.value, self.wanted, query=query, now=self.now)
        )

    def _counted(self, rows: Iterable[Any]) -> Iterator[Any]:
        for row in rows:
            self.number += 1
            self.tick(self.number)
            yield row

    def _reach(self) -> export.Reach:
        """How far the sources could be read in the hours asked for."""
        from ereputation import collect, export, health, searching

        first = searching.rows(
            self.store, self.config, "buckets", self._of_one_brand(), query="", now=self.now
        )
        exposures = [bucket.exposure for bucket in first]
        return export.Reach(
            hours=len(exposures),
            seen=sum(exposures) / len(exposures) if exposures else 0.0,
            blind=sum(not exposure for exposure in exposures),
            sources=[
                (one.source.id, one.said, one.state.last_success)
                for one in health.standings(self.config, self.store, now=self.now, due=collect.due)
            ],
        )

    def _of_one_brand(self) -> Wanted:
        """What was asked for, for one brand: all share the sources; without a beginning, at most a year is looked at."""
        from dataclasses import replace

        since = self.wanted.since or (self.wanted.until or self.now) - _YEAR
        return replace(self.wanted, brands=self.wanted.brands[:1], since=since)


def _standard_output() -> BinaryIO:
    if sys.stdout.isatty():
        raise UsageError(_("a workbook is no text for a terminal: name a file, as in -o mentions.xlsx"))
    sys.stdout.flush()
    return sys.stdout.buffer


def _dialect(name: str | None, form: str) -> export.Dialect:
    from ereputation import export

    found = export.dialect(name or "")
    if name and form in {"json", "ndjson"}:
        raise UsageError(_("--dialect is for csv and xlsx, not for {form}").format(form=form))
    # A workbook holds dates and numbers as such: what makes CSV right for a French Excel is not needed there.
    return export.dialect("") if form == "xlsx" and found.local_times else found


def _file_format(common: options.Common, to: Path | None) -> str:
    suffix = to.suffix.lower().removeprefix(".") if to else ""
    if suffix == "jsonl":
        suffix = "ndjson"
    formats = [form.value for form in FileFormat]
    if common.output is None:
        if suffix in _FOREIGN:
            raise UsageError(
                _("-o {file}: no such files are written; name it .csv, .xlsx, .json or .ndjson").format(
                    file=to
                )
            )
        return suffix if suffix in formats else "csv"
    asked = common.output.value
    if asked not in formats:
        raise UsageError(_("export: --format is csv, json, ndjson or xlsx"))
    if suffix in formats and asked != suffix and "xlsx" in {asked, suffix}:
        raise UsageError(
            _("--format {form} and -o {file} contradict each other: Excel opens no such file").format(
                form=asked, file=to
            )
        )
    return asked


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command("export")(export_)
