"""A hit in full: the text with its matches and the words that made its tone, then everything known around it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from rich.columns import Columns
from rich.console import Group
from rich.table import Table
from rich.text import Text

from ereputation import triage, words
from ereputation.screen.rows import Inks, in_hand, spans_of
from ereputation.speech import _, n_
from ereputation.tables import marking
from ereputation.tables.single import document_rows, standing_rows
from ereputation.tables.styles import UNICODE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from rich.console import RenderableType

    from ereputation.config import Config
    from ereputation.model import Mention, Sentiment
    from ereputation.screen.finding import Full

_LONGEST = 30_000
"""Characters of a text that are shown."""
_WEIGHTS = 12
"""Words of the tone named at the head; the table below has all."""


def full(found: Full, config: Config, inks: Inks, *, now: datetime, zone: tzinfo) -> Iterator[RenderableType]:
    """What is shown of a hit, part after part."""
    _document, mentions, _spans = found.hit
    mention = found.mention or in_hand(mentions, ())
    tone = mention.match.sentiment if mention else found.tone
    yield _head(found, mention, tone, inks)
    yield Text()
    yield _words_of(found, tone, inks)
    yield Text()
    if tone and (why := _why(found, tone, inks)):
        yield why
        yield Text()
    yield _grid(_rows(found, mention, now, zone), inks)
    if mention and mention.corrected and (advice := _advice(mention, config)):
        yield Text()
        yield Text(_("So that the next ones are judged as you did, in ereputation.yaml:"), style=inks.soft)
        yield Text(marking.paragraphs(advice))


def _rows(found: Full, mention: Mention | None, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    yield from document_rows(found.hit[0], now, zone)
    if mention:
        yield from standing_rows(mention, found.copies, found.wait, now, zone)


def _head(found: Full, mention: Mention | None, tone: Sentiment | None, inks: Inks) -> Text:
    head = Text()
    if tone:
        head.append(f"{UNICODE.tone[tone.label]} {words.LABELS[tone.label]}", style=inks.tone(tone.label))
        head.append(f" {words.score(tone.score)}", style=inks.soft)
    if mention is None:
        head.append("   " + _("no brand was found in it"), style=inks.soft)
        return head
    if mention.corrected:
        head.append(" " + _("(set by a person)"), style=inks.soft)
    head.append(f"   {words.shown(mention.match.brand, 80)}", style="bold")
    if mention.match.media == "owned":
        head.append("   " + _("the brand itself speaks"), style=inks.soft)
    others = len(found.hit[1]) - 1
    if others > 0:
        said = n_("m: the other brand", "m: {count} other brands", others).format(count=others)
        head.append(f"   {said}", style=inks.soft)
    return head


def _words_of(found: Full, tone: Sentiment | None, inks: Inks) -> Text:
    """Title and text, in layers: matches, words that weighed, what was said of the brand."""
    document = found.hit[0]
    content = document.content
    end = min(len(content), _LONGEST)
    layers: list[tuple[int, int, str]] = []
    if document.title and document.text:
        layers.append((0, len(document.title), "bold"))
    if tone:
        layers += [(w.start, w.end, f"italic {inks.tone(_side(w.weight))}") for w in tone.words]
    layers += [(start, stop, inks.match) for start, stop in spans_of(found.hit)]
    edges = sorted({0, end, *(min(end, max(0, edge)) for layer in layers for edge in layer[:2])})
    text = Text(overflow="fold")
    places = {0: 0}
    for start, stop in pairwise(edges):
        part = marking.paragraphs(content[start:stop])
        text.append(part)
        places[stop] = len(text.plain)
    for start, stop, style in layers:
        text.stylize(style, places[min(end, max(0, start))], places[min(end, max(0, stop))])
    if end < len(content):
        text.append("…")
    return text


def _side(weight: float) -> str:
    return "negative" if weight < 0 else "positive" if weight > 0 else "neutral"


def _why(found: Full, tone: Sentiment, inks: Inks) -> RenderableType | None:
    """The words that weighed, and the clause they were looked for in."""
    parts: list[RenderableType] = []
    weighed = []
    for word in tone.words[:_WEIGHTS]:
        sign = UNICODE.tone[_side(word.weight)]
        because = words.because(word.rule, word.category)
        weight = f"{words.weight(word.weight)}{f' ({because})' if because else ''}"
        weighed.append(
            Text.assemble(
                (f"{sign} {words.shown(word.text, 60)} ", inks.tone(_side(word.weight))), (weight, inks.soft)
            )
        )
    if weighed:
        parts.append(Columns(weighed, padding=(0, 3)))
    if tone.clause and tone.clause != (0, len(found.hit[0].content)):
        start, stop = tone.clause
        clause = words.shown(found.hit[0].content[start:stop], 400)
        said = _("said of the brand: “{clause}”").format(clause=clause)
        parts.append(Text(said, style=inks.soft, overflow="fold"))
    return Group(*parts) if parts else None


def _grid(rows: Iterator[tuple[str, str]], inks: Inks) -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, said in rows:
        if said:
            grid.add_row(Text(label, style=inks.soft), Text(said, overflow="fold"))
    return grid


def _advice(mention: Mention, config: Config) -> str:
    return triage.yaml([triage.lesson(mention, mention.match.sentiment.label, config)])
