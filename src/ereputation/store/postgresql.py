"""A database on a PostgreSQL server, which several people and machines may use at once.

Statements are written once, for SQLite, and rewritten here when first seen. One writer at a time, as with SQLite: ``write``
takes an advisory lock of the whole store first, so what it reads then cannot change under it. Writes are short.
"""

from __future__ import annotations

import json
import os
import re
import socket
import time
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from ereputation.errors import LockedError, StoreError
from ereputation.schema.postgresql import connect, engine, lock_key, session, store_error
from ereputation.schema.tables import BUSY_SECONDS
from ereputation.speech import _
from ereputation.store.connection import Connection
from ereputation.store.fulltext import TSVECTOR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from ereputation.database import Server
    from ereputation.schema.postgresql import Raw
    from ereputation.store.connection import Parameters, Row, Values

_TOKENS = re.compile(
    r"""
    (?P<quoted>'(?:[^']|'')*')
  | (?P<among>\bIN\s*\(\s*SELECT\s+value\s+FROM\s+json_each\(:(?P<members>\w+)\)\s*\))
  | (?P<each>\bjson_each\(:(?P<elements>\w+)\)(?:\s+AS\s+(?P<alias>\w+))?)
  | (?P<nothing>:(?P<missing>\w+)\s+IS\s+NULL\b)
  | (?P<named>(?<!:):(?P<name>[a-z_]\w*))
  | (?P<instr>\binstr\()
  | (?P<order>\bCROSS\s+JOIN\b(?=\s+\w+\s+AS\s+\w+\s+ON\b))
  | (?P<place>\?)
  | (?P<percent>%)
    """,
    re.VERBOSE,
)


class Statement(NamedTuple):
    """A statement as PostgreSQL takes it, and what its parameters need."""

    text: str
    lists: frozenset[str]
    """Parameters that come as JSON lists and are sent as arrays."""
    missing: frozenset[str]
    """Parameters that are asked whether they are None: a value that may have any type cannot be asked there."""

    def bound(self, parameters: Parameters | None) -> Parameters | None:
        """The parameters as they are sent."""
        if parameters is None or not (self.lists or self.missing):
            return parameters
        sent = dict(parameters)
        for name in self.missing:
            sent[f"{name} is null"] = parameters[name] is None
        for name in self.lists:
            sent[name] = None if parameters[name] is None else json.loads(parameters[name])
        return sent


@lru_cache(maxsize=1024)
def translated(statement: str) -> Statement:
    """A statement of the store for PostgreSQL."""
    lists: set[str] = set()
    missing: set[str] = set()

    def rewritten(match: re.Match[str]) -> str:
        match match.lastgroup and match.groupdict():
            case {"quoted": str(text)}:
                return text.replace("%", "%%")
            case {"among": str(), "members": name}:
                lists.add(name)
                return f"= ANY(%({name})s)"
            case {"each": str(), "elements": name, "alias": alias}:
                lists.add(name)
                return f"unnest(CAST(%({name})s AS TEXT[])) AS {alias or 'json_each'} (value)"
            case {"nothing": str(), "missing": name}:
                missing.add(name)
                return f"%({name} is null)s"
            case {"named": str(), "name": name}:
                return f"%({name})s"
            case {"place": str()}:
                return "%s"
            case {"instr": str()}:
                return "strpos("
            case {"order": str()}:  # a hint to SQLite's planner
                return "JOIN"
            case _:
                return "%%"

    text = _TOKENS.sub(rewritten, statement)
    return Statement(text, frozenset(lists), frozenset(missing))


