"""Networks read through their open APIs: what their answers mean, and what two readings bring together."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import TypeAdapter, ValidationError

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.fetch import Fetcher
from ereputation.identity import keys_of, title_digest
from ereputation.sources import (
    AnySource,
    app_store,
    discourse,
    gdelt,
    hackernews,
    lemmy,
    stackexchange,
    telegram,
    wikipedia,
)
from ereputation.sources.api import Place
from loopback import Answer

DATA = Path(__file__).parent / "data" / "social"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JSON = {"Content-Type": "application/json"}
ANY = TypeAdapter(AnySource)
BASES = {
    hackernews: "https://news.ycombinator.com/item?id=",
    gdelt: "https://api.gdeltproject.org",
    stackexchange: "https://stackoverflow.com",
    app_store: "https://apps.apple.com/fr/app/id555",
    lemmy: "https://lemmy.example",
    discourse: "https://forum.example",
    telegram: "https://t.me",
    wikipedia: "https://fr.wikipedia.org/w",
}
PAYLOADS = {
    "hackernews.json": hackernews,
    "gdelt.json": gdelt,
    "stackexchange.json": stackexchange,
    "app_store.json": app_store,
    "lemmy_v3.json": lemmy,
    "lemmy_v4.json": lemmy,
    "discourse_posts.json": discourse,
    "discourse_search.json": discourse,
    "discourse_actions.json": discourse,
    "wikipedia.json": wikipedia,
}


def place(module):
    return Place(source="s", kind="k", now=NOW, base=BASES[module])


def payload(name: str) -> bytes:
    return (DATA / name).read_bytes()


def parsed(name: str):
    module = PAYLOADS[name]
    return module.parse(payload(name), place(module))


def source(kind: str, **fields):
    return ANY.validate_python({"kind": kind, **fields})


def read(made, state=None, contact="me@example.org", now=NOW):
    async def run():
        async with Fetcher(now=now, contact=contact) as fetcher:
            return await made.read(fetcher, json.loads(json.dumps(dict(state or {}))), now=now)

    return asyncio.run(run())


def asked(request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}


def test_hacker_news():
    reply, _, story, odd = parsed("hackernews.json")
    item = "https://news.ycombinator.com/item?id="
    assert (reply.guid, reply.type, reply.title, reply.text) == (
        f"{item}903",
        "comment",
        "",
        "I'd never buy from Air France again",
    )
    assert (reply.reply_to, reply.thread, reply.author_handle) == (f"{item}901", f"{item}900", "eve")
    assert (story.url, story.title, story.text) == (
        f"{item}900",
        "Air France strikes",
        "https://press.example/af",
    )
    assert (story.type, story.reply_to, story.engagement) == ("post", "", {"likes": 12, "replies": 3})
    assert (odd.thread, odd.date_confidence, odd.engagement, odd.author_handle) == (
        odd.guid,
        "first_seen",
        {"likes": 7},
        "",
    )


def test_gdelt():
    first, second = parsed("gdelt.json")
    assert (first.guid, first.title) == (
        "https://www.gazette.example/acme",
        "Acme & fils rappelle ses grille-pain",
    )
    assert (first.site, first.lang, first.type) == ("gazette.example", "fr", "article")
    assert first.published == datetime(2026, 3, 1, 8, 15, tzinfo=UTC)
    assert (second.date_confidence, second.published) == ("first_seen", NOW)


def test_stack_exchange():
    question, answer = parsed("stackexchange.json")
    assert (question.guid, question.title) == ("https://stackoverflow.com/q/701", 'Acme "429" errors')
    assert (question.tags, question.engagement) == (("acme", "rate-limit"), {"likes": 2, "replies": 1})
    assert (answer.guid, answer.reply_to, answer.type) == (
        "https://stackoverflow.com/a/702",
        question.guid,
        "comment",
    )
    assert (answer.title, answer.author_name, answer.author_id) == ("", "Bob", "32")


def test_app_store():
    angry, happy = parsed("app_store.json")
    assert (angry.guid, angry.type, angry.title) == (
        "urn:app-store:review:9001",
        "review",
        "Plante au démarrage",
    )
    assert (angry.text, angry.author_id, angry.engagement) == (
        "Depuis la mise à jour.\nRien.",
        "12345",
        {"rating": 1, "likes": 4},
    )
    assert (angry.url, angry.site) == (
        "https://apps.apple.com/fr/app/id555?see-all=reviews&review=9001",
        "apps.apple.com",
    )
    assert (angry.published, happy.date_confidence) == (datetime(2026, 3, 1, 8, tzinfo=UTC), "first_seen")


@pytest.mark.parametrize(
    ("entry", "guids"),
    [
        (None, []),
        (
            {"id": {"label": "1"}, "im:rating": {"label": "3"}, "title": {"label": "Bof"}},
            ["urn:app-store:review:1"],
        ),
        ([], []),
        ([{"id": None, "im:rating": {"label": "3"}}, None], []),
        (
            [{"im:rating": {"label": "3"}, "content": {"label": "Bof"}, "author": {"name": {"label": "x"}}}],
            ["urn:app-store:review:262cf34c36abf8d8"],
        ),
    ],
    ids=["absent", "one, not in a list", "none", "nulls", "without a number"],
)
def test_reviews_come_absent_alone_or_in_a_list(entry, guids):
    feed = {"author": {}} if entry is None else {"entry": entry}
    found = app_store.parse(json.dumps({"feed": feed}).encode(), place(app_store))
    assert [one.guid for one in found] == guids


def test_lemmy_in_both_shapes():
    post, answer, comment, orphan = parsed("lemmy_v3.json")
    assert (post.guid, post.author_handle, post.engagement) == (
        "https://autre.example/post/77",
        "lou@autre.example",
        {"likes": 4, "replies": 2},
    )
    assert (post.text, post.via) == (
        "Ils recommencent.\nhttps://presse.example/acme",
        "https://lemmy.example/post/5",
    )
    assert post.published == datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC)
    assert (comment.reply_to, answer.reply_to, comment.thread) == (post.guid, comment.guid, post.guid)
    assert orphan.reply_to == "https://lemmy.example/comment/11"
    newer, newer_comment = parsed("lemmy_v4.json")
    assert (newer.guid, newer.engagement, newer.updated) == (post.guid, post.engagement, None)
    assert (newer_comment.guid, newer_comment.reply_to) == (comment.guid, comment.reply_to)


def test_discourse_by_its_newest_posts_a_search_and_an_account():
    answer, opening = parsed("discourse_posts.json")
    assert (opening.guid, opening.title, opening.type) == (
        "https://forum.example/t/57/1",
        "Panne du modèle 3",
        "post",
    )
    assert (answer.guid, answer.reply_to, answer.thread) == (
        "https://forum.example/t/57/3",
        opening.guid,
        opening.guid,
    )
    assert answer.url == "https://forum.example/t/panne-du-modele-3/57/3"
    assert (answer.engagement, answer.updated is not None, opening.updated) == (
        {"likes": 5, "replies": 0},
        True,
        None,
    )
    found, found_opening = parsed("discourse_search.json")
    assert [found.guid, found_opening.guid, found_opening.title] == [answer.guid, opening.guid, opening.title]
    (written,) = parsed("discourse_actions.json")
    assert (written.guid, written.author_handle, written.reply_to) == (answer.guid, "acme_sav", opening.guid)
    assert written.text == "Bonjour, écrivez-nous."


def test_telegram():
    first, second = telegram.parse(payload("telegram.html"), place(telegram))
    assert (first.guid, first.url) == ("https://t.me/acme_fr/101", "https://t.me/acme_fr/101")
    assert (first.text, first.author_name, first.author_handle) == (
        "Nous rappelons\nle modèle 3 ⚠️",
        "Acme & Cie",
        "acme_fr",
    )
    assert (first.media, first.engagement) == (("https://cdn.example/a.jpg",), {"views": 1200})
    assert (second.text, second.reply_to) == ("Êtes-vous concerné ?\nOui\nNon", first.guid)
    assert second.published == datetime(2026, 3, 1, 9, tzinfo=UTC)


def test_wikipedia():
    edit, hidden = parsed("wikipedia.json")
    assert (edit.guid, edit.title) == ("https://fr.wikipedia.org/w/index.php?diff=203", "Acme (203)")
    assert edit.url == "https://fr.wikipedia.org/w/index.php?title=Acme&diff=203&oldid=prev"
    assert (edit.text, edit.author_name, edit.tags) == (
        "ajout controverse",
        "Relecteur",
        ("visualeditor", "minor"),
    )
    assert hidden.author_name == ""


REFUSALS = {
    gdelt: [(b"Your query was too short or too long.", "too short or too long"), (b"[]", "a list where articles")],
    hackernews: [(b"<html><title>502</title>", "a web page")],
    stackexchange: [(b'{"error_id": 400, "error_name": "bad_parameter", "error_message": "site"}', 'says "site" .error 400')],
    app_store: [(b"{}", "check the app's number"), (b'{"feed": null}', "check the app's number")],
    lemmy: [(b'{"error": "rate_limit_error"}', "rate_limit_error"), (b"[]", "nothing of use")],
    discourse: [(b'{"errors": ["The requested URL was not found"]}', "requested URL"), (b"{}", "no posts")],
    telegram: [(b'<div class="tgme_page">', "preview is disabled"), (b"{}", "not a page of Telegram")],
    wikipedia: [
        (b'{"error": {"code": "badinteger", "info": "Invalid value"}}', 'the wiki says "Invalid value"'),
        (b'{"query": {"pages": [{"title": "Nope", "missing": true}]}}', 'no article "Nope"'),
        (b"{}", "check its title"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("module", "body", "sentence"),
    [(module, body, sentence) for module, rows in REFUSALS.items() for body, sentence in rows],
)
def test_what_is_no_answer_is_a_failure_and_never_an_empty_one(module, body, sentence):
    with pytest.raises(ContentError, match=sentence):
        module.parse(body, place(module))


@pytest.mark.parametrize(
    "notice", [b"Please limit requests to one every 5 seconds", b"Too many requests, try again later"]
)
def test_a_busy_gdelt_says_when_to_come_back(notice):
    with pytest.raises(NotYet) as raised:
        gdelt.parse(notice, place(gdelt))
    assert raised.value.retry_at == NOW + timedelta(minutes=15)


@pytest.mark.parametrize("name", PAYLOADS)
@given(
    chance=some.randoms(use_true_random=False),
    junk=some.sampled_from([None, 7, "x", [], {}, [None], True, -1.5]),
)
@settings(max_examples=40)
def test_nulls_and_wrong_types_never_break_a_reading(name, chance, junk):
    whole = json.loads(payload(name))
    damaged = copy.deepcopy(whole)
    for _ in range(5):
        node = damaged
        while isinstance(node, dict | list) and node:
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if chance.random() < 0.3 or not isinstance(node[key], dict | list):
                node[key] = copy.deepcopy(junk)
                break
            node = node[key]
    module = PAYLOADS[name]
    try:
        found = module.parse(json.dumps(damaged).encode(), place(module))
    except (ContentError, NotYet):
        return
    for one in found:
        assert one.guid
        assert one.published.tzinfo
        assert one.content or one.media
        assert not one.url or one.url.startswith("http")


@given(some.integers(0, 4_000), some.binary(max_size=20))
@settings(max_examples=60)
def test_a_damaged_page_of_telegram_never_breaks_a_reading(position, junk):
    page = payload("telegram.html")
    try:
        found = telegram.parse(page[:position] + junk + page[position + len(junk) :], place(telegram))
    except ContentError:
        return
    assert all(one.guid and one.published.tzinfo for one in found)


@pytest.mark.parametrize(
    ("kind", "fields", "complaint"),
    [
        ("hackernews", {}, "one of `search` and `user`"),
        ("lemmy", {"server": "x.example", "search": "a", "user": "b"}, "one of `search` and `user`"),
        ("lemmy", {"server": "x.example", "user": "b", "api": "v4"}, "api: v3"),
        ("discourse", {"server": "x.example", "search": "a", "user": "b"}, "at most one"),
        ("telegram", {"channel": "https://t.me/x"}, "pattern"),
        ("app-store", {"app": 0}, "greater than or equal to 1"),
        ("stackexchange", {"search": "x", "site": "stackoverflow"}, "pattern"),
    ],
)
def test_what_cannot_be_read_is_refused_in_the_configuration(kind, fields, complaint):
    with pytest.raises(ValidationError, match=complaint):
        source(kind, **fields)


def home(web) -> str:
    return web.url("").rstrip("/")


def hn_server(web, newest: dict):
    """Algolia with one comment a second up to ``newest``, a hundred a page."""

    def answer(request):
        query = asked(request)
        before = int(query.get("numericFilters", f"created_at_i<={newest['at']}").partition("<=")[2])
        hits = [
            {
                "objectID": str(at),
                "comment_text": f"Acme {at}",
                "created_at_i": 1_772_000_000 + at,
                "_tags": ["comment"],
            }
            for at in range(min(before - 1_772_000_000 if before > 1e9 else before, newest["at"]), 0, -1)[
                :100
            ]
        ]
        return Answer(body=json.dumps({"hits": hits}).encode(), headers=JSON)

    web.serve("/api/v1/search_by_date", answer)


def test_two_scans_over_pages_lose_nothing_and_repeat_nothing(web):
    newest = {"at": 500}
    hn_server(web, newest)
    made = source("hackernews", search="Acme", server=home(web))
    first = read(made)
    newest["at"] = 850
    second = read(made, first.state, now=NOW + timedelta(hours=1))
    numbers = [int(one.guid.rpartition("=")[2]) for one in second.documents]
    assert len(numbers) == len(set(numbers))
    assert set(range(501, 851)) <= set(numbers)
    assert (len(first.documents), second.possible_gap) == (100, False)
    assert asked(web.requests[0])["typoTolerance"] == "false"


def test_a_hit_that_only_looks_alike_is_left_out(web):
    web.serve("/api/v1/search_by_date", payload("hackernews.json"), headers=JSON)
    reading = read(source("hackernews", search="Air France", server=home(web)))
    assert [one.guid[-3:] for one in reading.documents] == ["903", "900", "899"]


def test_an_account_is_read_without_a_search(web):
    web.serve("/api/v1/search_by_date", payload("hackernews.json"), headers=JSON)
    read(source("hackernews", user="eve", server=home(web)))
    assert asked(web.requests[0]) == {"tags": "(story,comment),author_eve", "hitsPerPage": "100"}


def test_gdelt_is_asked_in_its_own_words_and_only_with_a_contact(web):
    web.serve("/api/v2/doc/doc", payload("gdelt.json"), headers=JSON)
    made = source("gdelt", search="Air France", lang="fr", country="FR", server=home(web))
    assert len(read(made).documents) == 2
    query = asked(web.requests[0])
    assert query["query"] == '"Air France" sourcelang:french sourcecountry:fr'
    assert query["timespan"] == "2d"
    with pytest.raises(SourceError, match="set `contact:`"):
        read(made, contact="")


def test_a_pause_of_stack_exchange_is_kept_until_it_is_over(web):
    body = json.loads(payload("stackexchange.json")) | {"backoff": 120}
    web.serve("/2.3/search/excerpts", json.dumps(body).encode(), headers=JSON)
    made = source("stackexchange", search="Acme", server=home(web), key="s3cret")
    first = read(made)
    with pytest.raises(NotYet) as raised:
        read(made, first.state, now=NOW + timedelta(seconds=60))
    assert raised.value.retry_at == NOW + timedelta(seconds=120)
    assert len(read(made, first.state, now=NOW + timedelta(seconds=121)).documents) == 2
    assert len(web.requests) == 2
    assert "s3cret" not in repr(made) + json.dumps(dict(first.state))


@pytest.mark.parametrize("status", [200, 400])
def test_a_throttled_stack_exchange_says_when_to_come_back(web, status):
    said = {"error_id": 502, "error_name": "throttle_violation", "error_message": "too many requests from this IP, more requests available in 900 seconds"}  # fmt: skip
    web.serve("/2.3/search/excerpts", json.dumps(said).encode(), status=status, headers=JSON)
    with pytest.raises(NotYet) as raised:
        read(source("stackexchange", search="Acme", server=home(web)))
    assert raised.value.retry_at == NOW + timedelta(seconds=900)


def test_a_key_never_shows_in_an_error(web):
    said = {"error_id": 400, "error_name": "bad_parameter", "error_message": "key is not valid"}
    web.serve("/2.3/search/excerpts", json.dumps(said).encode(), status=400, headers=JSON)
    with pytest.raises(ContentError, match="key is not valid") as raised:
        read(source("stackexchange", search="Acme", server=home(web), key="s3cret"))
    assert "s3cret" not in str(raised.value)


def test_reviews_are_read_page_by_page_down_to_what_is_known(web):
    def page_of(*numbers):
        return {"feed": {"entry": [{"id": {"label": str(n)}, "im:rating": {"label": "2"}, "title": {"label": f"Avis {n}"}} for n in numbers]}}  # fmt: skip

    def serve(newest):
        for page in range(1, 11):
            last = newest - (page - 1) * 50
            body = json.dumps(page_of(*range(last, max(last - 50, 0), -1))).encode()
            web.serve(
                f"/fr/rss/customerreviews/page={page}/id=555/sortby=mostrecent/json", body, headers=JSON
            )

    serve(200)
    made = source("app-store", app=555, country="FR", server=home(web))
    first = read(made)
    serve(290)
    second = read(made, first.state, now=NOW + timedelta(days=1))
    numbers = {int(one.guid.rpartition(":")[2]) for one in second.documents}
    assert numbers >= set(range(201, 291))
    assert (len(first.documents), second.possible_gap) == (50, False)


def test_lemmy_reads_posts_and_comments_as_two_listings(web):
    def answer(request):
        whole = json.loads(payload("lemmy_v3.json"))
        other = "comments" if asked(request)["type_"] == "Posts" else "posts"
        return Answer(body=json.dumps(whole | {other: []}).encode(), headers=JSON)

    web.serve("/api/v3/search", answer)
    made = source("lemmy", server=home(web), search="Acme")
    first = read(made)
    assert [one.type for one in first.documents] == ["post", "comment", "comment", "comment"]
    assert {asked(request)["type_"] for request in web.requests} == {"Posts", "Comments"}
    second = read(made, first.state, now=NOW + timedelta(hours=1))
    assert (len(second.documents), second.possible_gap, second.covers_from) == (4, False, None)


def test_the_newest_posts_of_a_forum_are_followed_by_their_numbers(web):
    newest = {"id": 1000}

    def answer(request):
        top = min(int(asked(request).get("before", newest["id"])), newest["id"])
        rows = [{"id": n, "username": "u", "cooked": f"<p>{n}</p>", "post_number": n, "topic_id": 1, "created_at": f"2026-02-01T00:00:00.{n:06}Z"} for n in range(top, top - 50, -1) if not 1040 <= n <= 1095]  # fmt: skip
        return Answer(body=json.dumps({"latest_posts": rows}).encode(), headers=JSON)

    web.serve("/posts.json", answer)
    made = source("discourse", server=home(web))
    first = read(made)
    newest["id"] = 1160
    second = read(made, first.state, now=NOW + timedelta(hours=1))
    numbers = {int(one.guid.rpartition("/")[2]) for one in second.documents}
    assert numbers >= {*range(1001, 1040), *range(1096, 1161)}
    assert (len(first.documents), second.possible_gap) == (50, False)


def test_an_account_of_a_forum_is_read_by_what_it_wrote(web):
    web.serve("/user_actions.json", payload("discourse_actions.json"), headers=JSON)
    read(source("discourse", server=home(web), user="acme_sav"))
    assert asked(web.requests[0]) == {"username": "acme_sav", "filter": "4,5", "offset": "0"}


def test_a_channel_without_preview_is_a_failure(web):
    web.serve("/s/acme_fr", status=302, headers={"Location": "/acme_fr"})
    web.serve("/acme_fr", b'<html><div class="tgme_page">Acme</div></html>')
    with pytest.raises(ContentError, match="the preview is disabled"):
        read(source("telegram", channel="@acme_fr", server=home(web)))


def test_a_channel_is_read_backwards_to_what_is_known(web):
    newest = {"id": 60}
    one = payload("telegram.html").split(b'<div class="tgme_widget_message_wrap')[1]

    def answer(request):
        top = int(asked(request).get("before", newest["id"] + 1)) - 1
        posts = b"".join(
            b'<div class="tgme_widget_message_wrap' + one.replace(b"/101", b"/%d" % n)
            for n in range(max(top - 19, 1), top + 1)
        )
        return Answer(body=b'<section class="tgme_channel_history">' + posts)

    web.serve("/s/acme_fr", answer)
    made = source("telegram", channel="acme_fr", server=home(web))
    first = read(made)
    newest["id"] = 105
    second = read(made, first.state, now=NOW + timedelta(hours=1))
    numbers = {int(one.guid.rpartition("/")[2]) for one in second.documents}
    assert numbers >= set(range(61, 106))
    assert (len(first.documents), second.possible_gap) == (20, False)


def test_the_history_of_an_article_is_followed_and_a_busy_wiki_is_left_alone(web):
    web.serve("/w/api.php", payload("wikipedia.json"), headers=JSON)
    made = source("wikipedia", article="Acme", server=home(web))
    first = read(made)
    assert len(first.documents) == 2
    second = read(made, first.state, now=NOW + timedelta(hours=1))
    assert (len(second.documents), second.possible_gap) == (2, False)
    assert asked(web.requests[0])["maxlag"] == "5"
    busy = b'{"error": {"code": "maxlag", "info": "Waiting for a database"}}'
    web.serve("/w/api.php", busy, headers={**JSON, "Retry-After": "30"})
    with pytest.raises(NotYet, match="Waiting for a database") as raised:
        read(made, second.state, now=NOW + timedelta(hours=2))
    assert raised.value.retry_at == NOW + timedelta(hours=2, seconds=30)
    with pytest.raises(SourceError, match="set `contact:`"):
        read(made, contact="")


EVERY = {
    "hackernews": ("/api/v1/search_by_date", {"search": "x"}),
    "gdelt": ("/api/v2/doc/doc", {"search": "x"}),
    "stackexchange": ("/2.3/search/excerpts", {"search": "x"}),
    "app-store": ("/us/rss/customerreviews/page=1/id=5/sortby=mostrecent/json", {"app": 5}),
    "lemmy": ("/api/v3/search", {"search": "x"}),
    "discourse": ("/search.json", {"search": "x"}),
    "telegram": ("/s/acme", {"channel": "acme"}),
    "wikipedia": ("/w/api.php", {"article": "x"}),
}


@pytest.mark.parametrize("kind", EVERY)
@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (401, {}, FetchError),
        (403, {}, FetchError),
        (429, {"Retry-After": "60"}, NotYet),
        (500, {}, FetchError),
        (200, {}, ContentError),
    ],
)
def test_a_web_page_where_data_is_due_is_never_an_empty_reading(web, kind, status, headers, error):
    path, fields = EVERY[kind]
    web.serve(path, b"<html><title>Blocked</title></html>", status=status, headers=headers)
    with pytest.raises(error) as raised:
        read(source(kind, server=home(web), **fields))
    assert len(str(raised.value)) < 400


def test_two_reviews_of_one_title_on_one_day_are_two_documents():
    entry = {"im:rating": {"label": "1"}, "title": {"label": "Surtout ne jamais installer cette application"}}
    feed = {"entry": [entry | {"id": {"label": str(n)}, "content": {"label": f"avis {n}"}} for n in (1, 2)]}
    found = app_store.parse(json.dumps({"feed": feed}).encode(), place(app_store))
    first, second = (set(keys_of([one]).names(0)) for one in found)
    assert not first & second
    assert not title_digest(found[0])
