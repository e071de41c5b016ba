"""Mastodon by its public feeds: a hashtag or an account, without a key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from ereputation.sources.base import Server  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import host_of
from ereputation.sources.feed.links import path_of, segment
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from ereputation.model import Document


class MastodonFeed(Preset):
    """The 20 newest posts with a hashtag, or of an account, on a Mastodon server. Needs no key.

    `kind: mastodon` reads more of them, with replies and counts; this is for servers that close their API.
    """

    stores: ClassVar[str] = N_("text, address, author's handle, tags, date")

    kind: Literal["mastodon-feed"] = "mastodon-feed"
    server: Server = Field(description="The server, such as mastodon.social.")
    hashtag: str = Field("", max_length=200, description="Without #.")
    account: str = Field("", max_length=200, description="The name of an account of this server, without @.")

    @model_validator(mode="after")
    def _one_listing(self) -> Self:
        if bool(self.hashtag) == bool(self.account):
            raise ValueError(_("give one of `hashtag` and `account`"))
        return self

    def derived_name(self) -> str:
        """``#airfrance@mastodon.social``, or ``@airfrance@mastodon.social``."""
        sign, name = ("#", self.hashtag) if self.hashtag else ("@", self.account)
        return f"{sign}{name.lstrip('#@')}@{host_of(self.server)}"

    def address(self) -> str:
        """The feed the server makes of it."""
        if self.hashtag:
            return f"{self.server}/tags/{segment(self.hashtag.lstrip('#'))}.rss"
        return f"{self.server}/@{segment(self.account.lstrip('@'))}.rss"

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:  # noqa: ARG002 - nothing more in it
        """A post without a title, whose author stands in its address."""
        if not document.url:
            return None
        name, host = _author(document.url)
        return replace(
            document,
            guid=document.guid or document.url,
            type="post",
            title="",
            author_name="",
            author_handle=f"{name}@{host}" if name else "",
            site=host or document.site,
        )


def _author(link: str) -> tuple[str, str]:
    """Account and server, from ``https://host/@name/1`` or ``https://host/users/name/statuses/1``."""
    path, host = path_of(link), urlsplit(link).netloc.removeprefix("www.")
    if path and path[0].startswith("@"):
        name, _, home = path[0].removeprefix("@").partition("@")
        return name, home or host
    if len(path) > 1 and path[0] == "users":
        return path[1], host
    return "", host
