"""Storing what a round of reading brought: one short transaction for a batch, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ereputation import identity, stories
from ereputation.query import index_terms
from ereputation.store import fulltext
from ereputation.store.connection import Base, Connection, Sequence, seconds
from ereputation.store.known import NOBODY, Known, Names
from ereputation.store.ledger import HOUR, position_of
from ereputation.store.mentioning import Mentioning, Place, brand_ids
from ereputation.store.rows import (
    CONFIDENCE,
    DOCUMENT_COLUMNS,
    DOCUMENT_ROW,
    PUBLISHED,
    TITLE,
    document_of,
    document_row,
    match_row,
    to_json,
)
from ereputation.store.sources import Visits
from ereputation.store.upkeep import withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence as Many
    from datetime import datetime

    from ereputation.model import Document, Match, Reading
    from ereputation.store.connection import Row, Values
    from ereputation.store.rows import MatchRow

_LATE = 3 * HOUR
"""Undated documents first seen longer than this after the last success say nothing about when they appeared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One visit of a source with what was found in it; ``reading`` is None when it failed.

    What is kept of it for long, or sent to another process, is ``packed`` first.
    """

    source: str
    kind: str
    at: datetime
    reading: Reading | None = None
    error: str = ""
    retry_at: datetime | None = None
    """None: whenever it is due."""
    permanent: bool = False
    """True when the server says it is gone for good."""
    found: tuple[tuple[Match, ...], ...] = ()
    """The matches of each document of the reading, in its order; empty: none has any."""
    terms: tuple[str | None, ...] = ()
    """``index_terms`` of each document; None: worked out when it is stored."""
    keys: identity.Reading | None = None
    """``identity.keys_of`` the documents; None: worked out when it is packed."""
    signatures: tuple[stories.Signature | None, ...] = ()
    """Of each document that has matches; worked out when it is packed."""
    matches: tuple[tuple[MatchRow, ...], ...] = ()
    """What was ``found``, once it is packed."""
    rows: tuple[Values, ...] = ()
    """The documents, once it is packed."""
    contents: tuple[int, ...] = ()
    """``identity.content_digest`` of each document; worked out when it is packed."""

    def packed(self) -> Collected:
        """The same as plain values in place of documents, all worked out that needs no database."""
        if self.reading is None or not self.reading.documents:
            return self
        documents = self.reading.documents
        found = self.found or ((),) * len(documents)
        return replace(
            self,
            reading=replace(self.reading, documents=(), known=self.reading.size),
            keys=self.keys or identity.keys_of(documents),
            found=(),
            signatures=tuple(
                stories.signature(document) if matches else None
                for document, matches in zip(documents, found, strict=True)
            ),
            matches=tuple(tuple(map(match_row, matches)) for matches in found),
            rows=tuple(map(document_row, documents)),
            contents=tuple(map(identity.content_digest, documents)),
        )

    def document(self, place: int) -> Document:
        """The document at ``place`` of a visit that is packed, as the database keeps it."""
        row = dict(zip(DOCUMENT_ROW, self.rows[place], strict=True))
        return document_of({**row, "id": 0, "source": self.source})

    def indexed(self, place: int) -> str:
        """The terms of the document at ``place`` of a visit that is packed."""
        known = self.terms[place] if place < len(self.terms) else None
        return index_terms(self.document(place)) if known is None else known


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What of a visit was new."""

    source: str
    documents: int = 0
    new: int = 0
    updated: int = 0
    new_mentions: int = 0


