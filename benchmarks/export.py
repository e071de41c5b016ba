"""What exports cost: ``python benchmarks/export.py [MENTIONS] [FORMAT...]`` (default 100,000, all) prints time and memory.

Each export runs in a process of its own, as a user's would; its peak memory is that process's.
"""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ereputation.model import Document, Match, Reading, Sentiment, Word
from ereputation.store import Collected, Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEED = 1_000
RUNS = (
    ("mentions", "csv", ()),
    ("mentions", "csv", ("--dialect", "excel-fr")),
    ("mentions", "ndjson", ()),
    ("mentions", "json", ()),
    ("stories", "csv", ()),
    ("mentions", "xlsx", ()),
)


def fill(database: Path, count: int) -> None:
    """A thousand mentions by the front door, then copies of them, each a story of its own, ten seconds apart."""
    dice = random.Random(1)
    words = [f"mot{n}" for n in range(5_000)]
    texts = [" ".join(["Air France, retards:", *dice.choices(words, k=110)]) for _ in range(SEED)]
    match = Match(
        brand="Air France",
        spans=((0, 10),),
        sentiment=Sentiment(
            label="negative", score=-0.4, words=(Word(text="retards", start=12, end=19, weight=-2.0),)
        ),
    )
    documents = tuple(
        Document(source="s", guid=str(n), url=f"https://site{n % 50}.fr/article/{n}", title=f"Article {n}: Air France",
                 text=texts[n], author_name=f"Auteur {n % 300}", published=NOW - timedelta(seconds=n), first_seen=NOW)
        for n in range(SEED)
    )  # fmt: skip
    with Store.open(database) as store:
        reading = Reading(documents=documents)
        store.save(
            [Collected(source="s", kind="feed", at=NOW, reading=reading, found=((match,),) * SEED)], now=NOW
        )
    raw = sqlite3.connect(database)
    for table, shifted in (
        ("documents", {"id": SEED, "position": -(10_000 << 20), "story": SEED}),
        ("stories", {"id": SEED, "document": SEED}),
        ("mentions", {"id": SEED, "document": SEED, "position": -(10_000 << 20), "story": SEED}),
    ):
        names = [row[1] for row in raw.execute(f"PRAGMA table_info({table})")]
        chosen = ", ".join(f"{name} + :n * {shifted[name]}" if name in shifted else name for name in names)
        raw.executemany(
            f"INSERT INTO {table} SELECT {chosen} FROM {table} WHERE id <= {SEED}",
            ({"n": n} for n in range(1, count // SEED)),
        )
    raw.commit()
    raw.close()


def run(folder: Path, what: str, form: str, more: tuple[str, ...]) -> str:
    target = folder / f"out.{form}"
    command = [sys.executable, "-m", "ereputation", "export", what, "-q", "-o", str(target), *more]
    started = os.times()
    child = subprocess.Popen(command, cwd=folder)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, child.returncode
    wall = os.times().elapsed - started.elapsed
    size = target.stat().st_size / 1e6
    target.unlink()
    cpu = usage.ru_utime + usage.ru_stime
    name = " ".join((what, form, *more[1:]))
    return f"| {name} | {cpu:.1f} | {wall:.1f} | {usage.ru_maxrss / 1024:.0f} | {size:,.0f} |"


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "ereputation.db", count)
        (folder / "ereputation.yaml").write_text(
            "timezone: Europe/Paris\nbrands: [{name: Air France}]\nsources: [https://site.example/rss]\n"
        )
        print(f"| {count:,} mentions | CPU s | seconds | peak MB | file MB |\n|---|---|---|---|---|")
        for what, form, more in RUNS:
            if sys.argv[2:] and form not in sys.argv[2:]:
                continue
            print(run(folder, what, form, more), flush=True)


if __name__ == "__main__":
    main()
