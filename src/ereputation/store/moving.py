"""Move a store from a file to an empty schema of a PostgreSQL server, with everything in it and every number kept:

    python -m ereputation.store.moving ereputation.db postgresql://user@host/name

All of it arrives, or nothing; the file stays as it is.
"""  # noqa: D400 - the command is part of the sentence

from __future__ import annotations

import re
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from ereputation.database import Server, is_server
from ereputation.errors import EreputationError, StoreError, UsageError
from ereputation.schema import MIGRATIONS, sqlite
from ereputation.speech import _
from ereputation.store import Store, scan_lock

if TYPE_CHECKING:
    import sqlite3

    from ereputation.schema.postgresql import Raw

_TABLES = re.findall(r"CREATE TABLE (\w+)", "".join(MIGRATIONS))
"""In the order in which they refer to each other."""


def move(source: Path, target: Server) -> dict[str, int]:
    """Copy every table; how many rows of each. StoreError when something is stored there already."""
    from ereputation.schema import postgresql  # first: it says what is missing when there is no psycopg

    import psycopg  # isort: skip

    with scan_lock(source), scan_lock(target):
        with (
            closing(sqlite.connect(source)) as old,
            closing(postgresql.connect(target)) as new,
        ):
            try:
                with new.transaction():
                    new.execute(f"SELECT pg_advisory_xact_lock({postgresql.lock_key(new, 'write')})")
                    counts = _copy(old, new, target)
            except psycopg.Error as error:
                raise postgresql.store_error(target, error) from error
        with Store.open(target):  # fills the full-text index, whose version was left behind
            return counts


def _copy(old: sqlite3.Connection, new: Raw, target: Server) -> dict[str, int]:
    row = new.execute("SELECT EXISTS (SELECT 1 FROM sources) OR EXISTS (SELECT 1 FROM brands)").fetchone()
    if row is None or row[0]:
        raise StoreError(_("{database}: something is stored there already").format(database=target))
    new.execute("DELETE FROM meta")
    old.execute("BEGIN")  # one look at the whole file
    counts = {table: _copy_table(old, new, table) for table in _TABLES if table != "meta"}
    for kept in old.execute("SELECT name, value FROM meta WHERE name <> 'index'"):
        new.execute("INSERT INTO meta (name, value) VALUES (%s, %s)", kept)
    old.execute("ROLLBACK")
    return counts


def _copy_table(old: sqlite3.Connection, new: Raw, table: str) -> int:
    rows = old.execute(f"SELECT * FROM {table}")
    names = [column[0] for column in rows.description]
    count = 0
    with new.cursor().copy(f"COPY {table} ({', '.join(names)}) FROM STDIN") as copy:
        for values in rows:
            copy.write_row(values)
            count += 1
    if "id" in names:  # the next number follows the last
        new.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table} HAVING max(id) IS NOT NULL"
        )
    return count


def main(arguments: list[str]) -> int:
    """The exit code of the command."""
    try:
        if len(arguments) != 2 or not is_server(arguments[1]):
            raise UsageError("python -m ereputation.store.moving FILE postgresql://user@host/name")
        if not Path(arguments[0]).exists():
            raise StoreError(_("{file}: there is no such file").format(file=arguments[0]))
        for table, count in move(Path(arguments[0]), Server(arguments[1])).items():
            print(f"{table}: {count}")  # noqa: T201 - this is the command
    except EreputationError as error:
        print(f"ereputation: {error}", file=sys.stderr)  # noqa: T201 - as above
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
