"""Discourse forums by their public feeds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.base import ReplyLinks, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import segment
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ereputation.model import Document

_TOPIC = re.compile(r"/t/(?:[^/]+/)?(\d{1,12})(?:/(\d{1,9}))?(?:$|[?#])")
_NAMED = re.compile(r"@([\w.-]{1,60})(?:\s+(.{1,100}))?")
_FULL_TOPIC = re.compile(r"\s*(?:\d+ posts? - \d+ participants?\s*)?Read full topic\s*$")


class DiscourseFeed(Preset):
    """The newest posts of a Discourse forum; or of one tag, account or topic; or its newest topics. Needs no key.

    Feeds tell which topic a post belongs to, not which post it answers.
    """

    stores: ClassVar[str] = N_("title, text, address, author's name and handle, date")
    reply_links: ClassVar[ReplyLinks] = "thread"

    kind: Literal["discourse-feed"] = "discourse-feed"
    server: Server = Field(description="The forum, such as https://forum.example.org.")
    topics: bool = Field(default=False, description="Its newest topics instead of its newest posts.")
    tag: str = Field("", max_length=100, description="Topics with this tag only.")
    user: str = Field("", max_length=60, description="What this account writes only.")
    topic: int | None = Field(None, ge=1, description="Posts of this topic only: its number.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if sum((self.topics, bool(self.tag), bool(self.user), self.topic is not None)) > 1:
            raise ValueError(_("give at most one of `topics`, `tag`, `user` and `topic`"))
        return self

    def derived_name(self) -> str:
        """``forum.example.org: tag acme``."""
        what = f"topic {self.topic}" if self.topic else "topics" if self.topics else "posts"
        what = f"tag {self.tag}" if self.tag else f"@{self.user}" if self.user else what
        return f"{host_of(self.server)}: {what}"

    def address(self) -> str:
        """The feed the forum makes of it."""
        if self.tag:
            return f"{self.server}/tag/{segment(self.tag)}.rss"
        if self.user:
            return f"{self.server}/u/{segment(self.user)}/activity.rss"
        if self.topic:
            return f"{self.server}/t/{self.topic}.rss"
        return f"{self.server}/{'latest' if self.topics else 'posts'}.rss"

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """A post, known by topic and number; a topic is its first post."""
        if not (found := _TOPIC.search(document.url)):
            return document if document.url else None
        topic, position = found[1], found[2] or "1"
        named = _NAMED.fullmatch(document.author_name)
        return replace(
            document,
            guid=f"{self.server}/t/{topic}/{position}",
            type="post" if position == "1" else "comment",
            title=document.title if position == "1" else "",
            text=_FULL_TOPIC.sub("", document.text),
            author_name=(named[2] or "").strip() if named else document.author_name,
            author_handle=named[1] if named else "",
            thread=f"{self.server}/t/{topic}/1",
            tags=(),
        )
