"""Real answers of social networks, recorded by others: ids, addresses, dates, authors and links to rely on.

They are other people's data and stay outside the repository; without them this file is skipped.
"""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from ereputation.clock import names, parent
from ereputation.sources.api import Place
from social import NOW

SAMPLES = next(
    (
        folder
        for up in Path(__file__).resolve().parents
        if (folder := up / "shared" / "samples" / "social").is_dir()
    ),
    Path("missing"),
)
HOMES = {
    "mastodon": ("mastodon", "http://localhost:3000"),
    "bluesky": ("bluesky", "https://bsky.app"),
    "youtube": ("youtube", "https://www.youtube.com"),
    "facebook": ("facebook", "https://www.facebook.com"),
    "x": ("x", "https://x.com"),
    "threads": ("threads", "https://www.threads.net"),
    "reddit": ("reddit_api", "https://www.reddit.com"),
}
FILES = [path for network in HOMES for path in sorted((SAMPLES / network).glob("*.json"))]
pytestmark = pytest.mark.skipif(not FILES, reason="the samples are not here")


def documents(path: Path):
    """What our reader makes of a recorded answer, written down with or without its headers."""
    data = json.loads(path.read_bytes())
    body = data["body"] if isinstance(data, dict) and "request" in data else data
    module, base = HOMES[path.parent.name]
    parse = import_module(f"ereputation.sources.{module}").parse
    place = Place(source="s", kind=path.parent.name, now=NOW, base=base)
    return parse(json.dumps(body).encode(), place)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_every_document_of_a_recorded_answer_is_sound(path):
    found = documents(path)
    assert len({one.guid for one in found}) == len(found)
    for one in found:
        assert one.guid.strip()
        assert one.url.startswith(("http://", "https://"))
        assert one.published.tzinfo is not None
        assert one.content or one.media
        assert "<p>" not in one.text
        assert (
            one.author_id or one.author_handle or one.author_name or one.kind in {"facebook", "x", "reddit"}
        )


@pytest.mark.parametrize(
    ("network", "least"),
    [
        ("mastodon", 50),
        ("bluesky", 10),
        ("youtube", 30),
        ("facebook", 30),
        ("x", 20),
        ("threads", 2),
        ("reddit", 900),
    ],
)
def test_a_network_brings_as_many_documents_as_its_answers_hold(network, least):
    found = [one for path in FILES if path.parent.name == network for one in documents(path)]
    assert len(found) >= least


@pytest.mark.parametrize(
    ("path", "pairs"),
    [("bluesky/live_getPostThread.json", 1), ("reddit/TestMore.test_comments__02_GET_200.json", 300)],
)
def test_answers_find_what_they_answer(path, pairs):
    found = documents(SAMPLES / path)
    known = {name for one in found for name in names(one)}
    assert sum(parent(one) in known for one in found if one.reply_to) >= pairs
