"""Tables and migrations, in the plain SQL of SQLite; ``postgresql`` rewrites it for its server.

Instants are whole seconds since 1970 (UTC). ``position`` orders documents by time and is (published << 20) + a running
number, so that one integer index pages through them without a sort. The full-text index belongs to each engine: its table
``fulltext`` is made beside the first migration.
"""

from __future__ import annotations

POSITION_BITS = 20
BUSY_SECONDS = 30.0
"""How long one waits for another program that writes."""

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
  ok      INTEGER NOT NULL,         -- 0: handed over in the message that ``error`` names, not known to be taken
  error   TEXT NOT NULL,
  PRIMARY KEY (alert, channel)
) STRICT, WITHOUT ROWID;
"""

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

MIGRATIONS = (_FIRST, _CHANNELS, _TERMS, _DECISIONS)
"""Each takes the database from its index to its index + 1; a published one never changes."""
