"""An existing dask.distributed cluster: a task is a batch of domains, and runs what worker processes run.

Its workers need this package at the same version, and the network; the database only this process needs. What is sent
to them holds the tokens of the sources: the cluster has to be trusted, and ``tls://`` keeps them from others.
"""

from __future__ import annotations

import asyncio
import pickle
import time
import zlib
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from ereputation import speech
from ereputation.collect import changed, everything, reports
from ereputation.errors import EreputationError, UsageError
from ereputation.executors import lost, part_of, shards
from ereputation.speech import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from types import TracebackType

    from ereputation.collect import Job, Left, Report, Unknown
    from ereputation.finder import Finder
    from ereputation.model import HostState

_BATCHES = 4
"""Tasks for each thread of the cluster: who is done early takes another."""
_MOST = 200
"""Sources of a task: what a dead worker loses is read again."""
_PATIENCE = 20.0
"""Seconds to wait for the scheduler, and for workers."""
_PAUSE = 0.02


class Cluster:
    """Whoever answers at the scheduler's address; a context manager that lets go of it."""

    def __init__(self, finder: Finder, address: str) -> None:
        self._finder, self._address = finder, address

    def __enter__(self) -> Self:
        self._distributed = _distributed()
        try:
            self._client = self._distributed.Client(self._address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            said = _("--cluster: no scheduler answers at {address}: is it running there?").format(
                address=self._address
            )
            # What is no address never will be one; a scheduler may be back at the next scan.
            raise (UsageError if isinstance(error, ValueError) else EreputationError)(said) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def __call__(self, job: Job, unknown: Unknown, left: Left) -> Iterator[Report]:  # noqa: ARG002 - a worker has no database
        """A report for every source, a batch at a time."""
        threads = self._threads()
        number = max(threads * _BATCHES, len(job.sources) // _MOST)
        finder, run = _packed(self._finder), uuid4()
        tasks = {
            self._client.submit(
                _batch, _packed(part), finder, speech.language(), pure=False, key=f"ereputation-{run}-{place}"
            ): part
            for place, part in enumerate(
                part_of(job, some, of=threads) for some in shards(job.sources, number)
            )
        }
        try:
            for task in self._done(tasks):
                yield from _received(task, tasks.pop(task), left)
            for part in tasks.values():
                for source in part.sources:
                    yield lost(source, part, _gone())
        finally:
            self._client.cancel(list(tasks), force=True)

    def _threads(self) -> int:
        """Of all workers. Raises EreputationError when there are none."""
        try:
            self._client.wait_for_workers(1, timeout=_PATIENCE)
        except TimeoutError as error:
            raise EreputationError(
                _("--cluster: {address} has no workers: start some").format(address=self._address)
            ) from error
        return sum(self._client.nthreads().values()) or 1

    def _done(self, tasks: Iterable[Any]) -> Iterator[Any]:
        """Each task when it is done; ends early when all workers are gone and none has come for a while."""
        done = self._distributed.as_completed(list(tasks), loop=self._client.loop)
        looked, alone = time.monotonic(), 0
        while not done.is_empty():
            if done.has_ready():
                yield next(done)
                continue
            time.sleep(_PAUSE)
            if time.monotonic() - looked > _PATIENCE / 4:
                looked, alone = time.monotonic(), 0 if self._client.nthreads() else alone + 1
                if alone > 4:
                    return


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as error:
        raise UsageError(_("--cluster needs one more package: pip install 'ereputation[cluster]'")) from error
    return distributed


def _received(task: Any, part: Job, left: Left) -> Iterator[Report]:
    """What a task brought; when its workers died again and again, its sources failed. A bug is raised as it was there."""
    error = task.exception()
    if error is None:
        some, hosts = pickle.loads(task.result())  # noqa: S301 - from our own function
        left(hosts)
        yield from some
        task.release()
    elif type(error).__name__ in {"KilledWorker", "CancelledError", "FutureCancelledError"}:
        for source in part.sources:
            yield lost(source, part, _gone())
    else:
        raise error


def _gone() -> str:
    return _("the workers that read it died: it will be tried again")


def _packed(value: object) -> bytes:
    return zlib.compress(pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL), 1)


@lru_cache(maxsize=2)
def _finder(packed: bytes) -> Finder:
    """Built once in a worker, whatever the number of tasks."""
    finder: Finder = pickle.loads(zlib.decompress(packed))  # noqa: S301 - from our own client
    return finder


def _batch(packed: bytes, finder: bytes, language: str) -> bytes:
    """What a task does: the reports of its sources, and the hosts that changed."""
    job: Job = pickle.loads(zlib.decompress(packed))  # noqa: S301 - from our own client
    hosts: list[Mapping[str, HostState]] = []
    speech.use(language)

    async def run() -> list[Report]:
        return [one async for one in reports(job, _finder(finder), everything, hosts.append)]

    some = asyncio.run(run())
    return pickle.dumps((some, changed(hosts[0], job.hosts)), protocol=pickle.HIGHEST_PROTOCOL)
