"""Brands, and looking back over what is stored when one is new or its words were edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ereputation.store.connection import Base, instant, seconds
from ereputation.store.memory import Memory
from ereputation.store.mentioning import Mentioning, Place, brand_ids
from ereputation.store.rows import document_of, match_row, stored_after, to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from ereputation.model import Document, Match
    from ereputation.store.connection import Row

_CHUNK = 1_000


class Found(Protocol):
    """What a search of one document brings: the document, its tone worked out if need be, and its matches."""

    @property
    def document(self) -> Document:
        """The document that was searched."""

    @property
    def matches(self) -> tuple[Match, ...]:
        """The brands found in it."""


class Brands(Base):
    """The part of the store that knows which brands were looked for, and with which words."""

    def brand_fingerprints(self) -> dict[str, str]:
        """The fingerprint of each brand's words at the last look back; empty when it never ended."""
        return {
            row["name"]: row["fingerprint"] for row in self.db.rows("SELECT name, fingerprint FROM brands")
        }

    def brand_first_read(self, brand: str) -> datetime | None:
        """Since when the brand is looked for; None when it never was. What was published before is history."""
        added = self.db.value(
            """
            SELECT added
            FROM brands
            WHERE name = :brand
            """,
            {"brand": brand},
        )
        return None if added is None else instant(added)

    def documents(self, *, after: int = 0) -> Iterator[Document]:
        """Every stored document in the order of being stored, from after the id ``after``."""
        while rows := stored_after(self.db, after, _CHUNK):
            for row in rows:
                yield document_of(row)
            after = rows[-1]["id"]

    def rematch(
        self, fingerprints: Mapping[str, str], find: Callable[[Document], Found], *, now: datetime
    ) -> dict[str, int]:
        """Look for these brands in everything that is stored; how many mentions each has now.

        Their mentions and counts are replaced a chunk of documents at a time, each chunk in one transaction; triage of
        mentions that survive stays. A brand's fingerprint is empty until the last chunk, so that a look back that was
        interrupted is done again. Documents that have a story keep it; others join each other, and what is still
        remembered.
        """
        with self.db.write():
            brands = brand_ids(self.db, fingerprints, seconds(now))
            self._set_fingerprints(dict.fromkeys(fingerprints, ""))
            Memory.of(self.db).spare(self.db.value("SELECT max(id) FROM documents") or 0)
        after = 0
        while rows := stored_after(self.db, after, _CHUNK):
            found = [(row, find(document_of(row))) for row in rows]
            with self.db.write():
                self._replace(found, brands)
            after = rows[-1]["id"]
        with self.db.write():
            self._set_fingerprints(fingerprints)
            Memory.of(self.db).spare(0)
        return {name: self._count(number) for name, number in brands.items()}

    def _replace(self, found: Sequence[tuple[Row, Found]], brands: Mapping[str, int]) -> None:
        mentioned = self._mentioned([row["id"] for row, _ in found], brands)
        current = self._places({row["id"]: row["content"] for row, _ in found})
        mentioning = Mentioning.of(self.db, brands)
        for row, result in found:
            matches = [match for match in result.matches if match.brand in brands]
            place = current.get(row["id"])
            if place is None or not (matches or row["id"] in mentioned):
                continue  # pruned or edited meanwhile, or nothing to say
            mentioning.replace(result.document, place, map(match_row, matches), set(brands.values()))
            self._set_tone(row, result.document)
        mentioning.finish()

    def _mentioned(self, documents: list[int], brands: Mapping[str, int]) -> set[int]:
        return {
            row["document"]
            for row in self.db.rows(
                """
                SELECT document
                FROM mentions
                WHERE document IN (SELECT value FROM json_each(:documents))
                AND brand IN (SELECT value FROM json_each(:brands))
                """,  # UNIQUE (document, brand)
                {"documents": to_json(documents), "brands": to_json(list(brands.values()))},
            )
        }

    def _places(self, documents: Mapping[int, int]) -> dict[int, Place]:
        """Where documents stand now; those whose content is another by now are left out: who edited them searched them."""
        return {
            row["id"]: Place(
                row["id"], row["source"], row["position"], bool(row["counted"]), row["story"] or 0
            )
            for row in self.db.rows(
                """
                SELECT id, source, position, counted, story, content
                FROM documents
                WHERE id IN (SELECT value FROM json_each(:documents))
                """,
                {"documents": to_json(list(documents))},
            )
            if row["content"] == documents[row["id"]]
        }

    def _set_tone(self, row: Row, document: Document) -> None:
        if document.label and (row["label"], row["score"]) != (document.label, document.score):
            self.db.run(
                """
                UPDATE documents
                SET label = :label, score = :score
                WHERE id = :id
                """,
                {"label": document.label, "score": document.score, "id": row["id"]},
            )

    def _set_fingerprints(self, fingerprints: Mapping[str, str]) -> None:
        self.db.many(
            """
            UPDATE brands
            SET fingerprint = :fingerprint
            WHERE name = :name
            """,
            [{"name": name, "fingerprint": fingerprint} for name, fingerprint in fingerprints.items()],
        )

    def _count(self, brand: int) -> int:
        count: int = self.db.value(
            """
            SELECT count(*)
            FROM mentions
            WHERE brand = :brand
            """,  # mentions_by_brand
            {"brand": brand},
        )
        return count
