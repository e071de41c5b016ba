"""One mention in full: what was said, in what tone and why, its copies, what a person noted, and the brand's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import MATCH, TONE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.clock import Wait
    from ereputation.model import Document, Mention, Word

_LONGEST = 5_000
_COPIES = 10


def _word(word: Word) -> str:
    why = words.because(word.rule, word.category)
    return f"{words.shown(word.text, 80)} {words.weight(word.weight)}{f' ({why})' if why else ''}"


def _tone(mention: Mention) -> str:
    sentiment = mention.match.sentiment
    label = words.LABELS[sentiment.label]
    if mention.corrected:
        return _("{tone}, set by a person (the engine's score is {score})").format(
            tone=label, score=words.score(sentiment.score)
        )
    return f"{label} {words.score(sentiment.score)}"


def _author(document: Document) -> str:
    name, handle = words.shown(document.author_name, 80), words.shown(document.author_handle, 80).lstrip("@")
    return (
        f"{name} (@{handle})"
        if name and handle and handle not in name
        else name or (f"@{handle}" if handle else "")
    )


def _answer(wait: Wait | None, now: datetime, zone: tzinfo) -> str:
    if wait is None:
        return ""
    if wait.answer is None:
        said = (
            _("waits for an answer; asked {ago}")
            if wait.state == "waiting"
            else _("whether it was answered is not known; asked {ago}")
        ).format(ago=words.since(wait.mention.document.published, now))
        return _("{said}, late").format(said=said) if wait.late else said
    said = (
        _("answered {moment}, after {duration}")
        if wait.exact
        else _("answered in the same thread {moment}, after {duration}")
    ).format(moment=words.clock(wait.answer.published, zone, now), duration=words.duration(wait.seconds))
    if wait.late:
        said = _("{said}, late").format(said=said)
    return f"{said}  {words.shown(wait.answer.url)}".rstrip()


def mention_rows(
    mention: Mention, copies: Sequence[Mention], wait: Wait | None, now: datetime, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """A word and a sentence each; what there is nothing to say of is left out by the caller."""
    document, match = mention.document, mention.match
    content = document.content
    yield (
        _("Brand"),
        words.shown(match.brand, 80)
        + (f", {_('the brand itself speaks')}" if match.media == "owned" else ""),
    )
    yield from document_rows(document, now, zone)
    yield _("Found"), ", ".join(f"{words.shown(content[s:e], 80)} ({s}-{e})" for s, e in match.spans)
    yield _("Tone"), _tone(mention)
    yield _("Because of"), words.joined(map(_word, match.sentiment.words))
    yield from standing_rows(mention, copies, wait, now, zone)


def standing_rows(
    mention: Mention, copies: Sequence[Mention], wait: Wait | None, now: datetime, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """What it is about, what became of it, who else says so."""
    document, match = mention.document, mention.match
    yield _("About"), ", ".join(map(words.risk, match.sentiment.categories))
    yield (
        _("Reactions"),
        ", ".join(f"{words.shown(n, 40)} {words.count(v)}" for n, v in document.engagement.items()),
    )
    yield _("Answers"), words.shown(document.reply_to, 1000)
    yield _("Answered"), _answer(wait, now, zone)
    yield (
        _("Status"),
        _("{status}, by {who}").format(status=words.STATUSES[mention.status], who=words.shown(mention.by, 80))
        if mention.by
        else words.STATUSES[mention.status],
    )
    yield _("Note"), words.shown(mention.note, 2000)
    copies_of_it = words.amount(mention.copies, "copy", "copies") if mention.copies > 1 else _("no copies")
    yield _("Story"), f"s{mention.story}, {copies_of_it}"
    others = [copy for copy in copies if copy.document.id != document.id]
    for copy in others[:_COPIES]:
        where = words.shown(copy.document.source, 60)
        yield (
            _("Copy"),
            f"{words.clock(copy.document.published, zone, now)}  {where}  {words.shown(copy.document.url)}",
        )
    if len(others) > _COPIES:
        yield "", _("and {count} more").format(count=words.count(len(others) - _COPIES))


def document_rows(document: Document, now: datetime, zone: tzinfo) -> Iterator[tuple[str, str]]:
    """The same of a document in which no brand was found."""
    yield (
        _("Published"),
        f"{words.clock(document.published, zone, now)} ({words.since(document.published, now)})",
    )
    if document.date_confidence != "stated":
        yield "", _("the source gave no usable date or zone")
    yield _("First seen"), words.clock(document.first_seen, zone, now)
    yield _("Source"), f"{words.shown(document.source, 120)} ({document.kind})"
    yield _("Author"), _author(document)
    yield _("Address"), words.shown(document.url, 4000)


def _text(mention: Mention) -> list[marking.Piece]:
    content = mention.document.content
    end = min(len(content), _LONGEST)
    cut = [("…", False)] if end < len(content) else []
    return [*marking.pieces(content, mention.match.spans, 0, end), *cut]


def mention_lines(
    mention: Mention, copies: Sequence[Mention], wait: Wait | None, *, now: datetime, zone: tzinfo
) -> Iterator[str]:
    """The mention in plain lines."""
    yield words.labelled(_("mention {id}").format(id=mention.id), marking.plain(_text(mention)))
    for label, said in mention_rows(mention, copies, wait, now, zone):
        if said:
            yield f"  {words.labelled(label, said)}" if label else f"  {said}"


def print_mention(
    console: Console,
    mention: Mention,
    copies: Sequence[Mention],
    wait: Wait | None,
    *,
    now: datetime,
    zone: tzinfo,
    plain: bool = False,
) -> None:
    """Print one mention in full; ``copies`` tell the same story, ``wait`` is what became of it as a question."""
    if plain:
        put_lines(console, mention_lines(mention, copies, wait, now=now, zone=zone))
        return
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    tone = mention.match.sentiment.label
    sign = signs(console).tone[tone]
    console.print(
        Text.assemble(
            (f"{sign} {words.LABELS[tone]}", TONE[tone]),
            (f"  {_('mention {id}').format(id=mention.id)}", "bold"),
        )
    )
    text = Text(overflow="fold")
    for part, found in _text(mention):
        text.append(part, style=MATCH if found else "")
    console.print(Padding(text, (1, 2), expand=False))
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, said in mention_rows(mention, copies, wait, now, zone):
        if said:
            grid.add_row(Text(label, style="dim"), Text(said, overflow="fold"))
    console.print(Padding(grid, (0, 0, 1, 2), expand=False))
