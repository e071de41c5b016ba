"""Several processes of this machine, each with its own event loop and its own share of the domains.

On Linux they are forked, so that code, queries and lexicons are in memory once; elsewhere, where threads run, and when
one is replaced they are started afresh. They read the database to tell what is known, and write nothing.
"""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
import traceback
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Self, cast

from ereputation import speech
from ereputation.collect import changed, everything, reports
from ereputation.errors import StoreError
from ereputation.executors import lost, owner, part_of, shards
from ereputation.fetch.trust import prepare
from ereputation.speech import n_
from ereputation.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from ereputation.collect import Job, Left, Report, Unknown
    from ereputation.database import Database
    from ereputation.finder import Finder
    from ereputation.model import HostState
    from ereputation.sources import AnySource

_CARGO = 150
"""Documents of usual length after which a worker hands over what it has."""
_UNDER_WAY = 4
"""Hand-overs that may wait for the one who writes."""
_PATIENCE = 0.5
"""Seconds after which it does so anyway, when it has something."""
_DEATHS = 3
"""Deaths of its worker after which a domain's sources are given up in this scan."""
_COLLECTED = (50_000, 20, 100)
"""Thresholds of the garbage collector: what a scan makes is short-lived, and has no circles."""
_FOR_NEWS = ("ereputation.sources.feed.parse", "feedparser")
"""What a worker loads to read what is new; it takes a tenth of a second."""
_FEW = 4
"""Workers that may each load it when they meet something new, where little is."""
_LEAVE = 5.0
"""Seconds a worker that was asked to end is waited for."""


class WorkerError(RuntimeError):
    """A bug that showed in a worker; its traceback is the message."""


@dataclass(slots=True)
class _Worker:
    process: BaseProcess
    pending: dict[str, AnySource]
    """Those whose report has not come; none before it has its job."""


def _method() -> str:
    """How to start a process: as a copy of this one where that is safe."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


class Pool:
    """Worker processes; this one only writes.

    To be entered before the database is opened: SQLite does not survive in a copied process. ``news``: much of what is
    read will be new, so that what it is read with is loaded once, and not by each of them; ``secure``: there are addresses
    with TLS.
    """

    def __init__(
        self,
        finder: Finder,
        workers: int,
        database: Database,
        *,
        method: str = "",
        news: bool = True,
        secure: bool = True,
    ) -> None:
        self._finder, self._workers, self._database = finder, workers, database
        self._news, self._secure = news or workers > _FEW, secure
        self._method = method
        self._crew: dict[Connection, _Worker] = {}
        self._idle: list[Connection] = []
        self._deaths: dict[str, int] = {}  # by domain

    def __enter__(self) -> Self:
        importlib.import_module("ereputation.sources.feed.visit")
        prepare(secure=self._secure)
        if self._news:
            for module in _FOR_NEWS:
                importlib.import_module(module)
            self._finder.warm()
        with suppress(OSError, AttributeError):  # of glibc alone
            ctypes.CDLL(None).malloc_trim(0)  # what reading the configuration left is not ours to share
        gc.freeze()  # what is there now stays, and stays shared
        for _ in range(self._workers):
            self._start(self._method or _method())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.unfreeze()
        for connection, worker in self._crew.items():
            if error or worker.pending:
                worker.process.terminate()
            connection.close()
        for worker in self._crew.values():
            worker.process.join(_LEAVE)
            if worker.process.is_alive():
                worker.process.kill()
                worker.process.join()
        self._crew.clear()

    def _start(self, method: str) -> None:
        context: Any = multiprocessing.get_context(method)
        ours, theirs = context.Pipe()
        process = context.Process(
            target=_work,
            args=(theirs, self._finder, self._database, speech.language()),
            kwargs={"forked": method == "fork"},
            daemon=True,
        )
        process.start()
        theirs.close()
        self._crew[ours] = _Worker(process, {})
        self._idle.append(ours)

    def _give(self, job: Job, sources: Sequence[AnySource]) -> None:
        """Let a worker that has nothing to do read these."""
        if not self._idle:
            self._start("spawn")  # the database is open by now
        connection = self._idle.pop()
        part = part_of(job, sources, of=self._workers)
        self._crew[connection].pending = {source.id: source for source in sources}
        with suppress(OSError):  # it died already: the one who listens will see
            connection.send_bytes(pickle.dumps(part, protocol=pickle.HIGHEST_PROTOCOL))

    def __call__(self, job: Job, unknown: Unknown, left: Left) -> Iterator[Report]:  # noqa: ARG002 - they read for themselves
        """A report for every source, as they come in; the workers begin at once."""
        waiting = shards(job.sources, self._workers)
        return self._reports(job, left, waiting, self._employ(job, waiting))

    def _employ(self, job: Job, waiting: list[list[AnySource]], busy: int = 0) -> int:
        """Give parts to those who have none; how many are busy then."""
        while waiting and busy < self._workers:
            self._give(job, waiting.pop())
            busy += 1
        return busy

    def _reports(self, job: Job, left: Left, waiting: list[list[AnySource]], busy: int) -> Iterator[Report]:
        while busy := self._employ(job, waiting, busy):
            for ready in wait(list(self._crew)):
                connection = cast("Connection", ready)
                worker = self._crew[connection]
                try:
                    some, hosts, bug = pickle.loads(connection.recv_bytes())  # noqa: S301 - from our own worker
                except (EOFError, OSError):
                    del self._crew[connection]
                    if connection in self._idle:
                        self._idle.remove(connection)
                    else:
                        busy -= 1
                    connection.close()
                    worker.process.join()
                    retried, given_up = self._after_death(list(worker.pending.values()))
                    waiting += retried
                    for source in given_up:
                        yield lost(source, job, _why())
                    continue
                if bug:
                    raise WorkerError(bug)
                left(hosts)
                for report in some:
                    if worker.pending.pop(report.collected.source, None):
                        yield report

    def _after_death(self, pending: Sequence[AnySource]) -> tuple[list[list[AnySource]], list[AnySource]]:
        """The parts in which to try once more what a worker left behind, and what is given up.

        It is parted in two each time, so that a document that kills its reader takes few others with it.
        """
        if not pending:
            return [], []
        domains = {owner(source) for source in pending}
        for domain in domains:
            self._deaths[domain] = self._deaths.get(domain, 0) + 1
        if len(domains) == 1 and self._deaths[domains.pop()] >= _DEATHS:
            return [], list(pending)
        return shards(pending, 2), []


def _why() -> str:
    return n_(
        "the process that read it was ended {count} time: it will be tried again",
        "the process that read it was ended {count} times: it will be tried again",
        _DEATHS,
    ).format(count=_DEATHS)


def _work(connection: Connection, finder: Finder, database: Database, language: str, *, forked: bool) -> None:
    """What a worker does, from its start to its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who started us decides
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if forked:
        _let_go(connection)
    speech.use(language)
    try:
        job: Job = pickle.loads(connection.recv_bytes())  # noqa: S301 - from the one who started us
    except (EOFError, OSError):
        return  # nothing was due
    threading.Thread(target=_end_with_parent, args=(connection,), daemon=True).start()
    gc.freeze()
    gc.set_threshold(*_COLLECTED)
    try:
        asyncio.run(_send(connection, job, finder, database))
    except OSError as error:
        if not isinstance(error, BrokenPipeError | ConnectionResetError):
            _hand_over(connection, [], {}, traceback.format_exc())
    except Exception:  # noqa: BLE001 - whatever it is, it must be seen
        _hand_over(connection, [], {}, traceback.format_exc())
    with suppress(OSError):
        connection.close()
    os._exit(0)


