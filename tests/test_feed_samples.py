"""164 real and broken documents, served on loopback: each with what its publisher's own tests state of it.

They are other people's data and stay outside the repository; without them this file is skipped.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ereputation.errors import ContentError
from ereputation.fetch import Fetcher
from ereputation.model import Reading
from ereputation.sources import Feed
from ereputation.sources.dates import read_date
from loopback import Loopback

SAMPLES = next(
    (
        folder
        for up in Path(__file__).resolve().parents
        if (folder := up / "shared" / "samples" / "feeds").is_dir()
    ),
    Path("missing"),
)
MANIFEST = SAMPLES / "MANIFEST.jsonl"
ROWS = [json.loads(line) for line in MANIFEST.read_text().splitlines()] if MANIFEST.exists() else []
NOW = datetime(2026, 11, 22, tzinfo=UTC)
pytestmark = pytest.mark.skipif(not ROWS, reason="the samples are not here")

# Where a stated title is not what a reader should see: read by a tool that ignored the encoding, or not unescaped.
BETTER = {
    "uolNoticias": "Ibope: Bolsonaro perde de Haddad, Ciro e Alckmin em simulações de 2º turno",
    "input_encoding.rss": "Mãe de utente é a nova presidente da Raríssimas",
    "craigslist": "Bright, Spacious Beautiful Victorian (oakland north / temescal) $4300 3bd 1930ft2",
}
BETTER_NAMES = {"input_encoding.rss": "Jornal de Notícias - Últimas Notícias", "elastic": "Blog – InfluxData"}


@pytest.fixture(scope="module")
def readings():
    """Every document read twice through the whole path: first and second reading, or what was raised."""

    async def visit(fetcher, url):
        try:
            first = await Feed(url=url).read(fetcher, {}, now=NOW)
            return first, await Feed(url=url).read(fetcher, first.state, now=NOW)
        except ContentError as error:
            return error, error

    async def run(urls):
        async with Fetcher(now=NOW) as fetcher:
            return await asyncio.gather(*[visit(fetcher, url) for url in urls])

    with Loopback() as web:
        urls = [web.serve(f"/{row['file']}", (SAMPLES / row["file"]).read_bytes()) for row in ROWS]
        return dict(zip((row["file"] for row in ROWS), asyncio.run(run(urls)), strict=True))


def expected(row, table, stated: str) -> str:
    return next((better for part, better in table.items() if part in row["file"]), " ".join(stated.split()))


@pytest.mark.parametrize("row", [row for row in ROWS if row["facts"]], ids=lambda row: row["file"])
def test_a_real_document_says_what_is_stated_of_it(readings, row):
    facts, (reading, again) = row["facts"], readings[row["file"]]
    assert isinstance(reading, Reading), reading
    assert len(reading.documents) == facts["entries"]
    assert again.unchanged
    if "title" in facts:
        assert reading.title == expected(row, BETTER_NAMES, facts["title"])
    if "first_title" in facts:
        assert reading.documents[0].title == expected(row, BETTER, facts["first_title"])
    if "first_date" in facts:
        assert reading.documents[0].published.replace(microsecond=0) == read_date(facts["first_date"])[
            0
        ].replace(microsecond=0)


@pytest.mark.parametrize("row", [row for row in ROWS if not row["facts"]], ids=lambda row: row["file"])
def test_a_broken_document_is_read_in_part_or_refused_in_a_sentence(readings, row):
    reading, _ = readings[row["file"]]
    assert reading.documents if isinstance(reading, Reading) else str(reading)
