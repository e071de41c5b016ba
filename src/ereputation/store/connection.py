"""One open database: statements with named parameters, short writes, every SQLite error as a sentence."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from ereputation.errors import StoreError
from ereputation.schema import store_error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Row: TypeAlias = sqlite3.Row
Parameters: TypeAlias = "Mapping[str, Any]"


class Connection:
    """A thin wrap of ``sqlite3.Connection``: everything it raises is a StoreError that names the file."""

    def __init__(self, raw: sqlite3.Connection, name: str) -> None:
        raw.row_factory = sqlite3.Row
        self._raw = raw
        self.name = name
        self._file = self._identity()

    def _identity(self) -> tuple[int, int] | None:
        """Which file the name stands for; None when there is none."""
        try:
            status = os.stat(self.name)  # noqa: PTH116 - names, not paths, are handled here
        except OSError:
            return None
        return status.st_dev, status.st_ino

    def _check_file(self) -> None:
        if self._identity() != self._file:
            raise StoreError(
                f"{self.name} was moved or deleted while in use: nothing was stored; run it again"
            )

    def rows(self, statement: str, parameters: Parameters | None = None) -> list[Row]:
        """Every row of the answer, at once: no statement stays open between two calls."""
        try:
            return self._raw.execute(statement, parameters or {}).fetchall()
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    def row(self, statement: str, parameters: Parameters | None = None) -> Row | None:
        """The first row; None when there is none."""
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def value(self, statement: str, parameters: Parameters | None = None) -> Any:
        """The first column of the first row; None when there is no row."""
        row = self.row(statement, parameters)
        return row[0] if row else None

    def run(self, statement: str, parameters: Parameters | None = None) -> int:
        """Execute a statement; the number of rows it changed."""
        try:
            return self._raw.execute(statement, parameters or {}).rowcount
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    def many(self, statement: str, parameters: Iterable[Parameters]) -> int:
        """Execute a statement once for each set of parameters; the number of rows it changed."""
        try:
            return self._raw.executemany(statement, parameters).rowcount
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction that owns the right to write from its first instant: all of it is stored, or nothing."""
        self.run("BEGIN IMMEDIATE")
        try:
            self._check_file()
            yield
            self.run("COMMIT")
        except BaseException:
            if self._raw.in_transaction:  # a full disk may have rolled it back already
                self._raw.execute("ROLLBACK")
            raise

    def shrink(self) -> None:
        """Give the room of dropped rows back to the disk."""
        try:
            # Not ``execute``: that takes the first of the pragma's many steps for its end.
            self._raw.executescript("PRAGMA incremental_vacuum")
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._raw.close()


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
