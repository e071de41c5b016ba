"""The tests on PostgreSQL: with ``$EREPUTATION_TEST_DATABASE`` every database of a test is a schema on that server.

What a test calls ``<folder>/ereputation.db`` or ``:memory:`` is a schema of its own there, known by its path; tests that are
about SQLite's files bear the mark ``sqlite`` and are left out. ``.ci/postgresql`` starts a server for one command.
"""

import os
from hashlib import blake2b
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest

from ereputation.database import Server

SERVER = os.environ.get("EREPUTATION_TEST_DATABASE", "")
_made: set[str] = set()
_numbers = count()


def shared(path):
    """The schema that stands for a path, made if it is missing; without a server, the path itself."""
    if not SERVER or isinstance(path, Server):
        return path
    named = f"{os.getpid()} {next(_numbers)}" if str(path) == ":memory:" else str(Path(path).absolute())
    schema = "t" + blake2b(named.encode(), digest_size=12).hexdigest()
    if schema not in _made:
        import psycopg

        with psycopg.connect(SERVER, autocommit=True) as server:
            server.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        _made.add(schema)
    joint = "&" if "?" in SERVER else "?"
    return Server(f"{SERVER}{joint}options={quote(f'-csearch_path={schema}', safe='')}")


def use(patch):
    """Open schemas wherever a test names a file."""
    from ereputation import store
    from ereputation.store import lock

    connection, holding = store._connection, lock._holding

    def mapped(database):
        return database if str(database).startswith("postgres") else shared(database)

    patch.setattr(store, "_connection", lambda database, **how: connection(mapped(database), **how))
    patch.setattr(lock, "_holding", lambda database, deadline: holding(mapped(database), deadline))


needs_server = pytest.mark.skipif(not SERVER, reason="set EREPUTATION_TEST_DATABASE, or use .ci/postgresql")
