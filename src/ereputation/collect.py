"""Read all due sources at once, find mentions, store them.

Network first, then one short write: readings are stored in batches, and no transaction is open while a request is
under way. ``reports`` is a function of a ``Job`` and a ``Finder`` alone: this process, others of this machine and
others of a cluster run the same one, and a single writer stores what they send.
"""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import PurePath
from statistics import median
from typing import TYPE_CHECKING, Protocol

from ereputation import identity, words
from ereputation.errors import FetchError, NotYet, SourceError, StoreError
from ereputation.fetch import Fetcher, Limits, domain_of, is_local
from ereputation.finder import Found
from ereputation.model import Outcome
from ereputation.query import index_terms
from ereputation.speech import _
from ereputation.store import Collected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from ereputation.finder import Finder
    from ereputation.model import Document, HostState, Reading, SourceState, Status
    from ereputation.sources import AnySource
    from ereputation.store import Saved, Store

    Unknown: TypeAlias = Callable[[Sequence[Document], identity.Reading], Sequence[bool]]
    """Of one source's documents and their keys, which are new or edited."""
    Left: TypeAlias = Callable[[Mapping[str, HostState]], None]
    """Takes what to remember of hosts."""

_BATCH = 1_000
"""Documents held in memory before they are written; a long one counts for several."""
_VISITS = 100
"""Visits that are written together, however little they brought: what comes after the last is waited for."""
_USUAL = 2_000
"""Characters of a document that counts for one."""
_LONG = 100_000
"""Characters after whose search others get their turn, so that no answer is missed meanwhile."""
_LATELY = timedelta(days=28)
_ENOUGH_DAYS, _ENOUGH_DOCUMENTS = 5, 8
"""What must be known of a source before an answer can be called short."""
_SLACK = timedelta(seconds=30)
"""A cron job never starts on the second: a source this close to due is due."""
_SELDOM = timedelta(minutes=5)
"""The least time between two readings of a source whose configuration names no interval."""
_PATIENCE = 1_800.0
"""Seconds one source may take for all its requests, the wait for its domain's turn included; each request has its
own deadline, so this only stops a source that never ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Everything a visit of sources depends on."""

    sources: Sequence[AnySource]
    states: Mapping[str, SourceState] = field(default_factory=dict)
    hosts: Mapping[str, HostState] = field(default_factory=dict)
    contact: str = ""
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What came of reading one source: a reading, or why there is none."""

    source: AnySource
    reading: Reading | None = None
    error: str = ""
    retry_at: datetime | None = None
    """None: at the next scan."""
    asked: bool = True
    """False when the server had said not to come yet, so that nothing was requested."""


def due(source: AnySource, state: SourceState | None, now: datetime) -> datetime | None:
    """When the source may be read again; None: now."""
    if state is None or state.last_read is None:
        return None
    last = state.last_read
    if state.retry_at and state.retry_at > now:
        return state.retry_at
    if last > now:  # the clock was set back: waiting for it to catch up would be a blind monitor
        return None
    pause = (
        timedelta(seconds=source.every)
        if source.every
        else timedelta(0)
        if is_local(domain_of(source.address()))
        else _SELDOM
    )
    again = last + pause
    return again if again - min(_SLACK, pause / 10) > now else None


async def _held(source: AnySource, fetcher: Fetcher, state: SourceState | None, now: datetime) -> Visit:
    """A visit whose weight is on the fetcher until somebody takes it off."""
    visit = await _visit(source, fetcher, state, now)
    fetcher.burden(_size(visit))
    return visit


async def _visit(source: AnySource, fetcher: Fetcher, state: SourceState | None, now: datetime) -> Visit:
    try:
        async with asyncio.timeout(_PATIENCE):
            reading = await source.read(fetcher, dict(state.state) if state else {}, now=now)
    except NotYet as error:
        return Visit(source=source, error=str(error), retry_at=error.retry_at, asked=error.status != 0)
    except FetchError as error:
        return Visit(source=source, error=str(error), retry_at=error.retry_at)
    except SourceError as error:
        return Visit(source=source, error=str(error))
    except TimeoutError:
        return Visit(
            source=source,
            error=_("gave up after {seconds} s: the source keeps answering, but never ends").format(
                seconds=f"{_PATIENCE:.0f}"
            ),
        )
    except Exception as error:  # noqa: BLE001 - what nobody foresaw in one document must not cost the others theirs
        return _fault(source, error)
    return Visit(source=source, reading=reading)


def _fault(source: AnySource, error: Exception) -> Visit:
    """A visit that showed a bug of ours: it is named by its place, for what the document says may be anything."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return Visit(
        source=source,
        error=_("a fault of this program ({name} at {place}): please report it, with this source").format(
            name=type(error).__name__, place=f"{PurePath(last.filename).name}:{last.lineno}"
        ),
    )


