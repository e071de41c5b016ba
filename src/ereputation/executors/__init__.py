"""Where sources are read: in this process, in several of this machine, or on a cluster. All run ``collect.reports``.

A domain belongs to one worker alone, so that nobody else's server is asked more often because there are many of us. A worker
that dies is replaced: what it had not handed over is read again, and the store knows what it has already.
"""

from __future__ import annotations

import os
from collections import defaultdict
from contextlib import nullcontext
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from ereputation.collect import Job, Report
from ereputation.executors.here import Here
from ereputation.fetch import domain_of, is_local
from ereputation.store import Collected

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from contextlib import AbstractContextManager

    from ereputation.collect import Executor
    from ereputation.database import Database
    from ereputation.finder import Finder
    from ereputation.sources import AnySource

_HANDFUL = 60
"""Sources that one process reads before others are worth their start."""
_EACH = 30
"""The least sources a worker is started for."""


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def worth(sources: int, wanted: int | None) -> int:
    """How many worker processes to start for so many sources; 0: none. ``wanted``: None leaves it to us."""
    if wanted is not None:
        return min(wanted, sources)
    number = min(cores(), sources // _EACH)
    return number if sources > _HANDFUL and number > 1 else 0


def chosen(
    finder: Finder,
    database: Database,
    *,
    sources: Sequence[AnySource],
    workers: int | None = None,
    cluster: str = "",
    news: bool = True,
) -> AbstractContextManager[Executor]:
    """The executor for these sources, to be entered before the database is opened. ``news``: much of what they hold
    will be new.
    """  # noqa: D205 - the second sentence belongs to the first
    if cluster:
        from ereputation.executors.cluster import Cluster

        return Cluster(finder, cluster)
    if number := worth(len(sources), workers):
        from ereputation.executors.pool import Pool

        secure = any(not source.address().startswith("http:") for source in sources)
        return Pool(finder, number, database, news=news, secure=secure)
    return nullcontext(Here(finder))


def owner(source: AnySource) -> str:
    """What may not be divided: the domain its requests go to."""
    try:
        return domain_of(source.address())
    except ValueError:
        return source.id


def place(source: AnySource, of: int) -> int:
    """Which of so many machines reads a source, from 0; the same on all of them, whatever else they read."""
    return int.from_bytes(blake2b(owner(source).encode("utf-8", "replace"), digest_size=8).digest()) % of


def shards(sources: Iterable[AnySource], number: int) -> list[list[AnySource]]:
    """At most so many parts of about the same size, none empty, no domain in two of them.

    Only this very machine, where a bridge may serve hundreds of feeds, is divided when it is more than one part's share:
    there is nobody to be polite to.
    """
    domains: defaultdict[str, list[AnySource]] = defaultdict(list)
    for source in sources:
        domains[owner(source)].append(source)
    share = max(_HANDFUL, sum(map(len, domains.values())) // max(1, number))
    for domain, together in list(domains.items()):
        if len(together) > share and is_local(domain):
            del domains[domain]
            domains |= {f"{domain} {n}": together[n::number] for n in range(number)}
    parts: list[list[AnySource]] = [[] for _ in range(max(1, min(number, len(domains))))]
    for together in sorted(domains.values(), key=len, reverse=True):
        min(parts, key=len).extend(together)
    return [part for part in parts if part]


def part_of(job: Job, sources: Sequence[AnySource], *, of: int) -> Job:
    """The job for some of its sources, one of so many that are done at the same time."""
    total = -(-job.limits.total // of)
    return replace(
        job,
        sources=sources,
        states={s.id: job.states[s.id] for s in sources if s.id in job.states},
        limits=replace(job.limits, total=total),
    )


def lost(source: AnySource, job: Job, error: str) -> Report:
    """The report of a source that was asked for in vain."""
    return Report(collected=Collected(source=source.id, kind=source.kind, at=job.now, error=error))
