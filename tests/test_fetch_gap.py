"""Servers that want more than the usual pause between two requests."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from ereputation.errors import FetchError, NotYet
from ereputation.fetch import Fetcher

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_who_is_asked_once_a_minute_is_left_alone_by_everybody_else_of_the_run_and_of_the_next():
    async def run(hosts, now):
        async with Fetcher(now=now, hosts=hosts) as fetcher:
            outcomes = await asyncio.gather(
                *[fetcher.get(f"http://{name}.nowhere.invalid/", gap=61.0) for name in ("a", "b", "c")],
                return_exceptions=True,
            )
            return [type(one) for one in outcomes], fetcher.hosts

    first, hosts = asyncio.run(run({}, NOW))
    assert first == [FetchError, NotYet, NotYet]
    assert hosts["nowhere.invalid"].not_before == NOW + timedelta(seconds=61)
    soon, hosts = asyncio.run(run(hosts, NOW + timedelta(seconds=60)))
    assert soon == [NotYet, NotYet, NotYet]
    later, _ = asyncio.run(run(hosts, NOW + timedelta(seconds=62)))
    assert later == [FetchError, NotYet, NotYet]


def test_loopback_needs_no_pause(web):
    async def run():
        async with Fetcher(now=NOW) as fetcher:
            for _ in range(3):
                await fetcher.get(web.serve("/", b"x"), gap=61.0)

    asyncio.run(run())
    assert web.count("/") == 3
