"""What the store costs: ``python benchmarks/store.py [DOCUMENTS [DATABASE]]`` (default 20,000) prints a table.

The database is a new file, or an empty one on PostgreSQL: ``.ci/postgresql sh -c 'python benchmarks/store.py 20000
$EREPUTATION_TEST_DATABASE'``.

Documents of about 60 words from 100 sources, one in ten a mention of one of ten brands.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.query import filters, parse, preselection
from ereputation.store import Collected, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BATCH, SOURCES, BRANDS = 1_000, 100, 10
WORDS = [f"mot{n}" for n in range(20_000)]
WEIGHTS = [1 / (n + 1) for n in range(20_000)]


def documents(count: int, seed: int = 1):
    dice = random.Random(seed)
    for n in range(count):
        words = dice.choices(WORDS, WEIGHTS, k=60)
        source = f"source {n // 10 % SOURCES}"
        yield Document(
            source=source,
            guid=f"https://site{n % 50}.fr/?p={n}",
            url=f"https://www.site{n % 50}.fr/article/{n}?utm_source=rss",
            title=" ".join(words[:9]),
            text=" ".join(words[9:]),
            published=NOW - timedelta(seconds=(count - n) * 20),
            first_seen=NOW,
        )


def batches(count: int):
    dice = random.Random(2)
    waiting: dict[str, list[tuple[Document, tuple[Match, ...]]]] = {}
    held = 0
    for document in documents(count):
        brand = f"brand {dice.randrange(BRANDS)}"
        label = dice.choice(["negative", "neutral", "positive"])
        mention = Match(brand=brand, spans=((0, 5),), sentiment=Sentiment(label=label, score=0.1))
        waiting.setdefault(document.source, []).append((document, (mention,) if dice.random() < 0.1 else ()))
        held += 1
        if held == BATCH:
            yield visits(waiting)
            waiting, held = {}, 0
    if waiting:
        yield visits(waiting)


def visits(waiting):
    return [
        Collected(
            source=source,
            kind="feed",
            at=NOW,
            reading=Reading(documents=tuple(d for d, _ in read)),
            found=tuple(m for _, m in read),
        )
        for source, read in waiting.items()
    ]


def timed(call):
    start = time.perf_counter()
    result = call()
    return time.perf_counter() - start, result


def row(what: str, value: str) -> None:
    print(f"{what:<58}{value:>20}")


def main(count: int, database: str | None = None) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.open(database or Path(folder) / "bench.db") as store:
        seconds, _ = timed(lambda: [store.save(batch, now=NOW) for batch in batches(count)])
        making, _ = timed(lambda: [None for _ in batches(count)])
        row(f"save {count:,} new documents, 1 in 10 a mention", f"{count / (seconds - making):,.0f} rows/s")
        row("size, per document", f"{store.size() / count:,.0f} bytes")
        again = next(batches(BATCH))
        seconds, _ = timed(lambda: store.save(again, now=NOW))
        row("save a batch of known, unchanged documents", f"{seconds / BATCH * 1e6:,.0f} us/row")
        one = [replace(d, source="source 0") for d in documents(BATCH)]
        seconds, _ = timed(lambda: store.unknown(one))
        row("is a document known?", f"{seconds / BATCH * 1e6:,.0f} us/row")
        names = [f"source {n}" for n in range(SOURCES)]
        month = NOW - timedelta(days=30)
        seconds, _ = timed(lambda: store.buckets("brand 1", since=month, until=NOW, sources=names))
        row("hourly counts of a brand over 30 days, with coverage", f"{seconds * 1e3:,.1f} ms")
        seconds, _ = timed(lambda: list(store.mentions(brands=["brand 1"], limit=50)))
        row("newest 50 mentions of a brand", f"{seconds * 1e3:,.1f} ms")
        for text in ("mot5000", "mot0", '"mot0 mot1"', "mot0 mot1 -mot2", "mot19*"):
            query = parse(text)
            seconds, hits = timed(lambda q=query: list(store.search(preselection(q), filters(q), limit=50)))
            row(f"newest 50 pre-selected by {text} ({len(hits)})", f"{seconds * 1e3:,.1f} ms")
        seconds, total = timed(lambda: sum(1 for _ in store.mentions()))
        row(f"stream {total:,} mentions", f"{total / seconds:,.0f} rows/s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000, *sys.argv[2:3])