class Saving(Base):
    """The part of the store that takes in readings."""

    def save(self, batch: Many[Collected], *, now: datetime) -> list[Saved]:
        """Store visits in one transaction; saving the same again changes nothing.

        Documents, their names, mentions, stories, counts, index, coverage, and the sources' own states go together: after
        a crash either all of it is there, or the next reading brings it again.
        """
        batch = [collected.packed() for collected in batch]
        with self.db.write():
            writer = _Writer.of(self.db, batch, now)
            saved = [writer.save(collected) for collected in batch]
            writer.finish(seconds(now))
            for collected in batch:
                if collected.reading and collected.reading.gone:
                    withdraw(self.db, collected.source, collected.reading.gone)
        return saved

    def unknown(self, documents: Many[Document], keys: identity.Reading | None = None) -> list[bool]:
        """Of one source's reading, which documents are new or edited: only these need to be searched for brands.

        ``keys``: ``identity.keys_of`` the documents, when they are known already.
        """
        if not documents:
            return []
        names, stored_as = self._known(documents, keys or identity.keys_of(documents))
        source = self.db.value("SELECT id FROM sources WHERE name = :name", {"name": documents[0].source})
        answer = []
        for document, known in zip(documents, stored_as, strict=True):
            stored = names.documents.get(known)
            own = stored is not None and stored.source == source
            answer.append(stored is None or (own and stored.content != identity.content_digest(document)))
        return answer

    def unjudged(self, documents: Many[Document]) -> list[list[int]]:
        """Of each document of one source's reading, the ids of its mentions whose tone no person has set."""
        _, stored_as = self._known(documents, identity.keys_of(documents))
        mentions: dict[int, list[int]] = {}
        for row in self.db.rows(
            """
            SELECT id, document
            FROM mentions
            WHERE document IN (SELECT value FROM json_each(:documents))
            AND corrected = ''
            """,  # UNIQUE (document, brand)
            {"documents": to_json([known for known in stored_as if known])},
        ):
            mentions.setdefault(row["document"], []).append(row["id"])
        return [mentions.get(known, []) for known in stored_as]

    def _known(self, documents: Many[Document], keys: identity.Reading) -> tuple[Names, list[int]]:
        """What is stored under the names of these documents, and the id of each, 0 when it is new."""
        names = Names(self.db)
        names.look_up(keys.digests())
        return names, names.resolve([d.title for d in documents], keys, documents.__getitem__)


