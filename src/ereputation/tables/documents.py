"""Search results and mentions: when, who, in what tone, and the words around the match."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import words
from ereputation.speech import _
from ereputation.tables import marking
from ereputation.tables.consoles import put_lines
from ereputation.tables.styles import MATCH, TONE, signs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import tzinfo

    from rich.console import Console
    from rich.text import Text

    from ereputation.model import Document, Mention, Span
    from ereputation.tables.styles import Signs

    Hit = tuple[Document, Sequence[Mention], Sequence[Span]]

_EXCERPT = 240
"""Characters of text around a match."""


def _spans(mentions: Sequence[Mention], spans: Sequence[Span]) -> Sequence[Span]:
    """The search's own matches, else the brands'."""
    if spans or not mentions:
        return spans
    merged: list[Span] = []
    for start, end in sorted(span for mention in mentions for span in mention.match.spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _byline(document: Document) -> str:
    author = words.shown(document.author_name, 60)
    if not author and (handle := words.shown(document.author_handle, 60).lstrip("@")):
        author = f"@{handle}"
    source = words.shown(document.source, 60) or words.shown(document.site, 60)
    return f"{source}, {author}" if author and author != source else source


def _standing(document: Document, mentions: Sequence[Mention]) -> list[str]:
    """What a person or the story adds: copies, triage, notes, owned media; or that it is not stored."""
    said = [] if document.id else [_("not stored")]
    if any(m.match.media == "owned" for m in mentions):
        said.append(_("the brand itself"))
    if (copies := max((m.copies for m in mentions), default=1)) > 1:
        said.append(words.amount(copies, "copy", "copies"))
    said += [words.STATUSES[m.status] for m in mentions if m.status != "new"][:1]
    said += [words.shown(m.note, 120) for m in mentions if m.note][:1]
    return said


def document_lines(hits: Iterable[Hit], zone: tzinfo) -> Iterator[str]:
    """One line per document, fields two spaces apart: time, tone, brands, source, title, address, text, standing."""
    for document, mentions, given in hits:
        spans = _spans(mentions, given)
        tones: list[str] = [m.match.sentiment.label for m in mentions] or [document.label]
        fields = (
            words.stamp(document.published, zone),
            ", ".join(words.LABELS[tone] for tone in tones),
            ", ".join(words.shown(m.match.brand, 80) for m in mentions),
            _byline(document),
            marking.plain(marking.title(document, spans, 2000)),
            words.shown(document.url, 4000),
            marking.plain(marking.excerpt(document, spans, _EXCERPT)),
            ", ".join(_standing(document, mentions)),
        )
        filled = [field or "-" for field in fields[:7]]
        yield "  ".join([*filled, *([f"[{fields[7]}]"] if fields[7] else [])])


def print_documents(
    console: Console, hits: Iterable[Hit], *, zone: tzinfo, plain: bool = False, numbered: int | None = None
) -> int:
    """Print search results in the order they come, matches highlighted, and say how many.

    ``numbered``: each with a number to call it by, the first with this one; None: without.
    """
    shown, day = 0, ""
    marks = signs(console)
    for hit in hits:
        called = "" if numbered is None else f"{numbered + shown}  "
        shown += 1
        if plain:
            put_lines(console, (f"{called}{line}" for line in document_lines([hit], zone)))
            continue
        today = words.day(hit[0].published, zone)
        if today != day:
            console.print(_heading(today))
            day = today
        for line in _dressed(*hit, zone=zone, marks=marks, called=called):
            console.print(line)
        _print_url(console, hit[0])
    return shown


def print_mentions(
    console: Console, mentions: Iterable[Mention], *, zone: tzinfo, plain: bool = False
) -> int:
    """Print mentions as ``print_documents`` does, one brand each."""
    hits = ((mention.document, (mention,), mention.match.spans) for mention in mentions)
    return print_documents(console, hits, zone=zone, plain=plain)


def _heading(day: str) -> Text:
    from rich.text import Text

    return Text(f"{day}\n", style="bold")


def _joined(found: Sequence[marking.Piece], style: str) -> Text:
    from rich.text import Text

    text = Text(overflow="fold")
    for part, match in found:
        text.append(part, style=MATCH if match else style)
    return text


def _print_url(console: Console, document: Document) -> None:
    """The address on one line, however long: the terminal wraps it, and it can still be opened and copied."""
    from rich.text import Text

    if url := words.shown(document.url, 4000):
        console.print(Text(f"       {url}", style="dim"), soft_wrap=True)
    console.print()


def _dressed(
    document: Document,
    mentions: Sequence[Mention],
    given: Sequence[Span],
    *,
    zone: tzinfo,
    marks: Signs,
    called: str,
) -> Iterator[object]:
    from rich.padding import Padding
    from rich.text import Text

    spans = _spans(mentions, given)
    head = Text.assemble(
        (called, "dim"), (words.hour(document.published, zone), "bold"), "  ", overflow="fold"
    )
    for mention in mentions:
        tone = mention.match.sentiment.label
        head.append(f"{marks.tone[tone]} {words.LABELS[tone]} ", style=TONE[tone])
        head.append(f"{words.shown(mention.match.brand, 80)}  ", style="bold")
    if not mentions:
        sign = f"{marks.tone[document.label]} {words.LABELS[document.label]}".strip()
        head.append(f"{sign}  ", style=TONE[document.label])
    head.append(marks.dot.strip() + " " + _byline(document), style="dim")
    if standing := _standing(document, mentions):
        head.append(f"  [{', '.join(standing)}]", style="italic")
    head.rstrip()
    yield head
    if found := marking.title(document, spans):
        yield Padding(_joined(found, "bold"), (0, 0, 0, 7), expand=False)
    if found := marking.excerpt(document, spans, _EXCERPT):
        yield Padding(_joined(found, ""), (0, 0, 0, 7), expand=False)
