"""Stack Overflow and its sister sites by their public feeds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.base import Duration, ReplyLinks, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first, host_of
from ereputation.sources.feed.links import path_of, segment
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ereputation.model import Document

_POST = re.compile(r"/(?:q|questions)/(\d{1,12})(?:/[^/#]*/(\d{1,12}))?(?:#(\d{1,12}))?")
_COMMENT = re.compile(r"#comment(\d{1,12})_(\d{1,12})")
_ANSWER_TO = re.compile(r"^(?:Answer|Comment) by .{1,100} (?:for|on) ", re.DOTALL)


class StackexchangeFeed(Preset):
    """The newest questions of a Stack Exchange site or tag, or the answers to one question. Needs no key.

    Texts are under CC BY-SA: name their author when you publish them.
    """

    stores: ClassVar[str] = N_("title, text, address, author's name and number, tags, dates")
    reply_links: ClassVar[ReplyLinks] = "exact"

    kind: Literal["stackexchange-feed"] = "stackexchange-feed"
    server: Server = Field("https://stackoverflow.com", description="The site.")
    tag: str = Field("", max_length=200, description="Questions with this tag only.")
    question: int | None = Field(None, ge=1, description="One question and its answers: its number.")
    user: int | None = Field(None, ge=1, description="What one account writes: its number.")
    every: Duration | None = Field(1_800.0, ge=1, description="How often to read it, at most.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if sum((bool(self.tag), self.question is not None, self.user is not None)) > 1:
            raise ValueError(_("give at most one of `tag`, `question` and `user`"))
        return self

    def derived_name(self) -> str:
        """``stackoverflow.com: tag python``."""
        what = (
            f"tag {self.tag}" if self.tag else f"question {self.question}" if self.question else "questions"
        )
        return f"{host_of(self.server)}: {f'user {self.user}' if self.user else what}"

    def address(self) -> str:
        """The feed the site makes of it, the newest first."""
        if self.question:
            return f"{self.server}/feeds/question/{self.question}"
        if self.user:
            return f"{self.server}/feeds/user/{self.user}"
        return (
            f"{self.server}/feeds/tag/{segment(self.tag)}?sort=newest" if self.tag else f"{self.server}/feeds"
        )

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """A question, or an answer to one; both by their numbers, as the API names them."""
        site = self.server
        found = _POST.search(document.guid) or _POST.search(document.url)
        if found is None:
            return document if document.url else None
        question, answer = found[1], found[2] or found[3] or ""
        if answer == question:
            answer = ""
        thread = f"{site}/q/{question}"
        comment = _COMMENT.search(document.guid) or _COMMENT.search(document.url)
        parent = f"{site}/a/{comment[2]}" if comment and comment[2] != question else thread
        guid = document.guid if comment else f"{site}/a/{answer}" if answer else thread
        profile = path_of(first(entry.get("author_detail") or {}, "href"))
        reply = bool(answer or comment)
        return replace(
            document,
            guid=guid,
            type="comment" if reply else "post",
            title="" if reply else _ANSWER_TO.sub("", document.title),
            author_id=profile[1] if len(profile) > 1 and profile[0] == "users" else "",
            reply_to=parent if reply else "",
            thread=thread,
        )
