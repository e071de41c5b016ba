"""YouTube: videos, comments with their answers, and a quota that ends at midnight in California."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.sources import Youtube
from ereputation.sources.api import Place
from ereputation.sources.youtube import parse
from loopback import Answer
from social import NOW, SECRET, answer, asked, guids, minutes, payload, read

PLACE = Place(source="s", kind="youtube", now=NOW, base="https://www.youtube.com")
CHANNEL = "UCacme0123456789"


def parsed(data, **options):
    return {one.guid: one for one in parse(json.dumps(data).encode(), PLACE, **options)}


def on(web, **settings):
    chosen = {} if settings.keys() & {"search", "video"} else {"channel": CHANNEL}
    return Youtube(base_url=web.url("").rstrip("/"), key=SECRET, **chosen, **settings)


def comment(number: int | str, text: str = "acme", parent: str = "", at: int | None = None):
    snippet = {
        "authorDisplayName": "@ada",
        "authorChannelId": {"value": "UCada"},
        "textDisplay": f"{text} {number}",
        "textOriginal": f"{text} {number}",
        "likeCount": 2,
        "publishedAt": minutes(at if at is not None else int(number)).isoformat(),
        "updatedAt": minutes(at if at is not None else int(number)).isoformat(),
        **({"parentId": parent} if parent else {"videoId": "vid00000001"}),
    }
    return {"kind": "youtube#comment", "id": f"Ug{number}", "snippet": snippet}


def thread(number: int, answers: int = 0, shown=()):
    snippet = {"videoId": "vid00000001", "topLevelComment": comment(number), "totalReplyCount": answers}
    replies = {"replies": {"comments": list(shown)}} if shown else {}
    return {"kind": "youtube#commentThread", "id": f"Ug{number}", "snippet": snippet, **replies}


def test_comments_and_answers_are_told_with_their_links():
    found = parsed(payload("youtube_threads.json"))
    first, answered = found["UgxA"], found["UgxA.1"]
    assert first.url == "https://www.youtube.com/watch?v=vid00000001&lc=UgxA"
    assert (first.type, first.author_handle, first.author_id) == ("comment", "zoe", "UCzoe")
    assert first.text == "Trois heures d'attente.\nEt <3 quand même & merci"
    assert (first.reply_to, first.engagement) == ("", {"likes": 7, "replies": 1})
    assert first.updated == datetime(2026, 2, 28, 11, tzinfo=UTC)
    assert (answered.reply_to, answered.thread, answered.author_id) == ("UgxA", "UgxA", CHANNEL)
    assert answered.updated is None
    assert found["UgxB"].text == "Bien & rapide", "a text that only comes as HTML"
    assert found["UgxC"].url == f"https://www.youtube.com/channel/{CHANNEL}/discussion?lc=UgxC"


def test_videos_of_a_search_and_of_a_list_are_the_same_documents():
    searched = {"kind": "youtube#searchResult", "id": {"kind": "youtube#video", "videoId": "vid00000001"}}
    snippet = {
        "publishedAt": "2026-02-28T10:00:00Z",
        "channelId": CHANNEL,
        "channelTitle": "Acme",
        "description": "d",
    }
    listed = {
        "kind": "youtube#video",
        "id": "vid00000001",
        "statistics": {"viewCount": "12", "likeCount": None},
    }
    (one,) = parsed(
        {"items": [{**searched, "snippet": {**snippet, "title": "L&#39;avis d&#39;Acme"}}]}
    ).values()
    (two,) = parsed({"items": [{**listed, "snippet": {**snippet, "title": "R&D <b>"}}]}).values()
    assert one.guid == two.guid == one.url == "https://www.youtube.com/watch?v=vid00000001"
    assert (one.title, two.title, one.type, two.engagement) == (
        "L'avis d'Acme",
        "R&D <b>",
        "video",
        {"views": 12},
    )
    assert (one.author_name, one.author_id) == ("Acme", CHANNEL)


def test_channels_playlists_and_nulls_are_no_documents():
    nobody = {"kind": "youtube#searchResult", "id": {"channelId": "UC1"}, "snippet": None}
    broken = {"kind": "youtube#commentThread", "id": "x", "snippet": {"topLevelComment": None}}
    assert not parsed({"items": [nobody, broken, None, {"kind": "youtube#comment"}, {"kind": None}, 3]})


class Api:
    """commentThreads and comments as documented, newest thread first; a page token counts from the top."""

    def __init__(self, web):
        self.web, self.threads, self.answers = web, [], {}
        web.serve("/youtube/v3/commentThreads", self._threads)
        web.serve("/youtube/v3/comments", self._comments)

    def _threads(self, request):
        wanted = asked(request)
        assert wanted["key"] == SECRET
        start, size = int(wanted.get("pageToken", 0)), int(wanted["maxResults"])
        more = {"nextPageToken": str(start + size)} if start + size < len(self.threads) else {}
        return answer({"items": self.threads[start : start + size], **more})

    def _comments(self, request):
        return answer({"items": self.answers[asked(request)["parentId"]]})


def test_two_scans_lose_nothing(web):
    api, source = Api(web), on(web)
    api.threads = [thread(n) for n in range(20, 0, -1)]
    first = read(source)
    api.threads = [thread(n) for n in range(270, 0, -1)]
    second = read(source, state=first.state)
    assert set(guids(first, second)) == {f"Ug{n}" for n in range(1, 271)}
    assert (second.possible_gap, second.warning) == (False, "")
    assert asked(web.requests[-1])["allThreadsRelatedToChannelId"] == CHANNEL


def test_answers_beyond_the_few_shown_are_fetched_once_their_number_changes(web):
    api, source = Api(web), on(web)
    api.threads = [thread(2, answers=2, shown=[comment("2.1", parent="Ug2", at=3)]), thread(1)]
    api.answers["Ug2"] = [comment("2.1", parent="Ug2", at=3), comment("2.2", parent="Ug2", at=4)]
    first = read(source)
    assert set(guids(first)) == {"Ug1", "Ug2", "Ug2.1", "Ug2.2"}
    assert {one.url for one in first.documents if one.guid == "Ug2.2"} == {
        "https://www.youtube.com/watch?v=vid00000001&lc=Ug2.2"
    }
    second = read(source, state=first.state)
    assert web.count("/youtube/v3/comments") == 1
    api.threads[0]["snippet"]["totalReplyCount"] = 3
    api.answers["Ug2"].append(comment("2.3", parent="Ug2", at=5))
    assert "Ug2.3" in guids(read(source, state=second.state))


def test_a_thread_whose_answers_cannot_be_read_does_not_spoil_the_others(web):
    api, source = Api(web), on(web)
    api.threads = [thread(2, answers=5), thread(1)]
    web.serve(
        "/youtube/v3/comments",
        answer({"error": {"code": 400, "errors": [{"reason": "processingFailure"}]}}, 400),
    )
    reading = read(source)
    assert set(guids(reading)) == {"Ug1", "Ug2"}
    assert reading.warning


def test_a_search_keeps_what_really_holds_the_words(web):
    titles = {"vid00000001": "Air France en grève", "vid00000002": "France, air pur"}
    items = [
        {"kind": "youtube#searchResult", "id": {"videoId": video}, "snippet": {"title": title, "publishedAt": "2026-02-28T10:00:00Z"}}
        for video, title in titles.items()
    ]  # fmt: skip
    web.serve("/youtube/v3/search", answer({"items": items}))
    reading = read(on(web, search="Air France", lang="fr", country="FR"))
    assert guids(reading) == ["https://www.youtube.com/watch?v=vid00000001"]
    wanted = asked(web.requests[-1])
    assert (wanted["q"], wanted["order"], wanted["regionCode"]) == ('"Air France"', "date", "FR")


def refused(*reasons: str, code: int = 403):
    error = {
        "code": code,
        "message": "m",
        "errors": [{"domain": "youtube", "reason": reason} for reason in reasons],
    }
    return answer({"error": error}, code)


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (refused("keyInvalid", code=400), FetchError, "refuses `key:`"),
        (
            answer({"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}, 400),
            FetchError,
            "refuses `key:`",
        ),
        (refused("accessNotConfigured"), FetchError, "refuses `key:`"),
        (refused("commentsDisabled"), FetchError, "turned off"),
        (refused("videoNotFound", code=404), FetchError, "no such video"),
        (answer({"error": "error message"}, 400), FetchError, "error message"),
        (answer({"error": "error message"}), ContentError, "no list"),
        (answer({"items": None}), ContentError, "no list"),
        (Answer(body=b"<html><title>Sorry...</title>", status=403), FetchError, "refused"),
        (Answer(body=b"<html><title>Sorry...</title>"), ContentError, "Sorry"),
    ],
)
def test_every_failure_says_what_to_do(web, said, error, words):
    web.serve("/youtube/v3/commentThreads", said)
    with pytest.raises(error) as raised:
        read(on(web))
    assert words in str(raised.value)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize(
    ("now", "midnight"),
    [
        (datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)),
        (datetime(2026, 3, 8, 12, tzinfo=UTC), datetime(2026, 3, 9, 7, tzinfo=UTC)),  # clocks went forward
        (datetime(2026, 7, 1, 6, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
)
def test_a_spent_quota_comes_back_at_midnight_in_california(web, now, midnight):
    web.serve("/youtube/v3/commentThreads", refused("quotaExceeded"))
    with pytest.raises(NotYet) as raised:
        read(on(web), now=now)
    assert raised.value.retry_at == midnight


def test_a_missing_key_is_named():
    with pytest.raises(SourceError, match="`key:` is missing; make one at https://"):
        read(Youtube(search="acme"))


@pytest.mark.parametrize("settings", [{}, {"search": "a", "video": "vid00000001"}, {"channel": "acme"}])
def test_a_source_reads_exactly_one_thing(settings):
    with pytest.raises(ValidationError):
        Youtube(**settings)
