"""The tests on PostgreSQL: with ``$EREPUTATION_TEST_DATABASE`` every database of a test is a schema on that server.

What a test calls ``<folder>/ereputation.db`` or ``:memory:`` is a schema of its own there, known by its path; ``*.sqlite``
stays a file. Tests that are about SQLite's files bear the mark ``sqlite`` and are left out. ``.ci/postgresql`` starts a server
for one command.
"""

import os
import shutil
from hashlib import blake2b
from itertools import count
from pathlib import Path
from urllib.parse import quote, unquote

import pytest

from ereputation import store
from ereputation.database import Server
from ereputation.store import Store, lock

SERVER = os.environ.get("EREPUTATION_TEST_DATABASE", "")
_made: set[str] = set()
_numbers = count()


def shared(path):
    """The schema that stands for a path, made if it is missing; without a server, the path itself."""
    if not SERVER or isinstance(path, Server) or str(path).endswith(".sqlite"):
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

    connection, holding = store._connection, lock._holding

    def mapped(database):
        return database if str(database).startswith("postgres") else shared(database)

    patch.setattr(store, "_connection", lambda database, **how: connection(mapped(database), **how))
    patch.setattr(lock, "_holding", lambda database, *how: holding(mapped(database), *how))


def copied(source, target):
    """Copy somebody's folder with the database in it."""
    shutil.copytree(source, target)
    if not SERVER:
        return
    import psycopg

    old, new = shared(source / "ereputation.db"), shared(target / "ereputation.db")
    configuration = target / "ereputation.yaml"
    configuration.write_text(configuration.read_text().replace(old.url, new.url))
    with Store.open(new):
        pass
    here, there = (unquote(server.url.rpartition("%3D")[2]) for server in (new, old))
    with psycopg.connect(SERVER) as server:
        server.execute("SET session_replication_role = replica")  # in any order
        for (table,) in server.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = %s", [here]
        ).fetchall():
            server.execute(f"DELETE FROM {here}.{table}")
            server.execute(f"INSERT INTO {here}.{table} SELECT * FROM {there}.{table}")
        for (name,) in server.execute(
            "SELECT sequencename FROM pg_sequences WHERE schemaname = %s", [here]
        ).fetchall():
            server.execute(f"SELECT setval('{here}.{name}', last_value, is_called) FROM {there}.{name}")


needs_server = pytest.mark.skipif(not SERVER, reason="set EREPUTATION_TEST_DATABASE, or use .ci/postgresql")
