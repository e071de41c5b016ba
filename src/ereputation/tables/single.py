"""One mention in full: what was said, in what tone and why, its copies, what a person noted, and the brand's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import MATCH, TONE, signs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

    from rich.console import Console

    from ereputation.clock import Wait
    from ereputation.model import Mention, Word

_LONGEST = 5_000
_COPIES = 10


def _word(word: Word) -> str:
    why = ", ".join(words.shown(part, 60) for part in (word.rule, word.category) if part)
    return f"{words.shown(word.text, 80)} {word.weight:+.1f}{f' ({why})' if why else ''}"


def _tone(mention: Mention) -> str:
    sentiment = mention.match.sentiment
    label = words.LABELS[sentiment.label]
    if mention.corrected:
        return f"{label}, set by a person (the engine's score is {sentiment.score:+.2f})"
    return f"{label} {sentiment.score:+.2f}"


def _author(mention: Mention) -> str:
    document = mention.document
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
        said = "waits for an answer" if wait.state == "waiting" else "whether it was answered is not known"
        return f"{said}; asked {words.since(wait.mention.document.published, now)}{', late' if wait.late else ''}"
    at = words.clock(wait.answer.published, zone, now)
    how = "" if wait.exact else " in the same thread"
    late = ", late" if wait.late else ""
    return f"answered{how} {at}, after {words.duration(wait.seconds)}{late}  {words.shown(wait.answer.url)}".rstrip()


def mention_rows(
    mention: Mention, copies: Sequence[Mention], wait: Wait | None, now: datetime, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """A word and a sentence each; what there is nothing to say of is left out by the caller."""
    document, match = mention.document, mention.match
    content = document.content
    yield (
        "Brand",
        words.shown(match.brand, 80) + (", the brand itself speaks" if match.media == "owned" else ""),
    )
    yield (
        "Published",
        f"{words.clock(document.published, zone, now)} ({words.since(document.published, now)})",
    )
    if document.date_confidence != "stated":
        yield "", "the source gave no usable date or zone"
    yield "First seen", words.clock(document.first_seen, zone, now)
    yield "Source", f"{words.shown(document.source, 120)} ({document.kind})"
    yield "Author", _author(mention)
    yield "Address", words.shown(document.url, 4000)
    yield "Found", ", ".join(f"{words.shown(content[s:e], 80)} ({s}-{e})" for s, e in match.spans)
    yield "Tone", _tone(mention)
    yield "Because of", "; ".join(map(_word, match.sentiment.words))
    yield "About", ", ".join(words.shown(name, 40) for name in match.sentiment.categories)
    yield (
        "Reactions",
        ", ".join(f"{words.shown(n, 40)} {words.count(v)}" for n, v in document.engagement.items()),
    )
    yield "Answers", words.shown(document.reply_to, 1000)
    yield "Answered", _answer(wait, now, zone)
    yield "Status", mention.status + (f", by {words.shown(mention.by, 80)}" if mention.by else "")
    yield "Note", words.shown(mention.note, 2000)
    yield "Story", f"s{mention.story}, {words.amount(mention.copies, 'copy', 'copies')}"
    others = [copy for copy in copies if copy.document.id != document.id]
    for copy in others[:_COPIES]:
        where = words.shown(copy.document.source, 60)
        yield (
            "Copy",
            f"{words.clock(copy.document.published, zone, now)}  {where}  {words.shown(copy.document.url)}",
        )
    if len(others) > _COPIES:
        yield "", f"and {words.count(len(others) - _COPIES)} more"


def _text(mention: Mention) -> list[marking.Piece]:
    content = mention.document.content
    end = min(len(content), _LONGEST)
    cut = [("…", False)] if end < len(content) else []
    return [*marking.pieces(content, mention.match.spans, 0, end), *cut]


def mention_lines(
    mention: Mention, copies: Sequence[Mention], wait: Wait | None, *, now: datetime, zone: tzinfo
) -> Iterator[str]:
    """The mention in plain lines."""
    yield f"mention {mention.id}: {marking.plain(_text(mention))}"
    for label, said in mention_rows(mention, copies, wait, now, zone):
        if said:
            yield f"  {label}: {said}" if label else f"  {said}"


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
        Text.assemble((f"{sign} {words.LABELS[tone]}", TONE[tone]), (f"  mention {mention.id}", "bold"))
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
