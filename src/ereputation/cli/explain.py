"""``explain``: which brands or query match a text, where, in what tone, and which words decided."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation import words
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from ereputation.config import Config
    from ereputation.finder import Corrections, Finder
    from ereputation.model import Document
    from ereputation.query import Query

_LONGEST = 2_000_000
"""Characters of one input line that are read; a longer line is cut, and says so."""


class Dialect(StrEnum):
    """Whose query syntax ``--query`` is written in."""

    brandwatch = "brandwatch"
    meltwater = "meltwater"
    talkwalker = "talkwalker"


def _document(line: str, now: datetime) -> Document:
    """A line of input: plain text, or a JSON object with ``title text author url lang type``."""
    from ereputation.model import Document

    blank = Document(source="", guid="stdin", published=now, first_seen=now)
    data: Any = None
    if line.lstrip().startswith("{"):
        try:
            data = json.loads(line)
        except (ValueError, RecursionError):
            data = None
    if not isinstance(data, dict):
        return replace(blank, text=line)

    def said(key: str) -> str:
        value = data.get(key)
        return value if isinstance(value, str) else ""

    return replace(
        blank,
        title=said("title"),
        text=said("text"),
        url=said("url"),
        site=said("site") or _host(said("url")),
        author_name=said("author"),
        author_handle=said("author").removeprefix("@") if said("author").startswith("@") else "",
        lang=said("lang"),
        type=said("type") or "article",
        source=said("source"),
        published=_published(said("published"), now),
    )


def _host(url: str) -> str:
    from urllib.parse import urlsplit

    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _published(text: str, now: datetime) -> datetime:
    from datetime import UTC, datetime

    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return now
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


def _lines(text: str | None) -> Iterator[str]:
    if text is not None and text != "-":
        yield text
        return
    if text is None and sys.stdin.isatty():
        raise UsageError(_("explain: give a TEXT, or - and lines on standard input"))
    for raw in sys.stdin.buffer if hasattr(sys.stdin, "buffer") else sys.stdin:
        line = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else raw
        line = line.rstrip("\r\n").removeprefix("\ufeff")
        if len(line) > _LONGEST:
            options.complain(
                _("warning: a line of {count} characters was cut at {longest}").format(
                    count=words.count(len(line)), longest=words.count(_LONGEST)
                )
            )
        yield line[:_LONGEST]


def _asked_query(query: str | None, dialect: Dialect | None, now: datetime, zone: ZoneInfo) -> Query | None:
    """The query of ``--query``, translated first when it is in another syntax; warnings go to standard error."""
    if query is None:
        if dialect:
            raise UsageError(_("--from needs --query: the text to translate"))
        return None
    from ereputation.query import parse, translate

    if dialect:
        translation = translate(query, dialect.value)
        for lost in translation.dropped:
            options.complain(_("warning: no equivalent: {lost}").format(lost=lost))
        query = translation.query
    parsed = parse(query, now=now, timezone=zone)
    for warning in parsed.warnings:
        options.complain(_("warning: {what}").format(what=warning))
    return parsed


def _finder(common: options.Common, query: Query | None) -> Finder:
    from ereputation.errors import ConfigError
    from ereputation.finder import Finder, Watched

    if query is None:
        config = options.load(common)
        return Finder.of(config, _corrections(common, config))
    if common.config is None:
        return Finder([Watched(name="", query=query)])
    try:
        sentiment = options.load(common).words()
    except ConfigError as error:
        raise UsageError(str(error)) from None
    return Finder([Watched(name="", query=query)], sentiment)


def _corrections(common: options.Common, config: Config) -> Corrections:
    """What people's corrections teach; nothing where there is no database yet, or none that can be read."""
    from pathlib import Path

    from ereputation.errors import StoreError

    where = options.database(common, config)
    if isinstance(where, Path) and not where.exists():
        return {}
    try:
        with options.open_store(common, config, read_only=True) as store:
            return store.corrections()
    except StoreError as error:
        options.complain(_("warning: judged without what corrections taught: {error}").format(error=error))
        return {}


def explain(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(help="The text, or - for lines on standard input.")] = None,
    query: Annotated[str | None, typer.Option("--query", help="A query instead of the brands.")] = None,
    dialect: Annotated[
        Dialect | None, typer.Option("--from", help="Translate --query from this syntax.")
    ] = None,
    tree: Annotated[bool, typer.Option("--tree", help="Print how --query is understood.")] = False,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    now: options.Now = None,
) -> None:
    """Say which brands (or --query) match, where, in what tone, and which words decided."""
    common = options.asked(
        ctx, config=config, database=database, output=output, color=color, quiet=quiet, verbose=verbose
    )
    moment = options.moment(now)
    from zoneinfo import ZoneInfo

    from ereputation import export, tables

    parsed = _asked_query(query, dialect, moment, ZoneInfo("UTC"))
    if parsed and (tree or (dialect and text is None)):
        typer.echo(str(parsed) if dialect and not tree else "\n".join(parsed.tree()))
        if text is None:
            return
    finder = _finder(common, parsed)
    chosen = options.chosen_format(common)
    console = options.console(common) if chosen in {"table", "plain"} else None
    for line in _lines(text):
        document = _document(line, moment)
        found = finder.find(document)
        lang, whole = finder.language(document), finder.whole(document)
        if console is None:
            record = export.explain_record(lang, whole, found.matches)
            if chosen == "json":
                record = {"schema": "ereputation/explain/1", **record}
            typer.echo(export.dump(record, indent=chosen == "json"))
        else:
            tables.print_explain(console, document, lang, whole, found.matches, plain=chosen == "plain")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(explain)
