"""WordPress sites: what they publish, or what their readers comment."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.sources.base import ReplyLinks, Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.links import with_query
from ereputation.speech import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ereputation.model import Document

_COMMENT = re.compile(r"#comment-\d{1,12}$")


class Wordpress(Preset):
    """The newest posts of a WordPress site, or the newest comments below them. Needs no key.

    A comment's feed tells the post it is about, not the comment it answers.
    """

    stores: ClassVar[str] = N_("title, text, address, author's name, tags, dates")
    reply_links: ClassVar[ReplyLinks] = "thread"

    kind: Literal["wordpress"] = "wordpress"
    server: Server = Field(description="The site with its folder, such as https://blog.example.org.")
    comments: bool = Field(default=False, description="What readers comment, instead of the posts.")
    search: str = Field("", max_length=500, description="Only posts that hold these words; not for comments.")

    def derived_name(self) -> str:
        """``blog.example.org: comments``."""
        what = "comments" if self.comments else f"posts ({self.search})" if self.search else "posts"
        return f"{self.server.partition('://')[2].removeprefix('www.')}: {what}"

    def address(self) -> str:
        """The feed the site makes of it."""
        if self.comments:
            return f"{self.server}/comments/feed/"
        return with_query(f"{self.server}/feed/", s=self.search)

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """An article; or a comment, whose "Comment on ... by ..." nobody wrote."""
        if not self.comments and not _COMMENT.search(document.url):
            return document
        about = document.url.partition("#")[0]
        return replace(document, type="comment", title="", thread=about)