def _last_read(state: SourceState | None) -> float:
    """Who waited longest comes first: a server that answers once a minute serves its sources in turn."""
    return state.last_read.timestamp() if state and state.last_read else 0.0


async def visits(job: Job, left: Left) -> AsyncIterator[Visit]:
    """Read every source of the job, as many at once as politeness allows.

    ``left`` gets, at once, the hosts to remember: they are kept up to date until the end.
    """
    async with Fetcher(contact=job.contact, hosts=job.hosts, now=job.now, limits=job.limits) as fetcher:
        left(fetcher.hosts)
        # Not ``asyncio.as_completed``: it keeps its tasks to the end, and a task that is kept keeps what it read.
        done: asyncio.Queue[asyncio.Task[Visit]] = asyncio.Queue()
        tasks: set[asyncio.Task[Visit]] = set()

        def begin(source: AnySource) -> None:
            task = asyncio.create_task(_held(source, fetcher, job.states.get(source.id), job.now))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
            task.add_done_callback(done.put_nowait)

        for source in sorted(job.sources, key=lambda s: _last_read(job.states.get(s.id))):
            begin(source)
        try:
            for _number in range(len(tasks)):
                visit = (await done.get()).result()
                yield visit
                fetcher.burden(-_size(visit))
                del visit
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # What ended one of them, a signal perhaps, is told by whoever ends the scan.
            while not done.empty():
                if not (task := done.get_nowait()).cancelled():
                    task.exception()


