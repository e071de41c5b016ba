"""JSON that is checked before it is believed: what is read of it, and the sentence for everything else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.fetch import Fetcher
from ereputation.sources.api import (
    Place,
    Post,
    complaint,
    counts,
    found_by,
    get_json,
    items,
    load,
    moment,
    number,
    phrase,
    post,
    posts,
    require_contact,
    text,
)
from loopback import Loopback

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PLACE = Place(source="s", kind="k", now=NOW, base="https://example.org/")
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def web():
    with Loopback() as server:
        yield server


def ask(url, **options):
    async def run():
        async with Fetcher(now=NOW) as fetcher:
            return await get_json(fetcher, url, **options)

    return asyncio.run(run())


def test_an_answer_comes_with_its_headers(web):
    url = web.serve("/x", b'{"a": 1}', headers={**JSON, "Link": "<next>"})
    answer = ask(url, params={"q": "Air France"}, headers={"X-Token": "t"})
    assert (answer.data, answer.headers["link"]) == ({"a": 1}, "<next>")
    assert web.requests[0].path == "/x?q=Air+France"
    assert web.requests[0].headers["x-token"] == "t"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "an empty answer"),
        (b"<!DOCTYPE html><html><title>whoa there, pardner!</title>", 'a web page ("whoa there, pardner!")'),
        (b"<?xml version='1.0'?><feed/>", "XML where JSON is due"),
        (b"Please limit requests", 'a notice instead of data: "Please limit requests"'),
        (b'{"a": [1,', "JSON that cannot be read"),
        (b"[" * 100_000, "JSON that cannot be read"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "JSON that cannot be read"),
    ],
    ids=["empty", "html", "xml", "notice", "cut", "deep", "long number"],
)
def test_what_is_no_json_is_a_failure_with_a_sentence(web, body, sentence):
    with pytest.raises(ContentError) as raised:
        ask(web.serve("/x", body))
    assert sentence in str(raised.value)


def test_a_cut_connection_is_a_failure(web):
    web.serve("/x", b'{"a": 1}', headers={**JSON, "Content-Length": "100"})
    with pytest.raises(ContentError, match="a cut answer"):
        ask(web.url("/x"))


@pytest.mark.parametrize(
    ("status", "body", "sentence"),
    [
        (401, b'{"error": "The access token is invalid"}', 'make one at /apps; the server says "The access token is invalid"'),
        (403, b'{"error": {"message": "quota", "code": 403}}', 'access is refused (403): the token lacks the right, or the server refuses automated readers; the server says "quota"'),
        (403, b"<html>blocked</html>", "the server refuses automated readers"),
        (400, b'{"errors": [{"detail": "bad query"}]}', 'the server says "bad query"'),
        (500, b"null", "the server is in trouble (500)"),
    ],
)  # fmt: skip
def test_an_error_tells_what_helps_and_what_the_server_says(web, status, body, sentence):
    headers = {} if body.startswith(b"<") else JSON
    with pytest.raises(FetchError) as raised:
        ask(web.serve("/x", body, status=status, headers=headers), advice={401: "make one at /apps"})
    assert sentence in str(raised.value)
    assert raised.value.status == status


def test_too_many_requests_keep_their_time(web):
    with pytest.raises(NotYet) as raised:
        ask(web.serve("/x", b"{}", status=429, headers={**JSON, "Retry-After": "60"}))
    assert (raised.value.retry_at - NOW).total_seconds() == 60


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "E"}, "E"),
        ({"error": {"message": "M", "type": "T"}}, "M"),
        ({"error": "InvalidRequest", "message": "M"}, "M"),
        ({"errors": [{"title": "T", "detail": "D"}]}, "D"),
        ({"error": {"code": "maxlag", "info": "Waiting"}}, "Waiting"),
        ({"error_id": 502, "error_message": "slow down"}, "slow down"),
        ({"error": None}, ""),
        ([], ""),
        ("E", "E"),
        (None, ""),
    ],
)
def test_what_an_error_says_of_itself(said, words):
    assert complaint(said) == words


JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=5),
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from("abc"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JUNK)
def test_readers_never_fail(junk):
    for path in ((), ("a",), ("a", "b"), ("a", "b", "c")):
        assert isinstance(text(junk, *path), str)
        assert all(isinstance(one, dict) for one in items(junk, *path))
        assert number(junk, *path) is None or isinstance(number(junk, *path), int)
        found = moment(junk, *path)
        assert found is None or found[0].tzinfo is UTC
    assert isinstance(complaint(junk), str)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1_772_366_400, NOW),
        (1_772_366_400.0, NOW),
        (1_772_366_400_000, NOW),
        ("2026-03-01T12:00:00Z", NOW),
        ("2026-03-01T12:00:00", NOW),
        ("2026-03-01T13:00:00+0100", NOW),
        ("20260301T120000Z", NOW),
        (None, None),
        ("soon", None),
        (True, None),
    ],
)
def test_moments(value, expected):
    found = moment({"at": value}, "at")
    assert (found[0] if found else None) == expected


@pytest.mark.parametrize("stated", ["1969-12-31T23:59:59Z", "2099-01-01T00:00:00Z", "", None])
def test_a_date_nobody_can_believe_is_replaced_by_the_moment_it_was_seen(stated):
    made = post(Post(id="1", body="x", published=moment({"at": stated}, "at")), PLACE)
    assert (made.published, made.date_confidence) == (NOW, "first_seen")


def test_a_post_becomes_a_document():
    made = post(
        Post(
            id=" 7 ",
            type="comment",
            url="/7",
            body="<p>Caf&eacute; <b>Acme</b></p>",
            body_is_html=True,
            handle="@eve",
            name="[deleted]",
            engagement=counts(likes=3, replies=None, views=-1),
            media=["/a.png", "javascript:x"],
            reply_to="6",
        ),
        PLACE,
    )
    assert (made.guid, made.url, made.text, made.site) == (
        "7",
        "https://example.org/7",
        "Café Acme",
        "example.org",
    )
    assert (made.kind, made.type, made.author_handle, made.author_name) == ("k", "comment", "eve", "")
    assert (made.engagement, made.media, made.reply_to) == ({"likes": 3}, ("https://example.org/a.png",), "6")


def test_what_has_no_id_or_says_nothing_is_no_document():
    assert posts(
        [Post(id="", body="x"), Post(id="1"), Post(id="2", body="x"), Post(id="2", body="y")], PLACE
    ) == [post(Post(id="2", body="x"), PLACE)]


@pytest.mark.parametrize(
    ("search", "sent"),
    [("Acme", "Acme"), ("Air France", '"Air France"'), ('"Air France" grève', '"Air France" grève'), ("a OR b", "a OR b"), ("l'Oréal Paris", '"l\'Oréal Paris"'), ("SNCF -Connect", "SNCF -Connect")],
)  # fmt: skip
def test_plain_words_are_searched_as_a_phrase(search, sent):
    assert phrase(search) == sent


def test_a_hit_that_does_not_hold_the_words_is_found_out():
    made = posts([Post(id="1", body="so competitive"), Post(id="2", body="Air  FRANCE strikes")], PLACE)
    assert [one.guid for one in made if found_by("Air France")(one)] == ["2"]


def test_who_demands_a_contact_gets_one_or_is_not_asked():
    async def run(contact):
        async with Fetcher(now=NOW, contact=contact) as fetcher:
            require_contact(fetcher, "Reddit")

    asyncio.run(run("me@example.org"))
    with pytest.raises(SourceError, match="set `contact:`"):
        asyncio.run(run(""))


@given(some.binary(max_size=300))
def test_any_bytes_are_json_or_a_sentence(payload):
    try:
        load(payload)
    except ContentError as error:
        assert str(error)  # noqa: PT017 - both outcomes are right
