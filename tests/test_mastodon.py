"""Mastodon: what a toot says, and what two scans bring together."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ereputation import identity
from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import Mastodon
from ereputation.sources.api import Place
from ereputation.sources.mastodon import ADDRESSED, parse
from loopback import Answer
from social import DATA, NOW, SECRET, Instance, answer, asked, guids, minutes, read

HERE = Place(source="s", kind="mastodon", now=NOW, base="https://mine.example")


def timeline(**options):
    return {
        one.guid.rpartition("/")[2]: one
        for one in parse((DATA / "mastodon.json").read_bytes(), HERE, **options)
    }


def on(web, **settings):
    return Mastodon(server=web.url("").rstrip("/"), **settings)


def test_a_toot_is_told_with_its_author_dates_counters_and_alias():
    toot = timeline()["1"]
    assert toot.url == "https://far.example/@zoe/1"
    assert (toot.title, toot.text) == (
        "Vols, retards",
        "Trois heures à Orly avec @acme & rien.\nhttps://acme.example/vol #Acme",
    )
    assert (toot.author_name, toot.author_handle, toot.author_id) == (
        "Zoé",
        "zoe@far.example",
        "https://far.example/users/zoe",
    )
    assert toot.published == datetime(2026, 2, 28, 10, 0, tzinfo=UTC)
    assert toot.updated == datetime(2026, 2, 28, 11, 0, tzinfo=UTC)
    assert (toot.lang, toot.tags, toot.site, toot.type) == ("fr", ("acme",), "far.example", "post")
    assert toot.engagement == {"likes": 4, "reposts": 2, "replies": 1, "quotes": 0}
    assert toot.media == ("https://far.example/media/1.png",)
    assert toot.via == "https://mine.example/statuses/901"


def test_an_answer_points_to_its_parent_by_uri_or_by_its_local_name():
    toots = timeline()
    assert toots["2"].reply_to == toots["1"].guid, "the parent is in the same answer"
    assert toots["3"].reply_to == "https://mine.example/statuses/800"
    assert toots["2"].author_handle == "acme@mine.example", "local accounts get the name of their server"


def test_only_what_is_public_and_may_be_found_is_kept():
    assert set(timeline()) == {"1", "2", "3", "6"}
    assert set(timeline(kept=ADDRESSED)) == {"1", "2", "3", "4", "6", "8"}


def test_a_boost_is_the_toot_it_boosts():
    boosted = timeline()["6"]
    assert boosted.author_handle == "lea@far.example"
    assert boosted.url == boosted.guid, "a toot without address is found by its uri"


def test_one_toot_read_from_two_instances_is_one_document(web):
    there = parse(
        json.dumps([Instance(web).status(5)]).encode(), replace(HERE, source="a", base="https://a.example")
    )
    elsewhere = parse(
        json.dumps([Instance(web).status(5, id="31337")]).encode(),
        replace(HERE, source="b", base="https://b.example"),
    )
    assert identity.keys_of(there).guids == identity.keys_of(elsewhere).guids


def test_two_scans_lose_nothing_and_repeat_nothing_that_is_known(web):
    instance, source = Instance(web), on(web, hashtag="#acme")
    instance.post(*range(1, 61))
    first = read(source)
    assert guids(first) == [instance.status(n)["uri"] for n in range(60, 20, -1)], "the newest page"
    assert first.covers_from == minutes(21)
    instance.post(*range(61, 191))
    second = read(source, state=first.state)
    new = set(guids(second)) - set(guids(first))
    assert new == {instance.status(n)["uri"] for n in range(61, 191)}
    assert len(guids(second)) == len(set(guids(second)))
    assert (second.possible_gap, second.covers_from, second.warning) == (False, None, "")
    asked_before = len(web.requests)
    third = read(source, state=second.state)
    assert not set(guids(third)) - set(guids(first, second))
    assert len(web.requests) == asked_before + 1


def test_a_scan_that_was_killed_is_made_again_from_the_same_state(web):
    instance, source = Instance(web), on(web, hashtag="acme")
    instance.post(*range(1, 11))
    first = read(source)
    instance.post(*range(11, 101))
    instance.broken[instance.status(50)["id"]] = Answer(raw=b"")  # the connection dies between two pages
    died = read(source, state=first.state)
    assert died.possible_gap
    again = read(source, state=first.state)
    assert set(guids(first, again)) == {instance.status(n)["uri"] for n in range(1, 101)}
    resumed = read(source, state=died.state)
    assert set(guids(first, died, resumed)) == set(guids(first, again))
    assert not resumed.possible_gap


def test_a_flood_is_told_and_read_by_later_scans(web):
    instance, source = Instance(web), on(web, hashtag="acme")
    instance.post(1)
    readings = [read(source)]
    instance.statuses = [instance.status(n) for n in range(900, 0, -1)]
    while not readings[1:] or readings[-1].possible_gap:
        readings.append(read(source, state=readings[-1].state))
    assert [one.possible_gap for one in readings] == [False, True, True, False]
    assert "the rest follows" in readings[1].warning
    assert len(set(guids(*readings))) == 900
    assert instance.status(900)["uri"] in guids(readings[1]), "the newest come first"


def test_pages_that_lead_in_a_circle_are_left(web):
    instance, source = Instance(web), on(web, hashtag="acme")
    instance.post(1)
    state = read(source).state
    instance.post(*range(2, 100))
    stuck = answer([instance.status(5)], Link='<https://x.example/?min_id=1001>; rel="prev"')
    instance.broken["1001"] = stuck
    reading = read(source, state=state)
    assert reading.possible_gap
    assert "circle" in reading.warning


def test_an_account_is_looked_up_once_and_read_with_its_quiet_replies(web):
    web.serve("/api/v1/accounts/lookup", lambda request: answer({"id": "42", "acct": asked(request)["acct"]}))
    instance, source = Instance(web, "/api/v1/accounts/42/statuses"), on(web, account="@acme@mine.example")
    instance.post(1, visibility="unlisted", in_reply_to_id="77")
    first = read(source)
    assert first.documents[0].reply_to == f"{source.server}/statuses/77"
    read(source, state=first.state)
    assert web.count("/api/v1/accounts/lookup") == 1
    assert asked(web.requests[-1])["exclude_reblogs"] == "true"


def test_notifications_are_asked_with_the_token(web):
    instance, source = Instance(web, "/api/v1/notifications"), on(web, notifications=True, token=SECRET)
    status = instance.status(3, visibility="unlisted")
    instance.statuses = [
        {"id": "9", "type": "mention", "status": status},
        {"id": "8", "type": "quote", "status": None},
    ]
    assert guids(read(source)) == [status["uri"]]
    assert web.requests[-1].headers["authorization"] == f"Bearer {SECRET}"
    assert "types%5B%5D=mention&types%5B%5D=quote" in web.requests[-1].path


def test_a_search_that_never_found_anything_says_that_this_proves_nothing(web):
    web.serve("/api/v2/search", answer({"statuses": [], "accounts": []}))
    source = on(web, search="Air France", token=SECRET)
    reading = read(source)
    assert "full-text search" in reading.warning
    assert asked(web.requests[-1])["q"] == '"Air France"'


def test_a_server_that_hides_posts_from_hashtags_is_told_once_a_day(web):
    instance, source = Instance(web), on(web, hashtag="acme", token=SECRET)
    instance.post(1)
    hidden = {
        "configuration": {"timelines_access": {"hashtag_feeds": {"local": "public", "remote": "disabled"}}}
    }
    web.serve("/api/v2/instance", answer(hidden))
    first = read(source)
    assert first.warning == "this server hides remote posts from its hashtags"
    assert read(source, state=first.state).warning == first.warning
    assert web.count("/api/v2/instance") == 1


@pytest.mark.parametrize(
    ("settings", "said", "error", "words"),
    [
        ({"hashtag": "acme"}, answer({"error": "This method requires an authenticated user"}, 401), FetchError, "give `token:`"),
        ({"hashtag": "acme"}, answer({"error": "This method requires an authenticated user"}, 422), FetchError, "give `token:`"),
        ({"hashtag": "acme", "token": SECRET}, answer({"error": "The access token is invalid"}, 401), FetchError, "make a new one at"),
        ({"hashtag": "acme"}, answer({"error": "Record not found"}, 404), FetchError, "knows no #acme"),
        ({"hashtag": "acme"}, answer({"error": "gone"}, 410), FetchError, "suspended"),
        ({"hashtag": "acme"}, answer({"error": "Too many"}, 429, Retry_After="300"), NotYet, "too many requests (429)"),
        ({"hashtag": "acme"}, Answer(body=b"<html><title>Just a moment...</title>"), ContentError, "Just a moment"),
        ({"hashtag": "acme"}, answer({"error": "odd"}), ContentError, "no list of posts"),
        ({"hashtag": "acme"}, Answer(body=b""), ContentError, "empty"),
    ],
)  # fmt: skip
def test_every_failure_says_what_to_do(web, settings, said, error, words):
    web.serve("/api/v1/timelines/tag/acme", said)
    with pytest.raises(error) as raised:
        read(on(web, **settings))
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("settings", [{"search": "acme"}, {"notifications": True}])
def test_a_missing_token_is_named_with_the_place_to_get_one(web, settings):
    with pytest.raises(SourceError, match=r"`token:` is missing; make one at http.*/settings/applications"):
        read(on(web, **settings))
    assert not web.requests


@pytest.mark.parametrize(
    "settings", [{}, {"hashtag": "a", "account": "b"}, {"hashtag": "#"}, {"search": " "}]
)
def test_a_source_reads_exactly_one_thing(settings):
    with pytest.raises(ValidationError, match="exactly one"):
        Mastodon(server="mastodon.social", **settings)


def test_nulls_where_objects_are_due_do_no_harm():
    status = dict.fromkeys(("account", "media_attachments", "tags", "content", "created_at", "reblog", "url"))
    full = {
        **status,
        "id": "1",
        "uri": "https://a.example/1",
        "account": {},
        "content": "x",
        "created_at": "1969-07-20T00:00:00Z",
    }
    found = parse(json.dumps([None, status, full, {"status": None}, 7, "x"]).encode(), HERE)
    assert [(one.guid, one.published, one.date_confidence) for one in found] == [
        ("https://a.example/1", NOW, "first_seen")
    ]
