"""Reddit by its public feeds, one request a minute."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from ereputation.sources.api import phrase, require_contact
from ereputation.sources.base import Duration, Name, ReplyLinks, Server, State  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first, host_of
from ereputation.sources.feed.links import path_of, segment, with_query
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Self

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_ID = re.compile(r"t[13]_[a-z0-9]{1,20}")
_SIGNED = re.compile(r"reddit\.com/user/([\w-]{3,40})")
_TRAILER = re.compile(r"\s*submitted by.{0,200}?(?:\[link\]\s*)?\[(?:\d{1,7} )?comments?\]\s*$", re.DOTALL)


class Reddit(Preset):
    """Posts or comments of Reddit, by search, subreddit or user, from its feeds. Needs no key, but a `contact:`.

    Reddit answers one request a minute, so that of several such sources each scan reads one. Feeds tell which thread a
    comment belongs to, not which comment it answers; scores are not in them.
    """

    stores: ClassVar[str] = N_("title, text, address, author's handle, subreddit, dates")
    reply_links: ClassVar[ReplyLinks] = "thread"
    gap: ClassVar[float] = 61.0

    kind: Literal["reddit"] = "reddit"
    search: Name | None = Field(
        None, description="Posts found by these words; in `subreddit` only, if that is given."
    )
    subreddit: str = Field(
        "",
        pattern=r"^([A-Za-z0-9_]{2,40}(\+[A-Za-z0-9_]{2,40})*)?$",
        description="Without r/; several: paris+france.",
    )
    user: str = Field(
        "", pattern=r"^([A-Za-z0-9_-]{3,40})?$", description="What this account writes, without u/."
    )
    comments: bool = Field(default=False, description="The comments of `subreddit` instead of its posts.")
    every: Duration | None = Field(900.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://www.reddit.com", description="Where Reddit lives.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if not (self.search or self.subreddit or self.user):
            raise ValueError(_("give what to read: `search`, `subreddit` or `user`"))
        if self.user and (self.search or self.subreddit):
            raise ValueError(_("`user` is read by itself, without `search` and `subreddit`"))
        if self.comments and (self.search or not self.subreddit):
            raise ValueError(
                _("`comments` are read of a `subreddit`, without `search`: feeds do not search them")
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

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """A post (t3) or a comment (t1); subreddits and users, which searches find too, are neither."""
        path = path_of(document.url)
        below = path[path.index("comments") + 1 :] if "comments" in path else []
        thread = f"t3_{below[0]}" if below else ""
        guid = (
            document.guid if _ID.fullmatch(document.guid) else f"t1_{below[2]}" if len(below) > 2 else thread
        )
        if not _ID.fullmatch(guid):
            return None
        comment = guid.startswith("t1_")
        signed = document.author_name or (_SIGNED.findall(first(entry, "summary")[-2_000:]) or [""])[-1]
        handle = signed.removeprefix("/").removeprefix("u/")
        text = _TRAILER.sub("", document.text).rstrip(" |\n")
        return replace(
            document,
            guid=guid,
            type="comment" if comment else "post",
            title="" if comment else document.title,  # "/u/name on ...": nobody wrote that
            text="" if text == document.title else text,  # a picture says its title once more
            author_name="",
            author_handle="" if handle == "[deleted]" else handle,
            thread=thread or ("" if comment else guid),
            site="reddit.com" if document.site.endswith("reddit.com") else host_of(self.server),
        )
