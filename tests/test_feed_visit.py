"""One feed read again and again: what is asked, what is remembered, what is covered."""

from __future__ import annotations

import asyncio
import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from ereputation.errors import ContentError, FetchError
from ereputation.fetch import Fetcher
from ereputation.sources import KINDS, AnySource, Feed
from loopback import Answer, Loopback

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.fixture
def web():
    with Loopback() as server:
        yield server


def feed_of(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>n° {n}</title><guid>{n}</guid><pubDate>Sun, 01 Mar 2026 {n % 24:02}:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>Wire</title>{items}</channel></rss>'.encode()


def read(url: str, state=None, now=NOW, **settings):
    """One visit; the state goes through JSON, as it does in the database."""

    async def run():
        async with Fetcher(now=now) as fetcher:
            return await Feed(url=url, **settings).read(fetcher, json.loads(json.dumps(state or {})), now=now)

    return asyncio.run(run())


def sent(web, position: int = -1):
    headers = web.requests[position].headers
    return headers.get("if-none-match"), headers.get("if-modified-since")


def test_the_first_reading_covers_from_its_oldest_date(web):
    reading = read(web.serve("/", feed_of(3, 2, 1)), name="Wire service")
    assert [one.title for one in reading.documents] == ["n° 3", "n° 2", "n° 1"]
    assert {one.source for one in reading.documents} == {"Wire service"}
    assert reading.covers_from == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert (reading.title, reading.possible_gap, reading.unchanged, reading.warning) == (
        "Wire",
        False,
        False,
        "",
    )
    assert sent(web) == (None, None)


def test_both_validators_go_back_and_304_means_unchanged(web):
    first = read(web.serve("/", feed_of(1), headers={"ETag": 'W/"x"', "Last-Modified": "as it came"}))
    web.serve("/", status=304)
    second = read(web.url(), first.state, NOW + QUARTER)
    assert sent(web) == ('W/"x"', "as it came")
    assert (second.unchanged, second.documents, second.title) == (True, (), "Wire")
    read(web.url(), second.state, NOW + 2 * QUARTER)
    assert sent(web) == ('W/"x"', "as it came")


def test_a_304_to_a_request_for_everything_is_a_failure_and_no_calm(web):
    with pytest.raises(FetchError, match=r"nothing is new \(304\) although everything was asked for"):
        read(web.serve("/", status=304))
    first = read(web.serve("/", feed_of(1), headers={"ETag": '"x"'}))
    web.serve("/", status=304)
    known = read(web.url(), first.state, NOW + QUARTER)
    with pytest.raises(FetchError):
        read(web.url(), known.state, NOW + timedelta(days=1))
    web.serve("/", feed_of(2, 1))
    assert [one.guid for one in read(web.url(), known.state, NOW + timedelta(days=1)).documents] == ["2", "1"]


def test_the_same_body_is_unchanged_without_any_validator(web):
    first = read(web.serve("/", feed_of(1)))
    assert read(web.url(), first.state, NOW + QUARTER).unchanged


def test_a_server_that_ignores_its_own_etag_is_asked_by_date_only(web):
    web.serve("/", feed_of(1), headers={"ETag": '"weak"', "Last-Modified": "sunday"})
    state = {}
    for visit in range(5):
        state = read(web.url(), state, NOW + visit * QUARTER).state
    assert [sent(web, n) for n in range(5)] == [(None, None), *[('"weak"', "sunday")] * 3, (None, "sunday")]


def test_once_a_day_nothing_is_conditional(web):
    first = read(web.serve("/", feed_of(1), headers={"ETag": '"x"'}))
    read(web.url(), first.state, NOW + timedelta(hours=24))
    assert sent(web) == (None, None)


def test_new_entries_beside_known_ones_leave_no_gap(web):
    first = read(web.serve("/", feed_of(2, 1)))
    web.serve("/", feed_of(3, 2))
    second = read(web.url(), first.state, NOW + QUARTER)
    assert ([one.title for one in second.documents], second.size) == (["n° 3"], 2)
    assert (second.possible_gap, second.covers_from) == (False, None)


def test_nothing_but_new_entries_may_hide_a_gap(web):
    first = read(web.serve("/", feed_of(2, 1)))
    web.serve("/", feed_of(9, 8))
    second = read(web.url(), first.state, NOW + QUARTER)
    assert (second.possible_gap, second.covers_from) == (True, datetime(2026, 3, 1, 8, tzinfo=UTC))


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=gzip.compress(feed_of(2, 1))[:-20], headers={"Content-Encoding": "gzip", "ETag": '"x"'}),
        Answer(body=gzip.compress(feed_of(2, 1))[:-20], headers={"ETag": '"x"'}),
        Answer(body=feed_of(2, 1)[:-30], headers={"ETag": '"x"'}),
        Answer(raw=b"HTTP/1.1 200 OK\r\nETag: x\r\nContent-Length: 9999\r\n\r\n" + feed_of(2, 1)[:-30]),
    ],
)
def test_a_cut_answer_is_read_as_far_as_it_goes_and_asked_for_again(web, answer):
    first = read(web.serve("/", answer))
    assert "cut document" in first.warning
    assert first.documents[0].title == "n° 2"
    web.serve("/", feed_of(2, 1), headers={"ETag": '"x"'})
    second = read(web.url(), first.state, NOW + QUARTER)
    assert sent(web) == (None, None)
    assert len(second.documents) == 2
    assert not second.possible_gap


