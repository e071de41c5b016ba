"""Writing mentions: what a document's matches come to, with the counts that follow from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation.store.connection import Connection, Row, Sequence
from ereputation.store.ledger import Ledger, moment_of
from ereputation.store.memory import Memory
from ereputation.store.stories import Stories
from ereputation.stories import signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ereputation.model import Document
    from ereputation.store.rows import MatchRow
    from ereputation.stories import Signature

_INSERT = """
INSERT INTO mentions (
  id, brand, document, position, source, story, media, label, corrected, counted, lead, score, status, note, by, spans,
  words, clause, categories
)
VALUES (
  :id, :brand, :document, :position, :source, :story, :media, :label, :corrected, :counted, :lead, :score, 'new', '', '', :spans,
  :words, :clause, :categories
)
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stored document stands: what its mentions copy from it."""

    document: int
    source: int
    position: int
    counted: bool
    story: int = 0
    """0 while it has none."""


@dataclass(slots=True)
class Mentioning:
    """Replaces the mentions of documents inside one write; ``finish`` has to be called before it ends."""

    db: Connection
    brands: Mapping[str, int]
    mentions: Sequence
    stories: Stories
    ledger: Ledger = field(default_factory=Ledger)
    added: int = 0
    _unsettled: set[tuple[int, int]] = field(default_factory=set)

    @classmethod
    def of(cls, db: Connection, brands: Mapping[str, int]) -> Mentioning:
        """Ready to write; ``brands`` gives the ids of the brands whose mentions may be written."""
        return cls(db, brands, Sequence(db, "mentions"), Stories(db, Sequence(db, "stories"), Memory.of(db)))

    def add(self, place: Place, matches: Iterable[MatchRow], known: Signature) -> int:
        """The mentions of a document that is about to be stored, of its rows of matches; its story."""
        story = self._story_of(place, known)
        for match in matches:
            self._insert(match, place, story)
        return story

    def replace(
        self,
        document: Document,
        place: Place,
        matches: Iterable[MatchRow],
        brands: Collection[int] | None = None,
    ) -> None:
        """Make the mentions of a stored document what its rows of matches say; triage of the survivors stays.

        With ``brands``, only theirs change.
        """
        stored = self._stored(place.document)
        before = {row["brand"]: row for row in stored if brands is None or row["brand"] in brands}
        story = place.story
        for match in matches:
            if old := before.pop(self.brands[match["brand"]], None):
                self._update(old, match, place)
            else:
                if not story:
                    story = self._story_of(place, signature(document))
                    self._set_story(place.document, story)
                self._insert(match, place, story)
        for old in before.values():
            self._remove(old)

    def finish(self) -> None:
        """Name the mention that counts for each story touched, and write the counts."""
        for story, brand in sorted(self._unsettled):
            self._settle(story, brand)
        self._unsettled.clear()
        self.ledger.write(self.db)
        self.mentions.save()
        self.stories.numbers.save()

    def _story_of(self, place: Place, known: Signature) -> int:
        return self.stories.story_of(place.document, moment_of(place.position), known)

    def _set_story(self, document: int, story: int) -> None:
        self.db.run(
            """
            UPDATE documents
            SET story = :story
            WHERE id = :document
            """,
            {"story": story, "document": document},
        )

    def _stored(self, document: int) -> list[Row]:
        return self.db.rows(
            """
            SELECT *
            FROM mentions
            WHERE document = :document
            """,  # UNIQUE (document, brand)
            {"document": document},
        )

    def _insert(self, match: MatchRow, place: Place, story: int) -> None:
        brand = self.brands[match["brand"]]
        has_lead, corrected = self._of_story(story, brand)
        row = match | {
            "id": self.mentions.next(),
            "brand": brand,
            "document": place.document,
            "position": place.position,
            "source": place.source,
            "story": story,
            "counted": int(place.counted),
            "corrected": corrected,
            "lead": int(place.counted and match["media"] == "earned" and not has_lead),
        }
        self.db.run(_INSERT, row)
        self.ledger.add(row)
        self.added += 1

    def _of_story(self, story: int, brand: int) -> tuple[bool, str]:
        """Whether a mention counts for its story already, and the label a person gave it; a new copy takes that over."""
        row = self.db.row(
            """
            SELECT max(lead) AS lead, max(corrected) AS corrected
            FROM mentions
            WHERE story = :story
            AND brand = :brand
            """,  # mentions_by_story
            {"story": story, "brand": brand},
        )
        return (bool(row["lead"]), row["corrected"] or "") if row else (False, "")

    def _update(self, old: Row, match: MatchRow, place: Place) -> None:
        new = match | {
            "brand": old["brand"],
            "position": place.position,
            "counted": int(place.counted),
            "lead": int(old["lead"] and place.counted and match["media"] == "earned"),
        }
        if all(old[name] == value for name, value in new.items()):
            return
        self.ledger.add(old, -1)
        self.ledger.add({**dict(old), **new})
        self.db.run(
            """
            UPDATE mentions
            SET
              position = :position, media = :media, label = :label, score = :score, counted = :counted, lead = :lead,
              spans = :spans, words = :words, clause = :clause, categories = :categories
            WHERE id = :id
            """,
            {**new, "id": old["id"]},
        )
        self._unsettled.add((old["story"], old["brand"]))

    def _remove(self, old: Row) -> None:
        self.ledger.add(old, -1)
        self.db.run(
            """
            DELETE FROM mentions
            WHERE id = :id
            """,
            {"id": old["id"]},
        )
        self._unsettled.add((old["story"], old["brand"]))

    def _settle(self, story: int, brand: int) -> None:
        """The first earned mention that tells when, in the order of being stored, counts for its story."""
        candidates = self.db.rows(
            """
            SELECT *
            FROM mentions
            WHERE story = :story
            AND brand = :brand
            AND (lead = 1 OR (media = 'earned' AND counted = 1))
            ORDER BY id
            """,  # mentions_by_story
            {"story": story, "brand": brand},
        )
        for place, row in enumerate(candidates):
            lead = int(place == 0)
            if row["lead"] != lead:
                self.ledger.add(row, -1)
                self.ledger.add({**dict(row), "lead": lead})
                self.db.run(
                    """
                    UPDATE mentions
                    SET lead = :lead
                    WHERE id = :id
                    """,
                    {"lead": lead, "id": row["id"]},
                )


def brand_ids(db: Connection, names: Iterable[str], now: int) -> dict[str, int]:
    """The ids of these brands; those met for the first time are added, their history not yet looked at."""
    names = sorted(set(names))
    if names:
        db.many(
            """
            INSERT INTO brands (name, fingerprint, added)
            VALUES (:name, '', :now)
            ON CONFLICT (name) DO NOTHING
            """,
            [{"name": name, "now": now} for name in names],
        )
    known = {row["name"]: row["id"] for row in db.rows("SELECT id, name FROM brands")}
    return {name: known[name] for name in names}
