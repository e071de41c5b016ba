"""What a long history costs: python benchmarks/history.py [MENTIONS] [--keep FOLDER] (1,000,000 unless told otherwise).

Builds so many mentions of 100 brands over a year through the store itself, then measures what people wait for: counts
of a brand by the hour, the newest 50 of a search, the storing of new documents beside what storing them in an empty
database takes, and the commands as they are run, each with its memory. ``--keep`` leaves the database in a folder and
takes it from there the next time: 10,000,000 take more than an hour to build, and 17 GB.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path

from ereputation import config as configuration
from ereputation.finder import Finder
from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.query import filters, parse, preselection
from ereputation.scan import look_back
from ereputation.store import Collected, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR, WEEK, BUSY = 365 * 86_400, 7 * 86_400, 2 * 3_600
BATCH, SOURCES, BRANDS = 5_000, 200, 100
PRUNED = 20_000
WORDS = [f"mot{n}" for n in range(20_000)]
WEIGHTS = list(accumulate(1 / (n + 1) for n in range(20_000)))


def configured(folder: Path) -> Path:
    """Brands that each have an account and a competitor, and the sources."""
    brands = "".join(
        f"  - {{name: brand {n}, keywords: [brand{n}], owned: ['@brand{n}'], competitors: [brand {(n + 1) % BRANDS}]}}\n"
        for n in range(BRANDS)
    )
    sources = "".join(
        f"  - {{name: source {n}, url: https://site{n}.example/feed}}\n" for n in range(SOURCES)
    )
    path = folder / "ereputation.yaml"
    path.write_text(
        "database: bench.db\ntimezone: Europe/Paris\nstaffed: Mon-Fri 09:00-18:00\n"
        f"brands:\n{brands}sources:\n{sources}"
    )
    return path


def batch(first: int, size: int, total: int, dice: random.Random) -> list[Collected]:
    """Documents ``first`` to ``first + size`` of ``total``, the oldest first; those beyond stand in the last week.

    One in a hundred is a brand's own, from its account; one in ten asks something; brand 1 is on everybody's lips in the
    last two hours.
    """
    began = NOW - timedelta(seconds=(total - first) * YEAR / total)
    by_source: dict[str, list[tuple[Document, tuple[Match, ...]]]] = {}
    for number in range(first, first + size):
        words = dice.choices(WORDS, cum_weights=WEIGHTS, k=30)
        source, brand = number % SOURCES, dice.randrange(BRANDS)
        age = (total - number) * YEAR / total if number < total else dice.random() * WEEK
        if age < BUSY and number % 2:
            brand = 1
        if owned := source < BRANDS and dice.random() < 0.02:
            brand = source
        asks = "?" if number % 10 == 0 else ""
        document = Document(
            source=f"source {source}",
            guid=f"https://site{number % 500}.example/?p={number}",
            url=f"https://www.site{number % 500}.example/a/{number}",
            title=f"brand{brand} {' '.join(words[:8])} {number}",
            text=f"{' '.join(words[8:])}{asks}",
            published=NOW - timedelta(seconds=age),
            first_seen=NOW - timedelta(seconds=age),
            author_handle=f"brand{brand}" if owned else f"user{dice.randrange(50_000)}",
            type="post",
            site=f"site{number % 500}.example",
            lang="fr",
        )
        match = Match(
            brand=f"brand {brand}",
            spans=((0, 6),),
            sentiment=Sentiment(label=dice.choice(["negative", "neutral", "positive"]), score=0.1),
            media="owned" if owned else "earned",
        )
        by_source.setdefault(document.source, []).append((document, (match,)))
    return [
        Collected(
            source=source,
            kind="feed",
            at=min(NOW, NOW - timedelta(seconds=(total - first - size) * YEAR / total)),
            reading=Reading(documents=tuple(d for d, _ in read), covers_from=began),
            found=tuple(m for _, m in read),
        )
        for source, read in by_source.items()
    ]


def build(store: Store, config: configuration.Config, total: int) -> None:
    """Store the year; the brands are known from its beginning."""
    dice = random.Random(1)
    start = NOW - timedelta(seconds=YEAR)
    look_back(config, Finder.of(config, store.corrections()), store, now=start)
    took = 0.0
    size = min(
        BATCH, max(total * 86_400 // YEAR, 1)
    )  # a day's: what is remembered is counted in days of storing
    for first in range(0, total, size):
        read = batch(first, min(size, total - first), total, dice)
        began = time.process_time()
        store.save(read, now=read[0].at)
        took += time.process_time() - began
    row("stored, a second of CPU", f"{total / took:,.0f}")


def timed(call):
    """The best of three, in milliseconds of wall time."""
    best = 1e9
    for _ in range(3):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def row(what: str, value: str) -> None:
    print(f"| {what} | {value} |", flush=True)


def storing(store: Store, first: int, total: int) -> float:
    """CPU seconds to store 5,000 new mentions."""
    new = batch(first, BATCH, total, random.Random(first))
    start = time.process_time()
    store.save(new, now=NOW)
    return time.process_time() - start


def lookups(store: Store) -> None:
    """What the store answers."""
    sources = [f"source {n}" for n in range(SOURCES)]
    for days in (7, 30):
        since = NOW - timedelta(days=days)
        took = timed(lambda since=since: store.buckets("brand 1", since=since, until=NOW, sources=sources))
        row(f"counts of a brand by the hour, {days} days, with coverage", f"{took:,.1f} ms")
    took = timed(lambda: list(store.mentions(brands=["brand 1"], limit=50)))
    row("newest 50 mentions of a brand", f"{took:,.1f} ms")
    for text in ("mot15000", "mot0", '"mot0 mot1"', "mot0 mot1 -mot2", "mot19*", "absent"):
        query = parse(text)
        took = timed(lambda q=query: list(store.search(preselection(q), filters(q), limit=50)))
        row(f"newest 50 of the search `{text}`", f"{took:,.1f} ms")


def command(config: Path, *words: str, now: datetime | None = NOW) -> None:
    """Run a command as a person does, and tell what it took."""
    wal = config.with_name("bench.db-wal")
    moment = ["--now", now.isoformat()] if now else []
    call = [sys.executable, "-m", "ereputation", *words, "-c", str(config), *moment]
    start, memory, journal = time.perf_counter(), 0, 0
    process = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (found := os.wait4(process.pid, os.WNOHANG))[0]:
        # What wait4 says of memory is at least what this process has.
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory = max(
            memory, *(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0
        )
        journal = max(journal, wal.stat().st_size if wal.exists() else 0)
        time.sleep(0.02)
    took, usage = time.perf_counter() - start, found[2]
    process.returncode = os.waitstatus_to_exitcode(found[1])
    log = f", journal {journal / 2**20:,.0f} MB" if journal > 2**20 else ""
    failed = f", exit code {process.returncode}" if process.returncode else ""
    row(
        f"`{' '.join(words)}`",
        f"{took:,.2f} s ({usage.ru_utime + usage.ru_stime:,.2f} s of CPU), {memory / 1024:,.0f} MB{log}{failed}",
    )


def commands(config: Path, newest: int) -> None:
    """What only reads; ``newest``: a mention to show."""
    command(config, "stats", "--brand", "brand 1")
    command(config, "stats", "--brand", "brand 1", "--since", "30d")
    command(config, "stats")
    command(config, "report", "--brand", "brand 1")
    command(config, "report")
    command(config, "clock", "--brand", "brand 1")
    command(config, "clock")
    command(config, "search", "mot0", "--limit", "50")
    command(config, "show", str(newest), now=None)


def pruning(config: Path, share: float) -> None:
    """The oldest documents go, and their room in the file."""
    with Store.open(config.with_name("bench.db"), read_only=True) as store:
        oldest = min(document.published for document in islice(store.documents(), BATCH))
        size = store.size()
    before = oldest + timedelta(seconds=YEAR * share)
    age = f"{(NOW - before) // timedelta(hours=1)}h"
    command(config, "prune", "--older-than", age)
    with Store.open(config.with_name("bench.db"), read_only=True) as store:
        row(f"file after {share:.1%} of the year was pruned", f"{(store.size() - size) / 2**20:+,.0f} MB")


def measure(folder: Path, total: int) -> None:
    """Everything, in a folder that may hold the database already."""
    path = configured(folder)
    config = configuration.load(path, environ={})
    print(f"| {total:,} mentions of {BRANDS} brands over a year | |\n|---|---|")
    (folder / "empty.db").unlink(missing_ok=True)
    with Store.open(folder / "empty.db") as store:
        storing(store, 0, total)
        empty = storing(store, BATCH, total)
    kept = folder / f"{total}.built"
    with Store.open(config.database_path) as store:
        if not kept.exists():
            build(store, config, total)
            kept.touch()
        row("size on disk, a mention", f"{store.size() / total:,.0f} bytes")
        lookups(store)
        newest = next(store.mentions(limit=1)).id
    commands(path, newest)
    command(path, "scan", "--offline")
    command(path, "scan", "--offline")
    command(path, "alerts")
    with Store.open(config.database_path) as store:
        last = store.db.value("SELECT last FROM sequences WHERE name = 'documents'")
        full = storing(store, last, total)
    row("5,000 new mentions, against an empty database", f"{full / empty:.2f}x the CPU")
    pruning(path, min(PRUNED / total, 0.05))
    command(path, "export", "--brand", "brand 1", "-o", str(folder / "out.csv"))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("mentions", nargs="?", type=int, default=1_000_000)
    options.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="leave the database there, or take it from there"
    )
    given = options.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
        measure(given.keep, given.mentions)
    else:
        with tempfile.TemporaryDirectory() as name:
            measure(Path(name), given.mentions)


if __name__ == "__main__":
    main()