def test_a_file_is_a_feed_like_any_other(tmp_path):
    path = tmp_path / "feed.xml"
    path.write_bytes(feed_of(2, 1))
    first = read(path.as_uri())
    assert len(first.documents) == 2
    assert read(path.as_uri(), first.state, NOW + QUARTER).unchanged
    path.write_bytes(feed_of(3, 2, 1))
    assert read(path.as_uri(), first.state, NOW + QUARTER).size == 3
    with pytest.raises(FetchError, match="no such file"):
        read((tmp_path / "none.xml").as_uri())


def test_no_server_leads_to_a_file(web):
    with pytest.raises(FetchError, match="no web address"):
        read(web.serve("/", status=302, headers={"Location": "file:///etc/hostname"}))


def test_a_move_for_good_is_told_at_every_reading(web):
    web.serve("/new", feed_of(1), headers={"ETag": '"x"'})
    web.serve("/old", status=301, headers={"Location": "/new"})
    first = read(web.url("/old"))
    assert first.warning == f"moved for good to {web.url('/new')}: put this address into the configuration"
    web.serve("/new", status=304)
    assert read(web.url("/old"), first.state, NOW + QUARTER).warning == first.warning


def test_the_state_of_another_address_is_no_state(web):
    first = read(web.serve("/a", feed_of(1), headers={"ETag": '"x"'}))
    read(web.serve("/b", feed_of(1)), first.state, NOW + QUARTER)
    assert sent(web) == (None, None)


@pytest.mark.parametrize("state", [{"url": 1}, {"etag": []}, {"anything": True}])
def test_a_state_that_cannot_be_read_is_no_state(web, state):
    assert len(read(web.serve("/", feed_of(1)), state).documents) == 1


def test_failures_are_raised_as_what_they_are(web):
    web.serve("/page", b"<html><title>Hello</title></html>")
    with pytest.raises(ContentError, match="a web page"):
        read(web.url("/page"))
    with pytest.raises(FetchError, match="404"):
        read(web.url("/nothing"))


def test_headers_of_the_source_are_sent_and_not_shown(web):
    feed = Feed(url=web.serve("/", feed_of(1)), headers={"Authorization": "Bearer hush"})
    read(feed.url, headers=feed.headers)
    assert web.requests[0].headers["authorization"] == "Bearer hush"
    assert "hush" not in repr(feed)


def test_dates_without_zone_are_in_the_zone_of_the_source(web):
    item = b'<rss version="2.0"><channel><item><pubDate>2026-03-01 09:00</pubDate></item></channel></rss>'
    reading = read(web.serve("/", item), timezone="Europe/Paris")
    assert reading.documents[0].published == datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.lemonde.fr/rss/une.xml", "lemonde.fr/rss/une.xml"),
        ("https://me:pw@e.org/?key=hush&q=a", "e.org/?key=***&q=a"),
        ("https://e.org/", "e.org"),
    ],
)
def test_a_feed_without_name_is_called_by_its_address(url, name):
    assert Feed(url=url).id == name
    assert Feed(url=url, name="Mine").id == "Mine"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("6h", 21_600), ("7d", 604_800), ("1.5h", 5_400), ("2 j", 172_800)],
)
def test_intervals_are_written_for_people(text, seconds):
    source = TypeAdapter(AnySource).validate_python({"kind": "feed", "url": "https://e.org", "every": text})
    assert source.every == seconds


@pytest.mark.parametrize(
    ("entry", "sentence"),
    [
        ({"every": "often"}, 'expected a duration such as 15m, 6h or 7d, not "often"'),
        ({"every": "0m"}, "expected a duration"),
        ({"every": True}, "expected a duration"),
        ({"every": "1000000h" * 9}, "expected a duration"),
        ({"timezone": "Paris"}, "expected a time zone such as Europe/Paris"),
        ({"timezone": "../../etc/passwd"}, "expected a time zone"),
        ({"url": "ftp://e.org"}, "expected an address such as https://"),
        ({"url": "e.org/rss"}, "expected an address such as https://"),
        ({"evry": "15m"}, "Extra inputs are not permitted"),
        ({"kind": "fed"}, "does not match"),
    ],
)
def test_a_fault_of_an_entry_says_what_was_expected(entry, sentence):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(AnySource).validate_python({"kind": "feed", "url": "https://e.org", **entry})
    assert sentence in str(caught.value)


def test_every_kind_is_named():
    assert KINDS[0] == "feed"
    assert len(set(KINDS)) == len(KINDS)
