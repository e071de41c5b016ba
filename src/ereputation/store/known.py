"""Which documents of a reading are stored already, under whatever name they had then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ereputation import identity
from ereputation.store.connection import instant
from ereputation.store.rows import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ereputation.model import Document
    from ereputation.store.connection import Connection

NOBODY = 0
"""What a key names that many documents share."""


@dataclass(slots=True)
class Known:
    """What tells whether a reading changes a stored document; ``source`` 0: it was pruned, only its names are left."""

    id: int
    source: int = 0
    content: int = 0
    published: int = 0
    trusted: bool = False


@dataclass(slots=True)
class Names:
    """The stored documents that the keys of a batch lead to, and those the batch itself adds."""

    db: Connection
    named: dict[int, int] = field(default_factory=dict)
    """Digest to document id, or to NOBODY."""
    documents: dict[int, Known] = field(default_factory=dict)

    def look_up(self, digests: Iterable[int]) -> None:
        """Fetch what is stored under these digests: one search of the primary key of ``keys`` for each."""
        wanted = list(digests)
        for start in range(0, len(wanted), 5_000):
            for row in self.db.rows(
                """
                SELECT k.key, k.document, d.source, d.content, d.published, d.date_confidence
                FROM json_each(:digests) AS wanted
                JOIN keys AS k ON k.key = CAST(wanted.value AS BIGINT)
                LEFT JOIN documents AS d ON d.id = k.document
                """,
                {"digests": to_json(wanted[start : start + 5_000])},
            ):
                self.named[row["key"]] = row["document"]
                self.documents[row["document"]] = Known(
                    row["document"],
                    row["source"] or 0,
                    row["content"] or 0,
                    row["published"] or 0,
                    row["date_confidence"] != "first_seen",
                )

    def resolve(
        self,
        titles: Sequence[str],
        keys: identity.Reading,
        document: Callable[[int], Document],
        *,
        by_title: bool = True,
    ) -> list[int]:
        """The id of each document of one reading, 0 when it is new; ``document`` gives the one at a place.

        ``by_title``: False for a source that was never read, which can have brought none of these titles.

        The most trusted names speak first for all documents. A document that one entry has claimed is not given to
        another of a different title: they stand side by side in the same reading, so they are two.
        """
        found = [NOBODY] * len(titles)
        claims: dict[int, str] = {}
        for digests in (keys.guids, keys.urls, keys.contents):
            for place, digest in enumerate(digests):
                known = self.named.get(digest, NOBODY)
                if known and not found[place] and claims.setdefault(known, titles[place]) == titles[place]:
                    found[place] = known
        for place, title in enumerate(keys.titles if by_title else ()):
            if title and not found[place] and (known := self._by_title(place, title, document, claims)):
                found[place] = known
                claims[known] = titles[place]
        return found

    def _by_title(
        self, place: int, title: int, document: Callable[[int], Document], claims: dict[int, str]
    ) -> int:
        for digest in identity.around(title):
            known = self.documents.get(self.named.get(digest, NOBODY))
            if known is None or not known.source or known.id in claims:
                continue
            if identity.same_title_same_document(
                document(place),
                instant(known.published),
                old_trusted=known.trusted,
                old_opening=self._opening(known.id),
            ):
                return known.id
        return NOBODY

    def _opening(self, document: int) -> str:
        text: str | None = self.db.value(
            """
            SELECT substr(text, 1, 200)
            FROM documents
            WHERE id = :document
            """,
            {"document": document},
        )
        return identity.text_opening(text or "")
