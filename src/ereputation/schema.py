"""Tables and migrations, and everything that is SQLite's own: pragmas, its full-text index, opening a file.

The tables are plain SQL that PostgreSQL reads too, once ``STRICT`` and ``WITHOUT ROWID`` are cut off and INTEGER, REAL and
BLOB become BIGINT, DOUBLE PRECISION and BYTEA. Instants are whole seconds since 1970 (UTC). ``position`` orders documents
by time and is (published << 20) + a running number, so that one integer index pages through them without a sort.
"""

from __future__ import annotations

import os
import sqlite3
import time
from typing import TYPE_CHECKING

from ereputation.errors import StoreError
from ereputation.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPLICATION_ID = 0x65_72_65_70  # "erep"
ENGINE = f"SQLite {sqlite3.sqlite_version}"
BUSY_SECONDS = 30.0
POSITION_BITS = 20

_FIRST = """
CREATE TABLE meta (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sequences (            -- the last number given out; numbers of pruned rows never come back
  name TEXT PRIMARY KEY,
  last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sources (
  id            INTEGER PRIMARY KEY,
  name          TEXT NOT NULL UNIQUE,
  kind          TEXT NOT NULL,
  state         TEXT NOT NULL DEFAULT '{}',
  first_read    INTEGER,
  last_read     INTEGER,
  last_success  INTEGER,
  last_new      INTEGER,
  last_status   TEXT NOT NULL DEFAULT '',
  last_error    TEXT NOT NULL DEFAULT '',
  failures      INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER,
  retry_at      INTEGER,
  health        TEXT NOT NULL DEFAULT 'ok',
  health_at     INTEGER,
  health_told   TEXT NOT NULL DEFAULT 'ok'
) STRICT;

CREATE TABLE hosts (
  domain      TEXT PRIMARY KEY,
  not_before  INTEGER,
  failures    INTEGER NOT NULL,
  last_status INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE readings (             -- one row a day and source, whatever the interval
  source    INTEGER NOT NULL REFERENCES sources (id),
  day       INTEGER NOT NULL,
  read      INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  failed    INTEGER NOT NULL,
  documents INTEGER NOT NULL,
  new       INTEGER NOT NULL,
  PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (             -- stretches of time a source has spoken for; they never touch each other
  source INTEGER NOT NULL REFERENCES sources (id),
  since  INTEGER NOT NULL,
  until  INTEGER NOT NULL,
  PRIMARY KEY (source, since)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (            -- short columns first: a known document is recognised without reading its text
  id              INTEGER PRIMARY KEY,
  source          INTEGER NOT NULL REFERENCES sources (id),
  position        INTEGER NOT NULL,
  content         INTEGER NOT NULL,
  published       INTEGER NOT NULL,
  date_confidence TEXT NOT NULL,
  first_seen      INTEGER NOT NULL,
  updated         INTEGER,
  counted         INTEGER NOT NULL,
  story           INTEGER,
  score           REAL NOT NULL,
  label           TEXT NOT NULL,
  lang            TEXT NOT NULL,
  kind            TEXT NOT NULL,
  type            TEXT NOT NULL,
  site            TEXT NOT NULL,
  guid            TEXT NOT NULL,
  url             TEXT NOT NULL,
  author_name     TEXT NOT NULL,
  author_handle   TEXT NOT NULL,
  author_id       TEXT NOT NULL,
  reply_to        TEXT NOT NULL,
  thread          TEXT NOT NULL,
  via             TEXT NOT NULL,
  tags            TEXT NOT NULL,
  media           TEXT NOT NULL,
  engagement      TEXT NOT NULL,
  title           TEXT NOT NULL,
  text            TEXT NOT NULL
) STRICT;

CREATE INDEX documents_by_time ON documents (position);

CREATE TABLE keys (                 -- every name a document ever had; stays when the document is pruned
  key      INTEGER PRIMARY KEY,
  document INTEGER NOT NULL         -- 0: a name that many documents share, so it names none
) STRICT;

CREATE TABLE brands (
  id          INTEGER PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,        -- of its query; empty while history is being looked back over
  added       INTEGER NOT NULL
) STRICT;

CREATE TABLE stories (
  id       INTEGER PRIMARY KEY,
  document INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at  INTEGER NOT NULL,
  copies   INTEGER NOT NULL
) STRICT;

CREATE TABLE story_keys (           -- title and bands of the documents that brought a story something new
  key      INTEGER NOT NULL,
  story    INTEGER NOT NULL REFERENCES stories (id),
  document INTEGER NOT NULL,
  PRIMARY KEY (key, story)
) STRICT, WITHOUT ROWID;

CREATE INDEX story_keys_by_document ON story_keys (document);

CREATE TABLE signatures (
  document  INTEGER PRIMARY KEY,
  title_key TEXT NOT NULL,
  bands     TEXT NOT NULL,
  sketch    BLOB NOT NULL
) STRICT;

CREATE TABLE mentions (
  id         INTEGER PRIMARY KEY,
  brand      INTEGER NOT NULL REFERENCES brands (id),
  document   INTEGER NOT NULL,
  position   INTEGER NOT NULL,      -- as in documents: the hour it counts in, and the order of lists
  source     INTEGER NOT NULL,
  story      INTEGER NOT NULL,
  media      TEXT NOT NULL,
  label      TEXT NOT NULL,
  corrected  TEXT NOT NULL,         -- a person's label, else empty
  counted    INTEGER NOT NULL,      -- 0: undated and read after a gap, so it is no sign of when
  lead       INTEGER NOT NULL,      -- 1: the mention that counts for its story
  score      REAL NOT NULL,
  status     TEXT NOT NULL,
  note       TEXT NOT NULL,
  by         TEXT NOT NULL,
  spans      TEXT NOT NULL,
  words      TEXT NOT NULL,
  clause     TEXT NOT NULL,
  categories TEXT NOT NULL,
  UNIQUE (document, brand)
) STRICT;

CREATE INDEX mentions_by_time ON mentions (position);
CREATE INDEX mentions_by_brand ON mentions (brand, position);
CREATE INDEX mentions_by_story ON mentions (story, brand);

CREATE TABLE buckets (              -- one row an hour and brand, kept in the transaction that changes mentions
  brand    INTEGER NOT NULL REFERENCES brands (id),
  hour     INTEGER NOT NULL,
  copies   INTEGER NOT NULL,
  stories  INTEGER NOT NULL,
  negative INTEGER NOT NULL,
  owned    INTEGER NOT NULL,
  PRIMARY KEY (brand, hour)
) STRICT, WITHOUT ROWID;

CREATE TABLE days (                 -- one row a day, brand and source
  brand    INTEGER NOT NULL REFERENCES brands (id),
  day      INTEGER NOT NULL,
  source   INTEGER NOT NULL REFERENCES sources (id),
  copies   INTEGER NOT NULL,
  stories  INTEGER NOT NULL,
  negative INTEGER NOT NULL,
  owned    INTEGER NOT NULL,
  PRIMARY KEY (brand, day, source)
) STRICT, WITHOUT ROWID;

CREATE TABLE episodes (
  id      INTEGER PRIMARY KEY,
  brand   TEXT NOT NULL,
  kind    TEXT NOT NULL,
  started INTEGER NOT NULL,
  ended   INTEGER,
  body    TEXT NOT NULL,            -- the whole value as JSON
  UNIQUE (brand, kind, started)
) STRICT;

CREATE TABLE alerts (
  id      INTEGER PRIMARY KEY,
  brand   TEXT NOT NULL,
  kind    TEXT NOT NULL,
  started INTEGER NOT NULL,         -- with brand and kind: its episode
  at      INTEGER NOT NULL,
  body    TEXT NOT NULL
) STRICT;

CREATE INDEX alerts_by_time ON alerts (at);

CREATE TABLE deliveries (           -- written after the channel took it: a crash may repeat one, never lose one
  alert   INTEGER NOT NULL REFERENCES alerts (id),
  channel TEXT NOT NULL,
  at      INTEGER NOT NULL,
  ok      INTEGER NOT NULL,
  error   TEXT NOT NULL,
  PRIMARY KEY (alert, channel)
) STRICT, WITHOUT ROWID;
"""

