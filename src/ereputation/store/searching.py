"""Stored documents newest first: the index and the filters pre-select, the caller's query tree decides."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ereputation.store.connection import Base, seconds
from ereputation.store.ledger import position_of
from ereputation.store.mentions import NEWEST
from ereputation.store.rows import DOCUMENT_COLUMNS, MENTION_COLUMNS, document_of, mention_of, to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ereputation.model import Document, Mention
    from ereputation.query import Filters, Pre

_FIRST_PAGE, _PAGE = 50, 500

_FROM_ALL = """
FROM documents AS d
JOIN sources AS s ON s.id = d.source
WHERE d.position < :place
AND d.position >= :since
"""  # documents_by_time
_FROM_BRAND = """
FROM mentions AS m
CROSS JOIN documents AS d ON d.id = m.document
JOIN sources AS s ON s.id = d.source
WHERE m.brand = :brand
AND m.position < :place
AND m.position >= :since
"""  # mentions_by_brand

_FILTERS = """
AND (:sources IS NULL OR fold(s.name) IN (SELECT value FROM json_each(:sources)))
AND (:types IS NULL OR fold(d.type) IN (SELECT value FROM json_each(:types)))
AND (:labels IS NULL OR d.label = '' OR d.label IN (SELECT value FROM json_each(:labels)))
AND (:langs IS NULL OR EXISTS (SELECT 1 FROM json_each(:langs) WHERE instr(fold(d.lang), value) = 1))
AND (:authors IS NULL OR EXISTS (SELECT 1 FROM json_each(:authors) WHERE instr(fold(d.author_handle), value) > 0))
AND (:sites IS NULL OR EXISTS (
  SELECT 1 FROM json_each(:sites) WHERE instr(fold(d.site), value) > 0 OR instr(fold(d.url), value) > 0
))
AND (:brands IS NULL OR EXISTS (
  SELECT 1 FROM mentions AS x WHERE x.document = d.id AND x.brand IN (SELECT value FROM json_each(:brands))
))
AND (:statuses IS NULL OR EXISTS (
  SELECT 1 FROM mentions AS x WHERE x.document = d.id AND x.status IN (SELECT value FROM json_each(:statuses))
))
"""


@lru_cache
def _statement(walk: str, newest: str) -> str:
    return "SELECT " + DOCUMENT_COLUMNS + walk + _FILTERS + f"ORDER BY {newest} DESC LIMIT :limit"


class Searching(Base):
    """The part of the store that finds documents."""

    def search(
        self, pre: Pre | None, filters: Filters, *, limit: int | None = None
    ) -> Iterator[tuple[Document, tuple[Mention, ...]]]:
        """Documents that may match, with their mentions, newest first; ``pre`` None: no pre-selection by words.

        A superset of what the query finds: the caller verifies each. Read page by page, so that the newest few cost little
        and no transaction stays open.
        """
        wanted = self._conditions(filters)
        statement = _statement(_FROM_ALL, "d.position")
        if pre is not None:
            index = self.db.index
            statement, wanted["match"] = _statement(index.walk, index.newest), index.render(pre)
        elif len(filters.brands) == 1 and (brands := self._brands(filters.brands)):
            statement, wanted["brand"] = _statement(_FROM_BRAND, "m.position"), brands[0]
        left = NEWEST if limit is None else limit
        place = position_of(seconds(filters.before)) if filters.before else NEWEST
        page = _FIRST_PAGE
        while left > 0:
            asked = min(page, left)
            rows = self.db.rows(statement, wanted | {"place": place, "limit": asked})
            documents = [document_of(row) for row in rows]
            mentions = self.mentions_of(documents)
            for document in documents:
                yield document, tuple(mentions.get(document.id, ()))
            if len(rows) < asked:
                return
            left -= len(rows)
            place, page = rows[-1]["position"], _PAGE

    def mentions_of(self, documents: Sequence[Document]) -> dict[int, list[Mention]]:
        """The mentions of stored documents, by document id."""
        by_id = {document.id: document for document in documents}
        found: defaultdict[int, list[Mention]] = defaultdict(list)
        for row in self.db.rows(
            "SELECT "
            + MENTION_COLUMNS
            + """
            FROM mentions AS m
            JOIN brands AS b ON b.id = m.brand
            JOIN stories AS t ON t.id = m.story
            WHERE m.document IN (SELECT value FROM json_each(:documents))
            ORDER BY m.document, m.id
            """,  # UNIQUE (document, brand)
            {"documents": to_json(list(by_id))},
        ):
            found[row["document"]].append(mention_of(row, by_id[row["document"]]))
        return dict(found)

    def document(self, number: int) -> Document | None:
        """One document; None when there is none of this id, or when it was pruned."""
        row = self.db.row(
            "SELECT "
            + DOCUMENT_COLUMNS
            + """
            FROM documents AS d
            JOIN sources AS s ON s.id = d.source
            WHERE d.id = :id
            """,
            {"id": number},
        )
        return document_of(row) if row else None

    def _conditions(self, filters: Filters) -> dict[str, Any]:
        names = ("sources", "types", "labels", "langs", "authors", "sites", "statuses")
        wanted: dict[str, Any] = {
            name: to_json(values) if (values := getattr(filters, name)) else None for name in names
        }
        wanted["brands"] = to_json(self._brands(filters.brands)) if filters.brands else None
        wanted["since"] = position_of(seconds(filters.since)) if filters.since else -NEWEST
        return wanted

    def _brands(self, names: Sequence[str]) -> list[int]:
        return [
            row["id"]
            for row in self.db.rows(
                """
                SELECT id
                FROM brands
                WHERE fold(name) IN (SELECT fold(value) FROM json_each(:names))
                """,
                {"names": to_json(names)},
            )
        ]
