"""A feed that is cut at its entries says what the whole one says."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from ereputation.fetch import Fetcher
from ereputation.sources import Feed
from ereputation.sources.feed.cutting import cut

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
DATED = "<pubDate>Sun, 01 Mar 2026 08:00:00 GMT</pubDate>"
TEXTS = some.text("abcé <>&'\"œ—\n😀", max_size=40)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@some.composite
def entries(draw):
    """One entry of RSS: few ids, addresses and titles, so that they meet."""
    parts = [
        f"<title>{escaped(draw(some.sampled_from(['', 'One title of several words here']) | TEXTS))}</title>"
    ]
    if draw(some.booleans()):
        parts.append(f"<guid>{draw(some.integers(1, 6))}</guid>")
    if draw(some.booleans()):
        parts.append(f"<link>https://example.org/{draw(some.integers(1, 6))}</link>")
    if draw(some.booleans()):
        parts.append(f"<pubDate>Sun, 01 Mar 2026 {draw(some.integers(0, 11)):02}:00:00 GMT</pubDate>")
    body = draw(TEXTS)
    wrapped = draw(some.booleans())
    body = f"<![CDATA[{body.replace(']]>', '')}]]>" if wrapped else escaped(body)
    parts.append(f"<description>{body}</description>")
    return f"<item>{''.join(parts)}</item>"


def rss(items) -> bytes:
    joined = "\n".join(items)
    return f"<rss version='2.0'><channel><title>Wire</title>{joined}</channel></rss>".encode()


def read(path: Path, body: bytes, state, now):
    async def run():
        async with Fetcher(now=now) as fetcher:
            feed = Feed(url=path.as_uri(), name="wire")
            return await feed.read(fetcher, json.loads(json.dumps(dict(state))), now=now)

    path.write_bytes(body)
    return asyncio.run(run())


def plain(documents):
    return [replace(one, first_seen=NOW, published=min(one.published, NOW)) for one in documents]


@settings(max_examples=60, deadline=None)
@given(some.lists(entries(), min_size=1, max_size=5), some.lists(entries(), max_size=3), some.data())
def test_cut_and_whole_parsing_agree(tmp_path_factory, old, new, data):
    path = tmp_path_factory.mktemp("feeds") / "feed.xml"
    kept = [one for one in old if data.draw(some.booleans())]
    first = read(path, rss(old), {}, NOW)
    body = rss([*new, *kept])
    path.unlink()
    after = read(path, body, {**first.state, "digest": "", "etag": ""}, LATER)
    path.unlink()
    whole = read(path, body, {**first.state, "digest": "", "etag": "", "entries": "", "parsed": None}, LATER)
    assert after.size == whole.size
    assert (after.title, after.warning) == (whole.title, whole.warning)
    assert whole.possible_gap or not after.possible_gap
    said, known = plain(after.documents), plain(first.documents)
    assert [one for one in plain(whole.documents) if one not in known] == [
        one for one in said if one not in known
    ]


def test_a_reading_of_known_entries_brings_none_of_them(tmp_path):
    path = tmp_path / "feed.xml"
    old = [f"<item><title>n {n}</title><guid>{n}</guid>{DATED}</item>" for n in range(20)]
    first = read(path, rss(old), {}, NOW)
    second = read(
        path, rss([f"<item><title>new</title><guid>new</guid>{DATED}</item>", *old]), first.state, LATER
    )
    assert ([one.title for one in second.documents], second.known, second.size) == (["new"], 20, 21)
    third = read(path, rss(old) + b"\n", second.state, LATER + timedelta(minutes=15))
    assert (third.documents, third.known, third.unchanged) == ((), 20, False)
    assert third.title == "Wire"


@pytest.mark.parametrize(
    "newer",
    [
        pytest.param("<item><title>n 1, corrected</title><guid>1</guid></item>", id="an edit"),
        pytest.param(
            "<item><title>b</title><guid>9</guid><link>https://e.org/1</link></item>", id="its address"
        ),
        pytest.param("<item><title>A title of several words</title><guid>8</guid></item>", id="its title"),
    ],
)
def test_an_entry_that_bears_a_known_name_is_judged_beside_those_that_bear_it(tmp_path, newer):
    path = tmp_path / "feed.xml"
    old = [
        "<item><title>n 1</title><guid>1</guid><link>https://e.org/1</link></item>",
        "<item><title>A title of several words</title><guid>2</guid></item>",
    ]
    first = read(path, rss(old), {}, NOW)
    second = read(path, rss([newer, *old]), first.state, LATER)
    assert (second.known, len(second.documents)) == (0, 3)


def test_once_a_day_a_document_is_parsed_whole(tmp_path):
    path = tmp_path / "feed.xml"
    old = [f"<item><title>n {n}</title><guid>{n}</guid></item>" for n in range(3)]
    state = read(path, rss(old), {}, NOW).state
    reading = read(path, rss(["<item><guid>a</guid></item>", *old]), state, NOW + timedelta(hours=25))
    assert (reading.known, len(reading.documents)) == (0, 4)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss><channel></channel></rss>",
        b"<rss><channel><item>a</item>",  # no end
        b"<rss><channel><item>a</item><x/><item>b</item></channel></rss>",
        b"<rss><channel><item>a<item>b</item></item></channel></rss>",
        b"<feed><entry>a<entry>b</entry></entry></feed>",
        b"<rss><channel><item><![CDATA[a</item>]]></item></channel></rss>",
        b"<rss><channel><!-- <item>a</item> --><item>b</item></channel></rss>",
        b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss><channel><item>&a;</item></channel></rss>",
        "<rss><channel><item>é</item></channel></rss>".encode("latin-1"),
        "<rss><channel><item>é</item></channel></rss>".encode("utf-16"),
    ],
)
def test_what_cannot_be_cut_safely_stays_whole(body):
    assert cut(body, ()) is None


def test_a_cut_document_keeps_its_edges():
    body = b"<feed><title>t</title>\n<entry a='b'>1</entry>\n <entry>2</entry><entry>1</entry>\n</feed>\n"
    done = cut(body, ())
    assert done is not None
    assert (done.left, len(set(done.digests))) == (3, 3)
    again = cut(body, set(done.digests[:2]))
    assert again is not None
    assert (again.payload, again.left) == (b"<feed><title>t</title>\n<entry>1</entry>\n</feed>\n", 1)


def test_a_date_that_lies_ahead_is_looked_at_again_until_it_has_come(tmp_path):
    path = tmp_path / "feed.xml"
    ahead = "<item><title>a</title><guid>a</guid><pubDate>Sun, 01 Mar 2026 12:10:00 GMT</pubDate></item>"
    early = read(path, rss([ahead]), {}, NOW - timedelta(hours=6))
    assert early.documents[0].date_confidence == "first_seen"
    later = read(
        path, rss([f"<item><title>b</title><guid>b</guid>{DATED}</item>", ahead]), early.state, LATER
    )
    assert [(one.title, one.date_confidence) for one in later.documents] == [("b", "stated"), ("a", "stated")]