class _Row:
    """Values known by name and by place, as those of ``sqlite3.Row``."""

    __slots__ = ("_places", "_values")

    def __init__(self, places: dict[str, int], values: Sequence[Any]) -> None:
        self._places = places
        self._values = values

    def __getitem__(self, key: int | str, /) -> Any:
        return self._values[self._places[key] if isinstance(key, str) else key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def keys(self) -> list[str]:
        """The names of the columns."""
        return list(self._places)


def _rows(cursor: psycopg.Cursor[Any]) -> Callable[[Sequence[Any]], _Row]:
    places = {column.name: place for place, column in enumerate(cursor.description or ())}
    return lambda values: _Row(places, values)


class PostgreSQL(Connection):
    """A thin wrap of ``psycopg.Connection``."""

    index = TSVECTOR

    def __init__(self, server: Server, *, read_only: bool = False, patience: float = BUSY_SECONDS) -> None:
        self.name = str(server)
        self._server = server
        self._raw = connect(server, read_only=read_only, patience=patience)
        self._lock = lock_key(self._raw, "write")
        self._raw.row_factory = _rows

    def rows(self, statement: str, parameters: Parameters | None = None) -> list[Row]:
        """Every row of the answer, at once: no statement stays open between two calls."""
        known = translated(statement)
        # What may be asked in many ways is planned anew for what is asked.
        prepare = False if known.missing else None
        with self._told():
            return self._raw.execute(known.text, known.bound(parameters), prepare=prepare).fetchall()

    def answers(self, statement: str, parameters: Iterable[Parameters]) -> list[list[Row]]:
        """The rows of a statement for each set of parameters, all asked before the first is answered."""
        known = translated(statement)
        with self._told(), self._in_a_row():
            cursors = [self._raw.execute(known.text, known.bound(one)) for one in parameters]
            return [cursor.fetchall() for cursor in cursors]

    def run(self, statement: str, parameters: Parameters | None = None) -> None:
        """Execute a statement. Inside a write nobody waits for its answer: an error comes with a later one."""
        known = translated(statement)
        with self._told():
            self._raw.execute(known.text, known.bound(parameters))

    def many(self, statement: str, parameters: Iterable[Parameters] | Iterable[Values]) -> None:
        """Execute a statement once for each set of parameters or row of values; errors as with ``run``."""
        known = translated(statement)
        sets = [one if isinstance(one, tuple) else known.bound(one) or {} for one in parameters]
        if sets:
            with self._told(), self._raw.cursor() as cursor:
                cursor.executemany(known.text, sets)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What goes wrong is told as a StoreError."""
        try:
            yield
        except psycopg.Error as error:
            raise store_error(self._server, error) from error

    def _in_a_row(self) -> AbstractContextManager[Any]:
        """Statements are sent without waiting for the answer to the one before, if this libpq can."""
        return self._raw.pipeline() if psycopg.capabilities.has_pipeline() else nullcontext()

    @contextmanager
    def write(self) -> Iterator[None]:
        """One transaction that owns the right to write from its first instant: all of it is stored, or nothing."""
        try:
            self.run(f"BEGIN; SELECT pg_advisory_xact_lock({self._lock})")
            with self._told(), self._in_a_row():
                yield
            self._commit()
        except BaseException:
            with suppress(psycopg.Error):  # a lost connection has rolled it back already
                self._raw.rollback()
            raise

    def _commit(self) -> None:
        with self._told():
            said = self._raw.execute("COMMIT").statusmessage
        if said != "COMMIT":
            raise StoreError(_("{name}: a write failed; nothing of it was stored").format(name=self.name))

    def shrink(self) -> None:
        """Nothing: the server's autovacuum uses the room again."""

    def faults(self) -> list[str]:
        """What the server knows to be broken; it alone can look for more (``pg_amcheck``)."""
        return [
            _("the index {name} is invalid: REINDEX INDEX {name}").format(name=row["name"])
            for row in self.rows(
                """
                SELECT c.relname AS name
                FROM pg_catalog.pg_index AS i
                JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
                JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema()
                AND NOT (i.indisvalid AND i.indisready)
                """
            )
        ]

    def size(self) -> int:
        """How many bytes tables and indexes take on the server."""
        size: int = self.value(
            """
            SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)
            FROM pg_catalog.pg_class AS c
            JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
            WHERE n.nspname = current_schema()
            AND c.relkind = 'r'
            """
        )
        return size

    def engine(self) -> str:
        """``PostgreSQL 15.8``."""
        return engine(self._raw)

    def interrupt(self) -> None:
        """Break off the statement that runs now, from another thread; a server that does not answer goes on with it."""
        with suppress(psycopg.Error):
            self._raw.cancel_safe(timeout=_CANCEL)

    def close(self) -> None:
        """Close the connection; a second call does nothing."""
        self._raw.close()


_CANCEL = 5.0  # seconds a server has to take a wish
_PAUSE = 0.2  # seconds between two tries
_HELD_BY = re.compile(r"ereputation scan (?P<pid>\d+) (?P<since>\S+) (?P<host>.*)")


@contextmanager
def session_lock(server: Server, deadline: float, shard: str = "") -> Iterator[None]:
    """Hold the right to scan in a session of its own, which ends with this process, however that ends."""
    since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    raw = session(server, purpose=f"ereputation scan {os.getpid()} {since} {socket.gethostname()}")
    try:
        key = lock_key(raw, f"scan {shard}" if shard else "scan")
        while not _got(raw, server, f"SELECT pg_try_advisory_lock({key})"):
            if time.monotonic() >= deadline:
                raise LockedError(
                    _("another scan{holder} holds {server}; wait for it, or use --wait").format(
                        holder=_holder(raw, server, key), server=server
                    )
                )
            time.sleep(_PAUSE)
        yield
    finally:
        raw.close()


def _got(raw: Raw, server: Server, statement: str) -> Any:
    try:
        row = raw.execute(statement).fetchone()
    except psycopg.Error as error:
        raise store_error(server, error) from error
    return row[0] if row else None


def _holder(raw: Raw, server: Server, key: int) -> str:
    """Who holds an advisory lock, as the session that took it named itself."""
    name = _got(
        raw,
        server,
        f"""
        SELECT a.application_name
        FROM pg_catalog.pg_locks AS l
        JOIN pg_catalog.pg_stat_activity AS a ON a.pid = l.pid
        WHERE l.locktype = 'advisory'
        AND l.granted
        AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
        AND (CAST(l.classid AS BIGINT) << 32) | CAST(l.objid AS BIGINT) = {key}
        AND l.objsubid = 1
        """,
    )
    held = _HELD_BY.fullmatch(name or "")
    if held is None:
        return ""
    here = held["host"] == socket.gethostname()[: len(held["host"])]
    said = _(" (pid {pid}, since {since})") if here else _(" (pid {pid} on {host}, since {since})")
    return said.format(pid=held["pid"], host=held["host"], since=held["since"])
