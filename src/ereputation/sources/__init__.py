"""Where mentions come from: one network per file, and the union of all kinds.

To add a network: one file with a frozen model and ``read``, one name in ``AnySource``, one folder of payloads.
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from ereputation.sources.base import Duration, Source, State, Zone, duration
from ereputation.sources.bing_news import BingNews
from ereputation.sources.bluesky import Bluesky
from ereputation.sources.discourse_feed import DiscourseFeed
from ereputation.sources.feed import Feed
from ereputation.sources.google_alerts import GoogleAlerts
from ereputation.sources.google_news import GoogleNews
from ereputation.sources.lemmy_feed import LemmyFeed
from ereputation.sources.mastodon import Mastodon
from ereputation.sources.mastodon_feed import MastodonFeed
from ereputation.sources.phpbb import Phpbb
from ereputation.sources.podcast import Podcast
from ereputation.sources.reddit import Reddit
from ereputation.sources.stackexchange_feed import StackexchangeFeed
from ereputation.sources.wordpress import Wordpress
from ereputation.sources.youtube import Youtube
from ereputation.sources.youtube_channel import YoutubeChannel

AnySource: TypeAlias = Annotated[
    Feed
    | GoogleNews
    | BingNews
    | GoogleAlerts
    | Mastodon
    | MastodonFeed
    | YoutubeChannel
    | Reddit
    | DiscourseFeed
    | Phpbb
    | LemmyFeed
    | StackexchangeFeed
    | Wordpress
    | Podcast
    | Bluesky
    | Youtube,
    Field(discriminator="kind"),
]
"""Any entry of ``sources:``, told apart by its ``kind``."""

KINDS: tuple[str, ...] = (
    "feed",
    "google-news",
    "bing-news",
    "google-alerts",
    "mastodon",
    "mastodon-feed",
    "youtube-channel",
    "reddit",
    "discourse-feed",
    "phpbb",
    "lemmy-feed",
    "stackexchange-feed",
    "wordpress",
    "podcast",
    "bluesky",
    "youtube",
)
"""Every kind, in the order people should meet them."""

__all__ = [
    "KINDS",
    "AnySource",
    "BingNews",
    "Bluesky",
    "DiscourseFeed",
    "Duration",
    "Feed",
    "GoogleAlerts",
    "GoogleNews",
    "LemmyFeed",
    "Mastodon",
    "MastodonFeed",
    "Phpbb",
    "Podcast",
    "Reddit",
    "Source",
    "StackexchangeFeed",
    "State",
    "Wordpress",
    "Youtube",
    "YoutubeChannel",
    "Zone",
    "duration",
]
