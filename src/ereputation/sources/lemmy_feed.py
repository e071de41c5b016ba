"""Lemmy by its public feeds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.base import Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first, host_of
from ereputation.sources.feed.links import segment, with_query
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ereputation.model import Document

_TRAILER = re.compile(
    r"^\s*submitted by\s+(\S{1,100})[^\n]{0,200}(?:\n|$)(?:-?\d{1,7} points? \| \d{1,7} comments?(?:\n|$))?"
)
_USER = re.compile(r"/u/([\w.-]{1,60}(?:@[\w.-]{1,200})?)")


class LemmyFeed(Preset):
    """The newest posts of a Lemmy server, of one community, or of one account. Needs no key.

    `kind: lemmy` searches, and reads comments with whom they answer.
    """

    stores: ClassVar[str] = N_("title, text, address, author's handle, date")

    kind: Literal["lemmy-feed"] = "lemmy-feed"
    server: Server = Field(description="The server, such as https://lemmy.world.")
    community: str = Field("", max_length=200, description="One community only: name, or name@server.")
    user: str = Field("", max_length=200, description="What one account posts only: name, or name@server.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if self.community and self.user:
            raise ValueError(_("give at most one of `community` and `user`"))
        return self

    def derived_name(self) -> str:
        """``lemmy.world: c/france``."""
        what = f"c/{self.community}" if self.community else f"u/{self.user}" if self.user else "all"
        return f"{host_of(self.server)}: {what}"

    def address(self) -> str:
        """The feed the server makes of it, the newest first."""
        path = (
            f"c/{segment(self.community)}"
            if self.community
            else f"u/{segment(self.user)}"
            if self.user
            else "all"
        )
        return with_query(f"{self.server}/feeds/{path}.xml", sort="New", limit=50)

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """A post; its guid is its global address, its link may be the page it is about."""
        post = document.guid if document.guid.startswith(("http://", "https://")) else document.url
        if not post:
            return None
        author = first(entry.get("author_detail") or {}, "href", "name") or document.author_name
        told = _TRAILER.match(document.text)
        found = _USER.search(author)
        handle = found[1] if found else (told[1] if told else "")
        home = host_of(author) or host_of(self.server)
        return replace(
            document,
            guid=post,
            url=post,
            type="post",
            text=_TRAILER.sub("", document.text),
            author_name="",
            author_handle=handle if "@" in handle or not handle else f"{handle}@{home}",
            site=host_of(post),
            thread=post,
        )
