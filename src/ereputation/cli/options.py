"""Options every command shares, and what a command starts from.

An option may stand before or after the command's name; after it wins. Precedence: flag, environment, file, default.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation import speech
from ereputation.cli import completing
from ereputation.errors import UsageError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from zoneinfo import ZoneInfo

    from rich.console import Console

    from ereputation.config import Config
    from ereputation.database import Database as Whereabouts
    from ereputation.figures import Period
    from ereputation.store import Store


class OutputFormat(StrEnum):
    """How results are written to standard output."""

    table = "table"
    plain = "plain"
    json = "json"
    ndjson = "ndjson"
    csv = "csv"


class ColorWhen(StrEnum):
    """When colours are used."""

    auto = "auto"
    always = "always"
    never = "never"


class ToneLabel(StrEnum):
    """Sentiment to keep."""

    negative = "negative"
    neutral = "neutral"
    positive = "positive"


class StatusLabel(StrEnum):
    """Where a mention stands."""

    new = "new"
    seen = "seen"
    handled = "handled"
    ignored = "ignored"


ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        help="Configuration file.",
        envvar="EREPUTATION_CONFIG",
        show_envvar=True,
        readable=False,  # not looked at by Typer: who reads it says what is the matter
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--database",
        help="File, or postgresql://user@host/name, instead of the configuration's.",
        envvar="EREPUTATION_DATABASE",
        metavar="PATH|URL",
    ),
]
Format = Annotated[
    OutputFormat | None,
    typer.Option("--format", help="Default: table on a terminal, plain elsewhere."),
]
Color = Annotated[ColorWhen | None, typer.Option("--color", help="Default: auto; NO_COLOR is obeyed.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only what is new and matters.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on standard error.")]
Brand = Annotated[
    list[str] | None,
    typer.Option("--brand", help="Only this brand; may be repeated.", autocompletion=completing.brands),
]
Since = Annotated[str | None, typer.Option("--since", help="From: 2d, 12h, 2011-03-11, 2011-03-11T14:00.")]
Until = Annotated[str | None, typer.Option("--until", help="To (excluded); the same forms as --since.")]
Sentiment = Annotated[
    list[ToneLabel] | None, typer.Option("--sentiment", help="Only this sentiment; may be repeated.")
]
Source = Annotated[
    list[str] | None,
    typer.Option("--source", help="Only this source; may be repeated.", autocompletion=completing.sources),
]
Status = Annotated[
    list[StatusLabel] | None,
    typer.Option("--status", help="Only mentions that stand so; may be repeated."),
]
Now = Annotated[str | None, typer.Option("--now", hidden=True, help="Pretend it is this moment (ISO 8601).")]


def typed_version(callback: Callable[[bool], None]) -> Any:
    """The eager ``--version`` flag, answered by ``callback``."""
    return Annotated[
        bool, typer.Option("--version", callback=callback, is_eager=True, help="Show the version.")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What was asked by the shared options; None means: not asked."""

    config: Path | None = None
    database: str | None = None
    output: OutputFormat | None = None
    color: ColorWhen | None = None
    quiet: bool = False
    verbose: bool = False


def asked(ctx: typer.Context, **given: Any) -> Common:
    """The options given after the command's name over those given before it; the environment gives way to both."""
    before = ctx.find_root().obj or Common()

    def chosen(name: str) -> Any:
        here, there = given.get(name), getattr(before, name)
        # The environment was asked before the command's name, and is asked again after it.
        return there or here if _from_environment(ctx, name) else here or there

    return Common(**{f.name: chosen(f.name) for f in fields(Common)})


def _from_environment(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "ENVIRONMENT"


def complain(text: str) -> None:
    """Say something on standard error, made safe for a terminal."""
    from ereputation.text import neutralise

    typer.echo(neutralise(f"ereputation: {text}"), err=True)


def ask(question: str) -> str:
    """One line typed in answer to a question on standard error; KeyboardInterrupt at the end of what can be typed."""
    from ereputation import words

    asked_for = words.labelled(question, "")
    try:
        answer: str = typer.prompt(
            asked_for, default="", show_default=False, value_proc=str, err=True, prompt_suffix=""
        )
    except typer.Abort:
        raise KeyboardInterrupt from None
    return answer.strip()


def load(common: Common, *, warn: bool = False) -> Config:
    """The configuration that was asked for, or the one that is found; with ``warn``, what is odd goes to standard error."""
    from ereputation import config as configuration

    path = configuration.find(common.config, environ=os.environ, cwd=Path.cwd())
    speech.use(speech.wanted(os.environ, configuration.spoken(path)))  # also of the faults of this very file
    loaded = configuration.load(path, environ=os.environ)
    if warn and not common.quiet:
        for warning in loaded.warnings:
            complain(_("warning: {what}").format(what=warning))
    return loaded


def database(common: Common, config: Config) -> Whereabouts:
    """Where the data lives: the flag, else the file's key."""
    from ereputation.database import database as named
    from ereputation.database import is_server

    if common.database and "://" in common.database and not is_server(common.database):
        raise UsageError(  # which does not repeat it: a mistyped address may hold a password
            _(
                "--database: expected the path of a file, such as ereputation.db, or postgresql://user@host/name"
            )
        )
    return named(common.database) if common.database else config.database_path


def open_store(common: Common, config: Config, *, read_only: bool = False) -> Store:
    """The store of this configuration."""
    from ereputation.store import Store

    return Store.open(database(common, config), read_only=read_only)


def moment(text: str | None) -> datetime:
    """``--now``, or the clock: the only place it is read."""
    if text is None:
        return datetime.now(UTC)
    try:
        now = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            _("--now: expected a moment such as 2011-03-13T14:00:00+01:00, not {text!r}").format(text=text)
        ) from None
    if not 1970 < now.year < 9000:
        raise UsageError(_("--now: {text!r} is too far away to reckon with").format(text=text))
    return (now if now.tzinfo else now.replace(tzinfo=UTC)).astimezone(UTC)


