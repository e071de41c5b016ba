"""One scan at a time: a lock that dies with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ereputation import speech
from ereputation.database import database as named
from ereputation.errors import LockedError, StoreError
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from ereputation.database import Database

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        os.lseek(file, 1 << 20, os.SEEK_SET)  # a byte nobody reads: the lock is mandatory there
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


_PAUSE = 0.1  # seconds between two tries


@contextmanager
def scan_lock(database: Database | str, *, wait: float = 0.0, shard: str = "") -> Iterator[None]:
    """Hold the right to scan while the block runs; LockedError when another process has held it for ``wait`` seconds.

    ``shard``: only the right to read these sources ("2-of-8"), which keeps nobody from reading others.

    Of a file it is ``<database>.lock``, which stays behind, empty: what locks is the open file. Of a server it is an
    advisory lock of a session. So a killed scan locks nobody out. ``:memory:`` needs none.
    """
    if str(database) == ":memory:":
        yield
        return
    if isinstance(database, str):
        database = named(database)
    with _holding(database, time.monotonic() + wait, shard):
        yield


def _holding(database: Database, deadline: float, shard: str) -> AbstractContextManager[None]:
    if isinstance(database, Path):
        return _file_lock(database, deadline, shard)
    from ereputation.store.postgresql import session_lock

    return session_lock(database, deadline, shard)


@contextmanager
def _file_lock(database: Path, deadline: float, shard: str) -> Iterator[None]:
    path = Path(f"{database}.{shard}.lock" if shard else f"{database}.lock")
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(
            _("{path}: the lock cannot be created ({reason}); make the folder writable").format(
                path=path, reason=speech.reason(error)
            )
        ) from error
    try:
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                pid, _rest, since = path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
                said = (
                    _("another scan (pid {pid}, since {since}) holds {database}; wait for it, or use --wait")
                    if pid and since
                    else _("another scan holds {database}; wait for it, or use --wait")
                )
                raise LockedError(said.format(pid=pid, since=since, database=database))
            time.sleep(_PAUSE)
        os.truncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        with suppress(OSError):  # it only tells others who is at work: a full disk keeps nobody from `prune`
            os.write(file, f"{os.getpid()} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
        yield
        os.truncate(file, 0)
    finally:
        os.close(file)
