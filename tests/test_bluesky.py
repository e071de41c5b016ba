"""Bluesky: what a post says, one login for a run, and what two scans bring together."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import Bluesky
from ereputation.sources.api import Place
from ereputation.sources.bluesky import parse
from loopback import Answer
from social import NOW, SECRET, answer, asked, guids, minutes, read

ADA, ACME = "did:plc:ada", "did:plc:acme"
PLACE = Place(source="s", kind="bluesky", now=NOW, base="https://bsky.app")
LOGIN = {"identifier": "acme.example", "app_password": SECRET}


def uri(key: object, did: str = ADA) -> str:
    return f"at://{did}/app.bsky.feed.post/{key}"


def view(key: object, text: str = "Acme, rien ne va", did: str = ADA, **record):
    """A postView, as the lexicon has it; what belongs around the record goes by its name there."""
    around = {name: record.pop(name) for name in ("labels", "indexedAt", "embed", "author") if name in record}
    return {
        "uri": uri(key, did),
        "cid": "bafy",
        "author": {"did": did, "handle": "ada.example", "displayName": "Ada", "labels": []},
        "record": {"$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-02-28T10:00:00Z", "langs": ["fr"], **record},
        "indexedAt": "2026-02-28T10:00:05Z",
        "replyCount": 1,
        "repostCount": 2,
        "likeCount": 3,
        "quoteCount": 0,
        "labels": [],
        **around,
    }  # fmt: skip


def parsed(data):
    return parse(json.dumps(data).encode(), PLACE)


def test_a_post_is_told_with_its_author_date_and_counters():
    (post,) = parsed({"posts": [view("1")]})
    assert (post.guid, post.url) == (uri("1"), "https://bsky.app/profile/did:plc:ada/post/1")
    assert (post.author_name, post.author_handle, post.author_id) == ("Ada", "ada.example", ADA)
    assert (post.published, post.lang) == (datetime(2026, 2, 28, 10, tzinfo=UTC), "fr")
    assert post.engagement == {"likes": 3, "reposts": 2, "replies": 1, "quotes": 0}


def test_an_answer_names_its_parent_and_its_thread():
    reply = {"parent": {"uri": uri("2"), "cid": "c"}, "root": {"uri": uri("1"), "cid": "c"}}
    (post,) = parsed({"feed": [{"post": view("3", did=ACME, reply=reply)}]})
    assert (post.author_id, post.reply_to, post.thread) == (ACME, uri("2"), uri("1"))


def test_facets_count_bytes_not_characters():
    text = "é🛫 acme.example/tr… dit #grève"
    start, tag = len("é🛫 ".encode()), len("é🛫 acme.example/tr… dit ".encode())
    facets = [
        {
            "index": {"byteStart": start, "byteEnd": start + len("acme.example/tr…".encode())},
            "features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://acme.example/trafic"}],
        },
        {
            "index": {"byteStart": tag, "byteEnd": tag + len("#grève".encode())},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "grève"}],
        },
        {"index": {"byteStart": 900, "byteEnd": -4}, "features": [{"uri": "https://nowhere.example"}, None]},
    ]
    (post,) = parsed({"posts": [view("1", text, facets=facets)]})
    assert (post.text, post.tags) == ("é🛫 https://acme.example/trafic dit #grève", ("grève",))


@pytest.mark.parametrize(
    ("created", "indexed", "published", "confidence"),
    [
        ("2026-02-28T10:00:00Z", "2026-02-28T10:00:05Z", datetime(2026, 2, 28, 10, tzinfo=UTC), "stated"),
        (
            "2099-01-01T00:00:00Z",
            "2026-02-28T10:00:05Z",
            datetime(2026, 2, 28, 10, 0, 5, tzinfo=UTC),
            "stated",
        ),
        ("", "2026-02-28T10:00:05Z", datetime(2026, 2, 28, 10, 0, 5, tzinfo=UTC), "stated"),
        ("2099-01-01T00:00:00Z", "", NOW, "first_seen"),
        ("1969-12-31T23:59:59Z", "2026-02-28T10:00:05Z", NOW, "first_seen"),
        ("soon", None, NOW, "first_seen"),
    ],
)
def test_the_earlier_of_two_dates_counts_if_it_can_be_believed(created, indexed, published, confidence):
    (post,) = parsed({"posts": [view("1", createdAt=created, indexedAt=indexed)]})
    assert (post.published, post.date_confidence) == (published, confidence)


HIDDEN = [{"val": "!no-unauthenticated"}]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"labels": [{"val": "spam"}]}, True),
        ({"labels": [{"val": "!hide"}]}, False),
        ({"labels": [{"val": "!takedown"}]}, False),
        ({"labels": [{"val": "!hide", "neg": True}]}, True),
        ({"author": {"did": ADA, "handle": "a.example", "labels": HIDDEN}}, False),
        ({"author": None}, True),
    ],
)
def test_who_does_not_want_to_be_shown_is_left_out(fields, kept):
    assert bool(parsed({"posts": [view("1", **fields)]})) is kept


def test_a_thread_is_read_with_its_answers_and_its_parents():
    answers = [
        {"post": view("3"), "replies": [{"post": view("4")}]},
        {"$type": "app.bsky.feed.defs#blockedPost", "uri": uri("5")},
    ]
    thread = {"thread": {"post": view("2"), "parent": {"post": view("1")}, "replies": answers}}  # fmt: skip
    assert {one.guid for one in parsed(thread)} == {uri("1"), uri("2"), uri("3"), uri("4")}


class Network:
    """A PDS and an AppView at one address, after the lexicons; posts newest first, a cursor counts from the top."""

    def __init__(self, web):
        self.web, self.keys, self.sessions, self.expired, self.failing = web, [], 0, set(), ""
        web.serve("/xrpc/com.atproto.server.createSession", self._create)
        web.serve("/xrpc/com.atproto.server.refreshSession", self._refresh)
        web.serve("/xrpc/app.bsky.feed.searchPosts", self._search)

    def source(self, **settings):
        here = self.web.url("").rstrip("/")
        return Bluesky(server=here, base_url=here, **settings)

    def _session(self):
        self.sessions += 1
        home = {
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": self.web.url(""),
        }
        return answer(
            {
                "accessJwt": f"access-{self.sessions}-{SECRET}",
                "refreshJwt": f"refresh-{SECRET}",
                "did": ACME,
                "handle": "acme.example",
                "didDoc": {"service": [home]},
            }
        )

    def _create(self, request):
        right = json.loads(request.body) == {"identifier": "acme.example", "password": SECRET}
        if right:
            return self._session()
        return answer({"error": "AuthenticationRequired", "message": "Invalid identifier or password"}, 401)

    def _refresh(self, request):
        assert not request.body
        assert request.headers["authorization"] == f"Bearer refresh-{SECRET}"
        return self._session()

    def _search(self, request):
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not token.startswith("access-"):
            return answer({"error": "AuthMissing", "message": "Authentication Required"}, 401)
        if token.split("-")[1] in self.expired:
            return answer({"error": "ExpiredToken", "message": "Token has expired"}, 400)
        wanted = asked(request)
        start, limit = int(wanted.get("cursor", 0)), int(wanted["limit"])
        if self.failing and wanted.get("cursor") == self.failing:
            self.failing = ""
            return answer({"error": "InternalServerError"}, 502)
        page = [
            view(key, createdAt=minutes(key).isoformat(), indexedAt=minutes(key).isoformat())
            for key in self.keys
        ]
        more = {"cursor": str(start + limit)} if start + limit < len(page) else {}
        return answer({"posts": page[start : start + limit], **more})


def test_two_scans_lose_nothing_and_log_in_once_each(web):
    network = Network(web)
    source = network.source(search="acme", **LOGIN)
    network.keys = list(range(50, 0, -1))
    first = read(source)
    network.keys = list(range(320, 0, -1))
    second = read(source, state=first.state)
    assert set(guids(first, second)) == {uri(n) for n in range(1, 321)}
    assert len(guids(second)) == len(set(guids(second)))
    assert (second.possible_gap, second.warning) == (False, "")
    assert network.sessions == 2
    assert SECRET not in json.dumps([dict(first.state), dict(second.state)])


def test_a_page_that_fails_is_read_by_the_next_scan(web):
    network = Network(web)
    source = network.source(search="acme", **LOGIN)
    network.keys = [1]
    first = read(source)
    network.keys, network.failing = list(range(320, 0, -1)), "200"
    second = read(source, state=first.state)
    assert second.possible_gap
    assert set(guids(second)) == {uri(n) for n in range(121, 321)}
    third = read(source, state=second.state)
    assert set(guids(first, second, third)) == {uri(n) for n in range(1, 321)}
    again = read(source, state=first.state)  # as after a kill: nothing of the second scan was stored
    assert set(guids(first, again)) == {uri(n) for n in range(1, 321)}


def test_sources_of_one_person_share_a_login_and_a_refused_one_is_not_tried_again(web):
    network = Network(web)
    network.keys = [1]
    read(network.source(search="acme", **LOGIN), network.source(search="other", **LOGIN))
    assert network.sessions == 1
    wrong = {"identifier": "acme.example", "app_password": "wrong"}
    for _ in range(2):
        with pytest.raises(FetchError, match="`identifier:` and `app_password:`"):
            read(network.source(search="acme", **wrong))


def test_a_session_that_ran_out_is_refreshed(web):
    network = Network(web)
    network.keys, network.expired = [1], {"1"}
    assert guids(read(network.source(search="acme", **LOGIN))) == [uri(1)]
    assert web.count("/xrpc/com.atproto.server.refreshSession") == 1
    assert web.count("/xrpc/com.atproto.server.createSession") == 1


def test_an_account_is_read_with_its_replies_and_without_its_reposts(web):
    network = Network(web)
    repost = {"post": view("9"), "reason": {"$type": "app.bsky.feed.defs#reasonRepost", "by": {"did": ACME}}}
    web.serve("/xrpc/app.bsky.feed.getAuthorFeed", answer({"feed": [repost, {"post": view("8", did=ACME)}]}))
    assert guids(read(network.source(account="@acme.example"))) == [uri("8", ACME)]
    assert asked(web.requests[-1]) == {
        "actor": "acme.example",
        "filter": "posts_with_replies",
        "limit": "100",
    }
    assert "authorization" not in web.requests[-1].headers


def test_notifications_keep_what_is_written_to_the_owner(web):
    network = Network(web)
    reasons = {"1": "mention", "2": "like", "3": "reply", "4": "follow", "5": "quote"}
    told = [{**view(key), "reason": reason} for key, reason in reasons.items()]
    web.serve("/xrpc/app.bsky.notification.listNotifications", answer({"notifications": told}))
    assert guids(read(network.source(notifications=True, **LOGIN))) == [uri("1"), uri("3"), uri("5")]


@pytest.mark.parametrize(
    "said",
    [
        answer({"error": "NotFound", "message": "Post not found"}, 400),
        answer({"thread": {"$type": "app.bsky.feed.defs#notFoundPost", "uri": uri("1"), "notFound": True}}),
    ],
)
def test_a_thread_that_was_deleted_is_told_as_gone(web, said):
    network = Network(web)
    web.serve("/xrpc/com.atproto.identity.resolveHandle", answer({"did": ADA}))
    web.serve("/xrpc/app.bsky.feed.getPostThread", said)
    reading = read(network.source(thread="https://bsky.app/profile/ada.example/post/1"))
    assert (reading.documents, reading.gone) == ((), (uri("1"),))


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (
            Answer(body=b"<html><title>403 Forbidden</title>", status=403),
            FetchError,
            "turns this machine away",
        ),
        (Answer(body=b"<html><title>Please wait</title>"), ContentError, "Please wait"),
        (answer({"error": "RateLimitExceeded"}, 429, Retry_After="288"), NotYet, "too many requests (429)"),
        (
            answer({"error": "InvalidRequest", "message": "Profile not found"}, 400),
            FetchError,
            "Profile not found",
        ),
        (answer({"feed": None}), ContentError, "no feed in the answer"),
        (answer(None), ContentError, "notice"),
    ],
)
def test_every_failure_is_a_sentence(web, said, error, words):
    web.serve("/xrpc/app.bsky.feed.getAuthorFeed", said)
    with pytest.raises(error) as raised:
        read(Network(web).source(account="acme.example"))
    assert words in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({"search": "acme"}, "identifier"),
        ({"notifications": True, "identifier": "acme.example"}, "app_password"),
    ],
)
def test_a_missing_login_is_named_with_the_place_to_get_one(web, settings, missing):
    with pytest.raises(
        SourceError, match=f"`{missing}:` is missing; make an app password at https://bsky.app/settings"
    ):
        read(Network(web).source(**settings))


@pytest.mark.parametrize(
    ("home", "host"),
    [
        ("https://pds.example", "https://pds.example"),
        ("http://pds.example", "https://bsky.social"),
        ("ftp://pds.example", "https://bsky.social"),
        ("https://[", "https://bsky.social"),
    ],
)
def test_a_token_only_goes_to_a_safe_home(home, host):
    from ereputation.sources.bluesky.login import _trusted

    assert _trusted([home], "https://bsky.social") == host


@pytest.mark.parametrize(
    "settings", [{}, {"search": "a", "account": "b"}, {"thread": "https://bsky.app/profile/ada"}]
)
def test_a_source_reads_exactly_one_thing(settings):
    with pytest.raises(ValidationError):
        Bluesky(**settings)


def test_nulls_where_objects_are_due_do_no_harm():
    broken = dict.fromkeys(view("1"))
    assert (
        parsed({"posts": [None, broken, {**broken, "uri": uri("1"), "record": {"text": None}}, 3, "x"]}) == []
    )
    assert parsed({"feed": [{"post": None}], "thread": None, "notifications": "x"}) == []