_FULL_TEXT = """
CREATE VIRTUAL TABLE fulltext USING fts5 (
  terms,
  content = '',
  columnsize = 0,
  tokenize = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co Cn'"
);
"""
"""Fed with tokens that are folded already; anything but white space is part of a token. Its rowid is ``position``."""

_CHANNELS = """
CREATE TABLE channels (             -- where alerts go, also people an alert is escalated to
  name         TEXT PRIMARY KEY,
  first_seen   INTEGER NOT NULL,
  settled      INTEGER NOT NULL,    -- alerts up to this number are told there, or never will be
  tried        INTEGER,
  failures     INTEGER NOT NULL DEFAULT 0,
  retry_at     INTEGER,
  error        TEXT NOT NULL DEFAULT '',
  failure_told INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
"""

_TERMS = """
CREATE INDEX documents_on_loan ON documents (first_seen) WHERE kind = 'youtube';
"""
"""Documents that their network's terms let us keep for a month."""

_DECISIONS = """
CREATE TABLE handlings (            -- what people decided about episodes; of each, the latest counts
  id       INTEGER PRIMARY KEY,
  brand    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  started  INTEGER NOT NULL,        -- with brand and kind: its episode
  source   TEXT NOT NULL,           -- the one that failed; empty for episodes of brands
  action   TEXT NOT NULL,
  at       INTEGER NOT NULL,
  until    INTEGER,
  severity TEXT NOT NULL,           -- how serious it was then
  by       TEXT NOT NULL,
  note     TEXT NOT NULL
) STRICT;

CREATE INDEX handlings_by_episode ON handlings (brand, kind, started, source);

CREATE TABLE marks (                -- how mentions stood before each change people made to them: the way back
  change    INTEGER NOT NULL,       -- of all that was changed at once
  mention   INTEGER NOT NULL,
  at        INTEGER,
  status    TEXT NOT NULL,
  note      TEXT NOT NULL,
  by        TEXT NOT NULL,
  corrected TEXT NOT NULL,
  PRIMARY KEY (change, mention)
) STRICT, WITHOUT ROWID;

CREATE INDEX marks_by_mention ON marks (mention, change);
"""

