"""Keeping the file small and sound: retention, forgetting a person, the index, damage."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ereputation import identity
from ereputation.store import fulltext
from ereputation.store.connection import Base, seconds
from ereputation.store.ledger import position_of
from ereputation.store.memory import FORGET, Memory
from ereputation.store.rows import DOCUMENT_COLUMNS, document_of, stored_after, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ereputation.store.connection import Connection, Row

_CHUNK = 500
_SHRUNK = 20 * _CHUNK
"""Documents after which room is given back: all at once would go through the journal in one piece."""
_FORGOTTEN = 50_000
"""Documents forgotten at a time: what is remembered of them lies scattered, so each time goes through much of the file."""
_OF_AUTHOR = """
WHERE (fold(d.author_handle) IN (fold(:handle), '@' || fold(:handle)) OR fold(d.author_name) = '@' || fold(:handle))
"""
"""Some feeds give the handle as the name."""


class Upkeep(Base):
    """The part of the store that looks after the file."""

    def prune(self, before: datetime) -> int:
        """Drop documents published before then, with their mentions; how many.

        Their names stay, so none comes back as new; what was counted of them stays counted, since counts name nobody.
        What is remembered of documents that no new one is compared with goes too, of whatever date they are.
        """
        dropped = self._drop(
            """
            WHERE d.position < :before
            ORDER BY d.position
            LIMIT :limit
            """,  # documents_by_time
            {"before": position_of(seconds(before))},
        )
        self._forget()  # last: it needs more room on the disk, which may be what there is too little of
        return dropped

    def expire(self, before: datetime) -> int:
        """Drop what was read through YouTube's API before then; how many. Its terms ask to refresh or delete in 30 days."""
        if not self.db.value(
            "SELECT 1 FROM documents WHERE kind = 'youtube' AND first_seen < :before LIMIT 1",  # documents_on_loan
            {"before": seconds(before)},
        ):
            return 0
        return self._drop(
            """
            WHERE d.kind = 'youtube'
            AND d.first_seen < :before
            LIMIT :limit
            """,  # documents_on_loan
            {"before": seconds(before)},
        )

    def forget(self, handle: str) -> int:
        """Drop every document of an author, with its mentions; how many. Their names stay as digests only."""
        return self._drop(_OF_AUTHOR + "LIMIT :limit", {"handle": handle.strip().removeprefix("@")})

    def older_than(self, before: datetime) -> int:
        """How many documents ``prune`` would drop."""
        counted: int = self.db.value(
            """
            SELECT count(*)
            FROM documents
            WHERE position < :before
            """,  # documents_by_time
            {"before": position_of(seconds(before))},
        )
        return counted

    def authored_by(self, handle: str) -> int:
        """How many documents ``forget`` would drop."""
        counted: int = self.db.value(
            "SELECT count(*) FROM documents AS d " + _OF_AUTHOR, {"handle": handle.strip().removeprefix("@")}
        )
        return counted

    def _forget(self) -> None:
        with self.db.write():
            Memory.of(self.db).spare(0)  # what a look back that never ended has spared
        forgotten = _FORGOTTEN
        while forgotten == _FORGOTTEN:
            with self.db.write():
                forgotten = Memory.of(self.db).forget(_FORGOTTEN)
            self.db.shrink()

    def _drop(self, which: str, parameters: dict[str, object]) -> int:
        dropped = 0
        while True:
            with self.db.write():
                rows = self.db.rows(
                    "SELECT "
                    + DOCUMENT_COLUMNS
                    + " FROM documents AS d JOIN sources AS s ON s.id = d.source "
                    + which,
                    parameters | {"limit": _CHUNK},
                )
                _drop_rows(self.db, rows)
            dropped += len(rows)
            if len(rows) < _CHUNK or dropped % _SHRUNK == 0:
                self.db.shrink()
            if len(rows) < _CHUNK:
                return dropped

    def reindex(self) -> None:
        """Fill the full-text index anew if the way its tokens are made has changed since it was filled."""
        if self._indexed_as(fulltext.VERSION):
            return
        with self.db.write():
            if self._indexed_as(fulltext.VERSION):  # another process was faster
                return
            self._refill()
            self.db.note("index", fulltext.VERSION)

    def _indexed_as(self, version: str) -> bool:
        return self.db.noted("index") == version

    def _refill(self) -> None:
        fulltext.clear(self.db)
        after = 0
        while rows := stored_after(self.db, after, _CHUNK):
            fulltext.add(self.db, [(row["position"], document_of(row)) for row in rows])
            after = rows[-1]["id"]

    def faults(self) -> list[str]:
        """What is found damaged; empty when all is well. Reads all of a file."""
        return self.db.faults()

    def size(self) -> int:
        """How many bytes the database takes."""
        return self.db.size()

    def engine(self) -> str:
        """The program that keeps the data, with its version."""
        return self.db.engine()


def withdraw(db: Connection, source: str, guids: Sequence[str]) -> None:
    """Inside one write: drop the documents that their network says were deleted; their names stay, so none comes back."""
    digests = [identity.guid_digest(guid.strip(), source) for guid in guids]
    rows = db.rows(
        "SELECT "
        + DOCUMENT_COLUMNS
        + """
        FROM keys AS k
        JOIN documents AS d ON d.id = k.document
        JOIN sources AS s ON s.id = d.source
        WHERE k.key IN (SELECT value FROM json_each(:digests))
        """,  # the primary keys
        {"digests": to_json(digests)},
    )
    _drop_rows(db, rows)


def _drop_rows(db: Connection, rows: list[Row]) -> None:
    fulltext.remove(db, [(row["position"], document_of(row)) for row in rows])
    ids = {"ids": to_json([row["id"] for row in rows])}
    for statement in _DROPS:
        db.run(statement, ids)


_DROPS = (
    "DELETE FROM marks WHERE mention IN (SELECT id FROM mentions WHERE document IN (SELECT value FROM json_each(:ids)))",
    "DELETE FROM mentions WHERE document IN (SELECT value FROM json_each(:ids))",  # UNIQUE (document, brand)
    *FORGET,
    "DELETE FROM documents WHERE id IN (SELECT value FROM json_each(:ids))",
)
