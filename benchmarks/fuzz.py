"""Fuzz what reads text from outside, guided by coverage. Needs ``pip install atheris``; never part of the test suite.

usage: python benchmarks/fuzz.py feed|dates|query|config|csv [libFuzzer options, such as -max_total_time=300 CORPUS]

A crash is anything but the named error of the target; libFuzzer writes its input to ``crash-...``. ``-timeout=10`` finds
what is slow, ``-rss_limit_mb=1024`` what is large. A finding becomes a line in a table of the target's tests.
"""

from __future__ import annotations

import io
import sys
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import atheris

with atheris.instrument_imports(include=["ereputation", "feedparser", "yaml"]):
    from ereputation import query
    from ereputation.config import load
    from ereputation.errors import ContentError, EreputationError, QueryError
    from ereputation.importing.files import contents
    from ereputation.importing.moments import Moments, order_of
    from ereputation.importing.rows import Reader, RowError
    from ereputation.model import Document
    from ereputation.sources.dates import read_date
    from ereputation.sources.feed.parse import parse

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TEXT = Document(
    source="s", guid="1", title="Air France : grève", text="un deux trois", published=NOW, first_seen=NOW
)
FOLDER = Path(tempfile.mkdtemp())


def feed(data: bytes) -> None:
    how = {"url": "https://x.example/feed", "now": NOW, "source": "s", "timezone": "Europe/Paris"}
    try:
        parsed = parse(data, **how)
    except ContentError:
        return
    with suppress(ContentError):  # of more markup than feedparser can bear
        longer = parse(data, **how, refine=lambda document, _entry: document)
        assert (
            longer == parsed or longer.warning
        )  # as of a blank in the name of a namespace, which is harmless
    for document in parsed.documents:
        document.content.encode()
        assert document.published.tzinfo
        assert document.url == "" or document.url.lower().startswith(("http://", "https://"))


def dates(data: bytes) -> None:
    read_date(data.decode("utf-8", "surrogateescape"), "Europe/Paris")


def queries(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        read = query.parse(text, now=NOW, timezone=PARIS)
    except QueryError:
        return
    assert query.parse(str(read), now=NOW).tree() == read.tree()
    query.preselection(read)
    read.find(TEXT)


def config(data: bytes) -> None:
    path = FOLDER / "e.yaml"
    path.write_bytes(data)
    try:
        load(path, environ={"TOKEN": "secret-token"})
    except EreputationError as error:
        if "secret-token" in str(error):
            raise


def csv(data: bytes) -> None:
    try:
        read = contents(io.BytesIO(data), "x.csv", "", {})
        rows = list(read.rows)
    except EreputationError:
        return
    order = order_of(row.value("published") for row in rows)
    reader = Reader(source="s", namespace="", moments=Moments(zone=PARIS, order=order, now=NOW), now=NOW)
    for row in rows:
        try:
            reader.read(row.value)
        except RowError:
            continue


TARGETS = {"feed": feed, "dates": dates, "query": queries, "config": config, "csv": csv}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: python benchmarks/fuzz.py {'|'.join(TARGETS)} [libFuzzer options]")
    atheris.Setup([sys.argv[0], *sys.argv[2:]], TARGETS[sys.argv[1]])
    atheris.Fuzz()