def _size(visit: Visit) -> int:
    """Characters of text a visit brought."""
    return sum(len(document.text) for document in visit.reading.documents) if visit.reading else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What came of one source, with everything worked out that needs no database."""

    collected: Collected
    asked: bool = True
    """False when nothing was requested: the server had said not to come yet."""
    weight: int = 1
    """What it takes of the memory, in documents of usual length."""


class Executor(Protocol):
    """Somebody who reads the sources of a job, wherever that happens."""

    def __call__(self, job: Job, unknown: Unknown, left: Left) -> Iterator[Report]:
        """A report for every source, as they come in; ``left`` gets the hosts that changed, before the end.

        Other processes begin to read at once, this one when it is asked for the first report.
        ``unknown`` may be asked between two reports only.
        """


async def reports(job: Job, finder: Finder, unknown: Unknown, left: Left) -> AsyncIterator[Report]:
    """Read every source and find what was said in it."""
    async for visit in visits(job, left):
        size = _size(visit)
        state = job.states.get(visit.source.id)
        # Of a source that was never read all is new, or nearly: another may have brought it.
        new = unknown if state and state.first_read else everything
        try:
            found = await collected(visit, finder, new, job.now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - as in a visit
            found = await collected(_fault(visit.source, error), finder, new, job.now)
        yield Report(
            collected=found,
            asked=visit.asked,
            weight=1 + len(visit.reading.documents if visit.reading else ()) + size // _USUAL,
        )


def everything(documents: Sequence[Document], keys: identity.Reading) -> Sequence[bool]:  # noqa: ARG001 - as others
    """All might be new."""
    return [True] * len(documents)


def changed(hosts: Mapping[str, HostState], before: Mapping[str, HostState]) -> dict[str, HostState]:
    """The hosts that are not as they were."""
    return {domain: host for domain, host in hosts.items() if before.get(domain) != host}


def _compared(report: Report, sizes: Sequence[float]) -> Report:
    """The report, with a warning when the answer is far shorter than on any of many days before."""
    reading = report.collected.reading
    if reading is None or reading.unchanged or len(sizes) < _ENOUGH_DAYS:
        return report
    usual, count = median(sizes), reading.size
    if usual < _ENOUGH_DOCUMENTS or count > usual / 4 or count > min(sizes) / 2:
        return report
    said = _("only {count} documents, where {usual} are usual: is something left out?").format(
        count=count, usual=words.count(round(usual))
    )
    warning = words.joined([reading.warning, said])
    return replace(report, collected=replace(report.collected, reading=replace(reading, warning=warning)))


async def collected(visit: Visit, finder: Finder, unknown: Unknown, now: datetime) -> Collected:
    """A visit with the mentions found in what it brought; what is stored already is not searched again."""
    source, reading = visit.source, visit.reading
    if reading is None:
        return Collected(
            source=source.id, kind=source.kind, at=now, error=visit.error, retry_at=visit.retry_at
        )
    if not reading.documents:  # as after most visits
        return Collected(source=source.id, kind=source.kind, at=now, reading=reading)
    keys = identity.keys_of(reading.documents)
    found, terms, searched = [], [], 0
    for document, new in zip(reading.documents, unknown(reading.documents, keys), strict=True):
        terms.append(index_terms(document) if new else None)
        found.append(finder.find(document, terms[-1]) if new else Found(document=document))
        searched += len(document.text)
        if searched > _LONG:
            searched = 0
            await asyncio.sleep(0)
    return Collected(
        source=source.id,
        kind=source.kind,
        at=now,
        reading=replace(reading, documents=tuple(f.document for f in found)),
        found=tuple(f.matches for f in found),
        terms=tuple(terms),
        keys=keys,
    ).packed()


def outcome(report: Report, saved: Saved | None) -> Outcome:
    """How the source fared, in the words of the report."""
    visit = report.collected
    if visit.reading is None:
        status: Status = "failed" if report.asked else "not_due"
        return Outcome(
            source=visit.source, kind=visit.kind, status=status, error=visit.error, retry_at=visit.retry_at
        )
    return Outcome(
        source=visit.source,
        kind=visit.kind,
        status="unchanged" if visit.reading.unchanged else "read",
        documents=visit.reading.size,
        new=saved.new if saved else 0,
        warning=visit.reading.warning,
    )


@dataclass(slots=True, kw_only=True)
class Collection:
    """What one round of reading came to."""

    outcomes: list[Outcome] = field(default_factory=list)
    new_mentions: int = 0


def collect(
    job: Job,
    executor: Executor,
    store: Store,
    *,
    progress: Callable[[Outcome], None] = lambda _outcome: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Collection:
    """Read, find and store; sources are written as they come in, a batch in one transaction.

    ``meanwhile`` is what else there is to do while the first answers are awaited; it is called once, before any is stored.
    """
    result = Collection()
    waiting: list[Report] = []

    def write() -> None:
        saved = store.save([report.collected for report in waiting], now=job.now) if waiting else []
        for report, kept in zip(waiting, saved, strict=True):
            result.new_mentions += kept.new_mentions
            result.outcomes.append(outcome(report, kept))
            progress(result.outcomes[-1])
        waiting.clear()

    held = 0
    hosts: dict[str, HostState] = {}
    arriving = executor(job, store.unknown, hosts.update)
    meanwhile()
    sizes = store.usual_sizes(job.now - _LATELY, job.now)
    steady = {source.id for source in job.sources if source.steady}
    try:
        for report in arriving:
            if report.collected.reading is None and not report.asked:
                result.outcomes.append(outcome(report, None))
                continue
            source = report.collected.source
            waiting.append(_compared(report, sizes.get(source, ())) if source in steady else report)
            held += report.weight
            if held >= _BATCH or len(waiting) >= _VISITS:
                write()
                held = 0
        write()
    finally:
        if hosts:
            store.save_hosts(hosts.values())
    return result
