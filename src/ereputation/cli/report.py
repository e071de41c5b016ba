"""``report``: a period on one page."""

from __future__ import annotations

import re
import sys
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ereputation import speech
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.config import Config
    from ereputation.reporting import Report

_LENGTHS = {"day": 1, "week": 7, "month": 30}
_DAYS = re.compile(r"(\d{1,4})\s?[dj]", re.IGNORECASE)
_SUFFIXES = {".html": "html", ".htm": "html", ".md": "md", ".markdown": "md", ".json": "json"}


class _Form(StrEnum):
    """What a report is written as."""

    html = "html"
    md = "md"
    json = "json"


def report(
    ctx: typer.Context,
    config: options.ConfigFile = None,
    database: options.Database = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    brand: options.Brand = None,
    period: Annotated[
        str | None, typer.Option("--period", help="day, week, month (30 days) or 90d, up to now.")
    ] = None,
    since: options.Since = None,
    until: options.Until = None,
    out: Annotated[
        str,
        typer.Option("--out", "-o", help="File to write (.html, .md or .json), or - for standard output."),
    ] = "-",
    form: Annotated[
        _Form | None, typer.Option("--format", help="Default: as the file's name says; else html.")
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Title, instead of the brands' names.")] = "",
    logo: Annotated[
        Path | None, typer.Option("--logo", help="Picture for the head of the page (PNG, JPEG, GIF, WebP).")
    ] = None,
    now: options.Now = None,
) -> None:
    """Write a report of a period, the last week by default: one HTML file that needs nothing else; or Markdown, JSON."""
    common = options.asked(ctx, config=config, database=database, quiet=quiet, verbose=verbose)
    moment = options.moment(now)
    chosen = _form(form, out, common)
    if period and since:
        raise UsageError(_("report: --period and --since name the same thing; give one of them"))
    length = _length(period or "week")
    loaded = options.load(common)
    from ereputation import export, page, reporting, tables

    uri = page.logo_uri(_read(logo)) if logo else ""
    stretch = options.period(since, until, length=length, now=moment, zone=loaded.timezone)
    names = options.selected_brands(loaded, brand)
    brands = [one for one in loaded.brands if one.name in names]
    shown = sys.stderr.isatty() and not common.quiet
    with options.open_store(common, loaded, read_only=True) as store, tables.working(shown=shown) as tell:
        made = reporting.gather(
            loaded,
            store,
            brands,
            stretch,
            now=moment,
            title=title,
            waiting=None if chosen == "json" else page.WAITING,
            progress=tell,
        )
    target = sys.stdout if out == "-" else Path(out)
    export.write(_text(made, loaded, chosen, uri), target)
    if out != "-" and not common.quiet:
        options.complain(_("{what} written to {file}").format(what=_("report"), file=out))


def _text(made: Report, loaded: Config, form: str, logo: str) -> Iterator[str]:
    from ereputation import export, page

    zone = loaded.timezone
    if form == "json":
        yield export.dump(page.report_record(made, zone), indent=True) + "\n"
    elif form == "md":
        yield page.markdown(made, zone=zone)
    else:
        yield page.page(made, zone=zone, logo=logo)


def _form(asked: _Form | None, out: str, common: options.Common) -> str:
    """The form asked for, else what the file's name says; HTML on standard output."""
    if asked:
        return asked.value
    if out == "-":
        return "json" if common.output is options.OutputFormat.json else "html"
    suffix = Path(out).suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(
            _(
                "--out: expected a name that ends in .html, .md or .json, not {out!r}; or give --format"
            ).format(out=out)
        )
    return _SUFFIXES[suffix]


def _length(period: str) -> timedelta:
    if found := _DAYS.fullmatch(period.strip()):
        days = int(found[1])
    else:
        days = _LENGTHS.get(period.strip().lower(), 0)
    if not days:
        raise UsageError(
            _("--period: expected day, week, month or a number of days such as 90d, not {period!r}").format(
                period=period
            )
        )
    return timedelta(days=days)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            _("--logo: cannot read {path}: {reason}").format(path=path, reason=speech.reason(error))
        ) from error


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(report)
