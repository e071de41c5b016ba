"""How long documents are remembered as what a new one may be a copy of: storing costs what is new, not what is old.

A new document is compared with what was stored, or renewed by a copy, on the last ``_DAYS`` days on which anything was
stored. Days are told apart, never subtracted: a clock that is wrong once makes one day more, whichever way it jumped; and
history that is imported is as young as the day it came.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from ereputation.store.ledger import DAY
from ereputation.store.rows import to_json
from ereputation.stories import MEMORY

if TYPE_CHECKING:
    from ereputation.store.connection import Connection

_RENEWED = int(MEMORY) // DAY
"""A copy takes over the keys of what is older. Of a story whose copies come within ``MEMORY`` of each other, however long it
goes on, there is then always one that is remembered."""
_DAYS = 2 * _RENEWED
_TURN = 5_000
"""Documents stored between two turns of forgetting: keys lie scattered, so a few at a time would rewrite a page for each."""

FORGET = (
    "DELETE FROM story_keys WHERE document IN (SELECT value FROM json_each(:ids))",  # story_keys_by_document
    "DELETE FROM signatures WHERE document IN (SELECT value FROM json_each(:ids))",  # the primary key
)


@dataclass(slots=True)
class Memory:
    """What is remembered, inside one write."""

    db: Connection
    days: list[tuple[int, int]] = field(default_factory=list)
    """The latest days on which something was stored, in the order in which they came, each with its first document."""
    counted: int = 0
    """Documents before this one had their turn."""
    spared: int = 0
    """Documents up to this one are being looked back over: what is remembered of them, they need."""

    @classmethod
    def of(cls, db: Connection) -> Self:
        """As the database knows it; one that has never counted days begins with today."""
        stored = db.noted("memory")
        return cls(db, **json.loads(stored)) if stored else cls(db)

    def renewed(self, document: int) -> int:
        """Before which document is old what a copy like this one takes over; 0: nothing, for it is old itself."""
        first = self.days[-_RENEWED][1] if len(self.days) >= _RENEWED else 0
        return first if document >= first else 0

    def add(self, now: int, first: int, last: int) -> None:
        """These documents were stored now; since the last turn, twice as many old ones are forgotten at the most."""
        self.counted = self.counted or first
        new = last + 1 - self.counted
        if begun := now // DAY not in (day for day, _ in self.days):
            self.days = [*self.days, (now // DAY, first)][-_DAYS - 1 :]
        if turn := new >= _TURN:
            self.forget(2 * new)
            self.counted = last + 1
        if begun or turn:
            self._save()

    def forget(self, limit: int) -> int:
        """Forget up to so many documents whose time has come, the oldest first; how many."""
        if len(self.days) <= _DAYS:
            return 0
        rows = self.db.rows(
            """
            SELECT document
            FROM signatures
            WHERE document > :spared
            AND document < :first
            ORDER BY document
            LIMIT :limit
            """,  # the primary key
            {"spared": self.spared, "first": self.days[0][1], "limit": limit},
        )
        if rows:
            ids = {"ids": to_json([row["document"] for row in rows])}
            for statement in FORGET:
                self.db.run(statement, ids)
        return len(rows)

    def spare(self, document: int) -> None:
        """Forget nothing up to this document until told otherwise; 0: spare none."""
        self.spared = document
        self._save()

    def _save(self) -> None:
        self.db.note("memory", to_json({"days": self.days, "counted": self.counted, "spared": self.spared}))
