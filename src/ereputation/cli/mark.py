"""``mark`` and ``show``: triage, corrections, and one mention, story or alert in full."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ereputation import words
from ereputation.cli import completing, options
from ereputation.errors import UsageError
from ereputation.speech import _, n_

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ereputation.config import Config
    from ereputation.model import Mention
    from ereputation.store import Store
    from ereputation.triage import Taught


class Tone(StrEnum):
    """What a person says the tone is."""

    negative = "negative"
    neutral = "neutral"
    positive = "positive"


Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID",
        help="Mentions (412), whole stories (s17) or ranges (412-418), as `export` lists them.",
    ),
]


def mark(
    ctx: typer.Context,
    ids: Ids,
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    quiet: options.Quiet = False,
    status: Annotated[options.StatusLabel | None, typer.Option("--status", help="Where it stands.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="A note; empty removes it.")] = None,
    by: Annotated[str | None, typer.Option("--by", help="Who takes care of it.")] = None,
    sentiment: Annotated[
        Tone | None,
        typer.Option("--sentiment", help="Correct the tone of the mention and of its near-duplicates."),
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Take the correction of the tone back.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take the latest change back: all that it changed, as it was.")
    ] = False,
    now: options.Now = None,
) -> None:
    """Note what you decided about mentions; a corrected tone counts at once, in every figure and alert to come."""
    common = options.asked(ctx, config=config, database=database, output=output, quiet=quiet)
    form = options.form_without_csv(common, "mark")
    if sentiment and forget:
        raise UsageError(_("mark: --sentiment sets a correction, --forget takes it back; give one of them"))
    decided = status is not None or note is not None or by is not None or sentiment is not None or forget
    if undo:
        if decided:
            raise UsageError(_("mark: --undo takes a change back; give it alone"))
        _undo(common, ids, form)
        return
    if not decided:
        raise UsageError(
            _("mark: nothing to note; give --status, --note, --by, --sentiment, --forget or --undo")
        )
    loaded = options.load(common)
    from ereputation import export, triage
    from ereputation.finder import Finder

    with options.open_store(common, loaded) as store:
        chosen = triage.mentions_of(store, ids)
        told = store.near_duplicates(chosen) if sentiment or forget else chosen
        store.mark(
            chosen,
            status=status.value if status else None,
            note=note,
            by=by,
            label=sentiment.value if sentiment else "" if forget else None,
            copies=told,
            at=options.moment(now),
        )
        lessons: list[triage.Lesson] = []
        if sentiment:
            # One lesson a text: the copies of a story teach the same.
            texts = {mention.story: mention for mention in _read(store, chosen)}.values()
            lessons = [triage.lesson(mention, sentiment.value, loaded) for mention in texts]
        taught: list[triage.Taught] = []
        if sentiment or forget:
            finder = Finder.of(loaded, store.corrections())
            taught = triage.taught(store, {w.name: w.learnt for w in finder.watched}, chosen)
    if form in {"json", "ndjson"}:
        record = {
            "schema": "ereputation/mark/1",
            "mentions": chosen,
            "near_duplicates": sorted(set(told) - set(chosen)),
            "suggestions": [
                {
                    "mention_id": one.mention,
                    "brand": one.brand,
                    "neutral": one.words,
                    one.label: one.candidates,
                }
                if one.candidates
                else {"mention_id": one.mention, "brand": one.brand, "neutral": one.words}
                for one in lessons
            ],
            "learnt": [
                {"brand": one.brand, "word": one.word, "factor": one.factor, "corrections": one.corrections}
                for one in taught
            ],
        }
        typer.echo(export.dump(record, indent=form == "json"))
        return
    if not common.quiet:
        _tell(
            len(chosen),
            len(told) - len(chosen),
            [*_taught(taught)],
            triage.yaml(lessons),
            corrected=bool(sentiment),
        )


def _taught(taught: list[Taught]) -> Iterator[str]:
    """What the next mentions of a brand are judged by, other than the words of the configuration."""
    from ereputation.text import neutralise

    for one in taught:
        said = (
            _("Learnt for {brand}: {word!r} weighs nothing from now on (--forget undoes it).")
            if not one.factor
            else _("Learnt for {brand}: {word!r} weighs {share} of what it did (--forget undoes it).")
        )
        yield neutralise(said.format(brand=one.brand, word=one.written, share=words.percent(one.factor)))


def _undo(common: options.Common, ids: list[str], form: str) -> None:
    """Put mentions back to where they stood before their latest change."""
    loaded = options.load(common)
    from ereputation import export, triage

    with options.open_store(common, loaded) as store:
        restored = store.unmark(triage.mentions_of(store, ids))
    if form in {"json", "ndjson"}:
        typer.echo(export.dump({"schema": "ereputation/mark/1", "restored": restored}, indent=form == "json"))
    elif not restored:
        options.complain(_("nobody has changed anything there: nothing to undo"))
    elif not common.quiet:
        count = len(restored)
        typer.echo(
            n_("{count} mention put back", "{count} mentions put back", count).format(
                count=words.count(count)
            )
        )
    if not restored:
        raise typer.Exit(1)


def _tell(marked: int, more: int, taught: list[str], snippet: str, *, corrected: bool) -> None:
    from ereputation.text import neutralise

    said = n_("{count} mention marked", "{count} mentions marked", marked).format(count=words.count(marked))
    if more:
        said = n_(
            "{said}, and {more} near-duplicate with the same story",
            "{said}, and {more} near-duplicates with the same story",
            more,
        ).format(said=said, more=words.count(more))
    typer.echo(said)
    for line in taught:
        typer.echo(line)
    if snippet:
        typer.echo("\n" + _("So that the next ones are judged as you did, in ereputation.yaml:") + "\n")
        typer.echo(neutralise(snippet))
    if corrected and not snippet:
        typer.echo(_("No word weighed the other way: there is nothing to change in the configuration."))


def _read(store: Store, numbers: list[int]) -> list[Mention]:
    return [mention for number in numbers if (mention := store.mention(number))]


def show(
    ctx: typer.Context,
    name: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="A mention (412), a story (s17) or an alert (a3).",
            autocompletion=completing.alerts,
        ),
    ],
    config: options.ConfigFile = None,
    database: options.Database = None,
    output: options.Format = None,
    color: options.Color = None,
    quiet: options.Quiet = False,
    now: options.Now = None,
) -> None:
    """Everything about one mention, one story or one alert."""
    common = options.asked(ctx, config=config, database=database, output=output, color=color, quiet=quiet)
    form = options.form_without_csv(common, "show")
    moment = options.moment(now)
    loaded = options.load(common)
    with options.open_store(common, loaded, read_only=True) as store:
        if name.strip()[:1] in {"a", "A"}:
            _show_alert(common, loaded, store, name, form, moment)
        else:
            _show_mentions(common, loaded, store, name, form, moment)


def _show_alert(
    common: options.Common, config: Config, store: Store, name: str, form: str, now: datetime
) -> None:
    from ereputation import export, reporting, tables

    alert = store.alert(name)
    if alert is None:
        raise UsageError(_("there is no alert {id!r}; `ereputation alerts` lists them").format(id=name))
    decisions = store.decisions(alert)
    if form in {"json", "ndjson"}:
        record = {
            "schema": "ereputation/show/1",
            "alert": export.alert_record(alert, config.timezone),
            "decisions": [export.handling_record(one, config.timezone) for one in decisions],
        }
        typer.echo(export.dump(record, indent=form == "json"))
        return
    curves = reporting.curves(config, store, [alert]) if form == "table" else {}
    tables.print_alerts(
        options.console(common),
        [alert],
        now=now,
        zone=config.timezone,
        plain=form == "plain",
        curves=curves,
    )
    for one in decisions[:-1]:
        typer.echo(_("  Before: {said}").format(said=tables.handling_line(one, now, config.timezone)))


def _show_mentions(
    common: options.Common, config: Config, store: Store, name: str, form: str, now: datetime
) -> None:
    from ereputation import export, responding, tables, triage

    zone = config.timezone
    found = _read(store, triage.mentions_of(store, [name]))
    brands = {brand.name: brand for brand in config.brands}
    waits = {
        m.id: responding.wait_of(config, store, brands[m.match.brand], m, now=now)
        for m in found
        if m.match.brand in brands
    }
    if form in {"json", "ndjson"}:
        records: list[dict[str, Any]] = []
        for mention in found:
            wait = waits.get(mention.id)
            records.append(
                {
                    **export.mention_record(mention, zone),
                    "text": mention.document.text,
                    "categories": mention.match.sentiment.categories,
                    "corrected": mention.corrected,
                    "by": mention.by,
                    "response": export.wait_record(wait, zone) if wait else None,
                    "history": [export.marking_record(one, zone) for one in store.markings(mention.id)],
                }
            )
        export.write_json(sys.stdout, records, schema="show", key="mentions", lines=form == "ndjson")
        return
    for mention in found:
        copies = _read(store, store.near_duplicates([mention.id]))
        tables.print_mention(
            options.console(common),
            mention,
            copies,
            waits.get(mention.id),
            now=now,
            zone=zone,
            plain=form == "plain",
        )
        for one in store.markings(mention.id):
            typer.echo(f"  {tables.marking_line(one, now, zone)}")


def add_to(app: typer.Typer) -> None:
    """Register the commands of this file."""
    app.command()(mark)
    app.command()(show)
