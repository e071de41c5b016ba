"""Storing what a round of reading brought: one short transaction for a batch, all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ereputation import identity
from ereputation.query import index_terms
from ereputation.store import fulltext
from ereputation.store.connection import Base, Connection, Sequence, seconds
from ereputation.store.known import NOBODY, Known, Names
from ereputation.store.ledger import HOUR, position_of
from ereputation.store.mentioning import Mentioning, Place, brand_ids
from ereputation.store.rows import DOCUMENT_COLUMNS, document_of, document_row, to_json
from ereputation.store.sources import Visits
from ereputation.store.upkeep import withdraw

if TYPE_CHECKING:
    from collections.abc import Sequence as Many
    from datetime import datetime

    from ereputation import stories
    from ereputation.model import Document, Match, Reading
    from ereputation.store.connection import Row

_LATE = 3 * HOUR
"""Undated documents first seen longer than this after the last success say nothing about when they appeared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """One visit of a source with what was found in it; ``reading`` is None when it failed."""

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
    """The matches of each document of the reading, in its order."""
    signatures: tuple[stories.Signature | None, ...] = ()
    """Of each document; None: worked out here, if needed."""
    terms: tuple[str | None, ...] = ()
    """``index_terms`` of each document; None: worked out here, if needed."""
    names: identity.Reading | None = None
    """``identity.keys_of`` the documents; None: worked out here."""

    def matches(self, place: int) -> tuple[Match, ...]:
        """The matches of the document at ``place``."""
        return self.found[place] if place < len(self.found) else ()

    def signature(self, place: int) -> stories.Signature | None:
        """The signature of the document at ``place``."""
        return self.signatures[place] if place < len(self.signatures) else None

    def indexed(self, place: int, document: Document) -> str:
        """The terms of ``document``, which is the one at ``place``."""
        known = self.terms[place] if place < len(self.terms) else None
        return index_terms(document) if known is None else known


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
        with self.db.write():
            writer = _Writer.of(self.db, batch, now)
            saved = [
                writer.save(collected, names) for collected, names in zip(batch, writer.readings, strict=True)
            ]
            writer.finish()
            for collected in batch:
                if collected.reading and collected.reading.gone:
                    withdraw(self.db, collected.source, collected.reading.gone)
        return saved

    def unknown(self, documents: Many[Document]) -> list[bool]:
        """Of one source's reading, which documents are new or edited: only these need to be searched for brands."""
        if not documents:
            return []
        names, stored_as = self._known(documents)
        source = self.db.value("SELECT id FROM sources WHERE name = :name", {"name": documents[0].source})
        answer = []
        for document, known in zip(documents, stored_as, strict=True):
            stored = names.documents.get(known)
            own = stored is not None and stored.source == source
            answer.append(stored is None or (own and stored.content != identity.content_digest(document)))
        return answer

    def unjudged(self, documents: Many[Document]) -> list[list[int]]:
        """Of each document of one source's reading, the ids of its mentions whose tone no person has set."""
        _, stored_as = self._known(documents)
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

    def _known(self, documents: Many[Document]) -> tuple[Names, list[int]]:
        """What is stored under the names of these documents, and the id of each, 0 when it is new."""
        keys = identity.keys_of(documents)
        names = Names(self.db)
        names.look_up(keys.digests())
        return names, names.resolve(documents, keys)


