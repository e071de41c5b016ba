"""Lemmy through its API, in the shapes of 0.19 (v3) and 1.0 (v4)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeAlias

from pydantic import Field, model_validator

from ereputation import words
from ereputation.errors import ContentError
from ereputation.sources.api import (
    Place,
    Post,
    at,
    complaint,
    counts,
    found_by,
    get_json,
    items,
    load,
    moment,
    number,
    posts,
    text,
)
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, Source, State
from ereputation.sources.feed.entries import host_of
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Self

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_PAGE = 50
_What: TypeAlias = Literal["posts", "comments"]


class Lemmy(Source):
    """Posts and comments a Lemmy server knows that hold some words, or that one account writes. Needs no key."""

    stores: ClassVar[str] = N_(
        "title, text, address, author's name and handle, dates, votes, number of comments"
    )
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["lemmy"] = "lemmy"
    server: Server = Field(description="The server, such as https://lemmy.world.")
    search: Name | None = Field(None, description="What to search for.")
    user: str = Field(
        "", max_length=200, description="What this account writes, instead: name, or name@server."
    )
    api: Literal["v3", "v4"] = Field("v3", description="v4 for servers from 1.0 on.")
    every: Duration | None = Field(900.0, ge=1, description="How often to read it, at most.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if bool(self.search) == bool(self.user):
            raise ValueError(_("give one of `search` and `user`"))
        if self.user and self.api == "v4":
            raise ValueError(_("`user` is read through `api: v3`, which 1.0 servers still answer"))
        return self

    def derived_name(self) -> str:
        """``lemmy.world: Air France``."""
        return f"{host_of(self.server)}: {self.search or f'@{self.user}'}"

    def address(self) -> str:
        """The search, or the account."""
        return f"{self.server}/api/{self.api}/{'search' if self.search else 'user'}"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Posts and comments as two listings: there are more comments, and neither may hide the other's end."""
        first = await self._listing("posts", fetcher, state.get("posts") or {}, now)
        second = await self._listing("comments", fetcher, state.get("comments") or {}, now)
        covers = [one.covers_from for one in (first, second) if one.covers_from]
        return replace(
            first,
            documents=first.documents + second.documents,
            state={"posts": dict(first.state), "comments": dict(second.state)},
            covers_from=max(covers, default=None),
            possible_gap=first.possible_gap or second.possible_gap,
            warning=words.joined(dict.fromkeys(one.warning for one in (first, second))),
        )

    async def _listing(self, what: _What, fetcher: Fetcher, state: State, now: datetime) -> Reading:
        place = Place(source=self.id, kind=self.kind, now=now, base=self.server, lang=self.lang)

        async def page(cursor: str) -> Page:
            params = self._params(what, cursor)
            answer = await get_json(fetcher, self.address(), params=params, headers=self.headers)
            found = documents(answer.data, place, what)
            if self.api == "v4":
                return Page(documents=found, next=text(answer.data, "next_page"))
            return Page(documents=found, next=str(int(cursor or "1") + 1) if len(found) >= _PAGE else "")

        wanted = found_by(self.search) if self.search else lambda _document: True
        return await follow(page, state, of=f"{self.address()} {what} {self.search} {self.user}", keep=wanted)

    def _params(self, what: _What, cursor: str) -> dict[str, str | int]:
        kind = what.capitalize()
        if self.user:
            return {"username": self.user, "sort": "New", "limit": _PAGE, "page": cursor or "1"}
        common: dict[str, str | int] = {"type_": kind, "listing_type": "All", "sort": "New", "limit": _PAGE}
        if self.api == "v4":
            return common | {"search_term": self.search or ""} | ({"page_cursor": cursor} if cursor else {})
        return common | {"q": self.search or "", "page": cursor or "1"}


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts, then the comments, in an answer. Raises ContentError for what is none."""
    data = load(payload)
    return documents(data, place, "posts") + documents(data, place, "comments")


def documents(data: Any, place: Place, what: _What) -> list[Document]:
    """The posts or the comments as documents, by their addresses that are the same on all servers (``ap_id``)."""
    if not isinstance(data, dict) or ("error" in data and "posts" not in data):
        if told := complaint(data):
            raise ContentError(_('the server says "{said}"').format(said=told))
        raise ContentError(_("the server says nothing of use"))
    views = _views(data, what)
    if what == "posts":
        return posts((_post(view, place) for view in views if not _hidden(at(view, "post"))), place)
    known = {text(view, "comment", "id"): text(view, "comment", "ap_id") for view in views}
    return posts((_comment(view, place, known) for view in views if not _hidden(at(view, "comment"))), place)


def _views(data: dict[str, Any], what: _What) -> list[dict[str, Any]]:
    """Lists of their own, or one list of everything (1.0)."""
    one = what.removesuffix("s")
    if isinstance(data.get(what), list):
        return [view for view in items(data, what) if isinstance(view.get(one), dict)]
    mixed = [*items(data, "search"), *items(data, "results"), *items(data, "items")]
    found = [view for view in mixed if isinstance(view.get(one), dict)]
    return [
        view for view in found if ("comment" in view) == (what == "comments")
    ]  # a comment names its post, too


def _hidden(thing: Any) -> bool:
    return at(thing, "deleted") is True or at(thing, "removed") is True or not text(thing, "ap_id")


def _handle(view: dict[str, Any]) -> str:
    name, actor = (
        text(view, "creator", "name"),
        text(view, "creator", "actor_id") or text(view, "creator", "ap_id"),
    )
    return f"{name}@{host_of(actor)}" if name and actor else name


def _counted(view: dict[str, Any], thing: dict[str, Any], replies: str) -> dict[str, int]:
    """v3 counts beside the post, v4 in it."""
    said = view.get("counts") if isinstance(view.get("counts"), dict) else thing
    return counts(likes=number(said, "upvotes"), replies=number(said, replies))


def _post(view: dict[str, Any], place: Place) -> Post:
    post = view["post"]
    here = text(post, "ap_id")
    return Post(
        id=here,
        url=here,
        title=text(post, "name"),
        body="\n".join(part for part in (text(post, "body"), text(post, "url")) if part),
        published=moment(post, "published_at") or moment(post, "published"),
        updated=moment(post, "updated_at") or moment(post, "updated"),
        name=text(view, "creator", "display_name"),
        handle=_handle(view),
        author_id=text(view, "creator", "actor_id") or text(view, "creator", "ap_id"),
        thread=here,
        engagement=_counted(view, post, "comments"),
        via=f"{place.base}/post/{text(post, 'id')}",
    )


def _comment(view: dict[str, Any], place: Place, known: dict[str, str]) -> Post:
    comment = view["comment"]
    here, thread = text(comment, "ap_id"), text(view, "post", "ap_id")
    above = text(comment, "path").split(".")[1:-1]  # "0.24.27": 27 answers 24
    parent = (known.get(above[-1]) or f"{place.base}/comment/{above[-1]}") if above else thread
    return Post(
        id=here,
        type="comment",
        url=here,
        body=text(comment, "content"),
        published=moment(comment, "published_at") or moment(comment, "published"),
        updated=moment(comment, "updated_at") or moment(comment, "updated"),
        name=text(view, "creator", "display_name"),
        handle=_handle(view),
        author_id=text(view, "creator", "actor_id") or text(view, "creator", "ap_id"),
        reply_to=parent,
        thread=thread,
        engagement=_counted(view, comment, "child_count"),
        via=f"{place.base}/comment/{text(comment, 'id')}",
    )
