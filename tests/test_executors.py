"""The same scan here, in worker processes and by parts: the same store, whoever dies on the way."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import re
import signal
from contextlib import ExitStack, nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from ereputation import collect, executors, scan
from ereputation.config import load
from ereputation.errors import UsageError
from ereputation.executors.here import Here
from ereputation.executors.pool import Pool, WorkerError
from ereputation.finder import Finder
from ereputation.model import Document
from ereputation.sources import Feed
from ereputation.store import Store, scan_lock
from loopback import Answer, Loopback

pytestmark = pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")  # our threads are servers
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SITES, EACH = 3, 3


def feed(*names: str) -> bytes:
    items = "".join(
        f"<item><title>Air France: {n}</title><guid>{n}</guid><description>grève {n}</description>"
        "<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate></item>"
        for n in names
    )
    return f"<rss version='2.0'><channel><title>Wire</title>{items}</channel></rss>".encode()


@pytest.fixture
def sites():
    with ExitStack() as stack:
        found = [stack.enter_context(Loopback()) for _ in range(SITES)]
        for place, site in enumerate(found):
            for number in range(EACH):
                site.serve(f"/{number}", feed(f"{place}-{number}-a", f"{place}-{number}-b"))
        yield found


@pytest.fixture
def config(tmp_path, sites):
    urls = "".join(f"  - {site.url(f'/{number}')}\n" for site in sites for number in range(EACH))
    path = tmp_path / "ereputation.yaml"
    path.write_text(f'brands:\n  - {{name: Air France, keywords: ["Air France"]}}\nsources:\n{urls}')
    return load(path, environ={})


def kept(database):
    """What a store holds, whoever wrote it."""
    with Store.open(database) as store:
        assert store.faults() == []
        mentions = sorted((m.document.guid, m.match.spans, m.document.label) for m in store.mentions())
        states = {
            n: (s.last_status, s.failures, s.state.get("ids")) for n, s in store.source_states().items()
        }
        return mentions, states


def by_pool(config, database, *, method="fork", workers=2):
    """A reading by worker processes, as ``scan`` does it."""
    pool = Pool(Finder.of(config), workers, database, method=method)
    with pool as executor, Store.open(database) as store:
        job = collect.Job(sources=config.sources, states=store.source_states(), hosts=store.hosts(), now=NOW)
        return collect.collect(job, executor, store)


def test_workers_store_what_one_process_stores(config, tmp_path, sites):
    sites[0].serve("/0", status=500)
    alone = scan.run(config, tmp_path / "alone.db", now=NOW, workers=0)
    many = by_pool(config, tmp_path / "many.db")
    assert {(o.source, o.status, o.documents, o.new) for o in alone.outcomes} == {
        (o.source, o.status, o.documents, o.new) for o in many.outcomes
    }
    assert alone.new_mentions == many.new_mentions == 2 * (SITES * EACH - 1)
    assert kept(tmp_path / "alone.db") == kept(tmp_path / "many.db")
    with Store.open(tmp_path / "many.db") as store:
        assert any(host.last_status == 500 for host in store.hosts().values())


def test_a_killed_worker_is_replaced_without_loss_or_double_count(config, tmp_path, sites):
    dead = []

    def deadly(_request):
        if not dead:
            for child in multiprocessing.active_children():
                os.kill(child.pid, signal.SIGKILL)
                dead.append(child.pid)
        return Answer(body=feed("deadly-a", "deadly-b"))

    for site in sites:
        site.serve("/1", deadly)
    result = by_pool(config, tmp_path / "many.db")
    assert dead
    assert sorted(o.source for o in result.outcomes) == sorted(s.id for s in config.sources)
    assert {o.status for o in result.outcomes} == {"read"}
    scan.run(config, tmp_path / "alone.db", now=NOW, workers=0)
    assert kept(tmp_path / "alone.db")[0] == kept(tmp_path / "many.db")[0]


def test_what_was_read_is_let_go_once_it_is_handed_over(config):
    async def held_at_the_end():
        finished, alive = 0, 0
        async for visit in collect.visits(collect.Job(sources=config.sources, now=NOW), lambda _hosts: None):
            assert visit.reading
            finished += 1
            if finished == len(config.sources):
                alive = sum(isinstance(one, Document) for one in gc.get_objects())
        return alive

    before = sum(isinstance(one, Document) for one in gc.get_objects())
    assert asyncio.run(held_at_the_end()) - before == 2  # of the last source alone


def test_what_kills_its_reader_again_and_again_is_given_up(config, tmp_path):
    pool = Pool(Finder.of(config), 2, tmp_path / "db")
    waiting, given_up = [list(config.sources)], []
    rounds = 0
    culprit = executors.owner(config.sources[0])
    while waiting:
        rounds += 1
        part = waiting.pop()
        if culprit in {executors.owner(source) for source in part}:
            retried, lost = pool._after_death(part)
            waiting += retried
            given_up += lost
    assert {executors.owner(source) for source in given_up} == {culprit}
    assert len(given_up) == EACH
    assert rounds < 10


RSS = """<rss version="2.0"><channel><title>t</title><item><title>{title}</title><guid>{title}</guid></item></channel></rss>"""


class Buggy(Feed):
    async def read(self, *_anything, **_more):
        raise ZeroDivisionError("a bug")


class Stumbling(Finder):
    def find(self, document, terms=None):
        if "stumble" in document.title:
            raise ZeroDivisionError("a bug")
        return super().find(document, terms)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_bug_that_one_source_shows_costs_the_others_nothing(config, tmp_path, workers):
    database, feed = tmp_path / "db", tmp_path / "feed.xml"
    feed.write_text(RSS.format(title="stumble"))
    (tmp_path / "sound.xml").write_text(RSS.format(title="sound"))
    finder = Stumbling(Finder.of(config).watched, config.words())
    sources = [
        Buggy(url="http://127.0.0.1:1/", name="unread"),
        Feed(url=feed.as_uri(), name="unsearched"),
        Feed(url=(tmp_path / "sound.xml").as_uri(), name="sound"),
    ]
    executor = Pool(finder, workers, database, method="fork") if workers else nullcontext(Here(finder))
    with executor as reading, Store.open(database) as store:
        done = collect.collect(collect.Job(sources=sources, now=NOW), reading, store)
    told = {outcome.source: outcome for outcome in done.outcomes}
    for name in ("unread", "unsearched"):
        assert told[name].status == "failed"
        assert re.search(
            r"a fault of this program \(ZeroDivisionError at test_executors.py:\d+\)", told[name].error
        )
    assert (told["sound"].status, told["sound"].new) == ("read", 1)


def test_a_bug_in_a_worker_itself_is_a_traceback(config, tmp_path, monkeypatch):
    async def broken(*_anything):
        raise ZeroDivisionError("a bug")
        yield

    monkeypatch.setattr(collect, "visits", broken)
    database = tmp_path / "db"
    with (
        Pool(Finder.of(config), 1, database, method="fork") as executor,
        Store.open(database) as store,
        pytest.raises(WorkerError, match=r"(?s)Traceback.*test_executors.*ZeroDivisionError: a bug"),
    ):
        job = collect.Job(sources=[Buggy(url="http://127.0.0.1:1/", name="b")], now=NOW)
        collect.collect(job, executor, store)
    assert multiprocessing.active_children() == []


def test_an_interrupted_scan_leaves_no_process_behind(config, tmp_path):
    def interrupt(_outcome):
        raise KeyboardInterrupt

    database = tmp_path / "db"
    with (
        pytest.raises(KeyboardInterrupt),
        Pool(Finder.of(config), 2, database, method="fork") as executor,
        Store.open(database) as store,
    ):
        collect.collect(collect.Job(sources=config.sources, now=NOW), executor, store, progress=interrupt)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize(
    ("sources", "wanted", "cores", "workers"),
    [(5, None, 8, 0), (60, None, 8, 0), (100, None, 8, 3), (1000, None, 2, 2), (1000, None, 1, 0), (5, 2, 1, 2),
     (1, 4, 8, 1), (1000, 0, 8, 0)],
)  # fmt: skip
def test_workers_are_started_where_they_are_worth_it(monkeypatch, sources, wanted, cores, workers):
    monkeypatch.setattr(executors, "cores", lambda: cores)
    assert executors.worth(sources, wanted) == workers


def test_a_domain_is_never_divided():
    sources = [Feed(url=f"https://{'abcdefgh'[n % 8]}.site{n % 5}.org/{n}") for n in range(60)]
    parts = executors.shards(sources, 4)
    homes = [{executors.owner(source) for source in part} for part in parts]
    assert sum(map(len, homes)) == len(set().union(*homes)) == 5
    assert sum(map(len, parts)) == 60
    machines = [scan.Shard(number=n, of=3) for n in (1, 2, 3)]
    assert all(sum(source in machine for machine in machines) == 1 for source in sources)


@pytest.mark.parametrize(
    ("host", "divided"), [("127.0.0.1:8080", True), ("localhost:1200", True), ("rsshub.example", False)]
)
@pytest.mark.parametrize("others", [0, 50])
def test_only_a_server_of_this_machine_is_divided_where_it_is_too_much_for_one(host, divided, others):
    bridge = [Feed(url=f"http://{host}/{n}") for n in range(200)]
    rest = [Feed(url=f"https://site{n}.example/feed") for n in range(others)]
    parts = executors.shards([*rest, *bridge], 2)
    assert sorted(source.id for part in parts for source in part) == sorted(s.id for s in [*bridge, *rest])
    sizes = sorted(map(len, parts))
    assert (sizes[-1] <= 150) is divided
    assert len(executors.shards(bridge[:50], 2)) == 1


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "a/b", "1/0", "-1/2"])
def test_a_part_that_is_none_is_refused(text):
    with pytest.raises(UsageError):
        scan.Shard.parse(text)


def test_machines_that_read_a_part_each_come_to_the_whole_and_tell_once(config, tmp_path, sites):
    whole, parts = tmp_path / "whole.db", tmp_path / "parts.db"
    machines = [scan.Shard(number=n, of=2) for n in (1, 2)]
    last: list[scan.Result] = []
    for hours in range(3):  # the third failure in a row is told
        if hours:
            sites[0].serve("/0", status=500)
        now = NOW + timedelta(hours=hours)
        scan.run(config, whole, now=now, workers=0)
        last = [scan.run(config, parts, now=now, shard=machine) for machine in machines]
        assert sum(len(result.outcomes) for result in last) == len(config.sources)
        assert not any(outcome.status == "not_due" for result in last for outcome in result.outcomes)
    assert kept(whole) == kept(parts)
    now = NOW + timedelta(hours=3)
    last = [scan.run(config, parts, now=now, shard=machine) for machine in machines]
    assert sorted(len(result.health) for result in last) == [0, 1]
    assert sorted(len(result.failing) for result in last) == [0, 1]


@pytest.mark.sqlite
def test_a_part_locks_itself_alone(tmp_path):
    database = tmp_path / "db"
    with scan_lock(database, shard="1-of-2"), scan_lock(database, shard="2-of-2"), scan_lock(database):
        assert {path.name for path in tmp_path.glob("*.lock")} == {
            "db.lock", "db.1-of-2.lock", "db.2-of-2.lock",
        }  # fmt: skip