MIGRATIONS = (_FIRST + _FULL_TEXT, _CHANNELS, _TERMS, _DECISIONS)
"""Each takes the database from its index to its index + 1 (``user_version``); a published one never changes."""

_OLDEST = (3, 37, 0)  # knows STRICT tables

_PRAGMAS = (
    "PRAGMA synchronous = NORMAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -32000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA trusted_schema = OFF",
)


def connect(
    path: Path | str, *, read_only: bool = False, patience: float = BUSY_SECONDS
) -> sqlite3.Connection:
    """An open database whose tables are up to date; StoreError says what is wrong and what to do.

    ``patience``: seconds to wait for another program that writes. A missing file is created for its owner only (0600);
    a missing folder is not.
    """
    name = str(path)
    if sqlite3.sqlite_version_info < _OLDEST:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 or newer is needed")
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
            f'{name}: the folder {folder} does not exist; create it, or change "database" in the configuration'
        )
    if os.path.isdir(name):  # noqa: PTH112 - as above
        raise StoreError(
            f'{name} is a folder; "database" has to name a file in it, such as {name}/ereputation.db'
        )
    if os.path.exists(name):  # noqa: PTH110 - as above
        return
    if read_only:
        raise StoreError(f'{name}: there is no database yet; "ereputation scan" creates it')
    try:
        os.close(os.open(name, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise StoreError(
            f"{name}: the database cannot be created ({error.strerror}); make the folder writable or choose another place"
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
        if not read_only:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # heard only while the file is still empty
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
        raise StoreError(f'{name} belongs to another program; change "database" in the configuration')
    if version > len(MIGRATIONS):
        raise StoreError(f"{name} was written by a newer version of ereputation (format {version}): upgrade")
    if read_only and version < len(MIGRATIONS):
        raise StoreError(
            f'{name} is empty or of an older version; run "ereputation scan" once to bring it up to date'
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
        for migration in MIGRATIONS[version:]:
            for statement in _statements(migration):
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
        sqlite3.SQLITE_NOTADB: f'{name} is not a database; change "database" in the configuration',
        sqlite3.SQLITE_CORRUPT: f"{name} is damaged ({error}); restore a copy, or save what can be read with"
        f' sqlite3 {name} ".recover"',
        sqlite3.SQLITE_FULL: f"{name} cannot grow: the disk is full; free some space, nothing stored so far is lost",
        sqlite3.SQLITE_READONLY: f"{name} is read-only; make the file and its folder writable for this user",
        sqlite3.SQLITE_CANTOPEN: f"{name} cannot be opened; check the permissions of the file and its folder",
        sqlite3.SQLITE_PERM: f"{name} cannot be opened; check the permissions of the file and its folder",
        sqlite3.SQLITE_BUSY: f"{name} has been in use by another program for too long; try again later",
        sqlite3.SQLITE_LOCKED: f"{name} is in use by another program; try again later",
        sqlite3.SQLITE_IOERR: f"{name} cannot be read or written ({error}); check the disk",
    }
    return StoreError(sentences.get(code, f"{name}: {error}"))
