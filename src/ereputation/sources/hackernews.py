"""Hacker News, through the search of Algolia (https://hn.algolia.com/api)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.api import (
    Place,
    Post,
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
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, Source, State
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_PAGE = 100


class Hackernews(Source):
    """Stories and comments of Hacker News that hold some words, or that one account writes. Needs no key.

    The search forgives typing errors; what does not really hold the words is left out.
    """

    stores: ClassVar[str] = N_("title, text, address, author's handle, date, points, number of comments")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["hackernews"] = "hackernews"
    search: Name | None = Field(None, description="What to search for; several plain words are a phrase.")
    user: str = Field(
        "", pattern=r"^[A-Za-z0-9_-]{0,30}$", description="What this account writes, instead of a search."
    )
    every: Duration | None = Field(600.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://hn.algolia.com", description="Where the search lives.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if bool(self.search) == bool(self.user):
            raise ValueError(_("give one of `search` and `user`"))
        return self

    def derived_name(self) -> str:
        """``hackernews: Air France``."""
        return f"hackernews: {self.search or f'@{self.user}'}"

    def address(self) -> str:
        """The search, the newest first."""
        return f"{self.server}/api/v1/search_by_date"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Pages down to what is known; each begins where the last one ended, in time."""
        place = Place(source=self.id, kind=self.kind, now=now, base=_ITEM, lang=self.lang or "en")

        async def page(before: str) -> Page:
            author = f",author_{self.user}" if self.user else ""
            params: dict[str, str | int] = {"tags": f"(story,comment){author}", "hitsPerPage": _PAGE}
            if self.search:
                params |= {"query": phrase(self.search), "typoTolerance": "false", "advancedSyntax": "true"}
            if before:
                params["numericFilters"] = f"created_at_i<={before}"
            answer = await get_json(fetcher, self.address(), params=params, headers=self.headers)
            hits = items(answer.data, "hits")
            oldest = text(hits[-1], "created_at_i") if len(hits) >= _PAGE else ""
            return Page(documents=documents(answer.data, place), next=oldest)

        wanted = found_by(self.search) if self.search else lambda _document: True
        return await follow(page, state, of=f"{self.server} {self.search} {self.user}", keep=wanted)


_ITEM = "https://news.ycombinator.com/item?id="


def parse(payload: bytes, place: Place) -> list[Document]:
    """The stories and comments in an answer. Raises ContentError for what is none."""
    return documents(load(payload), place)


def documents(data: Any, place: Place) -> list[Document]:
    """The hits as documents; what a story is about stands in its text, its address is the discussion."""
    return posts((_post(hit) for hit in items(data, "hits") if text(hit, "objectID")), place)


def _post(hit: dict[str, Any]) -> Post:
    comment = "comment" in texts(hit, "_tags") or (bool(text(hit, "comment_text")) and not text(hit, "title"))
    parent, story = text(hit, "parent_id"), text(hit, "story_id")
    here = _ITEM + text(hit, "objectID")
    return Post(
        id=here,
        type="comment" if comment else "post",
        url=here,
        title="" if comment else text(hit, "title"),
        body=text(hit, "comment_text") if comment else text(hit, "story_text") or text(hit, "url"),
        body_is_html=True,
        published=moment(hit, "created_at_i") or moment(hit, "created_at"),
        handle=text(hit, "author"),
        reply_to=_ITEM + parent if parent else "",
        thread=_ITEM + story if story else here,
        engagement=counts(likes=number(hit, "points"), replies=number(hit, "num_comments")),
    )
