"""Threads: posts found by a keyword. Before Meta has approved the app, the search only finds its owner's posts.

2,200 searches in 24 hours, of which empty ones do not count. The answer says that a post is a reply, not to which.
https://developers.facebook.com/docs/threads/keyword-search
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - pydantic reads the annotations
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, SecretStr

from ereputation.errors import SourceError
from ereputation.sources.api import Place, Post, counts, found_by, items, load, moment, number, posts, text
from ereputation.sources.base import Name, ReplyLinks, Server, Source, State
from ereputation.sources.graph import ask, cursor, next_page
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_TOKENS = "https://developers.facebook.com/apps (Threads use case; threads_basic, threads_keyword_search)"
_FIELDS = "id,text,permalink,timestamp,username,has_replies,is_reply"


class Threads(Source):
    """Posts by a keyword. Needs a token."""

    stores: ClassVar[str] = N_("text, address, author's handle, date")
    reply_links: ClassVar[ReplyLinks] = "none"

    kind: Literal["threads"] = "threads"
    search: Name = Field(description="Words to search for.")
    token: SecretStr | None = Field(None, description=f"Token, from {_TOKENS}.")
    version: str = Field("v1.0", pattern=r"^v[0-9]{1,3}\.[0-9]{1,2}$", description="Of the API.")
    base_url: Server = Field("https://graph.threads.net", description="Where the API lives.")

    def derived_name(self) -> str:
        """``threads search: Air France``."""
        return f"threads search: {self.search}"

    def address(self) -> str:
        """The search, without the token."""
        return f"{self.base_url}/{self.version}/keyword_search"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """The newest posts, down to what is known."""
        if not self.token:
            raise SourceError(
                _("{source}: `token:` is missing; make one at {tokens}").format(
                    source=self.id, tokens=_TOKENS
                )
            )
        token = self.token
        place = Place(source=self.id, kind=self.kind, now=now, base="https://www.threads.net", lang=self.lang)
        params: dict[str, str | int] = {
            "q": self.search,
            "search_type": "RECENT",
            "fields": _FIELDS,
            "limit": 100,
        }

        async def page(at_page: str) -> Page:
            answer = await ask(
                fetcher,
                self.address(),
                params={**params, **cursor(at_page)},
                token=token,
                headers=self.headers,
                now=now,
                who=self.id,
                renew=_TOKENS,
            )
            return Page(documents=posts(_said(answer.data), place), next=next_page(answer.data))

        return await follow(page, state, of=self.derived_name(), keep=found_by(self.search))


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts in an answer. Raises ContentError when it is no JSON."""
    return posts(_said(load(payload)), place)


def _said(data: Any) -> Iterator[Post]:
    for item in items(data, "data") or items({"all": data}, "all"):
        if not text(item, "timestamp"):
            continue
        yield Post(
            id=text(item, "id") or text(item, "permalink"),
            url=text(item, "permalink"),
            body=text(item, "text"),
            published=moment(item, "timestamp"),
            handle=text(item, "username"),
            author_id=text(item, "owner", "id"),
            media=[text(item, "media_url")],
            reply_to=text(item, "replied_to", "id"),
            thread=text(item, "root_post", "id"),
            engagement=counts(likes=number(item, "like_count"), replies=number(item, "replies_count")),
        )
