"""A database in a file of this machine."""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ereputation.errors import StoreError
from ereputation.schema.sqlite import ENGINE, connect, store_error
from ereputation.schema.tables import BUSY_SECONDS
from ereputation.speech import _
from ereputation.store.connection import Connection
from ereputation.store.fulltext import FTS5

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ereputation.store.connection import Parameters, Row, Values


class SQLite(Connection):
    """A thin wrap of ``sqlite3.Connection``."""

    index = FTS5

    def __init__(self, path: Path | str, *, read_only: bool = False, patience: float = BUSY_SECONDS) -> None:
        self.name = str(path)
        self._raw = connect(path, read_only=read_only, patience=patience)
        self._raw.row_factory = sqlite3.Row
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
                _("{name} was moved or deleted while in use: nothing was stored; run it again").format(
                    name=self.name
                )
            )

    def rows(self, statement: str, parameters: Parameters | None = None) -> list[Row]:
        """Every row of the answer, at once: no statement stays open between two calls."""
        try:
            return self._raw.execute(statement, parameters or {}).fetchall()
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    def run(self, statement: str, parameters: Parameters | None = None) -> None:
        """Execute a statement."""
        try:
            self._raw.execute(statement, parameters or {})
        except sqlite3.Error as error:
            raise store_error(self.name, error) from error

    def many(self, statement: str, parameters: Iterable[Parameters] | Iterable[Values]) -> None:
        """Execute a statement once for each set of parameters or row of values."""
        try:
            self._raw.executemany(statement, parameters)
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

    def faults(self) -> list[str]:
        """What is found damaged in the file; empty when all is well. Reads all of it."""
        return [row[0] for row in self.rows("PRAGMA integrity_check") if row[0] != "ok"]

    def size(self) -> int:
        """How many bytes the file takes, without what is still in its journal."""
        pages: int = self.value("PRAGMA page_count")
        bytes_each: int = self.value("PRAGMA page_size")
        return pages * bytes_each

    def engine(self) -> str:
        """``SQLite 3.45.1``."""
        return ENGINE

    def interrupt(self) -> None:
        """Break off the statement that runs now, from another thread."""
        self._raw.interrupt()

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._raw.close()
