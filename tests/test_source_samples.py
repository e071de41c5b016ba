"""Real answers of real networks, recorded by others: every document has an id, an address and a date to rely on.

They are other people's data and stay outside the repository; without them this file is skipped.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from ereputation.sources import AnySource, discourse, telegram, wikipedia
from ereputation.sources.api import Place

SAMPLES = next(
    (folder for up in Path(__file__).resolve().parents if (folder := up / "shared" / "samples").is_dir()),
    Path("missing"),
)
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEEDS = {  # the kind that reads a file, the address it was found at, how many documents are in it at least
    "social/google_alerts/*.xml": ({"kind": "google-alerts", "url": "https://www.google.com/alerts/feeds/1/2"}, 1),
    "social/youtube/*.xml": ({"kind": "youtube-channel", "channel": "UCoTLdfNePDQzvdEgIToLIUg"}, 15),
    "social/podcast/*": ({"kind": "podcast", "url": "https://pod.example/rss"}, 1),
    "social/wordpress/live_feed_*.json": ({"kind": "wordpress", "server": "http://127.0.0.1:8080"}, 1),
    "social/wordpress/live_*comments_rss2.json": ({"kind": "wordpress", "server": "http://127.0.0.1:8080", "comments": True}, 1),
    "social/mastodon/*.xml": ({"kind": "mastodon-feed", "server": "mastodon.example", "hashtag": "x"}, 1),
    "social/reddit/*.xml": ({"kind": "reddit", "search": "x"}, 1),
    "social/discourse/*.rss": ({"kind": "discourse-feed", "server": "forum.example"}, 1),
    "social/bing_news/*": ({"kind": "bing-news", "search": "x"}, 1),
    "feeds/*google_news__*.xml": ({"kind": "google-news", "search": "x"}, 6),
    "feeds/*atom_mediarss_reddit_1.xml": ({"kind": "reddit", "subreddit": "homelab"}, 20),
    "feeds/*rss_2.0_reddit.xml": ({"kind": "reddit", "search": "x"}, 1),
    "feeds/*test_input_reddit-*.xml": ({"kind": "reddit", "search": "x"}, 1),
    "feeds/*atom_mediarss_youtube_1.xml": ({"kind": "youtube-channel", "channel": "UC7_gcs09iThXybpVgjHZ_7g"}, 1),
}  # fmt: skip
ROWS = [
    (path, fields, least)
    for pattern, (fields, least) in FEEDS.items()
    for path in sorted(SAMPLES.glob(pattern))
]
PAGES = {
    "social/telegram/message_*.html": (telegram, "https://t.me"),
    "social/telegram/*fixtures__telegram_preview__message_*.html": (telegram, "https://t.me"),
    "social/mediawiki/live_revisions*.json": (wikipedia, "http://127.0.0.1:8090"),
    "social/discourse/*topic.json": (discourse, "https://try.discourse.org"),
    "social/discourse/*replies_and_topics.json": (discourse, "https://try.discourse.org"),
    "social/discourse/*latest*.json": (discourse, "https://try.discourse.org"),
}
ANSWERS = [(path, *row) for pattern, row in PAGES.items() for path in sorted(SAMPLES.glob(pattern))]
pytestmark = pytest.mark.skipif(not (ROWS and ANSWERS), reason="the samples are not here")


def recorded(path: Path) -> bytes:
    """The body, also of an answer that was written down with its headers."""
    body = path.read_bytes()
    if path.name.startswith("live_"):
        said = json.loads(body)["body"]
        return (said if isinstance(said, str) else json.dumps(said)).encode()
    return body


def sound(documents) -> None:
    for one in documents:
        assert one.guid
        assert one.url.startswith(("http://", "https://"))
        assert one.published.tzinfo is not None
        assert one.content or one.media
        assert one.site
        assert "/u/" not in one.author_handle
        assert not one.reply_to or one.reply_to.startswith(("http", "t1_", "t3_", "urn:"))


@pytest.mark.parametrize(("path", "fields", "least"), ROWS, ids=[row[0].name[-40:] for row in ROWS])
def test_recorded_feeds(path, fields, least):
    source = TypeAdapter(AnySource).validate_python(fields)
    found = source.parse(recorded(path), url=source.address(), now=NOW).documents
    assert len(found) >= least
    sound(found)
    assert {one.kind for one in found} == {source.kind}
    if source.kind == "google-news":  # it lists an article twice now and then
        assert len({one.guid for one in found}) >= 0.9 * len(found)
    else:
        assert len({one.guid for one in found}) == len(found)


@pytest.mark.parametrize(("path", "module", "base"), ANSWERS, ids=[row[0].name[-40:] for row in ANSWERS])
def test_recorded_answers(path, module, base):
    found = module.parse(recorded(path), Place(source="s", kind="k", now=NOW, base=base))
    assert found
    sound(found)


def test_telegram_posts_are_by_their_channel():
    for path, module, base in ANSWERS:
        if module is telegram:
            for one in module.parse(recorded(path), Place(source="s", kind="k", now=NOW, base=base)):
                assert one.guid == f"https://t.me/{one.author_handle}/{one.guid.rpartition('/')[2]}"
                assert one.author_name
