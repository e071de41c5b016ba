"""One scan at a time: a lock that dies with the process that holds it."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ereputation.errors import LockedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

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
def scan_lock(database: Path | str, *, wait: float = 0.0) -> Iterator[None]:
    """Hold ``<database>.lock`` while the block runs; LockedError when another process has held it for ``wait`` seconds.

    The file stays behind, empty: what locks is the open file, so a killed scan locks nobody out. ``:memory:`` needs none.
    """
    if str(database) == ":memory:":
        yield
        return
    path = Path(f"{database}.lock")
    try:
        file = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise StoreError(
            f"{path}: the lock cannot be created ({error.strerror}); make the folder writable"
        ) from error
    try:
        deadline = time.monotonic() + wait
        while not _try_lock(file):
            if time.monotonic() >= deadline:
                raise LockedError(_who(path, Path(database)))
            time.sleep(_PAUSE)
        os.truncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, f"{os.getpid()} {datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}\n".encode())
        yield
        os.truncate(file, 0)
    finally:
        os.close(file)


def _who(path: Path, database: Path) -> str:
    pid, _, since = path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
    holder = f" (pid {pid}, since {since})" if pid and since else ""
    return f"another scan{holder} holds {database}; wait for it, or use --wait"
