"""The newest videos of a YouTube channel, without a key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from ereputation.errors import FetchError, NotYet
from ereputation.sources.api import counts, number
from ereputation.sources.base import Duration, Server, State  # noqa: TC001 - pydantic reads the annotations
from ereputation.sources.feed import Preset
from ereputation.sources.feed.entries import first
from ereputation.sources.feed.links import path_of, with_query
from ereputation.speech import N_, _

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ereputation.fetch import Fetcher
    from ereputation.model import Document, Reading

_OUTAGES = frozenset({404, 500, 502})


class YoutubeChannel(Preset):
    """The 15 newest videos of a channel, with views and likes. Needs no key.

    The feed fails for hours on all channels at once, several times a year, with 404 or 500: that passes.
    """

    stores: ClassVar[str] = N_("title, description, address, channel's name and id, dates, views, likes")

    kind: Literal["youtube-channel"] = "youtube-channel"
    channel: str = Field(
        pattern=r"^UC[A-Za-z0-9_-]{10,40}$",
        description="Id of the channel (UC...; on its page: Share, Copy channel ID).",
    )
    every: Duration | None = Field(3_600.0, ge=1, description="How often to read it, at most.")
    server: Server = Field("https://www.youtube.com", description="Where YouTube lives.")

    def derived_name(self) -> str:
        """``youtube-channel: UC...``."""
        return f"youtube-channel: {self.channel}"

    def address(self) -> str:
        """The channel's feed."""
        return with_query(f"{self.server}/feeds/videos.xml", channel_id=self.channel)

    async def read(self, fetcher: Fetcher, state: State, *, now: datetime) -> Reading:
        """As a feed; a 404 is an outage, not the end of the channel."""
        try:
            return await super().read(fetcher, state, now=now)
        except NotYet:
            raise
        except FetchError as error:
            if error.status not in _OUTAGES:
                raise
            raise FetchError(
                _(
                    "{name}: no answer of use ({status}): YouTube's feeds fail like this for hours at a time; it will be tried again (if it lasts for weeks, check the channel's id)"
                ).format(name=self.derived_name(), status=error.status),
                status=error.status,
                retry_at=error.retry_at,
            ) from error

    def refine(self, document: Document, entry: Mapping[str, Any]) -> Document | None:
        """A video, by its channel."""
        video = first(entry, "yt_videoid") or document.guid.removeprefix("yt:video:")
        profile = path_of(first(entry.get("author_detail") or {}, "href"))
        return replace(
            document,
            guid=f"https://www.youtube.com/watch?v={video}" if video else document.guid,
            type="video",
            author_id=first(entry, "yt_channelid") or (profile[-1] if profile else ""),
            engagement=counts(
                views=number(entry, "media_statistics", "views"),
                likes=number(entry, "media_starrating", "count"),
            ),
        )
