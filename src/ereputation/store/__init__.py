"""The database: dataclasses in, dataclasses out; every SQL statement lives here or in ``schema``.

``Store`` is made of parts, one noun a file. What is written together is written in one short transaction, so a process
killed at any instant leaves all of it or nothing; what is read is read in pages, so no transaction outlives a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from ereputation.database import Server, is_server
from ereputation.schema import BUSY_SECONDS
from ereputation.store.brands import Brands
from ereputation.store.buckets import Buckets
from ereputation.store.deliveries import Deliveries
from ereputation.store.episodes import Episodes
from ereputation.store.lock import scan_lock
from ereputation.store.mentions import Mentions
from ereputation.store.saving import Collected, Saved, Saving
from ereputation.store.searching import Searching
from ereputation.store.sources import Sources
from ereputation.store.sqlite import SQLite
from ereputation.store.summaries import Summaries
from ereputation.store.upkeep import Upkeep

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from ereputation.database import Database
    from ereputation.store.connection import Connection

__all__ = ["Collected", "Saved", "Store", "exists", "scan_lock"]


class Store(Saving, Mentions, Searching, Brands, Buckets, Episodes, Deliveries, Sources, Summaries, Upkeep):
    """One open database; a context manager that closes it."""

    @classmethod
    def open(
        cls, database: Path | Server | str, *, read_only: bool = False, patience: float = BUSY_SECONDS
    ) -> Self:
        """Open a database, create it if it is missing, bring its tables up to date; ``:memory:`` is one that lasts no
        longer than the process. ``patience``: seconds to wait for another program that writes. StoreError says what is
        wrong and what to do.
        """  # noqa: D205 - the second sentence belongs to the first
        store = cls(_connection(database, read_only=read_only, patience=patience))
        if not read_only:
            store.reindex()
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def interrupt(self) -> None:
        """Break off what is being read, with a StoreError there; the one method for another thread to call."""
        self.db.interrupt()

    def close(self) -> None:
        """Close the database; a second call does nothing."""
        self.db.close()


def exists(database: Database) -> bool:
    """Whether there is something to open; StoreError when the server cannot be asked."""
    if not isinstance(database, Server):
        return database.exists()
    from ereputation.schema.postgresql import has_tables

    return has_tables(database)


def _connection(database: Path | Server | str, *, read_only: bool, patience: float) -> Connection:
    if isinstance(database, str) and is_server(database):
        database = Server(database)
    if not isinstance(database, Server):
        return SQLite(database, read_only=read_only, patience=patience)
    from ereputation.store.postgresql import PostgreSQL

    return PostgreSQL(database, read_only=read_only, patience=patience)
