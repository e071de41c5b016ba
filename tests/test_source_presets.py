"""Networks read by their feeds: where their feeds are, and what their entries mean."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.fetch import Fetcher
from ereputation.sources import AnySource

DATA = Path(__file__).parent / "data" / "social"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CHANNEL = "UCabcdefghijklmnopqrstuv"
ANY = TypeAdapter(AnySource)


def source(kind: str, **fields):
    return ANY.validate_python({"kind": kind, **fields})


def parsed(file: str, kind: str, **fields):
    made = source(kind, **fields)
    return made.parse((DATA / file).read_bytes(), url=made.address(), now=NOW).documents


def read(made, state=None, contact="me@example.org", now=NOW):
    async def run():
        async with Fetcher(now=now, contact=contact) as fetcher:
            return await made.read(fetcher, json.loads(json.dumps(dict(state or {}))), now=now)

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("kind", "fields", "name", "address"),
    [
        ("google-news", {"search": "Air France", "lang": "fr"}, "google-news: Air France (fr)", "https://news.google.com/rss/search?q=%22Air+France%22+when%3A7d&hl=fr&gl=FR&ceid=FR%3Afr"),
        ("google-news", {"search": "Acme", "lang": "en", "country": "us", "days": 1}, "google-news: Acme (en)", "https://news.google.com/rss/search?q=Acme+when%3A1d&hl=en-US&gl=US&ceid=US%3Aen"),
        ("bing-news", {"search": "Acme", "lang": "fr", "country": "fr"}, "bing-news: Acme (fr)", "https://www.bing.com/news/search?q=Acme&format=rss&qft=sortbydate%3D%221%22&setlang=fr&cc=FR"),
        ("google-alerts", {"url": "https://www.google.fr/alerts/feeds/1/42"}, "google-alerts: 42", "https://www.google.fr/alerts/feeds/1/42"),
        ("youtube-channel", {"channel": CHANNEL}, f"youtube-channel: {CHANNEL}", f"https://www.youtube.com/feeds/videos.xml?channel_id={CHANNEL}"),
        ("reddit", {"search": "Air France"}, "reddit: Air France", "https://www.reddit.com/search.rss?q=%22Air+France%22&sort=new&limit=100"),
        ("reddit", {"search": "Acme", "subreddit": "france"}, "reddit: Acme in r/france", "https://www.reddit.com/r/france/search.rss?q=Acme&restrict_sr=on&sort=new&limit=100"),
        ("reddit", {"subreddit": "france", "comments": True}, "reddit: r/france comments", "https://www.reddit.com/r/france/comments/.rss?limit=100"),
        ("reddit", {"user": "acme"}, "reddit: u/acme", "https://www.reddit.com/user/acme/.rss?limit=100"),
        ("mastodon-feed", {"server": "social.example/", "hashtag": "#Grève"}, "#Grève@social.example", "https://social.example/tags/Gr%C3%A8ve.rss"),
        ("mastodon-feed", {"server": "social.example", "account": "acme"}, "@acme@social.example", "https://social.example/@acme.rss"),
        ("discourse-feed", {"server": "forum.example"}, "forum.example: posts", "https://forum.example/posts.rss"),
        ("discourse-feed", {"server": "forum.example", "tag": "sav"}, "forum.example: tag sav", "https://forum.example/tag/sav.rss"),
        ("discourse-feed", {"server": "forum.example", "topic": 57}, "forum.example: topic 57", "https://forum.example/t/57.rss"),
        ("phpbb", {"server": "https://forum.example/bb", "board": 3}, "forum.example/bb: board 3", "https://forum.example/bb/feed.php?f=3"),
        ("lemmy-feed", {"server": "lemmy.example", "community": "france@autre.example"}, "lemmy.example: c/france@autre.example", "https://lemmy.example/feeds/c/france@autre.example.xml?sort=New&limit=50"),
        ("wordpress", {"server": "blog.example"}, "blog.example: posts", "https://blog.example/feed/"),
        ("wordpress", {"server": "blog.example", "comments": True}, "blog.example: comments", "https://blog.example/comments/feed/"),
        ("podcast", {"url": "https://pod.example/rss?key=s3cret"}, "podcast: pod.example/rss", "https://pod.example/rss?key=s3cret"),
        ("stackexchange-feed", {"tag": "c++"}, "stackoverflow.com: tag c++", "https://stackoverflow.com/feeds/tag/c%2B%2B?sort=newest"),
    ],
)  # fmt: skip
def test_where_a_feed_is(kind, fields, name, address):
    made = source(kind, **fields)
    assert (made.id, made.address()) == (name, address)


@pytest.mark.parametrize(
    ("kind", "fields", "complaint"),
    [
        ("google-news", {"search": "  "}, "at least 1 character"),
        ("google-news", {"search": "x", "country": "France"}, "pattern"),
        ("youtube-channel", {"channel": "@acme"}, "pattern"),
        ("reddit", {}, "`search`, `subreddit` or `user`"),
        ("reddit", {"search": "x", "user": "y12"}, "by itself"),
        ("reddit", {"comments": True, "search": "x"}, "feeds do not search them"),
        ("mastodon-feed", {"server": "x.example"}, "one of `hashtag` and `account`"),
        ("mastodon-feed", {"server": "ftp://x", "hashtag": "a"}, "expected a server such as"),
        ("mastodon-feed", {"server": "https://me:secret@x.example", "hashtag": "a"}, "expected a server such as"),
        ("discourse-feed", {"server": "x.example", "tag": "a", "user": "b"}, "at most one"),
        ("phpbb", {"server": "x.example", "board": 1, "topic": 2}, "at most one"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_in_the_configuration(kind, fields, complaint):
    with pytest.raises(ValidationError, match=complaint):
        source(kind, **fields)


def test_google_news_names_the_publisher_and_not_itself():
    first, second, third = parsed("google_news.xml", "google-news", search="Acme", lang="fr")
    assert (first.title, first.text, first.site) == (
        "Acme rappelle dix mille grille-pain",
        "",
        "gazette.example",
    )
    assert first.url == first.via == "https://news.google.com/rss/articles/CBMiAAA?oc=5"
    assert first.guid == "gnews:gazette.example:acme rappelle dix mille grille pain:2026-03-01"
    assert (second.site, second.guid != first.guid, second.title) == ("courrier.example", True, first.title)
    assert (third.title, third.kind) == ("Acme - la marque - se défend", "google-news")


def test_an_article_keeps_its_identity_when_google_gives_it_another_address():
    payload = (DATA / "google_news.xml").read_bytes()
    made = source("google-news", search="Acme")
    again = made.parse(payload.replace(b"CBMi", b"AU_y"), url=made.address(), now=NOW).documents
    assert [one.guid for one in again] == [
        one.guid for one in parsed("google_news.xml", "google-news", search="Acme")
    ]


def test_a_page_of_consent_is_a_failure(web):
    web.serve("/rss/search", status=302, headers={"Location": "/consent"})
    web.serve(
        "/consent",
        b"<!doctype html><html><head><title>Avant d'acc\xc3\xa9der \xc3\xa0 Google</title></head></html>",
    )
    with pytest.raises(ContentError, match="consent"):
        read(source("google-news", search="Acme", server=web.url("").rstrip("/")))


def test_bing_links_lead_to_the_article_itself():
    wrapped, direct = parsed("bing_news.xml", "bing-news", search="Acme")
    assert wrapped.url == wrapped.guid == "https://www.journal.example/a?id=7&page=2"
    assert wrapped.via.startswith("http://www.bing.com/news/apiclick.aspx?")
    assert (wrapped.site, wrapped.author_name, wrapped.text) == (
        "journal.example",
        "Le Journal",
        "Deux cents emplois étaient promis.",
    )
    assert (direct.url, direct.via) == ("https://direct.example/b", "")


def test_google_alerts_lead_to_the_page_itself():
    (found,) = parsed("google_alerts.xml", "google-alerts", url="https://www.google.com/alerts/feeds/1/2")
    assert (found.url, found.site) == ("https://blog.example/avis?a=1&b=2", "blog.example")
    assert (found.title, found.author_name) == ("Pourquoi Acme déçoit", "")
    assert (found.guid, found.via[:27]) == (
        "tag:google.com,2013:googlealerts/feed:42",
        "https://www.google.com/url?",
    )


def test_a_video_comes_with_its_channel_and_its_numbers():
    (video,) = parsed("youtube_channel.xml", "youtube-channel", channel=CHANNEL)
    assert (video.type, video.guid, video.url) == (
        "video",
        video.url,
        "https://www.youtube.com/watch?v=aaaaaaaaaaa",
    )
    assert (video.author_name, video.author_id, video.text) == (
        "Acme TV",
        CHANNEL,
        "Le président parle du rappel.",
    )
    assert video.engagement == {"views": 345, "likes": 12}


@pytest.mark.parametrize("status", [404, 500])
def test_an_outage_of_youtube_does_not_look_like_the_end_of_a_channel(web, status):
    web.serve("/feeds/videos.xml", status=status)
    with pytest.raises(FetchError, match="for hours at a time; it will be tried again") as raised:
        read(source("youtube-channel", channel=CHANNEL, server=web.url("").rstrip("/")))
    assert raised.value.status == status


def test_reddit_posts_and_comments_belong_to_a_thread():
    post, comment, orphan = parsed("reddit.xml", "reddit", search="Acme")
    assert (post.guid, post.type, post.thread, post.title) == (
        "t3_1abc",
        "post",
        "t3_1abc",
        "Mon grille-pain",
    )
    assert (post.text, post.author_handle, post.author_name) == (
        "Mon grille-pain Acme fume.",
        "client_75",
        "",
    )
    assert (comment.guid, comment.type, comment.thread, comment.title) == (
        "t1_9xyz",
        "comment",
        "t3_1abc",
        "",
    )
    assert (comment.author_handle, orphan.author_handle, orphan.site) == ("autre", "", "reddit.com")


def test_reddit_is_not_asked_without_a_contact(web):
    made = source("reddit", search="Acme", server=web.url("").rstrip("/"))
    with pytest.raises(SourceError, match="set `contact:`"):
        read(made, contact="")
    assert not web.requests


def test_a_mastodon_feed_tells_the_author_in_the_link():
    eve, bob = parsed("mastodon_feed.xml", "mastodon-feed", server="social.example", hashtag="acme")
    assert (eve.title, eve.text, eve.author_handle) == (
        "",
        "Trois heures au téléphone avec #acme",
        "eve@autre.example",
    )
    assert (eve.guid, eve.site, eve.type) == ("https://autre.example/@eve/111", "autre.example", "post")
    assert (eve.media, eve.tags) == (("https://files.example/1.png",), ("acme",))
    assert bob.author_handle == "bob@pleroma.example"


def test_discourse_posts_are_known_by_topic_and_number():
    opening, answer = parsed("discourse_feed.xml", "discourse-feed", server="forum.example")
    assert (opening.guid, opening.type, opening.text) == (
        "https://forum.example/t/57/1",
        "post",
        "Il ne chauffe plus.",
    )
    assert (opening.author_handle, opening.author_name) == ("zoe", "Zoé Martin")
    assert (answer.guid, answer.type, answer.title) == ("https://forum.example/t/57/2", "comment", "")
    assert (answer.author_handle, answer.thread) == ("acme_sav", opening.guid)


def test_phpbb_posts_come_without_statistics():
    answer, opening = parsed("phpbb.xml", "phpbb", server="https://forum.example/bb")
    assert (answer.text, answer.author_name, answer.type) == ("Deux ans.", "marc", "comment")
    assert (answer.guid, answer.thread) == (
        "https://forum.example/bb/viewtopic.php?p=345",
        "https://forum.example/bb/viewtopic.php?t=12",
    )
    assert (opening.title, opening.type, opening.guid) == (
        "Garantie du modèle 3",
        "post",
        "https://forum.example/bb/viewtopic.php?p=344",
    )


def test_a_lemmy_post_is_known_by_its_global_address():
    (post,) = parsed("lemmy_feed.xml", "lemmy-feed", server="lemmy.example")
    assert (post.guid, post.url, post.author_handle) == (
        "https://autre.example/post/77",
        "https://autre.example/post/77",
        "lou@autre.example",
    )
    assert post.text == "https://presse.example/acme\nIls recommencent."


def test_a_comment_on_a_blog_belongs_to_its_article():
    (comment,) = parsed("wordpress_comments.xml", "wordpress", server="blog.example", comments=True)
    assert (comment.type, comment.title, comment.author_name) == ("comment", "", "Élodie")
    assert comment.thread == "https://blog.example/2026/03/acme-et-moi/"


def test_an_episode_without_a_page_is_found_at_its_recording():
    (episode,) = parsed("podcast.xml", "podcast", url="https://pod.example/rss")
    assert (episode.type, episode.url, episode.author_name) == (
        "podcast",
        "https://pod.example/12.mp3",
        "Inès",
    )


def test_an_answer_on_stack_overflow_answers_its_question():
    question, answer = parsed("stackexchange_feed.xml", "stackexchange-feed", question=701)
    assert (question.guid, question.type) == ("https://stackoverflow.com/q/701", "post")
    assert (answer.guid, answer.type, answer.title) == ("https://stackoverflow.com/a/702", "comment", "")
    assert (answer.reply_to, answer.thread, answer.author_id) == (question.guid, question.guid, "32")


def test_two_scans_repeat_nothing_and_lose_nothing(web):
    body = (DATA / "mastodon_feed.xml").read_bytes()
    web.serve("/tags/acme.rss", body, headers={"ETag": '"1"'})
    made = source("mastodon-feed", server=web.url("").rstrip("/"), hashtag="acme")
    first = read(made)
    web.serve("/tags/acme.rss", status=304)
    second = read(made, first.state, now=NOW + timedelta(minutes=10))
    assert ([one.kind for one in first.documents], second.unchanged) == (["mastodon-feed"] * 2, True)
    assert web.requests[-1].headers["if-none-match"] == '"1"'
    newer = body.replace(b"/@eve/111", b"/@eve/112")
    web.serve("/tags/acme.rss", newer)
    third = read(made, second.state, now=NOW + timedelta(minutes=20))
    assert ([one.guid[-3:] for one in third.documents], third.size) == (["112"], 2)
    assert not third.possible_gap


@pytest.mark.parametrize(
    ("status", "headers", "error", "sentence"),
    [
        (429, {"Retry-After": "120"}, NotYet, "too many requests"),
        (403, {}, FetchError, "refuses automated readers"),
        (401, {}, FetchError, "a login is required"),
        (200, {}, ContentError, "a check against robots"),
    ],
)
def test_what_stands_in_the_way_is_said(web, status, headers, error, sentence):
    web.serve(
        "/feed/", b"<html><title>Just a moment...</title>captcha</html>", status=status, headers=headers
    )
    with pytest.raises(error, match=sentence):
        read(source("wordpress", server=web.url("").rstrip("/")))
