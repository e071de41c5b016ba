"""The full-text index: fed with the query language's own tokens, it only pre-selects; the query tree decides."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ereputation import identity
from ereputation.model import Document
from ereputation.query import All, AnyOf, Phrase, Term, index_terms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.query import Pre
    from ereputation.store.connection import Connection

_SAMPLE = "L’été, aujourd'hui : œuvres d'AF447 à 22,5 % — #AirFranceGrève @air_france@mastodon.social État-major naïve 東京 😀"


def version() -> str:
    """Changes when the query language makes other tokens of the same text; the index has to be filled anew then."""
    moment = datetime(2011, 3, 13, tzinfo=UTC)
    sample = Document(source="", guid="-", title=_SAMPLE, text=_SAMPLE, published=moment, first_seen=moment)
    return str(identity.digest(index_terms(sample)))


def add(db: Connection, entries: Iterable[tuple[int, Document]]) -> None:
    """Index documents under their positions; in the order of positions FTS5 writes them in one go."""
    db.many(
        """
        INSERT INTO fulltext (rowid, terms)
        VALUES (:position, :terms)
        """,
        (
            {"position": position, "terms": index_terms(document)}
            for position, document in sorted(entries, key=lambda entry: entry[0])
        ),
    )


def remove(db: Connection, entries: Iterable[tuple[int, Document]]) -> None:
    """Take documents out; they have to be as they were when they were indexed.

    Were they not, a few terms would go on pre-selecting a position that no document has any more.
    """
    db.many(
        """
        INSERT INTO fulltext (fulltext, rowid, terms)
        VALUES ('delete', :position, :terms)
        """,
        ({"position": position, "terms": index_terms(document)} for position, document in entries),
    )


def clear(db: Connection) -> None:
    """Empty the index, to fill it again when the way tokens are made has changed."""
    db.run("INSERT INTO fulltext (fulltext) VALUES ('delete-all')")


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
