"""Everything that is SQLite's own: pragmas, its full-text index, opening a file, what its errors mean."""

from __future__ import annotations

import os
import sqlite3
import time
from typing import TYPE_CHECKING

from ereputation import speech, words
from ereputation.errors import StoreError
from ereputation.schema.tables import BUSY_SECONDS, MIGRATIONS
from ereputation.speech import _
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x65_72_65_70  # "erep"
ENGINE = f"SQLite {sqlite3.sqlite_version}"

_FULL_TEXT = """
CREATE VIRTUAL TABLE fulltext USING fts5 (
  terms,
  content = '',
  columnsize = 0,
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"
);
INSERT INTO fulltext (fulltext, rank) VALUES ('automerge', 8);
"""
"""Fed with tokens that are folded already; anything but white space is part of a token. Its rowid is ``position``.

Eight parts are merged at a time and not four: a tenth less for a new document, and a search looks into a few parts more.
"""

_OWN = {0: _FULL_TEXT}
"""What a migration makes besides the tables."""

_OLDEST = (3, 37, 0)  # knows STRICT tables

_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -8000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 2000",
    "PRAGMA trusted_schema = OFF",
)

_FIRST_PRAGMAS = ("PRAGMA page_size = 8192", "PRAGMA auto_vacuum = INCREMENTAL")
"""Heard only while the file is still empty."""


def connect(
    path: Path | str, *, read_only: bool = False, patience: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """An open database whose tables are up to date; StoreError says what is wrong and what to do.

    ``patience``: seconds to wait for another program that writes. A missing file is created for its owner only (0600);
    a missing folder is not.
    """
    name = str(path)
    if sqlite3.sqlite_version_info < _OLDEST:
        raise StoreError(
            _("SQLite {sqlite_version} is too old: 3.37 or newer is needed").format(
                sqlite_version=sqlite3.sqlite_version
            )
        )
    if name != ":memory:":
        _check_place(name, read_only=read_only)
    deadline = time.monotonic() + patience
    while True:
        try:
            return _open(name, read_only=read_only, patience=patience)
        except sqlite3.Error as error:
            # Switching to WAL does not wait for its turn as other statements do: two first scans at once meet here.
            if (
                getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_BUSY
                or time.monotonic() > deadline
            ):
                raise store_error(name, error) from error
            time.sleep(0.05)


def _check_place(name: str, *, read_only: bool) -> None:
    folder = os.path.dirname(os.path.abspath(name))  # noqa: PTH100, PTH120 - Path.resolve follows a dangling link
    if not os.path.isdir(folder):  # noqa: PTH112 - as above
        raise StoreError(
            _(
                '{name}: the folder {folder} does not exist; create it, or change "database" in the configuration'
            ).format(name=name, folder=folder)
        )
    if os.path.isdir(name):  # noqa: PTH112 - as above
        raise StoreError(
            _(
                '{name} is a folder; "database" has to name a file in it, such as {name}/ereputation.db'
            ).format(name=name)
        )
    if os.path.exists(name):  # noqa: PTH110 - as above
        return
    if read_only:
        raise StoreError(
            _('{name}: there is no database yet; "ereputation scan" creates it').format(name=name)
        )
    try:
        os.close(os.open(name, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            _(
                "{name}: the database cannot be created ({reason}); make the folder writable or choose another place"
            ).format(name=name, reason=speech.reason(error))
        ) from error


def _open(name: str, *, read_only: bool, patience: float) -> sqlite3.Connection:
    connection = _raw(name, "?mode=ro" if read_only else "?mode=rw", patience)
    try:
        if read_only:
            connection = _readable(connection, name, patience)
        _check_owner(connection, name, read_only=read_only)
        connection.create_function("fold", 1, _fold, deterministic=True)
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        if read_only:  # reads in pages what the operating system keeps in memory anyway
            connection.execute("PRAGMA cache_size = -2000")
        if not read_only:
            for pragma in _FIRST_PRAGMAS:
                connection.execute(pragma)
            if connection.execute("PRAGMA journal_mode").fetchone()[0] not in {"wal", "memory"}:
                connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _fold(value: object) -> str | None:
    """``text.fold`` inside statements."""
    return None if value is None else fold(str(value))


def _raw(name: str, mode: str, patience: float) -> sqlite3.Connection:
    if name == ":memory:":
        return sqlite3.connect(name, isolation_level=None, timeout=patience)
    uri = "file:" + name.replace("%", "%25").replace("?", "%3f").replace("#", "%23") + mode
    return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=patience, cached_statements=256)


def _readable(connection: sqlite3.Connection, name: str, patience: float) -> sqlite3.Connection:
    """A connection that can read even where SQLite may not create its ``-shm`` file beside the database."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        if os.path.exists(f"{name}-wal"):  # noqa: PTH110 - names, not paths, are handled here
            raise
        connection.close()
        return _raw(name, "?mode=ro&immutable=1", patience)
    return connection


def _check_owner(connection: sqlite3.Connection, name: str, *, read_only: bool) -> None:
    connection.execute("BEGIN")  # one look at the file: another process may be creating its tables
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    connection.execute("ROLLBACK")
    if application != APPLICATION_ID and (application or version or tables):
        raise StoreError(
            _('{name} belongs to another program; change "database" in the configuration').format(name=name)
        )
    if version > len(MIGRATIONS):
        raise StoreError(
            _("{name} was written by a newer version of ereputation (format {version}): upgrade").format(
                name=name, version=version
            )
        )
    if read_only and version < len(MIGRATIONS):
        raise StoreError(
            _(
                '{name} is empty or of an older version; run "ereputation scan" once to bring it up to date'
            ).format(name=name)
        )


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, all or nothing; a second call does nothing."""
    if connection.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[
            0
        ]  # another process may have been faster
        for number, migration in enumerate(MIGRATIONS[version:], version):
            for statement in _statements(migration + _OWN.get(number, "")):
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: ``executescript`` would commit between them."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def store_error(name: str, error: sqlite3.Error) -> StoreError:
    """The sentence for what SQLite reports about the file ``name``."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    sentences = {
        sqlite3.SQLITE_NOTADB: _('{name} is not a database; change "database" in the configuration').format(
            name=name
        ),
        sqlite3.SQLITE_CORRUPT: _(
            '{name} is damaged ({error}); restore a copy, or save what can be read with sqlite3 {name} ".recover"'
        ).format(name=name, error=error),
        sqlite3.SQLITE_FULL: _(
            "{name} cannot grow: the disk is full; free some space, nothing stored so far is lost"
        ).format(name=name),
        sqlite3.SQLITE_READONLY: _(
            "{name} is read-only; make the file and its folder writable for this user"
        ).format(name=name),
        sqlite3.SQLITE_CANTOPEN: _(
            "{name} cannot be opened; check the permissions of the file and its folder"
        ).format(name=name),
        sqlite3.SQLITE_PERM: _(
            "{name} cannot be opened; check the permissions of the file and its folder"
        ).format(name=name),
        sqlite3.SQLITE_BUSY: _(
            "{name} has been in use by another program for too long; try again later"
        ).format(name=name),
        sqlite3.SQLITE_LOCKED: _("{name} is in use by another program; try again later").format(name=name),
        sqlite3.SQLITE_IOERR: _("{name} cannot be read or written ({error}); check the disk").format(
            name=name, error=error
        ),
    }
    return StoreError(sentences.get(code, words.labelled(str(name), str(error))))