@dataclass(slots=True)
class _Writer:
    db: Connection
    readings: list[identity.Reading]
    names: Names
    visits: Visits
    mentioning: Mentioning
    numbers: Sequence
    indexed: list[tuple[int, int, str]] = field(default_factory=list)
    keys: dict[int, int] = field(default_factory=dict)
    added: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, db: Connection, batch: Many[Collected], now: datetime) -> _Writer:
        readings = [c.names or identity.keys_of(c.reading.documents if c.reading else ()) for c in batch]
        names = Names(db)
        names.look_up(digest for keys in readings for digest in keys.digests())
        brands = {match.brand for c in batch for matches in c.found for match in matches}
        return cls(
            db,
            readings,
            names,
            Visits.of(db, {c.source: c.kind for c in batch}),
            Mentioning.of(db, brand_ids(db, brands, seconds(now))),
            Sequence(db, "documents"),
        )

    def save(self, collected: Collected, names: identity.Reading) -> Saved:
        source = self.visits.id_of(collected.source)
        before = self.mentioning.added
        new = updated = 0
        reading = collected.reading
        if reading:
            late = self.visits.is_late(collected, _LATE)
            self._refuse(names.shared, source)
            touched: set[int] = set()
            for place, known in enumerate(self.names.resolve(reading.documents, names)):
                known = known or self._added_here(names.keys[place])  # noqa: PLW2901 - the batch may hold it twice
                if not known:
                    known = self._insert(collected, place, source, late=late)  # noqa: PLW2901 - now it is
                    new += 1
                elif known not in touched and self._update(collected, place, known, source):
                    updated += 1
                touched.add(known)
                self._alias(names.keys[place], known)
        self.visits.record(collected, new)
        return Saved(
            source=collected.source,
            documents=reading.size if reading else 0,
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

    def _alias(self, keys: Many[identity.Key], document: int) -> None:
        for key in keys:
            if key.digest not in self.names.named:
                self._name(key.digest, document)

    def _added_here(self, keys: Many[identity.Key]) -> int:
        """The document of this batch that answers to one of these names: a reading may hold an entry twice."""
        named = (self.names.named.get(key.digest, NOBODY) for key in keys if key.kind != "title")
        return next((document for document in named if document in self.added), NOBODY)

    def _insert(self, collected: Collected, place: int, source: int, *, late: bool) -> int:
        assert collected.reading is not None
        number = self.numbers.next()
        document = collected.reading.documents[place]
        if not (trusted := document.date_confidence != "first_seen"):
            document = replace(document, published=document.first_seen)
        row = document_row(document)
        position = position_of(row["published"], number)
        content = identity.content_digest(document)
        at = Place(number, source, position, counted=trusted or not late)
        self.db.run(
            _INSERT,
            row
            | {
                "id": number,
                "source": source,
                "position": position,
                "content": content,
                "counted": int(at.counted),
            },
        )
        self.names.documents[number] = Known(number, source, content, row["published"], trusted)
        self.added.add(number)
        self.indexed.append((position, number, collected.indexed(place, document)))
        if matches := collected.matches(place):
            self.mentioning.add(replace(document, id=number), at, matches, collected.signature(place))
        return number

    def _update(self, collected: Collected, place: int, known: int, source: int) -> bool:
        """Take over an edit, if it is one and comes from the document's own source: others only quote it."""
        assert collected.reading is not None
        stored = self.names.documents.get(known)
        content = identity.content_digest(collected.reading.documents[place])
        if stored is None or stored.source != source or stored.content == content:
            return False
        stored.content = content
        row = _stored(self.db, known)
        old = document_of(row)
        new = _edited(old, collected.reading.documents[place])
        changed = document_row(new)
        counted, position = bool(row["counted"]), int(row["position"])
        if dated := old.date_confidence == "first_seen" != new.date_confidence:
            counted = True
            stored.published, stored.trusted = changed["published"], True
        if dated or index_terms(new) != index_terms(old):
            fulltext.remove(self.db, [(position, old)])
            position = position_of(changed["published"], self.numbers.next())
            self.indexed.append((position, known, index_terms(new)))
        self.db.run(
            _UPDATE,
            changed | {"id": known, "position": position, "content": content, "counted": int(counted)},
        )
        at = Place(known, source, position, counted=counted, story=row["story"] or 0)
        self.mentioning.replace(new, at, collected.matches(place))
        return True

    def finish(self) -> None:
        fulltext.add_terms(self.db, self.indexed)
        self.db.many(
            """
            INSERT INTO keys (key, document)
            VALUES (:key, :document)
            ON CONFLICT (key) DO UPDATE SET document = excluded.document
            """,
            [{"key": key, "document": document} for key, document in sorted(self.keys.items())],
        )
        self.mentioning.finish()
        self.visits.finish()
        self.numbers.save()


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


_INSERT = """
INSERT INTO documents (
  id, source, position, content, published, date_confidence, first_seen, updated, counted, score, label, lang, kind, type,
  site, guid, url, author_name, author_handle, author_id, reply_to, thread, via, tags, media, engagement, title, text
)
VALUES (
  :id, :source, :position, :content, :published, :date_confidence, :first_seen, :updated, :counted, :score, :label, :lang,
  :kind, :type, :site, :guid, :url, :author_name, :author_handle, :author_id, :reply_to, :thread, :via, :tags, :media,
  :engagement, :title, :text
)
"""

_UPDATE = """
UPDATE documents
SET
  position = :position, content = :content, published = :published, date_confidence = :date_confidence,
  first_seen = :first_seen, updated = :updated, counted = :counted, score = :score, label = :label, lang = :lang,
  kind = :kind, type = :type, site = :site, guid = :guid, url = :url, author_name = :author_name,
  author_handle = :author_handle, author_id = :author_id, reply_to = :reply_to, thread = :thread, via = :via, tags = :tags,
  media = :media, engagement = :engagement, title = :title, text = :text
WHERE id = :id
"""
