"""``init``: a first configuration, from flags or from a few answers."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from ereputation import speech
from ereputation.cli import options
from ereputation.errors import UsageError
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ereputation.speech import Language
    from ereputation.starting.entries import Entry


_Read = TypeVar("_Read")


class _Tongue(StrEnum):
    """Languages of comments and screens."""

    fr = "fr"
    en = "en"


_STEPS = (
    ("check", N_("reaches every source")),
    ("scan", N_("the first reading never alerts: it becomes the baseline")),
    ("schedule cron", N_("prints the lines that let cron do it")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """What the user said, in options or on the terminal; None: nothing yet."""

    brands: tuple[str, ...]
    feeds: tuple[str, ...]
    pages: tuple[str, ...]
    opml: str | None
    contact: str | None
    presets: bool | None


def init(
    ctx: typer.Context,
    brand: Annotated[
        list[str] | None, typer.Argument(metavar="BRAND", help="Names to watch.", show_default=False)
    ] = None,
    feed: Annotated[
        list[str] | None, typer.Option("--feed", help="Address of a feed; may be repeated.")
    ] = None,
    page: Annotated[
        list[str] | None, typer.Option("--page", help="A web page whose feed is looked for; may be repeated.")
    ] = None,
    opml: Annotated[
        str | None, typer.Option("--opml", help="A feed reader's list of feeds; - for standard input.")
    ] = None,
    presets: Annotated[
        bool | None,
        typer.Option("--presets/--no-presets", help="Search Google News for each brand; by default, yes."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to write; by default --config, else ereputation.yaml."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option("--timezone", help="Such as Europe/Paris; by default, this machine's.")
    ] = None,
    language: Annotated[
        _Tongue | None, typer.Option("--language", help="Of comments and screens; by default, the locale's.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", help="E-mail address or web page, told to the servers you read."),
    ] = None,
    baseline: Annotated[
        bool | None,
        typer.Option(
            "--baseline/--no-baseline",
            help="Read every source once, silently, as what is usual; by default, on a terminal only.",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file that is there.")] = False,
    config: options.ConfigFile = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Write a commented configuration; on a terminal, ask for what the options do not say."""
    common = options.asked(ctx, config=config, quiet=quiet)
    moment = options.moment(now)
    path = output or common.config or Path("ereputation.yaml")
    from ereputation.starting import entries, machine, wording, writing

    if not force and os.path.lexists(path):
        raise writing.already_there(path)
    zone = options.zone(timezone, "--timezone").key if timezone else machine.zone(os.environ)
    tongue: Language = language.value if language else speech.language()
    speech.use(tongue)
    said = _Answers(
        brands=tuple(name for one in brand or () if (name := one.strip())),
        feeds=tuple(feed or ()),
        pages=tuple(page or ()),
        opml=opml,
        contact=contact,
        presets=presets,
    )
    on_terminal = sys.stdin.isatty() and sys.stderr.isatty()
    if on_terminal:
        said = _ask(said)
    if not said.brands:
        raise UsageError(_('init: name at least one brand, as in: ereputation init "Air France"'))
    read = _entries(said, moment)
    beginning = wording.Beginning(
        brands=tuple(dict.fromkeys(said.brands)),
        entries=entries.once(read),
        presets=said.presets is not False,
        timezone=zone,
        language=tongue,
        contact=said.contact or "",
    )
    private = any(entry.secret for entry in read)
    written = writing.write(path, wording.text(beginning), environ=os.environ, private=private, force=force)
    if not common.quiet:
        _tell(path, zone=zone, brands=len(written.brands), sources=len(written.sources))
    if written.sources and (on_terminal if baseline is None else baseline):
        _first_reading(replace(common, config=path), moment)


def _first_reading(common: options.Common, moment: datetime) -> None:
    """What every source holds now is what is usual; what could not be read is said, and read by the next scan."""
    from ereputation.cli.scan import Asked, one_pass

    one_pass(common, options.load(common), Asked(baseline=True), now=moment)


def _ask(said: _Answers) -> _Answers:
    """A few questions, on standard error: only for what the options do not say."""
    from ereputation.config.values import contact
    from ereputation.starting.discovery import web_page

    if not said.brands:
        said = replace(said, brands=_answer(_("Which brand? (several: separate them with commas)"), _names))
    if said.contact is None:
        said = replace(
            said,
            contact=_answer(
                _("Your e-mail address, told to the servers you read (Enter: none)"),
                lambda text: contact(text) if text else "",
            ),
        )
    if not (said.pages or said.feeds or said.opml):
        pages = _answer(
            _("A site or a feed to read (Enter: none)"), lambda text: (web_page(text),) if text else ()
        )
        said = replace(said, pages=pages)
    if said.presets is None:
        said = replace(said, presets=_answer(_("Search Google News, too? [Y/n]"), _is_yes))
    return said


def _answer(question: str, read: Callable[[str], _Read]) -> _Read:
    """What ``read`` makes of one line; asked again while it refuses."""
    while True:
        text = options.ask(question)
        try:
            return read(text)
        except (ValueError, UsageError) as error:
            typer.echo(_("Error: {what}").format(what=error), err=True)


def _names(text: str) -> tuple[str, ...]:
    if not (names := tuple(name.strip() for name in text.split(",") if name.strip())):
        raise ValueError(_("expected at least one name"))
    return names


def _is_yes(text: str) -> bool:
    if text.lower() not in {"", "y", "yes", "o", "oui", "n", "no", "non"}:
        raise ValueError(_("expected y, o or n"))
    return not text.lower().startswith("n")


def _entries(said: _Answers, moment: datetime) -> list[Entry]:
    """Feeds as given, from the list of a feed reader, and behind pages; what could not be reached is said."""
    from ereputation.cli.sources import outlines
    from ereputation.starting import discovery
    from ereputation.starting.entries import Entry

    found = [Entry(url=url.strip(), typed=True) for url in said.feeds]
    found += outlines(said.opml) if said.opml else []
    pages = [discovery.web_page(page) for page in said.pages]
    for seen in discovery.discover(pages, contact=said.contact or "", now=moment) if pages else ():
        found += [Entry(url=seen.best.url, note=seen.best.title)] if seen.best else []
        if not seen.best:
            for fault in seen.faults:
                options.complain(_("warning: {what}").format(what=fault))
    return found


def _tell(path: Path, *, zone: str, brands: int, sources: int) -> None:
    typer.echo(
        _("written: {path}, brands: {brands}, sources: {sources}; time zone: {zone} (--timezone)").format(
            path=path, brands=brands, sources=sources, zone=zone
        )
    )
    typer.echo(_("Next:"))
    named = "" if str(path) == "ereputation.yaml" else f" -c {shlex.quote(str(path))}"
    steps = [(f"ereputation{named} {step}", meaning) for step, meaning in _STEPS]
    width = max(len(step) for step, _meaning in steps)
    for step, meaning in steps:
        typer.echo(f"  {step:<{width}}  # {_(meaning)}")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(init)
