"""Which story a document tells: near-identical documents share one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation import identity, stories
from ereputation.store.connection import Sequence, seconds
from ereputation.store.rows import storable, to_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ereputation.model import Document
    from ereputation.store.connection import Connection


@dataclass(slots=True)
class Stories:
    """Gives documents their story, inside one write."""

    db: Connection
    numbers: Sequence

    def story_of(self, document: Document, signature: stories.Signature | None) -> int:
        """The oldest story within memory that the document is a copy of, else a new one; counts it as a copy."""
        signature = signature or stories.signature(document)
        keys = list(_keys(signature))
        at = seconds(document.published)
        story = self._find(signature, keys, at)
        if story:
            self._join(story, at)
        else:
            story = self._begin(document, at)
        self._remember(story, document, signature, keys)
        self.db.run(
            """
            UPDATE documents
            SET story = :story
            WHERE id = :document
            """,
            {"story": story, "document": document.id},
        )
        return story

    def _find(self, signature: stories.Signature, keys: list[int], at: int) -> int:
        refused: set[int] = set()
        for row in self.db.rows(
            """
            SELECT DISTINCT k.story, k.document, s.title_key, s.bands, s.sketch
            FROM story_keys AS k
            JOIN stories AS t ON t.id = k.story
            JOIN signatures AS s ON s.document = k.document
            WHERE k.key IN (SELECT value FROM json_each(:keys))
            AND t.last_at >= :since
            AND t.first_at <= :until
            ORDER BY k.story
            LIMIT 200
            """,  # the primary key of story_keys; the limit bounds what a flood of look-alikes can cost
            {"keys": to_json(keys), "since": at - int(stories.MEMORY), "until": at + int(stories.MEMORY)},
        ):
            if row["document"] in refused:
                continue
            other = stories.Signature(
                title_key=row["title_key"], bands=tuple(json.loads(row["bands"])), sketch=row["sketch"]
            )
            if stories.similar(signature, other):
                return int(row["story"])
            refused.add(row["document"])
        return 0

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

    def _begin(self, document: Document, at: int) -> int:
        story = self.numbers.next()
        self.db.run(
            """
            INSERT INTO stories (id, document, first_at, last_at, copies)
            VALUES (:story, :document, :at, :at, 1)
            """,
            {"story": story, "document": document.id, "at": at},
        )
        return story

    def _remember(
        self, story: int, document: Document, signature: stories.Signature, keys: list[int]
    ) -> None:
        added = self.db.many(
            """
            INSERT INTO story_keys (key, story, document)
            VALUES (:key, :story, :document)
            ON CONFLICT (key, story) DO NOTHING
            """,
            [{"key": key, "story": story, "document": document.id} for key in keys],
        )
        if added > 0:
            self.db.run(
                """
                INSERT INTO signatures (document, title_key, bands, sketch)
                VALUES (:document, :title_key, :bands, :sketch)
                ON CONFLICT (document) DO NOTHING
                """,
                {
                    "document": document.id,
                    "title_key": storable(signature.title_key),
                    "bands": to_json(signature.bands),
                    "sketch": signature.sketch,
                },
            )


def _keys(signature: stories.Signature) -> Iterable[int]:
    if signature.title_key:
        yield identity.digest("story", signature.title_key)
    yield from signature.bands
