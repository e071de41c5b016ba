"""Facebook and Threads: one's own page with its comments, a keyword search, and the errors both share."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import Facebook, Threads
from ereputation.sources.api import Place
from ereputation.sources.facebook import parse
from ereputation.sources.graph import cursor, next_page
from ereputation.sources.threads import parse as parse_threads
from loopback import Answer
from social import NOW, SECRET, answer, asked, guids, minutes, payload, read

PLACE = Place(source="s", kind="facebook", now=NOW, base="https://www.facebook.com")
PAGE = "1000"


def parsed(name: str, **options):
    return {one.guid: one for one in parse(json.dumps(payload(name)).encode(), PLACE, **options)}


def test_posts_are_told_with_their_counters_and_without_edits():
    found = parsed("facebook_feed.json")
    own, tagged, bare = found["1000_1"], found["1000_2"], found["1000_3"]
    assert (own.url, own.author_id, own.author_name) == (
        "https://www.facebook.com/1000/posts/1",
        "1000",
        "Acme",
    )
    assert own.published == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert own.updated is None, "updated_time moves with every comment"
    assert own.engagement == {"likes": 157, "replies": 2, "reposts": 17}
    assert (tagged.author_id, tagged.url) == ("", "https://www.facebook.com/1000_2")
    assert (bare.text, bare.media) == ("Nos nouveaux horaires", ("https://acme.example/horaires",))


def test_comments_lead_to_their_parent_even_when_only_their_address_tells():
    told = parsed("facebook_comments.json", post="1000_1")
    assert (told["1_11"].type, told["1_11"].reply_to, told["1_11"].thread) == ("comment", "1000_1", "1000_1")
    assert (told["1_12"].reply_to, told["1_12"].author_id) == ("1_11", "1000")
    without_ids = {
        "data": [
            {k: v for k, v in one.items() if k not in {"id", "parent"}}
            for one in payload("facebook_comments.json")["data"]
        ]
    }
    found = {one.guid: one for one in parse(json.dumps(without_ids).encode(), PLACE)}
    assert {(one.guid, one.reply_to, one.thread) for one in found.values()} == {
        ("1_11", "1000_1", "1000_1"),
        ("1_12", "1_11", "1000_1"),
    }  # fmt: skip


def test_a_next_page_is_known_by_its_cursor_never_by_its_address():
    paging = {
        "next": f"https://graph.example/v25.0/1/feed?access_token={SECRET}&limit=5&until=17&__paging_token=enc"
    }
    assert cursor(next_page({"paging": paging})) == {"until": "17", "__paging_token": "enc"}
    assert cursor(next_page({"paging": {**paging, "cursors": {"after": "QVFI=="}}})) == {"after": "QVFI=="}
    assert next_page({"paging": {"cursors": {"after": "QVFI"}}}) == "", (
        "the last page has a cursor, but no next"
    )
    assert next_page({"paging": None}) == ""


class Graph:
    """A page as the reference describes it: feed, tagged, comments; cursors count from the top, ``next`` holds the token."""

    def __init__(self, web):
        self.web, self.lists, self.headers = web, {"feed": [], "tagged": []}, {}
        for what in self.lists:
            web.serve(f"/v25.0/{PAGE}/{what}", self._list(what))

    def _list(self, what):
        def page(request):
            wanted = asked(request)
            assert wanted["access_token"] == SECRET
            start, size = int(wanted.get("after", 0)), int(wanted["limit"])
            data = self.lists[what][start : start + size]
            paging = {"cursors": {"before": "b", "after": str(start + size)}}
            if start + size < len(self.lists[what]):
                paging["next"] = self.web.url(request.path)
            return answer({"data": data, "paging": paging}, **self.headers)

        return page

    def post(self, number: int, comments: int = 0):
        summary = {"data": [], "summary": {"total_count": comments}}
        when = minutes(number).strftime("%Y-%m-%dT%H:%M:%S+0000")
        return {
            "id": f"{PAGE}_{number}",
            "message": f"post {number}",
            "created_time": when,
            "comments": summary,
        }

    def comment(self, post: int, *numbers: int):
        """Comments under a post, the newest first; they are listed from now on."""
        made = [
            {
                "id": f"{post}_{n}",
                "message": f"comment {n}",
                "created_time": minutes(n).strftime("%Y-%m-%dT%H:%M:%S+0000"),
                "comment_count": 0,
            }
            for n in sorted(numbers, reverse=True)
        ]
        key = f"comments of {post}"
        self.lists[key] = made + self.lists.get(key, [])
        self.web.serve(f"/v25.0/{PAGE}_{post}/comments", self._list(key))

    def source(self, **settings):
        return Facebook(base_url=self.web.url("").rstrip("/"), page=PAGE, token=SECRET, **settings)


def test_two_scans_lose_no_post_and_no_comment(web):
    graph = Graph(web)
    graph.lists["feed"] = [graph.post(n) for n in range(10, 0, -1)]
    first = read(graph.source())
    graph.lists["feed"] = [graph.post(n) for n in range(100, 10, -1)] + [graph.post(10, comments=130)]
    graph.lists["tagged"] = [graph.post(900)]
    graph.lists["feed"][0] = graph.post(100, comments=130)
    graph.comment(100, *range(200, 330))
    second = read(graph.source(), state=first.state)
    assert set(guids(second)) >= {f"{PAGE}_{n}" for n in [*range(11, 101), 900]}
    assert set(guids(second)) >= {f"100_{n}" for n in range(200, 330)}
    assert SECRET not in json.dumps([dict(first.state), dict(second.state)])
    asked_for = web.count(f"/v25.0/{PAGE}_100/comments")
    third = read(graph.source(), state=second.state)
    assert web.count(f"/v25.0/{PAGE}_100/comments") == asked_for, "their number did not change"
    graph.lists["feed"][0] = graph.post(100, comments=131)
    graph.comment(100, 330)
    assert "100_330" in guids(read(graph.source(), state=third.state))
    assert web.count(f"/v25.0/{PAGE}_100/comments") == asked_for + 1, "down to what is known, one page"


def test_a_quota_that_is_nearly_spent_leaves_the_rest_to_the_next_scan(web):
    graph = Graph(web)
    graph.lists["feed"] = [graph.post(1, comments=3)]
    graph.headers = {"X-App-Usage": '{"call_count": 90}'}
    graph.comment(1, 5)
    first = read(graph.source())
    assert guids(first) == [f"{PAGE}_1"]
    assert "next try after" in first.warning
    graph.headers = {}
    assert set(guids(read(graph.source(), state=first.state))) == {f"{PAGE}_1", "1_5"}


def test_comments_that_cannot_be_read_do_not_hide_the_others(web):
    graph = Graph(web)
    graph.lists["feed"] = [graph.post(2, comments=1), graph.post(1, comments=1)]
    web.serve(f"/v25.0/{PAGE}_2/comments", error(10, "no permission"))
    graph.comment(1, 5)
    reading = read(graph.source())
    assert "1_5" in guids(reading)
    assert reading.possible_gap
    assert "lacks a permission" in reading.warning


def on(web):
    return Facebook(base_url=web.url("").rstrip("/"), page=PAGE, token=SECRET)


def error(code: int, message: str = "m", status: int = 400, **headers: str):
    said = {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
    return answer(said, status, **headers)


@pytest.mark.parametrize(
    ("said", "kind", "words"),
    [
        (error(190, "Error validating access token"), FetchError, "`token:` is dead"),
        (error(10, "needs pages_read_engagement"), FetchError, "needs pages_read_engagement"),
        (error(200, "Permissions error", 403), FetchError, "lacks a permission"),
        (error(100, "Tried accessing nonexisting field"), FetchError, "code 100"),
        (error(2, "try again", 500), FetchError, "passing trouble"),
        *((error(code), NotYet, "too many requests") for code in (4, 17, 32, 613, 80001)),
        (answer({"data": None}), ContentError, "no list"),
        (Answer(body=b"<html><title>Facebook</title>", status=403), FetchError, "access is refused"),
        (Answer(body=b"<html><title>Facebook</title>"), ContentError, "Facebook"),
    ],
)
def test_every_failure_says_what_to_do(web, said, kind, words):
    web.serve(f"/v25.0/{PAGE}/feed", said)
    with pytest.raises(kind) as raised:
        read(on(web))
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


def test_threads_has_the_same_errors(web):
    web.serve("/v1.0/keyword_search", error(190, "Error validating access token"))
    with pytest.raises(FetchError, match="`token:` is dead"):
        read(Threads(base_url=web.url("").rstrip("/"), search="acme", token=SECRET))


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, timedelta(hours=1)),
        ({"X-Business-Use-Case-Usage": '{"1": [{"call_count": 100, "estimated_time_to_regain_access": 19}]}'}, timedelta(minutes=19)),
    ],
)  # fmt: skip
def test_throttling_lasts_as_long_as_the_headers_say(web, headers, pause):
    web.serve(f"/v25.0/{PAGE}/feed", error(80001, **headers))
    with pytest.raises(NotYet) as raised:
        read(on(web))
    assert raised.value.retry_at == NOW + pause


def test_a_search_on_threads_is_told_with_its_author(web):
    post = {
        "id": "17",
        "text": "Acme, rien ne va",
        "permalink": "https://www.threads.net/@ada/post/abc",
        "timestamp": "2026-02-28T10:00:00+0000",
        "username": "ada",
        "is_reply": False,
    }
    web.serve(
        "/v1.0/keyword_search", answer({"data": [post, {**post, "id": "18", "text": "about something else"}]})
    )
    (found,) = read(Threads(base_url=web.url("").rstrip("/"), search="acme", token=SECRET)).documents
    assert (found.guid, found.url, found.author_handle) == ("17", post["permalink"], "ada")
    assert found.published == datetime(2026, 2, 28, 10, tzinfo=UTC)
    assert asked(web.requests[-1])["search_type"] == "RECENT"


@pytest.mark.parametrize("source", [Facebook(page=PAGE), Threads(search="acme")])
def test_a_missing_token_is_named(source):
    with pytest.raises(SourceError, match="`token:` is missing; make one at https://developers"):
        read(source)


def test_nulls_where_objects_are_due_do_no_harm():
    broken = {
        "data": [
            None,
            3,
            {"id": "1"},
            {"id": "2", "created_time": None},
            {"created_time": "2026-02-28T10:00:00+0000", "id": "3", "from": None},
        ]
    }
    assert parse(json.dumps(broken).encode(), PLACE) == []
    assert parse_threads(json.dumps(broken).encode(), PLACE) == []


def test_the_log_of_the_library_below_holds_no_token(web, caplog):
    caplog.set_level("DEBUG")
    read(Graph(web).source())
    assert "HTTP Request: GET" in caplog.text
    assert SECRET not in caplog.text
