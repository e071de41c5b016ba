"""YouTube Data API v3: videos found by a search, or the comments under the videos of a channel or under one video.

A search costs one of 100 calls a day, everything else one of 10,000 units; both come back at midnight, Pacific time.
Comments are listed by the time of the first comment of a thread; answers beyond the few shown there are fetched when
their number changes. Google's terms want stored data refreshed or deleted after 30 days: each scan drops what is older.

https://developers.google.com/youtube/v3/docs
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator

from ereputation import words
from ereputation.errors import ContentError, FetchError, NotYet, SourceError
from ereputation.model import Reading
from ereputation.sources.api import (
    Place,
    Post,
    at,
    counts,
    found_by,
    get_json,
    items,
    load,
    moment,
    number,
    phrase,
    posts,
    text,
    texts,
)
from ereputation.sources.base import Duration, ReplyLinks, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.fetch import Fetcher
    from ereputation.model import Document

_KEYS = "https://console.cloud.google.com/apis/credentials"
_WATCH = "https://www.youtube.com/watch?v="
_PACIFIC = ZoneInfo("America/Los_Angeles")
_MOST_SEARCHES = 2
"""Pages of one search in one scan: hourly scans then stay within a day's calls."""
_MOST_THREADS = 10
"""Threads whose further answers are fetched in one scan."""
_MOST_KNOWN = 500
_SPENT = frozenset({"quotaExceeded", "dailyLimitExceeded", "dailyLimitExceededUnreg"})
_BAD_KEY = frozenset(
    {
        "keyInvalid",
        "keyExpired",
        "API_KEY_INVALID",
        "accessNotConfigured",
        "ipRefererBlocked",
        "SERVICE_DISABLED",
    }
    | {"API_KEY_SERVICE_BLOCKED", "API_KEY_IP_ADDRESS_BLOCKED", "forbidden", "authError"}
)
_SENTENCES = {
    "commentsDisabled": N_("comments are turned off there: remove this source"),
    "videoNotFound": N_("there is no such video: check `video:`"),
    "channelNotFound": N_("there is no such channel: check `channel:`"),
}


