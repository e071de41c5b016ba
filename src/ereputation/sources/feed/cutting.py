"""A feed cut at its entries, so that only those that were not read before, byte for byte, are parsed.

Where a document cannot be cut safely it is left whole: other encodings than UTF-8, entities of its own, entries within
entries or apart from each other, CDATA or comments that cross an edge, a missing end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

DIGEST = 8
"""Bytes that stand for an entry."""
_MOST = 2_000
"""Entries whose digests are worth keeping."""
_FIRST = re.compile(rb"<((?:\w{1,20}:)?(?:item|entry))[\s>]")
_SECTIONS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"))
_BLANK = re.compile(rb"\s*")
_END = re.compile(rb"\s*(?:</[\w:]{1,40}\s*>\s*)?</(?:\w{1,20}:)?(?:rss|feed|RDF|rdf)\s*>\s*\Z")


@dataclass(frozen=True, slots=True)
class Cut:
    """A document without the entries that were read before."""

    payload: bytes
    digests: tuple[bytes, ...]
    """Of every entry, in their order."""
    left: int
    """Entries that are still there."""


def cut(body: bytes, seen: Collection[bytes]) -> Cut | None:
    """``body`` without the entries whose digests are in ``seen``; None where it has to stay whole."""
    pieces = split(body)
    if pieces is None:
        return None
    head, entries, tail = pieces
    digests = tuple(sha256(entry).digest()[:DIGEST] for entry in entries)
    left = [entry for entry, digest in zip(entries, digests, strict=True) if digest not in seen]
    return Cut(b"".join((head, *left, tail)), digests, len(left))


def split(body: bytes) -> tuple[bytes, list[bytes], bytes] | None:
    """Head, entries and tail; None where cutting would not be safe."""
    first = _FIRST.search(body)
    if first is None or not _is_utf8(body):
        return None
    head = body[: first.start()]
    if b"<!ENTITY" in head or not _closed(head):
        return None
    opening, closing = b"<" + first[1], b"</" + first[1] + b">"
    sections = [marks for marks in _SECTIONS if marks[0] in body]
    entries: list[bytes] = []
    start = end = first.start()
    while _opens(body, opening, start) and (found := body.find(closing, start)) >= 0:
        end = found + len(closing)
        entry = body[start:end]
        if not _closed(entry, sections) or len(entries) == _MOST:
            return None
        entries.append(entry)
        start = _BLANK.match(body, end).end()  # type: ignore[union-attr]  # matches always
    tail = body[end:]
    if tail.lstrip().startswith(closing):
        return None  # an entry stood within another
    return (head, entries, tail) if entries and _END.match(tail) else None


def _is_utf8(body: bytes) -> bool:
    if b"\x00" in body[:400]:
        return False
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _opens(body: bytes, opening: bytes, start: int) -> bool:
    after = start + len(opening)
    return body.startswith(opening, start) and body[after : after + 1] in {b">", b" ", b"\n", b"\t", b"\r"}


def _closed(piece: bytes, sections: Iterable[tuple[bytes, bytes]] = _SECTIONS) -> bool:
    """Whether no CDATA section and no comment goes on beyond its end."""
    return all(piece.count(begin) == piece.count(end) for begin, end in sections)
