"""In this process: what a handful of sources needs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ereputation.collect import changed, reports

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from ereputation.collect import Job, Left, Report, Unknown
    from ereputation.finder import Finder
    from ereputation.model import HostState


@dataclass(frozen=True, slots=True)
class Here:
    """Reads between two writes of the one who asks."""

    finder: Finder

    def __call__(self, job: Job, unknown: Unknown, left: Left) -> Iterator[Report]:
        """A report for every source, as they come in."""
        known: list[Mapping[str, HostState]] = []
        try:
            with asyncio.Runner() as runner:
                stream = reports(job, self.finder, unknown, known.append)
                read: list[Report] = []
                while runner.run(_next(stream, read)):
                    yield read.pop()
        finally:
            for hosts in known:
                left(changed(hosts, job.hosts))


async def _next(stream: AsyncIterator[Report], read: list[Report]) -> bool:
    """Put the next report into ``read``; False at the end. What a task returns is spelt out when its signals are set."""
    async for report in stream:
        read.append(report)
        return True
    return False
