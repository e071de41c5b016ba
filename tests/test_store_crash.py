from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from ereputation.query import Filters, Term
from ereputation.store import Store
from shared import shared

if TYPE_CHECKING:
    from pathlib import Path

SAVE = """
import sys
from datetime import UTC, datetime, timedelta
from ereputation.model import Document, Match, Reading, Sentiment
from ereputation.store import Collected, Store

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)

def visit(source, batch):
    documents = tuple(
        Document(
            source=source, guid=f"{source}-{batch}-{n}", title=f"Titre {source} {batch} {n}", text="mot " * 30,
            published=NOON - timedelta(hours=n), first_seen=NOON,
        )
        for n in range(40)
    )
    found = (Match(brand="Air France", spans=((0, 3),), sentiment=Sentiment(label="negative")),)
    at = NOON + timedelta(minutes=batch)
    return Collected(
        source=source, kind="feed", at=at, reading=Reading(documents=documents, state={"batch": batch}), found=(found,) * 40
    )

with Store.open(sys.argv[1]) as store:
    for batch in range(int(sys.argv[3])):
        store.save([visit(sys.argv[2], batch)], now=NOON)
        print(batch, flush=True)
"""


def saving(path: Path, source: str, batches: int) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", SAVE, getattr(shared(path), "url", str(path)), source, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
    )


def state(path):
    with Store.open(path) as store:
        assert store.faults() == []
        assert store.counted_hours("Air France") == store.recounted_hours("Air France")
        states = store.source_states()
        documents = [document.guid for document in store.documents()]
        indexed = sum(1 for _ in store.search(Term("titre"), Filters()))
        assert indexed == len(documents) == len(set(documents))
        mentions = sum(1 for _ in store.mentions())
        return documents, mentions, states, store.counted_hours("Air France")


@pytest.mark.parametrize("pause", [0.0, 0.007, 0.02])
def test_a_killed_scan_leaves_whole_batches_and_the_next_one_repairs_the_rest(tmp_path, pause):
    path = tmp_path / "a.db"
    with saving(path, "s", 1000) as process:
        assert process.stdout.readline() == "0\n"
        time.sleep(pause)
        process.kill()
        said = process.stdout.read().split()
    documents, mentions, states, _ = state(path)
    last = states["s"].state["batch"]
    assert last >= int(said[-1] if said else 0)
    assert len(documents) == mentions == 40 * (last + 1)

    with saving(path, "s", last + 3) as process:
        process.communicate()
    with saving(tmp_path / "b.db", "s", last + 3) as process:
        process.communicate()
    (kept, *_, counts), (whole, *_, expected) = state(path), state(tmp_path / "b.db")
    assert (kept, counts) == (whole, expected)


def test_processes_that_write_at_once_wait_for_each_other(tmp_path):
    path = tmp_path / "a.db"
    running = [saving(path, source, 8) for source in "abc"]
    for process in running:
        process.communicate()
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(state(path)[0]) == 3 * 8 * 40
