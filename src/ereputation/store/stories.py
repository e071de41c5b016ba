"""Which story a document tells: near-identical documents share one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import identity, stories
from ereputation.store.rows import storable, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.store.connection import Connection, Row, Sequence
    from ereputation.store.memory import Memory

_BEARERS = 50
"""Stories looked at for each key, the newest: a phrase everybody repeats must not cost what it is repeated."""
_COMPARED = 12
"""Candidates whose texts are compared, those that share the most keys."""


@dataclass(slots=True)
class Stories:
    """Gives documents their story, inside one write."""

    db: Connection
    numbers: Sequence
    memory: Memory

    def story_of(self, document: int, at: int, signature: stories.Signature) -> int:
        """The oldest story within memory that a document of that second is a copy of, else a new one; counts it as a copy."""
        keys = list(_keys(signature))
        story = self._find(signature, keys, at)
        if story:
            self._join(story, at)
        else:
            story = self._begin(document, at)
        self._remember(story, document, signature, keys)
        return story

    def _find(self, signature: stories.Signature, keys: list[int], at: int) -> int:
        """Of the candidates that share the most keys, the first that is similar; bounded, also in a flood of look-alikes."""
        shared: Counter[tuple[int, int]] = Counter()
        for bearers in self._bearers(keys):
            shared.update((row["story"], row["document"]) for row in bearers)
        likely = sorted(shared, key=lambda pair: (-shared[pair], pair))[:_COMPARED]
        alive = self._within_memory([story for story, _ in likely], at) if likely else set()
        known = self._signatures([document for story, document in likely if story in alive])
        for story, document in likely:
            if document in known and stories.similar(signature, known[document]):
                return story
        return 0

    def _bearers(self, keys: Iterable[int]) -> list[list[Row]]:
        return self.db.answers(
            """
            SELECT story, document
            FROM story_keys
            WHERE key = :key
            ORDER BY story DESC
            LIMIT :limit
            """,  # the primary key
            [{"key": key, "limit": _BEARERS} for key in keys],
        )

    def _within_memory(self, candidates: list[int], at: int) -> set[int]:
        rows = self.db.rows(
            """
            SELECT id
            FROM stories
            WHERE id IN (SELECT value FROM json_each(:stories))
            AND last_at >= :since
            AND first_at <= :until
            """,  # the primary key
            {
                "stories": to_json(candidates),
                "since": at - int(stories.MEMORY),
                "until": at + int(stories.MEMORY),
            },
        )
        return {row["id"] for row in rows}

    def _signatures(self, documents: list[int]) -> dict[int, stories.Signature]:
        if not documents:
            return {}
        return {
            row["document"]: stories.Signature(
                title_key=row["title_key"], bands=tuple(json.loads(row["bands"])), sketch=row["sketch"]
            )
            for row in self.db.rows(
                """
                SELECT document, title_key, bands, sketch
                FROM signatures
                WHERE document IN (SELECT value FROM json_each(:documents))
                """,  # the primary key
                {"documents": to_json(documents)},
            )
        }

    def _join(self, story: int, at: int) -> None:
        self.db.run(
            """
            UPDATE stories
            SET
              copies = copies + 1,
              first_at = CASE WHEN :at < first_at THEN :at ELSE first_at END,
              last_at = CASE WHEN :at > last_at THEN :at ELSE last_at END
            WHERE id = :story
            """,
            {"story": story, "at": at},
        )

    def _begin(self, document: int, at: int) -> int:
        story = self.numbers.next()
        self.db.run(
            """
            INSERT INTO stories (id, document, first_at, last_at, copies)
            VALUES (:story, :document, :at, :at, 1)
            """,
            {"story": story, "document": document, "at": at},
        )
        return story

    def _remember(self, story: int, document: int, signature: stories.Signature, keys: list[int]) -> None:
        renewed = self.memory.renewed(document)
        self.db.many(
            """
            INSERT INTO story_keys (key, story, document)
            VALUES (:key, :story, :document)
            ON CONFLICT (key, story) DO UPDATE SET document = excluded.document WHERE story_keys.document < :renewed
            """,
            [{"key": key, "story": story, "document": document, "renewed": renewed} for key in keys],
        )
        self.db.run(
            """
            INSERT INTO signatures (document, title_key, bands, sketch)
            SELECT :document, :title_key, :bands, :sketch
            WHERE EXISTS (SELECT 1 FROM story_keys WHERE document = :document)
            ON CONFLICT (document) DO NOTHING
            """,  # story_keys_by_document
            {
                "document": document,
                "title_key": storable(signature.title_key),
                "bands": to_json(signature.bands),
                "sketch": signature.sketch,
            },
        )


def _keys(signature: stories.Signature) -> Iterable[int]:
    if signature.title_key:
        yield identity.digest("story", signature.title_key)
    yield from signature.bands
