"""Reddit through an approved app: one login for a run, exact links, and what was deleted."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import RedditApi
from ereputation.sources.api import Place
from ereputation.sources.reddit_api import parse
from loopback import Answer
from social import NOW, SECRET, answer, asked, guids, minutes, read

PLACE = Place(source="s", kind="reddit", now=NOW, base="https://www.reddit.com", site="reddit.com")


def thing(kind: str, number: int, **fields):
    common = {
        "id": f"{number}",
        "name": f"{kind}_{number}",
        "author": "ada",
        "author_fullname": "t2_ada",
        "subreddit": "france",
        "created_utc": minutes(number).timestamp(),
        "edited": False,
        "score": 5,
    }
    own = (
        {"title": f"acme {number}", "selftext": "", "selftext_html": None, "num_comments": 3, "permalink": f"/r/france/comments/{number}/acme/"}
        if kind == "t3"
        else {"body": f"acme {number}", "parent_id": "t1_7", "link_id": "t3_1"}
    )  # fmt: skip
    return {"kind": kind, "data": {**common, **own, **fields}}


def listing(*things, after=None):
    return {"kind": "Listing", "data": {"after": after, "children": list(things)}}


def parsed(data):
    return parse(json.dumps(data).encode(), PLACE)


def test_posts_and_comments_are_told_with_exact_links():
    answers = listing(thing("t1", 8, parent_id="t1_9", body_html="<p>Merci &amp; bravo</p>"))
    post, comment, deeper = parsed(
        [
            listing(thing("t3", 1, edited=minutes(5).timestamp())),
            listing(thing("t1", 9, parent_id="t3_1", replies=answers)),
        ]
    )
    assert (post.guid, post.url, post.title) == (
        "t3_1",
        "https://www.reddit.com/r/france/comments/1/acme/",
        "acme 1",
    )
    assert (post.author_handle, post.author_id, post.tags) == ("ada", "t2_ada", ("france",))
    assert (post.published, post.updated) == (minutes(1), minutes(5))
    assert post.engagement == {"likes": 5, "replies": 3}
    assert (comment.reply_to, comment.thread, comment.type) == ("t3_1", "t3_1", "comment")
    assert comment.url == "https://www.reddit.com/r/france/comments/1/_/9/"
    assert (deeper.reply_to, deeper.text) == ("t1_9", "Merci & bravo")


def test_a_deleted_author_has_no_name_and_nulls_do_no_harm():
    (post,) = parsed(listing(thing("t3", 1, author="[deleted]", author_fullname=None)))
    assert (post.author_handle, post.author_name, post.author_id) == ("", "", "")
    broken = {"kind": "t3", "data": dict.fromkeys(thing("t3", 1)["data"])}
    assert (
        parsed(
            listing(broken, None, {"kind": "t1", "data": None}, {"kind": "more", "data": {"children": ["a"]}})
        )
        == []
    )


class Api:
    """The token and the listings as documented; ``after`` is the name of the last thing of a page."""

    def __init__(self, web):
        self.web, self.logins, self.things, self.dead = web, 0, [], set()
        web.serve("/api/v1/access_token", self._token)
        web.serve("/search", self._listing)

    def source(self, **settings):
        here = self.web.url("").rstrip("/")
        chosen = {"search": "acme", **settings}
        return RedditApi(server=here, base_url=here, client_id="app", client_secret=SECRET, **chosen)

    def _token(self, request):
        if request.headers["authorization"] != f"Basic {b64encode(f'app:{SECRET}'.encode()).decode()}":
            return answer({"message": "Unauthorized", "error": 401}, 401)
        assert request.body == b"grant_type=client_credentials"
        self.logins += 1
        return answer(
            {"access_token": f"{self.logins}-{SECRET}", "token_type": "bearer", "expires_in": 86400}
        )

    def _listing(self, request):
        token = request.headers["authorization"].removeprefix("Bearer ").partition("-")[0]
        if token in self.dead:
            return answer({"message": "Unauthorized", "error": 401}, 401)
        wanted = asked(request)
        names = [one["data"]["name"] for one in self.things]
        start = names.index(wanted["after"]) + 1 if "after" in wanted else 0
        page = self.things[start : start + int(wanted["limit"])]
        more = page and start + len(page) < len(self.things)
        headers = {"x-ratelimit-used": "4", "x-ratelimit-remaining": "996.0", "x-ratelimit-reset": "53"}
        return answer(listing(*page, after=page[-1]["data"]["name"] if more else None), **headers)


def test_two_scans_lose_nothing_and_log_in_once_each(web):
    api = Api(web)
    api.things = [thing("t3", n) for n in range(30, 0, -1)]
    first = read(api.source())
    api.things = [thing("t3", n) for n in range(280, 0, -1)]
    second = read(api.source(), state=first.state)
    assert set(guids(first, second)) == {f"t3_{n}" for n in range(1, 281)}
    assert (second.possible_gap, second.warning, api.logins) == (False, "", 2)
    assert {one.kind for one in second.documents} == {"reddit"}, "one network, whatever brought it"
    assert SECRET not in json.dumps(dict(second.state))
    read(api.source(), api.source(search="other"))
    assert api.logins == 3


def test_what_was_deleted_or_removed_is_told_as_gone(web):
    api = Api(web)
    removed = thing("t3", 3, removed_by_category="moderator", selftext="[removed]")
    api.things = [thing("t3", 4), removed, thing("t3", 2, selftext="[deleted]", author="[deleted]")]
    reading = read(api.source())
    assert (guids(reading), reading.gone) == (["t3_4"], ("t3_3", "t3_2"))


def test_a_token_that_ran_out_is_renewed_once(web):
    api = Api(web)
    api.things, api.dead = [thing("t3", 1)], {"1"}
    assert guids(read(api.source())) == ["t3_1"]
    assert api.logins == 2
    api.dead = {"3", "4"}
    with pytest.raises(FetchError, match="refuses the app's token"):
        read(api.source())


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (
            Answer(body=b"<html><title>whoa there, pardner!</title>", status=403),
            FetchError,
            "private subreddit",
        ),
        (Answer(body=b"<html><title>Blocked</title>"), ContentError, "Blocked"),
        (answer({"message": "Not Found", "error": 404}, 404), FetchError, "no such subreddit"),
        (answer({"error": 429}, 429, **{"x-ratelimit-reset": "53.0"}), NotYet, "too many requests (429)"),
        (answer({"kind": "Listing", "data": None}), ContentError, "no list"),
    ],
)
def test_every_failure_says_what_to_do(web, said, error, words):
    source = Api(web).source()
    web.serve("/search", said)
    with pytest.raises(error) as raised:
        read(source)
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


def test_a_refused_app_is_told_without_its_secret(web):
    source = Api(web).source().model_copy(update={"client_id": "other"})
    with pytest.raises(FetchError, match="check `client_id:` and `client_secret:`") as raised:
        read(source)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"subreddit": "france"}, "/r/france/search"),
        ({"search": "", "subreddit": "france"}, "/r/france/new"),
        ({"search": "", "subreddit": "france", "comments": True}, "/r/france/comments"),
        ({"search": "", "user": "acme"}, "/user/acme/overview"),
    ],
)
def test_every_listing_has_its_address(web, settings, path):
    api = Api(web)
    web.serve(path, answer(listing(thing("t1", 1))))
    assert guids(read(api.source(**settings))) == ["t1_1"]


def test_what_is_missing_is_named(web):
    with pytest.raises(SourceError, match="`client_id:` is missing"):
        read(RedditApi(search="acme"))
    with pytest.raises(SourceError, match="contact"):
        read(Api(web).source(), contact="")


@pytest.mark.parametrize("settings", [{}, {"search": "a", "user": "acme"}, {"search": "a", "comments": True}])
def test_a_source_reads_one_listing(settings):
    with pytest.raises(ValidationError):
        RedditApi(**settings)


def test_dates_are_aware_and_in_utc():
    (post,) = parsed(listing(thing("t3", 1, created_utc=1_772_272_800.0)))
    assert post.published == datetime(2026, 2, 28, 10, tzinfo=UTC)
