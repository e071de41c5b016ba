"""Text with its matches, cut to what fits, made harmless piece by piece so that every mark stays in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation.text import neutralise
from ereputation.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ereputation.model import Document, Span

Piece = tuple[str, bool]
"""Some text, and whether it is a match."""


_STUB = 12
"""Characters too few to be cut away at the beginning of a text."""


def _flat(raw: str) -> str:
    """``shown`` that keeps one space at either end, so that pieces join as they stood."""
    clean = neutralise(raw)
    inside = shown(clean, max(1, len(clean)))
    if not inside:
        return " " if clean else ""
    return f"{' ' if clean[0].isspace() else ''}{inside}{' ' if clean[-1].isspace() else ''}"


def paragraphs(raw: str) -> str:
    """Text made harmless that keeps its line breaks, and a space at either end of each line."""
    return "\n".join(map(_flat, neutralise(raw).split("\n")))


def pieces(content: str, spans: Sequence[Span], start: int, end: int) -> Iterator[Piece]:
    """``content[start:end]`` in pieces; ``spans`` are sorted and do not overlap."""
    at = start
    for first, last in spans:
        if last <= at:
            continue
        if first >= end:
            break
        if first > at and (before := _flat(content[at:first])):
            yield before, False
        if found := _flat(content[max(first, at) : min(last, end)]):
            yield found, True
        at = min(last, end)
    if at < end and (rest := _flat(content[at:end])):
        yield rest, False


def window(content: str, spans: Sequence[Span], start: int, end: int, width: int) -> Span:
    """About ``width`` characters of ``content[start:end]`` around the first match in it, cut between words."""
    if end - start <= width:
        return start, end
    first = next((s for s, e in spans if start <= s < end), start)
    left = max(start, min(first - width // 3, end - width))
    if left - start < _STUB:
        left = start
    if left > start:
        left = content.find(" ", left, first) + 1 or left
    right = min(end, left + width)
    if right < end:
        right = max(content.rfind(" ", left + width // 2, right), left + width // 2)
    return left, right


def title(document: Document, spans: Sequence[Span], limit: int = 300) -> list[Piece]:
    """The title with its matches; of a post without one, nothing."""
    end = min(len(document.title), limit)
    cut = [("…", False)] if end < len(document.title) else []
    return [*pieces(document.content, spans, 0, end), *cut]


def excerpt(document: Document, spans: Sequence[Span], width: int) -> list[Piece]:
    """What the text says around the first match, with an ellipsis where it was cut."""
    content = document.content
    start = len(document.title) + 1 if document.title and document.text else 0
    if not document.text:
        return []
    left, right = window(content, spans, start, len(content), width)
    before = [("…", False)] if left > start else []
    after = [("…", False)] if right < len(content) else []
    return [*before, *pieces(content, spans, left, right), *after]


def plain(found: Sequence[Piece]) -> str:
    """The pieces as one line without marks."""
    return " ".join("".join(text for text, _ in found).split())
