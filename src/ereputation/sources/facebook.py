"""A Facebook page of one's own: its posts, the comments under the latest of them, and posts that tag it.

There is no search over Facebook; a page token (https://developers.facebook.com/tools/explorer) opens one page. Authors
of comments and tags are often left out by Facebook; the page itself is always named. ``updated_time`` changes with every
comment, so it is no edit. Deletions are not told.

https://developers.facebook.com/docs/graph-api/reference/page/feed
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import parse_qs, urlsplit

from pydantic import Field, SecretStr

from ereputation import words
from ereputation.errors import NotYet, SourceError
from ereputation.fetch import retry_at
from ereputation.model import Reading
from ereputation.sources.api import Place, Post, at, counts, items, load, moment, number, posts, text
from ereputation.sources.base import ReplyLinks, Server, Source, State
from ereputation.sources.graph import ask, cursor, next_page
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.fetch import Fetcher
    from ereputation.model import Document

_TOKENS = "https://developers.facebook.com/tools/explorer (page token; pages_read_engagement, pages_read_user_content)"
_POST_FIELDS = (
    "id,message,story,created_time,permalink_url,from,shares,reactions.limit(0).summary(total_count),"
    "comments.limit(0).summary(total_count),attachments{title,description,url,unshimmed_url}"
)
_COMMENT_FIELDS = "id,message,created_time,from,parent{id},like_count,comment_count,permalink_url"
_MOST_COMMENT_PAGES = 5
_MOST_THREADS = 20
"""Posts whose comments are read in one scan."""
_IN_PATH = re.compile(r"/(\d{1,30})/posts/(\d{1,30})")


class Facebook(Source):
    """Posts of a page, comments under them, posts that tag it. Needs the page's token."""

    stores: ClassVar[str] = N_(
        "text, address, author's name and id where Facebook tells them, dates, counters"
    )
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["facebook"] = "facebook"
    page: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,80}$", description="Id of the page.")
    comments: bool = Field(default=True, description="Read the comments under the latest posts.")
    tagged: bool = Field(default=True, description="Read posts that tag the page.")
    recent: int = Field(
        25, ge=1, le=100, description="How many of the latest posts are watched for comments."
    )
    token: SecretStr | None = Field(None, description=f"Page token, from {_TOKENS}.")
    version: str = Field("v25.0", pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$", description="Of the Graph API.")
    base_url: Server = Field("https://graph.facebook.com", description="Where the API lives.")

    def derived_name(self) -> str:
        """``facebook page 1234``."""
        return f"facebook page {self.page}"

    def address(self) -> str:
        """The posts, without the token."""
        return self._url(self.page, "feed")

    def _url(self, of: str, what: str) -> str:
        return f"{self.base_url}/{self.version}/{of}/{what}"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The posts; then, as far as the quota goes, tags and the comments whose number changed."""
        if not self.token:
            raise SourceError(
                _("{source}: `token:` is missing; make one at {tokens}").format(
                    source=self.id, tokens=_TOKENS
                )
            )
        visit = _Visit(source=self, token=self.token, fetcher=fetcher, now=now)
        feed = await visit.listing("feed", state)
        readings, warnings = [feed], [feed.warning]
        after: dict[str, Any] = {"feed": dict(feed.state), "tagged": at(state, "tagged"), "comments": {}}
        if self.tagged:
            try:
                tagged = await visit.listing("tagged", state)
            except SourceError as error:
                warnings.append(str(error))
            else:
                after["tagged"] = dict(tagged.state)
                readings.append(tagged)
                warnings.append(tagged.warning)
        found: list[Document] = []
        trouble = ""
        if self.comments:
            known = at(state, "comments")
            after["comments"], trouble = await visit.comments(
                known if isinstance(known, Mapping) else {}, found
            )
            warnings.append(trouble)
        dates = [one.covers_from for one in readings if one.covers_from]
        return Reading(
            documents=(*(document for one in readings for document in one.documents), *found),
            state=after,
            covers_from=max(dates, default=None),
            possible_gap=any(one.possible_gap for one in readings) or bool(trouble),
            warning=words.joined(dict.fromkeys(warnings)),
        )


class _Visit:
    """One reading of one page."""

    def __init__(self, *, source: Facebook, token: SecretStr, fetcher: Fetcher, now: datetime) -> None:
        self._source, self._token, self._fetcher, self._now = source, token, fetcher, now
        self._place = Place(
            source=source.id,
            kind=source.kind,
            now=now,
            base="https://www.facebook.com",
            lang=source.lang,
            site="facebook.com",
        )
        self._counts: dict[str, int] = {}  # comments under each of the latest posts
        self._again: datetime | None = None  # when the quota allows more; None while it does

    async def _ask(self, of: str, what: str, params: Mapping[str, str | int]) -> Any:
        if self._again:
            raise NotYet(
                _(
                    "{source}: the quota of this app or page is nearly spent; next try after {again:%Y-%m-%d %H:%M} UTC"
                ).format(source=self._source.id, again=self._again),
                retry_at=self._again,
            )
        answer = await ask(
            self._fetcher,
            self._source._url(of, what),  # noqa: SLF001 - its own source
            params=params,
            token=self._token,
            headers=self._source.headers,
            now=self._now,
            who=self._source.id,
            renew=_TOKENS,
        )
        self._again = retry_at(answer.headers, 200, self._now)
        return answer.data

    async def listing(self, what: str, state: State) -> Reading:
        """Posts of the page, or posts that tag it."""

        async def page(at_page: str) -> Page:
            params: dict[str, str | int] = {"fields": _POST_FIELDS, "limit": self._source.recent}
            data = await self._ask(self._source.page, what, {**params, **cursor(at_page)})
            if not at_page:
                for one in items(data, "data"):
                    self._counts[text(one, "id")] = number(one, "comments", "summary", "total_count") or 0
            return Page(documents=posts(_said(data), self._place), next=next_page(data))

        known = at(state, what)
        return await follow(
            page, known if isinstance(known, Mapping) else {}, of=f"{self._source.page}/{what}"
        )

    async def comments(self, known: Mapping[str, Any], found: list[Document]) -> tuple[dict[str, Any], str]:
        """The comments under posts where their number changed; what to remember, and what went wrong."""
        after: dict[str, Any] = {post: known[post] for post in self._counts if post in known}
        changed = [
            post for post, count in self._counts.items() if count and number(known, post, "count") != count
        ]
        trouble = ""
        for post in changed[:_MOST_THREADS]:
            try:
                whole, newest = await self._under(post, number(known, post, "newest") or 0, found)
            except NotYet as error:
                return after, str(error)
            except SourceError as error:  # this post only: deleted meanwhile, or somebody else's
                trouble = str(error)
                continue
            if whole:
                after[post] = {"count": self._counts[post], "newest": newest}
        if len(changed) > _MOST_THREADS:
            trouble = _("more comments than one scan reads: the rest follows with the next ones")
        return after, trouble

    async def _under(self, post: str, newest: int, found: list[Document]) -> tuple[bool, int]:
        """Read down to what is known (seconds since 1970); whether that was reached, and the newest date."""
        params: dict[str, str | int] = {
            "fields": _COMMENT_FIELDS,
            "filter": "stream",
            "order": "reverse_chronological",
            "limit": 100,
        }
        latest, page, seen = newest, "", set[str]()
        while len(seen) < _MOST_COMMENT_PAGES:
            data = await self._ask(post, "comments", {**params, **cursor(page)})
            listed = posts(_said(data, post=post), self._place)
            found += listed
            dates = [int(one.published.timestamp()) for one in listed if one.date_confidence != "first_seen"]
            latest = max([latest, *dates])
            seen.add(page)
            page = next_page(data)
            if not page or page in seen or not listed or (dates and min(dates) < newest):
                return True, latest
        return not newest, latest  # the first reading of a long thread is no backlog


def parse(payload: bytes, place: Place, *, post: str = "") -> list[Document]:
    """The posts or comments in an answer; ``post``: under which the comments stand. Raises ContentError when it is no JSON."""
    return posts(_said(load(payload), post=post), place)


def _objects(data: Any) -> list[dict[str, Any]]:
    """The objects of a list, of an answer about several ids, or the one that was asked for."""
    if listed := items(data, "data"):
        return listed
    one = items({"all": data}, "all")
    if len(one) == 1 and "created_time" not in one[0]:
        return [value for value in one[0].values() if isinstance(value, dict)]
    return one


def _said(data: Any, *, post: str = "") -> Iterator[Post]:
    for item in _objects(data):
        link = text(item, "permalink_url")
        ids = _ids_of(link)
        own = text(item, "id") or (ids["own"] if ids else "") or link
        if not own or not text(item, "created_time"):
            continue
        thread = post or (ids["post"] if ids else "")
        comment = bool(post or ids or at(item, "comment_count") is not None or at(item, "parent"))
        pieces = items(item, "attachments", "data")
        shown = next(
            (text(one, key) for one in pieces for key in ("title", "description") if text(one, key)), ""
        )
        yield Post(
            id=own,
            type="comment" if comment else "post",
            url=link or f"https://www.facebook.com/{own}",
            body=text(item, "message") or text(item, "story") or shown,
            published=moment(item, "created_time"),
            name=text(item, "from", "name"),
            author_id=text(item, "from", "id"),
            media=[text(one, "unshimmed_url") or text(one, "url") for one in pieces],
            reply_to=(text(item, "parent", "id") or (ids["parent"] if ids else "") or thread)
            if comment
            else "",
            thread=thread,
            engagement=counts(
                likes=_first(item, ("reactions", "summary", "total_count"), ("like_count",)),
                replies=_first(item, ("comments", "summary", "total_count"), ("comment_count",)),
                reposts=number(item, "shares", "count"),
            ),
        )


def _first(item: Mapping[str, Any], *paths: tuple[str, ...]) -> int | None:
    return next((value for path in paths if (value := number(item, *path)) is not None), None)


def _ids_of(link: str) -> dict[str, str]:
    """The ids in the address of a comment, as the Graph API writes them; empty for any other address."""
    try:
        parts = urlsplit(link)
        named = parse_qs(parts.query)
    except ValueError:
        return {}
    found, comment = _IN_PATH.search(parts.path), named.get("comment_id", [""])[0]
    if not found or not comment.isdigit():
        return {}
    page, post = found[1], found[2]
    answer = named.get("reply_comment_id", [""])[0]
    return {
        "own": f"{post}_{answer if answer.isdigit() else comment}",
        "parent": f"{post}_{comment}" if answer.isdigit() else "",
        "post": f"{page}_{post}",
    }
