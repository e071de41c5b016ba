"""The full-text index: fed with the query language's own tokens, it only pre-selects; the query tree decides."""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from ereputation.query import All, AnyOf, Phrase, Term, index_terms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ereputation.model import Document
    from ereputation.query import Pre
    from ereputation.store.connection import Connection

VERSION = "-1414900990884940775"
"""Of the way the query language makes tokens: an index of another is filled anew. A test tells when it is time for the next."""


@dataclass(frozen=True, slots=True)
class Index:
    """One engine's index: what feeds it, and how it is asked. Documents are known there by position and id."""

    add: str
    remove: str
    clear: str
    walk: str
    """From the index to documents, newest first; conditions may be added."""
    newest: str
    """What to sort by."""
    terms: Callable[[str], str]
    """A document's tokens as this engine takes them."""
    render: Callable[[Pre], str]
    """A pre-selection in this engine's own query syntax."""


def add(db: Connection, entries: Iterable[tuple[int, Document]]) -> None:
    """Index documents under their positions; in the order of positions FTS5 writes them in one go."""
    add_terms(db, ((position, document.id, index_terms(document)) for position, document in entries))


def add_terms(db: Connection, entries: Iterable[tuple[int, int, str]]) -> None:
    """``add`` where the terms are worked out already: position, document's id, ``index_terms``."""
    taken = db.index.terms
    db.many(
        db.index.add,
        [
            {"position": position, "document": document, "terms": taken(terms)}
            for position, document, terms in sorted(entries, key=itemgetter(0))
        ],
    )


def remove(db: Connection, entries: Iterable[tuple[int, Document]]) -> None:
    """Take documents out; they have to be as they were when they were indexed.

    Were they not, a few terms would go on pre-selecting a position that no document has any more.
    """
    db.many(db.index.remove, _fed(db, entries))


def _fed(db: Connection, entries: Iterable[tuple[int, Document]]) -> Iterator[dict[str, Any]]:
    terms = db.index.terms
    for position, document in entries:
        yield {"position": position, "document": document.id, "terms": terms(index_terms(document))}


def clear(db: Connection) -> None:
    """Empty the index, to fill it again when the way tokens are made has changed."""
    db.run(db.index.clear)


def render(pre: Pre) -> str:
    """A pre-selection in FTS5's own query syntax."""
    match pre:
        case All(parts):
            return "(" + " AND ".join(render(part) for part in parts) + ")"
        case AnyOf(parts):
            return "(" + " OR ".join(render(part) for part in parts) + ")"
        case Term(text, prefix):
            return _quoted(text) + (" *" if prefix else "")
        case Phrase(terms):
            return _quoted(" ".join(terms))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


FTS5 = Index(
    add="""
    INSERT INTO fulltext (rowid, terms)
    VALUES (:position, :terms)
    """,
    remove="""
    INSERT INTO fulltext (fulltext, rowid, terms)
    VALUES ('delete', :position, :terms)
    """,
    clear="INSERT INTO fulltext (fulltext) VALUES ('delete-all')",
    # The index walks its rowids, which are positions, then documents_by_time; CROSS keeps this order.
    walk="""
    FROM fulltext AS f
    CROSS JOIN documents AS d ON d.position = f.rowid
    JOIN sources AS s ON s.id = d.source
    WHERE fulltext MATCH :match
    AND f.rowid < :place
    AND f.rowid >= :since
    """,
    newest="f.rowid",
    terms=str,
    render=render,
)

_LONGEST = 255
"""Characters of a term; PostgreSQL takes 2 kB."""
_MOST = 1_000_000
"""Bytes of a document's terms; PostgreSQL takes 1 MB."""
_EVERYTHING = "*"
"""Stands for whatever is asked, in a document with too many terms; no term looks like it."""


def vector_terms(terms: str) -> str:
    """Each term once; those of a document that has too many become the one that every query asks for."""
    unique = " ".join(sorted({term[:_LONGEST] for term in terms.split(" ")}))
    return unique if len(unique.encode()) < _MOST else _EVERYTHING


def render_tsquery(pre: Pre) -> str:
    """A pre-selection in PostgreSQL's own query syntax; a phrase is asked for by its words."""
    return f"{_tsquery(pre)} | '{_EVERYTHING}'"


def _tsquery(pre: Pre) -> str:
    match pre:
        case All(parts):
            return "(" + " & ".join(map(_tsquery, parts)) + ")"
        case AnyOf(parts):
            return "(" + " | ".join(map(_tsquery, parts)) + ")"
        case Term(text, prefix):
            return _lexeme(text) + (":*" if prefix else "")
        case Phrase(terms):
            return "(" + " & ".join(map(_lexeme, terms)) + ")"


def _lexeme(text: str) -> str:
    return "'" + text[:_LONGEST].replace("\\", "\\\\").replace("'", "''") + "'"


TSVECTOR = Index(
    add="""
    INSERT INTO fulltext (document, position, terms)
    VALUES (:document, :position, array_to_tsvector(string_to_array(:terms, ' ')))
    ON CONFLICT (position, document) DO UPDATE SET terms = excluded.terms
    """,
    remove="""
    DELETE FROM fulltext
    WHERE position = :position
    AND document = :document
    """,
    clear="TRUNCATE fulltext",
    walk="""
    FROM fulltext AS f
    JOIN documents AS d ON d.id = f.document
    JOIN sources AS s ON s.id = d.source
    WHERE f.terms @@ CAST(:match AS tsquery)
    AND f.position < :place
    AND f.position >= :since
    """,
    newest="f.position",
    terms=vector_terms,
    render=render_tsquery,
)