@dataclass(slots=True)
class _Writer:
    db: Connection
    names: Names
    visits: Visits
    mentioning: Mentioning
    numbers: Sequence
    inserted: list[Values] = field(default_factory=list)
    """Of one visit: written at its end."""
    indexed: list[tuple[int, int, str]] = field(default_factory=list)
    keys: dict[int, int] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, db: Connection, batch: Many[Collected], now: datetime) -> _Writer:
        visits = Visits.of(db, {c.source: c.kind for c in batch})
        names = Names(db)
        names.look_up(
            digest for c in batch if c.keys for digest in c.keys.digests(titles=visits.was_read(c.source))
        )
        brands = {match["brand"] for c in batch for matches in c.matches for match in matches}
        return cls(
            db,
            names,
            visits,
            Mentioning.of(db, brand_ids(db, brands, seconds(now))),
            Sequence(db, "documents"),
        )

    def save(self, collected: Collected) -> Saved:
        source = self.visits.id_of(collected.source)
        before = self.mentioning.added
        new = updated = 0
        if keys := collected.keys:
            late = self.visits.is_late(collected, _LATE)
            self._refuse(keys.shared, source)
            touched: set[int] = set()
            titles = [row[TITLE] for row in collected.rows]
            by_title = self.visits.was_read(collected.source)
            stored_as = self.names.resolve(titles, keys, collected.document, by_title=by_title)
            for place, known in enumerate(stored_as):
                known = known or self._added_here(keys, place)  # noqa: PLW2901 - the batch may hold it twice
                if not known:
                    known = self._insert(collected, place, source, late=late)  # noqa: PLW2901 - now it is
                    new += 1
                elif known not in touched and self._update(collected, place, known, source):
                    updated += 1
                touched.add(known)
                self._alias(keys.names(place), known)
            self.db.many(_INSERT, self.inserted)
            self.inserted.clear()
        self.visits.record(collected, new)
        return Saved(
            source=collected.source,
            documents=collected.reading.size if collected.reading else 0,
            new=new,
            updated=updated,
            new_mentions=self.mentioning.added - before,
        )

    def _refuse(self, shared: frozenset[int], source: int) -> None:
        """Keys that several entries of a reading share name nobody from now on, unless they are another source's."""
        for digest in shared:
            known = self.names.documents.get(self.names.named.get(digest, NOBODY))
            if known is None or known.source == source:
                self._name(digest, NOBODY)

    def _name(self, digest: int, document: int) -> None:
        if self.names.named.get(digest) != document:
            self.names.named[digest] = document
            self.keys[digest] = document

    def _alias(self, names: tuple[int, ...], document: int) -> None:
        for digest in names:
            if digest not in self.names.named:
                self._name(digest, document)

    def _added_here(self, keys: identity.Reading, place: int) -> int:
        """The document of this batch that answers to one of these names: a reading may hold an entry twice."""
        for digest in (keys.guids[place], keys.urls[place], keys.contents[place]):
            if (document := self.names.named.get(digest, NOBODY)) in self.added:
                return document
        return NOBODY

    def _insert(self, collected: Collected, place: int, source: int, *, late: bool) -> int:
        number = self.numbers.next()
        row, content = collected.rows[place], collected.contents[place]
        published, trusted = row[PUBLISHED], row[CONFIDENCE] != "first_seen"
        position = position_of(published, number)
        counted, story = trusted or not late, None
        if (matches := collected.matches[place]) and (signature := collected.signatures[place]):
            story = self.mentioning.add(Place(number, source, position, counted), matches, signature)
        self.inserted.append((number, source, position, content, int(counted), story, *row))
        self.names.documents[number] = Known(number, source, content, published, trusted)
        self.added.add(number)
        self.indexed.append((position, number, collected.indexed(place)))
        return number

    def _update(self, collected: Collected, place: int, known: int, source: int) -> bool:
        """Take over an edit, if it is one and comes from the document's own source: others only quote it."""
        stored = self.names.documents.get(known)
        content = collected.contents[place]
        if stored is None or stored.source != source or stored.content == content:
            return False
        stored.content = content
        row = _stored(self.db, known)
        old = document_of(row)
        new = _edited(old, collected.document(place))
        changed = document_row(new)
        counted, position = bool(row["counted"]), int(row["position"])
        if dated := old.date_confidence == "first_seen" != new.date_confidence:
            counted = True
            stored.published, stored.trusted = changed[PUBLISHED], True
        if dated or index_terms(new) != index_terms(old):
            fulltext.remove(self.db, [(position, old)])
            position = position_of(changed[PUBLISHED], self.numbers.next())
            self.indexed.append((position, known, index_terms(new)))
        self.db.many(_UPDATE, [(position, content, int(counted), *changed, known)])
        at = Place(known, source, position, counted=counted, story=row["story"] or 0)
        self.mentioning.replace(new, at, collected.matches[place])
        return True

    def finish(self, now: int) -> None:
        fulltext.add_terms(self.db, self.indexed)
        self.db.many(
            """
            INSERT INTO keys (key, document)
            VALUES (?, ?)
            ON CONFLICT (key) DO UPDATE SET document = excluded.document
            """,
            [(key, self.keys[key]) for key in sorted(self.keys)],
        )
        self.mentioning.finish()
        self.visits.finish()
        self.numbers.save()
        if self.added:
            self.mentioning.stories.memory.add(now, min(self.added), max(self.added))


def _edited(old: Document, new: Document) -> Document:
    """The stored document after an edit: it keeps its age, and its date unless that was a guess."""
    better = old.date_confidence == "first_seen" != new.date_confidence
    return replace(
        new,
        id=old.id,
        first_seen=old.first_seen,
        published=new.published if better else old.published,
        date_confidence=new.date_confidence if better else old.date_confidence,
    )


def _stored(db: Connection, document: int) -> Row:
    row = db.row(
        "SELECT d.counted, d.story, "
        + DOCUMENT_COLUMNS
        + """
        FROM documents AS d
        JOIN sources AS s ON s.id = d.source
        WHERE d.id = :document
        """,
        {"document": document},
    )
    assert row is not None
    return row


_INSERT = f"""
INSERT INTO documents (id, source, position, content, counted, story, {", ".join(DOCUMENT_ROW)})
VALUES (?, ?, ?, ?, ?, ?, {", ".join("?" * len(DOCUMENT_ROW))})
"""

_UPDATE = f"""
UPDATE documents
SET position = ?, content = ?, counted = ?, {", ".join(f"{column} = ?" for column in DOCUMENT_ROW)}
WHERE id = ?
"""
