"""What an index can do before the tree decides: a superset by words, and necessary conditions by field.

``index_terms`` writes a document's words as ASCII-safe, folded words joined by spaces, each of which SQLite's
``unicode61`` keeps as one. Whole tags and handles come last, after all words and parts, so that a phrase
through the parts of a tag is still a run of neighbours.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from ereputation.query.nodes import And, Field, Node, Not, Or, Period, Words, children
from ereputation.query.words import Zone
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from ereputation.model import Document
    from ereputation.query.boolean import Query
    from ereputation.query.nodes import Item


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the index, or any word that begins with ``text``."""

    text: str
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that follow each other."""

    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part."""

    parts: tuple[Pre, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part."""

    parts: tuple[Pre, ...]


Pre: TypeAlias = Term | Phrase | All | AnyOf
_MAX_DEPTH = 30
_MAX_PARTS = 1000


def index_terms(document: Document) -> str:
    """The words of title and text as one line for a full-text index."""
    words: list[str] = []
    wholes: list[str] = []
    for text in (document.title, document.text):
        known = _by_pieces(text)
        if known is not None:
            words.append(known)
            continue
        zone = Zone(text)
        words += map(indexed, zone.forms)
        wholes += (indexed(form) for token in zone.wholes for form in (token.form, token.full))
    return " ".join(filter(None, words + wholes))


_SIGNS = frozenset("#@&+")
_MOST_PIECES = 20_000
_LONGEST_PIECE = 60
_NEIGHBOURS = "\0"
"""Instead of the words of a piece, where what stands beside it has a say in them."""


class _Pieces(dict[str, str]):
    """Of what stands between blanks, the words: texts repeat themselves."""

    def __missing__(self, piece: str) -> str:
        words = _words_of(piece)
        if len(piece) <= _LONGEST_PIECE:
            if len(self) >= _MOST_PIECES:
                self.clear()
            self[piece] = words
        return words


_pieces = _Pieces()


def _by_pieces(text: str) -> str | None:
    """The words of a text without signs, cut at its blanks; None for another."""
    terms = " ".join(filter(None, map(_pieces.__getitem__, text.split())))
    return None if _NEIGHBOURS in terms else terms


def _words_of(piece: str) -> str:
    if not _SIGNS.isdisjoint(fold(piece)):
        return _NEIGHBOURS
    return " ".join(filter(None, map(indexed, Zone(piece).forms)))


def indexed(form: str) -> str:
    """The form with nothing but letters and digits that SQLite knows; other letters become their number."""
    if form.isascii():
        return form if form.isalnum() else "".join(filter(str.isalnum, form))
    return "".join(map(_safe_char, form))


def _safe_char(char: str) -> str:
    if not char.isalnum() and unicodedata.category(char)[0] != "M":
        return ""
    # SQLite's own tables stop at an older Unicode: what that one did not call a letter or digit is spelt out.
    known = char.isascii() or unicodedata.ucd_3_2_0.category(char)[0] in "LN"
    return char if known else f"u{ord(char):x}"


def preselection(query: Query) -> Pre | None:
    """A condition on ``index_terms`` that holds wherever the query matches; None when there is none."""
    return _select(query.root, 0)


def _select(node: Node, depth: int) -> Pre | None:
    if isinstance(node, Words):
        return _words(node)
    if isinstance(node, Not) or depth > _MAX_DEPTH:
        return None
    parts = [_select(part, depth + 1) for part in children(node)]
    return _any(parts) if isinstance(node, Or) else _all(parts)


def _all(parts: Iterable[Pre | None]) -> Pre | None:
    known = tuple(dict.fromkeys(part for part in parts if part))
    return All(known) if len(known) > 1 else known[0] if known else None


def _any(parts: Iterable[Pre | None]) -> Pre | None:
    known = []
    for part in parts:
        if part is None:
            return None
        known.append(part)
    unique = tuple(dict.fromkeys(known))
    if len(unique) > _MAX_PARTS:
        return None
    return AnyOf(unique) if len(unique) > 1 else unique[0]


def _words(leaf: Words) -> Pre | None:
    if len(leaf.items) == 1:
        forms = map(indexed, leaf.items[0].forms())
        return (
            _term(leaf.items[0])
            if leaf.items[0].wild
            else _any(Term(form) if form else None for form in forms)
        )
    terms = tuple(term for item in leaf.items if (term := _term(item)))
    if not terms:
        return None
    # Tags have no neighbours in the index and only the last word of a phrase may be a prefix there.
    loose = leaf.slop or any(item.sign or item.wild for item in leaf.items)
    together = _all(terms) if loose or len(terms) == 1 else Phrase(tuple(term.text for term in terms))
    return _any((together, Term(indexed(leaf.joined)))) if leaf.joined else together


def _term(item: Item) -> Term | None:
    text = indexed(item.prefix)
    return Term(text, prefix=item.wild) if text else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions every match fulfils, to ask of a database first; within one field any of the values will do.

    Values are folded and without wildcards. They are necessary, not sufficient: the query decides.
    """

    since: datetime | None = None
    """None: no lower bound."""
    before: datetime | None = None
    """Excluded; None: no upper bound."""
    sources: tuple[str, ...] = ()
    """Equal to the folded name of the source."""
    sites: tuple[str, ...] = ()
    """Equal to the site or the URL's host, or what follows a dot in one of them."""
    authors: tuple[str, ...] = ()
    """Handles asked for with ``@``: equal to the folded handle, or to what precedes its first ``@`` or dot."""
    labels: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    langs: tuple[str, ...] = ()
    """Equal to the language, or to its part before a hyphen or underscore."""
    brands: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()


_COLUMNS = {
    "source": "sources",
    "site": "sites",
    "author": "authors",
    "sentiment": "labels",
    "type": "types",
    "lang": "langs",
    "brand": "brands",
    "status": "statuses",
}


def filters(query: Query) -> Filters:
    """The necessary conditions of a query: those joined by AND at its top."""
    found: dict[str, Any] = {}
    for part in query.root.parts if isinstance(query.root, And) else (query.root,):
        if isinstance(part, Period):
            found["since"] = max(filter(None, (found.get("since"), part.since)), default=None)
            found["before"] = min(filter(None, (found.get("before"), part.before)), default=None)
        else:
            column, values = _values(part)
            if values:
                found.setdefault(column, values)
    return Filters(**found)


def _values(node: Node) -> tuple[str, tuple[str, ...]]:
    """The column and the values that a condition on one field allows; nothing when it is not so simple."""
    parts = node.parts if isinstance(node, Or) else (node,)
    fields = [part for part in parts if isinstance(part, Field)]
    names = {part.name for part in fields}
    if len(fields) < len(parts) or len(names) != 1:
        return "", ()
    name = names.pop()
    values = tuple(part.value for part in fields)
    if name not in _COLUMNS or any("*" in value or "?" in value for value in values):
        return "", ()
    if name == "author":
        if not all(value.startswith("@") for value in values):
            return "", ()
        values = tuple(value.removeprefix("@") for value in values)
    return _COLUMNS[name], values
