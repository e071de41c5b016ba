"""Reddit by its public feeds, one request a minute."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.api import phrase, require_contact
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, State  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import path_of, segment, with_query

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_ID = re.compile(r"t[13]_[a-z0-9]{1,20}")
_TRAILER = re.compile(
    r"\s*submitted by\s+/?u/\S{1,60}(?:\s+to\s+/?r/\S{1,60})?\s*(?:\[link\]\s*)?(?:\[comments\]\s*)?$"
)


class Reddit(Preset):
    """Posts or comments of Reddit, by search, subreddit or user, from its feeds. Needs no key, but a `contact:`.

    Reddit answers one request a minute, so that of several such sources each scan reads one. Feeds tell which thread a
    comment belongs to, not which comment it answers; scores are not in them.
    """

    stores: ClassVar[str] = "title, text, address, author's handle, subreddit, dates"
    reply_links: ClassVar[ReplyLinks] = "thread"
    gap: ClassVar[float] = 61.0

    kind: Literal["reddit"] = "reddit"
    search: Name | None = Field(
        None, description="Posts found by these words; in `subreddit` only, if that is given."
    )
    subreddit: str = Field(
        "", pattern=r"^(\w{2,40}(\+\w{2,40})*)?$", description="Without r/; several: paris+france."
    )
    user: str = Field("", pattern=r"^([\w-]{3,40})?$", description="What this account writes, without u/.")
    comments: bool = Field(default=False, description="The comments of `subreddit` instead of its posts.")
    every: Duration | None = Field(900.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://www.reddit.com", description="Where Reddit lives.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if not (self.search or self.subreddit or self.user):
            raise ValueError("give what to read: `search`, `subreddit` or `user`")
        if self.user and (self.search or self.subreddit):
            raise ValueError("`user` is read by itself, without `search` and `subreddit`")
        if self.comments and (self.search or not self.subreddit):
            raise ValueError(
                "`comments` are read of a `subreddit`, without `search`: feeds do not search them"
            )
        return self

    def derived_name(self) -> str:
        """``reddit: Air France in r/france``."""
        if self.user:
            return f"reddit: u/{self.user}"
        where = f"r/{self.subreddit}" + (" comments" if self.comments else "")
        if not self.search:
            return f"reddit: {where}"
        return f"reddit: {self.search}" + (f" in {where}" if self.subreddit else "")

    def address(self) -> str:
        """The listing as a feed, the newest first."""
        if self.user:
            return with_query(f"{self.server}/user/{self.user}/.rss", limit=100)
        within = f"{self.server}/r/{segment(self.subreddit)}" if self.subreddit else self.server
        if self.search:
            only = "on" if self.subreddit else ""
            return with_query(
                f"{within}/search.rss", q=phrase(self.search), restrict_sr=only, sort="new", limit=100
            )
        return with_query(f"{within}/{'comments' if self.comments else 'new'}/.rss", limit=100)

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """As a feed; Reddit blocks readers that cannot be reached."""
        require_contact(fetcher, "Reddit")
        return await super().read(fetcher, state, now=now)

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """A post (t3) or a comment (t1); subreddits and users, which searches find too, are neither."""
        if not _ID.fullmatch(document.guid):
            return None
        comment = document.guid.startswith("t1_")
        path = path_of(document.url)
        thread = path[path.index("comments") + 1] if "comments" in path[:-1] else ""
        handle = document.author_name.removeprefix("/").removeprefix("u/")
        return replace(
            document,
            type="comment" if comment else "post",
            title="" if comment else document.title,  # "/u/name on ...": nobody wrote that
            text=_TRAILER.sub("", document.text),
            author_name="",
            author_handle="" if handle == "[deleted]" else handle,
            thread=f"t3_{thread}" if thread else document.guid if not comment else "",
            site=host_of(self.server) if not document.site.endswith("reddit.com") else "reddit.com",
        )
