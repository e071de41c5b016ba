"""Discourse forums through their JSON: a search, the newest posts, or one account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.errors import ContentError
from ereputation.sources.api import (
    Place,
    Post,
    at,
    complaint,
    counts,
    get_json,
    items,
    load,
    moment,
    number,
    phrase,
    posts,
    text,
)
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, Source, State
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import segment
from ereputation.sources.pages import Page, follow
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Self

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_WINDOW = 50  # ids a page of the newest posts spans
_ACTIONS = 30  # a page of what an account does
_WRITES = "4,5"  # new topics and answers
_LIKE = 2


class Discourse(Source):
    """A Discourse forum: what a search finds, what one account writes, or every new post. Needs no key.

    The newest posts and those of an account tell which post they answer; a search gives excerpts and does not.
    """

    stores: ClassVar[str] = N_(
        "title, text, address, author's name and handle, dates, likes, number of answers"
    )
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["discourse"] = "discourse"
    server: Server = Field(description="The forum, such as https://forum.example.org.")
    search: Name | None = Field(None, description="Only what holds these words.")
    user: str = Field("", max_length=60, description="Only what this account writes.")
    every: Duration | None = Field(900.0, ge=1, description="How often to read it, at most.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if self.search and self.user:
            raise ValueError(_("give at most one of `search` and `user`"))
        return self

    def derived_name(self) -> str:
        """``forum.example.org: Air France``."""
        what = self.search or (f"@{self.user}" if self.user else "newest posts")
        return f"{host_of(self.server)}: {what}"

    def address(self) -> str:
        """The listing."""
        if self.search:
            return f"{self.server}/search.json"
        return f"{self.server}/{'user_actions' if self.user else 'posts'}.json"

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """Pages down to what is known."""
        place = Place(source=self.id, kind=self.kind, now=now, base=self.server, lang=self.lang)

        async def page(cursor: str) -> Page:
            params: dict[str, str | int] = {}
            if self.search:
                params = {"q": f"{phrase(self.search)} order:latest", "page": cursor or "1"}
            elif self.user:
                params = {"username": self.user, "filter": _WRITES, "offset": cursor or "0"}
            elif cursor:
                params = {"before": cursor}
            answer = await get_json(fetcher, self.address(), params=params, headers=self.headers)
            return Page(documents=documents(answer.data, place), next=self._next(answer.data, cursor))

        return await follow(page, state, of=f"{self.address()} {self.search} {self.user}")

    def _next(self, data: Any, cursor: str) -> str:
        if self.search:
            more = at(data, "grouped_search_result", "more_full_page_results") is True
            return str(int(cursor or "1") + 1) if more else ""
        if self.user:
            actions = len(items(data, "user_actions"))
            return str(int(cursor or "0") + actions) if actions >= _ACTIONS else ""
        numbers = [found for post in items(data, "latest_posts") if (found := number(post, "id"))]
        lowest = min(numbers, default=int(cursor or 0) - _WINDOW + 1)  # a window may hold deleted posts only
        return str(lowest - 1) if lowest > 1 else ""


def parse(payload: bytes, place: Place) -> list[Document]:
    """The posts in an answer. Raises ContentError for what is none."""
    return documents(load(payload), place)


def documents(data: Any, place: Place) -> list[Document]:
    """Posts of a search, a topic, an account, the newest, or the topics of a list; ``place.base`` is the forum."""
    listed = {"posts": data} if isinstance(data, list) else data
    if not isinstance(listed, dict) or not (_LISTS & listed.keys()):
        said = complaint(data)
        raise ContentError(
            _('the forum says "{said}"').format(said=said)
            if said
            else _("no posts in the answer: check the address")
        )
    found = [
        *items(listed, "posts"),
        *items(listed, "latest_posts"),
        *items(listed, "post_stream", "posts"),
        *map(_written, items(listed, "user_actions")),
        *_openings(listed),
    ]
    topics = {text(topic, "id"): topic for topic in items(listed, "topics")}
    whole = listed if "post_stream" in listed else {}
    made = (
        _post(post, topics.get(text(post, "topic_id"), whole), place.base) for post in found if _shown(post)
    )
    return posts(made, place)


_LISTS = frozenset(
    {"posts", "latest_posts", "post_stream", "user_actions", "topic_list", "grouped_search_result"}
)


def _written(action: dict[str, Any]) -> dict[str, Any]:
    """What an account did, as the post it wrote."""
    return action | {
        "topic_slug": text(action, "slug"),
        "topic_title": text(action, "title"),
        "username": text(action, "acting_username"),
        "name": text(action, "acting_name"),
        "user_id": at(action, "acting_user_id"),
        "blurb": text(action, "excerpt"),
        "hidden": at(action, "hidden") is True or at(action, "deleted") is True,
    }


def _openings(listed: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The topics of a list, as their first posts."""
    users = {text(user, "id"): user for user in items(listed, "users")}
    for topic in items(listed, "topic_list", "topics"):
        posters = [text(poster, "user_id") for poster in items(topic, "posters")]
        author = users.get(posters[0], {}) if posters else {}
        yield {
            "topic_id": at(topic, "id"),
            "topic_slug": text(topic, "slug"),
            "topic_title": text(topic, "title"),
            "post_number": 1,
            "created_at": text(topic, "created_at"),
            "blurb": text(topic, "excerpt"),
            "username": text(author, "username"),
            "name": text(author, "name"),
            "user_id": at(author, "id"),
            "reply_count": at(topic, "reply_count"),
        }


def _shown(post: dict[str, Any]) -> bool:
    """Neither hidden, deleted, nor a notice of the forum itself ("closed the topic")."""
    gone = at(post, "hidden") is True or bool(text(post, "deleted_at")) or at(post, "user_deleted") is True
    return not gone and number(post, "post_type") in {None, 1} and bool(text(post, "topic_id"))


def _post(post: dict[str, Any], topic: dict[str, Any], server: str) -> Post:
    topic_id, position = text(post, "topic_id"), text(post, "post_number") or "1"
    slug = text(post, "topic_slug") or text(topic, "slug") or "-"
    thread = f"{server}/t/{topic_id}"
    answered, first = text(post, "reply_to_post_number"), position == "1"
    likes = next(
        (number(done, "count") for done in items(post, "actions_summary") if number(done, "id") == _LIKE),
        None,
    )
    return Post(
        id=f"{thread}/{position}",
        type="post" if first else "comment",
        url=f"{server}/t/{segment(slug)}/{topic_id}/{position}",
        title=(text(topic, "title") or text(post, "topic_title")) if first else "",
        body=text(post, "cooked") or text(post, "blurb") or text(post, "raw"),
        body_is_html=True,
        published=moment(post, "created_at"),
        updated=moment(post, "updated_at") if (number(post, "version") or 1) > 1 else None,
        name=text(post, "name") or text(post, "display_username"),
        handle=text(post, "username"),
        author_id=text(post, "user_id"),
        reply_to=f"{thread}/{answered}" if answered and not first else "",
        thread=f"{thread}/1",
        engagement=counts(
            likes=number(post, "like_count") if likes is None else likes, replies=number(post, "reply_count")
        ),
    )
