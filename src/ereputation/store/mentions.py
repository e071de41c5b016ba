"""Reading mentions, newest first and in pages, and their triage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from ereputation.asking import may_expect_answer
from ereputation.model import Marking
from ereputation.store.connection import Base, Sequence, instant_or_none, seconds, seconds_or_none
from ereputation.store.ledger import Ledger, position_of
from ereputation.store.rows import (
    DOCUMENT_COLUMNS,
    MENTION_COLUMNS,
    document_of,
    mention_of,
    storable,
    to_json,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from ereputation.model import Document, Label, Media, Mention, Triage
    from ereputation.store.connection import Row

_PAGE = 500
_DECIDED = ("status", "note", "by", "corrected")
NEWEST = (1 << 63) - 1
"""A position after every other."""

_SELECT = (
    "SELECT "
    + MENTION_COLUMNS
    + ", "
    + DOCUMENT_COLUMNS
    + """
    FROM mentions AS m
    JOIN brands AS b ON b.id = m.brand
    JOIN stories AS t ON t.id = m.story
    JOIN documents AS d ON d.id = m.document
    JOIN sources AS s ON s.id = d.source
    """
)

_FILTERS = """
    AND m.position >= :since
    AND m.position <= :place
    AND (m.position < :place OR (m.position = :place AND m.id < :id))
    AND (:labels IS NULL OR CASE m.corrected WHEN '' THEN m.label ELSE m.corrected END IN (SELECT value FROM json_each(:labels)))
    AND (:sources IS NULL OR s.name IN (SELECT value FROM json_each(:sources)))
    AND (:status IS NULL OR m.status IN (SELECT value FROM json_each(:status)))
    AND (:media IS NULL OR m.media = :media)
    AND (:story IS NULL OR m.story = :story)
    ORDER BY m.position DESC, m.id DESC
    LIMIT :limit
    """

_OF_BRAND = (
    _SELECT + " WHERE m.brand = (SELECT id FROM brands WHERE name = :brand) " + _FILTERS
)  # mentions_by_brand
_OF_ALL = (
    _SELECT + " WHERE (:brands IS NULL OR b.name IN (SELECT value FROM json_each(:brands))) " + _FILTERS
)  # mentions_by_time
_BY_ID = _SELECT + " WHERE m.id = :id"
_CORRECTED = (
    _SELECT
    + """
    WHERE m.id IN (
      SELECT min(c.id)
      FROM mentions AS c
      WHERE c.id IN (SELECT mention FROM marks)
      AND c.corrected <> ''
      GROUP BY c.brand, c.story
    )
    ORDER BY m.id DESC
    LIMIT :limit
    """
)  # the primary keys
_LESSONS = 5_000
"""The latest judgements are enough to learn from."""


class Mentions(Base):
    """The part of the store that reads mentions and keeps their triage."""

    def mentions(
        self,
        *,
        brand: str | None = None,
        brands: Collection[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        labels: Collection[Label] = (),
        sources: Collection[str] = (),
        status: Collection[Triage] = (),
        media: Media | None = None,
        story: int | None = None,
        limit: int | None = None,
        asking: bool = False,
    ) -> Iterator[Mention]:
        """Mentions newest first, ``since`` included, ``until`` excluded; None and () leave nothing out.

        Read page by page as they are asked for: a million take no more memory than 500, and no transaction stays open.
        With ``asking``, those that surely expect no answer are passed over, though ``limit`` counts them.
        """
        brands = [brand] if brand is not None else list(brands)
        wanted: dict[str, Any] = {
            "brand": brands[0] if len(brands) == 1 else None,
            "brands": to_json(brands) if len(brands) > 1 else None,
            "since": position_of(seconds(since)) if since else -NEWEST,
            "labels": to_json(labels) if labels else None,
            "sources": to_json(sources) if sources else None,
            "status": to_json(status) if status else None,
            "media": media,
            "story": story,
        }
        place, number, left = (
            (position_of(seconds(until)) if until else NEWEST),
            0,
            NEWEST if limit is None else limit,
        )
        while left > 0:
            rows = self.db.rows(
                _OF_BRAND if len(brands) == 1 else _OF_ALL,
                wanted | {"place": place, "id": number, "limit": min(_PAGE, left)},
            )
            for row in rows:
                if not asking or _may_ask(row):
                    yield mention_of(row, document_of(row))
            if len(rows) < min(_PAGE, left):
                return
            place, number = rows[-1]["place"], rows[-1]["mention"]
            left -= len(rows)

    def mention(self, number: int) -> Mention | None:
        """One mention; None when there is none of this id."""
        row = self.db.row(_BY_ID, {"id": number})
        return mention_of(row, document_of(row)) if row else None

    def corrections(self) -> dict[str, list[tuple[Document, Label]]]:
        """By brand: the documents whose tone people judged, the first of each story, in the order of being found."""
        found: dict[str, list[tuple[Document, Label]]] = {}
        for row in reversed(self.db.rows(_CORRECTED, {"limit": _LESSONS})):
            document = document_of(row)
            match = mention_of(row, document).match
            found.setdefault(match.brand, []).append((document, match.sentiment.label))
        return found

    def existing(self, first: int, last: int, *, stories: bool = False) -> list[int]:
        """The mentions with a number from ``first`` to ``last``; with ``stories``, of the stories with such a number."""
        column = "story" if stories else "id"
        rows = self.db.rows(
            f"""
            SELECT id
            FROM mentions
            WHERE {column} >= :first
            AND {column} <= :last
            ORDER BY id
            """,  # the primary key; mentions_by_story
            {"first": first, "last": last},
        )
        return [row["id"] for row in rows]

    def near_duplicates(self, ids: Iterable[int]) -> list[int]:
        """These mentions, and every other of the same story and brand."""
        return [
            row["id"]
            for row in self.db.rows(
                """
                SELECT DISTINCT other.id
                FROM mentions AS m
                JOIN mentions AS other ON other.story = m.story AND other.brand = m.brand
                WHERE m.id IN (SELECT value FROM json_each(:ids))
                ORDER BY other.id
                """,  # mentions_by_story
                {"ids": to_json(list(ids))},
            )
        ]

    def mark(
        self,
        ids: Iterable[int],
        *,
        status: Triage | None = None,
        note: str | None = None,
        by: str | None = None,
        label: Label | Literal[""] | None = None,
        copies: Iterable[int] = (),
        at: datetime | None = None,
    ) -> int:
        """Note what a person decided; None leaves a thing as it is. The number of mentions of ``ids`` there were.

        A corrected label counts from then on, also when the text is scored again, and for the ``copies``, too; the label
        "" takes a correction back. How things stood before is kept, for ``unmark``.
        """
        chosen = list(ids)
        with self.db.write():
            change = Sequence(self.db, "changes")
            number = change.next()
            change.save()
            marked = self._change(number, chosen, at, status=status, note=note, by=by, corrected=label)
            others = sorted(set(copies) - set(chosen))
            if label is not None and others:
                self._change(number, others, at, corrected=label)
        return marked

    def unmark(self, ids: Iterable[int]) -> list[int]:
        """Take the latest change of each of these mentions back, with all that was changed at once; which ones they are."""
        restored: dict[int, None] = {}
        with self.db.write():
            changes = self.db.rows(
                """
                SELECT DISTINCT max(change) AS change
                FROM marks
                WHERE mention IN (SELECT value FROM json_each(:ids))
                GROUP BY mention
                ORDER BY change DESC
                """,  # marks_by_mention
                {"ids": to_json(list(ids))},
            )
            for found in changes:
                before = self.db.rows(
                    """
                    SELECT m.*
                    FROM marks AS m
                    WHERE m.change = :change
                    AND NOT EXISTS (
                      SELECT 1
                      FROM marks AS later
                      WHERE later.mention = m.mention
                      AND later.change > m.change
                    )
                    """,  # the primary key; marks_by_mention
                    dict(found),
                )
                for row in before:
                    self._set([row["mention"]], {name: row[name] for name in _DECIDED})
                self.db.many(
                    "DELETE FROM marks WHERE change = :change AND mention = :mention",
                    [{"change": row["change"], "mention": row["mention"]} for row in before],
                )
                restored |= dict.fromkeys(row["mention"] for row in before)
        return list(restored)

    def markings(self, number: int) -> list[Marking]:
        """How a mention stood before each change people made to it, oldest first."""
        return [
            Marking(
                at=instant_or_none(row["at"]),
                status=row["status"],
                note=row["note"],
                by=row["by"],
                corrected=row["corrected"],
            )
            for row in self.db.rows(
                """
                SELECT *
                FROM marks
                WHERE mention = :number
                ORDER BY change
                """,  # marks_by_mention
                {"number": number},
            )
        ]

    def _change(self, change: int, ids: list[int], at: datetime | None, **wanted: str | None) -> int:
        """Inside one write: remember how mentions stand, then change them; how many there were."""
        self.db.run(
            """
            INSERT INTO marks (change, mention, at, status, note, by, corrected)
            SELECT :change, id, :at, status, note, by, corrected
            FROM mentions
            WHERE id IN (SELECT value FROM json_each(:ids))
            """,
            {"change": change, "at": seconds_or_none(at), "ids": to_json(ids)},
        )
        return self._set(ids, {name: wanted.get(name) for name in _DECIDED})

    def _set(self, ids: list[int], wanted: dict[str, str | None]) -> int:
        """Inside one write: what people decide about mentions, counted as they see it; how many there were."""
        ledger = Ledger()
        label = wanted["corrected"]
        rows = self.db.rows(
            """
            SELECT *
            FROM mentions
            WHERE id IN (SELECT value FROM json_each(:ids))
            """,
            {"ids": to_json(ids)},
        )
        for row in rows:
            ledger.add(row, -1)
            ledger.add({**dict(row), "corrected": row["corrected"] if label is None else label})
        self.db.run(
            """
            UPDATE mentions
            SET
              status = coalesce(:status, status),
              note = coalesce(:note, note),
              by = coalesce(:by, by),
              corrected = coalesce(:corrected, corrected)
            WHERE id IN (SELECT value FROM json_each(:ids))
            """,
            {
                "ids": to_json(ids),
                **{name: None if value is None else storable(value) for name, value in wanted.items()},
            },
        )
        ledger.write(self.db)
        return len(rows)


def _may_ask(row: Row) -> bool:
    return may_expect_answer(
        row["title"],
        row["text"],
        kind=row["type"],
        reply_to=row["reply_to"],
        label=row["corrected"] or row["found_label"],
        categories=row["categories"] != "[]",
    )