_AGO = re.compile(r"(\d{1,6})\s*([mhdjw])", re.IGNORECASE)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "j": "days", "w": "weeks"}


def instant(text: str | None, *, option: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """``2d`` before ``now``, or a date or time in ``zone``; None when nothing was asked."""
    if text is None:
        return None
    try:
        if ago := _AGO.fullmatch(text.strip()):
            return now - timedelta(**{_UNITS[ago[2].lower()]: int(ago[1])})
        when = datetime.fromisoformat(text.strip())
        return (when if when.tzinfo else when.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError:
        raise UsageError(
            _("{option}: {text!r} lies outside the calendar").format(option=option, text=text)
        ) from None
    except ValueError:
        raise UsageError(
            _("{option}: expected 2d, 12h, 2011-03-11 or 2011-03-11T14:00, not {text!r}").format(
                option=option, text=text
            )
        ) from None


def stretch(
    since: str | None, until: str | None, *, now: datetime, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    """What ``--since`` and ``--until`` name, None where nothing was asked; UsageError for what ends before it begins."""
    begin = instant(since, option="--since", now=now, zone=zone)
    end = instant(until, option="--until", now=now, zone=zone)
    if begin and end and begin >= end:
        raise UsageError(
            _("--since: {since!r} does not lie before the end of the period").format(since=since)
        )
    return begin, end


def period(
    since: str | None, until: str | None, *, length: timedelta, now: datetime, zone: ZoneInfo
) -> Period:
    """What ``--since`` and ``--until`` ask for: by default the last ``length``; never beyond ``now``."""
    from ereputation.figures import Period

    begin, end = stretch(since, until, now=now, zone=zone)
    end = min(end, now) if end else now
    if begin is None:
        return Period.lately(end, length)
    if begin >= end:
        raise UsageError(
            _("--since: {since!r} does not lie before the end of the period").format(since=since)
        )
    return Period.of(begin, end)


def chosen_format(common: Common) -> str:
    """The format asked for; else a table on a terminal and plain text elsewhere."""
    return choose_format(common.output.value if common.output else None, is_tty=sys.stdout.isatty())


def form_without_csv(common: Common, command: str) -> str:
    """``chosen_format`` of a command that has no table to give. Raises UsageError for CSV."""
    if (form := chosen_format(common)) == "csv":
        raise UsageError(_("{command}: --format is table, plain, json or ndjson").format(command=command))
    return form


def choose_format(requested: str | None, *, is_tty: bool) -> str:
    """The format asked for; else ``table`` on a terminal and ``plain`` elsewhere (a dumb terminal is elsewhere)."""
    if requested:
        return requested
    return "table" if is_tty and os.environ.get("TERM") != "dumb" else "plain"


def console(common: Common) -> Console:
    """A console on standard output, dressed as asked."""
    from ereputation.tables import stdout_console

    return stdout_console(common.color.value if common.color else "auto")


def selected_brands(config: Config, wanted: list[str] | None) -> list[str]:
    """The names asked for, checked against the configuration; all of them when none was asked."""
    import difflib

    names = [brand.name for brand in config.brands]
    if not wanted:
        return names
    folded = {completing.plain(name): name for name in names}
    chosen = []
    for name in wanted:
        if completing.plain(name) not in folded:
            close = difflib.get_close_matches(name, names, 1)
            known = (
                _("did you mean {close!r}?").format(close=close[0])
                if close
                else _("known brands: {names}").format(names=", ".join(names))
            )
            raise UsageError(
                _("--brand: no brand is called {name!r}; {known}").format(name=name, known=known)
            )
        chosen.append(folded[completing.plain(name)])
    return chosen


def selected_sources(config: Config, stored: Iterable[str], wanted: list[str]) -> list[str]:
    """The names asked for, checked against the sources of the configuration and those that something is stored of."""
    names = list(dict.fromkeys([*(source.id for source in config.sources), *stored]))
    folded = {completing.plain(name): name for name in names}
    for name in wanted:
        if completing.plain(name) not in folded:
            from ereputation.scan import no_such_source

            raise no_such_source(name, names)
    return [folded[completing.plain(name)] for name in wanted]


def seconds(text: str | None, *, option: str) -> float:
    """A duration such as 30s or 5m in seconds; 0 when nothing was asked."""
    if text is None:
        return 0.0
    from ereputation import words
    from ereputation.durations import duration

    try:
        return duration(text)
    except ValueError as error:
        raise UsageError(words.labelled(option, str(error))) from None


def text_lines(name: str, option: str) -> Iterator[str]:
    """The lines of a file, or of standard input for ``-``, whatever their encoding and line ends."""
    from io import StringIO

    try:
        payload = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise UsageError(
            _("{option}: cannot read {name}: {reason}").format(
                option=option, name=name, reason=speech.reason(error)
            )
        ) from error
    if payload.isascii() and b"\0" not in payload:
        return StringIO(payload.decode("ascii"), newline=None)
    from ereputation.sources.encodings import decode

    return StringIO(decode(payload)[0], newline=None)


def zone(name: str, option: str) -> ZoneInfo:
    """A time zone by its name."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise UsageError(
            _("{option}: expected a name such as Europe/Paris, not {name!r}").format(option=option, name=name)
        ) from None
