"""What a report of a busy month costs: `python benchmarks/report.py [MENTIONS]`, 100,000 unless told otherwise."""

import random
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ereputation import config as configuration
from ereputation import export, page, reporting
from ereputation.figures import Period
from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.store import Collected, Store

NOW = datetime(2026, 3, 31, tzinfo=UTC)
DAYS = 60
SOURCES = 20
CONFIG = """\
timezone: Europe/Paris
staffed: Mon-Fri 09:00-18:00
brands:
  - {name: Air France, competitors: [KLM]}
  - {name: KLM, competitors: [Air France]}
sources:
"""
WORDS = [
    "retard",
    "vol",
    "bagage",
    "grève",
    "service",
    "équipage",
    "prix",
    "remboursement",
    "aéroport",
    "merci",
    "honte",
    "billet",
    "siège",
    "repas",
    "annulé",
]


def document(n, chance):
    at = NOW - timedelta(seconds=chance.random() ** 1.5 * DAYS * 86_400)
    words = " ".join(chance.choices(WORDS, k=25))
    asks = "Quelqu'un peut-il m'aider ? " if n % 3 == 0 else ""
    return Document(
        source=f"Source {n % SOURCES}",
        guid=str(n),
        url=f"https://site{n % 300}.example/{n}",
        text=f"@airfrance {asks}{n} {words} {chance.random()}",
        published=at,
        first_seen=at,
        author_handle=f"user{chance.randrange(20_000)}",
        type="post",
        site=f"site{n % 300}.example",
    )


def fill(store, mentions):
    chance = random.Random(1)
    for start in range(0, 2 * mentions, 5_000):
        found = [document(n, chance) for n in range(start, start + 5_000)]
        labels = chance.choices(["negative", "neutral", "positive"], [3, 5, 2], k=len(found))
        batch = []
        for source in sorted({one.source for one in found}):
            own = [(one, label) for one, label in zip(found, labels, strict=True) if one.source == source]
            matches = tuple(
                (
                    Match(
                        brand="Air France" if one.guid[-1] != "7" else "KLM",
                        spans=((0, 10),),
                        sentiment=Sentiment(label=label),
                    ),
                )
                for one, label in own
            )
            reading = Reading(documents=tuple(one for one, _ in own), covers_from=NOW - timedelta(days=DAYS))
            batch.append(Collected(source=source, kind="feed", at=NOW, reading=reading, found=matches))
        store.save(batch, now=NOW)


def main():
    mentions = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "ereputation.yaml"
        sources = "".join(
            f"  - {{name: Source {n}, url: https://site{n}.example/feed}}\n" for n in range(SOURCES)
        )
        path.write_text(CONFIG + sources, encoding="utf-8")
        config = configuration.load(path, environ={})
        began = time.process_time()
        with Store.open(config.database_path) as store:
            fill(store, mentions)
        print(f"stored {2 * mentions:,} documents in {time.process_time() - began:.1f} s of CPU")
        for days in (7, 30):
            began = time.process_time()
            with Store.open(config.database_path, read_only=True) as store:
                period = Period.lately(NOW, timedelta(days=days))
                measuring = reporting.Measuring(config, store, period, NOW)
                stats = [measuring.stats(brand) for brand in config.brands]
                counted = time.process_time() - began
                report = reporting.gather(config, store, config.brands, period, now=NOW)
                gathered = time.process_time() - began - counted
            size = len(page.page(report, zone=config.timezone))
            drawn = time.process_time() - began - counted - gathered
            export.dump(page.report_record(report))
            print(
                f"{days} days, {sum(one.now.copies for one in stats):,} mentions: stats {counted:.2f} s, report {gathered:.2f} s,"
                f" page {drawn:.2f} s of {size // 1000} kB"
            )
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")


if __name__ == "__main__":
    main()
