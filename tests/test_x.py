"""X: old and new names, one document for all edits, and never a cent more than allowed."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some
from pydantic import ValidationError

from ereputation import identity
from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import X
from ereputation.sources.api import Place
from ereputation.sources.x import parse
from ereputation.sources.x.spending import Budget, Spending
from loopback import Answer
from social import NOW, SECRET, answer, asked, guids, read

PLACE = Place(source="s", kind="x", now=NOW, base="https://x.com")
EPOCH = 1_288_834_974_657


def post_id(number: int, day: datetime = NOW - timedelta(days=1)) -> str:
    """The id of a post written ``number`` minutes into that day."""
    written = int((day + timedelta(minutes=number)).timestamp() * 1000)
    return str((written - EPOCH) << 22)


def tweet(number: int, **fields):
    own = post_id(number)
    return {"id": own, "text": f"acme {number}", "author_id": "7", "edit_history_tweet_ids": [own], **fields}


def parsed(data, place=PLACE):
    return parse(json.dumps(data).encode(), place)


OLD = {
    "id": post_id(9),
    "text": "Trop long…",
    "author_id": "7",
    "created_at": "2026-02-28T12:09:00.000Z",
    "lang": "fr",
    "conversation_id": post_id(1),
    "referenced_tweets": [{"type": "replied_to", "id": post_id(5)}],
    "edit_history_tweet_ids": [post_id(9)],
    "public_metrics": {
        "retweet_count": 1,
        "reply_count": 2,
        "like_count": 3,
        "quote_count": 4,
        "impression_count": 50,
    },
    "note_tweet": {
        "text": "Acme &amp; moi https://t.co/abc #retard",
        "entities": {
            "urls": [{"url": "https://t.co/abc", "expanded_url": "https://acme.example/vol"}],
            "hashtags": [{"tag": "retard"}],
        },
    },
}
NEW = {
    **{key: OLD[key] for key in ("id", "text", "author_id", "created_at", "lang", "conversation_id")},
    "referenced_posts": OLD["referenced_tweets"],
    "edit_history_post_ids": OLD["edit_history_tweet_ids"],
    "public_metrics": {
        "repost_count": 1,
        "reply_count": 2,
        "like_count": 3,
        "quote_count": 4,
        "impression_count": 50,
    },
    "note_post": OLD["note_tweet"],
}
USERS = {"users": [{"id": "7", "name": "Ada", "username": "ada"}]}


@pytest.mark.parametrize("names", [OLD, NEW], ids=["tweets", "posts"])
def test_old_and_new_names_tell_the_same_post(names):
    (post,) = parsed({"data": [names], "includes": USERS, "meta": {"result_count": 1}})
    assert (post.guid, post.url) == (post_id(9), f"https://x.com/i/web/status/{post_id(9)}")
    assert (post.text, post.tags) == ("Acme & moi https://acme.example/vol #retard", ("retard",))
    assert (post.author_id, post.author_handle, post.author_name) == ("7", "ada", "Ada")
    assert post.reply_to == f"https://x.com/i/web/status/{post_id(5)}"
    assert post.thread == f"https://x.com/i/web/status/{post_id(1)}"
    assert post.engagement == {"likes": 3, "reposts": 1, "replies": 2, "quotes": 4, "views": 50}
    assert (post.published, post.lang) == (datetime(2026, 2, 28, 12, 9, tzinfo=UTC), "fr")


def test_an_edited_post_stays_one_document_whoever_reads_it():
    first = tweet(1)
    edited = tweet(3, edit_history_tweet_ids=[post_id(1), post_id(3)], text="acme, corrigé")
    (before,), (after,) = (
        parsed({"data": [first]}),
        parsed({"data": [edited]}, Place(source="t", kind="x", now=NOW, base="https://x.com")),
    )
    assert before.guid == after.guid == post_id(1)
    one, other = (set(identity.keys_of([read]).names(0)) for read in (before, after))
    assert one & other, "also when two sources read it"
    assert (after.published, after.updated) == (before.published, before.published + timedelta(minutes=2))
    assert after.via.endswith(post_id(3))


def test_a_date_that_is_not_told_is_in_the_id():
    (post,) = parsed({"data": {"id": "1293593516040269825", "text": "hello"}})
    assert post.published == datetime(2020, 8, 12, 17, 1, 42, 686000, tzinfo=UTC)


def test_reposts_users_and_counts_are_no_posts():
    repost = tweet(1, referenced_tweets=[{"type": "retweeted", "id": "1"}])
    people = [{"id": "1", "name": "A", "username": "a"}, {"start": "2026-01-01T00:00:00Z", "tweet_count": 4}]
    assert parsed({"data": [repost, *people, None, {"id": "3", "text": None}]}) == []


class Api:
    """Recent search after the OpenAPI document: ``since_id``, ``until_id``, ``next_token``, newest first; what it sells is counted."""

    def __init__(self, web, path="/2/tweets/search/recent"):
        self.web, self.tweets, self.sold, self.broken = web, [], 0, {}
        web.serve(path, self._page)

    def source(self, **settings):
        chosen = {"search": "acme"} if not settings.keys() & {"search", "mentions_of", "user"} else {}
        return X(base_url=self.web.url("").rstrip("/"), token=SECRET, **chosen, **settings)

    def post(self, *numbers, **fields):
        self.tweets = sorted(
            [*self.tweets, *(tweet(n, **fields) for n in numbers)], key=lambda one: -int(one["id"])
        )

    def _page(self, request):
        assert request.headers["authorization"] == f"Bearer {SECRET}"
        wanted = asked(request)
        token = wanted.get("next_token", wanted.get("pagination_token", ""))
        if failure := self.broken.pop(token, None):
            return failure
        low, high = int(wanted.get("since_id", 0)), int(wanted.get("until_id", 1 << 62))
        listed = [one for one in self.tweets if low < int(one["id"]) < high]
        start, size = int(token or 0), int(wanted["max_results"])
        page = listed[start : start + size]
        self.sold += len(page)
        meta = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": page[0]["id"], "oldest_id": page[-1]["id"]}
        if start + size < len(listed):
            meta["next_token"] = str(start + size)
        return answer({"meta": meta, **({"data": page} if page else {})})


def ids(*numbers):
    return {post_id(n) for n in numbers}


def test_two_scans_lose_nothing_and_pay_for_nothing_twice(web):
    api = Api(web)
    api.post(*range(1, 31))
    first = read(api.source())
    api.post(*range(31, 291))
    second = read(api.source(max_spend_per_day=5), state=first.state)
    assert set(guids(first)) == ids(*range(1, 31))
    assert set(guids(second)) == ids(*range(31, 291))
    assert (second.possible_gap, second.warning) == (False, "")
    assert api.sold == 290
    assert second.state["spent"]["today"] == 290 * 5_000
    assert (
        api.source().spending(second.state, now=NOW) == "1.45 of 1.00 USD today, 1.45 of 20.00 USD this month"
    )
    third = read(api.source(max_spend_per_day=5), state=second.state)
    assert (third.documents, api.sold) == ((), 290)


def test_a_scan_that_was_killed_is_made_again_and_one_that_failed_goes_on(web):
    api = Api(web)
    api.post(1)
    source = api.source(max_spend_per_day=50)
    first = read(source)
    api.post(*range(2, 252))
    api.broken["100"] = answer({"title": "Service Unavailable"}, 500)
    failed = read(source, state=first.state)
    assert failed.possible_gap
    assert failed.state["spent"]["today"] == 101 * 5_000, "what was paid for is noted"
    resumed = read(source, state=failed.state)
    assert set(guids(first, failed, resumed)) == ids(*range(1, 252))
    assert not resumed.possible_gap
    assert set(guids(first, read(source, state=first.state))) == ids(*range(1, 252))


def test_the_limit_is_never_passed_and_the_rest_follows_the_next_day(web):
    api = Api(web)
    api.post(1)
    source = api.source(max_spend_per_day=0.6)  # 120 posts
    first = read(source)
    api.post(*range(2, 252))
    today = read(source, state=first.state)
    assert len(today.documents) == 119, "a last page of 19"
    assert today.possible_gap
    assert "stopped at the spending limit (0.60 of 0.60 USD today" in today.warning
    with pytest.raises(NotYet, match="spending limit is reached") as raised:
        read(source, state=today.state)
    assert raised.value.retry_at == datetime(2026, 3, 2, tzinfo=UTC)
    readings, now = [first, today], NOW
    while readings[-1].possible_gap:
        now += timedelta(days=1)
        sold = api.sold
        readings.append(read(source, state=readings[-1].state, now=now))
        assert api.sold - sold <= 120
    assert set(guids(*readings)) == ids(*range(1, 252))


def test_the_limit_of_the_month_waits_for_the_next_month(web):
    api = Api(web)
    spent = {"day": "2026-03-01", "today": 0, "this_month": 990_000}
    state = {"of": "x search: acme", "newest": post_id(1), "spent": spent}
    with pytest.raises(NotYet) as raised:
        read(api.source(max_spend_per_month=1.0), state=state)
    assert raised.value.retry_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert not web.requests


def test_authors_and_own_posts_have_their_price(web):
    api = Api(web, "/2/users/42/mentions")
    api.post(1, 2)
    reading = read(api.source(mentions_of="42", own=True))
    assert reading.state["spent"]["today"] == 2_000
    assert "expansions" not in asked(web.requests[-1])
    web.serve(
        "/2/users/42/mentions", answer({"data": [tweet(1)], "includes": USERS, "meta": {"result_count": 1}})
    )
    reading = read(api.source(mentions_of="42", authors=True))
    assert reading.state["spent"]["today"] == 15_000
    assert asked(web.requests[-1])["expansions"] == "author_id"


@given(
    room=some.integers(0, 4_000_000),
    steps=some.lists(some.tuples(some.integers(0, 1_000_000), some.integers(0, 60 * 24 * 3)), max_size=20),
)
@hypothesis_settings(max_examples=50, deadline=None)
def test_whoever_only_spends_what_there_is_room_for_stays_within_day_and_month(room, steps):
    budget, spent, now = Budget(day=room, month=room * 3), Spending(), NOW
    for wanted, minutes in steps:
        now += timedelta(minutes=minutes)
        spent = spent.on(now)
        spent = spent.plus(min(wanted, budget.room(spent)))
        assert spent.today <= budget.day
        assert spent.this_month <= budget.month
        assert budget.again(spent, now) > now


def test_a_search_that_slept_for_a_week_says_that_something_may_be_missing(web):
    api = Api(web)
    api.post(1)
    state = read(api.source()).state
    later = NOW + timedelta(days=9)
    reading = read(api.source(), state=state, now=later)
    assert reading.possible_gap
    assert "since_id" not in asked(web.requests[-1])


def test_errors_beside_data_are_tolerated_and_deletions_told(web):
    missing = {
        "title": "Not Found Error",
        "resource_type": "tweet",
        "resource_id": "77",
        "type": "https://api.x.com/2/problems/resource-not-found",
    }
    odd = {"title": "Field Error", "detail": "field left out", "type": "https://api.x.com/2/problems/field"}
    api = Api(web)
    web.serve(
        "/2/tweets/search/recent",
        answer({"data": [tweet(1)], "errors": [missing, odd], "meta": {"result_count": 1}}),
    )
    state = read(api.source()).state
    reading = read(api.source(), state=state)
    assert (guids(reading), reading.gone) == ([post_id(1)], ("77",))
    assert "left something out" in reading.warning


CAPPED = {"title": "UsageCapExceeded", "type": "https://api.x.com/2/problems/usage-capped"}


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (answer({"errors": [{"detail": "something broke"}]}), ContentError, "something broke"),
        (answer({"title": "Unauthorized", "status": 401}, 401), FetchError, "make a new bearer token"),
        (answer({"detail": "No credits"}, 402), FetchError, "buy credits"),
        (answer({"title": "Client Forbidden"}, 403), FetchError, "does not allow this"),
        (answer({"title": "Too Many Requests"}, 429, Retry_After="60"), NotYet, "too many requests (429)"),
        (answer(CAPPED, 429), NotYet, "monthly limit"),
        (Answer(body=b"<html><title>Attention Required</title>"), ContentError, "Attention Required"),
    ],
)
def test_every_failure_says_what_to_do(web, said, error, words):
    web.serve("/2/tweets/search/recent", said)
    with pytest.raises(error) as raised:
        read(X(base_url=web.url("").rstrip("/"), token=SECRET, search="acme"))
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


def test_pages_that_lead_in_a_circle_are_left(web):
    meta = {"result_count": 1, "next_token": "again", "newest_id": post_id(2), "oldest_id": post_id(2)}
    web.serve("/2/tweets/search/recent", answer({"data": [tweet(2)], "meta": meta}))
    source = X(base_url=web.url("").rstrip("/"), token=SECRET, search="acme")
    reading = read(source, state=read(source).state)
    assert "circle" in reading.warning
    assert reading.possible_gap


def test_a_missing_token_is_named():
    with pytest.raises(
        SourceError, match=r"`token:` is missing; make a bearer token at https://console\.x\.com"
    ):
        read(X(search="acme"))


@pytest.mark.parametrize(
    "settings", [{}, {"search": "a", "user": "1"}, {"user": "name"}, {"search": "a", "own": True}]
)
def test_a_source_reads_exactly_one_thing(settings):
    with pytest.raises(ValidationError):
        X(**settings)