def _let_go(connection: Connection) -> None:
    """Close what a copied process inherits: locks, and the pipes of the others, who must see when we end."""
    kept = {0, 1, 2, connection.fileno()}
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 - numbers, not paths
        if int(name) not in kept:
            with suppress(OSError):
                os.close(int(name))


def _end_with_parent(connection: Connection) -> None:
    """A worker gets one job: when there is something else to read, it is that nobody is there any more."""
    with suppress(EOFError, OSError):
        connection.recv_bytes()
    os._exit(1)


async def _send(connection: Connection, job: Job, finder: Finder, database: Database) -> None:
    cargo: list[Report] = []
    hosts: list[Mapping[str, HostState]] = []
    sent: dict[str, HostState] = dict(job.hosts)
    weight, since = 0, time.monotonic()
    loop, under_way = asyncio.get_running_loop(), deque[asyncio.Future[None]]()

    async def hand_over(most: int = _UNDER_WAY) -> None:
        news = changed(hosts[0], sent) if hosts else {}
        sent.update(news)
        # By a thread: the one who writes may be busy, and meanwhile more is read.
        under_way.append(loop.run_in_executor(postman, _hand_over, connection, list(cargo), news, ""))
        cargo.clear()
        while len(under_way) > most:
            await under_way.popleft()

    with _reading(database) as store, ThreadPoolExecutor(max_workers=1) as postman:
        unknown = store.unknown if store else everything
        async for report in reports(job, finder, unknown, hosts.append):
            cargo.append(report)
            weight += report.weight
            if weight >= _CARGO or time.monotonic() - since > _PATIENCE:
                await hand_over()
                weight, since = 0, time.monotonic()
        await hand_over(most=0)


def _hand_over(
    connection: Connection, cargo: Sequence[Report], hosts: Mapping[str, HostState], bug: str
) -> None:
    connection.send_bytes(pickle.dumps((cargo, hosts, bug), protocol=pickle.HIGHEST_PROTOCOL))


def _reading(database: Database) -> Store | nullcontext[None]:
    """The database as it can be read from here; nothing where it cannot."""
    try:
        return Store.open(database, read_only=True)
    except StoreError:
        return nullcontext()
