"""What a long history costs: python benchmarks/history.py [MENTIONS] (default 1,000,000; 10,000,000 takes hours to build).

Builds so many mentions of 100 brands over a year through the store itself, then times what people wait for: counts of a
brand by the hour, the newest 50 of a search, an export of everything with its memory, and the storing of new
documents beside what storing them in an empty database takes.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.query import filters, parse, preselection
from ereputation.store import Collected, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
YEAR = 365 * 86_400
BATCH, SOURCES, BRANDS = 5_000, 200, 100
WORDS = [f"mot{n}" for n in range(20_000)]
WEIGHTS = [1 / (n + 1) for n in range(20_000)]


def batch(first: int, size: int, total: int, dice: random.Random) -> list[Collected]:
    """Mentions ``first`` to ``first + size`` of ``total``, the oldest first."""
    by_source: dict[str, list[tuple[Document, tuple[Match, ...]]]] = {}
    for number in range(first, first + size):
        words = dice.choices(WORDS, WEIGHTS, k=30)
        source = f"source {number % SOURCES}"
        document = Document(
            source=source,
            guid=f"https://site{number % 500}.example/?p={number}",
            url=f"https://www.site{number % 500}.example/a/{number}",
            title=f"{' '.join(words[:8])} {number}",
            text=" ".join(words[8:]),
            published=NOW - timedelta(seconds=(total - number) * YEAR / total),
            first_seen=NOW,
            lang="fr",
        )
        label = dice.choice(["negative", "neutral", "positive"])
        match = Match(
            brand=f"brand {dice.randrange(BRANDS)}",
            spans=((0, 4),),
            sentiment=Sentiment(label=label, score=0.1),
        )
        by_source.setdefault(source, []).append((document, (match,)))
    return [
        Collected(
            source=source, kind="feed", at=NOW, reading=Reading(documents=tuple(d for d, _ in read)),
            found=tuple(m for _, m in read),
        )
        for source, read in by_source.items()
    ]  # fmt: skip


def timed(call):
    """The best of three, in milliseconds of wall time, and what it gave."""
    best, result = 1e9, None
    for _ in range(3):
        start = time.perf_counter()
        result = call()
        best = min(best, time.perf_counter() - start)
    return best * 1e3, result


def row(what: str, value: str) -> None:
    print(f"| {what} | {value} |", flush=True)


def storing(store: Store, first: int, total: int) -> float:
    """CPU seconds to store 5,000 new mentions."""
    new = batch(first, BATCH, total, random.Random(first))
    start = time.process_time()
    store.save(new, now=NOW)
    return time.process_time() - start


def export(folder: Path) -> tuple[float, float, int]:
    """Seconds, megabytes at the most, and rows of an export of everything by the command itself."""
    names = "\n".join(f"  - {{name: brand {n}, keywords: [brand{n}]}}" for n in range(BRANDS))
    config = folder / "ereputation.yaml"
    config.write_text(f"database: bench.db\nbrands:\n{names}\n")
    out = folder / "out.csv"
    start = time.perf_counter()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "ereputation",
            "export",
            "-c",
            str(config),
            "-o",
            str(out),
        ]
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    with out.open("rb") as lines:
        count = sum(1 for _ in lines) - 1
    return time.perf_counter() - start, usage.ru_maxrss / 1024, count


def main(total: int) -> None:
    dice = random.Random(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(f"| {total:,} mentions of {BRANDS} brands over a year | |\n|---|---|")
        with Store.open(folder / "empty.db") as store:
            storing(store, 0, total)
            empty = storing(store, BATCH, total)
        with Store.open(folder / "bench.db") as store:
            start = time.process_time()
            for first in range(0, total, BATCH):
                store.save(batch(first, min(BATCH, total - first), total, dice), now=NOW)
            row("stored, a second of CPU", f"{total / (time.process_time() - start):,.0f}")
            size = sum(path.stat().st_size for path in folder.iterdir())
            row("size on disk, a mention", f"{size / total:,.0f} bytes")
            sources = [f"source {n}" for n in range(SOURCES)]
            for days in (7, 30):
                since = NOW - timedelta(days=days)
                took, _ = timed(
                    lambda since=since: store.buckets("brand 1", since=since, until=NOW, sources=sources)
                )
                row(f"counts of a brand by the hour, {days} days, with coverage", f"{took:,.1f} ms")
            took, _ = timed(lambda: list(store.mentions(brands=["brand 1"], limit=50)))
            row("newest 50 mentions of a brand", f"{took:,.1f} ms")
            for text in ("mot15000", "mot0", '"mot0 mot1"', "mot0 mot1 -mot2", "mot19*"):
                query = parse(text)
                took, _ = timed(lambda q=query: list(store.search(preselection(q), filters(q), limit=50)))
                row(f"newest 50 of the search `{text}`", f"{took:,.1f} ms")
            full = storing(store, total, total)
        row("5,000 new mentions, against an empty database", f"{full / empty:.2f}x the CPU")
        took, peak, count = export(folder)
        row(f"export of {count:,} rows as CSV", f"{took:,.0f} s, {peak:,.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
