"""Whatever JSON a network sends, it becomes sound documents or none; whatever else it sends is said to be no data."""

from __future__ import annotations

import json
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from ereputation.errors import ContentError
from ereputation.sources.api import Place
from social import NOW

READERS = ("mastodon", "bluesky", "youtube", "facebook", "x", "threads", "reddit_api")
WORDS = [
    "id",
    "uri",
    "url",
    "name",
    "kind",
    "data",
    "items",
    "posts",
    "feed",
    "post",
    "record",
    "value",
    "text",
    "content",
    "created_at",
    "createdAt",
    "created_time",
    "created_utc",
    "timestamp",
    "published",
    "account",
    "author",
    "acct",
    "did",
    "status",
    "reblog",
    "statuses",
    "snippet",
    "topLevelComment",
    "replies",
    "comments",
    "parentId",
    "videoId",
    "facets",
    "index",
    "byteStart",
    "byteEnd",
    "features",
    "tag",
    "tags",
    "labels",
    "val",
    "reply",
    "parent",
    "root",
    "permalink",
    "permalink_url",
    "message",
    "attachments",
    "from",
    "referenced_tweets",
    "edit_history_tweet_ids",
    "public_metrics",
    "note_tweet",
    "entities",
    "includes",
    "users",
    "children",
    "title",
    "selftext",
    "body",
    "edited",
    "score",
    "thread",
    "notifications",
    "records",
    "embed",
    "images",
    "media_attachments",
    "visibility",
]
SCALARS = some.sampled_from(
    [None, True, 0, -1, 1.5, 10**40, "", "x", "2099-01-01T00:00:00Z", "1969-07-20T00:00:00Z", "t1", "t3",
     "youtube#comment", "youtube#commentThread", "youtube#video", "public", "at://did:plc:a/app.bsky.feed.post/1", "\ud800"]
)  # fmt: skip
JSON = some.recursive(
    SCALARS,
    lambda inner: (
        some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(WORDS), inner, max_size=8)
    ),
    max_leaves=30,
)


@pytest.mark.parametrize("network", READERS)
@given(data=JSON)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_gives_sound_documents_or_none(network, data):
    parse = import_module(f"ereputation.sources.{network}").parse
    place = Place(source="s", kind=network, now=NOW, base="https://server.example")
    for whole in ([data], {"data": data, "items": data, "posts": data, "statuses": data, "thread": data}):
        for one in parse(json.dumps(whole).encode(), place):
            assert one.guid
            assert one.published.tzinfo is not None
            assert one.published <= NOW


@pytest.mark.parametrize("network", READERS)
@pytest.mark.parametrize("payload", [b"", b"<html>", b"Retry later", b'{"a": ', b"[" * 100_000, b"\xff\xfe"])
def test_what_is_no_json_is_no_data(network, payload):
    parse = import_module(f"ereputation.sources.{network}").parse
    with pytest.raises(ContentError):
        parse(payload, Place(source="s", kind=network, now=NOW, base="https://server.example"))


@pytest.mark.parametrize("network", READERS)
def test_a_thousand_answers_to_answers_cost_no_recursion(network):
    parse = import_module(f"ereputation.sources.{network}").parse
    place = Place(source="s", kind=network, now=NOW, base="https://server.example")
    text = '{"post":{},"data":{"replies":' * 150 + "[]" + "}}" * 150
    assert parse(text.encode(), place) == []
