"""No token is ever seen: not on the screen, not in the log, not in the database, even when a server repeats it."""

from __future__ import annotations

import json

import pytest

from ereputation.sources import Bluesky, Facebook, Mastodon, RedditApi, Threads, X, Youtube
from loopback import Answer
from social import SECRET, answer

PATHS = (
    "/api/v1/timelines/tag/acme",
    "/api/v1/notifications",
    "/api/v2/instance",
    "/xrpc/com.atproto.server.createSession",
    "/xrpc/app.bsky.feed.searchPosts",
    "/youtube/v3/commentThreads",
    "/v25.0/1000/feed",
    "/v25.0/1000/tagged",
    "/v1.0/keyword_search",
    "/2/tweets/search/recent",
    "/api/v1/access_token",
    "/search",
)


def entries(here: str):
    """One source of every kind that holds a secret, as in the configuration."""
    return [
        {"kind": "mastodon", "server": here, "hashtag": "acme", "token": "${TOKEN}"},
        {"kind": "mastodon", "server": here, "notifications": True, "token_file": "token.txt"},
        {"kind": "bluesky", "server": here, "base_url": here, "search": "acme", "identifier": "acme.example", "app_password": "${TOKEN}"},
        {"kind": "youtube", "base_url": here, "channel": "UCacme0123456789", "key": "${TOKEN}"},
        {"kind": "facebook", "base_url": here, "page": "1000", "token": "${TOKEN}"},
        {"kind": "threads", "base_url": here, "search": "acme", "token": "${TOKEN}"},
        {"kind": "x", "base_url": here, "search": "acme", "token": "${TOKEN}"},
        {"kind": "reddit-api", "server": here, "base_url": here, "search": "acme", "client_id": "app", "client_secret": "${TOKEN}"},
    ]  # fmt: skip


def everything(request):
    """An answer that every network takes for one of its own, and that repeats the token wherever it can."""
    if request.path.startswith(("/api/v1/timelines", "/api/v1/notifications")):
        return answer([])
    said = {"data": [], "items": [], "posts": [], "meta": {"result_count": 0}, "message": SECRET}
    tokens = {"accessJwt": f"a-{SECRET}", "refreshJwt": f"r-{SECRET}", "access_token": f"t-{SECRET}"}
    listing = {"data": {"children": []}} if request.path.startswith("/search?") else {}
    return answer(
        {**said, **tokens, **listing, "paging": {"next": f"https://x.example/?access_token={SECRET}"}}
    )


TROUBLES = {
    "all is well": everything,
    "refused": answer(
        {"error": {"message": f"bad token {SECRET}", "code": 190, "errors": []}, "detail": SECRET}, 401
    ),
    "bad request": answer({"error": f"bad token {SECRET}"}, 400),
    "forbidden": Answer(body=f"<html><title>{SECRET}</title>".encode(), status=403),
    "throttled": answer({"error": SECRET}, 429),
    "a web page": Answer(body=f"<html><title>{SECRET}</title>".encode()),
    "a notice": Answer(body=f"no: {SECRET}".encode()),
    "errors beside nothing": answer({"errors": [{"detail": f"bad {SECRET}"}]}),
    "nothing": Answer(raw=b""),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_no_token_is_ever_seen(desk, web, caplog, monkeypatch, trouble):
    caplog.set_level("DEBUG")
    monkeypatch.setenv("TOKEN", SECRET)
    (desk.folder / "token.txt").write_text(SECRET)
    for path in PATHS:
        web.serve(path, TROUBLES[trouble])
    desk.configure(*entries(web.url("").rstrip("/")), brands=["Acme"])
    runs = [
        desk.run("scan", "--now", "2026-03-10T12:00:00Z", "--format", "json"),
        desk.run("scan", "--now", "2026-03-10T13:00:00Z", "--verbose"),
        desk.run("check", "--now", "2026-03-10T14:00:00Z"),
    ]
    assert any(SECRET in str(request.headers) + request.path + str(request.body) for request in web.requests)
    shown = caplog.text + "".join(ran.out + ran.err for ran in runs)
    assert SECRET not in shown
    for file in desk.folder.glob("ereputation.db*"):
        assert SECRET.encode() not in file.read_bytes()
    outcomes = runs[0].json["outcomes"]
    assert len(outcomes) == 8
    if trouble == "all is well":
        assert [one["error"] for one in outcomes] == [None] * 8
    else:
        assert all(one["error"] for one in outcomes)


@pytest.mark.parametrize(
    "source",
    [
        Mastodon(server="a.example", hashtag="acme", token=SECRET),
        Bluesky(search="acme", identifier="acme.example", app_password=SECRET),
        Youtube(search="acme", key=SECRET),
        Facebook(page="1000", token=SECRET),
        Threads(search="acme", token=SECRET),
        X(search="acme", token=SECRET),
        RedditApi(search="acme", client_id="app", client_secret=SECRET),
    ],
    ids=lambda source: source.kind,
)
def test_a_source_never_shows_its_secret(source):
    shown = [
        repr(source),
        str(source),
        source.derived_name(),
        source.address(),
        source.id,
        source.model_dump_json(),
    ]
    assert SECRET not in json.dumps(shown)
    assert source.stores
    assert source.reply_links in {"exact", "thread", "none"}