class Youtube(Source):
    """Videos by a search, or comments of a channel or a video. Needs a key."""

    stores: ClassVar[str] = N_(
        "title, text, address, author's name and channel, dates, counters; for 30 days"
    )
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["youtube"] = "youtube"
    search: str = Field("", description="Words to search videos for; 100 such requests a day.")
    channel: str = Field(
        "",
        pattern=r"^(UC[A-Za-z0-9_-]{10,40})?$",
        description="Comments under this channel's videos (UC...).",
    )
    video: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_-]{6,20})?$",
        description="Comments under this video (the id in its address).",
    )
    country: str = Field(
        "", pattern=r"^([A-Z]{2})?$", description="Of a search: videos that can be watched there (FR)."
    )
    key: SecretStr | None = Field(None, description=f"API key, from {_KEYS}.")
    every: Duration | None = Field(3_600.0, ge=1, description="How often to read it, at most.")
    base_url: Server = Field("https://www.googleapis.com", description="Where the API lives.")

    @model_validator(mode="after")
    def _one_thing(self) -> Youtube:
        if sum(map(bool, (self.search.strip(), self.channel, self.video))) != 1:
            raise ValueError(_("expected exactly one of search, channel and video"))
        return self

    def derived_name(self) -> str:
        """``youtube search: Air France``."""
        return f"youtube {self._what()}"

    def _what(self) -> str:
        if self.search:
            return f"search: {self.search}"
        return _("comments of {channel}").format(channel=self.channel or self.video)

    def address(self) -> str:
        """The listing, without the key."""
        return f"{self.base_url}/youtube/v3/{'search' if self.search else 'commentThreads'}"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest, down to what is known."""
        if not self.key:
            raise SourceError(
                _("{source}: `key:` is missing; make one at {keys} (YouTube Data API v3)").format(
                    source=self.id, keys=_KEYS
                )
            )
        place = Place(source=self.id, kind=self.kind, now=now, base="https://www.youtube.com", lang=self.lang)
        listing = at(state, "listing") if isinstance(at(state, "listing"), Mapping) else {}
        if self.search:
            reading = await self._search(fetcher, listing, place)
            return _with_state(reading, {"listing": dict(reading.state)})
        answers = _Answers(at(state, "answers"))
        reading = await self._comments(fetcher, listing, place, answers)
        return _with_state(reading, {"listing": dict(reading.state), "answers": answers.known()})

    async def _search(self, fetcher: Fetcher, listing: State, place: Place) -> Reading:
        params: dict[str, str | int] = {
            "part": "snippet",
            "q": phrase(self.search.strip()),
            "type": "video",
            "order": "date",
            "maxResults": 50,
        }
        if self.lang:
            params["relevanceLanguage"] = self.lang
        if self.country:
            params["regionCode"] = self.country

        async def page(cursor: str) -> Page:
            data = await self._get(fetcher, "search", {**params, **_next(cursor)}, place.now)
            return Page(documents=posts(_said(data), place), next=text(data, "nextPageToken"))

        return await follow(
            page, listing, of=self.derived_name(), most=_MOST_SEARCHES, keep=found_by(self.search.strip())
        )

    async def _comments(self, fetcher: Fetcher, listing: State, place: Place, answers: _Answers) -> Reading:
        of = {"allThreadsRelatedToChannelId": self.channel} if self.channel else {"videoId": self.video}
        params: dict[str, str | int] = {
            "part": "snippet,replies",
            **of,
            "order": "time",
            "textFormat": "plainText",
            "maxResults": 100,
        }

        async def page(cursor: str) -> Page:
            data = await self._get(fetcher, "commentThreads", {**params, **_next(cursor)}, place.now)
            found, trouble = [*_said(data)], ""
            for thread in items(data, "items"):
                if not trouble and answers.more_in(thread):
                    try:
                        found += await self._answers_in(fetcher, thread, place)
                    except SourceError as error:  # the threads themselves were read: the next scan asks again
                        trouble = str(error)
                    else:
                        answers.note(thread)
            first_comments_last = sorted(found, key=lambda one: not one.reply_to)
            return Page(
                documents=posts(first_comments_last, place), next=text(data, "nextPageToken"), warning=trouble
            )

        return await follow(page, listing, of=self.derived_name())

    async def _answers_in(self, fetcher: Fetcher, thread: Mapping[str, Any], place: Place) -> list[Post]:
        params: dict[str, str | int] = {
            "part": "snippet",
            "parentId": text(thread, "id"),
            "textFormat": "plainText",
            "maxResults": 100,
        }
        data = await self._get(fetcher, "comments", params, place.now)
        return [*_said(data, video=text(thread, "snippet", "videoId"))]

    async def _get(
        self, fetcher: Fetcher, method: str, params: Mapping[str, str | int], now: datetime
    ) -> Any:
        key = self.key.get_secret_value() if self.key else ""
        url = f"{self.base_url}/youtube/v3/{method}"
        try:
            answer = await get_json(fetcher, url, params={**params, "key": key}, headers=self.headers)
        except NotYet:
            raise
        except FetchError as error:
            raise self._explained(error, now) from error
        if not isinstance(at(answer.data, "items"), list):
            raise ContentError(
                _("{source}: no list in the answer: it will be tried again").format(source=self.id)
            )
        return answer.data

    def _explained(self, error: FetchError, now: datetime) -> SourceError:
        """The error in a sentence that tells what to do, by the reason YouTube gives."""
        reasons = _reasons(error.body)
        if reasons & _SPENT:
            again = _midnight(now)
            return NotYet(
                _("{source}: the key's quota of today is spent").format(source=self.id),
                status=error.status,
                retry_at=again,
            )
        for reason in reasons & _SENTENCES.keys():
            return FetchError(words.labelled(self.id, _(_SENTENCES[reason])), status=error.status)
        if reasons & _BAD_KEY or error.status == 401:
            return FetchError(
                _(
                    "{source}: YouTube refuses `key:`; check it, or make one at {keys} (YouTube Data API v3)"
                ).format(source=self.id, keys=_KEYS),
                status=error.status,
            )
        return error


class _Answers:
    """How many answers each thread had when they were last fetched."""

    def __init__(self, known: Any) -> None:
        stated = known if isinstance(known, Mapping) else {}
        self._known = {thread: count for thread, count in stated.items() if isinstance(count, int)}
        self._room = _MOST_THREADS

    def more_in(self, thread: Mapping[str, Any]) -> bool:
        """Whether it has answers that are neither shown nor fetched."""
        count = number(thread, "snippet", "totalReplyCount") or 0
        shown = len(items(thread, "replies", "comments"))
        return self._room > 0 and count > shown and self._known.get(text(thread, "id")) != count

    def note(self, thread: Mapping[str, Any]) -> None:
        """They were fetched."""
        self._room -= 1
        self._known.pop(text(thread, "id"), None)
        self._known[text(thread, "id")] = number(thread, "snippet", "totalReplyCount") or 0

    def known(self) -> dict[str, int]:
        """To remember: the latest."""
        return dict(list(self._known.items())[-_MOST_KNOWN:])


def _next(cursor: str) -> dict[str, str]:
    return {"pageToken": cursor} if cursor else {}


def _with_state(reading: Reading, state: dict[str, Any]) -> Reading:
    return Reading(
        documents=reading.documents,
        state=state,
        covers_from=reading.covers_from,
        possible_gap=reading.possible_gap,
        warning=reading.warning,
    )


def _midnight(now: datetime) -> datetime:
    """When quotas come back: the next midnight, Pacific time."""
    there = now.astimezone(_PACIFIC)
    return (
        (there + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
    )


def _reasons(body: bytes) -> set[str]:
    """Every reason an error names; ``error`` may be a mere string."""
    try:
        data = load(body) if body else None
    except ContentError:
        return set()
    named = [*items(data, "error", "errors"), *items(data, "error", "details")]
    return {text(one, "reason") for one in named} - {""}


def parse(payload: bytes, place: Place, *, video: str = "") -> list[Document]:
    """The videos and comments in an answer; ``video``: whose comments they are, where they do not say.

    Raises ContentError when it is no JSON.
    """
    return posts(_said(load(payload), video=video), place)


def _said(data: Any, *, video: str = "") -> Iterator[Post]:
    for item in items(data, "items") or items({"all": data}, "all"):
        kind = text(item, "kind").removeprefix("youtube#")
        if kind == "commentThread":
            under = text(item, "snippet", "videoId") or video
            first = at(item, "snippet", "topLevelComment")
            for comment in ([first] if isinstance(first, Mapping) else []) + items(
                item, "replies", "comments"
            ):
                yield from _comment(comment, under, answers=number(item, "snippet", "totalReplyCount"))
        elif kind == "comment":
            yield from _comment(item, video)
        elif kind in {"searchResult", "video"}:
            yield from _video(item, snippet_is_html=kind == "searchResult")


def _video(item: Mapping[str, Any], *, snippet_is_html: bool) -> Iterator[Post]:
    snippet, video = at(item, "snippet"), text(item, "id", "videoId") or text(item, "id")
    if not video:
        return  # a channel, a playlist
    yield Post(
        id=f"{_WATCH}{video}",
        type="video",
        url=f"{_WATCH}{video}",
        title=text(snippet, "title"),
        title_is_html=snippet_is_html,
        body=text(snippet, "description"),
        body_is_html=snippet_is_html,
        published=moment(snippet, "publishedAt"),
        name=text(snippet, "channelTitle"),
        author_id=text(snippet, "channelId"),
        lang=text(snippet, "defaultAudioLanguage") or text(snippet, "defaultLanguage"),
        tags=texts(snippet, "tags"),
        engagement=counts(
            views=number(item, "statistics", "viewCount"),
            likes=number(item, "statistics", "likeCount"),
            replies=number(item, "statistics", "commentCount"),
        ),
    )


def _address(comment: str, video: str, channel: str) -> str:
    """Where people read a comment: under its video, else on its channel; else what programs read."""
    if video:
        return f"{_WATCH}{video}&lc={comment}"
    if channel:
        return f"https://www.youtube.com/channel/{channel}/discussion?lc={comment}"
    return f"https://www.googleapis.com/youtube/v3/comments?part=snippet&id={comment}"


def _comment(item: Mapping[str, Any], video: str, *, answers: int | None = None) -> Iterator[Post]:
    snippet, own = at(item, "snippet"), text(item, "id")
    if not own:
        return
    parent = text(snippet, "parentId") or own.partition(".")[0] * ("." in own)
    under, name = text(snippet, "videoId") or video, text(snippet, "authorDisplayName")
    original = text(snippet, "textOriginal")
    yield Post(
        id=own,
        type="comment",
        url=_address(own, under, text(snippet, "channelId")),
        body=original or text(snippet, "textDisplay"),
        body_is_html=not original,
        published=moment(snippet, "publishedAt"),
        updated=moment(snippet, "updatedAt"),
        name=name,
        handle=name if name.startswith("@") else "",
        author_id=text(snippet, "authorChannelId", "value") or text(snippet, "authorChannelId"),
        reply_to=parent,
        thread=parent,
        site="youtube.com",
        engagement=counts(likes=number(snippet, "likeCount"), replies=None if parent else answers),
    )
