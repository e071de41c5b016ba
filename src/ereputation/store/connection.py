"""One open database, whatever the engine: statements with named parameters, short writes, every error as a sentence."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from ereputation.store.fulltext import Index


class Row(Protocol):
    """A row of an answer; its values are known by name and by place."""

    def __getitem__(self, key: int | str, /) -> Any:
        """The value of a column."""

    def __iter__(self) -> Iterator[Any]:
        """Every value in its place."""

    def __len__(self) -> int:
        """How many columns."""

    def keys(self) -> list[str]:
        """The names of the columns."""


Parameters: TypeAlias = "Mapping[str, Any]"
"""For ``:name`` in a statement."""
Values: TypeAlias = "tuple[Any, ...]"
"""For every ``?`` in a statement, in their order: what takes least where there are thousands."""


class Connection(ABC):
    """What the parts of the store speak to: statements in the SQL that SQLite and PostgreSQL share.

    Lists travel as JSON text: ``IN (SELECT value FROM json_each(:names))``. Whatever goes wrong is a StoreError that names
    the database.
    """

    name: str
    """What the database is called in messages."""
    index: Index
    """How this engine keeps and asks its full-text index."""

    @abstractmethod
    def rows(self, statement: str, parameters: Parameters | None = None) -> list[Row]:
        """Every row of the answer, at once: no statement stays open between two calls."""

    def row(self, statement: str, parameters: Parameters | None = None) -> Row | None:
        """The first row; None when there is none."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def value(self, statement: str, parameters: Parameters | None = None) -> Any:
        """The first column of the first row; None when there is no row."""
        row = self.row(statement, parameters)
        return row[0] if row else None

    def answers(self, statement: str, parameters: Iterable[Parameters]) -> list[list[Row]]:
        """The rows of a statement for each set of parameters."""
        return [self.rows(statement, one) for one in parameters]

    @abstractmethod
    def run(self, statement: str, parameters: Parameters | None = None) -> None:
        """Execute a statement. Inside a write its error may come later, but before the write has ended."""

    @abstractmethod
    def many(self, statement: str, parameters: Iterable[Parameters] | Iterable[Values]) -> None:
        """Execute a statement once for each set of parameters or row of values; errors as with ``run``."""

    def noted(self, name: str) -> str | None:
        """What is noted of the database itself under this name; None when nothing is."""
        value: str | None = self.value("SELECT value FROM meta WHERE name = :name", {"name": name})
        return value

    def note(self, name: str, value: str) -> None:
        """Note it, inside a write."""
        self.run(
            """
            INSERT INTO meta (name, value)
            VALUES (:name, :value)
            ON CONFLICT (name) DO UPDATE SET value = excluded.value
            """,
            {"name": name, "value": value},
        )

    @abstractmethod
    def write(self) -> AbstractContextManager[None]:
        """One transaction that owns the right to write from its first instant: all of it is stored, or nothing."""

    @abstractmethod
    def shrink(self) -> None:
        """Give the room of dropped rows back to the disk."""

    @abstractmethod
    def faults(self) -> list[str]:
        """What is found damaged; empty when all is well."""

    @abstractmethod
    def size(self) -> int:
        """How many bytes the database takes on its disk."""

    @abstractmethod
    def engine(self) -> str:
        """The program that keeps it, with its version."""

    @abstractmethod
    def interrupt(self) -> None:
        """Break off the statement that runs now, if any, with a StoreError; may be called from another thread."""

    @abstractmethod
    def close(self) -> None:
        """Close the database; a second call does nothing."""


class Base:
    """What the parts of the store share."""

    def __init__(self, db: Connection) -> None:
        self.db = db


class Sequence:
    """Numbers that are given out once and never again, also after the rows that bore them are gone.

    Used inside one write; ``save`` has to be called before it ends.
    """

    def __init__(self, db: Connection, name: str) -> None:
        self._db, self._name = db, name
        self._last: int = (
            db.value(
                """
                SELECT last
                FROM sequences
                WHERE name = :name
                """,
                {"name": name},
            )
            or 0
        )

    def next(self) -> int:
        """The next number, from 1."""
        self._last += 1
        return self._last

    def save(self) -> None:
        """Remember the last number given out."""
        self._db.run(
            """
            INSERT INTO sequences (name, last)
            VALUES (:name, :last)
            ON CONFLICT (name) DO UPDATE SET last = excluded.last
            """,
            {"name": self._name, "last": self._last},
        )


def seconds(moment: datetime) -> int:
    """An instant as the database keeps it."""
    return int(moment.timestamp() // 1)


def seconds_or_none(moment: datetime | None) -> int | None:
    """An instant as the database keeps it; None stays None."""
    return None if moment is None else seconds(moment)


def instant(value: int) -> datetime:
    """An instant as the rest of the program knows it."""
    return datetime.fromtimestamp(value, UTC)


def instant_or_none(value: int | None) -> datetime | None:
    """An instant as the rest of the program knows it; None stays None."""
    return None if value is None else instant(value)
